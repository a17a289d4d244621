//! TLS: which certificates are trusted. Verification cannot be turned off.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_native_certs::load_native_certs;

use super::ca::Certificates;
use super::system::OsSystem;
use super::verifier::Verifier;
use crate::credentials::{QUOTES_HINT, is_quoted};
use crate::error::{Error, ErrorKind};
use crate::phrase::{Phrase, phrase};
use crate::ports::System as _;

/// Whether the roots of the system are files. Windows and macOS have a store instead, and on Windows any user could create
/// `\etc`.
const HAS_FILES: bool = cfg!(all(unix, not(target_vendor = "apple")));

/// Where systems keep all their roots in one file. Reading it alone takes a quarter of the time that file and
/// directory of hashed names take together.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Where systems let OpenSSL look for roots that are in no bundle.
const FOLDERS: &[&str] = &["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// Makes the configuration of every connection: TLS 1.2 or newer, and the roots of `ca_file` if there is one,
/// else of `SSL_CERT_FILE` and `SSL_CERT_DIR`, else of the system, else those built in. Returns warnings about what the
/// user named, and that the built-in roots are used.
pub(super) fn config(ca_file: Option<&Path>) -> Result<(ClientConfig, Vec<Phrase>), Error> {
    let (file, folders) = match ca_file {
        Some(_) => (None, None),
        None => (variable("SSL_CERT_FILE")?, variable("SSL_CERT_DIR")?),
    };
    let mut trusted = Certificates::default();
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut beside = None;
    let source = if let Some(path) = ca_file {
        trusted.add_file(path);
        paths.push(path.to_owned());
        "`--ca-file`"
    } else if file.is_some() || folders.is_some() {
        paths.extend(file.iter().map(expanded));
        for path in &paths {
            trusted.add_file(path);
        }
        let folders = folders.iter().flat_map(env::split_paths);
        for folder in folders.filter(|folder| !folder.as_os_str().is_empty()).map(expanded) {
            trusted.add_folder(&folder);
            paths.push(folder);
        }
        "`SSL_CERT_FILE` or `SSL_CERT_DIR`"
    } else {
        let mut bundles = BUNDLES.iter().map(Path::new).filter(|_| HAS_FILES);
        match bundles.find(|path| path.is_file()) {
            Some(bundle) => {
                trusted.add_file(bundle);
                beside = FOLDERS.iter().map(PathBuf::from).find(|path| path.is_dir());
            }
            None => load_native_certs().certs.into_iter().for_each(|der| {
                trusted.add_der(der);
            }),
        }
        // Its users cannot mend the system's store, so it gives no warnings. A CA of it is not accepted as a host's own
        // certificate either.
        (trusted.warnings, trusted.list) = Default::default();
        #[cfg(feature = "bundled-roots")]
        add_bundled(&mut trusted);
        "the system's store"
    };
    let warnings = trusted.warnings.clone();
    let provider = Arc::new(ring::default_provider());
    let Some(verifier) = Verifier::new(Arc::clone(&provider), trusted, beside) else {
        return Err(without_roots(source, &paths, warnings));
    };
    let builder = builder(provider)?.dangerous();
    let config = builder.with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    Ok((config, warnings))
}

/// Adds the roots that Mozilla trusts, as they were when the program was built, if the system has none: container images
/// often come without.
#[cfg(feature = "bundled-roots")]
fn add_bundled(trusted: &mut Certificates) {
    if trusted.roots.is_empty() {
        trusted.roots.extend_from_slice(webpki_roots::TLS_SERVER_ROOTS);
        trusted.warnings.push(phrase!(
            "this system has no CA certificates: the list built into keyimport is used, which is as old as this version (`--ca-file` names another)"
        ));
    }
}

/// Returns a variable that names files, without white space around it; an empty one counts as not set.
fn variable(name: &str) -> Result<Option<OsString>, Error> {
    let value = env::var_os(name).map(|value| match value.to_str() {
        Some(text) => text.trim().into(),
        None => value,
    });
    if value.as_ref().and_then(|value| value.to_str()).is_some_and(is_quoted) {
        return Err(
            Error::usage(phrase!("`{}` begins or ends with a quote", name)).hinted(QUOTES_HINT)
        );
    }
    Ok(value.filter(|value| !value.is_empty()))
}

/// Replaces a `~` that no shell has replaced.
fn expanded(path: impl Into<PathBuf>) -> PathBuf {
    let path = path.into();
    OsSystem.expand(&path).unwrap_or(path)
}

fn without_roots(source: &str, paths: &[PathBuf], warnings: Vec<Phrase>) -> Error {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let paths = if paths.is_empty() { String::new() } else { format!(" ({})", paths.join(", ")) };
    let error = Error::new(ErrorKind::Usage, phrase!("no CA certificate in {}{}", source, paths))
        .hinted("name a PEM file of CA certificates with `--ca-file`");
    match warnings.into_iter().next() {
        Some(cause) => error.caused_by(std::io::Error::other(cause.to_string())),
        None => error,
    }
}

/// Makes a configuration that trusts nobody, for connections without TLS.
pub(super) fn without_trust() -> Result<ClientConfig, Error> {
    let builder = builder(Arc::new(ring::default_provider()))?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn builder(
    provider: Arc<CryptoProvider>,
) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Error> {
    // Ring has no start-up cost; the other back end measures the machine's entropy for 40 ms in every process.
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Unexpected, "TLS cannot be set up").caused_by(error))
}
