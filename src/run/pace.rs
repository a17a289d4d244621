//! How many targets of one cloud run at once: half as many when it throttles, one more for each that it takes.

use std::sync::{Mutex, PoisonError};

/// The share of one cloud.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    share: Mutex<usize>,
}

impl Pace {
    /// Makes a pace that starts at, and never exceeds, `most`.
    pub(super) fn new(most: usize) -> Self {
        Self { most, share: Mutex::new(most) }
    }

    /// Returns how many targets may run at once.
    pub(super) fn share(&self) -> usize {
        *self.share.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the cloud asked to slow down.
    pub(super) fn throttled(&self) {
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        *share = (*share / 2).max(1);
    }

    /// Notes that the cloud processed a request.
    pub(super) fn processed(&self) {
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        *share = share.saturating_add(1).min(self.most);
    }
}
