//! The command line, as clap reads it; `plan` and `run::options` decide what the flags mean together.

mod error;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use self::error::explain;
pub use self::values::{Signatures, is_separator};

use clap::{ArgAction, Args, CommandFactory as _, Parser, ValueEnum, ValueHint};
use clap_complete::Shell;

use self::values::{Clouds, attempts, examples, jobs, tag, time, with_supporting_clouds};

/// Import an SSH public key into clouds and prove that it is there
#[derive(Clone, Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are on or off are bools")]
#[command(
    name = "keyimport",
    version,
    after_help = examples(),
    arg_required_else_help = true,
    max_term_width = 100,
    override_usage = "keyimport [OPTIONS] --provider <CLOUD> [KEY]..."
)]
pub struct Cli {
    /// Public key files; `-` reads standard input
    ///
    /// Defaults to the one of ~/.ssh/id_{ed25519,ecdsa,rsa}.pub that exists.
    #[arg(value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub keys: Vec<OsString>,

    /// Import every key of a file that holds several
    #[arg(long, help_heading = "Key")]
    pub all_keys: bool,

    /// Clouds, regions and addresses.
    #[command(flatten)]
    pub targets: TargetArgs,

    /// Name and optional values of the key pair.
    #[command(flatten)]
    pub values: ValueArgs,

    /// Profile of the cloud's own command-line tool to take credentials and region from
    ///
    /// No flag takes a secret: use environment variables, files or roles.
    #[arg(long, value_name = "NAME", help_heading = "Credentials")]
    pub profile: Option<String>,

    /// The chosen signatures.
    #[command(flatten)]
    pub signatures: Signatures,

    /// Ask the cloud what a run would do, without changing anything
    #[arg(long, help_heading = "Mode", conflicts_with_all = ["check", "offline"])]
    pub dry_run: bool,

    /// Check whether the key is there: exit code 0, 12 (not there) or 6 (conflict)
    #[arg(long, help_heading = "Mode", conflicts_with = "offline")]
    pub check: bool,

    /// Show name, fingerprints and the request without secrets; needs no credentials, opens no connection
    #[arg(long, help_heading = "Mode", conflicts_with = "sandbox")]
    pub offline: bool,

    /// Run against clouds built into the program, on loopback; FILE keeps their state between runs
    #[arg(long, value_name = "FILE", help_heading = "Mode", num_args = 0..=1, require_equals = true,
          value_hint = ValueHint::FilePath, conflicts_with_all = ["endpoint", "profile", "ca_file"])]
    pub sandbox: Option<Option<PathBuf>>,

    /// Maximum time for one target, retries and verification included
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time, help_heading = "Limits")]
    pub timeout: Duration,

    /// Maximum time to establish a connection
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time, help_heading = "Limits")]
    pub connect_timeout: Duration,

    /// Maximum attempts per request
    #[arg(long, value_name = "COUNT", default_value = "5", help_heading = "Limits",
          value_parser = attempts)]
    pub attempts: u32,

    /// Maximum number of targets in flight at once
    #[arg(short, long, value_name = "COUNT", default_value = "64", help_heading = "Limits",
          value_parser = jobs)]
    pub jobs: u16,

    /// Stop starting targets after the first failure
    #[arg(long, help_heading = "Limits")]
    pub fail_fast: bool,

    /// Trust only the CA certificates in this file
    #[arg(long, value_name = "PEM", help_heading = "Limits", value_hint = ValueHint::FilePath)]
    pub ca_file: Option<PathBuf>,

    /// Output format of the results
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        help_heading = "Output"
    )]
    pub output: Output,

    /// Print only results and errors
    #[arg(short, long, help_heading = "Output", conflicts_with = "verbose")]
    pub quiet: bool,

    /// Show where settings come from; twice: also the HTTP exchange, without secrets
    #[arg(short, long, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,

    /// When to use color
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Output")]
    pub color: Color,

    /// Print the manual page or shell completions and exit
    #[arg(long, value_name = "WHAT", value_enum, help_heading = "Output", exclusive = true)]
    pub generate: Option<Generate>,
}

/// Clouds, regions and addresses.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Where")]
pub struct TargetArgs {
    /// Cloud to import into
    #[arg(short, long, value_name = "CLOUD", value_parser = Clouds, value_delimiter = ',')]
    pub provider: Vec<String>,

    /// Region; repeat the flag or use commas for several
    #[arg(short, long, value_name = "REGION", value_delimiter = ',')]
    pub region: Vec<String>,

    /// Import into every region that the cloud lists
    #[arg(long, conflicts_with = "region")]
    pub all_regions: bool,

    /// Cloud and its regions; repeat the flag for several clouds
    #[arg(long, value_name = "CLOUD[/REGION,…]")]
    pub to: Vec<String>,

    /// Address to send requests to instead; `{region}` is filled in, plain http is for loopback only
    #[arg(long, value_name = "[CLOUD=]URL")]
    pub endpoint: Vec<String>,
}

/// Name and optional values of the key pair.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What", mut_args(with_supporting_clouds))]
pub struct ValueArgs {
    /// Name of the key pair; with several keys, `{}` in it stands for each key's own name
    ///
    /// Defaults to the key's comment, else the name of its file, else `key-` and 8 digits of its SHA-256.
    #[arg(short, long, allow_hyphen_values = true)]
    pub name: Option<String>,

    /// Description of the key pair
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    pub description: Option<String>,

    /// Tag of the key pair; repeat the flag for several
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    pub tag: Vec<(String, String)>,

    /// Resource group ID
    #[arg(long, value_name = "ID")]
    pub resource_group: Option<String>,

    /// Project, by its name or number
    #[arg(long, value_name = "NAME")]
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

/// What `--generate` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Generate {
    /// Manual page
    Man,
    /// Completions for bash
    CompleteBash,
    /// Completions for zsh
    CompleteZsh,
    /// Completions for fish
    CompleteFish,
    /// Completions for PowerShell
    CompletePowershell,
}

impl Generate {
    /// Makes the manual page or the shell's completions.
    pub fn text(self) -> String {
        let mut command = Cli::command();
        let mut text = Vec::new();
        let shell = match self {
            Self::Man => None,
            Self::CompleteBash => Some(Shell::Bash),
            Self::CompleteZsh => Some(Shell::Zsh),
            Self::CompleteFish => Some(Shell::Fish),
            Self::CompletePowershell => Some(Shell::PowerShell),
        };
        match shell {
            Some(shell) => clap_complete::generate(shell, &mut command, "keyimport", &mut text),
            // Writing to memory cannot fail.
            None => drop(clap_mangen::Man::new(command).render(&mut text)),
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}
