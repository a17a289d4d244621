//! Where a line may end, in every language.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Adds a text, broken between words and between wide letters into lines of so many columns, with one beginning of the
/// first line and another one of all others.
pub fn wrap(lines: &mut Vec<String>, first: &str, text: &str, others: &str, columns: usize) {
    let mut line = first.to_owned();
    for (index, part) in parts(text).into_iter().enumerate() {
        if index > 0 && line.width() + part.trim_end().width() > columns {
            lines.push(line.trim_end().to_owned());
            others.clone_into(&mut line);
        }
        line += part;
    }
    lines.push(line.trim_end().to_owned());
}

/// Splits a text where a line may end: behind a blank, and beside a wide letter unless punctuation follows it.
pub fn parts(text: &str) -> Vec<&str> {
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
