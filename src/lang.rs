//! The texts of the program, one table for each language, all of the same shape.

mod en;

use crate::error::ExitCode;
use crate::provider::Purpose;

/// The texts of one language.
#[derive(Debug)]
pub struct Texts {
    /// Texts of `--help` and the manual page.
    pub help: HelpTexts,
}

/// Texts of `--help`, except for those of the flags.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say which heading or sentence is meant")]
pub struct HelpTexts {
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
}

/// English.
pub static ENGLISH: Texts = en::TEXTS;
