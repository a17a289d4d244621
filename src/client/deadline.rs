//! How much time is left, and how long a credential is waited for.

use std::future::Future;
use std::time::Duration;

use super::error::{CallError, NextStep};
use crate::error::{Error, ErrorKind};
use crate::phrase::phrase;
use crate::ports::{Clock, Delivery, ProvideCredential};

/// Waits for a credential until the deadline or the shutdown deadline; then the search is dropped, and at once when a
/// shutdown is requested meanwhile.
pub async fn within_deadline<A>(
    search: impl Future<Output = Result<A, Error>> + Send,
    credentials: &dyn ProvideCredential,
    clock: &dyn Clock,
    deadline: Duration,
) -> Result<A, CallError> {
    let was_stopped = clock.shutdown_deadline().is_some();
    let found = tokio::select! {
        // A cached credential costs no time.
        biased;
        found = search => found,
        // A shutdown request ends the sleep early.
        () = clock.sleep(time_left(clock, deadline)) => {
            Err(timed_out(credentials.last_contacted(), clock, deadline, was_stopped))
        }
    };
    found.map_err(|error| {
        let is_stopped = !was_stopped && clock.shutdown_deadline().is_some();
        let next = match error.kind() {
            ErrorKind::Network if is_stopped => NextStep::Cancelled,
            _ => NextStep::GiveUp,
        };
        CallError { error, delivery: Delivery::Unsent, next }
    })
}

/// Returns the time until the deadline or the shutdown deadline.
pub(super) fn time_left(clock: &dyn Clock, deadline: Duration) -> Duration {
    let end = clock.shutdown_deadline().map_or(deadline, |shutdown| shutdown.min(deadline));
    end.saturating_sub(clock.now())
}

/// The error of a search that was dropped: because the run was stopped meanwhile, or at the end of its time.
fn timed_out(
    host: Option<String>,
    clock: &dyn Clock,
    deadline: Duration,
    was_stopped: bool,
) -> Error {
    let is_stopped = |shutdown: Duration| !was_stopped || shutdown <= deadline;
    if clock.shutdown_deadline().is_some_and(is_stopped) {
        let message = match host {
            Some(host) => phrase!("no response from {}: the run was stopped", host),
            None => phrase!("no credential was found: the run was stopped"),
        };
        return Error::new(ErrorKind::Network, message);
    }
    let message = match host {
        Some(host) => {
            phrase!("no credential was found before the timeout: no response from {}", host)
        }
        None => "no credential was found before the timeout".into(),
    };
    Error::new(ErrorKind::Network, message)
        .hinted("it is safe to run again; `--timeout` gives it more time")
}
