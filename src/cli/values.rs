//! Values of flags, and the flags that are made from the registry of providers.

use std::ffi::OsStr;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::error::Error;
use crate::provider::{self, ProviderInfo};

/// Returns the clouds that support an import option; none for any other flag.
pub(super) fn supporting_clouds(argument: &Arg) -> Vec<&'static ProviderInfo> {
    let flag = argument.get_long().map(|long| format!("--{long}")).unwrap_or_default();
    provider::infos().filter(|info| info.supports.contains(&&*flag)).collect()
}

/// Adds to the help text of an import option which clouds support it.
pub(super) fn with_supporting_clouds(argument: Arg) -> Arg {
    let titles: Vec<&str> =
        supporting_clouds(&argument).into_iter().map(|info| info.title).collect();
    match argument.get_help() {
        Some(help) if !titles.is_empty() => {
            let help = format!("{help} ({})", titles.join(", "));
            argument.help(help)
        }
        _ => argument,
    }
}

/// Accepts ids of clouds and their aliases, with spaces between them; commas are split before.
#[derive(Clone, Debug)]
pub(super) struct Clouds;

impl Clouds {
    fn names() -> PossibleValuesParser {
        let clouds = provider::infos()
            .map(|info| PossibleValue::new(info.id).aliases(info.aliases).help(info.title));
        PossibleValuesParser::new(clouds)
    }
}

impl TypedValueParser for Clouds {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let names = Self::names();
        let Some(text) = value.to_str() else { return names.parse_ref(command, argument, value) };
        for name in text.split(is_separator).filter(|name| !name.is_empty()) {
            names.parse_ref(command, argument, OsStr::new(name))?;
        }
        Ok(text.to_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Self::names().possible_values()?.collect::<Vec<_>>().into_iter()))
    }
}

/// Whether a character stands between the items of a list: white space, a comma, also a full-width or ideographic one,
/// or a semicolon. No cloud and no region has these characters.
pub fn is_separator(character: char) -> bool {
    matches!(character, ',' | ';' | '，' | '；' | '、') || character.is_whitespace()
}

fn refuse(why: &'static str, hint: &'static str) -> Error {
    Error::usage(why).hinted(hint)
}

/// Reads `KEY=VALUE`.
pub(super) fn tag(text: &str) -> Result<(String, String), Error> {
    let form = "write `--tag KEY=VALUE`";
    let (key, value) = text.split_once('=').ok_or_else(|| refuse("`=` is missing", form))?;
    if key.is_empty() {
        return Err(refuse("the key before `=` is empty", form));
    }
    Ok((key.to_owned(), value.to_owned()))
}

/// Reads `--attempts`.
pub(super) fn attempts(text: &str) -> Result<u32, Error> {
    let count = text.parse().ok().filter(|count| (1..=100).contains(count));
    count.ok_or_else(|| refuse("must be a number from 1 to 100", "the default is 5"))
}

/// Reads `--jobs`.
pub(super) fn jobs(text: &str) -> Result<u16, Error> {
    let count = text.parse().ok().filter(|count| (1..=4096).contains(count));
    count.ok_or_else(|| refuse("must be a number from 1 to 4096", "the default is 64"))
}

/// Reads a duration: a number with `ms`, `s` or `m`, at most an hour.
pub(super) fn time(text: &str) -> Result<Duration, Error> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let form = || refuse("not a duration", "write a duration such as `500ms`, `60s` or `2m`");
    let number: u64 = number.parse().map_err(|_| form())?;
    let time = match unit {
        "ms" => Duration::from_millis(number),
        "s" | "" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err(form()),
    };
    if time.is_zero() || time > Duration::from_secs(3600) {
        return Err(refuse("out of range", "write a duration from `1ms` to `60m`"));
    }
    Ok(time)
}

/// The signatures that were chosen by `--<id>-signature`, one flag for each provider that has a choice: the id of the
/// provider and the name of the form.
#[derive(Clone, Debug)]
pub struct Signatures(Vec<(&'static str, &'static str)>);

impl Signatures {
    /// Returns the form that was chosen for a provider, known by its id.
    pub fn of(&self, id: &str) -> Option<&'static str> {
        self.0.iter().find(|(other, _)| *other == id).map(|(_, form)| *form)
    }
}

impl Args for Signatures {
    fn augment_args(command: Command) -> Command {
        command.args(with_signature_choice().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Signatures {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let chosen = with_signature_choice().filter_map(|info| {
            let name = matches.get_one::<String>(&flag(info))?;
            let form = info.signatures.iter().find(|form| form.name == name)?;
            Some((info.id, form.name))
        });
        Ok(Self(chosen.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Returns the providers that have a choice of signatures.
fn with_signature_choice() -> impl Iterator<Item = &'static ProviderInfo> {
    provider::infos().filter(|info| !info.signatures.is_empty())
}

fn flag(info: &ProviderInfo) -> String {
    format!("{}-signature", info.id)
}

fn argument(info: &'static ProviderInfo) -> Arg {
    let forms = info.signatures.iter().map(|form| PossibleValue::new(form.name).help(form.help));
    let flag = flag(info);
    let default = info.signatures.first().map(|form| form.name);
    Arg::new(flag.clone())
        .long(flag)
        .value_name("FORM")
        .value_parser(PossibleValuesParser::new(forms))
        .default_value(default)
        .help_heading("Credentials")
        .hide_short_help(true)
        .help(format!(
            "Signature of requests to {}, but for those to its token service",
            info.title
        ))
}
