//! Requests that were not accepted, and what is left to do after them.

use super::session::Session;
use crate::error::Error;
use crate::ports::Delivery;

/// A request that was not accepted.
pub(super) struct CallError {
    pub error: Error,
    /// Whether it may have had an effect.
    pub delivery: Delivery,
    /// What is left to do.
    pub next: NextStep,
}

impl CallError {
    /// Waits before the next attempt, if there is to be one, and says whether there is.
    pub(super) async fn wait(&self, session: &Session<'_>, attempt: u32) -> NextStep {
        let asked = self.error.response().and_then(|error_response| error_response.retry_after);
        match self.next {
            NextStep::Retry => session.pause(attempt, asked).await,
            next => next,
        }
    }
}

/// What is left to do after a request that was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// Trying again can help.
    Retry,
    /// Nothing helps, or there were attempts enough.
    GiveUp,
    /// The user asked to stop and waits no longer: with more patience there would be more to try.
    Cancelled,
}

/// A list of key pairs that was not had.
pub(super) enum ListError {
    /// The user waits no longer for it.
    Cancelled(Error),
    /// The error says why.
    Failed(Error),
}

impl From<ListError> for Error {
    fn from(unseen: ListError) -> Self {
        match unseen {
            ListError::Cancelled(error) | ListError::Failed(error) => error,
        }
    }
}
