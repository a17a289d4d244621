//! The sandbox's own percent-encoding, so that a bug of the client's encoder is noticed here.

use std::fmt::Write as _;

/// Encodes for a canonical request: all bytes but the unreserved ones of RFC 3986, with upper-case hex digits.
pub(super) fn encode(text: &str) -> String {
    encode_except(text, |_| false)
}

/// Encodes a path, except its slashes.
pub(super) fn encode_path(path: &str) -> String {
    encode_except(path, |byte| byte == b'/')
}

fn encode_except(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || is_kept(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Decodes a name or a value of a query, in which `+` is a space.
pub(super) fn decode(text: &str) -> String {
    decode_path(&text.replace('+', " "))
}

/// Decodes a path. A `%` without two hex digits stays as it is: encoded again, it matches no signature.
pub(super) fn decode_path(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, after) = escape(rest).unwrap_or((first, tail));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Decodes an escape at the beginning of a text; returns its byte and the rest.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, after @ ..] = text else { return None };
    Some((value(*high)? << 4 | value(*low)?, after))
}

fn value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
