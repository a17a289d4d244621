//! The texts of the program, one table for each language, all of the same shape.
//!
//! Not translated are: what programs read (JSON, columns on a pipe, codes, flags, names of variables), the clouds' own
//! sentences, the trace, the manual page.

mod en;
mod zh;

use clap::ValueEnum;

use crate::error::ExitCode;
use crate::ports::System;
use crate::provider::{ProviderInfo, Purpose, SignatureForm};

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    #[value(name = "en")]
    English,
    /// Chinese
    #[value(name = "zh")]
    Chinese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Returns the language of messages by the rules of POSIX: the first of three variables that is set and not empty
    /// counts.
    ///
    /// <https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02>
    pub fn of_environment(system: &dyn System) -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let mut set = names.iter().filter_map(|name| system.var(name));
        let locale = set.find(|value| !value.is_empty()).unwrap_or_default();
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }

    /// Returns its texts.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

/// The texts of one language.
#[derive(Debug)]
pub struct Texts {
    /// The name of a cloud.
    pub title: fn(&ProviderInfo) -> &'static str,
    /// Texts of `--help`.
    pub help: HelpTexts,
    /// Errors in the arguments.
    pub parser: ParserTexts,
}

/// Texts of `--help`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say which heading or sentence is meant")]
pub struct HelpTexts {
    /// Texts of the command line itself. `None` in English, where they are the comments of the flags in `cli`.
    pub command: Option<CommandTexts>,
    pub examples: &'static str,
    pub exit_codes: &'static str,
    pub environment: &'static str,
    /// What stands between a term and what it means.
    pub colon: &'static str,
    /// What each of the examples does.
    pub example: fn(Example) -> &'static str,
    pub exit_code: fn(ExitCode) -> &'static str,
    /// What the variables of one purpose are called.
    pub purpose: fn(Purpose) -> &'static str,
    pub variable: fn(Variable) -> &'static str,
}

/// Texts of the command line itself.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say which heading or sentence is meant")]
pub struct CommandTexts {
    pub about: &'static str,
    pub usage: &'static str,
    pub arguments: &'static str,
    pub default: &'static str,
    pub values: &'static str,
    /// The heading of a group of flags, by the English one.
    pub heading: fn(&str) -> Option<&'static str>,
    /// The help of a flag, by its id.
    pub flag: fn(&str) -> Option<FlagText>,
    /// What a value means, by the flag's id and the value.
    pub value: fn(&str, &str) -> Option<&'static str>,
    /// The help of the flag that chooses the signature of a cloud.
    pub signature: fn(&ProviderInfo) -> String,
    pub signature_form: fn(&SignatureForm) -> &'static str,
}

/// The help of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlagText {
    /// One line.
    pub short: &'static str,
    /// What `--help` adds; may be empty.
    pub long: &'static str,
}

/// Errors in the arguments, and their hints.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say which error is meant")]
pub struct ParserTexts {
    pub needs_value: fn(&str) -> String,
    pub invalid_value: fn(flag: &str, value: &str) -> String,
    pub unknown_flag: fn(&str) -> String,
    pub did_you_mean: fn(&str) -> String,
    pub choose_from: fn(&str) -> String,
    pub write: fn(&str) -> String,
    pub excludes: fn(flag: &str, others: &str) -> String,
    pub excludes_all: fn(&str) -> String,
    pub leave_one_out: &'static str,
    pub leave_others_out: &'static str,
    pub given_twice: fn(&str) -> String,
    pub give_once: &'static str,
    pub takes_no_value: fn(flag: &str, value: &str) -> String,
    pub leave_value_out: &'static str,
    pub not_utf8: &'static str,
    pub only_paths: &'static str,
    pub usage_hint: &'static str,
}

/// A command that help texts show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say what each does")]
pub enum Example {
    OneKey,
    Regions,
    Clouds,
    AllRegions,
    StandardInput,
    DryRun,
    Check,
    Offline,
    Sandbox,
}

impl Example {
    /// Every example, in the order of help texts.
    pub const ALL: [Self; 9] = [
        Self::OneKey,
        Self::Regions,
        Self::Clouds,
        Self::AllRegions,
        Self::StandardInput,
        Self::DryRun,
        Self::Check,
        Self::Offline,
        Self::Sandbox,
    ];
}

/// Environment variables that are not of one cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say what each does")]
pub enum Variable {
    Proxies,
    Certificates,
    Color,
    NoMetadata,
    Language,
}

impl Variable {
    /// Every kind of variable, in the order of help texts.
    pub const ALL: [Self; 5] =
        [Self::Proxies, Self::Certificates, Self::Color, Self::NoMetadata, Self::Language];
}

/// English.
pub static ENGLISH: Texts = en::TEXTS;
/// Chinese, in simplified characters.
pub static CHINESE: Texts = zh::TEXTS;
