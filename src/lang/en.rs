//! English.

use super::{Example, HelpTexts, ParserTexts, Texts, Variable};
use crate::error::{ErrorKind, ExitCode};
use crate::provider::Purpose;

pub(super) const TEXTS: Texts = Texts {
    title: |info| info.title,
    help: HelpTexts {
        command: None,
        colon: ": ",
        examples: "Examples",
        exit_codes: "Exit codes",
        environment: "Environment variables",
        example: |example| match example {
            Example::OneKey => "Import a key into the region of the profile or the default one",
            Example::Regions => "Import it into two regions",
            Example::Clouds => "Import it into several clouds",
            Example::AllRegions => {
                "Import it into every region that the cloud lists, and print JSON"
            }
            Example::StandardInput => "Read the key from standard input and name it",
            Example::DryRun => "Ask the cloud what a run would do; nothing is changed",
            Example::Check => "Check in a script whether the key is there",
            Example::Offline => "Show fingerprints and request without credentials or a connection",
            Example::Sandbox => "Try it without an account",
        },
        exit_code: |code| match code {
            ExitCode::AsWanted => "every target is as wanted",
            ExitCode::Unexpected => {
                "unexpected error, or the cloud holds something else than was sent"
            }
            ExitCode::Usage => "wrong usage or configuration",
            ExitCode::Key => "the key was refused; nothing was sent",
            ExitCode::Credentials => "no credentials, rejected ones, or a wrong clock",
            ExitCode::PermissionDenied => "not permitted",
            ExitCode::Conflict => "the name or the key is taken; nothing was changed",
            ExitCode::Quota => "the quota of key pairs is reached",
            ExitCode::Transient => "throttled, unavailable or no network; safe to run again",
            ExitCode::Unknown => "the outcome is unknown; running again settles it",
            ExitCode::Mixed => "some targets are as wanted, some are not",
            ExitCode::Refused => "the cloud refused the key, the name, the region or another value",
            ExitCode::Absent => "--check: the key is not there",
            ExitCode::HungUp => "stopped by a closed terminal (SIGHUP)",
            ExitCode::Interrupted => "stopped by Ctrl-C (SIGINT)",
            ExitCode::Terminated => "stopped by SIGTERM",
        },
        purpose: |purpose| match purpose {
            Purpose::Key => "Key",
            Purpose::Profile => "Profile and files",
            Purpose::Region => "Region",
            Purpose::Role => "Role and login",
            Purpose::Service => "Instance or container",
            Purpose::Address => "Address",
        },
        variable: |variable| match variable {
            Variable::Proxies => {
                "Proxies, and hosts to reach without one; lower case works too. A proxy is \
                 SCHEME://[USER[:PASSWORD]@]HOST[:PORT], with http, https, socks5 or socks5h."
            }
            Variable::Certificates => "CA certificates to trust instead of the system's.",
            Variable::Color => "When set, no color unless --color asks for it.",
            Variable::NoMetadata => "Ask no instance metadata service for credentials.",
            Variable::Language => "Chinese where the first one that is set begins with zh.",
        },
    },
    parser: ParserTexts {
        needs_value: |flag| format!("`{flag}` needs a value"),
        invalid_value: |flag, value| format!("invalid value `{value}` for `{flag}`"),
        unknown_flag: |flag| format!("unknown option `{flag}`"),
        did_you_mean: |near| format!("did you mean `{near}`?"),
        choose_from: |values| format!("choose from {values}"),
        write: |form| format!("write `{form}`"),
        excludes: |flag, others| format!("`{flag}` cannot be used with {others}"),
        excludes_all: |flag| format!("`{flag}` cannot be used with other arguments"),
        leave_one_out: "leave one of them out",
        leave_others_out: "leave the others out",
        given_twice: |flag| format!("`{flag}` is given twice"),
        give_once: "give it once",
        takes_no_value: |flag, value| format!("`{flag}` takes no value, but `{value}` is given"),
        leave_value_out: "leave the value out",
        not_utf8: "the value of an option is not UTF-8",
        only_paths: "only paths of key files may contain other bytes",
        usage_hint: ErrorKind::Usage.hint(),
    },
};
