//! Public keys: parsed from every common form, validated, written as one canonical line, compared by fingerprint.

mod error;
mod private;
mod curve;
mod validate;
mod blob;
mod pem;
mod leak;
mod comment;
mod block;
mod parse;
mod fingerprint;
pub mod name;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

pub use error::{KeyError, Reason};
pub use fingerprint::{Comparison, FingerprintForm, sha256_of_line};
pub use leak::{LeakedKey, find_key_material};

/// Longest input that is read, in bytes: a dozen times the largest RSA key.
pub const MAX_INPUT: usize = 64 * 1024;

/// Reads every key of an input, in order; blank lines and `#` lines are skipped. The result is never empty.
///
/// A private key anywhere in the input, in any encoding, is rejected first; then every line that is not a key. Nothing
/// is skipped silently.
pub fn parse(input: &[u8]) -> Result<Vec<PublicKey>, KeyError> {
    let whole = |reason| KeyError { line: None, reason };
    if let Some(form) = private::form(input.get(..MAX_INPUT).unwrap_or(input)) {
        let is_plain = private::is_plain_file(input);
        return Err(whole(if is_plain { Reason::Private } else { Reason::PrivateInside }(form)));
    }
    if input.len() > MAX_INPUT {
        return Err(whole(Reason::TooLarge));
    }
    let text = parse::decode(input);
    if text.contains('\0') {
        return Err(whole(Reason::Binary));
    }
    let keys = parse::keys(&text)?;
    if keys.is_empty() { Err(whole(Reason::Empty)) } else { Ok(keys) }
}

/// A valid public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: &'static str,
    bits: u32,
    blob: Vec<u8>,
    base64: String,
    comment: Option<String>,
    sha256: String,
}

impl PublicKey {
    /// Validates the wire form of a key (RFC 4253, section 6.6). A comment that is not printable ASCII is dropped: the
    /// providers keep it, and consoles and shells show it.
    fn new(blob: Vec<u8>, comment: &str) -> Result<Self, Reason> {
        let (algorithm, bits) = blob::examine(&blob)?;
        let comment = comment::without_tail(comment);
        comment::check(comment)?;
        let printable =
            !comment.is_empty() && comment.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let comment = printable.then(|| comment.to_owned());
        let base64 = STANDARD.encode(&blob);
        let sha256 = format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&blob)));
        Ok(Self { algorithm, bits, blob, base64, comment, sha256 })
    }

    /// Returns the type as OpenSSH writes it, such as `ssh-rsa`.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Returns the size in bits as `ssh-keygen -l` prints it.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Returns the comment, if the key came with one that is printable ASCII.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// Returns the key as one line with its comment, in the form of OpenSSH and without a line end.
    pub fn line(&self) -> String {
        match &self.comment {
            Some(comment) => format!("{} {} {comment}", self.algorithm, self.base64),
            None => self.bare_line(),
        }
    }

    /// Returns the key as one line without its comment.
    pub fn bare_line(&self) -> String {
        format!("{} {}", self.algorithm, self.base64)
    }

    /// Returns the wire form in base64.
    pub fn base64(&self) -> &str {
        &self.base64
    }

    /// Returns the SHA-256 of the wire form.
    pub(crate) fn sha256_digest(&self) -> [u8; 32] {
        Sha256::digest(&self.blob).into()
    }

    /// Returns the SHA-256 fingerprint as OpenSSH prints it: `SHA256:` and base64 without padding.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm, self.sha256)
    }
}
