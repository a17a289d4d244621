//! Messages on standard error: what failed, why, and what to do, in three lines, and one for each detail.

use std::error::Error as StdError;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::error::{Detail, Error, ErrorResponse};
use crate::redact::{SafeText, clean};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// How messages are laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// The width of the terminal, if it is one: lines are wrapped at words, and what was tried stands in columns.
    pub width: Option<usize>,
    /// Whether details that are rarely needed are shown too.
    pub is_verbose: bool,
}

impl Layout {
    /// Formats an error, with the label of its target, if it has one, before it.
    pub fn error(self, label: &str, error: &Error) -> String {
        let label = if label.is_empty() { String::new() } else { format!("{}: ", clean(label)) };
        let headline = clean(error.headline());
        let mut text = format!("{ERROR}error{ERROR:#}: {label}{headline}\n");
        text.push_str(&self.details(error.details()));
        if let Some(cause) = cause(error) {
            let _ = writeln!(text, "  cause: {}", clean(&cause));
        }
        let _ = writeln!(text, "  {HINT}hint{HINT:#}: {}", clean(error.hint()));
        self.wrapped(&text)
    }

    /// Formats a warning.
    pub fn warning(self, text: &str) -> String {
        self.wrapped(&format!("{WARNING}warning{WARNING:#}: {}\n", clean(text)))
    }

    /// Formats a line of information.
    pub fn note(self, text: &str) -> String {
        self.wrapped(&format!("{}\n", clean(text)))
    }

    /// Formats the lines below a message. Those that were tried have their label once.
    fn details(self, details: &[Detail]) -> String {
        let shown: Vec<&Detail> =
            details.iter().filter(|detail| self.is_verbose || !detail.is_older()).collect();
        let places = shown.iter().filter_map(|detail| match detail {
            Detail::Tried { place, .. } => Some(place.chars().count()),
            Detail::Fact { .. } => None,
        });
        let column = self.width.map_or(0, |_| places.max().map_or(0, |widest| widest + 1));
        let mut label = "tried:";
        let mut text = String::new();
        for detail in shown {
            let line = match detail {
                Detail::Tried { place, state, .. } => {
                    format!("{label:6} {:column$} {}", clean(place), clean(state))
                }
                Detail::Fact { label, text } => format!("{label}: {}", clean(text)),
            };
            if matches!(detail, Detail::Tried { .. }) {
                label = "";
            }
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// Wraps lines at words; those that follow are indented deeper. A word that is too long stays whole, so that it can
    /// be copied.
    fn wrapped(self, text: &str) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let options = textwrap::Options::new(width)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let wrap = |line: &str| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            let indent = " ".repeat(indent + 4);
            textwrap::fill(line, options.clone().subsequent_indent(&indent)) + "\n"
        };
        text.lines().map(wrap).collect()
    }
}

/// Returns the cause: the cloud's error response, or else the sources of this error.
pub(super) fn cause(error: &Error) -> Option<String> {
    if let Some(error_response) = error.response() {
        return Some(describe(error_response));
    }
    let mut parts: Vec<String> = Vec::new();
    for cause in sources(error) {
        let text = cause.to_string();
        // Some wrappers only repeat what they wrap.
        if !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
        if let Some(error_response) = cause.downcast_ref::<Error>().and_then(Error::response) {
            parts.push(describe(error_response));
        }
    }
    (!parts.is_empty()).then(|| parts.join(": "))
}

/// Returns the cloud's error response: of this error, or else of its first source that has one.
pub(super) fn error_response(error: &Error) -> Option<&ErrorResponse<SafeText>> {
    error
        .response()
        .or_else(|| sources(error).find_map(|cause| cause.downcast_ref::<Error>()?.response()))
}

/// Returns the sources of an error, the nearest first.
fn sources(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    fn next<'a>(cause: &&'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        (*cause).source()
    }
    std::iter::successors(error.source(), next)
}

/// Formats an error response. A gateway on the way may have sent a status only.
fn describe(error_response: &ErrorResponse<SafeText>) -> String {
    let words: Vec<&str> = [&*error_response.code, error_response.message.trim()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let request = match &error_response.request_id {
        Some(id) => format!(", request {id}"),
        None => String::new(),
    };
    if words.is_empty() {
        return format!("HTTP {}{request}", error_response.status);
    }
    format!("{} (HTTP {}{request})", words.join(": "), error_response.status)
}
