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
    let end = value
        .char_indices()
        .find(|(at, letter)| {
            *letter == '#'
                && value
                    .get(..*at)
                    .is_some_and(|head| head.ends_with([' ', '\t']) || head.is_empty())
        })
        .map_or(value.len(), |(at, _)| at);
    let value = value.get(..end).unwrap_or(value).trim();
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}
