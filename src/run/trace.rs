//! What happens with every exchange of a target: shown with `-vv`, and counted for the concurrency limit.

use std::sync::Arc;

use super::concurrency::ConcurrencyLimit;
use super::console::Console;
use super::options::Verbosity;
use crate::ports::Observer;
use crate::redact::clean;

/// Sees the exchanges of one target.
#[derive(Debug)]
pub(super) struct TargetObserver {
    pub console: Console,
    /// The target, where there are several.
    pub label: Option<String>,
    /// The limit of the target's provider.
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
            concurrency.throttled();
        }
    }

    fn processed(&self) {
        if let Some(concurrency) = &self.concurrency {
            concurrency.processed();
        }
    }
}
