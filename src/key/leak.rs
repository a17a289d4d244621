//! Key material where none belongs, such as an argument, which would be shown.

use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::blob::{is_certificate, known, type_name};
use super::private;
use crate::redact::is_random;

/// Longer than a SHA-256 fingerprint, which has 43 characters and is no key material.
const WINDOW: usize = 48;

/// Key material found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakedKey {
    /// A private key, and the form by which it was recognised.
    Private(&'static str),
    /// A public key, or a piece of some key.
    Other,
}

/// Finds key material in a text: a private key in every form, the data of a public key, or a run of base64 as long and
/// as random as a piece of either. SHA-512 fingerprints are none.
pub fn find_key_material(bytes: &[u8]) -> Option<LeakedKey> {
    let text = without_sha512(&String::from_utf8_lossy(bytes));
    let readings = private::readings(&text);
    let runs = || {
        let runs = readings.iter().flat_map(|text| text.split(|letter| !private::standard(letter)));
        runs.filter(|run| run.len() >= private::SHORTEST)
    };
    let form = private::form(bytes).or_else(|| runs().find_map(behind_prefix));
    match form {
        Some(form) => Some(LeakedKey::Private(form)),
        None => runs().any(|run| is_public(run) || is_encoded(run)).then_some(LeakedKey::Other),
    }
}

/// Removes SHA-512 fingerprints as OpenSSH prints them, which are longer than other fingerprints.
fn without_sha512(text: &str) -> String {
    const PREFIX: &str = "SHA512:";
    const LENGTH: usize = 86;
    let mut pieces = text.split(PREFIX);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let length = piece.find(|letter| !private::standard(letter)).unwrap_or(piece.len());
        kept.push_str(PREFIX);
        kept.push_str(if length == LENGTH {
            piece.get(length..).unwrap_or_default()
        } else {
            piece
        });
    }
    kept
}

/// Recognises a private key behind up to three other characters, such as those of a flag.
fn behind_prefix(run: &str) -> Option<&'static str> {
    (1..4).find_map(|letters| private::form(run.get(letters..)?.as_bytes()))
}

/// Whether a run of base64 holds the data of a public key, complete or truncated. Every blob begins with the length of a
/// short string, so its base64 begins with `AAAA`.
fn is_public(run: &str) -> bool {
    let data = run.find("AAAA").and_then(|begin| run.get(begin..)).unwrap_or_default();
    let blob = private::decode(data, &STANDARD_NO_PAD).unwrap_or_default();
    type_name(&blob).is_some_and(|name| known(name).is_some() || is_certificate(name))
}

/// Whether a part of a run is mixed as in encoded data, and longer than a fingerprint.
fn is_encoded(run: &str) -> bool {
    run.as_bytes().windows(WINDOW).any(is_random)
}
