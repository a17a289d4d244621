//! Arguments as the program reads them, by plain functions: no process is started.

use std::ffi::OsString;
use std::slice;

use crate::doubles::LAYOUT;
use anstream::adapter::strip_str;
use clap::Parser as _;
use keyimport::cli::{self, Cli};
use keyimport::error::Error;
use keyimport::key;
use keyimport::plan::{self, Batch, InputKey};
use keyimport::provider;
use keyimport::report::{Format, exit};
use keyimport::run::Options;
use serde_json::{Value, json};

use super::keys;

/// Resolves arguments to options.
pub fn options(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Options, Error> {
    let arguments = arguments.into_iter().map(Into::into);
    let arguments = std::iter::once(OsString::from("keyimport")).chain(arguments);
    Options::new(Cli::try_parse_from(arguments).map_err(|error| cli::explain(&error))?)
}

/// Resolves arguments to options and checks them with [`keys::RSA`] in a file `key.pub`; returns the warnings too.
pub fn check(
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
) -> Result<(Options, Batch, Vec<String>), Error> {
    let options = options(arguments)?;
    let key = key::parse(keys::RSA.as_bytes()).unwrap().remove(0);
    let input = InputKey { key, source: "key.pub".to_owned(), stem: Some("key".to_owned()) };
    let keys = plan::named_keys(vec![input], options.name.as_deref())?;
    let (given_name, import) = (options.name.clone(), options.import.clone());
    let batch = Batch { keys, given_name, options: import };
    let warnings = plan::check(&options.selections, &batch)?;
    Ok((options, batch, warnings.iter().map(ToString::to_string).collect()))
}

/// The hint after an unknown cloud.
pub fn clouds() -> String {
    let ids: Vec<&str> = provider::ALL.iter().map(|cloud| cloud.info().id).collect();
    format!("choose from {}", ids.join(", "))
}

/// Returns the error that arguments lead to.
#[track_caller]
pub fn error_of(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Error {
    match check(arguments) {
        Ok((options, ..)) => panic!("{options:#?}"),
        Err(error) => error,
    }
}

/// Returns an error as a user reads it.
pub fn shown(error: &Error) -> String {
    strip_str(&LAYOUT.error("", error)).to_string()
}

/// Checks that arguments are a usage error of this message and hint, for people and for programs.
#[track_caller]
pub fn refuses_all(
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
    message: &str,
    hint: &str,
) {
    let error = error_of(arguments);
    assert_eq!(shown(&error), format!("error: {message}\n  hint: {hint}\n"));
    let code = exit::of_errors(slice::from_ref(&error), None);
    assert_eq!(code, 2);
    let document = Format::Json.document(&[], slice::from_ref(&error), code).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["results"], json!([]));
    assert_eq!(document["summary"]["exit_code"], 2);
    assert_eq!(document["error"]["kind"], "usage");
    assert_eq!(document["error"]["message"], message);
    assert_eq!(document["error"]["hint"], hint);
}

/// Does the same with arguments that are separated by spaces.
#[track_caller]
pub fn refuses(arguments: &str, message: &str, hint: &str) {
    refuses_all(arguments.split_whitespace(), message, hint);
}
