//! Decodes an input, and parses its lines and blocks, one after the other; nothing is skipped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::blob::{is_certificate, known, type_name};
use super::block::Block;
use super::error::{Reason, clean};
use super::leak::count_keys;
use super::{KeyError, PublicKey, comment};

/// Signature algorithms that are mistaken for key types: a key that signs with them is `ssh-rsa` (RFC 8332, section 3).
const SIGNATURES: [&str; 2] = ["rsa-sha2-256", "rsa-sha2-512"];

/// Decodes an input: UTF-8 with or without a byte order mark, or the UTF-16 that PowerShell's `>` writes. Invalid bytes
/// become U+FFFD: in a comment the comment is dropped, elsewhere the key is rejected.
pub(super) fn decode(input: &[u8]) -> String {
    match input {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if begins_with_wide_ascii(input, u16::from_le_bytes) => utf16(input, u16::from_le_bytes),
        _ if begins_with_wide_ascii(input, u16::from_be_bytes) => utf16(input, u16::from_be_bytes),
        _ => String::from_utf8_lossy(input).into_owned(),
    }
}

/// Decodes UTF-16; half a unit at the end becomes U+FFFD.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// Whether an input without a byte order mark is UTF-16: every key starts with ASCII, and text holds no NUL.
fn begins_with_wide_ascii(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let (pairs, _) = bytes.as_chunks::<2>();
    let wide = |pair: &[u8; 2]| matches!(unit(*pair), 0x09..=0x7E);
    pairs.len() >= 8 && pairs.iter().take(8).all(wide)
}

/// Reads every key of a text.
pub(super) fn keys(text: &str) -> Result<Vec<PublicKey>, KeyError> {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.split(['\n', '\r']).collect();
    let mut keys = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let number = lines.len() - after.len();
        let at_line = |reason| KeyError { line: Some(number), reason };
        let line = comment::unwrapped(first);
        rest = after;
        if line.is_empty() || (line.starts_with('#') && !comment::has_key_behind_word(line)) {
            continue;
        }
        if count_keys(line) > 1 || line.starts_with('#') {
            return Err(at_line(Reason::LostLineEnd));
        }
        if Block::is_on_one_line(line) {
            return Err(at_line(Reason::OneLine));
        }
        if let Some(block) = Block::beginning(line) {
            let (key, after) = block.read(after).map_err(at_line)?;
            keys.push(key);
            rest = after;
        } else {
            keys.push(key(line).map_err(at_line)?);
        }
    }
    Ok(keys)
}

/// Reads an OpenSSH line, which is unwrapped.
fn key(line: &str) -> Result<PublicKey, Reason> {
    let (name, rest) = word(line);
    let (base64, comment) = word(rest);
    if is_certificate(name) {
        return Err(Reason::Certificate);
    }
    let Some(name) = known(name) else {
        return Err(explain_unknown_line(line, name, base64));
    };
    let blob = STANDARD.decode(base64).map_err(|_| Reason::NotBase64)?;
    match type_name(&blob) {
        Some(own) if is_certificate(own) => Err(Reason::Certificate),
        Some(own) if own != name => Err(Reason::OtherType),
        Some(_) | None => PublicKey::new(blob, comment),
    }
}

/// Explains why a line that does not begin with a known key type is rejected.
fn explain_unknown_line(line: &str, first: &str, second: &str) -> Reason {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_type = |word: &str| known(word).is_some() || is_certificate(word);
    // Every blob begins with the length of a short string, so its base64 begins with `AAAA`.
    let is_key = |pair: &[&str]| matches!(pair, [name, base64] if is_type(name) && base64.starts_with("AAAA"));
    if words.windows(2).any(is_key) {
        return Reason::Restricted;
    }
    if comment::is_here_document(line) {
        return Reason::HereDocument;
    }
    let blob = STANDARD.decode(second).unwrap_or_default();
    match type_name(&blob) {
        Some(own) if own == first || SIGNATURES.contains(&first) => {
            Reason::UnknownType(clean(first))
        }
        Some(_) | None => Reason::NotAKey,
    }
}

/// Cuts off the first word; white space between it and the rest is dropped.
fn word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}
