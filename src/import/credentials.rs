//! How long a credential is waited for.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, ProvideCredential, SendError};

/// Waits for a credential until the deadline, or until the user's patience ends; the search ends with the wait.
pub async fn in_time<A>(
    search: impl Future<Output = Result<A, Error>> + Send,
    credentials: &dyn ProvideCredential,
    clock: &dyn Clock,
    deadline: Duration,
) -> Result<A, Error> {
    let mut search = pin!(search);
    loop {
        tokio::select! {
            // What is there already costs no time.
            biased;
            found = &mut search => return found,
            () = clock.sleep(left(clock, deadline)) => {}
        }
        // A user who asks to stop ends the sleep early.
        if left(clock, deadline).is_zero() {
            return Err(late(credentials.last_contacted(), clock, deadline));
        }
    }
}

/// Returns the time that is left: until the deadline, or until the user's patience ends.
pub(super) fn left(clock: &dyn Clock, deadline: Duration) -> Duration {
    let end = clock.shutdown_deadline().map_or(deadline, |stop| stop.min(deadline));
    end.saturating_sub(clock.now())
}

fn late(host: Option<String>, clock: &dyn Clock, deadline: Duration) -> Error {
    let silent = host.map(|who| format!("no answer from {who}"));
    if clock.shutdown_deadline().is_some_and(|stop| stop <= deadline) {
        let what = silent.unwrap_or_else(|| "no credential was found".to_owned());
        return Error::new(ErrorKind::Network, format!("{what}: {}", SendError::cancelled()));
    }
    let what = silent.map(|what| format!(": {what}")).unwrap_or_default();
    let message = format!("no credential was found within the time{what}");
    Error::new(ErrorKind::Network, message)
        .hinted("it is safe to run again; `--timeout` gives it more time")
}
