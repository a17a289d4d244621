//! As much of a public key as the clouds look at: one line of type, base64 and comment.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest, Md5};

use super::verify::hex;

/// Takes base64 with or without padding and with left-over bits, as Alibaba Cloud does.
const LAX: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A public key line, taken apart.
pub(super) struct Line<'a> {
    pub(super) kind: &'a str,
    pub(super) blob: Vec<u8>,
}

/// Reads `type base64 [comment]`. The blob is not looked into: the clouds store broken keys, too.
pub(super) fn read(line: &str) -> Option<Line<'_>> {
    let line = line.trim();
    if line.contains(['\r', '\n']) {
        return None;
    }
    let mut fields = line.split_ascii_whitespace();
    let (kind, base64) = (fields.next()?, fields.next()?);
    let is_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-@.".contains(&byte);
    if !kind.starts_with(|first: char| first.is_ascii_lowercase()) || !kind.bytes().all(is_name) {
        return None;
    }
    let blob = LAX.decode(base64).ok().filter(|blob| blob.len() >= 16)?;
    Some(Line { kind, blob })
}

/// Returns the MD5 of the key's blob as 32 lower-case hex digits; of a line that is no key, of nothing.
pub(super) fn fingerprint(line: &str) -> String {
    let blob = read(line).map(|line| line.blob).unwrap_or_default();
    hex(&Md5::digest(blob))
}

/// Returns the same with colons between the bytes.
pub(super) fn fingerprint_with_colons(line: &str) -> String {
    let blob = read(line).map(|line| line.blob).unwrap_or_default();
    Md5::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
