//! Messages on standard error: what failed, why, and what to do, in three lines, and one for each place that was tried.

use std::error::Error as StdError;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::error::{Error, ErrorResponse};
use crate::redact::{SafeText, clean};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Formats an error, with the label of its target, if it has one, before it.
pub fn error(label: &str, error: &Error) -> String {
    let label = if label.is_empty() { String::new() } else { format!("{}: ", clean(label)) };
    let (message, tried) = error.message_parts();
    let mut text = format!("{ERROR}error{ERROR:#}: {label}{}\n", clean(message));
    for place in tried {
        let _ = writeln!(text, "  tried: {}", clean(place));
    }
    if let Some(cause) = cause(error) {
        let _ = writeln!(text, "  cause: {}", clean(&cause));
    }
    let _ = writeln!(text, "  {HINT}hint{HINT:#}: {}", clean(error.hint()));
    text
}

/// Formats a warning.
pub fn warning(text: &str) -> String {
    format!("{WARNING}warning{WARNING:#}: {}\n", clean(text))
}

/// Formats a line of information.
pub fn note(text: &str) -> String {
    format!("{}\n", clean(text))
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
