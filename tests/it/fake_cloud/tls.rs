//! The proxy in front of the clouds, and the certificates that they show behind it.
//!
//! The program gets the proxy by `HTTPS_PROXY`, so names, certificates and `Host` headers are those of the vendors.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyimport::wire::Response;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::reply::bytes;
use super::request::head;

/// Which certificate a host shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certificate {
    Good,
    Expired,
    NotYetValid,
    OtherName,
    ForClients,
    /// Signed by itself.
    SelfSigned,
    /// Signed by itself, and an authority at that, as `openssl req -x509` makes it.
    OwnAuthority,
    /// The same, for the name of another host.
    OtherAuthority,
    /// Signed by a host.
    ByHost,
}

/// What the proxy does when it is asked for a host.
pub enum Connect {
    To(Certificate),
    Refuse(Response),
    Close,
    Silence,
}

/// A proxy, an authority that signs for every host, and their settings.
pub struct Tls {
    /// The certificate of the authority, in PEM.
    pub ca: String,
    issuer: Issuer<'static, KeyPair>,
    versions: &'static [&'static SupportedProtocolVersion],
    on_connect: Box<dyn Fn(&str) -> Connect + Send + Sync>,
    /// The certificates of hosts so far, in DER.
    shown: Mutex<Vec<Vec<u8>>>,
    /// The configuration of each host, which remembers its sessions.
    configs: Mutex<HashMap<(String, Certificate), Arc<ServerConfig>>>,
}

impl Tls {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).unwrap().pem();
        Self {
            ca,
            issuer: Issuer::new(params, key),
            versions: rustls::ALL_VERSIONS,
            on_connect: Box::new(|_| Connect::To(Certificate::Good)),
            shown: Mutex::default(),
            configs: Mutex::default(),
        }
    }

    /// Sets the versions of TLS that hosts accept.
    pub fn versions(mut self, versions: &'static [&'static SupportedProtocolVersion]) -> Self {
        self.versions = versions;
        self
    }

    /// Sets what the proxy does, by the name of the host.
    pub fn on_connect(mut self, act: impl Fn(&str) -> Connect + Send + Sync + 'static) -> Self {
        self.on_connect = Box::new(act);
        self
    }

    /// Sets the certificate of every host.
    pub fn certificate(self, certificate: Certificate) -> Self {
        self.on_connect(move |_| Connect::To(certificate))
    }

    /// Returns the first certificate that a host has shown, in PEM.
    pub fn shown(&self) -> String {
        pem("CERTIFICATE", &self.shown.lock().unwrap()[0])
    }

    /// Takes a client's CONNECT and makes the TLS connection; nothing if the proxy does not want it.
    pub(super) fn connect(
        &self,
        mut stream: TcpStream,
        note: impl FnOnce(&str),
    ) -> io::Result<Option<(String, StreamOwned<ServerConnection, TcpStream>)>> {
        let Some(head) = head(&mut stream)? else { return Ok(None) };
        let target = head.split(' ').nth(1).unwrap_or_default();
        note(target);
        let host = target.split(':').next().unwrap_or_default();
        let certificate = match (self.on_connect)(host) {
            Connect::To(certificate) => certificate,
            Connect::Refuse(response) => {
                return stream.write_all(&bytes(&response)).map(|()| None);
            }
            Connect::Close => return Ok(None),
            Connect::Silence => {
                let _ = stream.read(&mut [0]);
                return Ok(None);
            }
        };
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        let connection = ServerConnection::new(self.config(host, certificate)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        stream.conn.complete_io(&mut stream.sock)?;
        Ok(Some((host.to_owned(), stream)))
    }

    pub(super) fn config(&self, host: &str, certificate: Certificate) -> Arc<ServerConfig> {
        let mut configs = self.configs.lock().unwrap();
        let config = configs
            .entry((host.to_owned(), certificate))
            .or_insert_with(|| Arc::new(self.new_config(host, certificate)));
        Arc::clone(config)
    }

    fn new_config(&self, host: &str, certificate: Certificate) -> ServerConfig {
        let name = match certificate {
            Certificate::OtherName | Certificate::OtherAuthority => "other.example",
            _ => host,
        };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match certificate {
            Certificate::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Certificate::NotYetValid => params.not_before = date_time_ymd(3000, 1, 1),
            Certificate::ForClients => {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }
            Certificate::OwnAuthority | Certificate::OtherAuthority => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            }
            Certificate::Good
            | Certificate::OtherName
            | Certificate::SelfSigned
            | Certificate::ByHost => {}
        }
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let chain = match certificate {
            Certificate::SelfSigned | Certificate::OwnAuthority | Certificate::OtherAuthority => {
                vec![params.self_signed(&key).unwrap().der().clone()]
            }
            Certificate::ByHost => {
                let host_key = KeyPair::generate().unwrap();
                let host = params.signed_by(&host_key, &self.issuer).unwrap();
                let issuer = Issuer::new(params.clone(), host_key);
                params.distinguished_name.push(DnType::OrganizationName, "Below");
                let leaf = params.signed_by(&key, &issuer).unwrap();
                vec![leaf.der().clone(), host.der().clone()]
            }
            _ => vec![params.signed_by(&key, &self.issuer).unwrap().der().clone()],
        };
        if let [own, ..] = &chain[..] {
            self.shown.lock().unwrap().push(own.to_vec());
        }
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                chain,
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap()
    }
}

/// Returns DER as PEM.
pub fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap());
    let lines: Vec<&str> = lines.collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A connection, plain or by TLS.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    pub(super) fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }

    /// Ends the connection as TLS wants it.
    pub(super) fn close(&mut self) -> io::Result<()> {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
        }
        self.flush()
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
