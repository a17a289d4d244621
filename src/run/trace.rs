//! What happens with every exchange of a target: shown with `-vv`, and counted for the concurrency limit.

use std::sync::Arc;

use super::concurrency::ConcurrencyLimit;
use crate::io::terminal::Terminal;
use crate::ports::Observer;
use crate::redact::clean;

/// Shows exchanges, each request or response by one call, so that those of parallel targets do not mix.
#[derive(Debug)]
pub(super) struct Tracer {
    pub terminal: Arc<Terminal>,
    /// The target, where there are several.
    pub label: Option<String>,
}

impl Tracer {
    fn show(&self, block: &str) {
        match &self.label {
            None => self.terminal.message(block),
            Some(label) => {
                let label = clean(label);
                let lines = block.split_inclusive('\n');
                let text: String = lines.flat_map(|line| [&label, ": ", line]).collect();
                self.terminal.message(&text);
            }
        }
    }
}

/// Sees the exchanges of one target.
#[derive(Debug, Default)]
pub(super) struct TargetObserver {
    /// Set with `-vv`.
    pub tracer: Option<Tracer>,
    /// The limit of the target's provider.
    pub concurrency: Option<Arc<ConcurrencyLimit>>,
}

impl Observer for TargetObserver {
    fn traces(&self) -> bool {
        self.tracer.is_some()
    }

    fn trace(&self, block: &str) {
        if let Some(tracer) = &self.tracer {
            tracer.show(block);
        }
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
