//! What a match means when the import is not sent, or was refused: the key is there, or its name or key is taken.

use super::lookup::{Match, find_match};
use super::outcome::{Outcome, Status, Verification};
use super::session::Session;
use crate::error::{Detail, Error, ErrorKind};
use crate::key::{name, sha256_of_line};
use crate::phrase::{Phrase, phrase};
use crate::provider::{KeyPair, LookupBy, NameSource};

/// Turns a match into an outcome or a conflict; `None` when nothing is in the way.
pub(super) async fn conclude(
    session: &mut Session<'_>,
    found: Match,
) -> Result<Option<Outcome>, Error> {
    match found {
        Match::Absent => Ok(None),
        Match::Present(pair, proof) => Ok(Some(Outcome::stored(
            Status::AlreadyPresent,
            &pair,
            proof,
            session.client.redactor(),
        ))),
        Match::PresentAs(pair, proof) => present_as(session, &pair, proof).map(Some),
        Match::NameTaken(pair) => {
            // The name was derived, so the key counts under any other name.
            if session.job.name_source == NameSource::Derived
                && let Ok(pairs) = session.look_up(LookupBy::Key).await
            {
                match find_match(session.job, &pairs) {
                    Match::Present(pair, proof) => {
                        let (status, redactor) =
                            (Status::AlreadyPresent, session.client.redactor());
                        return Ok(Some(Outcome::stored(status, &pair, proof, redactor)));
                    }
                    Match::PresentAs(pair, proof) => {
                        return present_as(session, &pair, proof).map(Some);
                    }
                    Match::NameTaken(_) | Match::Incomparable(_) | Match::Absent => {}
                }
            }
            Err(name_taken(session, &pair))
        }
        Match::Incomparable(pair) => Err(incomparable(session, &pair)),
    }
}

/// The key under another name: a success when the name was derived, a conflict when the user gave it.
pub(super) fn present_as(
    session: &Session<'_>,
    pair: &KeyPair,
    proof: Verification,
) -> Result<Outcome, Error> {
    match session.job.name_source {
        NameSource::Derived => {
            Ok(Outcome::stored(Status::AlreadyPresentAs, pair, proof, session.client.redactor()))
        }
        NameSource::Given => {
            let stored = session.client.redactor().display(&pair.name);
            let message = phrase!(
                "this key is already stored as `{}`, and the cloud keeps it only once",
                stored
            );
            Err(Error::new(ErrorKind::KeyTaken, message).hinted(phrase!(
                "use `--name {}`, or leave `--name` out; nothing was changed",
                quoted(&stored)
            )))
        }
    }
}

/// The conflict with another key under the same name.
pub(super) fn name_taken(session: &Session<'_>, pair: &KeyPair) -> Error {
    let message = phrase!("`{}` already holds another key; nothing was changed", session.job.name);
    Error::new(ErrorKind::NameTaken, message)
        .with_details(fingerprints(session, pair))
        .hinted(other_name_hint(session))
}

/// Both fingerprints in one form: SHA-256 where the provider shows the key, else as it writes its own.
pub(super) fn fingerprints(session: &Session<'_>, pair: &KeyPair) -> Vec<Detail> {
    let key = &session.job.key;
    let of_line = pair.public_key.as_ref().and_then(|line| sha256_of_line(line.as_str()));
    let both = of_line.map(|theirs| (theirs, key.sha256().to_owned())).or_else(|| {
        let theirs = session.client.redactor().display(pair.fingerprint.as_ref()?);
        Some(key.fingerprints_beside(&theirs, session.provider.info().fingerprints))
    });
    let facts = both.map(|(theirs, ours)| [("there", theirs), ("yours", ours)]);
    facts.into_iter().flatten().map(|(label, text)| Detail::Fact { label, text }).collect()
}

fn incomparable(session: &Session<'_>, pair: &KeyPair) -> Error {
    let id = pair.id.as_ref().map(|id| session.client.redactor().display(id));
    let id = id.map(|id| format!(" ({id})")).unwrap_or_default();
    let message = phrase!(
        "`{}`{} is taken, and the cloud does not show which key holds it; nothing was changed",
        session.job.name,
        id
    );
    Error::new(ErrorKind::NameTaken, message).hinted(other_name_hint(session))
}

fn other_name_hint(session: &Session<'_>) -> Phrase {
    let (rule, job) = (session.provider.info().name, session.job);
    let longest = name::MAX_LENGTH.min(*rule.length.end());
    let name = rule.fit_with_digits(&job.name, &name::digits(&job.key), longest);
    phrase!("give another name, such as `--name {}`", quoted(&name))
}

/// Quotes a name for a shell: hints are copied, and a provider may list any name.
fn quoted(name: &str) -> String {
    // No argument can hold a NUL.
    let name = name.replace('\0', "");
    shlex::try_quote(&name).map(Into::into).unwrap_or_default()
}
