//! What the user reads: results, messages and exit codes. Text from outside is sanitised here.

pub mod exit;
mod message;
mod outline;
mod record;
mod table;

pub use self::message::{error, note, warning};
pub use self::outline::Outline;
pub use self::record::Row;
pub use self::table::summary;

use crate::cli::Output;
use crate::error::Error;

/// A format of the results on standard output: everything that differs between formats is decided here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Columns aligned for a terminal, written at the end.
    Aligned,
    /// Columns separated by tabs, written as targets end.
    Tabbed,
    /// One JSON document, written at the end.
    Json,
    /// One JSON object per line, written as targets end.
    Jsonl,
}

impl Format {
    /// Returns the format that a flag and the kind of standard output lead to.
    pub fn new(output: Output, is_terminal: bool) -> Self {
        match output {
            Output::Text if is_terminal => Self::Aligned,
            Output::Text => Self::Tabbed,
            Output::Json => Self::Json,
            Output::Jsonl => Self::Jsonl,
        }
    }

    /// Formats a target as it ends.
    pub fn each(self, row: Row<'_>) -> Option<String> {
        match self {
            Self::Tabbed => Some(table::tabbed(row)),
            Self::Jsonl => Some(record::line(row)),
            Self::Aligned | Self::Json => None,
        }
    }

    /// Formats what is written once all targets have ended.
    pub fn end(self, rows: &[Row<'_>], exit_code: u8) -> Option<String> {
        match self {
            Self::Aligned => Some(table::aligned(rows)),
            Self::Json => Some(record::document(rows, None, exit_code)),
            Self::Tabbed | Self::Jsonl => None,
        }
    }

    /// Formats an error that ended the run before it had targets.
    pub fn early_error(self, error: &Error, exit_code: u8) -> Option<String> {
        match self {
            Self::Json => Some(record::document(&[], Some(error), exit_code)),
            Self::Aligned | Self::Tabbed | Self::Jsonl => None,
        }
    }

    /// Formats the result of `--offline`.
    pub fn outlines(self, outlines: &[Outline<'_>]) -> String {
        match self {
            Self::Aligned | Self::Tabbed => outline::text(outlines),
            Self::Json => outline::document(outlines),
            Self::Jsonl => outline::lines(outlines),
        }
    }
}
