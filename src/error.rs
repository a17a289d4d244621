//! What can go wrong, in the user's terms: one kind, from which exit code, hint and retry class follow.

use std::error::Error as StdError;
use std::time::Duration;

use serde::Serialize;

use crate::redact::{Redactor, SafeText, Untrusted};

/// What went wrong. Exit code, hint and retry class are functions of this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A flag, a value or a combination of them makes no sense.
    Usage,
    /// The input holds a private key.
    PrivateKey,
    /// The input is no public key, or a broken one.
    KeyInvalid,
    /// A sound key of a sort that is not imported: a certificate, a restricted or too small key.
    KeyUnsupported,
    /// No credential was found anywhere.
    NoCredentials,
    /// A credential source is set and broken: unreadable, incomplete or of an unsupported mode.
    CredentialsInvalid,
    /// The cloud does not accept the credential.
    CredentialsRejected,
    /// The session token has expired.
    CredentialsExpired,
    /// The clock of this machine is too far from the cloud's.
    ClockSkew,
    /// The credential is good and may not do this.
    PermissionDenied,
    /// The name holds another key.
    NameTaken,
    /// The key is stored under another name.
    KeyTaken,
    /// No more key pairs fit into this region.
    QuotaExceeded,
    /// The cloud asks to slow down; the request was not processed.
    Throttled,
    /// The cloud failed; the request may have been processed.
    Unavailable,
    /// The cloud could not be reached.
    Network,
    /// A request left and whether it was processed could not be learnt in time.
    OutcomeUnknown,
    /// The cloud does not take this key.
    KeyRefused,
    /// The cloud does not take this name.
    NameRefused,
    /// The cloud does not know this region, or not at this host.
    RegionRefused,
    /// The cloud does not take another value.
    ValueRefused,
    /// The cloud holds something else than what it was sent.
    Mismatch,
    /// Anything that no rule foresees.
    Unexpected,
}

impl ErrorKind {
    /// Every kind, for tables and tests.
    pub const ALL: &'static [Self] = &[
        Self::Usage,
        Self::PrivateKey,
        Self::KeyInvalid,
        Self::KeyUnsupported,
        Self::NoCredentials,
        Self::CredentialsInvalid,
        Self::CredentialsRejected,
        Self::CredentialsExpired,
        Self::ClockSkew,
        Self::PermissionDenied,
        Self::NameTaken,
        Self::KeyTaken,
        Self::QuotaExceeded,
        Self::Throttled,
        Self::Unavailable,
        Self::Network,
        Self::OutcomeUnknown,
        Self::KeyRefused,
        Self::NameRefused,
        Self::RegionRefused,
        Self::ValueRefused,
        Self::Mismatch,
        Self::Unexpected,
    ];

    /// Returns the exit code of a run in which this was the only class of failure.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Mismatch | Self::Unexpected => 1,
            Self::Usage => 2,
            Self::PrivateKey | Self::KeyInvalid | Self::KeyUnsupported => 3,
            Self::NoCredentials
            | Self::CredentialsInvalid
            | Self::CredentialsRejected
            | Self::CredentialsExpired
            | Self::ClockSkew => 4,
            Self::PermissionDenied => 5,
            Self::NameTaken | Self::KeyTaken => 6,
            Self::QuotaExceeded => 7,
            Self::Throttled | Self::Unavailable | Self::Network => 8,
            Self::OutcomeUnknown => 9,
            Self::KeyRefused | Self::NameRefused | Self::RegionRefused | Self::ValueRefused => 11,
        }
    }

    /// Returns what a user can do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Usage => "`keyimport --help` lists every option",
            Self::PrivateKey => "give the `.pub` file that lies beside it",
            Self::KeyInvalid => "`ssh-keygen -l -f FILE` tells whether the file is a public key",
            Self::KeyUnsupported => {
                "give a plain public key, the `.pub` file that `ssh-keygen` writes"
            }
            Self::NoCredentials => {
                "set the variables of this cloud, or log in with its own command-line tool"
            }
            Self::CredentialsInvalid => "mend the source that is named, or unset it",
            Self::CredentialsRejected => {
                "check the access key id and the secret; a copied blank or line end counts"
            }
            Self::CredentialsExpired => "get a new session token and run again",
            Self::ClockSkew => "set the clock of this machine (NTP) and run again",
            Self::PermissionDenied => {
                "allow this identity to import and list key pairs, or use another one"
            }
            Self::NameTaken => "give another name with `--name`; nothing was changed",
            Self::KeyTaken => "use the name that holds the key, or leave `--name` out",
            Self::QuotaExceeded => {
                "delete a key pair that is no longer used (the clouds keep 500 a region)"
            }
            Self::Throttled | Self::Unavailable | Self::Network => "it is safe to run again",
            Self::OutcomeUnknown => "running the same command again settles it",
            Self::KeyRefused => "an RSA key of 2048 bits or more is taken by every cloud",
            Self::NameRefused => "give another name with `--name`",
            Self::RegionRefused => "give a region of this cloud with `--region`",
            Self::ValueRefused => "change the value that the cloud names",
            Self::Mismatch => "look at the key pair in the cloud's console before using it",
            Self::Unexpected => "`-vv` shows the exchange with the cloud",
        }
    }

    /// Tells whether the same request may be sent again.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::Unavailable | Self::Network)
    }

    /// Tells whether a cloud that refuses so may have processed the request all the same.
    pub const fn is_uncertain(self) -> bool {
        matches!(self, Self::Unavailable)
    }

    /// Returns the name that JSON shows.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => format!("{self:?}"),
        }
    }
}

/// A failed step: the kind decides, the rest explains.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    response: Option<Box<ErrorResponse<SafeText>>>,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Makes an error of a kind; the message is a lower-case fragment without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, response: None, source: None }
    }

    /// Replaces the hint of the kind by one that knows more.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Attaches what the cloud said.
    #[must_use]
    pub fn with_response(mut self, response: ErrorResponse<SafeText>) -> Self {
        self.response = Some(Box::new(response));
        self
    }

    /// Attaches the error that this one explains.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Puts the place (a file, a cloud and region) before the message.
    #[must_use]
    pub fn at(mut self, place: impl std::fmt::Display) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// Returns the kind, from which exit code and retry class follow.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the message alone, without cause and hint.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do: the error's own hint, or its kind's.
    pub fn hint(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.kind.hint())
    }

    /// Returns what the cloud said, when a cloud refused.
    pub fn response(&self) -> Option<&ErrorResponse<SafeText>> {
        self.response.as_deref()
    }
}

/// An error response of a provider: decoded it holds [`Untrusted`] text, in an [`Error`] only what may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorResponse<T = Untrusted> {
    /// The HTTP status.
    pub status: u16,
    /// The provider's error code; empty when the response has none.
    pub code: T,
    /// The provider's message.
    pub message: T,
    /// The request id, by which the provider's support finds the request.
    pub request_id: Option<T>,
    /// How long the provider asks to wait before the next request.
    pub retry_after: Option<Duration>,
}

impl ErrorResponse {
    /// Returns what may be shown of it.
    pub fn display(&self, redactor: &Redactor) -> ErrorResponse<SafeText> {
        ErrorResponse {
            status: self.status,
            code: redactor.display(&self.code),
            message: redactor.display(&self.message),
            request_id: self.request_id.as_ref().map(|id| redactor.display(id)),
            retry_after: self.retry_after,
        }
    }
}
