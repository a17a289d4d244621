//! Blocks between `BEGIN` and `END`: SSH2 public keys (RFC 4716), and PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::Reason;
use super::{PublicKey, comment, pem};

const SSH2_BEGIN: &str = "---- BEGIN SSH2 PUBLIC KEY ----";
const SSH2_END: &str = "---- END SSH2 PUBLIC KEY ----";

/// The kind of block that a `BEGIN` line opens.
pub(super) enum Block<'a> {
    /// RFC 4716.
    Ssh2,
    /// PEM, with its label.
    Pem(&'a str),
}

impl<'a> Block<'a> {
    /// Recognises a `BEGIN` line.
    pub(super) fn beginning(line: &'a str) -> Option<Self> {
        if line == SSH2_BEGIN {
            return Some(Self::Ssh2);
        }
        line.strip_prefix("-----BEGIN ")?.strip_suffix("-----").map(Self::Pem)
    }

    /// Whether a line begins a block and goes on: its line ends are lost, or written as `\n`.
    pub(super) fn is_on_one_line(line: &str) -> bool {
        let pem = line.strip_prefix("-----BEGIN ").map(|rest| rest.trim_end_matches('-'));
        let ssh2 = line.strip_prefix(SSH2_BEGIN);
        pem.is_some_and(|rest| rest.contains("-----")) || ssh2.is_some_and(|rest| !rest.is_empty())
    }

    /// Reads the lines after `BEGIN` into a key and the lines after `END`.
    pub(super) fn read<'b>(
        &self,
        lines: &'b [&'b str],
    ) -> Result<(PublicKey, &'b [&'b str]), Reason> {
        let end = match self {
            Self::Ssh2 => SSH2_END.to_owned(),
            Self::Pem(label) => format!("-----END {label}-----"),
        };
        let mut parts = lines.splitn(2, |line| comment::unwrapped(line) == end);
        let (Some(body), Some(after)) = (parts.next(), parts.next()) else {
            return Err(Reason::OpenBlock);
        };
        if body.iter().any(|line| Block::beginning(line.trim()).is_some()) {
            return Err(Reason::OpenBlock);
        }
        let (blob, comment) = match self {
            Self::Ssh2 => read_ssh2(body)?,
            Self::Pem(label) => (pem::read(label, body)?, String::new()),
        };
        Ok((PublicKey::new(blob, &comment)?, after))
    }
}

/// Reads the headers and base64 of RFC 4716, section 3, into a blob and a comment.
fn read_ssh2(body: &[&str]) -> Result<(Vec<u8>, String), Reason> {
    let mut comment = String::new();
    let mut base64 = String::new();
    let mut lines = body.iter().map(|line| line.trim());
    while let Some(line) = lines.next() {
        // No header is base64 and no base64 holds a colon.
        let Some((tag, value)) = line.split_once(':') else {
            base64.push_str(line);
            continue;
        };
        let mut value = value.to_owned();
        // A backslash at the end of a line continues the value on the next one.
        while value.ends_with('\\') {
            value.pop();
            value.push_str(lines.next().ok_or(Reason::NotBase64)?);
        }
        comment::check(&value)?;
        if comment.is_empty() && tag.eq_ignore_ascii_case("Comment") {
            // Most programs write quotation marks around it.
            let value = value.trim();
            let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            inner.unwrap_or(value).clone_into(&mut comment);
        }
    }
    Ok((STANDARD.decode(base64).map_err(|_| Reason::NotBase64)?, comment))
}
