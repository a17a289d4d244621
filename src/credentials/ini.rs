//! The plain form of ini files that the clouds' tools write: sections, `key = value`, comments.

use super::fields::Fields;

/// Reads the sections in their order. Keys are lower-cased; a `#` or `;` that begins a line, or a `#` after
/// white space within one, begins a comment; lines that are neither section nor pair are passed over.
pub(super) fn parse(text: &str) -> Vec<(String, Fields)> {
    let mut sections: Vec<(String, Fields)> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            sections.push((name.0.trim().to_owned(), Fields::default()));
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else { continue };
        if let Some((_, fields)) = sections.last_mut() {
            fields.insert(key.trim().to_ascii_lowercase(), plain(value));
        }
    }
    sections
}

/// Cuts off a comment and one pair of quotes.
fn plain(value: &str) -> &str {
    let value = value.trim();
    if value.starts_with('#') {
        return "";
    }
    let value = [" #", "\t#"].into_iter().fold(value, |value, mark| {
        value.split_once(mark).map_or(value, |(value, _)| value).trim_end()
    });
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}
