//! Secrets that are known, to be found in a text by any eight characters of them in a row.

use zeroize::Zeroizing;

use super::letters;
use super::projection::{hide, is_base64};

/// So many characters in a row of a known secret are never shown.
const WINDOW: usize = 8;
/// A shorter secret would be found by chance, everywhere.
const SHORTEST: usize = 6;
/// 65,536 bits.
const FILTER_WORDS: usize = 1024;

/// Secrets in lower case, each as it is and as its letters and digits alone.
#[derive(Clone, Default)]
pub(super) struct Known {
    /// The secrets as they were added.
    added: Vec<Zeroizing<String>>,
    /// Forms that are shorter than a window.
    short: Vec<Zeroizing<Vec<u8>>>,
    /// Every eight bytes in a row of the longer forms, in order, for each secret.
    windows: Vec<Zeroizing<Vec<u64>>>,
    /// A Bloom filter of the windows: a quick no for nearly every text.
    filter: Zeroizing<Vec<u64>>,
}

impl Known {
    pub(super) fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// Adds a secret. One shorter than six characters is not looked for.
    pub(super) fn add(&mut self, secret: &str) {
        let plain = Zeroizing::new(secret.trim().to_ascii_lowercase());
        if plain.len() < SHORTEST || self.added.contains(&plain) {
            return;
        }
        // A vector that grows would leave a copy behind.
        let mut windows = Zeroizing::new(Vec::with_capacity(4 * plain.len()));
        self.add_form(plain.as_bytes(), &mut windows);
        // A server may unescape a secret before it echoes it, so that form is searched for, too. Base64 has no escapes.
        if !plain.trim_end_matches('=').bytes().all(is_base64) {
            let decoded: Zeroizing<String> =
                Zeroizing::new(letters::decode(&plain).iter().map(|letter| letter.value).collect());
            self.add_form(decoded.to_ascii_lowercase().as_bytes(), &mut windows);
        }
        windows.sort_unstable();
        windows.dedup();
        self.filter.resize(FILTER_WORDS, 0);
        for (word, bit) in windows.iter().copied().flat_map(filter_bits) {
            if let Some(word) = self.filter.get_mut(word) {
                *word |= bit;
            }
        }
        self.windows.push(windows);
        self.added.push(plain);
    }

    /// Returns how many characters a text must have to hold a part of a secret.
    pub(super) fn shortest(&self) -> usize {
        if self.short.is_empty() { WINDOW } else { SHORTEST }
    }

    fn add_form(&mut self, form: &[u8], windows: &mut Vec<u64>) {
        let dense: Zeroizing<Vec<u8>> =
            Zeroizing::new(form.iter().copied().filter(u8::is_ascii_alphanumeric).collect());
        for form in [form, &dense] {
            if (SHORTEST..WINDOW).contains(&form.len()) {
                self.short.push(Zeroizing::new(form.to_vec()));
                self.short.push(Zeroizing::new(form.iter().rev().copied().collect()));
            }
            let telling = form.windows(WINDOW).filter(|window| is_telling(window));
            windows.extend(
                telling.filter_map(|window| {
                    Some(undirected(u64::from_be_bytes(*window.first_chunk()?)))
                }),
            );
        }
    }

    fn is_part(&self, window: u64) -> bool {
        let window = undirected(window);
        let is_set =
            |(word, bit): (usize, u64)| self.filter.get(word).is_some_and(|word| word & bit != 0);
        let mut all = self.windows.iter();
        filter_bits(window).into_iter().all(is_set)
            && all.any(|windows| windows.binary_search(&window).is_ok())
    }

    /// Hides what every `stride`-th byte spells a part of a secret with, and what stands between. `place` returns the
    /// letter of a byte.
    pub(super) fn hide_parts(
        &self,
        bytes: &[u8],
        stride: usize,
        place: impl Fn(usize) -> Option<usize>,
        hidden: &mut [bool],
    ) {
        if bytes.len() <= (self.shortest() - 1) * stride {
            return;
        }
        for start in 0..stride {
            let mut window = 0_u64;
            for (count, (at, byte)) in
                bytes.iter().enumerate().skip(start).step_by(stride).enumerate()
            {
                window = window << 8 | u64::from(*byte);
                if count + 1 >= WINDOW && self.is_part(window) {
                    hide(hidden, place(at - (WINDOW - 1) * stride), place(at));
                }
            }
        }
        if stride > 1 {
            return;
        }
        for short in &self.short {
            for (at, part) in bytes.windows(short.len()).enumerate() {
                if part == short.as_slice() {
                    hide(hidden, place(at), place(at + short.len() - 1));
                }
            }
        }
    }

    /// Hides what spells a part of a secret in decoded bytes, also with something between its letters and digits.
    pub(super) fn hide_decoded(
        &self,
        bytes: &[u8],
        place: impl Fn(usize) -> Option<usize>,
        hidden: &mut [bool],
    ) {
        let mut runs = bytes.split(|byte| !byte.is_ascii_graphic());
        if runs.any(|run| run.len() >= self.shortest()) {
            self.hide_parts(bytes, 1, &place, hidden);
        }
        let count = bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
        if count < self.shortest() || count == bytes.len() {
            return;
        }
        let (places, dense): (Vec<usize>, Vec<u8>) =
            bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()).unzip();
        self.hide_parts(&dense, 1, |at| place(*places.get(at)?), hidden);
    }
}

/// Whether a window has more than three different bytes: eight zeros and the like are in every text.
fn is_telling(window: &[u8]) -> bool {
    window.iter().fold(0_u128, |seen, byte| seen | 1 << (byte & 0x7f)).count_ones() > 3
}

/// Returns the same number for a window and its bytes backwards.
fn undirected(window: u64) -> u64 {
    window.min(window.swap_bytes())
}

/// Returns the two bits of the filter for eight bytes, each as a word and a bit in it.
#[inline]
fn filter_bits(window: u64) -> [(usize, u64); 2] {
    // Fibonacci hashing: the golden ratio spreads neighbours over the whole range.
    let [a, b, c, d, ..] = window.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    [[a, b], [c, d]].map(|half| {
        let hash = u16::from_be_bytes(half);
        (usize::from(hash >> 6), 1 << (hash & 63))
    })
}
