//! What the run waits for: a line on a terminal, from half a second on and gone at the end; elsewhere lines with `-v`.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::ProgressStyle;

use crate::io::clock::SystemClock;
use crate::io::terminal::Terminal;
use crate::lang::Texts;
use crate::ports::Clock as _;
use crate::redact::clean;
use crate::report::waiting;

/// A wait that is over sooner is not shown.
const SHORT: Duration = Duration::from_millis(500);
/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);
/// A narrower terminal has no room for a bar.
const BAR_FROM: usize = 60;

/// How waits are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As one line that changes.
    Live,
    /// As lines.
    Lines,
    /// Not at all.
    Hidden,
}

/// How much a wait matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// One of many targets: shown by the live line only, while nothing else is.
    Target,
    /// A step of the run.
    Step,
    /// Shown at once, before all others.
    Now,
}

/// The progress of a run.
pub(super) struct Progress {
    terminal: Arc<Terminal>,
    form: Form,
    texts: &'static Texts,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The first is shown.
    waits: Vec<(u64, Rank, String)>,
    last_number: u64,
    is_shown: bool,
    failed: usize,
}

/// A wait, which is shown until this is dropped.
#[derive(Debug)]
pub(super) struct Wait {
    progress: Arc<Progress>,
    number: u64,
}

impl Progress {
    pub(super) fn new(terminal: Arc<Terminal>, form: Form, texts: &'static Texts) -> Self {
        Self { terminal, form, texts, state: Mutex::default() }
    }

    /// Shows waits half a second from now, or as soon as the run is asked to stop.
    pub(super) async fn show_soon(self: Arc<Self>, clock: Arc<SystemClock>) {
        clock.sleep(SHORT).await;
        let mut state = self.state();
        state.is_shown = true;
        match self.form {
            Form::Live => {
                self.terminal.show_progress();
                self.terminal.progress().enable_steady_tick(TICK);
                self.set_style();
                self.update(&state);
            }
            Form::Lines => {
                let steps = state.waits.iter().filter(|(_, rank, _)| *rank == Rank::Step);
                steps.for_each(|(.., text)| self.write(text));
            }
            Form::Hidden => {}
        }
    }

    /// Whether a wait is shown as a line that changes.
    pub(super) fn is_live(&self) -> bool {
        self.form == Form::Live
    }

    /// Begins a wait.
    pub(super) fn wait(self: &Arc<Self>, rank: Rank, text: String) -> Wait {
        let mut state = self.state();
        state.last_number += 1;
        let number = state.last_number;
        let is_line = match rank {
            Rank::Target => false,
            Rank::Step => state.is_shown,
            Rank::Now => true,
        };
        if self.form == Form::Lines && is_line {
            self.write(&text);
        }
        let index = if rank == Rank::Now { 0 } else { state.waits.len() };
        state.waits.insert(index, (number, rank, text));
        self.update(&state);
        drop(state);
        Wait { progress: Arc::clone(self), number }
    }

    /// Counts targets from now on.
    pub(super) fn count(&self, targets: usize) {
        let bar = self.terminal.progress();
        bar.set_length(u64::try_from(targets).unwrap_or_default());
        self.set_style();
        self.update(&self.state());
    }

    /// Counts a target that has ended.
    pub(super) fn ended(&self, is_failure: bool) {
        let mut state = self.state();
        state.failed += usize::from(is_failure);
        self.terminal.progress().inc(1);
        self.update(&state);
    }

    /// Clears the line for good.
    pub(super) fn end(&self) {
        self.terminal.progress().finish_and_clear();
    }

    fn update(&self, state: &State) {
        let bar = self.terminal.progress();
        if !state.is_shown || self.form != Form::Live || bar.is_finished() {
            return;
        }
        let targets = bar.length().unwrap_or_default();
        let progress = waiting::progress(bar.position(), targets, state.failed);
        bar.set_prefix(self.texts.show(&progress));
        bar.set_message(state.waits.first().map(|(.., text)| text.clone()).unwrap_or_default());
    }

    fn write(&self, text: &str) {
        self.terminal.message(&format!("{}\n", clean(text)));
    }

    fn set_style(&self) {
        let bar = self.terminal.progress();
        let is_narrow = self.terminal.message_width().is_some_and(|width| width < BAR_FROM);
        let template = match bar.length() {
            None => "{spinner} {elapsed} {wide_msg}",
            Some(_) if is_narrow => "{prefix}, {elapsed}\n{wide_msg}",
            Some(_) => "{bar:20} {prefix}, {elapsed}\n{wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("form", &self.form).finish_non_exhaustive()
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let mut state = self.progress.state();
        state.waits.retain(|(number, ..)| *number != self.number);
        self.progress.update(&state);
    }
}
