//! The sandbox's own percent-encoding, so that an error of the client's encoder cannot hide here.

/// Encodes as the clouds write canonical requests: RFC 3986's unreserved bytes stay, capitals in the hex.
pub(super) fn encode(text: &str) -> String {
    encode_but(text, |_| false)
}

/// Encodes a path, whose slashes stay.
pub(super) fn encode_path(path: &str) -> String {
    encode_but(path, |byte| byte == b'/')
}

fn encode_but(text: &str, kept: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ if kept(byte) => encoded.push(char::from(byte)),
            _ => {
                encoded.push('%');
                encoded.push(digit(byte >> 4));
                encoded.push(digit(byte & 0x0f));
            }
        }
    }
    encoded
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

/// Decodes what stands in a query or a form, where `+` is a blank.
pub(super) fn decode(text: &str) -> String {
    decode_path(&text.replace('+', " "))
}

/// Decodes a path. A `%` that begins no escape stays as it is: encoded again, it fits no signature.
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

/// Reads an escape at the beginning of a text, and returns its byte and what follows.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, after @ ..] = text else { return None };
    Some((value(*high)? << 4 | value(*low)?, after))
}

fn value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
