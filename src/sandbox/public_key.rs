//! Public keys as far as the clouds look at them: a line of type, base64 and comment.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest, Md5};

use super::verify::hex;

/// Base64 with or without padding and with unused bits set, which at least one vendor accepts.
const LAX: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The parts of a public key line.
pub(super) struct Line<'a> {
    pub(super) key_type: &'a str,
    pub(super) blob: Vec<u8>,
}

/// Parses `type base64 [comment]`. The blob is not parsed: the clouds store broken keys as well.
pub(super) fn parse(line: &str) -> Option<Line<'_>> {
    let line = line.trim();
    if line.contains(['\r', '\n']) {
        return None;
    }
    let mut fields = line.split_ascii_whitespace();
    let (key_type, base64) = (fields.next()?, fields.next()?);
    let is_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-@.".contains(&byte);
    if !key_type.starts_with(|first: char| first.is_ascii_lowercase())
        || !key_type.bytes().all(is_name)
    {
        return None;
    }
    let blob = LAX.decode(base64).ok().filter(|blob| blob.len() >= 16)?;
    Some(Line { key_type, blob })
}

/// Returns the MD5 of the key's blob as 32 lower-case hex digits. A line that is not a key has an empty blob.
pub(super) fn fingerprint(line: &str) -> String {
    let blob = parse(line).map(|line| line.blob).unwrap_or_default();
    hex(&Md5::digest(blob))
}

/// Returns [`fingerprint`] with colons between the bytes.
pub(super) fn fingerprint_with_colons(line: &str) -> String {
    let blob = parse(line).map(|line| line.blob).unwrap_or_default();
    Md5::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
