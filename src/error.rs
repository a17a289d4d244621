//! Errors: one kind, from which exit code, hint and retry class follow.

mod detail;
mod exit_code;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::Duration;

use serde::Serialize;

pub use self::detail::Detail;
pub use self::exit_code::ExitCode;

use crate::phrase::Phrase;
use crate::redact::{Redactor, SafeText, Untrusted};

/// What went wrong. Exit code, hint and retry class are functions of this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A flag, a value or a combination of them is invalid.
    Usage,
    /// The input holds a private key.
    PrivateKey,
    /// The input is not a valid public key.
    KeyInvalid,
    /// A valid key of a kind that is not imported: a certificate, a key with `authorized_keys` options, a small key.
    KeyUnsupported,
    /// No source holds a credential.
    NoCredentials,
    /// A credential source is set and invalid: unreadable, incomplete or of an unsupported mode.
    CredentialsInvalid,
    /// The provider rejects the credential.
    CredentialsRejected,
    /// The session token has expired.
    CredentialsExpired,
    /// This machine's clock differs too much from the provider's.
    ClockSkew,
    /// The credential is valid and lacks the permission.
    PermissionDenied,
    /// The name holds another key.
    NameTaken,
    /// The key is stored under another name.
    KeyTaken,
    /// The quota of key pairs in this region is used up.
    QuotaExceeded,
    /// The provider throttles; the request was not processed.
    Throttled,
    /// The provider failed; the request may have been processed.
    Unavailable,
    /// The provider could not be reached.
    Network,
    /// A request was sent, and whether it was processed could not be found out in time.
    OutcomeUnknown,
    /// The provider rejects this key.
    KeyRefused,
    /// The provider rejects this name.
    NameRefused,
    /// The provider does not know this region, or does not serve it at this host.
    RegionRefused,
    /// The provider rejects another value.
    ValueRefused,
    /// The provider holds something else than what it was sent.
    Mismatch,
    /// Anything else.
    Unexpected,
}

impl ErrorKind {
    /// Returns the exit code of a run in which this was the only class of failure.
    pub const fn exit_code(self) -> u8 {
        let code = match self {
            Self::Mismatch | Self::Unexpected => ExitCode::Unexpected,
            Self::Usage => ExitCode::Usage,
            Self::PrivateKey | Self::KeyInvalid | Self::KeyUnsupported => ExitCode::Key,
            Self::NoCredentials
            | Self::CredentialsInvalid
            | Self::CredentialsRejected
            | Self::CredentialsExpired
            | Self::ClockSkew => ExitCode::Credentials,
            Self::PermissionDenied => ExitCode::PermissionDenied,
            Self::NameTaken | Self::KeyTaken => ExitCode::Conflict,
            Self::QuotaExceeded => ExitCode::Quota,
            Self::Throttled | Self::Unavailable | Self::Network => ExitCode::Transient,
            Self::OutcomeUnknown => ExitCode::Unknown,
            Self::KeyRefused | Self::NameRefused | Self::RegionRefused | Self::ValueRefused => {
                ExitCode::Refused
            }
        };
        code.number()
    }

    /// Returns what a user can do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Usage => "`keyimport --help` lists every option",
            Self::PrivateKey => "give the `.pub` file beside it",
            Self::KeyInvalid => "copy the whole key again, or export it anew",
            Self::KeyUnsupported => {
                "give a plain public key, the `.pub` file that `ssh-keygen` writes"
            }
            Self::NoCredentials => {
                "set the variables of this cloud, or log in with its own command-line tool"
            }
            Self::CredentialsInvalid => "fix the credential source named above, or unset it",
            Self::CredentialsRejected => {
                "check the access key id and the secret; look for a trailing space or newline from copy and paste"
            }
            Self::CredentialsExpired => "get a new session token and run again",
            Self::ClockSkew => "set the clock of this machine (NTP) and run again",
            Self::PermissionDenied => {
                "allow this identity to import and list key pairs, or use another one"
            }
            Self::NameTaken => "give another name with `--name`; nothing was changed",
            Self::KeyTaken => "use the name that holds the key, or leave `--name` out",
            Self::QuotaExceeded => "delete a key pair that is no longer used",
            Self::Throttled | Self::Unavailable | Self::Network => "it is safe to run again",
            Self::OutcomeUnknown => "run the same command again to settle it",
            Self::KeyRefused => "every cloud accepts an RSA key of 2048 bits or more",
            Self::NameRefused => "give another name with `--name`",
            Self::RegionRefused => "choose another region with `--region`",
            Self::ValueRefused => "change the value named above",
            Self::Mismatch => "check the key pair in the cloud's console before you use it",
            Self::Unexpected => "`-vv` shows the exchange with the cloud",
        }
    }

    /// Whether the same request may be sent again.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::Unavailable | Self::Network)
    }

    /// Whether a request with this error response may have been processed.
    pub const fn is_uncertain(self) -> bool {
        matches!(self, Self::Unavailable)
    }

    /// Returns the name used in JSON.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => format!("{self:?}"),
        }
    }
}

/// An error: its kind decides what follows, the rest explains it.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message())]
pub struct Error {
    kind: ErrorKind,
    message: Box<Phrase>,
    /// What the message ends with where it is one line.
    details: Vec<Detail>,
    hint: Box<Phrase>,
    response: Option<Box<ErrorResponse<SafeText>>>,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Makes an error of a kind; the message is a lower-case fragment without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<Phrase>) -> Self {
        let (message, hint) = (Box::new(message.into()), Box::new(kind.hint().into()));
        Self { kind, message, details: Vec::new(), hint, response: None, source: None }
    }

    /// Adds lines below the message.
    #[must_use]
    pub fn with_details(mut self, details: impl IntoIterator<Item = Detail>) -> Self {
        self.details.extend(details);
        self
    }

    /// Makes an error about the arguments.
    pub fn usage(message: impl Into<Phrase>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Replaces the kind's hint with a more specific one.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<Phrase>) -> Self {
        self.hint = Box::new(hint.into());
        self
    }

    /// Replaces the message.
    #[must_use]
    pub fn with_message(self, message: impl Into<Phrase>) -> Self {
        Self { message: Box::new(message.into()), ..self }
    }

    /// Replaces the kind, and its hint.
    #[must_use]
    pub fn of_kind(self, kind: ErrorKind) -> Self {
        let is_own = *self.hint != *self.kind.hint();
        let hint = if is_own { self.hint } else { Box::new(kind.hint().into()) };
        Self { kind, hint, ..self }
    }

    /// Attaches the provider's error response.
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

    /// Puts a context (a file, a provider and region) before the message.
    #[must_use]
    pub fn at(mut self, context: impl std::fmt::Display) -> Self {
        *self.message = self.message.at(context);
        self
    }

    /// Returns the kind, from which exit code and retry class follow.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the message alone, without details, cause and hint.
    pub fn headline(&self) -> &Phrase {
        &self.message
    }

    /// Returns the lines below the message.
    pub fn details(&self) -> &[Detail] {
        &self.details
    }

    /// Returns the message and its details in one line, without cause and hint.
    pub fn message(&self) -> Cow<'_, str> {
        let details = self.details.iter().filter(|detail| !detail.is_older());
        let details: Vec<String> = details.map(ToString::to_string).collect();
        if details.is_empty() {
            return Cow::Borrowed(&self.message);
        }
        Cow::Owned(format!("{}: {}", self.message, details.join("; ")))
    }

    /// Returns the error's own hint, or its kind's.
    pub fn hint(&self) -> &Phrase {
        &self.hint
    }

    /// Returns the provider's error response, if there is one.
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
        let no_id = Untrusted::default();
        let id = self.request_id.as_ref();
        let [code, message, shown_id] =
            redactor.display_all([&self.code, &self.message, id.unwrap_or(&no_id)]);
        ErrorResponse {
            status: self.status,
            code,
            message,
            request_id: id.map(|_| shown_id),
            retry_after: self.retry_after,
        }
    }
}
