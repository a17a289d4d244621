//! Messages on standard error: what failed, why, and what to do, in three lines at most.

use std::error::Error as StdError;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::clean;
use crate::error::Error;

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
fn cause(error: &Error) -> Option<String> {
    if let Some(fault) = error.fault() {
        let code = if fault.code.is_empty() { "no code" } else { &fault.code };
        let said = if fault.message.is_empty() {
            String::new()
        } else {
            format!(": {}", fault.message.trim())
        };
        let request = match &fault.request_id {
            Some(id) => format!(", request {id}"),
            None => String::new(),
        };
        return Some(format!("{code}{said} (HTTP {}{request})", fault.status));
    }
    let mut parts: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        // Wrappers that only repeat what they wrap say nothing.
        if !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
        if let Some(fault) = cause.downcast_ref::<Error>().and_then(Error::fault) {
            parts.push(format!("{} (HTTP {})", fault.code, fault.status));
        }
        source = cause.source();
    }
    (!parts.is_empty()).then(|| parts.join(": "))
}
