//! The import, the same for every provider: look up where names may repeat, send, retry, reconcile, verify.
//!
//! An error response that is certain ends the import. After a request that may have been processed (no response, an
//! unreadable one, a 5xx) the provider is asked what it holds before anything is sent again, and the import is called
//! failed only when a look-up some seconds later still does not list the key. Whether this run stored a key that is
//! found then follows from its creation time by the provider's clock, or from the same client token sent again.

mod attribution;
mod conflict;
mod lookup;
mod outcome;
mod reconcile;
mod session;

pub use self::outcome::{Outcome, Status, Verification};

use self::attribution::Uncertain;
use self::session::Session;
use crate::client::{Limits, NextStep};
use crate::error::{Error, ErrorKind};
use crate::ports::{Delivery, Ports, ProvideCredential};
use crate::provider::{ImportJob, LookupBy, Provider, Uniqueness};

/// What a run does with each target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Import the key unless it is there.
    #[default]
    Import,
    /// Report what an import would do.
    DryRun,
    /// Report whether the key is there.
    Check,
}

/// Imports one target, or looks it up. It never fails: an error is part of the outcome.
pub async fn run(
    mode: Mode,
    provider: &dyn Provider,
    job: &ImportJob,
    limits: Limits,
    credentials: &dyn ProvideCredential,
    ports: Ports<'_>,
) -> Outcome {
    let started = ports.clock.now();
    let mut session = Session::new(provider, job, limits, credentials, ports);
    let result = match mode {
        _ if ports.clock.shutdown_deadline().is_some() => Ok(Outcome::skipped()),
        Mode::Import => import(&mut session).await,
        Mode::DryRun => inspect(&mut session, Status::WouldImport).await,
        Mode::Check => inspect(&mut session, Status::Absent).await,
    };
    let mut outcome = result.unwrap_or_else(Outcome::failed);
    outcome.elapsed = ports.clock.now().saturating_sub(started);
    outcome.requests = session.client.requests();
    outcome.request_ids = session.request_ids;
    outcome
}

/// Imports the key unless it is there.
async fn import(session: &mut Session<'_>) -> Result<Outcome, Error> {
    if session.provider.info().unique_names == Uniqueness::NotEnforced
        && let Some(outcome) = look_first(session, LookupBy::Name).await?
    {
        return Ok(outcome);
    }
    let mut uncertain = Uncertain::default();
    let mut attempt = 1;
    loop {
        if session.client.clock().shutdown_deadline().is_some() {
            return shut_down(session, &uncertain).await;
        }
        let sent_at = session.client.clock().now();
        let failed = match session.import().await {
            Ok(stored) => {
                let outcome = reconcile::verify(session, stored).await?;
                return Ok(uncertain.with_remark(outcome, reconcile::SENT_AGAIN));
            }
            Err(failed) => failed,
        };
        if failed.delivery == Delivery::Unknown {
            uncertain.add(sent_at, session.client.clock().now(), failed.error.kind());
        }
        let taken = match failed.error.kind() {
            ErrorKind::NameTaken => Some(LookupBy::Name),
            ErrorKind::KeyTaken => Some(LookupBy::Key),
            _ => None,
        };
        if let Some(by) = taken {
            return reconcile::resolve_conflict(session, &uncertain, by, failed.error).await;
        }
        let next = session.client.backoff(&failed, attempt).await;
        if next == NextStep::Cancelled && failed.is_unsent() && uncertain.is_empty() {
            return Ok(Outcome::skipped());
        }
        if next != NextStep::Retry {
            return reconcile::resolve_uncertain(session, &uncertain, failed.error).await;
        }
        if failed.delivery == Delivery::Unknown
            && let Some(outcome) =
                reconcile::look_before_resending(session, &uncertain, failed.error).await?
        {
            return Ok(outcome);
        }
        attempt += 1;
    }
}

/// Ends an import during a shutdown.
async fn shut_down(session: &mut Session<'_>, uncertain: &Uncertain) -> Result<Outcome, Error> {
    if uncertain.is_empty() {
        return Ok(Outcome::skipped());
    }
    let error = Error::new(ErrorKind::Network, "the run was stopped");
    reconcile::resolve_uncertain(session, uncertain, error).await
}

/// Looks up before anything is sent; an outcome ends the import.
async fn look_first(session: &mut Session<'_>, by: LookupBy) -> Result<Option<Outcome>, Error> {
    match session.look_up(by).await {
        Ok(pairs) => conflict::conclude(session, lookup::find_match(session.job, &pairs)).await,
        Err(failed) if failed.next == NextStep::Cancelled => Ok(Some(Outcome::skipped())),
        Err(failed) => Err(failed.error),
    }
}

/// Reports what an import would find, without writing.
async fn inspect(session: &mut Session<'_>, absent: Status) -> Result<Outcome, Error> {
    if let Some(outcome) = look_first(session, LookupBy::Name).await? {
        return Ok(outcome);
    }
    if session.provider.info().unique_keys == Uniqueness::Enforced
        && let Some(outcome) = look_first(session, LookupBy::Key).await?
    {
        return Ok(outcome);
    }
    Ok(Outcome::of(absent))
}
