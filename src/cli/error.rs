//! Clap's errors in the form of all other messages.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;

/// Turns an error of clap into one of ours: one line and a hint. Clap's own text takes up to nine lines and
/// repeats the usage.
pub fn explain(refused: &clap::Error) -> Error {
    let texts = |kind| match refused.get(kind) {
        Some(ContextValue::String(text)) => std::slice::from_ref(text),
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    };
    let text = |kind| texts(kind).first().map(String::as_str);
    let form = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let flag = bare(form);
    let valid_values = || match texts(ContextKind::ValidValue) {
        [] => format!("write `{}`", form.replace(['<', '>'], "")),
        values => format!("choose from {}", values.join(", ")),
    };
    let (message, hint) = match refused.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            (format!("`{flag}` needs a value"), Some(valid_values()))
        }
        ErrorKind::InvalidValue => {
            let near = text(ContextKind::SuggestedValue);
            let near = near.map(|near| format!("did you mean `{flag} {near}`?"));
            let message = format!("invalid value `{value}` for `{flag}`");
            (message, Some(near.unwrap_or_else(valid_values)))
        }
        ErrorKind::ValueValidation => {
            let cause = refused.source();
            let why = cause.map(ToString::to_string).unwrap_or_default();
            let own = cause.and_then(|cause| cause.downcast_ref::<Error>());
            (format!("`{flag} {value}`: {why}"), own.map(|own| own.hint().to_owned()))
        }
        ErrorKind::UnknownArgument => {
            let near = text(ContextKind::SuggestedArg);
            (format!("unknown option `{flag}`"), near.map(|near| format!("did you mean `{near}`?")))
        }
        ErrorKind::ArgumentConflict => {
            let others: Vec<&str> =
                texts(ContextKind::PriorArg).iter().map(|other| bare(other)).collect();
            let (message, hint) = match &*others {
                [] => ("cannot be used with other arguments".to_owned(), "leave the others out"),
                [other] if *other == flag => ("is given twice".to_owned(), "give it once"),
                _ => (
                    format!("cannot be used with `{}`", others.join("`, `")),
                    "leave one of them out",
                ),
            };
            (format!("`{flag}` {message}"), Some(hint.to_owned()))
        }
        ErrorKind::TooManyValues => (
            format!("`{flag}` takes no value, but `{value}` is given"),
            Some("leave the value out".to_owned()),
        ),
        ErrorKind::InvalidUtf8 => (
            "the value of an option is not UTF-8".to_owned(),
            Some("only paths of key files may contain other bytes".to_owned()),
        ),
        _ => {
            let text = refused.to_string();
            let first = text.lines().next().unwrap_or_default();
            (first.strip_prefix("error: ").unwrap_or(first).to_owned(), None)
        }
    };
    let error = Error::usage(message);
    match hint {
        Some(hint) => error.hinted(hint),
        None => error,
    }
}

/// Returns a flag without its placeholder: `--name` of `--name <NAME>`.
fn bare(form: &str) -> &str {
    let flag = form.split([' ', '[', '=', '<']).next().unwrap_or_default();
    flag.trim_end_matches('.')
}
