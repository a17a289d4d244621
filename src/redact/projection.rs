//! Parts of a text as bytes, each with its place in the whole.

use super::letters::Letter;

/// Some letters of a text as bytes in lower case, with their places in the whole.
pub(super) struct Projection {
    pub(super) bytes: Vec<u8>,
    pub(super) places: Vec<usize>,
}

impl Projection {
    /// Keeps the letters that `keep` accepts, in lower case.
    pub(super) fn of(letters: &[Letter], keep: fn(char) -> bool) -> Self {
        let byte =
            |letter: &Letter| u8::try_from(letter.value).unwrap_or(0xff).to_ascii_lowercase();
        Self::mapped(letters, keep, byte)
    }

    /// Keeps the letters that `keep` accepts as they are, and reads both alphabets of base64 as one.
    pub(super) fn of_base64(letters: &[Letter], keep: fn(char) -> bool) -> Self {
        Self::mapped(letters, keep, base64_symbol)
    }

    fn mapped(letters: &[Letter], keep: fn(char) -> bool, byte: fn(&Letter) -> u8) -> Self {
        let mut bytes = Vec::with_capacity(letters.len());
        let mut places = Vec::with_capacity(letters.len());
        for (place, letter) in letters.iter().enumerate() {
            if keep(letter.value) {
                bytes.push(byte(letter));
                places.push(place);
            }
        }
        Self { bytes, places }
    }
}

/// Writes a letter as a symbol of base64, both alphabets as one. A character outside ASCII ends a run.
pub(super) fn base64_symbol(letter: &Letter) -> u8 {
    match letter.value {
        '-' => b'+',
        '_' => b'/',
        value => u8::try_from(value).unwrap_or(0xff),
    }
}

/// Whether a byte is a symbol of base64.
pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Hides all letters from one to another.
pub(super) fn hide(hidden: &mut [bool], first: Option<usize>, last: Option<usize>) {
    let Some((first, last)) = first.zip(last) else { return };
    if let Some(range) = hidden.get_mut(first..=last) {
        range.fill(true);
    }
}
