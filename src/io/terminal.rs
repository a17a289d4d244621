//! Standard output and standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::ProgressDrawTarget;

/// Where results and messages go. A closed pipe ends the output, not the run.
#[derive(Debug)]
pub struct Terminal {
    color: ColorChoice,
    failure: Mutex<Option<io::Error>>,
}

impl Terminal {
    /// Makes a terminal; `Auto` decides by each stream and `NO_COLOR`.
    pub fn new(color: ColorChoice) -> Self {
        Self { color, failure: Mutex::default() }
    }

    /// Whether standard output is a terminal.
    pub fn is_interactive(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns where a progress bar can be drawn: standard error, if it is a terminal.
    pub fn draw_target(&self) -> Option<ProgressDrawTarget> {
        io::stderr().is_terminal().then(ProgressDrawTarget::stderr)
    }

    /// Writes results without buffering.
    pub fn results(&self, text: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_some() {
            return;
        }
        let mut out = AutoStream::new(io::stdout().lock(), self.color);
        *failure = out.write_all(text.as_bytes()).and_then(|()| out.flush()).err();
    }

    /// Writes a message. A failure is ignored: there is no other place to report it.
    pub fn message(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.color);
        let _ = err.write_all(text.as_bytes());
    }

    /// Returns why results could not be written. A closed pipe is not a failure.
    pub fn take_failure(&self) -> Option<io::Error> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }
}
