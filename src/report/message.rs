//! Messages on standard error: what failed, why, and what to do, in three lines, and one for each detail.

use std::error::Error as StdError;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use crate::error::{Detail, Error, ErrorResponse};
use crate::lang::{Texts, wrap};
use crate::phrase::{Phrase, phrase};
use crate::ports::SendError;
use crate::redact::{SafeText, clean};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// How messages are laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The texts of their language.
    pub texts: &'static Texts,
    /// The width of the terminal, if it is one: lines are wrapped at words, and what was tried stands in columns.
    pub width: Option<usize>,
    /// Whether details that are rarely needed are shown too.
    pub is_verbose: bool,
}

impl Layout {
    /// Formats an error, with the label of its target, if it has one, before it.
    pub fn error(self, label: &str, error: &Error) -> String {
        let Texts { colon, report: words, .. } = self.texts;
        let message = error.headline();
        let translation = self.texts.translate(message);
        let headline = translation.as_deref().filter(|text| !text.is_empty());
        let headline = headline.unwrap_or_else(|| (words.kind)(error.kind()));
        let mut text = format!("{ERROR}{}{ERROR:#}", words.error);
        let label = Some(label).filter(|label| !label.is_empty());
        let contexts = message.contexts().iter().map(|context| self.texts.value(context));
        for part in
            label.map(str::to_owned).into_iter().chain(contexts).chain([headline.to_owned()])
        {
            text.extend([colon, &*clean(&part)]);
        }
        text.push('\n');
        if translation.is_none() {
            let _ = writeln!(text, "  {}{colon}{}", words.detail, clean(message.text()));
        }
        text.push_str(&self.details(error.details()));
        if let Some(cause) = cause(error, self.texts) {
            let _ = writeln!(text, "  {}{colon}{}", words.cause, clean(&cause));
        }
        let hint = self.texts.show(error.hint());
        let _ = writeln!(text, "  {HINT}{}{HINT:#}{colon}{}", words.hint, clean(&hint));
        self.wrapped(&text)
    }

    /// Formats a warning.
    pub fn warning(self, text: &Phrase) -> String {
        let Texts { colon, report: words, .. } = self.texts;
        let text = self.texts.show(text);
        self.wrapped(&format!("{WARNING}{}{WARNING:#}{colon}{}\n", words.warning, clean(&text)))
    }

    /// Formats a line of information.
    pub fn note(self, text: &Phrase) -> String {
        self.wrapped(&format!("{}\n", clean(&self.texts.show(text))))
    }

    /// Formats the lines below a message. Those that were tried have their label once.
    fn details(self, details: &[Detail]) -> String {
        let texts = self.texts;
        let shown: Vec<&Detail> =
            details.iter().filter(|detail| self.is_verbose || !detail.is_older()).collect();
        let places = shown.iter().filter_map(|detail| match detail {
            Detail::Tried { place, .. } => Some(texts.show(place).width()),
            Detail::Fact { .. } => None,
        });
        let column = self.width.map_or(0, |_| places.max().map_or(0, |widest| widest + 1));
        let mut label = format!("{}{}", texts.report.tried, texts.colon);
        let mut text = String::new();
        for detail in shown {
            let line = match detail {
                Detail::Tried { place, state, .. } => {
                    let place = texts.show(place);
                    let gap = column.saturating_sub(place.width());
                    let line = format!(
                        "{label}{}{:gap$} {}",
                        clean(&place),
                        "",
                        clean(&texts.show(state))
                    );
                    label = " ".repeat(label.width());
                    line
                }
                Detail::Fact { label, text } => {
                    format!("{}{}{}", texts.show(&(*label).into()), texts.colon, clean(text))
                }
            };
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// Wraps lines at words; those that follow are indented deeper.
    fn wrapped(self, text: &str) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let wrap_line = |line: &str| {
            let rest = line.trim_start_matches(' ');
            let indent = line.len() - rest.len();
            wrap(&" ".repeat(indent), rest, &" ".repeat(indent + 4), width).join("\n") + "\n"
        };
        text.lines().map(wrap_line).collect()
    }
}

/// Returns the cause: the cloud's error response, or else the sources of this error.
pub(super) fn cause(error: &Error, texts: &Texts) -> Option<String> {
    if let Some(error_response) = error.response() {
        return Some(describe(error_response, texts));
    }
    let mut parts: Vec<String> = Vec::new();
    for cause in sources(error) {
        let phrase = match cause.downcast_ref::<SendError>() {
            Some(error) => Some(&error.reason),
            None => cause
                .downcast_ref::<Error>()
                .filter(|error| error.details().is_empty())
                .map(Error::headline),
        };
        let text =
            phrase.map_or_else(|| texts.value(&cause.to_string()), |phrase| texts.show(phrase));
        // Some wrappers only repeat what they wrap.
        if !text.is_empty() && !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
        if let Some(error_response) = cause.downcast_ref::<Error>().and_then(Error::response) {
            parts.push(describe(error_response, texts));
        }
    }
    (!parts.is_empty()).then(|| parts.join(texts.colon))
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
fn describe(error_response: &ErrorResponse<SafeText>, texts: &Texts) -> String {
    let words: Vec<&str> = [&*error_response.code, error_response.message.trim()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let request = match &error_response.request_id {
        Some(id) => format!(", {}", texts.show(&phrase!("request {}", id))),
        None => String::new(),
    };
    if words.is_empty() {
        return format!("HTTP {}{request}", error_response.status);
    }
    format!("{} (HTTP {}{request})", words.join(": "), error_response.status)
}
