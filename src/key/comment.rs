//! What stands behind a key: a comment, or what is left there when a line end is lost.

use super::blob::TYPES;
use super::error::Reason;
use super::leak::{LeakedKey, count_keys, find_key_material};

/// Words that end a here-document by custom.
const MARKERS: [&str; 4] = ["EOF", "EOT", "EOL", "EOM"];

/// How the data of keys begins: the length and the first letters of the type, in base64.
const BLOB_STARTS: [&str; 5] = ["AAAAB3Nz", "AAAAC3Nz", "AAAAE2Vj", "AAAAGnNr", "AAAAInNr"];

/// Takes off what copying leaves around a line: white space, byte order marks, line ends written as `\n`, and quotation
/// marks around it. None of them can begin or end a key.
pub(super) fn unwrapped(line: &str) -> &str {
    let mut text = line;
    loop {
        let is_around = |letter: char| letter.is_whitespace() || "\"'\u{feff}".contains(letter);
        let rest = text.trim_start_matches(is_around);
        let rest = rest.strip_prefix("\\n").or_else(|| rest.strip_prefix("\\r")).unwrap_or(rest);
        if rest.len() == text.len() {
            return without_tail(text);
        }
        text = rest;
    }
}

/// Takes the same off the end of a text; a quotation mark only if it has no partner in the text.
pub(super) fn without_tail(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let has_one = |mark: &char| text.matches(*mark).count() == 1;
        let shorter = (text.strip_suffix("\\n"))
            .or_else(|| text.strip_suffix("\\r"))
            .or_else(|| {
                ['"', '\''].into_iter().filter(has_one).find_map(|mark| text.strip_suffix(mark))
            })
            // As between the items of a list.
            .or_else(|| text.strip_suffix(',').filter(|rest| rest.ends_with(['"', '\''])));
        match shorter {
            Some(shorter) => text = shorter.trim_end(),
            None => return text,
        }
    }
}

/// Checks a comment: no part of a key may become one, since comments and the names made of them are sent.
pub(super) fn check(comment: &str) -> Result<(), Reason> {
    if begins_key(comment) {
        return Err(Reason::LostLineEnd);
    }
    let last = comment.split_whitespace().next_back().unwrap_or_default();
    if MARKERS.contains(&last) || is_here_document(comment) {
        return Err(Reason::HereDocument);
    }
    match find_key_material(comment.as_bytes()) {
        Some(LeakedKey::Private(form)) => Err(Reason::PrivateInside(form)),
        Some(LeakedKey::Other) => Err(Reason::KeyInComment),
        None => Ok(()),
    }
}

/// Whether a key, perhaps a damaged one, begins in a text.
fn begins_key(text: &str) -> bool {
    let begins_block = ["---BEGIN ", "--- BEGIN "].iter().any(|mark| text.contains(mark));
    let begins_blob = BLOB_STARTS.iter().any(|start| text.contains(start));
    begins_block || begins_blob || count_keys(text) > 0 || !before_types(text).is_empty()
}

/// Whether the line end between a remark and a key is lost: nobody writes a type right behind a word.
pub(super) fn has_key_behind_word(remark: &str) -> bool {
    before_types(remark).iter().any(|before| before.ends_with(char::is_alphanumeric))
}

/// Finds the types of keys that have data behind them, and returns what stands in the same word before each.
fn before_types(text: &str) -> Vec<&str> {
    let words = text.split_whitespace();
    let pairs = words.clone().zip(words.skip(1)).filter(|(_, data)| data.starts_with("AAAA"));
    pairs.filter_map(|(word, _)| TYPES.iter().find_map(|name| word.strip_suffix(name))).collect()
}

/// Whether a word is the beginning of a here-document, such as `<<EOF` or `<<-'EOF'`.
fn opens_here_document(word: &str) -> bool {
    let marker = word.split_once("<<").map_or("", |(_, marker)| marker);
    let marker = marker.trim_matches(['<', '-', '~', '\\', '"', '\'']);
    !marker.is_empty() && marker.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Whether a line that is not a key is a part of a here-document.
pub(super) fn is_here_document(line: &str) -> bool {
    MARKERS.contains(&line) || line.split_whitespace().any(opens_here_document)
}
