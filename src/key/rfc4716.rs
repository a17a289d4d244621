//! The body of an SSH2 public key block: headers, then base64 (RFC 4716, section 3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Reads the lines between `BEGIN` and `END` into a blob and a comment; `None` if the base64 is damaged.
pub(super) fn read(body: &[String]) -> Option<(Vec<u8>, String)> {
    let mut comment = String::new();
    let mut base64 = String::new();
    let mut lines = body.iter().map(|line| line.trim());
    while let Some(line) = lines.next() {
        // No header is base64 and no base64 holds a colon.
        let Some((tag, value)) = line.split_once(':') else {
            base64.push_str(line);
            continue;
        };
        let mut value = value.to_owned();
        // A backslash at the end of a line continues the value on the next one.
        while value.ends_with('\\') {
            value.pop();
            value.push_str(lines.next()?);
        }
        if comment.is_empty() && tag.eq_ignore_ascii_case("Comment") {
            unquoted(value.trim()).clone_into(&mut comment);
        }
    }
    Some((STANDARD.decode(base64).ok()?, comment))
}

/// Strips the quotation marks that most programs write around a value.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}
