//! Redaction: whatever a server makes of a secret, no twelve characters of it are shown.
//!
//! The first line of the input is the secret, the rest is the text around it; bytes of the text below 17 choose how the
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
            0..=16 => text.push_str(&written(&secret, *byte)),
            byte => text.push(char::from(*byte)),
        }
    }
    let shown = Redactor::new([secret.as_str()]).display(&text.as_str().into());
    assert_eq!(*shown, *clean(&shown), "it can steer a terminal");
    let is_escaped = secret.contains(['%', '\\', '&', '<', '>']);
    // What has few different characters may be in any text.
    for part in secret.as_bytes().windows(PART) {
        let is_telling = part.windows(8).all(|part| {
            part.iter().collect::<std::collections::BTreeSet<_>>().len() > 3
        });
        let part = std::str::from_utf8(part).expect("the secret is ASCII");
        if !is_telling {
            continue;
        }
        assert!(!shown.contains(part), "{part:?} of {secret:?} in {shown:?}");
        // An escape reads otherwise when it is written backwards or in pieces.
        for how in SPELLED.filter(|_| !is_escaped) {
            let spelled = clean(&written(part, how)).trim().to_owned();
            assert!(!shown.contains(&spelled), "{spelled:?} of {secret:?} in {shown:?}");
        }
    }
});

/// Forms in which a part of a secret is written as it is in the whole.
const SPELLED: std::ops::Range<u8> = 8..16;

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
        10 => secret.chars().rev().collect(),
        11 => each(&|byte| format!("{byte}, ")),
        12 => each(&|byte| format!("\\{byte:03o}")),
        13 => each(&|byte| format!("<b>{}</b>", char::from(byte))),
        14 => each(&|byte| format!("{byte:08b} ")),
        15 => each(&|byte| format!("U+{byte:04X} ")),
        _ => secret.to_owned(),
    }
}
