//! Key files: nothing panics, what is taken reads back as itself, nothing that is marked as private is taken, and no key
//! text becomes a comment.

#![no_main]

use keyimport::error::ErrorKind;
use keyimport::key::{self, Comparison, MAX_INPUT};
use libfuzzer_sys::fuzz_target;

/// What only a file with a private key holds.
const MARKS: [&[u8]; 6] = [
    b"PRIVATE KEY-----",
    b"-----BEGIN OPENSSH PRIVATE KEY-----",
    b"-----BEGIN RSA PRIVATE KEY-----",
    b"-----BEGIN ENCRYPTED PRIVATE KEY-----",
    b"PuTTY-User-Key-File-",
    b"openssh-key-v1\0",
];

fuzz_target!(|input: &[u8]| {
    let parsed = key::parse(input);
    let looked_at = &input[..input.len().min(MAX_INPUT)];
    let is_private =
        MARKS.iter().any(|mark| looked_at.windows(mark.len()).any(|bytes| bytes == *mark));
    let keys = match parsed {
        Ok(keys) => keys,
        Err(refusal) => {
            assert!(!is_private || refusal.kind() == ErrorKind::PrivateKey, "{refusal}");
            let text = refusal.to_string();
            assert!(text.chars().all(|letter| !letter.is_control()), "{text:?}");
            assert!(text.len() < 300, "{text:?}");
            return;
        }
    };
    assert!(!is_private, "a private key is taken");
    assert!(!keys.is_empty() && input.len() <= MAX_INPUT);
    for key in keys {
        let comment = key.comment().unwrap_or_default();
        assert!(key::find_key_material(comment.as_bytes()).is_none(), "{comment:?} is no comment");
        assert!(!comment.contains("---BEGIN "), "{comment:?} is no comment");
        let line = key.line();
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line:?}");
        let again = key::parse(line.as_bytes()).expect("a key's own line is a key");
        assert!(again == [key.clone()], "{line} reads back as another key");
        assert_eq!(key.same_as_line(&line), Comparison::Same);
        assert_eq!(key.same_as_fingerprint(&key.md5()), Comparison::Same);
        assert_eq!(key.same_as_fingerprint(&key.md5_colons()), Comparison::Same);
        assert_eq!(key.same_as_fingerprint(key.sha256()), Comparison::Same);
        assert!(!format!("{key:?}").contains(key.base64()));
    }
});
