//! Why an input is rejected. No message quotes the input, except a sanitised key type or block label.

use crate::error::ErrorKind;
use crate::phrase::{Phrase, phrase};

/// Why an input is rejected, and where.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("{}", self.message())]
pub struct KeyError {
    /// The line, counted from 1; that of a block is the one of its `BEGIN`. `None` for the whole input.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: Reason,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
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
    NotAKey,
    /// A line that is not a public key belongs to a here-document.
    HereDocument,
    /// A second key begins on a line.
    LostLineEnd,
    /// What follows a key on its line, or a header of its block, may be a part of a key.
    KeyInComment,
    /// Something precedes the key type: `authorized_keys` options, or the host names of `known_hosts`.
    Restricted,
    /// The key is wrapped in a certificate.
    Certificate,
    /// It is a certificate of TLS.
    X509,
    /// The type, which is sanitised, is not one of those that are imported.
    UnknownType(String),
    /// The block between `BEGIN` and `END` has the label of something else; the label is sanitised.
    UnknownBlock(String),
    /// The type in front of the key is not the key's own.
    OtherType,
    /// The base64 is damaged.
    NotBase64,
    /// The lines of a block stand on one line.
    OneLine,
    /// A block lacks its `END`.
    OpenBlock,
    /// The data of the key is not a valid key, for the reason given.
    Broken(&'static str),
    /// The key has so few bits that OpenSSH rejects it too.
    Small(u32),
}

impl KeyError {
    /// Returns the kind, from which exit code and hint follow.
    pub fn kind(&self) -> ErrorKind {
        match self.reason {
            Reason::Private(..) | Reason::PrivateInside(..) => ErrorKind::PrivateKey,
            Reason::Restricted
            | Reason::Certificate
            | Reason::X509
            | Reason::UnknownType(..)
            | Reason::UnknownBlock(..)
            | Reason::Small(..) => ErrorKind::KeyUnsupported,
            Reason::TooLarge
            | Reason::Empty
            | Reason::Binary
            | Reason::NotAKey
            | Reason::HereDocument
            | Reason::LostLineEnd
            | Reason::KeyInComment
            | Reason::OneLine
            | Reason::OtherType
            | Reason::NotBase64
            | Reason::OpenBlock
            | Reason::Broken(..) => ErrorKind::KeyInvalid,
        }
    }

    /// Says what is wrong.
    pub fn message(&self) -> Phrase {
        let line = self.line.unwrap_or_default();
        match &self.reason {
            Reason::Private(form) | Reason::PrivateInside(form) => {
                phrase!("the input holds a private key ({})", form)
            }
            Reason::TooLarge => phrase!("the input is larger than 64 KiB, which no public key is"),
            Reason::Empty => phrase!("the input holds no key"),
            Reason::Binary => phrase!("the input is binary, not the text of a public key"),
            Reason::NotAKey => phrase!("line {} is not a public key", line),
            Reason::HereDocument => {
                phrase!("line {} has a marker of a here-document, such as `EOF`", line)
            }
            Reason::LostLineEnd => phrase!(
                "line {}: a key begins in the middle of the line, so a line end is missing",
                line
            ),
            Reason::KeyInComment => phrase!(
                "line {}: where a comment belongs is encoded data, perhaps of a private key",
                line
            ),
            Reason::Restricted => phrase!(
                "line {}: options or host names precede the key, and importing it would drop that restriction",
                line
            ),
            Reason::Certificate => {
                phrase!("line {}: this is a certificate, not a plain public key", line)
            }
            Reason::X509 => {
                phrase!("line {}: this is an X.509 certificate, not a plain public key", line)
            }
            Reason::UnknownType(what) => {
                phrase!("line {}: keys of type `{}` are not imported", line, what)
            }
            Reason::UnknownBlock(what) => {
                phrase!("line {}: a block labelled `{}` is not imported", line, what)
            }
            Reason::OtherType => {
                phrase!("line {}: the key is not of the type in front of it", line)
            }
            Reason::NotBase64 => {
                phrase!("line {}: the base64 of the key is damaged or cut off", line)
            }
            Reason::OneLine => phrase!("line {}: the line ends of the block are missing", line),
            Reason::OpenBlock => {
                phrase!("line {}: the block that begins here does not end", line)
            }
            Reason::Broken(what) => phrase!("line {}: {}", line, what),
            Reason::Small(bits) => {
                phrase!("line {}: a key of {} bits is too small, 1024 is the least", line, bits)
            }
        }
    }

    /// Returns what a user can do about it; `None` where the kind's hint says it.
    pub fn hint(&self) -> Option<Phrase> {
        let hint = match &self.reason {
            Reason::Private(form) => {
                return Some(Phrase::from("nothing was sent").and(instead_of(form)));
            }
            Reason::PrivateInside(..) => {
                return Some(Phrase::from("nothing was sent").and(NO_COMMAND));
            }
            Reason::TooLarge => "give a file that holds public keys alone",
            Reason::Binary => {
                "give the key as text; `openssl pkey -pubin -in FILE -pubout` converts a public key in DER"
            }
            Reason::Empty | Reason::NotAKey => {
                "give an OpenSSH line such as `ssh-rsa AAAA…`, or a block in PEM or RFC 4716"
            }
            Reason::HereDocument => "remove the marker",
            Reason::LostLineEnd => {
                "put each key on a line of its own; `--all-keys` imports several"
            }
            Reason::KeyInComment => {
                "nothing was sent; remove what follows the key, or give a comment in words"
            }
            Reason::OneLine | Reason::OpenBlock => {
                "write `BEGIN` and `END` on lines of their own; `printf '%b'` turns `\\n` into line ends"
            }
            Reason::Certificate => {
                "give the key that it certifies, a `.pub` file without `-cert` in its name"
            }
            Reason::X509 => {
                "`openssl x509 -in FILE -pubkey -noout` prints the public key that it holds"
            }
            Reason::UnknownBlock(label) if label == "PGP PUBLIC KEY BLOCK" => PGP,
            Reason::UnknownBlock(label)
                if label.ends_with(" MESSAGE") || label.contains("ENCRYPTED") =>
            {
                "decrypt it first, and give what is inside if that is a public key"
            }
            Reason::UnknownBlock(label) if label.ends_with("CERTIFICATE REQUEST") => {
                "`openssl req -in FILE -pubkey -noout` prints the public key that it holds"
            }
            Reason::UnknownType(..) | Reason::Small(..) => {
                "`ssh-keygen -t rsa -b 3072` makes a key that every cloud takes"
            }
            Reason::UnknownBlock(..)
            | Reason::Restricted
            | Reason::OtherType
            | Reason::NotBase64
            | Reason::Broken(..) => return None,
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
