//! Standard output and standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};

/// Where results and messages go. A reader that has gone away ends the output, not the run.
#[derive(Debug)]
pub struct Terminal {
    color: ColorChoice,
    failure: Mutex<Option<io::Error>>,
}

impl Terminal {
    /// Makes a terminal; `Auto` looks at each stream and at `NO_COLOR`.
    pub fn new(color: ColorChoice) -> Self {
        Self { color, failure: Mutex::default() }
    }

    /// Whether results are read by a person.
    pub fn is_interactive(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Whether messages are read by a person, on a terminal that can redraw a line.
    pub fn can_animate(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Writes results, at once.
    pub fn results(&self, text: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_some() {
            return;
        }
        let mut out = AutoStream::new(io::stdout().lock(), self.color);
        *failure = out.write_all(text.as_bytes()).and_then(|()| out.flush()).err();
    }

    /// Writes a message. Where it cannot be read there is nobody to tell.
    pub fn message(&self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.color);
        let _ = err.write_all(text.as_bytes());
    }

    /// Returns why results could not be written; a reader that has read enough is no failure.
    pub fn take_failure(&self) -> Option<io::Error> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }
}
