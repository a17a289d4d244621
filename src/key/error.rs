//! Why an input is rejected. No message quotes the input, except a sanitised key type or block label.

use crate::error::ErrorKind;

/// Why an input is rejected. Lines are counted from 1; that of a block is the one of its `BEGIN`.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// It holds a private key of a form such as `OpenSSH` or `PKCS#8`.
    #[error("the input holds a private key ({0})")]
    Private(&'static str),
    /// It holds one among other things, encoded or cut off: no program reads it as it is.
    #[error("the input holds a private key ({0})")]
    PrivateInside(&'static str),
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
    /// A line that is not a public key belongs to a here-document.
    #[error("line {0} has a marker of a here-document, such as `EOF`")]
    HereDocument(usize),
    /// A second key begins on a line.
    #[error("line {0}: a key begins in the middle of the line, so a line end is missing")]
    LostLineEnd(usize),
    /// What follows a key on its line, or a header of its block, may be a part of a key.
    #[error("line {0}: where a comment belongs is encoded data, perhaps of a private key")]
    KeyInComment(usize),
    /// Something precedes the key type: `authorized_keys` options, or the host names of `known_hosts`.
    #[error(
        "line {0}: options or host names precede the key, and importing it would drop that restriction"
    )]
    Restricted(usize),
    /// The key is wrapped in a certificate.
    #[error("line {0}: this is a certificate, not a plain public key")]
    Certificate(usize),
    /// It is a certificate of TLS.
    #[error("line {0}: this is an X.509 certificate, not a plain public key")]
    X509(usize),
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
    /// The lines of a block stand on one line.
    #[error("line {0}: the line ends of the block are missing")]
    OneLine(usize),
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
}

impl KeyError {
    /// Returns what a user can do about it; `None` where the kind's hint says it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Private(form) => return Some(format!("nothing was sent; {}", instead_of(form))),
            Self::PrivateInside(..) => return Some(format!("nothing was sent; {NO_COMMAND}")),
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
        Some(hint.to_owned())
    }
}

const NO_COMMAND: &str = "give a file that holds an SSH public key alone";
const PGP: &str = "`gpg --export-ssh-key KEY-ID` prints the public key for SSH";

/// Returns what to give instead of a private key: the command that prints its public key, if there is one that reads
/// this form and writes a form that is accepted.
fn instead_of(form: &str) -> String {
    let command = match form {
        "OpenSSH" | "PEM" => "ssh-keygen -y -f FILE",
        "PKCS#1" | "PKCS#8" | "SEC1" => "openssl pkey -in FILE -pubout",
        "PKCS#12" => "openssl pkcs12 -in FILE -clcerts -nokeys | openssl x509 -pubkey -noout",
        "PuTTY" | "SSH2" => "puttygen FILE -O public-openssh",
        "PGP" => return PGP.to_owned(),
        _ => return NO_COMMAND.to_owned(),
    };
    format!("`{command}` prints the public key that belongs to it")
}

/// Sanitises a name from an input for a message: at most 48 plain characters.
pub(super) fn clean(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@ ".contains(letter);
    name.chars().take(48).map(|letter| if plain(letter) { letter } else { '?' }).collect()
}
