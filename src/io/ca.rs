//! CA certificates in PEM files and folders, read as OpenSSL reads them.
//!
//! <https://docs.openssl.org/3.0/man3/PEM_read_bio_PrivateKey/>

use std::fs;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

use super::file;

/// Largest file that is read, in bytes: a hundred times the bundle of a system.
const MAX_FILE: u64 = 20 * 1024 * 1024;

/// The labels of certificates that OpenSSL accepts. A trusted certificate has further data after the certificate.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// What was read of files and folders.
#[derive(Default)]
pub(super) struct Certificates {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// Why a file, a folder or a block could not be read.
    pub(super) errors: Vec<io::Error>,
    /// The files and folders, as messages show them.
    pub(super) paths: Vec<String>,
}

impl Certificates {
    /// Adds the certificates of a file.
    pub(super) fn add_file(&mut self, path: &Path) {
        self.paths.push(path.display().to_string());
        self.add_contents(path);
    }

    /// Adds the certificates of all files in a folder.
    pub(super) fn add_folder(&mut self, path: &Path) {
        self.paths.push(path.display().to_string());
        match fs::read_dir(path) {
            Ok(entries) => {
                let files = entries.flatten().map(|entry| entry.path());
                files.filter(|file| file.is_file()).for_each(|file| self.add_contents(&file));
            }
            Err(error) => self.errors.push(at(path, &error)),
        }
    }

    fn add_contents(&mut self, path: &Path) {
        match read(path) {
            Ok(text) => self.add_pem(&text, path),
            Err(error) => self.errors.push(at(path, &error)),
        }
    }

    fn add_pem(&mut self, text: &str, path: &Path) {
        let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        while let Some(line) = lines.next() {
            let label =
                line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
            if !label.is_some_and(|label| LABELS.contains(&label)) {
                continue;
            }
            let mut base64 = String::with_capacity(2048);
            let is_closed = lines.by_ref().any(|line| {
                let is_end = line.starts_with("-----END ");
                if !is_end {
                    base64.push_str(line);
                }
                is_end
            });
            let der = STANDARD.decode(base64).ok().filter(|_| is_closed);
            match der.and_then(first_value) {
                Some(der) => self.certificates.push(CertificateDer::from(der)),
                None => self.errors.push(at(path, &"a certificate in it is damaged")),
            }
        }
    }
}

/// Reads a file of text. Comments between the blocks may be in any encoding.
fn read(path: &Path) -> io::Result<String> {
    let (bytes, _) = file::read(path, MAX_FILE)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// Returns the first DER value of some bytes (X.690, section 8.1.3), without what follows it.
fn first_value(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let length = match *bytes.get(1)? {
        short @ 0..=0x7f => 2 + usize::from(short),
        0x81 => 3 + usize::from(*bytes.get(2)?),
        0x82 => 4 + usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        _ => return None,
    };
    if bytes.len() < length {
        return None;
    }
    bytes.truncate(length);
    Some(bytes)
}

fn at(path: &Path, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}
