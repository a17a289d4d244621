//! Clap's errors in the form of all other messages.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;
use crate::lang::Texts;

/// Turns an error of clap into one of ours: one line and a hint. Clap's own text takes up to nine lines and
/// repeats the usage.
pub fn explain(refused: &clap::Error, texts: &Texts) -> Error {
    let say = &texts.parser;
    let all = |kind| match refused.get(kind) {
        Some(ContextValue::String(text)) => std::slice::from_ref(text),
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    };
    let text = |kind| all(kind).first().map(String::as_str);
    let form = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let flag = bare(form);
    let valid_values = || match all(ContextKind::ValidValue) {
        [] => (say.write)(&form.replace(['<', '>'], "")),
        values => (say.choose_from)(&values.join(", ")),
    };
    let (message, hint) = match refused.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            ((say.needs_value)(flag), Some(valid_values()))
        }
        ErrorKind::InvalidValue => {
            let near = text(ContextKind::SuggestedValue);
            let near = near.map(|near| (say.did_you_mean)(&format!("{flag} {near}")));
            ((say.invalid_value)(flag, value), Some(near.unwrap_or_else(valid_values)))
        }
        ErrorKind::ValueValidation => {
            let cause = refused.source();
            let why = cause.map(ToString::to_string).unwrap_or_default();
            let own = cause.and_then(|cause| cause.downcast_ref::<Error>());
            (format!("`{flag} {value}`: {why}"), own.map(|own| own.hint().to_owned()))
        }
        ErrorKind::UnknownArgument => {
            let near = text(ContextKind::SuggestedArg);
            ((say.unknown_flag)(flag), near.map(say.did_you_mean))
        }
        ErrorKind::ArgumentConflict => {
            let others: Vec<&str> =
                all(ContextKind::PriorArg).iter().map(|other| bare(other)).collect();
            let (message, hint) = match &*others {
                [] => ((say.excludes_all)(flag), say.leave_others_out),
                [other] if *other == flag => ((say.given_twice)(flag), say.give_once),
                _ => {
                    let others = format!("`{}`", others.join("`, `"));
                    ((say.excludes)(flag, &others), say.leave_one_out)
                }
            };
            (message, Some(hint.to_owned()))
        }
        ErrorKind::TooManyValues => {
            ((say.takes_no_value)(flag, value), Some(say.leave_value_out.to_owned()))
        }
        ErrorKind::InvalidUtf8 => (say.not_utf8.to_owned(), Some(say.only_paths.to_owned())),
        _ => {
            let text = refused.to_string();
            let first = text.lines().next().unwrap_or_default();
            (first.strip_prefix("error: ").unwrap_or(first).to_owned(), None)
        }
    };
    Error::usage(message).hinted(hint.unwrap_or_else(|| say.usage_hint.to_owned()))
}

/// Returns a flag without its placeholder: `--name` of `--name <NAME>`.
fn bare(form: &str) -> &str {
    let flag = form.split([' ', '[', '=', '<']).next().unwrap_or_default();
    flag.trim_end_matches('.')
}
