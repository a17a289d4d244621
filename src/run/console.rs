//! Messages and results of a run, as far as its verbosity lets them through.

use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::{Options, Verbosity};
use crate::error::Error;
use crate::io::terminal::Terminal;
use crate::report::{self, Format};

/// Where a run writes to.
#[derive(Clone, Debug)]
pub(super) struct Console {
    terminal: Arc<Terminal>,
    verbosity: Verbosity,
    pub format: Format,
}

impl Console {
    pub(super) fn new(terminal: &Arc<Terminal>, options: &Options) -> Self {
        let format = Format::new(options.output, terminal.is_interactive());
        Self { terminal: Arc::clone(terminal), verbosity: options.verbosity, format }
    }

    /// Writes results, if there are any.
    pub(super) fn results(&self, text: Option<String>) {
        if let Some(text) = text {
            self.terminal.results(&text);
        }
    }

    /// Writes an error, with the label of its target before it.
    pub(super) fn error(&self, label: &str, error: &Error) {
        self.terminal.message(&report::error(label, error));
    }

    /// Writes warnings, each once, unless the run is quiet.
    pub(super) fn warn(&self, warnings: &[String]) {
        for (index, text) in warnings.iter().enumerate() {
            if !warnings.iter().take(index).any(|other| other == text) {
                self.message(Verbosity::Normal, &report::warning(text));
            }
        }
    }

    /// Writes a note, unless the run is quiet.
    pub(super) fn note(&self, text: &str) {
        self.message(Verbosity::Normal, &report::note(text));
    }

    /// Writes a note with `-v`.
    pub(super) fn detail(&self, text: &str) {
        self.message(Verbosity::Verbose, &report::note(text));
    }

    /// Writes a message of several lines at a verbosity.
    pub(super) fn message(&self, least: Verbosity, text: &str) {
        if self.verbosity >= least {
            self.terminal.message(text);
        }
    }

    /// Whether the HTTP exchange is shown.
    pub(super) fn traces(&self) -> bool {
        self.verbosity == Verbosity::Trace
    }

    /// Makes the progress bar. It is hidden for a single target, in quiet runs and under a trace.
    pub(super) fn progress(&self, targets: usize) -> ProgressBar {
        let is_shown =
            targets > 1 && matches!(self.verbosity, Verbosity::Normal | Verbosity::Verbose);
        let draw_target = self.terminal.draw_target().filter(|_| is_shown);
        ProgressBar::with_draw_target(
            u64::try_from(targets).ok(),
            draw_target.unwrap_or_else(ProgressDrawTarget::hidden),
        )
        .with_style(
            ProgressStyle::with_template("{bar:24} {pos}/{len} targets, {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        )
    }
}
