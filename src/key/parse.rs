//! Parses OpenSSH lines and blocks, one after the other; nothing is skipped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::blob::{is_certificate, known, type_name};
use super::error::clean;
use super::{KeyError, PublicKey, encoding, pem, rfc4716};

/// Signature algorithms that are mistaken for key types: a key that signs with them is `ssh-rsa` (RFC 8332, section 3).
const SIGNATURES: [&str; 2] = ["rsa-sha2-256", "rsa-sha2-512"];

/// Reads every key of a text.
pub(super) fn keys(text: &str) -> Result<Vec<PublicKey>, KeyError> {
    let lines = encoding::lines(text);
    let mut keys = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let number = lines.len() - after.len();
        // Concatenated files may contain a byte order mark in the middle.
        let line = first.trim_start_matches('\u{feff}').trim();
        rest = after;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(block) = Block::beginning(line) {
            let (body, after) = block.body(after, number)?;
            keys.push(block.key(body, number)?);
            rest = after;
        } else {
            keys.push(key(line, number)?);
        }
    }
    Ok(keys)
}

/// Reads an OpenSSH line, which has no white space at either end.
fn key(line: &str, number: usize) -> Result<PublicKey, KeyError> {
    let (name, rest) = word(line);
    let (base64, comment) = word(rest);
    if is_certificate(name) {
        return Err(KeyError::Certificate { line: number });
    }
    let Some(name) = known(name) else {
        return Err(explain_unknown_line(line, name, base64, number));
    };
    let blob = STANDARD.decode(base64).map_err(|_| KeyError::NotBase64 { line: number })?;
    match type_name(&blob) {
        Some(own) if is_certificate(own) => Err(KeyError::Certificate { line: number }),
        Some(own) if own != name => Err(KeyError::OtherType { line: number }),
        Some(_) | None => PublicKey::new(blob, comment, number),
    }
}

/// Explains why a line that does not begin with a known key type is rejected.
fn explain_unknown_line(line: &str, first: &str, second: &str, number: usize) -> KeyError {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_type = |word: &str| known(word).is_some() || is_certificate(word);
    // Every blob begins with the length of a short string, so its base64 begins with `AAAA`.
    let is_key = |pair: &[&str]| matches!(pair, [name, base64] if is_type(name) && base64.starts_with("AAAA"));
    if words.windows(2).any(is_key) {
        return KeyError::Restricted { line: number };
    }
    let blob = STANDARD.decode(second).unwrap_or_default();
    match type_name(&blob) {
        Some(own) if own == first || SIGNATURES.contains(&first) => {
            KeyError::UnknownType { line: number, name: clean(first) }
        }
        Some(_) | None => KeyError::NotAKey { line: number },
    }
}

/// Cuts off the first word; white space between it and the rest is dropped.
fn word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

/// The kind of block that a `BEGIN` line opens.
enum Block<'a> {
    /// RFC 4716.
    Ssh2,
    /// PEM, with its label.
    Pem(&'a str),
}

impl<'a> Block<'a> {
    /// Recognises a `BEGIN` line.
    fn beginning(line: &'a str) -> Option<Self> {
        if line == "---- BEGIN SSH2 PUBLIC KEY ----" {
            return Some(Self::Ssh2);
        }
        line.strip_prefix("-----BEGIN ")?.strip_suffix("-----").map(Self::Pem)
    }

    /// Returns the `END` line that closes it.
    fn end(&self) -> String {
        match self {
            Self::Ssh2 => "---- END SSH2 PUBLIC KEY ----".to_owned(),
            Self::Pem(label) => format!("-----END {label}-----"),
        }
    }

    /// Splits the lines after `BEGIN` into the body and what follows the `END`.
    fn body<'b>(
        &self,
        lines: &'b [String],
        number: usize,
    ) -> Result<(&'b [String], &'b [String]), KeyError> {
        let open = KeyError::OpenBlock { line: number };
        let end = self.end();
        let Some(last) = lines.iter().position(|line| line.trim() == end) else { return Err(open) };
        let (body, rest) = lines.split_at_checked(last).ok_or(open.clone())?;
        if body.iter().any(|line| Block::beginning(line.trim()).is_some()) {
            return Err(open);
        }
        Ok((body, rest.get(1..).unwrap_or_default()))
    }

    /// Reads the body into a key.
    fn key(&self, body: &[String], number: usize) -> Result<PublicKey, KeyError> {
        match self {
            Self::Ssh2 => {
                let (blob, comment) =
                    rfc4716::read(body).ok_or(KeyError::NotBase64 { line: number })?;
                PublicKey::new(blob, &comment, number)
            }
            Self::Pem(label) => PublicKey::new(pem::read(label, body, number)?, "", number),
        }
    }
}
