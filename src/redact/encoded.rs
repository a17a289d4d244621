//! Encoded data: runs of letters and digits that are mixed as chance mixes them, and not as in words, paths and identifiers.

use std::ops::Range;

use super::letters::Letter;
use super::projection::{Projection, base64_symbol, hide, is_base64};

/// A shorter run of letters and digits may be a word or an identifier.
const RANDOM_RUN: usize = 24;
/// More hex digits than a fingerprint has (SHA-1: 40) are data.
const HEX_RUN: usize = 41;

/// Hides runs that look like encoded data: mixed letters and digits of base64, and long hex.
pub(super) fn hide_encoded(letters: &[Letter], hidden: &mut [bool]) {
    let bytes = letters.iter().map(base64_symbol).collect();
    let words = Projection { bytes, places: (0..letters.len()).collect() };
    for run in words.runs(is_base64, RANDOM_RUN) {
        let text = words.bytes.get(run.clone()).unwrap_or_default();
        if !is_fingerprint(&words.bytes, &run) && text.windows(RANDOM_RUN).any(is_random) {
            hide(hidden, Some(run.start), Some(run.end - 1));
        }
    }
    // `-` reads as `+` here.
    let is_hex_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'+' | b',');
    for run in words.runs(is_hex_part, HEX_RUN) {
        let text = words.bytes.get(run.clone()).unwrap_or_default();
        if text.iter().filter(|byte| byte.is_ascii_hexdigit()).count() >= HEX_RUN {
            hide(hidden, Some(run.start), Some(run.end - 1));
        }
    }
}

/// Whether a run is the base64 of a SHA-256 fingerprint as OpenSSH prints it, which is no secret.
fn is_fingerprint(bytes: &[u8], run: &Range<usize>) -> bool {
    let before = bytes.get(..run.start).unwrap_or_default();
    run.len() == 43 && before.ends_with(b"SHA256:")
}

/// Whether a run of base64 is mixed as chance mixes it: upper case, lower case and digits follow on each other. Of two
/// neighbours in base64, chance makes three in five of different sorts; in words and paths it is one in four.
pub fn is_random(run: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| run.iter().filter(|byte| is(byte)).count();
    let least = run.len().div_ceil(12);
    let changes = || run.windows(2).filter(|pair| is_change(pair)).count();
    count(u8::is_ascii_uppercase) >= least
        && count(u8::is_ascii_lowercase) >= least
        && count(u8::is_ascii_digit) > 0
        && changes() * 8 >= run.len() * 3
}

/// Whether two neighbours are of different sorts. Slashes do not count: paths are full of them.
fn is_change(pair: &[u8]) -> bool {
    let sort = |byte: &u8| match byte {
        b'A'..=b'Z' => Some('A'),
        b'a'..=b'z' => Some('a'),
        b'0'..=b'9' => Some('0'),
        _ => None,
    };
    match pair {
        [one, other] => sort(one).zip(sort(other)).is_some_and(|(one, other)| one != other),
        _ => false,
    }
}
