//! The flags, as clap reads them; what they mean together is decided in `plan`.

mod error;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use self::error::explain;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Parser, ValueEnum, ValueHint};

use crate::error::{Error, ErrorKind};
use crate::provider;

const AFTER_HELP: &str = "\
Exit codes:
  0 every target as wanted      7 quota reached
  1 unexpected                  8 throttled, unavailable, network: safe to run again
  2 usage, configuration        9 outcome unknown: running again settles it
  3 key refused, nothing sent  10 some targets as wanted, some not
  4 credentials or clock       11 the cloud refused key, name or another value
  5 not permitted              12 `--check`: not there
  6 conflict                   130, 143 stopped by a signal

Try it without an account:
  keyimport --sandbox --provider aliyun ~/.ssh/id_rsa.pub";

/// Puts an SSH public key into clouds, and proves that it is there.
#[derive(Clone, Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are on or off are bools")]
#[command(
    name = "keyimport",
    version,
    after_help = AFTER_HELP,
    arg_required_else_help = true,
    max_term_width = 100,
    override_usage = "keyimport [OPTIONS] --provider <CLOUD> [KEY]..."
)]
pub struct Cli {
    /// Public key files; `-` reads standard input
    ///
    /// Without any, the one of ~/.ssh/id_{ed25519,ecdsa,rsa}.pub that exists is taken.
    #[arg(value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub keys: Vec<OsString>,

    /// Take every key of a file that holds several
    #[arg(long, help_heading = "Key")]
    pub all_keys: bool,

    /// The cloud to import into
    #[arg(short, long, value_name = "CLOUD", help_heading = "Where",
          value_parser = clouds(), value_delimiter = ',')]
    pub provider: Vec<String>,

    /// The region; several by repeating the flag or with commas
    #[arg(short, long, value_name = "REGION", help_heading = "Where", value_delimiter = ',')]
    pub region: Vec<String>,

    /// Every region that the cloud lists
    #[arg(long, help_heading = "Where", conflicts_with = "region")]
    pub all_regions: bool,

    /// A cloud and its regions; repeat it for several clouds
    #[arg(long, value_name = "CLOUD[/REGION,…]", help_heading = "Where")]
    pub to: Vec<String>,

    /// Where requests go instead; `{region}` is filled in, plain http is for loopback only
    #[arg(long, value_name = "[CLOUD=]URL", help_heading = "Where")]
    pub endpoint: Vec<String>,

    /// The name of the key pair; with several keys it holds `{}`, which their own names fill
    ///
    /// Without it: the key's comment, else its file's name, else `key-` and 8 digits of its SHA-256.
    #[arg(short, long, help_heading = "What", allow_hyphen_values = true)]
    pub name: Option<String>,

    /// A text about the key pair (Volcengine, Baidu)
    #[arg(short, long, value_name = "TEXT", help_heading = "What", allow_hyphen_values = true)]
    pub description: Option<String>,

    /// A tag of the key pair (Alibaba, Volcengine); repeat it for several
    #[arg(long, value_name = "KEY=VALUE", help_heading = "What", value_parser = tag)]
    pub tag: Vec<(String, String)>,

    /// The id of a resource group (Alibaba)
    #[arg(long, value_name = "ID", help_heading = "What")]
    pub resource_group: Option<String>,

    /// The name of a project (Volcengine)
    #[arg(long, value_name = "NAME", help_heading = "What")]
    pub project: Option<String>,

    /// The profile of the cloud's own command-line tool to take credentials and region from
    ///
    /// No flag takes a secret: variables, files and roles do.
    #[arg(long, value_name = "NAME", help_heading = "Credentials")]
    pub profile: Option<String>,

    /// Which of Alibaba Cloud's signatures to use
    #[arg(long, value_name = "FORM", value_enum, default_value_t, help_heading = "Credentials")]
    pub aliyun_signature: AliyunSignature,

    /// Ask the cloud what a run would do, and write nothing
    #[arg(long, help_heading = "Mode", conflicts_with_all = ["check", "offline"])]
    pub dry_run: bool,

    /// Ask whether the key is there: exit 0, 12 (it is not) or 6 (something else is)
    #[arg(long, help_heading = "Mode", conflicts_with = "offline")]
    pub check: bool,

    /// Show name, fingerprints and the request without secrets; needs no credentials, opens no connection
    #[arg(long, help_heading = "Mode", conflicts_with = "sandbox")]
    pub offline: bool,

    /// Run against clouds built into the program, on loopback; FILE keeps their state between runs
    #[arg(long, value_name = "FILE", help_heading = "Mode", num_args = 0..=1, require_equals = true,
          value_hint = ValueHint::FilePath, conflicts_with_all = ["endpoint", "profile", "ca_file"])]
    pub sandbox: Option<Option<PathBuf>>,

    /// The whole time for one target, with waiting and settling
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time, help_heading = "Limits")]
    pub timeout: Duration,

    /// The longest that making a connection may take
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time, help_heading = "Limits")]
    pub connect_timeout: Duration,

    /// How often one request is sent at most
    #[arg(long, value_name = "COUNT", default_value = "5", help_heading = "Limits",
          value_parser = attempts)]
    pub attempts: u32,

    /// How many targets are in flight at once
    #[arg(short, long, value_name = "COUNT", default_value = "64", help_heading = "Limits",
          value_parser = jobs)]
    pub jobs: u16,

    /// Start no new target after the first that is not as wanted
    #[arg(long, help_heading = "Limits")]
    pub fail_fast: bool,

    /// The only CAs to trust, instead of the system's
    #[arg(long, value_name = "PEM", help_heading = "Limits", value_hint = ValueHint::FilePath)]
    pub ca_file: Option<PathBuf>,

    /// The form of the results on standard output
    #[arg(short, long, value_name = "FORM", value_enum, default_value_t, help_heading = "Output")]
    pub output: Output,

    /// Print results and errors only
    #[arg(short, long, help_heading = "Output", conflicts_with = "verbose")]
    pub quiet: bool,

    /// Print where settings come from; twice: the exchange with the cloud, without secrets
    #[arg(short, long, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Output")]
    pub color: Color,

    /// Print the manual page or a shell's completions, and end
    #[arg(long, value_name = "WHAT", value_enum, help_heading = "Output", exclusive = true)]
    pub generate: Option<Generate>,
}

/// A form of the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Aligned on a terminal, separated by tabs elsewhere
    #[default]
    Text,
    /// One document
    Json,
    /// One object a line, as each target ends
    Jsonl,
}

/// When to use colour.
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

/// A signature of Alibaba Cloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AliyunSignature {
    /// RPC; ACS3 with a session token
    #[default]
    Auto,
    /// HMAC-SHA1 in the query
    Rpc,
    /// ACS3-HMAC-SHA256 in the headers
    Acs3,
}

impl From<AliyunSignature> for provider::AliyunSignature {
    fn from(form: AliyunSignature) -> Self {
        match form {
            AliyunSignature::Auto => Self::Auto,
            AliyunSignature::Rpc => Self::Rpc,
            AliyunSignature::Acs3 => Self::Acs3,
        }
    }
}

/// What `--generate` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Generate {
    /// The manual page
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

/// The clouds' ids, and the other names that their users know them by.
fn clouds() -> PossibleValuesParser {
    let clouds = provider::ALL.iter().map(|cloud| {
        let info = cloud.info();
        clap::builder::PossibleValue::new(info.id).aliases(info.aliases).help(info.title)
    });
    PossibleValuesParser::new(clouds)
}

fn refuse(why: &str, hint: &str) -> Error {
    Error::new(ErrorKind::Usage, why).hinted(hint)
}

fn tag(text: &str) -> Result<(String, String), Error> {
    let form = "write `--tag KEY=VALUE`";
    let (key, value) = text.split_once('=').ok_or_else(|| refuse("it has no `=`", form))?;
    if key.is_empty() {
        return Err(refuse("no key stands before its `=`", form));
    }
    Ok((key.to_owned(), value.to_owned()))
}

fn attempts(text: &str) -> Result<u32, Error> {
    let count = text.parse().ok().filter(|count| (1..=100).contains(count));
    count
        .ok_or_else(|| refuse("this is no number from 1 to 100", "leave it out for the default, 5"))
}

fn jobs(text: &str) -> Result<u16, Error> {
    let count = text.parse().ok().filter(|count| (1..=4096).contains(count));
    count.ok_or_else(|| {
        refuse("this is no number from 1 to 4096", "leave it out for the default, 64")
    })
}

/// Reads a time: a number with `ms`, `s` or `m`, of at most an hour.
fn time(text: &str) -> Result<Duration, Error> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let form = || refuse("this is no time", "write a time such as `500ms`, `60s` or `2m`");
    let number: u64 = number.parse().map_err(|_| form())?;
    let time = match unit {
        "ms" => Duration::from_millis(number),
        "s" | "" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err(form()),
    };
    if time.is_zero() || time > Duration::from_secs(3600) {
        return Err(refuse("this is out of range", "write a time from `1ms` to `60m`"));
    }
    Ok(time)
}
