//! `--<id>-signature`: one flag for each provider that lets its users choose.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::provider::{self, ProviderInfo};

/// The signatures that were chosen: the id of a provider and the name of the form.
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
        command.args(infos().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Signatures {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let chosen = infos().filter_map(|info| {
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

/// Returns the providers that have a choice.
fn infos() -> impl Iterator<Item = &'static ProviderInfo> {
    let infos = provider::ALL.iter().map(|provider| provider.info());
    infos.filter(|info| !info.signatures.is_empty())
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
        .help(format!("Signature of requests to {}", info.title))
}
