//! The command line, as clap reads it; `plan` and `run::options` decide what the flags mean together.

mod complete;
mod error;
mod generate;
mod help;
mod man;
mod reference;
mod translate;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use self::complete::{candidates, words_to_complete};
pub use self::error::explain;
pub use self::generate::Generate;
pub use self::values::{Signatures, is_separator};

use clap::error::ErrorKind;
use clap::{
    ArgAction, Args, Command, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum,
    ValueHint,
};

use self::values::{Clouds, attempts, jobs, tag, time, with_supporting_clouds};
use crate::lang::{Language, Texts};

/// Import an SSH public key into clouds and prove that it is there
#[derive(Clone, Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are on or off are bools")]
#[command(
    name = "keyimport",
    version,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = help::WIDTH,
    override_usage = "keyimport [OPTIONS] --provider <CLOUD> [KEY]..."
)]
pub struct Cli {
    /// Public key file, or `-` for standard input
    ///
    /// Defaults to the one of ~/.ssh/id_{ed25519,ecdsa,rsa}.pub that exists.
    #[arg(value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub keys: Vec<OsString>,

    /// Clouds, regions and addresses.
    #[command(flatten)]
    pub targets: TargetArgs,

    /// Import every key of a file that holds several
    #[arg(long, help_heading = "Key pair")]
    pub all_keys: bool,

    /// Name and optional values of the key pair.
    #[command(flatten)]
    pub values: ValueArgs,

    /// Profile of the cloud's own command-line tool
    ///
    /// It gives credentials and region. No flag takes a secret: use environment variables, files or roles.
    #[arg(long, value_name = "NAME", help_heading = "Credentials")]
    pub profile: Option<String>,

    /// The chosen signatures.
    #[command(flatten)]
    pub signatures: Signatures,

    /// Ask the cloud what a run would do; change nothing
    #[arg(long, help_heading = "Mode", conflicts_with_all = ["check", "offline"])]
    pub dry_run: bool,

    /// Check whether the key is there; change nothing
    ///
    /// The exit code is 0 if it is, 12 if it is not, and 6 if its name holds another key.
    #[arg(long, help_heading = "Mode", conflicts_with = "offline")]
    pub check: bool,

    /// Show fingerprints and the request; open no connection
    ///
    /// Needs no credentials, and shows the request without secrets.
    #[arg(long, help_heading = "Mode", conflicts_with = "sandbox")]
    pub offline: bool,

    /// List regions
    ///
    /// They are those that the clouds tell, or with `--offline` or without credentials those that this version knows.
    #[arg(long, help_heading = "Mode", conflicts_with_all = ["dry_run", "check", "all_regions", "keys"])]
    pub list_regions: bool,

    /// Run against built-in clouds, without an account
    ///
    /// They are part of the program and listen on loopback. FILE keeps their state between runs.
    #[arg(long, value_name = "FILE", help_heading = "Mode", num_args = 0..=1, require_equals = true,
          value_hint = ValueHint::FilePath, conflicts_with_all = ["endpoint", "profile", "ca_file"])]
    pub sandbox: Option<Option<PathBuf>>,

    /// Maximum time for one target, retries and verification included
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time, help_heading = "Limits",
          hide_short_help = true)]
    pub timeout: Duration,

    /// Maximum time to establish a connection
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time, help_heading = "Limits",
          hide_short_help = true)]
    pub connect_timeout: Duration,

    /// Maximum attempts per request
    #[arg(long, value_name = "COUNT", default_value = "5", help_heading = "Limits",
          value_parser = attempts, hide_short_help = true)]
    pub attempts: u32,

    /// Maximum number of targets in flight at once
    #[arg(short, long, value_name = "COUNT", default_value = "64", help_heading = "Limits",
          value_parser = jobs, hide_short_help = true)]
    pub jobs: u16,

    /// Stop starting targets after the first failure
    #[arg(long, help_heading = "Limits", hide_short_help = true)]
    pub fail_fast: bool,

    /// Trust only the CA certificates in this file
    #[arg(long, value_name = "PEM", help_heading = "Limits", value_hint = ValueHint::FilePath,
          hide_short_help = true)]
    pub ca_file: Option<PathBuf>,

    /// Format of the results [default: text]
    #[arg(short, long, value_name = "FORMAT", value_enum, help_heading = "Output")]
    pub output: Option<Output>,

    /// Print errors only, and results where `--output` is given
    #[arg(short, long, help_heading = "Output", conflicts_with = "verbose")]
    pub quiet: bool,

    /// Show where settings come from; -vv: the exchange too
    ///
    /// `-vv` shows every HTTP request and response, without secrets.
    #[arg(short, long, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,

    /// When to use color
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        help_heading = "Output",
        hide_short_help = true
    )]
    pub color: Color,

    /// Language of help and messages
    ///
    /// Defaults to that of `LC_ALL`, `LC_MESSAGES` or `LANG`. What scripts read stays as it is.
    #[arg(long, value_name = "LANG", value_enum, help_heading = "Output")]
    pub lang: Option<Language>,

    /// Print the manual page or shell completions and exit
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        help_heading = "Output",
        exclusive = true,
        hide_short_help = true
    )]
    pub generate: Option<Generate>,

    /// Print help: -h the most used options, --help all
    #[arg(short, long, action = ArgAction::Help, help_heading = "Output")]
    pub help: Option<bool>,

    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = "Output")]
    pub version: Option<bool>,
}

/// Returns the command line with its whole help, in one language.
pub fn command(texts: &Texts) -> Command {
    help::with_reference(translate::command(Cli::command(), texts), texts)
}

/// Reads the arguments, the first of which is the name of the program.
pub fn parse(arguments: &[OsString], texts: &Texts) -> Result<Cli, clap::Error> {
    // To make the texts of the help takes longer than to parse the arguments, so it waits until they are asked for.
    let parsed = Cli::command().try_get_matches_from(arguments);
    let mut matches = parsed.or_else(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            command(texts).try_get_matches_from(arguments)
        }
        _ => Err(error),
    })?;
    Cli::from_arg_matches_mut(&mut matches)
}

/// Clouds, regions and addresses.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Cloud to import into
    #[arg(short, long, value_name = "CLOUD", value_parser = Clouds, value_delimiter = ',')]
    pub provider: Vec<String>,

    /// Region, or several with commas between them
    ///
    /// The flag may be repeated. Without it the region comes from the environment, the profile, or is the cloud's default.
    #[arg(short, long, value_name = "REGION", value_delimiter = ',')]
    pub region: Vec<String>,

    /// Import into every region that the cloud lists
    #[arg(long, conflicts_with = "region")]
    pub all_regions: bool,

    /// Cloud with its regions; once for each cloud
    #[arg(long, value_name = "CLOUD[/REGION,…]")]
    pub to: Vec<String>,

    /// Address to send requests to instead
    ///
    /// `{region}` in it is filled in. Plain http is for loopback only.
    #[arg(long, value_name = "[CLOUD=]URL", hide_short_help = true)]
    pub endpoint: Vec<String>,
}

/// Name and optional values of the key pair.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Key pair", mut_args(with_supporting_clouds))]
pub struct ValueArgs {
    /// Name of the key pair
    ///
    /// With several keys, `{}` in it stands for each key's own name. Defaults to the key's comment, else the name of its file, else `key-` and 8 digits of its SHA-256.
    #[arg(short, long, allow_hyphen_values = true)]
    pub name: Option<String>,

    /// Description of the key pair
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true, hide_short_help = true)]
    pub description: Option<String>,

    /// Tag of the key pair; repeat the flag for several
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag, hide_short_help = true)]
    pub tag: Vec<(String, String)>,

    /// Resource group ID
    #[arg(long, value_name = "ID", hide_short_help = true)]
    pub resource_group: Option<String>,

    /// Project, by its name or number
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub project: Option<String>,
}

/// An output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Aligned on a terminal, separated by tabs elsewhere
    #[default]
    Text,
    /// One document
    Json,
    /// One object per line, as each target ends
    Jsonl,
}

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
