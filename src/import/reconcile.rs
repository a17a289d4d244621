//! Reconciliation: what the provider holds after an import without a certain response, and whether it is this key.

use std::time::Duration;

use super::attribution::Uncertain;
use super::conflict::{conclude, fingerprints, name_taken, present_as};
use super::lookup::{self, Match};
use super::outcome::{Outcome, Status, Verification};
use super::session::Session;
use crate::error::{Error, ErrorKind};
use crate::key::Comparison;
use crate::phrase::{Phrase, phrase};
use crate::provider::{ImportJob, KeyPair, LookupBy, Uniqueness};

/// Lists are eventually consistent: how long after a request a list may not show yet what the request stored. A key
/// that no list shows after this time is not there.
const LIST_LAG: Duration = Duration::from_secs(5);

/// Ends an import that was accepted, with proof of the key where the provider shows any.
pub(super) async fn verify(session: &mut Session<'_>, stored: KeyPair) -> Result<Outcome, Error> {
    let job = session.job;
    let (comparison, proof) = lookup::compare(&job.key, &stored);
    let is_right_region =
        stored.region.as_ref().is_none_or(|region| *region == job.endpoint.region);
    let is_as_sent = is_right_region && (stored.name.is_empty() || stored.name == job.name);
    let imported = |session: &Session<'_>, pair: &KeyPair, proof| {
        Ok(Outcome::stored(Status::Imported, pair, proof, session.client.redactor()))
    };
    if comparison == Comparison::Same && is_as_sent {
        return imported(session, &stored, proof);
    }
    let accepted = session.client.clock().now();
    let is_unproved = comparison == Comparison::Unknown && is_as_sent;
    match poll_until_listed(session, LookupBy::Name, accepted).await {
        Ok(Match::Present(pair, proof)) => imported(session, &pair, proof),
        Ok(Match::Incomparable(pair)) if is_unproved => {
            imported(session, &pair, Verification::None)
        }
        Ok(Match::Absent) if is_unproved => {
            Err(unknown("the cloud accepted the key and does not list it"))
        }
        Ok(Match::NameTaken(pair)) => Err(mismatch(session, &pair)),
        Ok(Match::Absent | Match::Incomparable(_) | Match::PresentAs(..)) => {
            Err(mismatch(session, &stored))
        }
        Err(error) if is_unproved => {
            let warnings = vec![unverified(session, &error)];
            Ok(Outcome { warnings, ..imported(session, &stored, Verification::None)? })
        }
        Err(error) => {
            Err(unknown("the response describes a different key or region").caused_by(error))
        }
    }
}

/// Ends an import whose name or key the provider reports as taken.
pub(super) async fn resolve_conflict(
    session: &mut Session<'_>,
    uncertain: &Uncertain,
    by: LookupBy,
    conflict: Error,
) -> Result<Outcome, Error> {
    let since = session.client.clock().now();
    let found = match (poll_until_listed(session, by, since).await, by) {
        // Where the key is taken, a pair that holds another key says nothing.
        (Ok(Match::NameTaken(_) | Match::Incomparable(_)), LookupBy::Key) => Ok(Match::Absent),
        (found, _) => found,
    };
    match found {
        Ok(Match::Present(pair, proof)) => {
            // The first request had the same token, so it did not take the name.
            let is_token_refused = session.provider.info().honors_client_tokens;
            let changed = match uncertain.stored(session, &pair) {
                None if is_token_refused => Some(false),
                // The creation time says otherwise.
                Some(true) if is_token_refused => None,
                changed => changed,
            };
            let found = Outcome::found(changed, &pair, proof, session.client.redactor());
            Ok(uncertain.with_remark(found, FOUND))
        }
        Ok(Match::Absent | Match::Incomparable(_)) if !uncertain.is_empty() => {
            let message =
                "the name or key is taken, and the cloud does not show which key holds it";
            Err(unknown(message).caused_by(conflict))
        }
        Ok(Match::Absent) => Err(unlisted(&conflict)),
        Ok(found) => match conclude(session, found).await {
            Ok(Some(outcome)) => Ok(outcome),
            Ok(None) => Err(unlisted(&conflict)),
            Err(error) => Err(with_response_of(error, &conflict)),
        },
        Err(error) => Err(not_looked_up(
            session,
            "the name or key is taken, and looking up which key holds it failed",
            error,
        )),
    }
}

/// Looks up what a request without a certain response may have stored, before it is sent again; an outcome ends the
/// import.
pub(super) async fn look_before_resending(
    session: &mut Session<'_>,
    uncertain: &Uncertain,
    error: Error,
) -> Result<Option<Outcome>, Error> {
    let pairs = session.look_up(LookupBy::Name).await;
    match pairs.map(|pairs| lookup::find_match(session.job, &pairs)) {
        Ok(Match::Absent) => Ok(None),
        Ok(Match::Present(pair, proof)) => {
            let changed = match uncertain.stored(session, &pair) {
                None => repeat(session).await,
                known => known,
            };
            let found = Outcome::found(changed, &pair, proof, session.client.redactor());
            Ok(Some(uncertain.with_remark(found, FOUND)))
        }
        Ok(Match::PresentAs(..) | Match::NameTaken(_) | Match::Incomparable(_)) | Err(_) => {
            resolve_uncertain(session, uncertain, error).await.map(Some)
        }
    }
}

/// Ends an import that is not sent again: as failed only when it is certain that no request stored the key.
pub(super) async fn resolve_uncertain(
    session: &mut Session<'_>,
    uncertain: &Uncertain,
    error: Error,
) -> Result<Outcome, Error> {
    let Some(last_end) = uncertain.last_end else { return Err(error) };
    match poll_until_listed(session, LookupBy::Name, last_end).await {
        Ok(Match::Present(pair, proof)) => {
            let changed = uncertain.stored(session, &pair);
            let found = Outcome::found(changed, &pair, proof, session.client.redactor());
            Ok(uncertain.with_remark(found, FOUND))
        }
        Ok(Match::PresentAs(pair, proof)) => {
            Ok(uncertain.with_remark(present_as(session, &pair, proof)?, FOUND))
        }
        Ok(Match::NameTaken(pair)) => Err(name_taken(session, &pair)),
        Ok(Match::Absent) => Err(error),
        // Without this permission a later run settles nothing either.
        Err(denied) if denied.kind() == ErrorKind::PermissionDenied => {
            Err(not_looked_up(session, UNCERTAIN, denied))
        }
        Ok(Match::Incomparable(_)) | Err(_) => Err(unknown(UNCERTAIN).caused_by(error)),
    }
}

/// Sends the import again with its client token, where that tells whether an earlier request stored the key pair that
/// is there: if so, the response is the one that was lost; if not, the name is taken.
async fn repeat(session: &mut Session<'_>) -> Option<bool> {
    let is_shutdown = session.client.clock().shutdown_deadline().is_some();
    if is_shutdown || !session.provider.info().honors_client_tokens {
        return None;
    }
    let job = session.job;
    match session.import().await {
        Ok(pair) => {
            let is_same = lookup::compare(&job.key, &pair).0 == Comparison::Same;
            (is_same && pair.name == job.name).then_some(true)
        }
        Err(failed) => (failed.error.kind() == ErrorKind::NameTaken).then_some(false),
    }
}

/// Looks up with backoff until the list shows this key or had enough time to show it.
async fn poll_until_listed(
    session: &mut Session<'_>,
    by: LookupBy,
    since: Duration,
) -> Result<Match, Error> {
    let settled = since.saturating_add(LIST_LAG);
    let names_are_unique = session.provider.info().unique_names == Uniqueness::Enforced;
    let mut pause = Duration::from_millis(500);
    loop {
        let asked_at = session.client.clock().now();
        let found = lookup::find_match(session.job, &session.look_up(by).await?);
        let is_final = match found {
            Match::Present(..) | Match::PresentAs(..) => true,
            // A provider that stores a name twice may list the other pair first.
            // Where the key is taken, its own pair may show later.
            Match::NameTaken(_) if names_are_unique && by == LookupBy::Name => true,
            Match::NameTaken(_) | Match::Incomparable(_) | Match::Absent => asked_at >= settled,
        };
        if is_final {
            return Ok(found);
        }
        let wait = pause.min(settled.saturating_sub(asked_at)).max(Duration::from_millis(1));
        if wait >= session.client.time_left() {
            return Err(unknown("there was no time to look again"));
        }
        session.client.clock().sleep(wait).await;
        pause = pause.saturating_mul(2);
    }
}

/// What settled a response that was lost, for [`Uncertain::with_remark`].
const FOUND: &str = "looked up and found";
pub(super) const SENT_AGAIN: &str = "looked up, not found, and sent again";

const UNCERTAIN: &str = "the request may or may not have been processed";

fn unknown(message: &'static str) -> Error {
    Error::new(ErrorKind::OutcomeUnknown, message)
}

/// Makes the warning about a key that was accepted and then could not be looked up.
fn unverified(session: &Session<'_>, error: &Error) -> Phrase {
    let told = Phrase::from("the cloud accepted the key; what it holds could not be looked up");
    match error.response() {
        _ if error.kind() == ErrorKind::PermissionDenied => told.and(allow_lookup(session)),
        Some(response) if response.code.is_empty() => told.and(format!("HTTP {}", response.status)),
        Some(response) => told.and(response.code.to_string()),
        None => told.and(error.headline().clone()),
    }
}

fn allow_lookup(session: &Session<'_>) -> Phrase {
    let action = session.provider.info().actions.lookup;
    phrase!("allow this identity `{}`, then run again to settle it", action)
}

/// An outcome that could not be looked up.
fn not_looked_up(session: &Session<'_>, message: &'static str, error: Error) -> Error {
    let mut unknown = unknown(message);
    if error.kind() == ErrorKind::PermissionDenied {
        unknown = unknown.hinted(allow_lookup(session));
    }
    unknown.caused_by(error)
}

/// A conflict that no list confirms.
fn unlisted(conflict: &Error) -> Error {
    let kind = conflict.kind();
    let hint = if kind == ErrorKind::KeyTaken {
        "check the console: this identity may not be allowed to list every key pair"
    } else {
        "a name stays taken for up to an hour after its key pair was deleted while in use; \
         give another one with `--name`"
    };
    let message = "the cloud reports a conflict, but lists no matching key pair";
    with_response_of(Error::new(kind, message).hinted(hint), conflict)
}

/// Keeps the provider's error response beside what was found out.
fn with_response_of(error: Error, conflict: &Error) -> Error {
    match conflict.response().cloned() {
        Some(response) => error.with_response(response),
        None => error,
    }
}

fn mismatch(session: &Session<'_>, pair: &KeyPair) -> Error {
    let ImportJob { key, name, endpoint, .. } = session.job;
    let shown = pair.display(session.client.redactor());
    let message = match (&pair.region, &shown.region) {
        (Some(region), Some(shown)) if *region != endpoint.region => {
            phrase!("the cloud stored the key in region `{}`, not in `{}`", shown, endpoint.region)
        }
        _ if lookup::compare(key, pair).0 == Comparison::Same => {
            phrase!("the cloud stored the key as `{}`, not as `{}`", shown.name, name)
        }
        _ => {
            let message = phrase!("the cloud holds another key as `{}`", shown.name);
            return Error::new(ErrorKind::Mismatch, message)
                .with_details(fingerprints(session, pair));
        }
    };
    Error::new(ErrorKind::Mismatch, message)
}
