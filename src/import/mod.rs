//! The import, the same for every cloud: look where names repeat, send, retry, reconcile, verify.
//!
//! A refusal that leaves no doubt ends the import. After a request that may have been processed (no answer, a
//! broken one, a 5xx) the cloud is looked at before anything is sent again; and nothing is called a failure
//! then before a look-up some seconds later still does not show the key.

mod credentials;
mod call_error;
mod lookup;
mod outcome;
mod session;
mod reconcile;

use std::time::Duration;

pub use self::credentials::in_time;
pub use self::outcome::{Outcome, Status, Verification};

use self::call_error::{CallError, ListError, NextStep};
use self::lookup::Match;
use self::reconcile::InFlight;
use self::session::Session;
use crate::error::{Error, ErrorKind};
use crate::key::name;
use crate::ports::{Clock, Delivery, ProvideCredential, Transport};
use crate::provider::{ImportJob, KeyPair, LookupBy, NameSource, Provider, Uniqueness};

/// Bounds of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole time, waiting included.
    pub timeout: Duration,
    /// How often one request is sent at most.
    pub attempts: u32,
}

/// What a run is to do with each target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Make it so that the key is there.
    #[default]
    Import,
    /// Say what an import would do.
    DryRun,
    /// Say whether it is there.
    Check,
}

/// Brings one target to its end. It never fails: what goes wrong is part of the outcome.
pub async fn run(
    mode: Mode,
    cloud: &dyn Provider,
    job: &ImportJob,
    limits: Limits,
    credentials: &dyn ProvideCredential,
    transport: &dyn Transport,
    clock: &dyn Clock,
) -> Outcome {
    let mut session = Session::new(cloud, job, limits, credentials, transport, clock);
    let ending = match mode {
        _ if clock.shutdown_deadline().is_some() => Ok(Ending::without_pair(Status::Skipped)),
        Mode::Import => import(&mut session).await,
        Mode::DryRun => inspect(&mut session, Status::WouldImport).await,
        Mode::Check => inspect(&mut session, Status::Absent).await,
    };
    let mut outcome = match ending {
        Ok(ending) => ending.into_outcome(),
        Err(error) => Outcome::failed(error),
    };
    outcome.elapsed = clock.now().saturating_sub(session.started);
    outcome.request_ids = session.request_ids;
    outcome.requests = session.requests;
    outcome
}

/// An end without an error.
struct Ending {
    status: Status,
    stored: Option<KeyPair>,
    verified: Verification,
}

impl Ending {
    fn of(status: Status, stored: KeyPair, verified: Verification) -> Self {
        Self { status, stored: Some(stored), verified }
    }

    fn without_pair(status: Status) -> Self {
        Self { status, stored: None, verified: Verification::None }
    }

    fn into_outcome(self) -> Outcome {
        let mut outcome = Outcome::of(self.status, None);
        if self.status == Status::Imported && self.verified == Verification::None {
            let warning =
                "the cloud accepted the key and shows nothing that proves which key it holds";
            outcome.warnings.push(warning.to_owned());
        }
        outcome.stored = self.stored;
        outcome.verified = self.verified;
        outcome
    }
}

/// Makes it so that the key is there.
async fn import(session: &mut Session<'_>) -> Result<Ending, Error> {
    let job = session.job;
    if session.cloud.info().unique_names == Uniqueness::NotEnforced
        && let Some(ending) = first_look(session, LookupBy::Name).await?
    {
        return Ok(ending);
    }
    let mut in_flight = InFlight::default();
    let mut attempt = 1;
    loop {
        if session.clock.shutdown_deadline().is_some() {
            return stopped(session, &in_flight).await;
        }
        let sent_at = session.clock.now();
        let failed = match session.call(&session.cloud.import(job)).await {
            Ok(response) => match session.read_import(&response) {
                Ok(stored) => return reconcile::verify(session, stored).await,
                Err(unreadable) => CallError {
                    error: Error::new(ErrorKind::Unavailable, "the answer to the import is broken")
                        .caused_by(unreadable),
                    delivery: Delivery::Unknown,
                    next: NextStep::Retry,
                },
            },
            Err(failed) => failed,
        };
        if failed.delivery == Delivery::Unknown {
            in_flight.add(sent_at, session.clock.now());
        }
        match failed.error.kind() {
            ErrorKind::NameTaken => {
                return reconcile::resolve_conflict(
                    session,
                    &in_flight,
                    LookupBy::Name,
                    failed.error,
                )
                .await;
            }
            ErrorKind::KeyTaken => {
                return reconcile::resolve_conflict(
                    session,
                    &in_flight,
                    LookupBy::Key,
                    failed.error,
                )
                .await;
            }
            _ => {}
        }
        if failed.wait(session, attempt).await != NextStep::Retry {
            return reconcile::resolve_uncertain(session, &in_flight, failed.error).await;
        }
        if failed.delivery == Delivery::Unknown {
            // It may be stored although no answer said so: look before sending it again.
            match session.look(LookupBy::Name).await.map(|stored| lookup::find_match(job, &stored))
            {
                Ok(Match::Absent) => {}
                Ok(Match::Present(pair, proof)) => {
                    return Ok(Ending::of(in_flight.attribution(session, &pair), pair, proof));
                }
                Ok(Match::PresentAs(..) | Match::NameTaken(_) | Match::Incomparable(_))
                | Err(_) => {
                    return reconcile::resolve_uncertain(session, &in_flight, failed.error).await;
                }
            }
        }
        attempt += 1;
    }
}

/// Ends an import that the user stopped before it was through.
async fn stopped(session: &mut Session<'_>, in_flight: &InFlight) -> Result<Ending, Error> {
    if !in_flight.is_some() {
        return Ok(Ending::without_pair(Status::Skipped));
    }
    reconcile::resolve_uncertain(
        session,
        in_flight,
        Error::new(ErrorKind::Network, "the run was stopped"),
    )
    .await
}

/// Looks before anything was sent, and ends where the way is not free or the user waits no longer.
async fn first_look(session: &mut Session<'_>, by: LookupBy) -> Result<Option<Ending>, Error> {
    match session.look(by).await {
        Ok(stored) => conclude(session, lookup::find_match(session.job, &stored)).await,
        Err(ListError::Cancelled(_)) => Ok(Some(Ending::without_pair(Status::Skipped))),
        Err(ListError::Failed(error)) => Err(error),
    }
}

/// Says what an import would find, without writing.
async fn inspect(session: &mut Session<'_>, absent: Status) -> Result<Ending, Error> {
    if let Some(ending) = first_look(session, LookupBy::Name).await? {
        return Ok(ending);
    }
    if session.cloud.info().unique_keys == Uniqueness::Enforced
        && let Some(ending) = first_look(session, LookupBy::Key).await?
    {
        return Ok(ending);
    }
    Ok(Ending::without_pair(absent))
}

/// Turns what was found into an end, or into nothing when the way is free.
async fn conclude(session: &mut Session<'_>, found: Match) -> Result<Option<Ending>, Error> {
    match found {
        Match::Absent => Ok(None),
        Match::Present(pair, proof) => Ok(Some(Ending::of(Status::AlreadyPresent, pair, proof))),
        Match::PresentAs(pair, proof) => present_as(session.job, pair, proof).map(Some),
        Match::NameTaken(pair) => {
            // The name was only a proposal: the key may be there under another one.
            if session.job.named == NameSource::Derived
                && let Ok(stored) = session.look(LookupBy::Key).await
            {
                match lookup::find_match(session.job, &stored) {
                    Match::Present(pair, proof) => {
                        return Ok(Some(Ending::of(Status::AlreadyPresent, pair, proof)));
                    }
                    Match::PresentAs(pair, proof) => {
                        return present_as(session.job, pair, proof).map(Some);
                    }
                    Match::NameTaken(_) | Match::Incomparable(_) | Match::Absent => {}
                }
            }
            Err(name_taken(session.job, &pair))
        }
        Match::Incomparable(pair) => Err(incomparable(session.job, &pair)),
    }
}

/// The key under another name: as wanted when the name was derived, a conflict when it was given.
fn present_as(job: &ImportJob, pair: KeyPair, proof: Verification) -> Result<Ending, Error> {
    match job.named {
        NameSource::Derived => Ok(Ending::of(Status::AlreadyPresentAs, pair, proof)),
        NameSource::Given => {
            let message = format!(
                "this key is already stored as `{}`, and the cloud keeps it only once",
                pair.name
            );
            Err(Error::new(ErrorKind::KeyTaken, message).hinted(format!(
                "use `--name {}`, or leave `--name` out; nothing was changed",
                quoted(&pair.name)
            )))
        }
    }
}

fn name_taken(job: &ImportJob, pair: &KeyPair) -> Error {
    let theirs = match &pair.fingerprint {
        Some(theirs) => {
            let ours = if theirs.contains(':') { job.key.md5_colons() } else { job.key.md5() };
            format!(" (there {theirs}, yours {ours})")
        }
        None => String::new(),
    };
    let message = format!("`{}` already holds another key{theirs}; nothing was changed", job.name);
    Error::new(ErrorKind::NameTaken, message)
        .hinted(format!("give another name, such as `--name {}`", quoted(&other_name(job))))
}

fn incomparable(job: &ImportJob, pair: &KeyPair) -> Error {
    let id = pair.id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
    let message = format!(
        "`{}`{id} is taken and the cloud does not show by which key; nothing was changed",
        job.name
    );
    Error::new(ErrorKind::NameTaken, message)
        .hinted(format!("give another name, such as `--name {}`", quoted(&other_name(job))))
}

/// Proposes a name that only this key will want.
fn other_name(job: &ImportJob) -> String {
    let head: String = job.name.chars().take(50).collect();
    format!("{}-{}", head.trim_end_matches(['-', '.']), name::digits(&job.key))
}

/// Quotes a name for a shell: hints are copied, and a cloud may show any name.
fn quoted(name: &str) -> String {
    // No argument can hold a NUL.
    let name = name.replace('\0', "");
    shlex::try_quote(&name).map(Into::into).unwrap_or_default()
}
