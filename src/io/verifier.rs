//! Verification of a host's certificate: by the certificates that are trusted, and with words for what is refused.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use webpki::EndEntityCert;

use super::ca::Certificates;

/// A certificate that nobody but itself vouches for.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is self-signed")]
pub(super) struct SelfSigned;

/// Verifies by roots, and where they do not lead to an answer by those of a folder, too, which is read only then.
#[derive(Debug)]
pub(super) struct Verifier {
    provider: Arc<CryptoProvider>,
    trusted: Certificates,
    inner: Arc<WebPkiServerVerifier>,
    folder: Option<PathBuf>,
    with_folder: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
}

impl Verifier {
    /// Trusts these certificates, and perhaps those of a folder; `None` if there are no certificates.
    pub(super) fn new(
        provider: Arc<CryptoProvider>,
        trusted: Certificates,
        folder: Option<PathBuf>,
    ) -> Option<Self> {
        let inner = webpki(&provider, &trusted)?;
        Some(Self { provider, trusted, inner, folder, with_folder: OnceLock::new() })
    }

    fn with_folder(&self) -> Option<&Arc<WebPkiServerVerifier>> {
        let load = || {
            let folder = self.folder.as_deref()?;
            let mut trusted = self.trusted.clone();
            trusted.add_folder(folder);
            webpki(&self.provider, &trusted)
        };
        self.with_folder.get_or_init(load).as_ref()
    }

    /// Says more of an unknown issuer, and accepts a certificate of an authority that is trusted itself, as OpenSSL does:
    /// `openssl req -x509` makes such ones. webpki has checked its validity period by then: it does so before it refuses a
    /// CA as a host.
    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        name: &ServerName<'_>,
        error: Error,
    ) -> Result<ServerCertVerified, Error> {
        let is_ca = is_ca_as_host(&error);
        if !is_ca && error != CertificateError::UnknownIssuer.into() {
            return Err(error);
        }
        let cert = EndEntityCert::try_from(end_entity).map_err(|_| error.clone())?;
        if cert.issuer() != cert.subject() {
            return Err(error);
        }
        if is_ca && self.trusted.list.contains(end_entity) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        Err(CertificateError::Other(OtherError(Arc::new(SelfSigned))).into())
    }
}

fn webpki(
    provider: &Arc<CryptoProvider>,
    trusted: &Certificates,
) -> Option<Arc<WebPkiServerVerifier>> {
    let roots = Arc::new(RootCertStore { roots: trusted.roots.clone() });
    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider)).build().ok()
}

fn is_ca_as_host(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) = error else {
        return false;
    };
    matches!(cause.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        use CertificateError::{BadSignature, UnknownIssuer};
        let verify = |inner: &WebPkiServerVerifier| {
            inner.verify_server_cert(end_entity, intermediates, name, ocsp, now)
        };
        let verified = match verify(&self.inner) {
            Err(Error::InvalidCertificate(error @ (UnknownIssuer | BadSignature))) => {
                self.with_folder().map_or(Err(error.into()), |inner| verify(inner))
            }
            verified => verified,
        };
        verified.or_else(|error| self.judge(end_entity, name, error))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
