//! Encoded data: runs of letters and digits that are mixed as chance mixes them, and not as in words, paths and identifiers.

use std::ops::Range;

use super::letters::{Letter, decode};
use super::projection::{base64_symbol, hide, is_base64};

/// A shorter run of letters and digits may be a word or an identifier.
const RANDOM_RUN: usize = 24;
/// More hex digits than a fingerprint has (SHA-1: 40) are data.
const HEX_RUN: usize = 41;
/// A shorter run may be an identifier, such as a host name that a provider made up.
const DATA_RUN: usize = 28;
/// Words in a row have as many capitals as a short piece of data.
const SPACED_RUN: usize = 40;
/// More hex digits than a SHA-256 digest has are data, unless they are as many as a SHA-512 digest has.
const DIGEST: usize = 64;
const LONG_DIGEST: usize = 128;

/// Hides runs that look like encoded data: mixed letters and digits of base64, and long hex.
pub(super) fn hide_random_data(letters: &[Letter], hidden: &mut [bool]) {
    let bytes: Vec<u8> = letters.iter().map(base64_symbol).collect();
    for run in runs(&bytes, is_base64, RANDOM_RUN) {
        let text = bytes.get(run.clone()).unwrap_or_default();
        if !is_fingerprint(&bytes, &run) && text.windows(RANDOM_RUN).any(is_random) {
            hide(hidden, Some(run.start), Some(run.end - 1));
        }
    }
    // `-` reads as `+` here.
    let is_hex_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'+' | b',');
    for run in runs(&bytes, is_hex_part, HEX_RUN) {
        let text = bytes.get(run.clone()).unwrap_or_default();
        if text.iter().filter(|byte| byte.is_ascii_hexdigit()).count() >= HEX_RUN {
            hide(hidden, Some(run.start), Some(run.end - 1));
        }
    }
}

/// Returns the longest runs of some bytes that have a length worth looking at.
fn runs(bytes: &[u8], is_part: fn(u8) -> bool, shortest: usize) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for at in 0..=bytes.len() {
        if bytes.get(at).is_some_and(|byte| is_part(*byte)) {
            continue;
        }
        if at - start >= shortest {
            runs.push(start..at);
        }
        start = at + 1;
    }
    runs
}

/// Whether a run is the base64 of a SHA-256 fingerprint as OpenSSH prints it, which is no secret.
fn is_fingerprint(bytes: &[u8], run: &Range<usize>) -> bool {
    let before = bytes.get(..run.start).unwrap_or_default();
    run.len() == 43 && before.ends_with(b"SHA256:")
}

/// Whether a text must not be sent as a name or comment, because a part of it is encoded data such as a line of a key,
/// in one piece or with anything between its letters, with any escapes, or in hex. Stricter than what is hidden: hiding
/// a name costs little, refusing one stops a run. Digests in hex pass.
pub fn holds_random_data(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+/-_".contains(letter);
    let has_data = |run: &str, window| run.as_bytes().windows(window).any(is_data);
    let text: String = decode(text).into_iter().map(|letter| letter.value).collect();
    let spaced: String = text.chars().filter(|letter| is_base64_letter(*letter)).collect();
    text.split(|letter| !is_part(letter)).any(|run| has_data(run, DATA_RUN))
        || has_data(&spaced, SPACED_RUN)
        || hex_runs(&text).iter().any(|run| is_hex_data(run))
}

/// Returns the runs of hex digits, in one piece or in pairs such as `41:42` and `0x41, 0x42`.
fn hex_runs(text: &str) -> Vec<String> {
    let text = text.replace("0x", " ");
    let runs = text.split(|letter: char| !letter.is_ascii_hexdigit());
    let runs: Vec<&str> = runs.filter(|run| !run.is_empty()).collect();
    runs.chunk_by(|one, other| one.len() == 2 && other.len() == 2).map(<[&str]>::concat).collect()
}

/// Whether a run of hex digits is longer than a digest, or spells data in letters.
fn is_hex_data(run: &str) -> bool {
    let has = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
    let is_digest = run.len() <= DIGEST || run.len() == LONG_DIGEST;
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    is_mixed
        && (!is_digest || (0..2).any(|offset| spells_data(run.get(offset..).unwrap_or_default())))
}

fn spells_data(digits: &str) -> bool {
    let pairs = digits.as_bytes().as_chunks::<2>().0.iter();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = pairs.filter_map(byte).collect();
    let mut windows = bytes.windows(DATA_RUN);
    windows.any(|window| window.iter().copied().all(is_base64) && is_data(window))
}

fn is_base64_letter(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(is_base64)
}

/// Whether a run is random, and neither words written together nor an identifier in one case with a few other letters.
fn is_data(run: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| run.iter().filter(|byte| is(byte)).count();
    let least = run.len().div_ceil(5);
    is_random(run)
        && count(u8::is_ascii_uppercase) >= least
        && count(u8::is_ascii_lowercase) >= least
        && letters_in_words(run) * 2 <= run.len()
}

/// Counts the letters in words: two small letters or more, and the capital before them.
fn letters_in_words(run: &[u8]) -> usize {
    let is_in_word = |one: &u8, other: &u8| one.is_ascii_alphabetic() && other.is_ascii_lowercase();
    run.chunk_by(is_in_word).map(<[u8]>::len).filter(|length| *length > 2).sum()
}

/// Whether a run of base64 is mixed as chance mixes it: upper case, lower case and digits follow on each other. Of two
/// neighbours in base64, chance makes three in five of different sorts; in words and paths it is one in four.
fn is_random(run: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| run.iter().filter(|byte| is(byte)).count();
    let least = run.len().div_ceil(12);
    let changes = || run.windows(2).filter(|pair| is_change(pair)).count();
    count(u8::is_ascii_uppercase) >= least
        && count(u8::is_ascii_lowercase) >= least
        && count(u8::is_ascii_digit) > 0
        && changes() * 8 >= run.len() * 3
}

/// Whether two neighbours are of different sorts, or zeros of a key's blob. Slashes do not count: paths are full of
/// them.
fn is_change(pair: &[u8]) -> bool {
    let sort = |byte: &u8| match byte {
        b'A'..=b'Z' => Some('A'),
        b'a'..=b'z' => Some('a'),
        b'0'..=b'9' => Some('0'),
        _ => None,
    };
    match pair {
        [b'A', b'A'] => true,
        [one, other] => sort(one).zip(sort(other)).is_some_and(|(one, other)| one != other),
        _ => false,
    }
}
