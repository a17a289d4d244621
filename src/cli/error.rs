//! Clap's errors in the form of all other messages.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;
use crate::phrase::{Phrase, phrase};

/// Turns an error of clap into one of ours: one line and a hint. Clap's own text takes up to nine lines and
/// repeats the usage.
pub fn explain(refused: &clap::Error) -> Error {
    let all = |kind| match refused.get(kind) {
        Some(ContextValue::String(text)) => std::slice::from_ref(text),
        Some(ContextValue::Strings(texts)) => texts,
        _ => &[],
    };
    let text = |kind| all(kind).first().map(String::as_str);
    let form = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let flag = bare(form);
    let did_you_mean = |near: &str| phrase!("did you mean `{}`?", near);
    let valid_values = || match all(ContextKind::ValidValue) {
        [] => phrase!("write `{}`", form.replace(['<', '>'], "")),
        values => phrase!("choose from {}", values.join(", ")),
    };
    let (message, hint): (_, Option<Phrase>) = match refused.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            (phrase!("`{}` needs a value", flag), Some(valid_values()))
        }
        ErrorKind::InvalidValue => {
            let near = text(ContextKind::SuggestedValue);
            let near = near.map(|near| did_you_mean(&format!("{flag} {near}")));
            let message = phrase!("invalid value `{}` for `{}`", value, flag);
            (message, Some(near.unwrap_or_else(valid_values)))
        }
        ErrorKind::ValueValidation => {
            let cause = refused.source();
            let own = cause.and_then(|cause| cause.downcast_ref::<Error>());
            let why = || cause.map(ToString::to_string).unwrap_or_default().into();
            let why = own.map_or_else(why, |own| own.headline().clone());
            (why.at(format!("`{flag} {value}`")), own.map(|own| own.hint().clone()))
        }
        ErrorKind::UnknownArgument => {
            let near = text(ContextKind::SuggestedArg);
            (phrase!("unknown option `{}`", flag), near.map(did_you_mean))
        }
        ErrorKind::ArgumentConflict => {
            let others: Vec<&str> =
                all(ContextKind::PriorArg).iter().map(|other| bare(other)).collect();
            let (message, hint) = match &*others {
                [] => {
                    let message = phrase!("`{}` cannot be used with other arguments", flag);
                    (message, "leave the others out")
                }
                [other] if *other == flag => (phrase!("`{}` is given twice", flag), "give it once"),
                _ => {
                    let others = others.join("`, `");
                    let message = phrase!("`{}` cannot be used with `{}`", flag, others);
                    (message, "leave one of them out")
                }
            };
            (message, Some(hint.into()))
        }
        ErrorKind::TooManyValues => {
            let message = phrase!("`{}` takes no value, but `{}` is given", flag, value);
            (message, Some("leave the value out".into()))
        }
        ErrorKind::InvalidUtf8 => {
            let hint = "only paths may contain other bytes";
            ("the value of an option is not UTF-8".into(), Some(hint.into()))
        }
        _ => {
            let text = refused.to_string();
            let first = text.lines().next().unwrap_or_default();
            (first.strip_prefix("error: ").unwrap_or(first).to_owned().into(), None)
        }
    };
    let error = Error::usage(message);
    match hint {
        Some(hint) => error.hinted(hint),
        None => error,
    }
}

/// Returns a flag without its placeholder, or the placeholder of what is no flag: `--name` of `--name <NAME>`, `KEY` of
/// `[KEY]...`.
fn bare(form: &str) -> &str {
    let form = form.trim_start_matches(['[', '<']);
    let flag = form.split([' ', '[', ']', '=', '<', '>']).next().unwrap_or_default();
    flag.trim_end_matches('.')
}
