//! Standard output and standard error.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::ProgressDrawTarget;

use super::poll::{self, Stream};

/// Where results and messages go. A closed pipe ends the output, not the run.
#[derive(Debug)]
pub struct Terminal {
    color: ColorChoice,
    failure: Mutex<Option<io::Error>>,
}

impl Terminal {
    /// Makes a terminal; `Auto` decides by each stream and `NO_COLOR`.
    pub fn new(color: ColorChoice) -> Self {
        // Lets an older console of Windows show colors.
        let _ = (AutoStream::new(io::stdout(), color), AutoStream::new(io::stderr(), color));
        Self { color, failure: Mutex::default() }
    }

    /// Whether standard output is a terminal.
    pub fn is_interactive(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns the width of standard error in columns, if it is a terminal.
    pub fn message_width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
        Some(usize::from(width.0))
    }

    /// Returns where a progress bar can be drawn: standard error, if it is a terminal.
    pub fn draw_target(&self) -> Option<ProgressDrawTarget> {
        io::stderr().is_terminal().then(ProgressDrawTarget::stderr)
    }

    /// Writes results without buffering.
    pub fn results(&self, text: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_none() {
            let choice = AutoStream::choice(&io::stdout());
            *failure = write(io::stdout().lock(), &self.colored(text, choice)).err();
        }
    }

    /// Writes a message. A failure is ignored: there is no other place to report it.
    pub fn message(&self, text: &str) {
        let choice = AutoStream::choice(&io::stderr());
        let _ = write(io::stderr().lock(), &self.colored(text, choice));
    }

    /// Returns the text with its colors, or without them.
    fn colored(&self, text: &str, auto: ColorChoice) -> Vec<u8> {
        let choice = if self.color == ColorChoice::Auto { auto } else { self.color };
        let mut bytes = AutoStream::new(Vec::with_capacity(text.len()), choice);
        // Memory takes everything.
        let _ = bytes.write_all(text.as_bytes());
        bytes.into_inner()
    }

    /// Returns why results could not be written. A closed pipe is not a failure.
    pub fn take_failure(&self) -> Option<io::Error> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }
}

/// Writes all of it, and waits while a non-blocking stream is full.
fn write(mut stream: impl Write + Stream, mut bytes: &[u8]) -> io::Result<()> {
    loop {
        let written = match bytes {
            [] => stream.flush().map(|()| None),
            bytes => stream.write(bytes).map(Some),
        };
        match written {
            Ok(None) => return Ok(()),
            Ok(Some(0)) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(Some(count)) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                poll::is_ready(&stream, poll::For::Output, None)?;
            }
            Err(error) => return Err(error),
        }
    }
}
