//! Why an input is rejected. No message quotes the input, except a sanitised key type or block label.

use crate::error::ErrorKind;

/// Why an input is rejected. Lines are counted from 1; that of a block is the one of its `BEGIN`.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// It holds a private key of a form such as `OpenSSH` or `PKCS#8`.
    #[error("the input holds a private key ({0})")]
    Private(&'static str),
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
    #[error("line {0} is not a public key")]
    NotAKey(usize),
    /// Something precedes the key type: `authorized_keys` options, or the host names of `known_hosts`.
    #[error(
        "line {0}: options or host names precede the key, and importing it would drop that restriction"
    )]
    Restricted(usize),
    /// The key is wrapped in a certificate.
    #[error("line {0}: this is a certificate, not a plain public key")]
    Certificate(usize),
    /// The type, which is sanitised, is not one of those that are imported.
    #[error("line {0}: keys of type `{1}` are not imported")]
    UnknownType(usize, String),
    /// The block between `BEGIN` and `END` has the label of something else; the label is sanitised.
    #[error("line {0}: a block labelled `{1}` is not imported")]
    UnknownBlock(usize, String),
    /// The type in front of the key is not the key's own.
    #[error("line {0}: the key is not of the type in front of it")]
    OtherType(usize),
    /// The base64 is damaged.
    #[error("line {0}: the base64 of the key is damaged or cut off")]
    NotBase64(usize),
    /// A block lacks its `END`.
    #[error("line {0}: the block that begins here does not end")]
    OpenBlock(usize),
    /// The data of the key is not a valid key, for the reason given.
    #[error("line {0}: {1}")]
    Broken(usize, &'static str),
    /// The key has so few bits that OpenSSH rejects it too.
    #[error("line {0}: a key of {1} bits is too small, 1024 is the least")]
    Small(usize, u32),
}

impl KeyError {
    /// Returns the kind, from which exit code and hint follow.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Private(..) => ErrorKind::PrivateKey,
            Self::Restricted(..)
            | Self::Certificate(..)
            | Self::UnknownType(..)
            | Self::UnknownBlock(..)
            | Self::Small(..) => ErrorKind::KeyUnsupported,
            Self::TooLarge
            | Self::Empty
            | Self::Binary
            | Self::NotAKey(..)
            | Self::OtherType(..)
            | Self::NotBase64(..)
            | Self::OpenBlock(..)
            | Self::Broken(..) => ErrorKind::KeyInvalid,
        }
    }
}

/// Sanitises a name from an input for a message: at most 48 plain characters.
pub(super) fn clean(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@ ".contains(letter);
    name.chars().take(48).map(|letter| if plain(letter) { letter } else { '?' }).collect()
}
