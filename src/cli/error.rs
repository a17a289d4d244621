//! Clap's errors in the form of all other messages.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::Error;

/// Turns an error of clap into one of ours: one line and a hint. Clap's own text takes up to nine lines and
/// repeats the usage.
pub fn explain(refused: &clap::Error) -> Error {
    let context = Context(refused);
    let flag = context.flag(ContextKind::InvalidArg);
    let value = context.text(ContextKind::InvalidValue).unwrap_or_default();
    match refused.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            Error::usage(format!("`{flag}` needs a value")).hinted(context.valid_values())
        }
        ErrorKind::InvalidValue => {
            let hint = match context.text(ContextKind::SuggestedValue) {
                Some(near) => format!("did you mean `{flag} {near}`?"),
                None => context.valid_values(),
            };
            Error::usage(format!("invalid value `{value}` for `{flag}`")).hinted(hint)
        }
        ErrorKind::ValueValidation => {
            let cause = refused.source();
            let why = cause.map(ToString::to_string).unwrap_or_default();
            let error = Error::usage(format!("`{flag} {value}`: {why}"));
            match cause.and_then(|cause| cause.downcast_ref::<Error>()) {
                Some(own) => error.hinted(own.hint()),
                None => error,
            }
        }
        ErrorKind::UnknownArgument => {
            let error = Error::usage(format!("unknown option `{flag}`"));
            match context.text(ContextKind::SuggestedArg) {
                Some(near) => error.hinted(format!("did you mean `{near}`?")),
                None => error,
            }
        }
        ErrorKind::ArgumentConflict => match context.flags(ContextKind::PriorArg).as_slice() {
            [] => Error::usage(format!("`{flag}` cannot be used with other arguments"))
                .hinted("leave the others out"),
            [other] if *other == flag => {
                Error::usage(format!("`{flag}` is given twice")).hinted("give it once")
            }
            others => {
                let others = others.join("`, `");
                Error::usage(format!("`{flag}` cannot be used with `{others}`"))
                    .hinted("leave one of them out")
            }
        },
        ErrorKind::TooManyValues => {
            Error::usage(format!("`{flag}` takes no value, but `{value}` is given"))
                .hinted("leave the value out")
        }
        ErrorKind::InvalidUtf8 => Error::usage("the value of an option is not UTF-8")
            .hinted("only paths of key files may contain other bytes"),
        _ => {
            let text = refused.to_string();
            let first = text.lines().next().unwrap_or_default();
            Error::usage(first.strip_prefix("error: ").unwrap_or(first))
        }
    }
}

/// The context that clap attaches to an error.
struct Context<'a>(&'a clap::Error);

impl Context<'_> {
    fn text(&self, kind: ContextKind) -> Option<&str> {
        match self.0.get(kind)? {
            ContextValue::String(text) => Some(text),
            ContextValue::Strings(texts) => texts.first().map(String::as_str),
            _ => None,
        }
    }

    /// Returns a flag without its placeholder: `--name` of `--name <NAME>`.
    fn flag(&self, kind: ContextKind) -> String {
        self.text(kind).map(bare).unwrap_or_default()
    }

    fn flags(&self, kind: ContextKind) -> Vec<String> {
        match self.0.get(kind) {
            Some(ContextValue::String(text)) => vec![bare(text)],
            Some(ContextValue::Strings(texts)) => texts.iter().map(|text| bare(text)).collect(),
            Some(_) | None => Vec::new(),
        }
    }

    /// Returns a hint with the possible values, else with the placeholder.
    fn valid_values(&self) -> String {
        match self.0.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(values)) if !values.is_empty() => {
                format!("choose from {}", values.join(", "))
            }
            Some(_) | None => {
                let form = self.text(ContextKind::InvalidArg).unwrap_or_default();
                format!("write `{}`", form.replace(['<', '>'], ""))
            }
        }
    }
}

fn bare(flag: &str) -> String {
    let end = flag.find([' ', '[', '=', '<']).unwrap_or(flag.len());
    flag.get(..end).unwrap_or(flag).trim_end_matches('.').to_owned()
}
