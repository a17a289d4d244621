//! Makes text from outside harmless to a terminal.

use std::borrow::Cow;

/// The longest text from outside that a message repeats.
const LONGEST: usize = 2000;

/// Takes out what can steer a terminal or mislead a reader: control characters, bidirectional and invisible
/// ones. Line breaks and tabs become blanks; a long text is cut.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown: String = text
        .chars()
        .filter_map(|letter| match letter {
            '\n' | '\r' | '\t' => Some(' '),
            letter => (!is_harmful(letter)).then_some(letter),
        })
        .take(LONGEST)
        .collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// Tells whether a character can steer a terminal or mislead a reader.
pub(super) fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(clean("plain ünïcode 密钥"), "plain ünïcode 密钥");
        assert_eq!(clean("a\u{1b}[31mred\r\nb\u{9b}c\u{202e}d\u{200b}"), "a[31mred  bcd");
        assert_eq!(clean(&"x".repeat(5000)).chars().count(), 2001);
    }
}
