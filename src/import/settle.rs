//! After doubt: whether an import that got no clear answer is stored, and whether the cloud holds this very key.

use std::time::Duration;

use super::judge::{self, Verdict};
use super::session::Session;
use super::{Credentials, Ending, Status, Verification, conclude, elsewhere};
use crate::error::{Error, ErrorKind};
use crate::key::Comparison;
use crate::ports::{Clock, Transport};
use crate::provider::{ImportJob, KeyPair, LookupBy, Uniqueness};

/// How long after a request a list may not show yet what the request stored. A key that no list shows after
/// this time is not there.
const LAG: Duration = Duration::from_secs(5);

/// How much older than the request a key may look, by the cloud's own clock, and still come from it: Alibaba
/// Cloud tells the time of storing without its seconds.
const ROUNDING: Duration = Duration::from_secs(90);

/// How far this machine's clock is from the cloud's at most: with more, the cloud refuses every request.
const SKEW: Duration = Duration::from_secs(30 * 60);

/// The requests of this import that may have stored the key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubt {
    first_sent: Option<Duration>,
    last_end: Option<Duration>,
}

impl Doubt {
    pub(super) fn add(&mut self, sent: Duration, end: Duration) {
        self.first_sent = self.first_sent.or(Some(sent));
        self.last_end = Some(end);
    }

    pub(super) fn is_some(&self) -> bool {
        self.first_sent.is_some()
    }

    /// Tells whether this import stored a pair that it found, or something before it.
    pub(super) fn whose<T: Transport, C: Clock, W: Credentials>(
        &self,
        session: &Session<'_, T, C, W>,
        pair: &KeyPair,
    ) -> Status {
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
pub(super) async fn verify<T: Transport, C: Clock, W: Credentials>(
    session: &mut Session<'_, T, C, W>,
    stored: KeyPair,
) -> Result<Ending, Error> {
    let job = session.job;
    let (likeness, proof) = judge::compare(&job.key, &stored);
    let right_region = stored.region.as_ref().is_none_or(|region| *region == job.endpoint.region);
    let right_place = right_region && stored.name == job.name;
    if likeness == Comparison::Same && right_place {
        return Ok(Ending::of(Status::Imported, stored, proof));
    }
    let accepted = session.clock.now();
    match look_until_seen(session, LookupBy::Name, accepted).await {
        Ok(Verdict::Here(pair, proof)) => Ok(Ending::of(Status::Imported, pair, proof)),
        Ok(Verdict::Unclear(pair)) if likeness == Comparison::Unknown && right_place => {
            Ok(Ending::of(Status::Imported, pair, Verification::None))
        }
        Ok(Verdict::Absent) if likeness == Comparison::Unknown && right_place => {
            Err(unknown("the cloud accepted the key and does not list it"))
        }
        Ok(Verdict::InTheWay(pair)) => Err(mismatch(session, &pair)),
        Ok(Verdict::Absent | Verdict::Unclear(_) | Verdict::Elsewhere(..)) => {
            Err(mismatch(session, &stored))
        }
        Err(_) if likeness == Comparison::Unknown && right_place => {
            Ok(Ending::of(Status::Imported, stored, Verification::None))
        }
        Err(error) => Err(unknown("the answer speaks of another key or region").caused_by(error)),
    }
}

/// Ends an import whose name or key the cloud calls taken.
pub(super) async fn taken<T: Transport, C: Clock, W: Credentials>(
    session: &mut Session<'_, T, C, W>,
    doubt: &Doubt,
    by: LookupBy,
    refusal: Error,
) -> Result<Ending, Error> {
    let since = session.clock.now();
    let found = match (look_until_seen(session, by, since).await, by) {
        // Where it is the key that is taken, a pair that is not this key's tells nothing.
        (Ok(Verdict::InTheWay(_) | Verdict::Unclear(_)), LookupBy::Key) => Ok(Verdict::Absent),
        (found, _) => found,
    };
    match found {
        Ok(Verdict::Here(pair, proof)) => Ok(Ending::of(doubt.whose(session, &pair), pair, proof)),
        Ok(Verdict::Absent | Verdict::Unclear(_)) if doubt.is_some() => {
            Err(unknown("the cloud calls it taken and does not show by which key")
                .caused_by(refusal))
        }
        Ok(Verdict::Absent) => Err(hidden(&refusal)),
        Ok(verdict) => match conclude(session, verdict).await {
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
pub(super) async fn give_up<T: Transport, C: Clock, W: Credentials>(
    session: &mut Session<'_, T, C, W>,
    doubt: &Doubt,
    error: Error,
) -> Result<Ending, Error> {
    let Some(last_end) = doubt.last_end else { return Err(error) };
    match look_until_seen(session, LookupBy::Name, last_end).await {
        Ok(Verdict::Here(pair, proof)) => Ok(Ending::of(doubt.whose(session, &pair), pair, proof)),
        Ok(Verdict::Elsewhere(pair, proof)) => elsewhere(session.job, pair, proof),
        Ok(Verdict::InTheWay(pair)) => Err(super::in_the_way(session.job, &pair)),
        Ok(Verdict::Absent) => Err(error),
        // Without this right nothing ever settles it.
        Err(denied) if denied.kind() == ErrorKind::PermissionDenied => {
            Err(unseen(IN_DOUBT, denied))
        }
        Ok(Verdict::Unclear(_)) | Err(_) => Err(unknown(IN_DOUBT).caused_by(error)),
    }
}

/// Looks, again and again, until the list shows this key or had time enough to show it.
async fn look_until_seen<T: Transport, C: Clock, W: Credentials>(
    session: &mut Session<'_, T, C, W>,
    by: LookupBy,
    since: Duration,
) -> Result<Verdict, Error> {
    let settled = since.saturating_add(LAG);
    let names_are_unique = session.cloud.info().unique_names == Uniqueness::Enforced;
    let mut pause = Duration::from_millis(500);
    loop {
        let asked_at = session.clock.now();
        let verdict = judge::judge(session.job, &session.look(by).await?);
        let is_final = match verdict {
            Verdict::Here(..) | Verdict::Elsewhere(..) => true,
            // A cloud that stores a name twice may show the other pair first.
            Verdict::InTheWay(_) if names_are_unique => true,
            Verdict::InTheWay(_) | Verdict::Unclear(_) | Verdict::Absent => asked_at >= settled,
        };
        if is_final {
            return Ok(verdict);
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

fn mismatch<T, C, W>(session: &Session<'_, T, C, W>, pair: &KeyPair) -> Error {
    let ImportJob { key, name, endpoint, .. } = session.job;
    let message = match &pair.region {
        Some(region) if *region != endpoint.region => {
            format!("the cloud stored the key in region `{region}`, not in `{}`", endpoint.region)
        }
        _ if judge::compare(key, pair).0 == Comparison::Same => {
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
