//! TLS: which certificates are trusted. Verification cannot be turned off.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::{CertificateResult, load_native_certs};

use super::ca::Certificates;

use crate::error::{Error, ErrorKind};

/// Where systems keep all their roots in one file. Reading it alone takes a quarter of the time that file and
/// directory of hashed names take together.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Makes the configuration of every connection: TLS 1.2 or newer, and the roots of `ca_file` if there is one,
/// else of `SSL_CERT_FILE` and `SSL_CERT_DIR`, else of the system.
pub(super) fn config(ca_file: Option<&Path>) -> Result<ClientConfig, Error> {
    let roots = match ca_file {
        Some(path) => from_file("`--ca-file`", path)?,
        None => from_system()?,
    };
    with_roots(roots)
}

/// Makes a configuration that trusts these roots.
pub(super) fn with_roots(roots: RootCertStore) -> Result<ClientConfig, Error> {
    // Ring has no start-up cost; the other back end measures the machine's entropy for 40 ms in every process.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            Error::new(ErrorKind::Unexpected, "TLS cannot be set up").caused_by(error)
        })?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn from_system() -> Result<RootCertStore, Error> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let (file, folders) = (set("SSL_CERT_FILE"), set("SSL_CERT_DIR"));
    if file.is_some() || folders.is_some() {
        let mut read = Certificates::default();
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in file.iter().map(PathBuf::from) {
            read.add_file(&path);
            paths.push(path);
        }
        for path in folders.iter().flat_map(env::split_paths) {
            read.add_folder(&path);
            paths.push(path);
        }
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let source = format!("`SSL_CERT_FILE` or `SSL_CERT_DIR` ({})", paths.join(", "));
        return store(&source, read.certificates, read.errors);
    }
    if let Some(bundle) = BUNDLES.iter().map(Path::new).find(|path| path.is_file()) {
        return from_file("the system's bundle", bundle);
    }
    let CertificateResult { certs, errors, .. } = load_native_certs();
    store("the system's store", certs, errors)
}

fn from_file(source: &str, path: &Path) -> Result<RootCertStore, Error> {
    let mut read = Certificates::default();
    read.add_file(path);
    store(&format!("{source} ({})", path.display()), read.certificates, read.errors)
}

fn store<E: std::error::Error + Send + Sync + 'static>(
    source: &str,
    certificates: Vec<CertificateDer<'static>>,
    errors: Vec<E>,
) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if !roots.is_empty() {
        return Ok(roots);
    }
    let error = Error::new(ErrorKind::Usage, format!("no CA certificate in {source}"))
        .hinted("name a PEM file of CA certificates with `--ca-file`");
    Err(match errors.into_iter().next() {
        Some(cause) => error.caused_by(cause),
        None => error,
    })
}
