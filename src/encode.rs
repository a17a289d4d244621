//! Percent-encoding and hex, shared by signing and sending: what is signed is what is sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Everything but the unreserved characters and the slash.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Percent-encodes a text as all providers sign it (RFC 3986): UTF-8 bytes, unreserved characters kept, upper-case
/// hex, `%20` for a space.
pub fn percent(text: &str) -> String {
    encoded(text, RESERVED)
}

/// Percent-encodes a path, whose slashes stay.
pub fn percent_path(path: &str) -> String {
    encoded(path, RESERVED_IN_PATH)
}

fn encoded(text: &str, reserved: &'static AsciiSet) -> String {
    let mut encoded = String::with_capacity(text.len());
    encoded.extend(utf8_percent_encode(text, reserved));
    encoded
}

/// Encodes one query pair; a value that is empty keeps its `=`.
pub fn pair((name, value): &(String, String)) -> String {
    [percent(name), percent(value)].join("=")
}

/// Joins query pairs in the order given.
pub fn query(pairs: &[(String, String)]) -> String {
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Writes bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    halves.map(|half| char::from_digit(half.into(), 16).unwrap_or_default()).collect()
}
