//! TLS: which certificates are trusted. Verification cannot be turned off.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

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
pub fn config(ca_file: Option<&Path>) -> Result<ClientConfig, Error> {
    let roots = match ca_file {
        Some(path) => from_paths("`--ca-file`", Some(path), None)?,
        None => from_system()?,
    };
    // Ring has no start-up cost; the other back end measures the machine's entropy for 40 ms in every process.
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            Error::new(ErrorKind::Unexpected, "TLS cannot be set up").caused_by(error)
        })?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn from_system() -> Result<RootCertStore, Error> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (file, dir) = (set("SSL_CERT_FILE"), set("SSL_CERT_DIR"));
    if file.is_some() || dir.is_some() {
        return from_paths("`SSL_CERT_FILE` or `SSL_CERT_DIR`", file.as_deref(), dir.as_deref());
    }
    if let Some(bundle) = BUNDLES.iter().map(Path::new).find(|path| path.is_file()) {
        return from_paths("the system's bundle", Some(bundle), None);
    }
    store("the system's store", load_native_certs())
}

fn from_paths(what: &str, file: Option<&Path>, dir: Option<&Path>) -> Result<RootCertStore, Error> {
    let place = file.or(dir).map(|path| path.display().to_string()).unwrap_or_default();
    store(&format!("{what} ({place})"), load_certs_from_paths(file, dir))
}

fn store(place: &str, loaded: CertificateResult) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(loaded.certs);
    if !roots.is_empty() {
        return Ok(roots);
    }
    let error = Error::new(ErrorKind::Usage, format!("no CA certificate in {place}"))
        .hinted("name a PEM file of CA certificates with `--ca-file`");
    Err(match loaded.errors.into_iter().next() {
        Some(cause) => error.caused_by(cause),
        None => error,
    })
}
