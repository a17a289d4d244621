//! Arguments before they are parsed: key text is refused, and errors of the parser get their color and format.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory as _;
use clap::parser::ValueSource;

use crate::cli::Cli;
use crate::error::{Error, ErrorKind};
use crate::io::file;
use crate::io::system::OsSystem;
use crate::key::{self, LeakedKey};
use crate::lang::Language;
use crate::phrase::phrase;

/// Refuses arguments that contain key text, before anything can repeat it.
pub fn key_in_arguments(arguments: &[OsString]) -> Option<Error> {
    let found = |(number, argument): (usize, &OsString)| Some((number, leaked_key(argument)?));
    let leaked: Vec<(usize, LeakedKey)> =
        arguments.iter().enumerate().skip(1).filter_map(found).collect();
    // If the shell split a key into words, only some of them may show that it is private.
    let private = leaked.iter().find(|(_, leaked_key)| matches!(leaked_key, LeakedKey::Private(_)));
    Some(match private.or(leaked.first())? {
        (number, LeakedKey::Private(form)) => {
            let message = phrase!("argument {} contains a private key ({})", number, form);
            Error::new(ErrorKind::PrivateKey, message).hinted(
                "nothing was sent, but others on this machine can see arguments; \
                 give the path of the `.pub` file, or pipe it into `-`",
            )
        }
        (number, LeakedKey::Other) => {
            let message = phrase!("argument {} contains what looks like key text", number);
            // A value that would be sent is refused as a key in a comment is.
            let is_sent = arguments.iter().take(number + 1).rev().take(2).any(sends_its_value);
            let kind = if is_sent { ErrorKind::KeyInvalid } else { ErrorKind::Usage };
            Error::new(kind, message)
                .hinted("give the path of a public key file, or pipe the key into `-`")
        }
    })
}

/// Whether an argument is a flag, perhaps with its value, whose value is sent to the clouds as it is.
fn sends_its_value(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    let flag = text.split('=').next().unwrap_or_default();
    let is_long =
        ["--name", "--description", "--tag", "--resource-group", "--project"].contains(&flag);
    is_long || ["-n", "-d"].iter().any(|short| flag.starts_with(short))
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

/// Reads a flag from arguments that clap refuses as a whole: each flag is parsed with the argument after it alone.
pub(super) fn flag<T: Clone + Send + Sync + 'static>(
    arguments: &[OsString],
    id: &str,
) -> Option<T> {
    let command = Cli::command().ignore_errors(true);
    let is_flag = |text: &OsString| text.as_encoded_bytes().starts_with(b"-");
    let mut flags = arguments.iter().enumerate().skip(1).filter(|(_, text)| is_flag(text));
    flags.find_map(|(index, _)| {
        let words = arguments.iter().take(1).chain(arguments.iter().skip(index).take(2));
        let matches = command.clone().try_get_matches_from(words).ok()?;
        let is_given = matches.value_source(id) == Some(ValueSource::CommandLine);
        matches.get_one::<T>(id).filter(|_| is_given).cloned()
    })
}

/// Returns the language, in which the parser's help is too.
pub(super) fn language(arguments: &[OsString]) -> Language {
    let is_flag = |text: &OsString| text.as_encoded_bytes().starts_with(b"--lang");
    let given = arguments.iter().any(is_flag).then(|| flag(arguments, "lang")).flatten();
    given.unwrap_or_else(|| Language::of_environment(&OsSystem))
}
