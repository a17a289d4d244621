//! Fingerprints in the forms that providers print, and comparisons of a key with a provider's key line or fingerprint.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, STANDARD_NO_PAD,
};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::{PublicKey, pem};
use crate::encode::hex;

/// Base64 with or without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How a provider prints the fingerprint of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FingerprintForm {
    /// MD5 of the wire form, as 32 hex digits.
    Md5,
    /// Of an RSA key the MD5 of its `SubjectPublicKeyInfo` (RFC 5280, section 4.1), as pairs of hex digits with colons; of
    /// an Ed25519 key the SHA-256 of the wire form, in base64 with padding.
    SpkiMd5OrSha256,
    /// No document shows it.
    Unknown,
}

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

    /// Compares with a fingerprint of a provider. Of the wire form it may be the MD5 in hex, with or without colons and
    /// `MD5:`, or the SHA-256 in base64, with or without padding and `SHA256:`; of the `SubjectPublicKeyInfo` the MD5 or
    /// the SHA-256 in hex. Any other form is `Unknown`, never `Different`: a longer hash may be that of a private key.
    pub fn same_as_fingerprint(&self, printed: &str) -> Comparison {
        let shown = match Printed::read(printed) {
            Printed::Sha256(shown) => {
                return Comparison::of(&shown, &self.sha256_digest().to_vec());
            }
            Printed::Hex(shown) => shown,
            Printed::Unknown => return Comparison::Unknown,
        };
        let spki = || pem::write(&self.blob);
        match shown.len() {
            32 if shown == self.md5() => Comparison::Same,
            32 if spki().is_some_and(|spki| shown == hex(&Md5::digest(spki))) => Comparison::Same,
            32 => Comparison::Different,
            64 if spki().is_some_and(|spki| shown == hex(&Sha256::digest(spki))) => {
                Comparison::Same
            }
            _ => Comparison::Unknown,
        }
    }

    /// Returns the fingerprint as a provider prints it, unless the form is unknown or does not exist for this key.
    pub fn fingerprint(&self, form: FingerprintForm) -> Option<String> {
        match (form, self.algorithm) {
            (FingerprintForm::Md5, _) => Some(self.md5()),
            (FingerprintForm::SpkiMd5OrSha256, "ssh-rsa") => self.spki_md5(),
            (FingerprintForm::SpkiMd5OrSha256, "ssh-ed25519") => {
                Some(STANDARD.encode(self.sha256_digest()))
            }
            (FingerprintForm::SpkiMd5OrSha256 | FingerprintForm::Unknown, _) => None,
        }
    }

    /// Returns a fingerprint that a provider prints and the one of this key in the same form, both with its name. In a
    /// form that is not known, only this key's has a name.
    pub fn fingerprints_beside(&self, theirs: &str, form: FingerprintForm) -> (String, String) {
        match Printed::read(theirs) {
            Printed::Sha256(shown) => {
                (format!("SHA256:{}", STANDARD_NO_PAD.encode(shown)), self.sha256().to_owned())
            }
            Printed::Hex(shown) if shown.len() == 32 => match self.spki_md5() {
                Some(ours) if form == FingerprintForm::SpkiMd5OrSha256 => {
                    (format!("MD5 of SPKI {}", pairs(&shown)), format!("MD5 of SPKI {ours}"))
                }
                _ => (format!("MD5:{}", pairs(&shown)), format!("MD5:{}", self.md5_colons())),
            },
            Printed::Hex(_) | Printed::Unknown => {
                (theirs.trim().to_owned(), self.sha256().to_owned())
            }
        }
    }

    /// Returns the MD5 of the `SubjectPublicKeyInfo` as pairs of hex digits with colons, for RSA and Ed25519.
    pub fn spki_md5(&self) -> Option<String> {
        Some(colons(&Md5::digest(pem::write(&self.blob)?)))
    }

    /// Returns the SHA-256 of the `SubjectPublicKeyInfo` as pairs of hex digits with colons, for RSA and Ed25519.
    pub fn spki_sha256(&self) -> Option<String> {
        Some(colons(&Sha256::digest(pem::write(&self.blob)?)))
    }

    /// Returns the MD5 fingerprint as 32 lower-case hex digits.
    pub fn md5(&self) -> String {
        hex(&Md5::digest(&self.blob))
    }

    /// Returns the MD5 fingerprint with colons, as RFC 4716, section 4, writes it.
    pub fn md5_colons(&self) -> String {
        colons(&Md5::digest(&self.blob))
    }
}

/// A fingerprint as it is printed.
enum Printed {
    /// 32 bytes in base64, perhaps behind `SHA256:`.
    Sha256(Vec<u8>),
    /// Hex digits in lower case, perhaps behind `MD5:`.
    Hex(String),
    /// Anything else.
    Unknown,
}

impl Printed {
    fn read(text: &str) -> Self {
        let text = text.trim();
        let base64 = after(text, "SHA256:").unwrap_or(text);
        if let Some(hash) = LENIENT.decode(base64).ok().filter(|hash| hash.len() == 32) {
            return Self::Sha256(hash);
        }
        hex_digits(after(text, "MD5:").unwrap_or(text)).map_or(Self::Unknown, Self::Hex)
    }
}

/// Returns the SHA-256 of a key line as OpenSSH writes it, if the line can be read.
pub fn sha256_of_line(line: &str) -> Option<String> {
    let blob = LENIENT.decode(line.split_whitespace().nth(1)?).ok()?;
    Some(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob))))
}

/// Writes a hash as pairs of hex digits with colons between them.
fn colons(hash: &[u8]) -> String {
    pairs(&hex(hash))
}

/// Puts colons between pairs of digits.
fn pairs(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 3 / 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 2 == 0 {
            text.push(':');
        }
        text.push(digit);
    }
    text
}

/// Strips a prefix, ignoring case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Reads hex digits, all in a row or as pairs with colons between them, and returns them in lower case.
fn hex_digits(printed: &str) -> Option<String> {
    let pairs: Vec<&str> = printed.split(':').collect();
    let is_form = pairs.len() == 1 || pairs.iter().all(|pair| pair.len() == 2);
    let digits = pairs.concat().to_ascii_lowercase();
    (is_form && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(digits)
}
