//! The concurrency limit of one cloud: halved when it throttles, raised by one for each other response (AIMD).

use std::sync::{Mutex, PoisonError};

/// The limit of one cloud, shared by its targets.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    most: usize,
    limit: Mutex<usize>,
}

impl ConcurrencyLimit {
    /// Makes a limit that starts at `most` and never exceeds it.
    pub(super) fn new(most: usize) -> Self {
        Self { most, limit: Mutex::new(most) }
    }

    /// Returns how many targets may run at once.
    pub(super) fn limit(&self) -> usize {
        *self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that the cloud throttled a request.
    pub(super) fn throttled(&self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        *limit = (*limit / 2).max(1);
    }

    /// Records that the cloud processed a request.
    pub(super) fn processed(&self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        *limit = limit.saturating_add(1).min(self.most);
    }
}
