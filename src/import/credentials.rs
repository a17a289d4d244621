//! Who hands out credentials, and how long one is waited for.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use async_trait::async_trait;

use crate::ports::{Clock, SendError};
use crate::sign::Credential;

/// Hands out the credential that requests are signed with.
#[async_trait]
pub trait ProvideCredential: Send + Sync {
    /// Returns the credential, found once and kept.
    async fn credential(&self) -> Result<Credential, Error>;
    /// Returns a newer credential than one that a cloud called expired; `None` if there is none.
    async fn renew(&self, expired: &Credential) -> Result<Option<Credential>, Error>;
    /// Says who was asked for a credential last, whether an answer came or not; `None` if nobody was.
    fn asked(&self) -> Option<String> {
        None
    }
}

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
            return Err(late(credentials.asked(), clock, deadline));
        }
    }
}

/// Returns the time that is left: until the deadline, or until the user's patience ends.
pub(super) fn left(clock: &dyn Clock, deadline: Duration) -> Duration {
    let end = clock.shutdown_deadline().map_or(deadline, |stop| stop.min(deadline));
    end.saturating_sub(clock.now())
}

fn late(asked: Option<String>, clock: &dyn Clock, deadline: Duration) -> Error {
    let silent = asked.map(|who| format!("no answer from {who}"));
    if clock.shutdown_deadline().is_some_and(|stop| stop <= deadline) {
        let what = silent.unwrap_or_else(|| "no credential was found".to_owned());
        return Error::new(ErrorKind::Network, format!("{what}: {}", SendError::cancelled()));
    }
    let what = silent.map(|what| format!(": {what}")).unwrap_or_default();
    let message = format!("no credential was found within the time{what}");
    Error::new(ErrorKind::Network, message)
        .hinted("it is safe to run again; `--timeout` gives it more time")
}
