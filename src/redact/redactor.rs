//! Takes a secret out of a text from outside, in whatever form somebody repeats it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use zeroize::Zeroizing;

use crate::encode::{hex, percent};
use crate::wire::Response;

/// A shorter text would be found by chance, everywhere.
const SHORTEST: usize = 6;
/// So much of the beginning of a secret is hidden too: a text may have been cut.
const BEGINNING: usize = 16;

/// How often a text may be percent-encoded after the first time.
const DEEPEST: usize = 5;

/// What begins an escape.
const MARKS: &[u8] = b"%\\&";

const ALPHABETS: [GeneralPurpose; 2] = [
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD),
    GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD),
];

/// How much of a secret has to stand in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Beginning,
}

/// Replaces a text by `***` wherever it stands: as it is, percent-encoded several times, escaped as JSON or HTML
/// do it, in hex or base64 (alone or as a part of something longer), or in one of these and broken into lines. A
/// beginning of 16 characters counts as the whole, and takes the rest of its word along.
pub fn redact(text: &str, hidden: &str) -> String {
    redact_all(text, &[hidden])
}

/// Does the same for several texts at once, so that the beginning of one does not cover a part of another.
pub fn redact_all(text: &str, hidden: &[&str]) -> String {
    Redactor::new(hidden).text(text)
}

/// What is to be taken out of texts, in all of its forms: made once for many texts.
pub struct Redactor {
    /// The longest first, so that no shorter one leaves a part of it behind. They are secrets themselves.
    forms: Vec<Zeroizing<Vec<u8>>>,
    /// Which of them begin with a byte.
    by_first: Vec<Vec<usize>>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// Prepares the forms of several texts.
    pub fn new(hidden: &[&str]) -> Self {
        let long = hidden.iter().filter(|hidden| hidden.len() >= SHORTEST);
        let mut forms: Vec<_> = long.flat_map(|hidden| forms(hidden)).collect();
        forms.sort_unstable_by(|one, other| {
            other.len().cmp(&one.len()).then_with(|| one.as_slice().cmp(other.as_slice()))
        });
        forms.dedup();
        let mut by_first = vec![Vec::new(); 1 << 8];
        for (index, form) in forms.iter().enumerate() {
            let slot = form.first().and_then(|first| by_first.get_mut(usize::from(*first)));
            if let Some(slot) = slot {
                slot.push(index);
            }
        }
        Self { forms, by_first }
    }

    /// Returns a text with `***` in the places of what is hidden.
    pub fn text(&self, text: &str) -> String {
        match self.bytes(text.as_bytes()) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => text.to_owned(),
        }
    }

    /// Takes what is hidden out of an answer, before anything is read out of it: what a server repeats of a
    /// request can then stand nowhere, be it a name, an id or a sentence.
    pub fn answer(&self, response: &mut Response) {
        if let Some(body) = self.bytes(&response.body) {
            response.body = body;
        }
        for (_, value) in &mut response.headers {
            if let Some(bytes) = self.bytes(value.as_bytes()) {
                *value = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
    }

    /// Returns bytes without what is hidden; `None` when nothing of it is there.
    fn bytes(&self, text: &[u8]) -> Option<Vec<u8>> {
        if self.forms.is_empty() || text.len() < SHORTEST {
            return None;
        }
        let whole = self.without(text, Extent::Whole);
        let rest = whole.as_deref().unwrap_or(text);
        self.without(rest, Extent::Beginning).or(whole)
    }

    /// Returns the forms that begin with a byte.
    fn beginning_with(&self, byte: u8) -> &[usize] {
        self.by_first.get(usize::from(byte)).map_or(&[], Vec::as_slice)
    }

    /// Replaces forms; `None` when none is there.
    fn without(&self, text: &[u8], extent: Extent) -> Option<Vec<u8>> {
        let find = |text| {
            let candidates = readings(text).flat_map(|(byte, _)| self.beginning_with(byte));
            let mut forms = candidates.filter_map(|index| self.forms.get(*index));
            forms.find_map(|form| after(text, form, extent))
        };
        let may_begin = |byte: &u8| !self.beginning_with(*byte).is_empty() || MARKS.contains(byte);
        let mut shown = Vec::new();
        let (mut kept, mut rest) = (text, text);
        while let Some(at) = rest.iter().position(may_begin) {
            rest = rest.get(at..).unwrap_or_default();
            if let Some(end) = find(rest) {
                let before = kept.len().saturating_sub(rest.len());
                shown.extend_from_slice(kept.get(..before).unwrap_or_default());
                shown.extend_from_slice(b"***");
                (kept, rest) = (end, end);
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        if shown.is_empty() {
            return None;
        }
        shown.extend_from_slice(kept);
        Some(shown)
    }
}

/// The redactor of something that does not change: made when it is first wanted, and once for all of its copies.
/// It is no part of what it belongs to, so any two are equal.
#[derive(Clone, Debug, Default)]
pub struct Prepared(Arc<OnceLock<Redactor>>);

impl Prepared {
    /// Returns the redactor of these texts, which are the same at every call.
    pub fn of(&self, hidden: &[&str]) -> &Redactor {
        self.0.get_or_init(|| Redactor::new(hidden))
    }
}

impl PartialEq for Prepared {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Prepared {}

/// Returns a secret as it is, and in hex and base64; what is encoded so may be percent-encoded before.
fn forms(hidden: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let once = Zeroizing::new(percent(hidden));
    let twice = Zeroizing::new(percent(&once));
    let mut forms = Vec::new();
    for text in [hidden, &once, &twice] {
        forms.push(text.as_bytes().to_vec());
        if hidden.len() < BEGINNING {
            continue;
        }
        let lower = hex(text.as_bytes());
        forms.push(lower.to_ascii_uppercase().into_bytes());
        forms.push(lower.into_bytes());
        forms.extend(base64(text.as_bytes()));
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.into_iter().map(Zeroizing::new).collect()
}

/// Returns what is certain of a text's base64, wherever it begins in a longer text.
fn base64(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    // Three bytes make four characters: those that the neighbours have a part in are left out.
    let places = [(0, 0), (1, 2), (2, 3)];
    let all = ALPHABETS.iter().flat_map(move |engine| places.map(|place| (engine, place)));
    all.map(move |(engine, (before, unsure))| {
        let mut padded = vec![0; before];
        padded.extend_from_slice(text);
        let encoded = engine.encode(&padded).into_bytes();
        encoded.get(unsure..padded.len() * 8 / 6).unwrap_or_default().to_vec()
    })
}

/// Returns what follows a form at the beginning of a text. Each of its bytes may be written in its own way.
fn after<'a>(text: &'a [u8], form: &[u8], extent: Extent) -> Option<&'a [u8]> {
    let mut rest = text;
    for (read, byte) in form.iter().enumerate() {
        let one = |text: &'a [u8]| match text.split_first() {
            Some((first, next)) if !MARKS.contains(first) => (first == byte).then_some(next),
            _ => readings(text).find(|(read, _)| read == byte).map(|(_, rest)| rest),
        };
        let folded = || (read > 0).then(|| one(unfolded(rest))).flatten();
        match one(rest).or_else(folded) {
            Some(next) => rest = next,
            None if extent == Extent::Beginning && read >= BEGINNING => {
                return Some(end_of_word(rest));
            }
            None => return None,
        }
    }
    Some(rest)
}

/// Returns every way to read the first byte of a text, with what follows it: `%2B`, `%252B` and so on, `\+`,
/// `\u002B`, `&#43;` and `&#x2B;`, JSON's escapes up to three deep; the byte as it stands comes last.
fn readings(text: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let plain = text.split_first().map(|(first, rest)| (*first, rest));
    let mut escaped = [None; DEEPEST + 1];
    match text.split_first() {
        Some((b'%', rest)) => {
            let mut rest = Some(rest);
            for slot in &mut escaped {
                *slot = rest.and_then(|rest| number(rest, 2, 16));
                rest = rest.and_then(|rest| rest.strip_prefix(b"25"));
            }
        }
        Some((b'\\', _)) => {
            let count = text.iter().take_while(|byte| **byte == b'\\').count().min(8);
            let rest = text.get(count..).unwrap_or_default();
            let code = rest.strip_prefix(b"u00").and_then(|rest| number(rest, 2, 16));
            let itself = rest.split_first().map(|(first, rest)| (*first, rest));
            let [one, other, ..] = &mut escaped;
            (*one, *other) = (code, itself);
        }
        Some((b'&', rest)) => {
            let sixteen = rest.strip_prefix(b"#x").or_else(|| rest.strip_prefix(b"#X"));
            let found = match (sixteen, rest.strip_prefix(b"#")) {
                (Some(rest), _) => number(rest, 2, 16),
                (None, Some(rest)) => number(rest, 3, 10).or_else(|| number(rest, 2, 10)),
                (None, None) => None,
            };
            let [one, ..] = &mut escaped;
            *one = found.and_then(|(byte, rest)| Some((byte, rest.strip_prefix(b";")?)));
        }
        Some(_) | None => {}
    }
    escaped.into_iter().flatten().chain(plain)
}

/// Reads a number of so many digits that is a byte.
fn number(text: &[u8], width: usize, base: u32) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.split_at_checked(width)?;
    let value = u8::from_str_radix(str::from_utf8(digits).ok()?, base).ok()?;
    digits.iter().all(u8::is_ascii_alphanumeric).then_some((value, rest))
}

/// Returns what follows the word that a beginning stands in: the other end of what was cut, or changed.
fn end_of_word(text: &[u8]) -> &[u8] {
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-%\\".contains(byte);
    text.iter().position(|byte| !within(byte)).and_then(|end| text.get(end..)).unwrap_or_default()
}

/// Skips a line break and the blanks around it.
fn unfolded(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        let ([b'\r' | b'\n' | b'\t' | b' ', next @ ..] | [b'\\', b'r' | b'n', next @ ..]) = rest
        else {
            return rest;
        };
        rest = next;
    }
}
