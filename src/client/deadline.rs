//! How much time is left, and how long a credential is waited for.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, ProvideCredential, SendError};

/// Waits for a credential until the deadline or the shutdown deadline; then the search is dropped.
pub async fn within_deadline<A>(
    search: impl Future<Output = Result<A, Error>> + Send,
    credentials: &dyn ProvideCredential,
    clock: &dyn Clock,
    deadline: Duration,
) -> Result<A, Error> {
    let mut search = pin!(search);
    loop {
        tokio::select! {
            // A cached credential costs no time.
            biased;
            found = &mut search => return found,
            () = clock.sleep(time_left(clock, deadline)) => {}
        }
        // A shutdown request ends the sleep early.
        if time_left(clock, deadline).is_zero() {
            return Err(timed_out(credentials.last_contacted(), clock, deadline));
        }
    }
}

/// Returns the time until the deadline or the shutdown deadline.
pub(super) fn time_left(clock: &dyn Clock, deadline: Duration) -> Duration {
    let end = clock.shutdown_deadline().map_or(deadline, |shutdown| shutdown.min(deadline));
    end.saturating_sub(clock.now())
}

fn timed_out(host: Option<String>, clock: &dyn Clock, deadline: Duration) -> Error {
    let silent = host.map(|host| format!("no response from {host}"));
    if clock.shutdown_deadline().is_some_and(|shutdown| shutdown <= deadline) {
        let what = silent.unwrap_or_else(|| "no credential was found".to_owned());
        return Error::new(ErrorKind::Network, format!("{what}: {}", SendError::cancelled()));
    }
    let what = silent.map(|what| format!(": {what}")).unwrap_or_default();
    let message = format!("no credential was found before the timeout{what}");
    Error::new(ErrorKind::Network, message)
        .hinted("it is safe to run again; `--timeout` gives it more time")
}
