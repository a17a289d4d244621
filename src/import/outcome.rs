//! How an import ended, as reports need it.

use std::time::Duration;

use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::phrase::{Phrase, phrase};
use crate::provider::KeyPair;
use crate::redact::{Redactor, SafeText};

/// How a target ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// This run stored the key.
    Imported,
    /// The key was there under this name before, or the cloud cannot tell whether this run stored it.
    AlreadyPresent,
    /// The key was there under another name.
    AlreadyPresentAs,
    /// `--dry-run`: a run would store it.
    WouldImport,
    /// `--check`: it is not there.
    Absent,
    /// The name or the key is held by something else.
    Conflict,
    /// It is not there, and the error says why.
    Failed,
    /// Whether it is there could not be learnt.
    Unknown,
    /// No import was under way when the run was stopped: it was not begun, or looked at only.
    Skipped,
}

impl Status {
    /// Every status.
    pub const ALL: &'static [Self] = &[
        Self::Imported,
        Self::AlreadyPresent,
        Self::AlreadyPresentAs,
        Self::WouldImport,
        Self::Absent,
        Self::Conflict,
        Self::Failed,
        Self::Unknown,
        Self::Skipped,
    ];

    /// Whether the target is as wanted.
    pub const fn is_as_wanted(self) -> bool {
        match self {
            Self::Imported | Self::AlreadyPresent | Self::AlreadyPresentAs | Self::WouldImport => {
                true
            }
            Self::Absent | Self::Conflict | Self::Failed | Self::Unknown | Self::Skipped => false,
        }
    }
}

/// What shows that the cloud holds this very key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// The cloud showed the key.
    PublicKey,
    /// The cloud showed the key's fingerprint.
    Fingerprint,
    /// Nothing does.
    #[default]
    #[serde(rename = "no")]
    None,
}

/// How one target ended.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// Whether this run stored the key; `None` where that is not known.
    pub changed: Option<bool>,
    /// What shows it.
    pub verified: Verification,
    /// The key pair as the cloud holds it, where one matters.
    pub stored: Option<KeyPair<SafeText>>,
    /// The ids of the requests, in order.
    pub request_ids: Vec<SafeText>,
    /// How many requests were sent.
    pub requests: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// Why it is not as wanted.
    pub error: Option<Error>,
    /// How a response that was lost was settled.
    pub remark: Option<Phrase>,
    /// What the user should know all the same.
    pub warnings: Vec<Phrase>,
}

impl Outcome {
    /// A target of which nothing was sent.
    pub fn skipped() -> Self {
        Self::of(Status::Skipped)
    }

    /// A target that failed.
    pub fn failed(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::NameTaken | ErrorKind::KeyTaken => Status::Conflict,
            ErrorKind::OutcomeUnknown => Status::Unknown,
            _ => Status::Failed,
        };
        Self { error: Some(error), ..Self::of(status) }
    }

    /// A target whose key pair the provider holds.
    pub(super) fn stored(
        status: Status,
        pair: &KeyPair,
        verified: Verification,
        redactor: &Redactor,
    ) -> Self {
        let mut outcome =
            Self { verified, stored: Some(pair.display(redactor)), ..Self::of(status) };
        if status == Status::Imported && verified == Verification::None {
            let warning =
                "the cloud accepted the key and shows nothing that proves which key it holds";
            outcome.warnings.push(warning.into());
        }
        outcome
    }

    /// A target whose key pair was found after a lost response; `changed` says whether this run stored it.
    pub(super) fn found(
        changed: Option<bool>,
        pair: &KeyPair,
        verified: Verification,
        redactor: &Redactor,
    ) -> Self {
        let status = if changed == Some(true) { Status::Imported } else { Status::AlreadyPresent };
        let mut outcome = Self { changed, ..Self::stored(status, pair, verified, redactor) };
        if changed.is_none() {
            let why = match pair.created.map(|created| created.unit.as_secs()) {
                None => "has no readable creation time",
                Some(0..=1) => "has a creation time that does not settle it",
                Some(60) => "has a creation time without seconds",
                Some(_) => "has a creation time without a time zone",
            };
            let warning =
                phrase!("the cloud cannot tell whether this run stored it: the key pair {}", why);
            outcome.warnings.push(warning);
        }
        outcome
    }

    pub(super) fn of(status: Status) -> Self {
        Self {
            status,
            changed: match status {
                Status::Imported => Some(true),
                Status::Unknown => None,
                _ => Some(false),
            },
            verified: Verification::None,
            stored: None,
            request_ids: Vec::new(),
            requests: 0,
            elapsed: Duration::ZERO,
            error: None,
            remark: None,
            warnings: Vec::new(),
        }
    }
}
