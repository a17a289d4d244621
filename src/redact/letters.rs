//! A text as its reader would take it: escapes undone, invisible characters left out, each character with its place in
//! the source.

use std::iter;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::sanitize::visible;

const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// How many layers of escapes are undone: JSON in JSON in a URL has three.
const LAYERS: usize = 6;

/// Named character references (HTML) of characters that occur in keys and tokens.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("plus", '+'),
    ("sol", '/'),
    ("equals", '='),
    ("lowbar", '_'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("period", '.'),
    ("colon", ':'),
    ("percnt", '%'),
    ("num", '#'),
    ("bsol", '\\'),
    ("nbsp", ' '),
    ("Tab", ' '),
    ("NewLine", ' '),
    ("quot", '"'),
    ("lt", '<'),
    ("gt", '>'),
];

/// One character and the bytes of the source that stand for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) value: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Undoes percent-encoding, JSON and C escapes and HTML character references, in up to six layers.
pub(super) fn decode(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = text
        .char_indices()
        .filter_map(|(start, letter)| {
            let value = folded(visible(letter)?);
            Some(Letter { value, start, end: start + letter.len_utf8() })
        })
        .collect();
    for _ in 0..LAYERS {
        match unescape(&letters) {
            Some(plain) => letters = plain,
            None => break,
        }
    }
    letters
}

/// Reads a letter as the ASCII character that it shows: full-width, mathematical, circled and the like (Unicode's
/// compatibility forms, NFKC), and the alphabets that have no such form.
fn folded(letter: char) -> char {
    let of_alphabet = |first| char::from_u32(u32::from('A') + u32::from(letter) - first);
    match letter {
        '\0'..='\x7f' => return letter,
        '\u{1f150}'..='\u{1f169}' => return of_alphabet(0x1f150).unwrap_or(letter),
        '\u{1f170}'..='\u{1f189}' => return of_alphabet(0x1f170).unwrap_or(letter),
        '\u{1f1e6}'..='\u{1f1ff}' => return of_alphabet(0x1f1e6).unwrap_or(letter),
        _ => {}
    }
    let forms = || NFKC.normalize_iter(iter::once(letter));
    // `⒜` shows `(a)`.
    let mut characters = forms().filter(char::is_ascii_alphanumeric);
    match (characters.next(), characters.next()) {
        (Some(character), None) => character,
        (None, _) => forms().next().unwrap_or(letter),
        _ => letter,
    }
}

/// Undoes one layer of escapes; `None` when there is none.
fn unescape(letters: &[Letter]) -> Option<Vec<Letter>> {
    let mut plain = Vec::with_capacity(letters.len());
    let mut rest = letters;
    let mut found = false;
    while let Some((first, after)) = rest.split_first() {
        let Some((value, length)) = escape(rest) else {
            plain.push(*first);
            rest = after;
            continue;
        };
        found = true;
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let end = taken.last().map_or(first.end, |last| last.end);
        let value = value.and_then(visible).map(folded);
        plain.extend(value.map(|value| Letter { value, start: first.start, end }));
        rest = after;
    }
    found.then_some(plain)
}

/// Reads the escape at the beginning of a text: the character, if it is one, and how many letters it takes.
fn escape(text: &[Letter]) -> Option<(Option<char>, usize)> {
    match (value(text, 0)?, value(text, 1)?) {
        ('%', 'u' | 'U') => numeric(text, 2, 4),
        ('%', _) => utf8(text, 1),
        ('\\', 'u' | 'U' | 'x' | 'X') if value(text, 2) == Some('{') => braced(text, 3, '}', 16),
        ('\\', 'u' | 'U') => numeric(text, 2, 4),
        ('\\', 'x' | 'X') => utf8(text, 2),
        ('\\', 'n' | 'r' | 't') => Some((Some(' '), 2)),
        ('\\', letter) if !letter.is_alphanumeric() => Some((Some(letter), 2)),
        ('&', '#') if matches!(value(text, 2), Some('x' | 'X')) => braced(text, 3, ';', 16),
        ('&', '#') => braced(text, 2, ';', 10),
        ('&', _) => ENTITIES.iter().find_map(|(name, letter)| {
            let mut written = text.iter().skip(1).map(|letter| letter.value);
            let mut is_next = |letter: char| {
                written.next().is_some_and(|next| next.eq_ignore_ascii_case(&letter))
            };
            let is_this = name.chars().all(&mut is_next);
            (is_this && is_next(';')).then_some((Some(*letter), name.len() + 2))
        }),
        _ => None,
    }
}

fn value(text: &[Letter], index: usize) -> Option<char> {
    text.get(index).map(|letter| letter.value)
}

/// Reads so many hex digits.
fn number(text: &[Letter], from: usize, digits: usize) -> Option<u32> {
    (from..from + digits)
        .try_fold(0, |number, index| Some(number << 4 | value(text, index)?.to_digit(16)?))
}

/// Reads an escape with a fixed number of hex digits. Half of a surrogate pair stands for no character of its own.
fn numeric(text: &[Letter], from: usize, digits: usize) -> Option<(Option<char>, usize)> {
    Some((char::from_u32(number(text, from, digits)?), from + digits))
}

/// Reads an escape with any number of digits up to a closing mark, which HTML lets one leave out.
fn braced(text: &[Letter], from: usize, close: char, base: u32) -> Option<(Option<char>, usize)> {
    let rest = text.get(from..)?;
    let count = rest.iter().take_while(|letter| letter.value.is_digit(base)).count();
    let digits = rest.get(..count).filter(|digits| !digits.is_empty())?;
    let number = digits.iter().fold(0_u32, |number, digit| {
        number.saturating_mul(base).saturating_add(digit.value.to_digit(base).unwrap_or_default())
    });
    let is_closed = rest.get(count).is_some_and(|letter| letter.value == close);
    Some((char::from_u32(number), from + count + usize::from(is_closed)))
}

/// Reads the bytes of one character in UTF-8, each written as a prefix (`%`, `\x`) and two hex digits. A byte that
/// belongs to no character stands for none.
fn utf8(text: &[Letter], prefix: usize) -> Option<(Option<char>, usize)> {
    let width = prefix + 2;
    let same_prefix = |index: usize| {
        (0..prefix).all(|offset| value(text, index * width + offset) == value(text, offset))
    };
    let byte = |index: usize| {
        let number = same_prefix(index).then(|| number(text, index * width + prefix, 2)).flatten();
        number.and_then(|number| u8::try_from(number).ok())
    };
    let first = byte(0)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let bytes: Option<Vec<u8>> = (0..length).map(byte).collect();
    let letter = bytes.as_deref().and_then(|bytes| str::from_utf8(bytes).ok()?.chars().next());
    Some((letter, if letter.is_some() { length * width } else { width }))
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn read(text: &str) -> String {
        decode(text).into_iter().map(|letter| letter.value).collect()
    }

    #[test]
    fn every_escape_is_undone() {
        for text in [
            "a+b", "a%2Bb", "a%252bb", "a\\u002bb", "a\\\\u002Bb", "a\\x2bb", "a\\u{2b}b",
            "a&#43;b", "a&#0043;b", "a&#x2B;b", "a&plus;b", "a%u002bb", "ａ＋ｂ", "𝐚+𝚋", "ⓐ+ⓑ",
            "𝕒＋ⓑ", "⒜+🅑", "ₐ+ᵇ", "🇦+🄱", "a&PLUS;b", "a&AMP;#43;b", "a\u{200b}+\u{202e}b",
            "a%E2%80%8B+b", "a\\u200b+b", "a\\xe2\\x80\\x8b+b", "a\\+b", "\u{9b}a+b", "a%00+b",
        ] {
            assert_eq!(read(text).to_ascii_lowercase(), "a+b", "{text}");
        }
        for text in ["a b", "a\\nb", "a\\tb", "a\\rb", "a%C2%A0b", "a&nbsp;b", "a\u{3000}b"] {
            assert_eq!(read(text), "a b", "{text}");
        }
        assert_eq!(read("caf%C3%A9 %F0%9F%94%91 \\xe5\\xaf\\x86"), "café 🔑 密");
        assert_eq!(read("100 % of a\nb, C:\\dir, &c; %zz %"), "100 % of a b, C:\\dir, &c; %zz %");
    }

    #[test]
    fn a_character_knows_its_source() {
        let letters = decode("x%2By");
        let places: Vec<_> = letters.iter().map(|letter| (letter.start, letter.end)).collect();
        assert_eq!(places, [(0, 1), (1, 4), (4, 5)]);
    }
}
