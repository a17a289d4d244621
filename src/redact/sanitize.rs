//! Makes text harmless to a terminal.

use std::borrow::Cow;

/// Longest text that is shown, in characters.
pub(super) const MAX_SHOWN: usize = 2000;

/// Removes what can steer a terminal or mislead a reader: control characters, bidirectional and invisible ones. Line
/// breaks and tabs become spaces; a long text is cut.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_SHOWN && !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown: String = text.chars().filter_map(visible).take(MAX_SHOWN).collect();
    if text.chars().count() > MAX_SHOWN {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// Returns what a terminal may be given for a character: a space for a line break or tab, nothing for a character that
/// steers the terminal or does not show.
pub(super) fn visible(letter: char) -> Option<char> {
    match letter {
        ' '..='~' => Some(letter),
        '\n' | '\r' | '\t' => Some(' '),
        letter if is_harmful(letter) => None,
        letter => Some(letter),
    }
}

/// Whether a character can steer a terminal or mislead a reader.
pub fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
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
