//! What the user reads: results, messages and exit codes. Text from outside is sanitised here.

pub mod exit;
mod aligned;
mod message;
mod outline;
mod record;
mod regions;
mod text;
pub mod waiting;

pub use self::aligned::Columns;
pub use self::message::Layout;
pub use self::outline::{HIDDEN, Outline};
pub use self::record::Row;
pub use self::regions::{RegionRow, RegionSource};
pub use self::text::{absent, summary};

use crate::cli::Output;
use crate::error::Error;
use crate::lang::{ENGLISH, Texts};

/// A format of the results on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// [`Columns`] aligned for a terminal, written as targets end, in the order of the targets.
    Aligned,
    /// Columns separated by tabs, written as targets end.
    Tabbed,
    /// One JSON document, written at the end.
    Json,
    /// One JSON object per line, written as targets end.
    Jsonl,
    /// No rows: only errors are of interest.
    Quiet,
}

impl Format {
    /// Returns the format that a flag and the kind of standard output lead to.
    ///
    /// A quiet run shows rows only in the format that is asked for.
    pub fn new(output: Option<Output>, is_quiet: bool, is_terminal: bool) -> Self {
        match output.unwrap_or_default() {
            _ if is_quiet && output.is_none() => Self::Quiet,
            Output::Text if is_terminal => Self::Aligned,
            Output::Text => Self::Tabbed,
            Output::Json => Self::Json,
            Output::Jsonl => Self::Jsonl,
        }
    }

    /// Formats a target as it ends.
    pub fn each(self, row: Row<'_>) -> Option<String> {
        match self {
            Self::Tabbed => Some(text::tabbed(row)),
            Self::Jsonl => Some(record::line(row)),
            Self::Aligned | Self::Json | Self::Quiet => None,
        }
    }

    /// Formats what is written once, at the end: all targets, or the errors that ended the run before it had any.
    pub fn document(self, rows: &[Row<'_>], errors: &[Error], exit_code: u8) -> Option<String> {
        match self {
            Self::Json => Some(record::document(rows, errors, exit_code)),
            Self::Aligned | Self::Tabbed | Self::Jsonl | Self::Quiet => None,
        }
    }

    /// Formats the result of `--offline`.
    pub fn outlines(self, outlines: &[Outline<'_>], texts: &Texts) -> String {
        match self {
            Self::Aligned => outline::text(outlines, texts),
            Self::Tabbed | Self::Quiet => outline::text(outlines, &ENGLISH),
            Self::Json => outline::document(outlines),
            Self::Jsonl => record::lines(outlines),
        }
    }

    /// Formats the result of `--list-regions`.
    pub fn regions(self, rows: &[RegionRow]) -> String {
        match self {
            Self::Aligned => regions::aligned(rows),
            Self::Tabbed | Self::Quiet => regions::tabbed(rows),
            Self::Json => regions::document(rows),
            Self::Jsonl => record::lines(rows),
        }
    }
}
