//! Key material where none belongs, such as an argument, which would be shown.

use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::blob::{is_certificate, known, type_name};
use super::private;
use crate::redact::holds_random_data;

/// Key material found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakedKey {
    /// A private key, and the form by which it was recognised.
    Private(&'static str),
    /// A public key, or a piece of some key.
    Other,
}

/// Finds key material in a text: a private key in every form, the data of a public key, or encoded data that may be a
/// piece of either. Fingerprints as OpenSSH prints them are none.
pub fn find_key_material(bytes: &[u8]) -> Option<LeakedKey> {
    let text = without_fingerprints(&String::from_utf8_lossy(bytes));
    let readings = private::readings(&text);
    let mut runs = readings
        .iter()
        .flat_map(|text| text.split(|letter| !private::standard(letter)))
        .filter(|run| run.len() >= private::SHORTEST);
    if let Some(form) = private::form(bytes).or_else(|| runs.find_map(behind_prefix)) {
        return Some(LeakedKey::Private(form));
    }
    let holds_any = |text: &str| count_keys(text) > 0 || holds_random_data(text);
    readings.iter().any(|text| holds_any(text)).then_some(LeakedKey::Other)
}

/// Removes fingerprints as OpenSSH prints them: the digest in base64 behind its name.
fn without_fingerprints(text: &str) -> String {
    let mut kept = text.to_owned();
    for (prefix, length) in [("SHA256:", 43), ("SHA512:", 86)] {
        let mut pieces = kept.split(prefix);
        let mut rest = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let end = piece.find(|letter| !private::standard(letter)).unwrap_or(piece.len());
            rest.push_str(prefix);
            rest.push_str(if end == length { piece.get(end..).unwrap_or_default() } else { piece });
        }
        kept = rest;
    }
    kept
}

/// Recognises a private key behind up to three other characters, such as those of a flag.
fn behind_prefix(run: &str) -> Option<&'static str> {
    (1..4).find_map(|letters| private::form(run.get(letters..)?.as_bytes()))
}

/// Counts the runs of base64 in a text that hold the data of a public key, which may be cut off or follow other letters.
pub(super) fn count_keys(text: &str) -> usize {
    let holds_key =
        |run: &&str| run.match_indices('A').any(|(at, _)| run.get(at..).is_some_and(begins_key));
    text.split(|letter| !private::standard(letter)).filter(holds_key).count()
}

/// Whether a run of base64 begins with the data of a public key: the length of a short string, which is `AAAA` in base64,
/// and the type.
fn begins_key(text: &str) -> bool {
    // No type is longer.
    const LONGEST: usize = 64;
    if !text.starts_with("AAAA") {
        return false;
    }
    let data = text.get(..LONGEST).unwrap_or(text);
    let blob = private::decode(data, &STANDARD_NO_PAD);
    blob.is_some_and(|blob| {
        type_name(&blob).is_some_and(|name| known(name).is_some() || is_certificate(name))
    })
}
