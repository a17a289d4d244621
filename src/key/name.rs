//! Names of key pairs: derived from what a key brings along, in letters that every cloud takes.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::encode::hex;
use crate::key::PublicKey;

/// The longest derived name: the shortest limit of the clouds.
const LONGEST: usize = 64;

/// Derives a name: the key's comment, else its file's stem, else `key-` and 8 hex digits of its SHA-256.
pub fn derive(key: &PublicKey, source: &str) -> String {
    let stem = (source != "-").then(|| Path::new(source).file_stem()).flatten();
    let candidates =
        [key.comment().map(str::to_owned), stem.map(|stem| stem.to_string_lossy().into())];
    candidates
        .into_iter()
        .flatten()
        .find_map(|text| fit(&text))
        .unwrap_or_else(|| format!("key-{}", digits(key)))
}

/// Returns the first 8 hex digits of the key's SHA-256, which make a name that only this key will want.
pub fn digits(key: &PublicKey) -> String {
    let printed = key.sha256().trim_start_matches("SHA256:");
    let hash = STANDARD_NO_PAD.decode(printed).unwrap_or_default();
    hex(hash.get(..4).unwrap_or_default())
}

/// Makes a text a name: runs of other characters become one `-`, the first is a letter, 64 at most.
/// A text without a letter or digit makes none.
fn fit(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join("-");
    let begins_with_letter = joined.chars().next()?.is_ascii_alphabetic();
    // Two clouds want two characters at least.
    let name =
        if begins_with_letter && joined.len() > 1 { joined } else { format!("key-{joined}") };
    let cut: String = name.chars().take(LONGEST).collect();
    Some(cut.trim_end_matches('-').to_owned())
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn names_are_what_every_cloud_takes() {
        assert_eq!(fit("dev@laptop.example").as_deref(), Some("dev-laptop-example"));
        assert_eq!(fit("  --a__b--  ").as_deref(), Some("a-b"));
        assert_eq!(fit("2026 deploy").as_deref(), Some("key-2026-deploy"));
        assert_eq!(fit("x").as_deref(), Some("key-x"));
        assert_eq!(fit("密钥 ♥"), None);
        assert_eq!(fit(""), None);
        let long = fit(&"ab-".repeat(40)).unwrap();
        assert!(long.len() <= 64 && !long.ends_with('-'));
    }
}
