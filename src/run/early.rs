//! Arguments before they are parsed: key text is refused, and errors of the parser get their color and format.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;

use clap::ValueEnum as _;

use crate::cli::{Color, Output};
use crate::error::{Error, ErrorKind};
use crate::io::file;
use crate::key::{self, LeakedKey};

/// Refuses arguments that contain key text, before anything can repeat it.
pub fn key_in_arguments(arguments: &[OsString]) -> Option<Error> {
    let found = |(number, argument): (usize, &OsString)| Some((number, leaked_key(argument)?));
    let leaked: Vec<(usize, LeakedKey)> =
        arguments.iter().enumerate().skip(1).filter_map(found).collect();
    // If the shell split a key into words, only some of them may show that it is private.
    let private = leaked.iter().find(|(_, leaked_key)| matches!(leaked_key, LeakedKey::Private(_)));
    Some(match private.or(leaked.first())? {
        (number, LeakedKey::Private(form)) => {
            let message = format!("argument {number} contains a private key ({form})");
            Error::new(ErrorKind::PrivateKey, message).hinted(
                "nothing was sent, but others on this machine can see arguments; \
                 give the path of the `.pub` file, or pipe it into `-`",
            )
        }
        (number, LeakedKey::Other) => {
            let message = format!("argument {number} contains what looks like key text");
            Error::usage(message)
                .hinted("give the path of a public key file, or pipe the key into `-`")
        }
    })
}

/// Finds key text in an argument. A path of a file is none, and neither is a flag with such a value.
fn leaked_key(argument: &OsString) -> Option<LeakedKey> {
    let leaked = key::find_key_material(argument.as_encoded_bytes())?;
    let text = argument.to_string_lossy();
    let value_is_file =
        || text.split_once('=').is_some_and(|(_, value)| file::exists(Path::new(value)));
    let names_file = file::exists(Path::new(argument)) || value_is_file();
    (!names_file).then_some(leaked)
}

/// Returns the color that unparsed arguments ask for.
pub(super) fn color(arguments: &[OsString]) -> Color {
    let texts = texts(arguments);
    let joined = texts.iter().filter_map(|text| text.strip_prefix("--color="));
    let apart = pairs(&texts).filter(|(flag, _)| *flag == "--color").map(|(_, value)| value);
    joined.chain(apart).find_map(|value| Color::from_str(value, false).ok()).unwrap_or_default()
}

/// Returns the output format that unparsed arguments ask for.
pub(super) fn output(arguments: &[OsString]) -> Output {
    let texts = texts(arguments);
    let is_short = |text: &str| text.starts_with('-') && !text.starts_with("--");
    let joined = texts.iter().filter_map(|text| {
        let short = || is_short(text).then(|| text.split_once('o')).flatten();
        let value = text.strip_prefix("--output=").or_else(|| Some(short()?.1))?;
        Some(value.strip_prefix('=').unwrap_or(value))
    });
    let is_flag = |text: &str| text == "--output" || is_short(text) && text.ends_with('o');
    let apart = pairs(&texts).filter(|(flag, _)| is_flag(flag)).map(|(_, value)| value);
    joined.chain(apart).find_map(|value| Output::from_str(value, false).ok()).unwrap_or_default()
}

fn texts(arguments: &[OsString]) -> Vec<Cow<'_, str>> {
    arguments.iter().map(|argument| argument.to_string_lossy()).collect()
}

/// Returns every argument with the one that follows it.
fn pairs<'a>(texts: &'a [Cow<'_, str>]) -> impl Iterator<Item = (&'a str, &'a str)> {
    texts.iter().zip(texts.iter().skip(1)).map(|(flag, value)| (&**flag, &**value))
}
