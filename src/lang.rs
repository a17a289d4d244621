//! The texts of the program, one table for each language, all of the same shape.
//!
//! Not translated are: what programs read (JSON, columns on a pipe, codes, flags, names of variables), the clouds' own
//! sentences, the trace, the manual page.

mod en;
mod wrap;
mod zh;

pub use self::wrap::wrap;

use clap::ValueEnum;

use crate::error::{ErrorKind, ExitCode};
use crate::import::Status;
use crate::phrase::Phrase;
use crate::ports::System;
use crate::provider::{self, ProviderInfo, Purpose, SignatureForm};

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
    /// What stands between a term and what it means.
    pub colon: &'static str,
    /// What stands between the items of a list.
    pub comma: &'static str,
    /// What stands between two sentences.
    pub semicolon: &'static str,
    /// The translation of a phrase, by its template. One that is empty says no more than the kind of the error does.
    /// `None` in English.
    pub phrase: Option<fn(&str) -> Option<&'static str>>,
    /// Texts of `--help`.
    pub help: HelpTexts,
    /// Words of results and messages.
    pub report: ReportTexts,
}

impl Texts {
    /// Returns a phrase without its contexts in this language; `None` where it has no translation.
    pub fn translate(&self, phrase: &Phrase) -> Option<String> {
        match self.phrase {
            None => Some(phrase.text().to_owned()),
            Some(translation) => {
                phrase.translate(translation, &|value| self.value(value), self.semicolon)
            }
        }
    }

    /// Returns a phrase in this language, or in English where it has no translation.
    pub fn show(&self, phrase: &Phrase) -> String {
        let text = self.translate(phrase).unwrap_or_else(|| phrase.text().to_owned());
        let contexts = phrase.contexts().iter();
        let contexts = contexts.map(|context| format!("{}{}", self.value(context), self.colon));
        contexts.chain([text]).collect()
    }

    /// Translates a value or context of a phrase, or a text that is not a phrase, if it is the name of a cloud or several
    /// words that have a translation. A single word stays, since it may be the user's.
    pub fn value(&self, value: &str) -> String {
        let cloud = provider::infos().find(|info| info.title == value).map(self.title);
        let sentence = || self.phrase.filter(|_| value.contains(' '))?(value);
        cloud.or_else(sentence).unwrap_or(value).to_owned()
    }
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

/// Words of results and messages.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say which word is meant")]
pub struct ReportTexts {
    pub error: &'static str,
    pub warning: &'static str,
    pub hint: &'static str,
    pub cause: &'static str,
    /// The places that were tried.
    pub tried: &'static str,
    /// What is known only in English.
    pub detail: &'static str,
    pub status: fn(Status) -> &'static str,
    /// What went wrong, in few words.
    pub kind: fn(ErrorKind) -> &'static str,
    /// What the last column says of a key that is there: whether that is verified, and whether it has another name than
    /// asked for.
    pub stored: fn(is_verified: bool, is_renamed: bool) -> &'static str,
    /// How many targets there are.
    pub targets: fn(usize) -> String,
    /// How many of them ended so.
    pub count: fn(usize, Status) -> String,
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
