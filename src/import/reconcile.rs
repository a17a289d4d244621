//! After doubt: whether an import that got no clear answer is stored, and whether the cloud holds this very key.

use std::time::Duration;

use super::lookup::{self, Match};
use super::session::Session;
use super::{Ending, Status, Verification, conclude, present_as};
use crate::error::{Error, ErrorKind};
use crate::key::Comparison;
use crate::provider::{ImportJob, KeyPair, LookupBy, Uniqueness};

/// How long after a request a list may not show yet what the request stored. A key that no list shows after
/// this time is not there.
const LIST_LAG: Duration = Duration::from_secs(5);

/// How much older than the request a key may look, by the cloud's own clock, and still come from it: Alibaba
/// Cloud tells the time of storing without its seconds.
const ROUNDING: Duration = Duration::from_secs(90);

/// How far this machine's clock is from the cloud's at most: with more, the cloud refuses every request.
const SKEW: Duration = Duration::from_secs(30 * 60);

/// The requests of this import that may have stored the key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InFlight {
    first_sent: Option<Duration>,
    last_end: Option<Duration>,
}

impl InFlight {
    pub(super) fn add(&mut self, sent: Duration, end: Duration) {
        self.first_sent = self.first_sent.or(Some(sent));
        self.last_end = Some(end);
    }

    pub(super) fn is_some(&self) -> bool {
        self.first_sent.is_some()
    }

    /// Tells whether this import stored a pair that it found, or something before it.
    pub(super) fn attribution(&self, session: &Session<'_>, pair: &KeyPair) -> Status {
        let Some(first_sent) = self.first_sent else { return Status::AlreadyPresent };
        let Some(created) = pair.created else { return Status::Imported };
        // By the cloud's own clock where it tells the time: this machine's may be minutes off.
        let (now, unsure) = match session.cloud_time {
            Some(time) => (time, ROUNDING),
            None => (session.clock.time(), ROUNDING + SKEW),
        };
        let age = (now - created).to_std().unwrap_or(Duration::ZERO);
        let running = session.clock.now().saturating_sub(first_sent);
        if age > running.saturating_add(unsure) { Status::AlreadyPresent } else { Status::Imported }
    }
}

/// Ends an import that was accepted: with the key proved where the cloud shows anything that proves it.
pub(super) async fn verify(session: &mut Session<'_>, stored: KeyPair) -> Result<Ending, Error> {
    let job = session.job;
    let (likeness, proof) = lookup::compare(&job.key, &stored);
    let right_region = stored.region.as_ref().is_none_or(|region| *region == job.endpoint.region);
    let right_place = right_region && stored.name == job.name;
    if likeness == Comparison::Same && right_place {
        return Ok(Ending::of(Status::Imported, stored, proof));
    }
    let accepted = session.clock.now();
    match poll_until_listed(session, LookupBy::Name, accepted).await {
        Ok(Match::Present(pair, proof)) => Ok(Ending::of(Status::Imported, pair, proof)),
        Ok(Match::Incomparable(pair)) if likeness == Comparison::Unknown && right_place => {
            Ok(Ending::of(Status::Imported, pair, Verification::None))
        }
        Ok(Match::Absent) if likeness == Comparison::Unknown && right_place => {
            Err(unknown("the cloud accepted the key and does not list it"))
        }
        Ok(Match::NameTaken(pair)) => Err(mismatch(session, &pair)),
        Ok(Match::Absent | Match::Incomparable(_) | Match::PresentAs(..)) => {
            Err(mismatch(session, &stored))
        }
        Err(_) if likeness == Comparison::Unknown && right_place => {
            Ok(Ending::of(Status::Imported, stored, Verification::None))
        }
        Err(error) => Err(unknown("the answer speaks of another key or region").caused_by(error)),
    }
}

/// Ends an import attribution name or key the cloud calls taken.
pub(super) async fn resolve_conflict(
    session: &mut Session<'_>,
    in_flight: &InFlight,
    by: LookupBy,
    refusal: Error,
) -> Result<Ending, Error> {
    let since = session.clock.now();
    let found = match (poll_until_listed(session, by, since).await, by) {
        // Where it is the key that is taken, a pair that is not this key's tells nothing.
        (Ok(Match::NameTaken(_) | Match::Incomparable(_)), LookupBy::Key) => Ok(Match::Absent),
        (found, _) => found,
    };
    match found {
        Ok(Match::Present(pair, proof)) => {
            Ok(Ending::of(in_flight.attribution(session, &pair), pair, proof))
        }
        Ok(Match::Absent | Match::Incomparable(_)) if in_flight.is_some() => {
            Err(unknown("the cloud calls it taken and does not show by which key")
                .caused_by(refusal))
        }
        Ok(Match::Absent) => Err(hidden(&refusal)),
        Ok(found) => match conclude(session, found).await {
            Ok(Some(ending)) => Ok(ending),
            Ok(None) => Err(hidden(&refusal)),
            Err(error) => Err(with_response_of(error, &refusal)),
        },
        Err(error) => {
            Err(unseen("the cloud calls it taken; by which key could not be learnt", error))
        }
    }
}

/// Ends an import that is not sent again: as failed only if no doubt is left.
pub(super) async fn resolve_uncertain(
    session: &mut Session<'_>,
    in_flight: &InFlight,
    error: Error,
) -> Result<Ending, Error> {
    let Some(last_end) = in_flight.last_end else { return Err(error) };
    match poll_until_listed(session, LookupBy::Name, last_end).await {
        Ok(Match::Present(pair, proof)) => {
            Ok(Ending::of(in_flight.attribution(session, &pair), pair, proof))
        }
        Ok(Match::PresentAs(pair, proof)) => present_as(session.job, pair, proof),
        Ok(Match::NameTaken(pair)) => Err(super::name_taken(session.job, &pair)),
        Ok(Match::Absent) => Err(error),
        // Without this right nothing ever settles it.
        Err(denied) if denied.kind() == ErrorKind::PermissionDenied => {
            Err(unseen(IN_DOUBT, denied))
        }
        Ok(Match::Incomparable(_)) | Err(_) => Err(unknown(IN_DOUBT).caused_by(error)),
    }
}

/// Looks, again and again, until the list shows this key or had time enough to show it.
async fn poll_until_listed(
    session: &mut Session<'_>,
    by: LookupBy,
    since: Duration,
) -> Result<Match, Error> {
    let settled = since.saturating_add(LIST_LAG);
    let names_are_unique = session.cloud.info().unique_names == Uniqueness::Enforced;
    let mut pause = Duration::from_millis(500);
    loop {
        let asked_at = session.clock.now();
        let found = lookup::find_match(session.job, &session.look(by).await?);
        let is_final = match found {
            Match::Present(..) | Match::PresentAs(..) => true,
            // A cloud that stores a name twice may show the other pair first.
            Match::NameTaken(_) if names_are_unique => true,
            Match::NameTaken(_) | Match::Incomparable(_) | Match::Absent => asked_at >= settled,
        };
        if is_final {
            return Ok(found);
        }
        let wait = pause.min(settled.saturating_sub(asked_at)).max(Duration::from_millis(1));
        if wait >= session.left() {
            return Err(unknown("there was no time to look again"));
        }
        session.clock.sleep(wait).await;
        pause = pause.saturating_mul(2);
    }
}

const IN_DOUBT: &str = "the request may or may not have been processed";

/// An outcome that could not be looked up.
fn unseen(message: &str, error: Error) -> Error {
    let unknown = unknown(message);
    let unknown = if error.kind() == ErrorKind::PermissionDenied {
        unknown.hinted("let this identity list key pairs, then run again to settle it")
    } else {
        unknown
    };
    unknown.caused_by(error)
}

fn unknown(message: &str) -> Error {
    Error::new(ErrorKind::OutcomeUnknown, message)
}

/// A name or key that the cloud calls taken and no list shows.
fn hidden(refusal: &Error) -> Error {
    let kind = refusal.kind();
    let hint = if kind == ErrorKind::KeyTaken {
        "look for the key in the cloud's console, where pairs may stand that this identity is not shown"
    } else {
        "a name stays taken for up to an hour after its key pair was deleted while in use; \
         give another one with `--name`"
    };
    let error =
        Error::new(kind, "the cloud calls it taken and lists nothing of the kind").hinted(hint);
    with_response_of(error, refusal)
}

/// Keeps what the cloud said beside what was found out.
fn with_response_of(error: Error, refusal: &Error) -> Error {
    match refusal.response().cloned() {
        Some(error_response) => error.with_response(error_response),
        None => error,
    }
}

fn mismatch(session: &Session<'_>, pair: &KeyPair) -> Error {
    let ImportJob { key, name, endpoint, .. } = session.job;
    let message = match &pair.region {
        Some(region) if *region != endpoint.region => {
            format!("the cloud stored the key in region `{region}`, not in `{}`", endpoint.region)
        }
        _ if lookup::compare(key, pair).0 == Comparison::Same => {
            format!("the cloud stored the key as `{}`, not as `{name}`", pair.name)
        }
        _ => format!(
            "the cloud holds another key as `{}`: {}, not {}",
            pair.name,
            pair.fingerprint.as_deref().unwrap_or("without a fingerprint"),
            key.md5()
        ),
    };
    Error::new(ErrorKind::Mismatch, message)
}
