//! Secrets in forms that a reader can undo: base32, base64, and the numbers of the characters.

use super::known::Known;
use super::letters::Letter;
use super::projection::Projection;

/// Bases of numbers, and how many digits each number has where nothing stands between them.
const WIDTHS: [(u8, usize); 5] = [(16, 2), (16, 4), (10, 3), (8, 3), (2, 8)];
/// Bases of numbers, and how many digits the number of a visible character has at the least.
const BASES: [(u8, usize); 4] = [(16, 2), (10, 2), (8, 2), (2, 6)];
/// The value of what is not a digit.
const NO_DIGIT: u8 = u8::MAX;

/// Hides known secrets in every form.
pub(super) fn hide_encodings(known: &Known, letters: &[Letter], hidden: &mut [bool]) {
    let dense = Projection::of_base64(letters, |letter| letter.is_ascii_alphanumeric());
    let symbols = Projection::of_base64(letters, |letter| !letter.is_whitespace());
    hide_symbols(known, &dense, &BASE32, hidden);
    hide_symbols(known, &dense, &BASE64, hidden);
    if symbols.bytes.len() > dense.bytes.len() {
        hide_symbols(known, &symbols, &BASE64, hidden);
    }
    let bytes = dense.bytes.iter().map(|byte| digit(char::from(*byte))).collect();
    let digits = Projection { bytes, places: dense.places };
    for (base, width) in WIDTHS {
        hide_digits(known, &digits, base, width, hidden);
    }
    let digits: Vec<u8> = letters.iter().map(|letter| digit(letter.value)).collect();
    for (base, least) in BASES {
        // A quick no for nearly every text.
        let numbers = digits.split(|digit| *digit >= base).filter(|digits| digits.len() >= least);
        if numbers.count() >= known.shortest() {
            hide_numbers(known, letters, &digits, base, hidden);
        }
    }
}

/// Returns the value of a digit in any base up to 16.
fn digit(letter: char) -> u8 {
    letter.to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(NO_DIGIT)
}

/// An encoding in which every symbol stands for the same number of bits.
struct Encoding {
    bits: usize,
    /// At so many symbols in a row a byte may begin.
    offsets: usize,
    value: fn(u8) -> Option<u8>,
}

/// RFC 4648.
const BASE32: Encoding = Encoding {
    bits: 5,
    offsets: 8,
    value: |symbol| match symbol.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(letter - b'a'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    },
};

const BASE64: Encoding = Encoding {
    bits: 6,
    offsets: 4,
    value: |symbol| match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    },
};

/// Hides what spells a secret in symbols, wherever it begins in a longer text.
fn hide_symbols(known: &Known, text: &Projection, encoding: &Encoding, hidden: &mut [bool]) {
    let values: Vec<Option<u8>> =
        text.bytes.iter().map(|symbol| (encoding.value)(*symbol)).collect();
    let mut start = 0;
    for run in values.split(Option::is_none) {
        for offset in 0..encoding.offsets {
            let symbols = run.get(offset..).unwrap_or_default();
            if symbols.len() * encoding.bits < known.shortest() * 8 {
                break;
            }
            let bytes = decode(symbols, encoding.bits);
            let symbol = |at: usize| start + offset + at * 8 / encoding.bits;
            known.hide_decoded(&bytes, |at| text.places.get(symbol(at)).copied(), hidden);
        }
        start += run.len() + 1;
    }
}

/// Reads bytes, in lower case, from symbols of so many bits each.
fn decode(symbols: &[Option<u8>], bits: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(symbols.len() * bits / 8);
    let (mut number, mut length) = (0_u16, 0);
    for symbol in symbols.iter().flatten() {
        number = number << bits | u16::from(*symbol);
        length += bits;
        if length >= 8 {
            length -= 8;
            let [_, byte] = (number >> length).to_be_bytes();
            bytes.push(byte.to_ascii_lowercase());
        }
    }
    bytes
}

/// Hides what spells a secret in numbers of one width, such as `41:62` and `065098`.
fn hide_digits(known: &Known, digits: &Projection, base: u8, width: usize, hidden: &mut [bool]) {
    let runs = digits.bytes.split(|digit| *digit >= base);
    if runs.map(<[u8]>::len).max().unwrap_or_default() < width * known.shortest() {
        return;
    }
    for offset in 0..width {
        let numbers = digits.bytes.get(offset..).unwrap_or_default().chunks_exact(width);
        // What is not a number ends a row of them.
        let bytes: Vec<u8> =
            numbers.map(|digits| number(digits, base).and_then(graphic).unwrap_or(0)).collect();
        known.hide_decoded(&bytes, |at| digits.places.get(offset + at * width).copied(), hidden);
    }
}

/// Hides what spells a secret in numbers with something between them, such as `65, 98`, `\101\142` and `U+0041 U+0062`.
fn hide_numbers(known: &Known, letters: &[Letter], digits: &[u8], base: u8, hidden: &mut [bool]) {
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    let mut start = 0;
    for run in digits.chunk_by(|one, other| *one < base && *other < base) {
        let end = start + run.len();
        // The next number may follow at once: `0x410x62`.
        let is_before_x = letters.get(end).is_some_and(|next| matches!(next.value, 'x' | 'X'));
        let is_prefixed = run.len() > 1 && base == 16 && is_before_x;
        let run = run.get(..run.len() - usize::from(is_prefixed)).unwrap_or_default();
        if let Some(byte) = number(run, base).and_then(graphic) {
            bytes.push(byte);
            places.push(start);
        }
        start = end;
    }
    known.hide_decoded(&bytes, |at| places.get(at).copied(), hidden);
}

/// Reads a number; `None` where there is something else than its digits.
fn number(digits: &[u8], base: u8) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| {
        (*digit < base).then(|| sum.saturating_mul(base.into()).saturating_add((*digit).into()))
    })
}

/// Returns the visible character of ASCII with this number, in lower case.
fn graphic(number: u32) -> Option<u8> {
    u8::try_from(number).ok().filter(u8::is_ascii_graphic).map(|byte| byte.to_ascii_lowercase())
}
