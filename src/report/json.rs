//! JSON on one line that cannot control a terminal.

use std::fmt::Write as _;

use serde::Serialize;

use crate::redact::is_harmful;

/// Formats a value as one line. All characters that could control a terminal are escaped; JSON itself requires
/// that of the first 32 only. <https://www.rfc-editor.org/rfc/rfc8259#section-7>
pub(super) fn json(value: &impl Serialize) -> String {
    // Texts, numbers and maps with text keys can always be serialised.
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut line = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        if is_harmful(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(letter);
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_comes_back() {
        let text = "a\u{1b}\u{9b}\u{202e}\u{e0041}密\"\\";
        let line = json(&text);
        assert_eq!(line, "\"a\\u001b\\u009b\\u202e\\udb40\\udc41密\\\"\\\\\"\n");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
