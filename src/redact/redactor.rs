//! The one way from text that came from outside to text that may be shown.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::encoded::hide_encoded;
use super::letters::{self, Letter};
use super::projection::{Projection, hide, is_base64};
use super::sanitize::visible;
use super::{SafeText, Untrusted};

/// The longest text that is looked at, in bytes.
const MAX_INPUT: usize = 16 * 1024;
/// The longest text that is shown, in characters.
const MAX_SHOWN: usize = 2000;
/// So many characters in a row of a known secret are never shown.
const WINDOW: usize = 8;
/// A shorter secret would be found by chance, everywhere.
const SHORTEST: usize = 6;
/// 65,536 bits.
const FILTER_WORDS: usize = 1024;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Makes text from outside fit to be shown, in one order: bound, decode, sanitise, redact.
///
/// Hidden, each with the word that it stands in, are
/// - every part of eight characters or more of a known secret (an access key secret, a session token, the data of the
///   key), in either case, as it is or with anything between its letters and digits, with any escapes, in hex or base64;
/// - every run that looks like encoded data: 24 mixed letters and digits, or more hex digits than a fingerprint has.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The secrets in lower case, each as it is and as its letters and digits alone.
    secrets: Vec<Zeroizing<String>>,
    /// Those that are shorter than a window.
    short: Vec<Zeroizing<String>>,
    /// A Bloom filter of every eight bytes in a row of them: a quick no for nearly every text.
    filter: Zeroizing<Vec<u64>>,
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
        let plain = Zeroizing::new(secret.trim().to_ascii_lowercase());
        if self.secrets.contains(&plain) {
            return;
        }
        let mut forms = vec![plain.clone()];
        // A server may decode what it repeats. Base64 decodes to itself.
        if !plain.trim_end_matches('=').bytes().all(is_base64) {
            let letters = letters::decode(&plain).into_iter();
            let decoded = letters.map(|letter| letter.value.to_ascii_lowercase()).collect();
            forms.push(Zeroizing::new(decoded));
        }
        for form in forms {
            let dense = form.chars().filter(char::is_ascii_alphanumeric).collect();
            self.add_form(Zeroizing::new(dense));
            self.add_form(form);
        }
    }

    fn add_form(&mut self, secret: Zeroizing<String>) {
        if secret.len() < SHORTEST || self.secrets.contains(&secret) {
            return;
        }
        if secret.len() < WINDOW {
            self.short.push(secret.clone());
        }
        self.filter.resize(FILTER_WORDS, 0);
        for window in secret.as_bytes().windows(WINDOW) {
            for (word, bit) in filter_bits(window) {
                if let Some(word) = self.filter.get_mut(word) {
                    *word |= bit;
                }
            }
        }
        self.secrets.push(secret);
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

    fn display_str(&self, text: &str) -> SafeText {
        let mut end = text.len().min(MAX_INPUT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let bounded = text.get(..end).unwrap_or_default();
        let letters = letters::decode(bounded);
        let mut hidden = vec![false; letters.len()];
        self.hide_secrets(&letters, &mut hidden);
        hide_encoded(&letters, &mut hidden);
        widen_to_words(&letters, &mut hidden);
        let mut shown = String::with_capacity(bounded.len());
        let mut was_hidden = false;
        for (letter, is_hidden) in letters.iter().zip(hidden) {
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
        } else if end < text.len() {
            shown.push('…');
        }
        SafeText::new(shown)
    }

    /// Whether a window is a part of a secret.
    fn is_part(&self, window: &[u8]) -> bool {
        let is_set =
            |(word, bit): (usize, u64)| self.filter.get(word).is_some_and(|word| word & bit != 0);
        let may_be = filter_bits(window).into_iter().all(is_set);
        // Eight zeros and the like are in every text.
        let is_telling = || window.iter().collect::<BTreeSet<_>>().len() > 3;
        let mut parts = self.secrets.iter().flat_map(|one| one.as_bytes().windows(WINDOW));
        may_be && parts.any(|part| part == window) && is_telling()
    }

    fn hide_secrets(&self, letters: &[Letter], hidden: &mut [bool]) {
        if self.secrets.is_empty() {
            return;
        }
        let plain = Projection::of(letters, |letter| !letter.is_whitespace());
        let dense = Projection::of(letters, |letter| letter.is_ascii_alphanumeric());
        for projection in [&plain, &dense] {
            self.hide_windows(&projection.bytes, |at| projection.places.get(at).copied(), hidden);
        }
        for run in dense.runs(|byte| byte.is_ascii_hexdigit() || byte == b'x', 2 * SHORTEST) {
            self.hide_in_hex(&dense, run, hidden);
        }
        let symbols = Projection::of_base64(letters);
        for run in symbols.runs(is_base64, SHORTEST) {
            self.hide_in_base64(&symbols, run, hidden);
        }
    }

    /// Hides every window of a secret in bytes whose letters are found by their index.
    fn hide_windows(
        &self,
        bytes: &[u8],
        letter: impl Fn(usize) -> Option<usize>,
        hidden: &mut [bool],
    ) {
        for (at, window) in bytes.windows(WINDOW).enumerate() {
            if self.is_part(window) {
                hide(hidden, letter(at), letter(at + WINDOW - 1));
            }
        }
        for short in &self.short {
            for (at, part) in bytes.windows(short.len()).enumerate() {
                if part == short.as_bytes() {
                    hide(hidden, letter(at), letter(at + short.len() - 1));
                }
            }
        }
    }

    /// Hides what spells a secret in pairs of hex digits, with or without `0x` before each.
    fn hide_in_hex(&self, dense: &Projection, run: Range<usize>, hidden: &mut [bool]) {
        let digits: Vec<(u8, usize)> = run
            .clone()
            .filter_map(|at| {
                let byte = *dense.bytes.get(at)?;
                let is_prefix = byte == b'0' && dense.bytes.get(at + 1) == Some(&b'x');
                let digit = char::from(byte).to_digit(16).filter(|_| !is_prefix)?;
                Some((u8::try_from(digit).ok()?, at))
            })
            .collect();
        for offset in 0..2 {
            let pairs = digits.get(offset..).unwrap_or_default().as_chunks::<2>().0;
            let bytes: Vec<u8> = pairs
                .iter()
                .map(|[(high, _), (low, _)]| (high << 4 | low).to_ascii_lowercase())
                .collect();
            let place = |at: usize| {
                let [(_, first), _] = pairs.get(at)?;
                dense.places.get(*first).copied()
            };
            self.hide_windows(&bytes, place, hidden);
            self.hide_dense(&bytes, place, hidden);
        }
    }

    /// Hides what spells a secret in base64, wherever it begins in a longer text.
    fn hide_in_base64(&self, symbols: &Projection, run: Range<usize>, hidden: &mut [bool]) {
        for offset in 0..4 {
            let Some(text) = symbols.bytes.get(run.start + offset..run.end) else { continue };
            // One symbol alone holds no byte.
            let whole = if text.len() % 4 == 1 { text.len() - 1 } else { text.len() };
            let Ok(bytes) = BASE64.decode(text.get(..whole).unwrap_or_default()) else { continue };
            let bytes = bytes.to_ascii_lowercase();
            let place = |at: usize| symbols.places.get(run.start + offset + at * 4 / 3).copied();
            self.hide_windows(&bytes, place, hidden);
            self.hide_dense(&bytes, place, hidden);
        }
    }

    /// Hides a secret in decoded bytes that has something between its letters and digits.
    fn hide_dense(
        &self,
        bytes: &[u8],
        letter: impl Fn(usize) -> Option<usize>,
        hidden: &mut [bool],
    ) {
        let places: Vec<usize> = (0..bytes.len())
            .filter(|at| bytes.get(*at).is_some_and(u8::is_ascii_alphanumeric))
            .collect();
        let dense: Vec<u8> = places.iter().filter_map(|at| bytes.get(*at).copied()).collect();
        self.hide_windows(&dense, |at| letter(*places.get(at)?), hidden);
    }
}

/// Returns the two bits of the filter for eight bytes, each as a word and a bit in it.
#[inline]
fn filter_bits(window: &[u8]) -> [(usize, u64); 2] {
    let number = window.first_chunk::<WINDOW>().map_or(0, |eight| u64::from_be_bytes(*eight));
    // Fibonacci hashing: the golden ratio spreads neighbours over the whole range.
    let [a, b, c, d, ..] = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    [[a, b], [c, d]].map(|half| {
        let hash = u16::from_be_bytes(half);
        (usize::from(hash >> 6), 1 << (hash & 63))
    })
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
