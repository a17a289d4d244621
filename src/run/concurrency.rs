//! How many targets of one cloud run at once: half as many when it throttles, one more for each that it takes.

use std::sync::{Mutex, PoisonError};

/// The limit of one cloud.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    most: usize,
    limit: Mutex<usize>,
}

impl ConcurrencyLimit {
    /// Makes a concurrency that starts at, and never exceeds, `most`.
    pub(super) fn new(most: usize) -> Self {
        Self { most, limit: Mutex::new(most) }
    }

    /// Returns how many targets may run at once.
    pub(super) fn limit(&self) -> usize {
        *self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the cloud asked to slow down.
    pub(super) fn throttled(&self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        *limit = (*limit / 2).max(1);
    }

    /// Notes that the cloud processed a request.
    pub(super) fn processed(&self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        *limit = limit.saturating_add(1).min(self.most);
    }
}
