//! Percent-encoding and hex, shared by signing and sending: what is signed is what is sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Everything but the unreserved characters and the slash.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Percent-encodes a text as all three clouds sign it: UTF-8 bytes, unreserved characters kept,
/// upper-case hex, `%20` for a space.
pub fn percent(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Percent-encodes a path, whose slashes stay.
pub fn percent_path(path: &str) -> String {
    utf8_percent_encode(path, RESERVED_IN_PATH).to_string()
}

/// Encodes one query pair; a value that is empty keeps its `=`.
pub fn pair((name, value): &(String, String)) -> String {
    format!("{}={}", percent(name), percent(value))
}

/// Joins query pairs in the order given.
pub fn query(pairs: &[(String, String)]) -> String {
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Writes bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
