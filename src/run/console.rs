//! Messages and results of a run, as far as its verbosity lets them through.

use std::process::ExitCode;
use std::sync::Arc;

use anstream::ColorChoice;

use super::progress::{Form, Progress, Rank, Wait};
use crate::cli::{Color, Output};
use crate::error::{Error, ErrorKind};
use crate::io::terminal::Terminal;
use crate::lang::Texts;
use crate::phrase::Phrase;
use crate::report::{Format, Layout, exit};

/// The columns of a terminal that does not tell how many it has.
const DEFAULT_WIDTH: usize = 80;

/// How much is written to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verbosity {
    /// Errors only.
    Quiet,
    /// Notes and warnings too.
    Normal,
    /// And where settings come from.
    Verbose,
    /// And the HTTP exchange.
    Trace,
}

/// Why a run ended before it had targets: one error, or one for each cloud that failed.
#[derive(Debug)]
pub(super) struct Failures(pub Vec<Error>);

impl From<Error> for Failures {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

/// Where a run writes to.
#[derive(Clone, Debug)]
pub(super) struct Console {
    terminal: Arc<Terminal>,
    verbosity: Verbosity,
    pub format: Format,
    pub progress: Arc<Progress>,
    /// The texts of messages, and of results for a terminal.
    pub texts: &'static Texts,
}

impl Console {
    /// Makes a console. `output` is the format that was asked for.
    pub(super) fn new(
        color: Color,
        output: Option<Output>,
        verbosity: Verbosity,
        texts: &'static Texts,
    ) -> Self {
        let terminal = Terminal::new(match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        });
        let format = Format::new(output, verbosity == Verbosity::Quiet, terminal.is_interactive());
        let form = match verbosity {
            Verbosity::Normal | Verbosity::Verbose if terminal.can_show_progress() => Form::Live,
            Verbosity::Verbose | Verbosity::Trace => Form::Lines,
            Verbosity::Quiet | Verbosity::Normal => Form::Hidden,
        };
        let terminal = Arc::new(terminal);
        let progress = Arc::new(Progress::new(Arc::clone(&terminal), form, texts));
        Self { terminal, verbosity, format, progress, texts }
    }

    /// Reports errors that ended the run before it had targets, and returns the exit code. A signal decides it.
    pub(super) fn early_errors(&self, errors: &[Error], signal: Option<u8>) -> u8 {
        let code = exit::of_errors(errors, signal);
        if let Some(document) = self.format.document(&[], errors, code) {
            self.results(&document);
        }
        for error in errors {
            self.error("", error);
        }
        code
    }

    /// Reports results that could not be written, and returns the exit code.
    pub(super) fn finish(&self, code: u8) -> ExitCode {
        let Some(failure) = self.terminal.take_failure() else { return ExitCode::from(code) };
        let error = Error::new(ErrorKind::Unexpected, "the results could not be written")
            .caused_by(failure)
            .hinted(
                "check where standard output goes, and run again; \
                 a key that is there is not imported twice",
            );
        self.error("", &error);
        ExitCode::from(exit::of_unwritten(code))
    }

    pub(super) fn results(&self, text: &str) {
        self.terminal.results(text);
    }

    /// Writes an error, with the label of its target before it.
    pub(super) fn error(&self, label: &str, error: &Error) {
        self.terminal.message(&self.layout().error(label, error));
    }

    /// Writes warnings, each once, unless the run is quiet.
    pub(super) fn warn(&self, warnings: &[Phrase]) {
        for (index, text) in warnings.iter().enumerate() {
            if !warnings.iter().take(index).any(|other| other == text) {
                self.message(Verbosity::Normal, &self.layout().warning(text));
            }
        }
    }

    pub(super) fn note(&self, text: &Phrase) {
        self.message(Verbosity::Normal, &self.layout().note(text));
    }

    /// Writes a note with `-v`.
    pub(super) fn detail(&self, text: &Phrase) {
        self.message(Verbosity::Verbose, &self.layout().note(text));
    }

    pub(super) fn message(&self, least: Verbosity, text: &str) {
        if self.verbosity >= least {
            self.terminal.message(text);
        }
    }

    /// Returns the layout of messages. The terminal may have another width by now.
    fn layout(&self) -> Layout {
        let is_verbose = self.verbosity >= Verbosity::Verbose;
        Layout { texts: self.texts, width: self.terminal.message_width(), is_verbose }
    }

    pub(super) fn traces(&self) -> bool {
        self.verbosity == Verbosity::Trace
    }

    /// Returns the width of the results, which are for a terminal.
    pub(super) fn width(&self) -> usize {
        self.terminal.result_width().unwrap_or(DEFAULT_WIDTH)
    }

    /// Shows what the run waits for, until the returned value is dropped.
    pub(super) fn wait(&self, rank: Rank, text: &Phrase) -> Wait {
        self.progress.wait(rank, self.texts.show(text))
    }
}
