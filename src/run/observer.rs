//! What sees the exchanges of a target: it traces them, and adapts how many targets of a cloud run at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::console::{Console, Verbosity};
use crate::ports::Observer;
use crate::redact::clean;

/// The concurrency limit of one cloud: halved when it throttles, raised by one for each other response (AIMD).
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    most: usize,
    limit: AtomicUsize,
}

impl ConcurrencyLimit {
    pub(super) fn new(most: usize) -> Self {
        Self { most, limit: AtomicUsize::new(most) }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    fn update(&self, next: impl Fn(usize) -> usize) {
        // The update cannot fail: it always returns a number.
        let _ =
            self.limit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(next(now)));
    }
}

/// Sees the exchanges of one target.
#[derive(Debug)]
pub(super) struct TargetObserver {
    pub console: Console,
    /// The target, where there are several.
    pub label: Option<String>,
    /// The limit of the target's cloud.
    pub concurrency: Option<Arc<ConcurrencyLimit>>,
}

impl Observer for TargetObserver {
    fn traces(&self) -> bool {
        self.console.traces()
    }

    /// Shows a block by one call, so that those of parallel targets do not mix.
    fn trace(&self, block: &str) {
        let Some(label) = &self.label else {
            return self.console.message(Verbosity::Trace, block);
        };
        let label = clean(label);
        let lines = block.split_inclusive('\n');
        let text: String = lines.flat_map(|line| [&label, ": ", line]).collect();
        self.console.message(Verbosity::Trace, &text);
    }

    fn throttled(&self) {
        if let Some(concurrency) = &self.concurrency {
            concurrency.update(|limit| (limit / 2).max(1));
        }
    }

    fn processed(&self) {
        if let Some(concurrency) = &self.concurrency {
            concurrency.update(|limit| limit.saturating_add(1).min(concurrency.most));
        }
    }
}
