//! Public keys as far as the clouds look at them: a line of type, base64 and comment.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::{Digest, Md5};

/// Base64 with or without padding and with unused bits set, which at least one vendor accepts.
const LAX: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Parses `type base64 [comment]` into type and blob. The blob is not parsed: the clouds store broken keys as well.
pub(super) fn parse(line: &str) -> Option<(&str, Vec<u8>)> {
    let line = line.trim();
    let mut fields = line.split_ascii_whitespace();
    let (key_type, base64) = (fields.next()?, fields.next()?);
    let is_type = key_type.starts_with(|first: char| first.is_ascii_lowercase());
    let blob = LAX.decode(base64).ok().filter(|blob| blob.len() >= 16)?;
    (is_type && !line.contains(['\r', '\n'])).then_some((key_type, blob))
}

/// Returns the MD5 of the key's blob as hex digits with a separator between the bytes. A line that is not a key has
/// an empty blob.
pub(super) fn fingerprint(line: &str, separator: &str) -> String {
    let blob = parse(line).map(|(_, blob)| blob).unwrap_or_default();
    let bytes: Vec<String> = Md5::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(separator)
}
