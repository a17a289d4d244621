//! Calls that failed, and what is left to do after them.

use crate::error::Error;
use crate::ports::Delivery;

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

impl From<CallError> for Error {
    fn from(failed: CallError) -> Self {
        failed.error
    }
}

/// The error of a response: its kind says whether the request may have had an effect, and whether a retry can help.
impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        let kind = error.kind();
        let delivery = if kind.is_uncertain() { Delivery::Unknown } else { Delivery::Unsent };
        let next = if kind.is_transient() { NextStep::Retry } else { NextStep::GiveUp };
        Self { error, delivery, next }
    }
}
