//! Messages on standard error: what failed, why, and what to do, in three lines at most.

use std::error::Error as StdError;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::clean;
use crate::error::{Error, ErrorResponse};
use crate::redact::SafeText;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Formats an error; `place` says which target it is about.
pub fn error(place: &str, error: &Error) -> String {
    let place = if place.is_empty() { String::new() } else { format!("{}: ", clean(place)) };
    let mut text = format!("{ERROR}error{ERROR:#}: {place}{}\n", clean(error.message()));
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

/// Formats a line that only informs.
pub fn note(text: &str) -> String {
    format!("{}\n", clean(text))
}

/// Says why: what the cloud said, or else the errors below this one.
pub(super) fn cause(error: &Error) -> Option<String> {
    if let Some(error_response) = error.response() {
        return Some(said(error_response));
    }
    let mut parts: Vec<String> = Vec::new();
    for cause in below(error) {
        let text = cause.to_string();
        // Wrappers that only repeat what they wrap say nothing.
        if !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
        if let Some(error_response) = cause.downcast_ref::<Error>().and_then(Error::response) {
            parts.push(said(error_response));
        }
    }
    (!parts.is_empty()).then(|| parts.join(": "))
}

/// Returns what the cloud said: with this error, or else with the first below it.
pub(super) fn error_response(error: &Error) -> Option<&ErrorResponse<SafeText>> {
    error
        .response()
        .or_else(|| below(error).find_map(|cause| cause.downcast_ref::<Error>()?.response()))
}

/// Returns the errors below one, the nearest first.
fn below(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    fn next<'a>(cause: &&'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        (*cause).source()
    }
    std::iter::successors(error.source(), next)
}

/// Uniqueness what the cloud said. A gateway on the way may have said nothing but a status.
fn said(error_response: &ErrorResponse<SafeText>) -> String {
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
