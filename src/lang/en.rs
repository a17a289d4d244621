//! English.

use super::{Example, HelpTexts, ReportTexts, Texts, Variable};
use crate::error::{ErrorKind, ExitCode};
use crate::import::Status;
use crate::provider::Purpose;

pub(super) const TEXTS: Texts = Texts {
    title: |info| info.title,
    colon: ": ",
    comma: ", ",
    semicolon: "; ",
    phrase: None,
    help: HelpTexts {
        command: None,
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
    report: ReportTexts {
        error: "error",
        warning: "warning",
        hint: "hint",
        cause: "cause",
        tried: "tried",
        detail: "detail",
        status,
        kind: |kind| match kind {
            ErrorKind::Usage => "usage",
            ErrorKind::PrivateKey => "private key",
            ErrorKind::KeyInvalid => "key invalid",
            ErrorKind::KeyUnsupported => "key unsupported",
            ErrorKind::NoCredentials => "no credentials",
            ErrorKind::CredentialsInvalid => "credentials invalid",
            ErrorKind::CredentialsRejected => "credentials rejected",
            ErrorKind::CredentialsExpired => "credentials expired",
            ErrorKind::ClockSkew => "clock skew",
            ErrorKind::PermissionDenied => "permission denied",
            ErrorKind::NameTaken => "name taken",
            ErrorKind::KeyTaken => "key taken",
            ErrorKind::QuotaExceeded => "quota exceeded",
            ErrorKind::Throttled => "throttled",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Network => "network",
            ErrorKind::OutcomeUnknown => "outcome unknown",
            ErrorKind::KeyRefused => "key refused",
            ErrorKind::NameRefused => "name refused",
            ErrorKind::RegionRefused => "region refused",
            ErrorKind::ValueRefused => "value refused",
            ErrorKind::Mismatch => "mismatch",
            ErrorKind::Unexpected => "unexpected",
        },
        stored: |is_verified, is_renamed| match (is_verified, is_renamed) {
            (true, false) => "(verified)",
            (true, true) => "(verified, under this name)",
            (false, false) => "(not verified)",
            (false, true) => "(not verified, under this name)",
        },
        targets: |targets| format!("{targets} targets"),
        count: |count, status| match status {
            Status::AlreadyPresentAs => format!("{count} already there under another name"),
            other => format!("{count} {}", self::status(other)),
        },
    },
};

const fn status(status: Status) -> &'static str {
    match status {
        Status::Imported => "imported",
        Status::AlreadyPresent | Status::AlreadyPresentAs => "already there",
        Status::WouldImport => "would import",
        Status::Absent => "not there",
        Status::Conflict => "conflict",
        Status::Failed => "failed",
        Status::Unknown => "unknown",
        Status::Skipped => "skipped",
    }
}
