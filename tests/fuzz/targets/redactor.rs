//! Redaction: whatever a server makes of a secret, no twelve characters of it are shown.
//!
//! The first line of the input is the secret, the rest is the text around it; bytes of the text below 16 choose how the
//! secret is written there.

#![no_main]

use keyimport::redact::{Redactor, clean};
use libfuzzer_sys::fuzz_target;

const PART: usize = 12;

fuzz_target!(|input: &[u8]| {
    let at = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let secret: String =
        String::from_utf8_lossy(&input[..at]).chars().filter(char::is_ascii_graphic).collect();
    let mut text = String::new();
    for byte in input.get(at..).unwrap_or_default() {
        match byte {
            0..=15 => text.push_str(&written(&secret, *byte)),
            byte => text.push(char::from(*byte)),
        }
    }
    let shown = Redactor::new([secret.as_str()]).display(&text.as_str().into());
    assert_eq!(*shown, *clean(&shown), "it can steer a terminal");
    // What has few different characters may be in any text.
    for part in secret.as_bytes().windows(PART) {
        let is_telling = part.windows(8).all(|part| {
            part.iter().collect::<std::collections::BTreeSet<_>>().len() > 3
        });
        let part = std::str::from_utf8(part).expect("the secret is ASCII");
        assert!(!is_telling || !shown.contains(part), "{part:?} of {secret:?} in {shown:?}");
    }
});

/// Writes a secret as servers, gateways and logs do.
fn written(secret: &str, how: u8) -> String {
    let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    match how {
        0 => each(&|byte| format!("%{byte:02X}")),
        1 => each(&|byte| format!("%25{byte:02x}")),
        2 => each(&|byte| format!("\\u{byte:04x}")),
        3 => each(&|byte| format!("\\\\x{byte:02x}")),
        4 => each(&|byte| format!("&#{byte:04};")),
        5 => each(&|byte| format!("{}\u{200b}", char::from(byte))),
        6 => each(&|byte| format!("{} ", char::from(byte))),
        7 => each(&|byte| format!("{}\0", char::from(byte))),
        8 => each(&|byte| {
            let wide = u32::from(byte) + 0xfee0;
            char::from_u32(wide).map(String::from).unwrap_or_default()
        }),
        9 => secret.to_ascii_uppercase(),
        _ => secret.to_owned(),
    }
}
