//! Arguments as they stand, before they are read as flags: what must not go on, and what messages are to look like.

use std::ffi::OsString;
use std::path::Path;

use clap::ValueEnum as _;

use crate::cli::Color;
use crate::error::{Error, ErrorKind};
use crate::io::file;
use crate::key::{self, LeakedKey};

/// Refuses arguments of which one holds the text of a key. Nothing that comes later can then repeat it.
pub(super) fn key_in_arguments(arguments: &[OsString]) -> Option<Error> {
    let found = |(number, argument): (usize, &OsString)| Some((number, leaked_key(argument)?));
    let held: Vec<(usize, LeakedKey)> =
        arguments.iter().enumerate().skip(1).filter_map(found).collect();
    // Of a key that the shell cut into words only some may tell that it is private.
    let private = held.iter().find(|(_, leaked_key)| matches!(leaked_key, LeakedKey::Private(_)));
    let error = match private.or(held.first())? {
        (number, LeakedKey::Private(form)) => {
            let message = format!("argument {number} holds a private key ({form})");
            Error::new(ErrorKind::PrivateKey, message).hinted(
                "nothing was sent, but others on this machine can see arguments; \
                 give the path of the `.pub` file, or pipe it into `-`",
            )
        }
        (number, LeakedKey::Other) => {
            let message = format!("argument {number} holds what looks like the text of a key");
            Error::new(ErrorKind::Usage, message)
                .hinted("give the path of a public key file, or pipe the key into `-`")
        }
    };
    Some(error)
}

/// Looks for a key in an argument. What names a file is none, and neither is a flag whose value does.
fn leaked_key(argument: &OsString) -> Option<LeakedKey> {
    let held = key::find_key_material(argument.as_encoded_bytes())?;
    let text = argument.to_string_lossy();
    let value_is_file =
        || text.split_once('=').is_some_and(|(_, value)| file::exists(Path::new(value)));
    let names_file = file::exists(Path::new(argument)) || value_is_file();
    (!names_file).then_some(held)
}

/// Returns the colour that flags which were not read as a whole ask for.
pub(super) fn color(arguments: &[OsString]) -> Color {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let joined = texts.iter().filter_map(|text| text.strip_prefix("--color="));
    let apart = texts.iter().zip(texts.iter().skip(1));
    let apart = apart.filter(|(flag, _)| *flag == "--color").map(|(_, value)| &**value);
    let wanted = joined.chain(apart).find_map(|value| Color::from_str(value, false).ok());
    wanted.unwrap_or_default()
}

/// Tells whether flags that were not read as a whole ask for one JSON document.
pub(super) fn wants_json(arguments: &[OsString]) -> bool {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let is_short = |text: &str| text.starts_with('-') && !text.starts_with("--");
    let is_whole = |text: &str| {
        text == "--output=json"
            || is_short(text) && (text.ends_with("ojson") || text.ends_with("o=json"))
    };
    let is_flag = |text: &str| text == "--output" || is_short(text) && text.ends_with('o');
    let values = texts.iter().skip(1);
    texts.iter().any(|text| is_whole(text))
        || texts.iter().zip(values).any(|(flag, value)| is_flag(flag) && value == "json")
}
