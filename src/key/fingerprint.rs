//! Fingerprints, and comparisons of a key with a provider's key line or fingerprint.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD_NO_PAD};
use md5::{Digest as _, Md5};
use sha2::Sha256;

/// Base64 with or without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same key.
    Same,
    /// It is a different key.
    Different,
    /// The other side cannot be read.
    Unknown,
}

impl Comparison {
    /// Compares bytes.
    fn of(one: &[u8], other: &[u8]) -> Self {
        if one == other { Self::Same } else { Self::Different }
    }
}

/// Returns the MD5 of a blob (RFC 4716, section 4).
pub(super) fn md5(blob: &[u8]) -> [u8; 16] {
    Md5::digest(blob).into()
}

/// Returns the SHA-256 of a blob.
pub(super) fn sha256(blob: &[u8]) -> [u8; 32] {
    Sha256::digest(blob).into()
}

/// Writes a SHA-256 as OpenSSH does.
pub(super) fn print_sha256(digest: &[u8; 32]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest))
}

/// Compares a blob with a line `type base64 …`.
pub(super) fn compare_line(blob: &[u8], line: &str) -> Comparison {
    let mut words = line.split_whitespace();
    let (Some(name), Some(base64)) = (words.next(), words.next()) else {
        return Comparison::Unknown;
    };
    // A phrase such as `not found` decodes too.
    if !name.contains('-') {
        return Comparison::Unknown;
    }
    LENIENT.decode(base64).map_or(Comparison::Unknown, |shown| Comparison::of(&shown, blob))
}

/// Compares a blob with a fingerprint in any known form.
pub(super) fn compare(blob: &[u8], printed: &str) -> Comparison {
    let printed = printed.trim();
    if let Some(base64) = after(printed, "SHA256:") {
        let shown = LENIENT.decode(base64).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        return shown
            .map_or(Comparison::Unknown, |shown| Comparison::of(&shown, &Sha256::digest(blob)));
    }
    let digits = after(printed, "MD5:").unwrap_or(printed);
    read_md5(digits).map_or(Comparison::Unknown, |shown| Comparison::of(&shown, &md5(blob)))
}

/// Strips a prefix, ignoring case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Reads 16 bytes of hex: 32 digits, or 16 pairs with colons between them.
fn read_md5(digits: &str) -> Option<[u8; 16]> {
    let pairs: Vec<&[u8]> = match digits.len() {
        32 => digits.as_bytes().chunks(2).collect(),
        47 => digits.split(':').map(str::as_bytes).collect(),
        _ => return None,
    };
    let bytes: Option<Vec<u8>> = pairs.into_iter().map(read_byte).collect();
    bytes?.try_into().ok()
}

/// Reads a byte of two hex digits.
fn read_byte(pair: &[u8]) -> Option<u8> {
    let digit =
        |letter: u8| char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match pair {
        [high, low] => Some(digit(*high)? * 16 + digit(*low)?),
        _ => None,
    }
}
