//! The one way from text that came from outside to text that may be shown.

use std::fmt;

use super::encodings::hide_encodings;
use super::known::Known;
use super::letters::{self, Letter};
use super::projection::Projection;
use super::random_data::hide_random_data;
use super::sanitize::{MAX_SHOWN, visible};
use super::{SafeText, Untrusted};

/// The longest text that is looked at, in bytes.
const MAX_INPUT: usize = 4 * 1024;
/// The longest of several texts that are looked at together, in bytes.
const MAX_JOINED: usize = 16 * 1024;
/// So many letters in a row may stand for one of a secret, such as `<span>x</span>`.
const MAX_STRIDE: usize = 24;

/// Makes text from outside fit to be shown, in one order: bound, decode, sanitise, redact.
///
/// Hidden, each with the word that it stands in, are
/// - every part of eight characters or more of a known secret (an access key secret, a session token, the data of the
///   key), in either case, forwards or backwards, as it is or with anything between its letters and digits, with any
///   escapes, in hex, base32, base64 or the numbers of its characters;
/// - every run that looks like encoded data: 24 mixed letters and digits, or more hex digits than a fingerprint has.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Known,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// Makes a redactor that knows these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut redactor = Self::default();
        secrets.into_iter().for_each(|secret| redactor.add(secret));
        redactor
    }

    /// Adds a secret. One shorter than six characters is not looked for.
    pub fn add(&mut self, secret: &str) {
        self.known.add(secret);
    }

    /// Returns what may be shown of a text from outside.
    pub fn display(&self, text: &Untrusted) -> SafeText {
        self.display_str(text.as_str())
    }

    /// Does the same for bytes that should be text.
    pub fn display_bytes(&self, bytes: &[u8]) -> SafeText {
        let head = bytes.get(..MAX_INPUT).unwrap_or(bytes);
        self.display_str(&String::from_utf8_lossy(head))
    }

    /// Does the same for texts that are shown beside each other: when a secret is split among them, none is shown.
    pub fn display_all<const N: usize>(&self, texts: [&Untrusted; N]) -> [SafeText; N] {
        let shown = texts.map(|text| self.display(text));
        if self.is_split(&shown.each_ref().map(|text| &**text)) {
            return shown.map(|_| SafeText::new("***".to_owned()));
        }
        shown
    }

    /// Whether texts that are shown beside each other spell a part of a secret together.
    pub fn is_split(&self, texts: &[&str]) -> bool {
        let joined = texts.join(" ");
        let letters = letters::decode(bounded(&joined, MAX_JOINED));
        let mut hidden = vec![false; letters.len()];
        self.hide_secrets(&letters, &mut hidden);
        hidden.contains(&true)
    }

    fn hidden(&self, letters: &[Letter]) -> Vec<bool> {
        let mut hidden = vec![false; letters.len()];
        self.hide_secrets(letters, &mut hidden);
        hide_random_data(letters, &mut hidden);
        widen_to_words(letters, &mut hidden);
        hidden
    }

    fn display_str(&self, text: &str) -> SafeText {
        let bounded = bounded(text, MAX_INPUT);
        let letters = letters::decode(bounded);
        let mut shown = String::with_capacity(bounded.len());
        let mut was_hidden = false;
        for (letter, is_hidden) in letters.iter().zip(self.hidden(&letters)) {
            if is_hidden && !was_hidden {
                shown.push_str("***");
            } else if !is_hidden {
                let source = bounded.get(letter.start..letter.end).unwrap_or_default();
                shown.extend(source.chars().filter_map(visible));
            }
            was_hidden = is_hidden;
        }
        if let Some((cut, _)) = shown.char_indices().nth(MAX_SHOWN) {
            shown.truncate(cut);
            shown.push('…');
        } else if bounded.len() < text.len() {
            shown.push('…');
        }
        SafeText::new(shown)
    }

    fn hide_secrets(&self, letters: &[Letter], hidden: &mut [bool]) {
        if self.known.is_empty() {
            return;
        }
        let plain = Projection::of(letters, |letter| !letter.is_whitespace());
        let dense = Projection::of(letters, |letter| letter.is_ascii_alphanumeric());
        for projection in [&plain, &dense] {
            let place = |at: usize| projection.places.get(at).copied();
            for stride in 1..=MAX_STRIDE {
                self.known.hide_parts(&projection.bytes, stride, place, hidden);
            }
        }
        hide_encodings(&self.known, letters, hidden);
        // What was encoded may be written backwards too.
        let backwards: Vec<Letter> = letters.iter().rev().copied().collect();
        hidden.reverse();
        hide_encodings(&self.known, &backwards, hidden);
        hidden.reverse();
    }
}

/// Cuts a text that is longer than so many bytes.
fn bounded(text: &str, length: usize) -> &str {
    let mut end = text.len().min(length);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Hides the rest of every word that a part of is hidden: what was cut off, or what surrounds a secret.
fn widen_to_words(letters: &[Letter], hidden: &mut [bool]) {
    let is_word = |letter: &Letter| {
        letter.value.is_ascii_alphanumeric() || "+/=_-~%.\\".contains(letter.value)
    };
    let parts: Vec<bool> = letters.iter().map(is_word).collect();
    let mut spread = |order: &mut dyn Iterator<Item = usize>| {
        let mut was_hidden = false;
        for at in order {
            let (Some(is_part), Some(is_hidden)) = (parts.get(at), hidden.get_mut(at)) else {
                return;
            };
            *is_hidden |= was_hidden && *is_part;
            was_hidden = *is_hidden;
        }
    };
    spread(&mut (0..letters.len()));
    spread(&mut (0..letters.len()).rev());
}
