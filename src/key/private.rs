//! Detects private keys in any form and encoding. When in doubt, it is one.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

/// How many layers of base64 are decoded: the key's own, a CI variable's, and two to spare.
const DEPTH: usize = 5;

/// Shortest run of base64 that is decoded: 18 bytes, more than any form needs to be recognised.
pub(super) const SHORTEST: usize = 24;

/// Object identifiers that only encrypted private keys carry: PBES1 and PBES2 (RFC 8018, appendix A) and
/// those of PKCS#12 (RFC 7292, appendix C), without their last number.
const ENCRYPTION: [&[u8]; 2] =
    [b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"];

/// Strings that occur only in private keys, in lower case and without white space.
const MARKS: [(&str, &str); 5] = [
    ("putty-user-key-file-", "PuTTY"),
    ("private-lines:", "PuTTY"),
    ("private-mac:", "PuTTY"),
    ("sshprivatekeyfileformat", "SSH1"),
    ("age-secret-key-1", "age"),
];

/// Pairs of such strings that occur together only in private keys.
const PAIRS: [(&str, &str, &str); 3] = [
    ("\"kty\":", "\"d\":", "JWK"),
    ("<rsakeyvalue>", "<d>", "XML"),
    ("untrustedcomment:", "secretkey", "minisign"),
];

/// Returns the form of the private key that an input holds, if it holds one.
pub(super) fn form(input: &[u8]) -> Option<&'static str> {
    look(input, DEPTH)
}

/// Whether an input is a key file as its own tools read it, with nothing around it.
pub(super) fn is_plain_file(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    let first = text.lines().next().unwrap_or_default();
    let is_pem = first.starts_with("-----BEGIN ") && first.ends_with(" PRIVATE KEY-----");
    let is_whole = text.contains("\n-----END ") && !text.contains('\r');
    (is_pem && is_whole)
        || first.starts_with("PuTTY-User-Key-File-")
        || (first.starts_with("---- BEGIN SSH2 ") && first.ends_with(" PRIVATE KEY ----"))
        || first.starts_with("-----BEGIN PGP ")
        || input.starts_with(b"\x30")
}

/// Inspects bytes and everything that they may encode.
fn look(bytes: &[u8], depth: usize) -> Option<&'static str> {
    binary(bytes).or_else(|| {
        // ASCII text in UTF-16 is ASCII without its NULs, also without a byte order mark and in a part of a file.
        let kept: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        let text = String::from_utf8_lossy(&kept);
        readings(&text).iter().find_map(|text| marks(text).or_else(|| encoded(text, depth)))
    })
}

/// Returns a text as it is, without the escapes of JSON and shells, and percent-decoded.
pub(super) fn readings(text: &str) -> Vec<Cow<'_, str>> {
    let mut readings = vec![Cow::Borrowed(text)];
    if text.contains('\\') {
        readings.push(Cow::Owned(unescaped(text)));
    }
    if text.contains('%') {
        readings.push(percent_decode_str(text).decode_utf8_lossy());
    }
    readings
}

/// Undoes the escapes of JSON and shells that may occur in a key, however often they were applied, and drops every
/// other backslash.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut pieces = text.split('\\');
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (escaped, rest) = match piece.split_at_checked(1) {
            Some(("n" | "r" | "t", rest)) => (Some('\n'), rest),
            Some(("u", rest)) => match rest.split_at_checked(4) {
                Some((digits, rest)) => {
                    (u32::from_str_radix(digits, 16).ok().and_then(char::from_u32), rest)
                }
                None => (None, rest),
            },
            Some(_) | None => (None, piece),
        };
        plain.extend(escaped.filter(|letter| *letter != '\0'));
        plain.push_str(rest);
    }
    plain
}

/// Recognises a private key by its text.
fn marks(text: &str) -> Option<&'static str> {
    let dense: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    pem_armor(&dense)
        .or_else(|| MARKS.iter().find(|(mark, _)| dense.contains(mark)).map(|(_, form)| *form))
        .or_else(|| {
            let both =
                |(one, other, _): &&(&str, &str, _)| dense.contains(one) && dense.contains(other);
            PAIRS.iter().find(both).map(|(_, _, form)| *form)
        })
}

/// Recognises the `BEGIN` or `END` line of a private key by its letters and dashes alone.
fn pem_armor(dense: &str) -> Option<&'static str> {
    let mut bare = String::with_capacity(dense.len());
    for letter in dense.chars() {
        match letter {
            '-' | 'a'..='z' | '0'..='9' => bare.push(letter),
            // The dashes that word processors make of two hyphens.
            '\u{2010}'..='\u{2015}' | '\u{2212}' => bare.push_str("--"),
            _ => {}
        }
    }
    bare.match_indices("privatekey").find_map(|(at, label)| {
        let (before, after) = bare.split_at_checked(at)?;
        let after = after.strip_prefix(label)?;
        let begun = before.rsplit_once("begin").map(|(_, label)| label);
        match begun.filter(|label| label.len() <= 24 && !label.contains('-')) {
            Some("openssh") => Some("OpenSSH"),
            Some("rsa") => Some("PKCS#1"),
            Some("ec") => Some("SEC1"),
            Some("" | "encrypted") => Some("PKCS#8"),
            Some("ssh2" | "ssh2encrypted") => Some("SSH2"),
            Some("pgp") => Some("PGP"),
            Some(_) => Some("PEM"),
            None => (after.starts_with("--") || after.starts_with("block-")).then_some("PEM"),
        }
    })
}

/// Decodes and inspects everything in a text that may be base64.
fn encoded(text: &str, depth: usize) -> Option<&'static str> {
    let deeper = depth.checked_sub(1)?;
    let seen = |run: &str, alphabet| look(&decode(run, alphabet)?, deeper);
    let runs = text.split(|letter| !standard(letter));
    let url_runs = text.split(|letter| !url_safe(letter)).filter(|run| run.contains(['-', '_']));
    // A key may be split into short lines, the first of which follows a word or the end of another line.
    let joined = text
        .split(|letter: char| !standard(letter) && !letter.is_whitespace())
        .flat_map(|run| [Some(run), run.split_once(['\n', '\r']).map(|(_, rest)| rest)])
        .flatten()
        .map(|run| run.split_whitespace().collect::<String>());
    runs.map(|run| seen(run, &STANDARD_NO_PAD))
        .chain(url_runs.map(|run| seen(run, &URL_SAFE_NO_PAD)))
        .chain(joined.map(|run| seen(&run, &STANDARD_NO_PAD)))
        .find_map(|form| form)
}

/// Whether a character is a symbol of standard base64, padding aside.
pub(super) fn standard(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '+' || letter == '/'
}

/// Whether a character is a symbol of URL-safe base64.
fn url_safe(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

/// Decodes the complete groups of a run of base64, if it is long enough.
pub(super) fn decode(run: &str, alphabet: &GeneralPurpose) -> Option<Vec<u8>> {
    if run.len() < SHORTEST {
        return None;
    }
    alphabet.decode(run.get(..run.len() - run.len() % 4)?).ok()
}

/// Recognises a private key by its bytes.
fn binary(bytes: &[u8]) -> Option<&'static str> {
    let contains = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    // <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>
    if contains(b"openssh-key-v1\0") {
        return Some("OpenSSH");
    }
    // The magic number of the key files of ssh.com, as OpenSSH's `do_convert_private_ssh2` reads them.
    // <https://github.com/openssh/openssh-portable/blob/master/ssh-keygen.c>
    if bytes.starts_with(b"\x3f\x6f\xf9\xeb") {
        return Some("SSH2");
    }
    if ENCRYPTION.iter().any(|oid| contains(oid)) {
        return versioned_der(bytes).or(Some("PKCS#8"));
    }
    (0..bytes.len()).find_map(|at| versioned_der(bytes.get(at..)?))
}

/// Recognises DER that begins with a version, as private keys do and public keys do not: PKCS#8 (RFC 5958),
/// PKCS#1 (RFC 8017, appendix A.1.2), SEC 1 (RFC 5915) and PKCS#12 (RFC 7292). It may be cut off.
fn versioned_der(bytes: &[u8]) -> Option<&'static str> {
    let (0x30, fields, _) = opened(bytes)? else { return None };
    let [0x02, 0x01, version, rest @ ..] = fields else { return None };
    // These few bytes alone occur in the odd public key by chance, so what follows is checked too.
    match (version, opened(rest)?) {
        (0 | 1, (0x30, [0x06, inside @ ..], length)) => {
            let next = inside.get(length.checked_sub(1)?);
            (next == Some(&0x04)).then_some("PKCS#8")
        }
        (0 | 1, (0x02, [0x00, 0x80..=0xff, ..], _)) => Some("PKCS#1"),
        (1, (0x04, _, 20..=66)) => Some("SEC1"),
        (3, (0x30, [0x06, ..], _)) => Some("PKCS#12"),
        _ => None,
    }
}

/// Reads the head of a DER value: its tag, the rest, and the length it claims.
fn opened(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    match length {
        0x00..=0x80 => Some((*tag, rest, usize::from(*length))),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            let length =
                digits.iter().fold(0usize, |length, digit| (length << 8) | usize::from(*digit));
            Some((*tag, rest, length))
        }
        _ => None,
    }
}
