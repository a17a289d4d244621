//! What clap refuses, in the words and the form of all other messages.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind as Refused};

use crate::error::{Error, ErrorKind};

/// Says why flags make no sense: what was given, and what to write instead.
///
/// Clap's own text takes up to nine lines, repeats the usage and names no hint.
pub fn explain(refused: &clap::Error) -> Error {
    let context = Context(refused);
    let flag = context.flag(ContextKind::InvalidArg);
    let value = context.text(ContextKind::InvalidValue).unwrap_or_default();
    match refused.kind() {
        Refused::InvalidValue if value.is_empty() => {
            usage(format!("`{flag}` needs a value")).hinted(context.valid_values())
        }
        Refused::InvalidValue => {
            let hint = match context.text(ContextKind::SuggestedValue) {
                Some(near) => format!("did you mean `{flag} {near}`?"),
                None => context.valid_values(),
            };
            usage(format!("`{flag} {value}` is not known")).hinted(hint)
        }
        Refused::ValueValidation => {
            let cause = refused.source();
            let why = cause.map(ToString::to_string).unwrap_or_default();
            let error = usage(format!("`{flag} {value}`: {why}"));
            match cause.and_then(|cause| cause.downcast_ref::<Error>()) {
                Some(own) => error.hinted(own.hint()),
                None => error,
            }
        }
        Refused::UnknownArgument => {
            let error = usage(format!("`{flag}` is no option of this program"));
            match context.text(ContextKind::SuggestedArg) {
                Some(near) => error.hinted(format!("did you mean `{near}`?")),
                None => error,
            }
        }
        Refused::ArgumentConflict => match context.flags(ContextKind::PriorArg).as_slice() {
            [] => usage(format!("`{flag}` stands alone, without other options"))
                .hinted("leave the others out"),
            [other] if *other == flag => {
                usage(format!("`{flag}` is given twice")).hinted("give it once")
            }
            others => {
                let others = others.join("`, `");
                usage(format!("`{flag}` and `{others}` exclude each other"))
                    .hinted("leave one of them out")
            }
        },
        Refused::TooManyValues => {
            usage(format!("`{flag}` takes no value `{value}`")).hinted("leave the value out")
        }
        Refused::InvalidUtf8 => usage("an option's value is not UTF-8")
            .hinted("only paths of key files may hold other bytes"),
        _ => {
            let text = refused.to_string();
            let first = text.lines().next().unwrap_or_default();
            usage(first.strip_prefix("error: ").unwrap_or(first))
        }
    }
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// What clap knows about a refusal.
struct Context<'a>(&'a clap::Error);

impl Context<'_> {
    fn text(&self, kind: ContextKind) -> Option<&str> {
        match self.0.get(kind)? {
            ContextValue::String(text) => Some(text),
            ContextValue::Strings(texts) => texts.first().map(String::as_str),
            _ => None,
        }
    }

    /// Returns a flag without its value's name: `--name` of `--name <NAME>`.
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

    /// Says what may be written: the values that are known, else the flag with its value's name.
    fn valid_values(&self) -> String {
        match self.0.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(values)) if !values.is_empty() => {
                format!("write one of {}", values.join(", "))
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
