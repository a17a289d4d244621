//! Fingerprints, and comparisons of a key with a provider's key line or fingerprint.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::PublicKey;
use crate::encode::hex;

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
    fn of<T: PartialEq>(one: &T, other: &T) -> Self {
        if one == other { Self::Same } else { Self::Different }
    }
}

impl PublicKey {
    /// Compares with a key line of a provider. Only the key counts: comments and padding may differ.
    pub fn same_as_line(&self, line: &str) -> Comparison {
        let mut words = line.split_whitespace();
        let (Some(name), Some(base64)) = (words.next(), words.next()) else {
            return Comparison::Unknown;
        };
        // A phrase such as `not found` decodes too.
        if !name.contains('-') {
            return Comparison::Unknown;
        }
        LENIENT
            .decode(base64)
            .map_or(Comparison::Unknown, |shown| Comparison::of(&shown, &self.blob))
    }

    /// Compares with a fingerprint of a provider: MD5 with or without colons and `MD5:`, in either case, or SHA-256 as
    /// OpenSSH prints it. Any other form is `Unknown`, never `Different`.
    pub fn same_as_fingerprint(&self, printed: &str) -> Comparison {
        let printed = printed.trim();
        let same = if let Some(base64) = after(printed, "SHA256:") {
            let shown = LENIENT.decode(base64).ok().filter(|shown| shown.len() == 32);
            shown.map(|shown| Comparison::of(&shown, &Sha256::digest(&self.blob).to_vec()))
        } else {
            let shown = md5_digits(after(printed, "MD5:").unwrap_or(printed));
            shown.map(|shown| Comparison::of(&shown, &hex(&Md5::digest(&self.blob))))
        };
        same.unwrap_or(Comparison::Unknown)
    }
}

/// Strips a prefix, ignoring case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Reads 32 hex digits, or 16 pairs with colons between them, and returns the digits in lower case.
fn md5_digits(printed: &str) -> Option<String> {
    let pairs: Vec<&str> = printed.split(':').collect();
    let is_form = pairs.len() == 1 || pairs.iter().all(|pair| pair.len() == 2);
    let digits = pairs.concat().to_ascii_lowercase();
    let is_md5 = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    (is_form && is_md5).then_some(digits)
}
