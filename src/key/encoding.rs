//! Text encodings of key files: UTF-8 with or without a byte order mark, and the UTF-16 that PowerShell's `>` writes.

/// Decodes an input. Invalid bytes become U+FFFD: in a comment the comment is dropped, elsewhere the key is rejected.
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

/// Splits a text at every kind of line end.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").split(['\n', '\r']).map(str::to_owned).collect()
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
