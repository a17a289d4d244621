//! Why an input is rejected. No message quotes the input, except a sanitised key type or block label.

use crate::error::ErrorKind;
use crate::phrase::{Phrase, phrase};

/// Why an input is rejected. Lines are counted from 1; that of a block is the one of its `BEGIN`.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("{}", self.message())]
pub enum KeyError {
    /// It holds a private key of a form such as `OpenSSH` or `PKCS#8`.
    Private(&'static str),
    /// It holds one among other things, encoded or cut off: no program reads it as it is.
    PrivateInside(&'static str),
    /// It is larger than [`super::MAX_INPUT`].
    TooLarge,
    /// It holds only blank lines and comments.
    Empty,
    /// It is not text.
    Binary,
    /// A line is not a public key.
    NotAKey(usize),
    /// A line that is not a public key belongs to a here-document.
    HereDocument(usize),
    /// A second key begins on a line.
    LostLineEnd(usize),
    /// What follows a key on its line, or a header of its block, may be a part of a key.
    KeyInComment(usize),
    /// Something precedes the key type: `authorized_keys` options, or the host names of `known_hosts`.
    Restricted(usize),
    /// The key is wrapped in a certificate.
    Certificate(usize),
    /// It is a certificate of TLS.
    X509(usize),
    /// The type, which is sanitised, is not one of those that are imported.
    UnknownType(usize, String),
    /// The block between `BEGIN` and `END` has the label of something else; the label is sanitised.
    UnknownBlock(usize, String),
    /// The type in front of the key is not the key's own.
    OtherType(usize),
    /// The base64 is damaged.
    NotBase64(usize),
    /// The lines of a block stand on one line.
    OneLine(usize),
    /// A block lacks its `END`.
    OpenBlock(usize),
    /// The data of the key is not a valid key, for the reason given.
    Broken(usize, &'static str),
    /// The key has so few bits that OpenSSH rejects it too.
    Small(usize, u32),
}

impl KeyError {
    /// Returns the kind, from which exit code and hint follow.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Private(..) | Self::PrivateInside(..) => ErrorKind::PrivateKey,
            Self::Restricted(..)
            | Self::Certificate(..)
            | Self::X509(..)
            | Self::UnknownType(..)
            | Self::UnknownBlock(..)
            | Self::Small(..) => ErrorKind::KeyUnsupported,
            Self::TooLarge
            | Self::Empty
            | Self::Binary
            | Self::NotAKey(..)
            | Self::HereDocument(..)
            | Self::LostLineEnd(..)
            | Self::KeyInComment(..)
            | Self::OneLine(..)
            | Self::OtherType(..)
            | Self::NotBase64(..)
            | Self::OpenBlock(..)
            | Self::Broken(..) => ErrorKind::KeyInvalid,
        }
    }

    /// Says what is wrong.
    pub fn message(&self) -> Phrase {
        match self {
            Self::Private(form) | Self::PrivateInside(form) => {
                phrase!("the input holds a private key ({})", form)
            }
            Self::TooLarge => phrase!("the input is larger than 64 KiB, which no public key is"),
            Self::Empty => phrase!("the input holds no key"),
            Self::Binary => phrase!("the input is binary, not the text of a public key"),
            Self::NotAKey(line) => phrase!("line {} is not a public key", line),
            Self::HereDocument(line) => {
                phrase!("line {} has a marker of a here-document, such as `EOF`", line)
            }
            Self::LostLineEnd(line) => phrase!(
                "line {}: a key begins in the middle of the line, so a line end is missing",
                line
            ),
            Self::KeyInComment(line) => phrase!(
                "line {}: where a comment belongs is encoded data, perhaps of a private key",
                line
            ),
            Self::Restricted(line) => phrase!(
                "line {}: options or host names precede the key, and importing it would drop that restriction",
                line
            ),
            Self::Certificate(line) => {
                phrase!("line {}: this is a certificate, not a plain public key", line)
            }
            Self::X509(line) => {
                phrase!("line {}: this is an X.509 certificate, not a plain public key", line)
            }
            Self::UnknownType(line, what) => {
                phrase!("line {}: keys of type `{}` are not imported", line, what)
            }
            Self::UnknownBlock(line, what) => {
                phrase!("line {}: a block labelled `{}` is not imported", line, what)
            }
            Self::OtherType(line) => {
                phrase!("line {}: the key is not of the type in front of it", line)
            }
            Self::NotBase64(line) => {
                phrase!("line {}: the base64 of the key is damaged or cut off", line)
            }
            Self::OneLine(line) => phrase!("line {}: the line ends of the block are missing", line),
            Self::OpenBlock(line) => {
                phrase!("line {}: the block that begins here does not end", line)
            }
            Self::Broken(line, what) => phrase!("line {}: {}", line, what),
            Self::Small(line, bits) => {
                phrase!("line {}: a key of {} bits is too small, 1024 is the least", line, bits)
            }
        }
    }

    /// Returns what a user can do about it; `None` where the kind's hint says it.
    pub fn hint(&self) -> Option<Phrase> {
        let hint = match self {
            Self::Private(form) => {
                return Some(Phrase::from("nothing was sent").and(instead_of(form)));
            }
            Self::PrivateInside(..) => {
                return Some(Phrase::from("nothing was sent").and(NO_COMMAND));
            }
            Self::TooLarge => "give a file that holds public keys alone",
            Self::Binary => {
                "give the key as text; `openssl pkey -pubin -in FILE -pubout` converts a public key in DER"
            }
            Self::Empty | Self::NotAKey(..) => {
                "give an OpenSSH line such as `ssh-rsa AAAA…`, or a block in PEM or RFC 4716"
            }
            Self::HereDocument(..) => "remove the marker",
            Self::LostLineEnd(..) => {
                "put each key on a line of its own; `--all-keys` imports several"
            }
            Self::KeyInComment(..) => {
                "nothing was sent; remove what follows the key, or give a comment in words"
            }
            Self::OneLine(..) | Self::OpenBlock(..) => {
                "write `BEGIN` and `END` on lines of their own; `printf '%b'` turns `\\n` into line ends"
            }
            Self::Certificate(..) => {
                "give the key that it certifies, a `.pub` file without `-cert` in its name"
            }
            Self::X509(..) => {
                "`openssl x509 -in FILE -pubkey -noout` prints the public key that it holds"
            }
            Self::UnknownBlock(_, label) if label == "PGP PUBLIC KEY BLOCK" => PGP,
            Self::UnknownBlock(_, label)
                if label.ends_with(" MESSAGE") || label.contains("ENCRYPTED") =>
            {
                "decrypt it first, and give what is inside if that is a public key"
            }
            Self::UnknownBlock(_, label) if label.ends_with("CERTIFICATE REQUEST") => {
                "`openssl req -in FILE -pubkey -noout` prints the public key that it holds"
            }
            Self::UnknownType(..) | Self::Small(..) => {
                "`ssh-keygen -t rsa -b 3072` makes a key that every cloud takes"
            }
            Self::UnknownBlock(..)
            | Self::Restricted(..)
            | Self::OtherType(..)
            | Self::NotBase64(..)
            | Self::Broken(..) => return None,
        };
        Some(hint.into())
    }
}

const NO_COMMAND: &str = "give a file that holds an SSH public key alone";
const PGP: &str = "`gpg --export-ssh-key KEY-ID` prints the public key for SSH";

/// Returns what to give instead of a private key: the command that prints its public key, if there is one that reads
/// this form and writes a form that is accepted.
fn instead_of(form: &str) -> Phrase {
    let command = match form {
        "OpenSSH" | "PEM" => "ssh-keygen -y -f FILE",
        "PKCS#1" | "PKCS#8" | "SEC1" => "openssl pkey -in FILE -pubout",
        "PKCS#12" => "openssl pkcs12 -in FILE -clcerts -nokeys | openssl x509 -pubkey -noout",
        "PuTTY" | "SSH2" => "puttygen FILE -O public-openssh",
        "PGP" => return PGP.into(),
        _ => return NO_COMMAND.into(),
    };
    phrase!("`{}` prints the public key that belongs to it", command)
}

/// Sanitises a name from an input for a message: at most 48 plain characters.
pub(super) fn clean(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@ ".contains(letter);
    name.chars().take(48).map(|letter| if plain(letter) { letter } else { '?' }).collect()
}
