//! Takes a secret out of a text from outside, in whatever form somebody repeats it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

use crate::encode::hex;

/// A shorter text would be found by chance, everywhere.
const SHORTEST: usize = 6;
/// So much of the beginning of a secret is hidden too: a text may have been cut.
const BEGINNING: usize = 16;

const ALPHABETS: [GeneralPurpose; 2] = [
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD),
    GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD),
];

/// Replaces a text by `***` wherever it stands: as it is, in hex, in base64 (alone or as a part of something
/// longer), and each of these percent-encoded up to three times, escaped as JSON or HTML do it, or broken
/// into lines. A beginning of 16 characters counts as the whole.
pub fn scrub(text: &str, hidden: &str) -> String {
    match scrubbed(text.as_bytes(), hidden) {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => text.to_owned(),
    }
}

/// Does the same to bytes; `None` when nothing is there to be replaced.
pub(super) fn scrubbed(text: &[u8], hidden: &str) -> Option<Vec<u8>> {
    if hidden.len() < SHORTEST {
        return None;
    }
    forms(hidden.as_bytes()).iter().fold(None, |known, form| {
        let replaced = without(known.as_deref().unwrap_or(text), form);
        replaced.or(known)
    })
}

/// Returns a secret as it is, in hex, and what is certain of its base64 wherever it begins in a longer text.
fn forms(hidden: &[u8]) -> Vec<Vec<u8>> {
    let lower = hex(hidden);
    let mut forms = vec![hidden.to_vec(), lower.to_ascii_uppercase().into_bytes()];
    forms.push(lower.into_bytes());
    for engine in &ALPHABETS {
        // Three bytes make four characters: those that the neighbours have a part in are left out.
        for (before, unsure) in [(0, 0), (1, 2), (2, 3)] {
            let padded = [&[0; 2][..before], hidden].concat();
            let sure = padded.len() * 8 / 6;
            let text = engine.encode(&padded);
            forms.push(text.bytes().take(sure).skip(unsure).collect());
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort();
    forms.dedup();
    // The longest first, so that no shorter one leaves a part of it behind.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
}

/// Replaces one form; `None` when it is not there.
fn without(text: &[u8], form: &[u8]) -> Option<Vec<u8>> {
    let begins = |byte: u8| form.first() == Some(&byte) || matches!(byte, b'%' | b'\\' | b'&');
    let mut shown = Vec::with_capacity(text.len());
    let (mut rest, mut is_found) = (text, false);
    while let Some((first, next)) = rest.split_first() {
        let after = if begins(*first) {
            after(rest, form, &[escaped, plain]).or_else(|| after(rest, form, &[plain, escaped]))
        } else {
            None
        };
        if let Some(after) = after {
            shown.extend_from_slice(b"***");
            (rest, is_found) = (after, true);
        } else {
            shown.push(*first);
            rest = next;
        }
    }
    is_found.then_some(shown)
}

type Reader = fn(&[u8], u8) -> Option<&[u8]>;

/// Returns what follows a form at the beginning of a text. Each of its bytes may be written in its own way;
/// the readers stand in the order of their preference.
fn after<'a>(text: &'a [u8], form: &[u8], readers: &[Reader; 2]) -> Option<&'a [u8]> {
    let mut rest = text;
    for (read, byte) in form.iter().enumerate() {
        let one = |text: &'a [u8]| readers.iter().find_map(|reader| reader(text, *byte));
        let folded = || (read > 0).then(|| one(unfolded(rest))).flatten();
        match one(rest).or_else(folded) {
            Some(next) => rest = next,
            None if read >= BEGINNING => return Some(rest),
            None => return None,
        }
    }
    Some(rest)
}

fn plain(text: &[u8], byte: u8) -> Option<&[u8]> {
    text.split_first().filter(|(first, _)| **first == byte).map(|(_, rest)| rest)
}

/// Reads `%2B`, `%252B`, `%25252B`, `\+`, `\u002B`, `&#43;` and `&#x2B;`, the escapes of JSON up to three deep.
fn escaped(text: &[u8], byte: u8) -> Option<&[u8]> {
    let hex = |text, width: usize| digits(text, &format!("{byte:0width$x}"));
    match text.first()? {
        b'%' => ["%", "%25", "%2525"]
            .iter()
            .find_map(|mark| hex(text.strip_prefix(mark.as_bytes())?, 2)),
        b'\\' => {
            let count = text.iter().take_while(|byte| **byte == b'\\').count().min(8);
            let rest = text.get(count..)?;
            plain(rest, byte).or_else(|| hex(rest.strip_prefix(b"u")?, 4))
        }
        b'&' => {
            let rest = text.strip_prefix(b"&#")?;
            let number = match rest.strip_prefix(b"x").or_else(|| rest.strip_prefix(b"X")) {
                Some(rest) => hex(rest, 2),
                None => digits(rest, &byte.to_string()),
            };
            number?.strip_prefix(b";")
        }
        _ => None,
    }
}

fn digits<'a>(text: &'a [u8], digits: &str) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(digits.len())?;
    head.eq_ignore_ascii_case(digits.as_bytes()).then_some(rest)
}

/// Skips a line break and the blanks around it.
fn unfolded(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        let next = match rest {
            [b'\r' | b'\n' | b'\t' | b' ', next @ ..] | [b'\\', b'r' | b'n', next @ ..] => next,
            _ => return rest,
        };
        rest = next;
    }
}
