//! What sees the exchanges of targets: it traces them, slows down a cloud that throttles, and shows retries.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::console::{Console, Verbosity};
use super::progress::{Rank, Wait};
use crate::ports::{Observer, Retry};
use crate::provider::Provider;
use crate::redact::clean;
use crate::report::waiting;

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

/// Sees the exchanges of one target, or of what is asked before there are targets.
#[derive(Debug)]
pub(super) struct TargetObserver {
    console: Console,
    /// The name of the cloud.
    cloud: &'static str,
    /// The target, where there are several.
    label: Option<String>,
    /// The limit of the target's cloud.
    concurrency: Option<Arc<ConcurrencyLimit>>,
    /// The pause before the next attempt.
    pause: Mutex<Option<Wait>>,
}

impl TargetObserver {
    pub(super) fn new(console: &Console, cloud: &dyn Provider, label: Option<String>) -> Self {
        let (console, cloud) = (console.clone(), cloud.info().title);
        Self { console, cloud, label, concurrency: None, pause: Mutex::default() }
    }

    /// Slows the other targets of the cloud down with this one.
    #[must_use]
    pub(super) fn with_limit(self, concurrency: Arc<ConcurrencyLimit>) -> Self {
        Self { concurrency: Some(concurrency), ..self }
    }
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

    fn retrying(&self, retry: Option<&Retry<'_>>) {
        let wait = |retry| {
            let text = waiting::retrying(self.cloud, retry);
            let text = match &self.label {
                Some(label) => text.at(clean(label)),
                None => text,
            };
            self.console.wait(Rank::Now, &text)
        };
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = retry.map(wait);
    }
}
