//! Lines that end where a language lets them end.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthChar as _;

/// Breaks a text into lines of so many columns, with one beginning of the first line and another one of all others. A
/// word that is too long stays whole, so that it can be copied.
pub fn wrap(first: &str, text: &str, others: &str, columns: usize) -> Vec<String> {
    let options = Options::new(columns)
        .initial_indent(first)
        .subsequent_indent(others)
        .break_words(false)
        .word_separator(WordSeparator::Custom(|line| {
            Box::new(parts(line).into_iter().map(Word::from))
        }))
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(Into::into).collect()
}

/// Splits a text where a line may end: behind a space, and beside a wide character unless punctuation follows it.
fn parts(text: &str) -> Vec<&str> {
    let is_wide = |letter: char| letter.width() == Some(2);
    let mut parts = Vec::new();
    let mut start = 0;
    for ((_, before), (index, letter)) in text.char_indices().zip(text.char_indices().skip(1)) {
        let closes = "，。；：、）？".contains(letter);
        let opens = before == '（';
        let may_end = before == ' ' || ((is_wide(before) || is_wide(letter)) && letter != ' ');
        if may_end && !closes && !opens {
            parts.extend(text.get(start..index));
            start = index;
        }
    }
    parts.extend(text.get(start..));
    parts
}
