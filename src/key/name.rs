//! Names of key pairs: derived from a key and its file.

use crate::encode::hex;
use crate::key::PublicKey;

/// Longest derived name. A provider with a stricter rule fits it further (`Rule::fit`).
pub(crate) const MAX_LENGTH: usize = 64;

/// Derives a name: the key's comment, else its file's stem, if it has a file of its own, else `key-` and 8 hex digits of
/// its SHA-256.
pub fn derive(key: &PublicKey, stem: Option<&str>) -> String {
    [key.comment(), stem]
        .into_iter()
        .flatten()
        .find_map(fit)
        .unwrap_or_else(|| format!("key-{}", digits(key)))
}

/// Returns the first 8 hex digits of the key's SHA-256, which make a derived name unique to the key.
pub fn digits(key: &PublicKey) -> String {
    let [a, b, c, d, ..] = key.sha256_digest();
    hex(&[a, b, c, d])
}

/// Turns a text into a name: runs of other characters become one `-`, it begins with a letter and has 2 to 64
/// characters. `None` for a text without a letter or digit.
fn fit(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.join("-");
    let begins_with_letter = joined.chars().next()?.is_ascii_alphabetic();
    // Two providers require two characters.
    let name =
        if begins_with_letter && joined.len() > 1 { joined } else { format!("key-{joined}") };
    let cut: String = name.chars().take(MAX_LENGTH).collect();
    Some(cut.trim_end_matches('-').to_owned())
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn names_hold_words_of_letters_and_digits() {
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
