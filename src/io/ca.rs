//! CA certificates in PEM files and folders, read as OpenSSL reads them.
//!
//! <https://docs.openssl.org/3.0/man3/PEM_read_bio_PrivateKey/>,
//! <https://docs.openssl.org/3.0/man1/openssl-x509/#trust-options>

use std::fs;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, TrustAnchor};

use super::file;
use crate::phrase::{Phrase, phrase};

/// Largest file that is read, in bytes: a hundred times the bundle of a system.
const MAX_FILE: u64 = 20 * 1024 * 1024;

/// The labels of certificates that OpenSSL accepts. A trusted certificate has further data after the certificate.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", TRUSTED];
const TRUSTED: &str = "TRUSTED CERTIFICATE";

/// The object identifiers of the uses "server authentication" and "any" (RFC 5280, section 4.2.1.12), in DER.
const SERVER_AUTH: &[u8] = &[6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
const ANY_USE: &[u8] = &[6, 4, 0x55, 0x1d, 0x25, 0];

/// The certificates of files and folders.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// Those that may sign for servers.
    pub roots: Vec<TrustAnchor<'static>>,
    /// The same as they were read.
    pub list: Vec<CertificateDer<'static>>,
    /// What could not be read, and why.
    pub warnings: Vec<Phrase>,
}

impl Certificates {
    /// Adds the certificates of a file.
    pub(super) fn add_file(&mut self, path: &Path) {
        let shown = path.display().to_string();
        match file::read(path, MAX_FILE) {
            Ok((bytes, _)) => {
                let why = match *bytes {
                    _ if self.add_pem(&bytes, &shown) > 0 => return,
                    [0x30, ..] => phrase!(
                        "it is DER, and PEM is wanted; `openssl x509 -inform der -in FILE -out FILE.pem` converts a certificate"
                    ),
                    [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                        phrase!("it is UTF-16; save it as UTF-8")
                    }
                    _ => return,
                };
                self.warnings.push(why.at(shown));
            }
            Err(error) => self.warnings.push(Phrase::from(error.to_string()).at(shown)),
        }
    }

    /// Adds the certificates of all files in a folder; other files may be in it, too.
    pub(super) fn add_folder(&mut self, path: &Path) {
        match fs::read_dir(path) {
            Ok(entries) => {
                for path in
                    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file())
                {
                    if let Ok((bytes, _)) = file::read(&path, MAX_FILE) {
                        self.add_pem(&bytes, &path.display().to_string());
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                self.warnings.push(Phrase::from(error.to_string()).at(path.display()));
            }
        }
    }

    /// Adds the certificates of a PEM text and returns how many there are, damaged ones included. What is between them
    /// may be anything, in any encoding.
    pub fn add_pem(&mut self, bytes: &[u8], source: &str) -> usize {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        let mut lines = lines.flat_map(split_joined).peekable();
        let mut count = 0;
        while let Some(line) = lines.next() {
            let label = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.split_once("-----"));
            let Some((label, rest)) = label.filter(|(label, _)| LABELS.contains(label)) else {
                continue;
            };
            count += 1;
            if !rest.is_empty() {
                let why = phrase!(
                    "certificate {} is damaged and is not used: its line ends are missing",
                    count
                );
                self.warnings.push(why.at(source));
                continue;
            }
            let mut base64 = String::with_capacity(2048);
            while let Some(line) = lines.next_if(|line| !line.starts_with("-----")) {
                base64.push_str(line);
            }
            // One that is cut off ends where the next one begins.
            let is_closed = lines.next_if(|line| line.starts_with("-----END ")).is_some();
            let bytes = STANDARD.decode(base64).ok().filter(|_| is_closed);
            if bytes.and_then(|bytes| self.add(&bytes, label)).is_none() {
                let why = phrase!("certificate {} is damaged and is not used", count);
                self.warnings.push(why.at(source));
            }
        }
        count
    }

    /// Adds a certificate.
    pub(super) fn add_der(&mut self, der: CertificateDer<'static>) -> Option<()> {
        self.roots.push(webpki::anchor_from_trusted_cert(&der).ok()?.to_owned());
        self.list.push(der);
        Some(())
    }

    /// Adds a certificate, unless it is not meant to vouch for servers.
    fn add(&mut self, bytes: &[u8], label: &str) -> Option<()> {
        let (_, _, settings) = split(bytes)?;
        let der = CertificateDer::from(bytes.strip_suffix(settings)?.to_vec());
        if label != TRUSTED || is_for_servers(settings) {
            self.add_der(der)?;
        }
        Some(())
    }
}

/// Splits a line on which a block ends and the next one begins, as where files without a last line end were joined.
fn split_joined(line: &str) -> impl Iterator<Item = &str> {
    let middle =
        line.strip_prefix("-----END ").and_then(|rest| rest.split_once("----------BEGIN "));
    let (end, begin) = match middle {
        Some((label, _)) => line.split_at(label.len().saturating_add("-----END -----".len())),
        None => (line, ""),
    };
    [end, begin].into_iter().filter(|part| !part.is_empty())
}

/// Whether the settings after a trusted certificate let it vouch for servers: `SEQUENCE` of the uses that it is trusted
/// for, if there is one, and `[0]` of those that it is rejected for.
fn is_for_servers(settings: &[u8]) -> bool {
    let Some((_, mut rest, _)) = split(settings) else { return true };
    let names = |uses: &[u8], id: &[u8]| uses.windows(id.len()).any(|part| part == id);
    while let Some((tag, uses, next)) = split(rest) {
        let is_named = names(uses, SERVER_AUTH) || names(uses, ANY_USE);
        if (tag == 0x30 && !is_named) || (tag == 0xa0 && is_named) {
            return false;
        }
        rest = next;
    }
    true
}

/// Splits DER after its first value (X.690, section 8.1) into tag, content and the rest.
fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => rest.split_first().map(|(&length, rest)| (usize::from(length), rest))?,
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}
