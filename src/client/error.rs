//! Calls that failed: what is left to do after them, and the one function that gives error responses their kind.

use chrono::{DateTime, TimeDelta, Utc};

use super::server_time::date;
use crate::error::{Error, ErrorKind};
use crate::phrase::phrase;
use crate::ports::Delivery;
use crate::provider::{self, Provider};
use crate::redact::Redactor;
use crate::sign::Credential;
use crate::wire::Response;

/// A difference between two clocks that some providers call a wrong credential.
const LARGEST_SKEW: TimeDelta = TimeDelta::minutes(5);

/// What is left to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// A retry can help.
    Retry,
    /// A retry cannot help, or there were enough.
    GiveUp,
    /// The run shuts down: with more time there would be more to try.
    Cancelled,
}

/// A call that failed.
#[derive(Debug)]
pub struct CallError {
    /// Why it failed.
    pub error: Error,
    /// Whether the request may have had an effect.
    pub delivery: Delivery,
    /// What is left to do.
    pub next: NextStep,
}

impl CallError {
    /// Whether the request never left.
    pub fn is_unsent(&self) -> bool {
        self.delivery == Delivery::Unsent
    }

    /// Returns the error of a credential that is called expired and has no newer one. An access key without a session
    /// token does not expire: what is over is the time of the request.
    pub(super) fn of_expired(self, credential: &Credential) -> Self {
        if credential.is_permanent() {
            return Self { error: self.error.of_kind(ErrorKind::ClockSkew), ..self };
        }
        self
    }
}

impl From<CallError> for Error {
    fn from(failed: CallError) -> Self {
        failed.error
    }
}

/// The error of a response: its kind says whether the request may have had an effect, and whether a retry can help.
impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        let kind = error.kind();
        let delivery = if kind.is_uncertain() { Delivery::Unknown } else { Delivery::Answered };
        let next = if kind.is_transient() { NextStep::Retry } else { NextStep::GiveUp };
        Self { error, delivery, next }
    }
}

/// Returns the error of an error response: its kind by the provider's error table, its text redacted.
///
/// `now` is this machine's time, for the hint about a clock that is wrong; `actions` are what the call may need, for the
/// hint about a permission that is missing. Without any, that hint is the kind's.
pub fn check_response(
    provider: &dyn Provider,
    response: &Response,
    redactor: &Redactor,
    now: DateTime<Utc>,
    actions: &[&str],
) -> Result<(), Error> {
    let Some(error_response) = provider.read_error(response) else { return Ok(()) };
    let info = provider.info();
    let kind = provider::classify(info.error_codes, &error_response);
    let mut error = Error::new(kind, phrase!("{} refused the request", info.title));
    if kind == ErrorKind::PermissionDenied && !actions.is_empty() {
        let actions = actions.join("`, `");
        error = error.hinted(phrase!("allow this identity `{}`, or use another one", actions));
    }
    if let Some(hint) =
        provider::find_rule(info.error_codes, &error_response).and_then(|rule| rule.hint)
    {
        error = error.hinted(hint);
    }
    if let Some(theirs) = date(response)
        && (kind == ErrorKind::ClockSkew
            || kind == ErrorKind::CredentialsRejected && (now - theirs).abs() > LARGEST_SKEW)
    {
        error = error.hinted(phrase!(
            "set the clock of this machine: it says {}, the server says {}",
            now.format("%Y-%m-%d %H:%M:%SZ"),
            theirs.format("%Y-%m-%d %H:%M:%SZ")
        ));
    }
    if (300..400).contains(&response.status) {
        error = error.hinted("redirects are not followed; check `--endpoint` and proxies");
    }
    Err(error.with_response(error_response.display(redactor)))
}
