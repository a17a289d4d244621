//! The progress bar of a run with several targets.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const TEMPLATE: &str = "{bar:24} {pos}/{len} targets, {elapsed}";

/// Counts targets as they end.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Starts at none of `count` targets. Without a draw target the bar is hidden.
    pub fn new(count: usize, draw_target: Option<ProgressDrawTarget>) -> Self {
        let length = u64::try_from(count).unwrap_or(u64::MAX);
        let draw_target = draw_target.unwrap_or_else(ProgressDrawTarget::hidden);
        let bar = ProgressBar::with_draw_target(Some(length), draw_target);
        Self(match ProgressStyle::with_template(TEMPLATE) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// Counts one target, and clears the bar while `print` writes about it.
    pub fn advance(&self, print: impl FnOnce()) {
        self.0.suspend(print);
        self.0.inc(1);
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
