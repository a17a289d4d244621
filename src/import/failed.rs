//! Requests that were not accepted, and what is left to do after them.

use super::Credentials;
use super::session::Session;
use crate::error::Error;
use crate::ports::{Clock, Delivery, Transport};

/// A request that was not accepted.
pub(super) struct Failed {
    pub error: Error,
    /// Whether it may have had an effect.
    pub delivery: Delivery,
    /// What is left to do.
    pub next: Next,
}

impl Failed {
    /// Waits before the next attempt, if there is to be one, and says whether there is.
    pub(super) async fn wait<T: Transport, C: Clock, W: Credentials>(
        &self,
        session: &Session<'_, T, C, W>,
        attempt: u32,
    ) -> Next {
        let asked = self.error.response().and_then(|error_response| error_response.retry_after);
        match self.next {
            Next::Again => session.pause(attempt, asked).await,
            next => next,
        }
    }
}

/// What is left to do after a request that was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Trying again can help.
    Again,
    /// Nothing helps, or there were attempts enough.
    End,
    /// The user asked to stop and waits no longer: with more patience there would be more to try.
    Stopped,
}

/// A list of key pairs that was not had.
pub(super) enum Unseen {
    /// The user waits no longer for it.
    Stopped(Error),
    /// The error says why.
    Failed(Error),
}

impl From<Unseen> for Error {
    fn from(unseen: Unseen) -> Self {
        match unseen {
            Unseen::Stopped(error) | Unseen::Failed(error) => error,
        }
    }
}
