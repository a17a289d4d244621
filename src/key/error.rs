//! Why an input is rejected. No message quotes the input, except a sanitised key type or block label.

use crate::error::ErrorKind;

/// Why an input is rejected.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// It holds a private key.
    #[error("the input holds a private key ({form})")]
    Private {
        /// The form by which it was recognised, such as `OpenSSH` or `PKCS#8`.
        form: &'static str,
    },
    /// It is larger than [`super::MAX_INPUT`].
    #[error("the input is larger than 64 KiB, which no public key is")]
    TooLarge,
    /// It holds only blank lines and comments.
    #[error("the input holds no key")]
    Empty,
    /// It is not text.
    #[error("the input is binary, not the text of a public key")]
    Binary,
    /// A line is not a public key.
    #[error("line {line} is not a public key")]
    NotAKey {
        /// Counted from 1.
        line: usize,
    },
    /// Something precedes the key type: `authorized_keys` options, or the host names of `known_hosts`.
    #[error(
        "line {line}: options or host names precede the key, and importing it would drop that restriction"
    )]
    Restricted {
        /// Counted from 1.
        line: usize,
    },
    /// The key is wrapped in a certificate.
    #[error("line {line}: this is a certificate, not a plain public key")]
    Certificate {
        /// Counted from 1.
        line: usize,
    },
    /// The type is not one of those that are imported.
    #[error("line {line}: keys of type `{name}` are not imported")]
    UnknownType {
        /// Counted from 1.
        line: usize,
        /// The type, sanitised.
        name: String,
    },
    /// The block between `BEGIN` and `END` is not a public key.
    #[error("line {line}: a block labelled `{label}` is not imported")]
    UnknownBlock {
        /// Counted from 1.
        line: usize,
        /// The label, sanitised.
        label: String,
    },
    /// The type in front of the key is not the key's own.
    #[error("line {line}: the key is not of the type in front of it")]
    OtherType {
        /// Counted from 1.
        line: usize,
    },
    /// The base64 is damaged.
    #[error("line {line}: the base64 of the key is damaged or cut off")]
    NotBase64 {
        /// Counted from 1; of a block, the line of its `BEGIN`.
        line: usize,
    },
    /// A block lacks its `END`.
    #[error("line {line}: the block that begins here does not end")]
    OpenBlock {
        /// Counted from 1.
        line: usize,
    },
    /// The data of the key is not a valid key.
    #[error("line {line}: {why}")]
    Broken {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The key is too small; OpenSSH rejects it too.
    #[error("line {line}: a key of {bits} bits is too small, 1024 is the least")]
    Small {
        /// Counted from 1.
        line: usize,
        /// The size of the modulus.
        bits: u32,
    },
}

impl KeyError {
    /// Returns the kind, from which exit code and hint follow.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Private { .. } => ErrorKind::PrivateKey,
            Self::Restricted { .. }
            | Self::Certificate { .. }
            | Self::UnknownType { .. }
            | Self::UnknownBlock { .. }
            | Self::Small { .. } => ErrorKind::KeyUnsupported,
            Self::TooLarge
            | Self::Empty
            | Self::Binary
            | Self::NotAKey { .. }
            | Self::OtherType { .. }
            | Self::NotBase64 { .. }
            | Self::OpenBlock { .. }
            | Self::Broken { .. } => ErrorKind::KeyInvalid,
        }
    }
}

/// Sanitises a name from an input for a message: at most 48 plain characters.
pub(super) fn clean(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@ ".contains(letter);
    name.chars().take(48).map(|letter| if plain(letter) { letter } else { '?' }).collect()
}
