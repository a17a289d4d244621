//! Standard output and standard error.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget};

use super::poll::{self, Stream};

/// Where results and messages go. A closed pipe ends the output, not the run.
#[derive(Debug)]
pub struct Terminal {
    color: ColorChoice,
    /// Hidden until it is shown; it makes room for all that is written meanwhile.
    progress: ProgressBar,
    failure: Mutex<Option<io::Error>>,
}

impl Terminal {
    /// Makes a terminal; `Auto` decides by each stream and `NO_COLOR`.
    pub fn new(color: ColorChoice) -> Self {
        // Lets an older console of Windows show colors.
        let _ = (AutoStream::new(io::stdout(), color), AutoStream::new(io::stderr(), color));
        Self { color, progress: ProgressBar::hidden(), failure: Mutex::default() }
    }

    /// Whether standard output is a terminal.
    pub fn is_interactive(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns the width of standard output in columns, if it is a terminal.
    pub fn result_width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width.0))
    }

    /// Returns the width of standard error in columns, if it is a terminal.
    pub fn message_width(&self) -> Option<usize> {
        let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
        Some(usize::from(width.0))
    }

    /// Returns the progress bar, which is hidden until [`Self::show_progress`].
    pub fn progress(&self) -> &ProgressBar {
        &self.progress
    }

    /// Whether a line of standard error can be drawn again and again.
    pub fn can_show_progress(&self) -> bool {
        let kind = std::env::var_os("TERM");
        let can_erase = kind.map_or(cfg!(windows), |kind| kind != "dumb");
        can_erase && io::stderr().is_terminal()
    }

    /// Draws the progress bar on standard error from now on.
    pub fn show_progress(&self) {
        self.progress.set_draw_target(ProgressDrawTarget::stderr());
    }

    /// Writes results without buffering.
    pub fn results(&self, text: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_none() {
            let choice = AutoStream::choice(&io::stdout());
            let text = self.colored(text, choice);
            *failure = self.progress.suspend(|| write(io::stdout().lock(), &text)).err();
        }
    }

    /// Writes a message. A failure is ignored: there is no other place to report it.
    pub fn message(&self, text: &str) {
        let choice = AutoStream::choice(&io::stderr());
        let text = self.colored(text, choice);
        let _ = self.progress.suspend(|| write(io::stderr().lock(), &text));
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
