//! TLS: which certificates are trusted. Verification cannot be turned off.

use std::env;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::load_native_certs;

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
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let (file, folders) = (set("SSL_CERT_FILE"), set("SSL_CERT_DIR"));
    let mut read = Certificates::default();
    let source = if let Some(path) = ca_file {
        read.add_file(path);
        "`--ca-file`"
    } else if file.is_some() || folders.is_some() {
        if let Some(path) = &file {
            read.add_file(Path::new(path));
        }
        for path in folders.iter().flat_map(env::split_paths) {
            read.add_folder(&path);
        }
        "`SSL_CERT_FILE` or `SSL_CERT_DIR`"
    } else if let Some(bundle) = BUNDLES.iter().map(Path::new).find(|path| path.is_file()) {
        read.add_file(bundle);
        "the system's bundle"
    } else {
        let native = load_native_certs();
        read.certificates = native.certs;
        read.errors = native.errors.into_iter().map(io::Error::other).collect();
        "the system's store"
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(read.certificates);
    if roots.is_empty() {
        let paths = if read.paths.is_empty() {
            String::new()
        } else {
            format!(" ({})", read.paths.join(", "))
        };
        let error = Error::new(ErrorKind::Usage, format!("no CA certificate in {source}{paths}"))
            .hinted("name a PEM file of CA certificates with `--ca-file`");
        return Err(match read.errors.into_iter().next() {
            Some(cause) => error.caused_by(cause),
            None => error,
        });
    }
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
