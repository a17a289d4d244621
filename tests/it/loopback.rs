//! HTTP/1.1 on loopback, read and written by hand so that a test can break it anywhere: plain, or TLS under the
//! clouds' own names behind a proxy.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use keyimport::sandbox::RawRequest;
use keyimport::wire::Response;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

/// Listens on loopback until the process ends, and gives each connection a thread.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    listen_until(Arc::default(), serve)
}

/// Does the same until it is over, which the next connection tells.
pub fn listen_until(
    is_over: Arc<AtomicBool>,
    serve: impl Fn(TcpStream) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if is_over.load(Ordering::SeqCst) {
                return;
            }
            let _ = stream.set_nodelay(true);
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Returns a port of loopback on which nobody listens.
pub fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A request as it came: its head byte for byte, and its body.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The host that a proxy was asked for, else the one of the `Host` header without its port.
    pub host: String,
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    /// Returns the request line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    /// Returns path and query as they were sent.
    pub fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap()
    }

    /// Returns the raw value of a query parameter.
    pub fn raw(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target().split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// Returns the headers in the order of the wire, names in small letters.
    pub fn headers(&self) -> Vec<(String, String)> {
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        self.head.lines().skip(1).map(header).collect()
    }

    pub fn header(&self, wanted: &str) -> Option<String> {
        self.headers().into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }

    /// Returns the sorted names of all headers.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.headers().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// Returns the request as the sandbox takes it.
    pub fn received(&self) -> RawRequest {
        let method = self.line().split(' ').next().unwrap().to_owned();
        let target = self.target().to_owned();
        RawRequest { method, target, headers: self.headers(), body: self.body.clone() }
    }
}

/// Reads up to and without the empty line; nothing if the client has no more to say.
pub fn head(stream: &mut impl Read) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        bytes.push(byte[0]);
    }
    bytes.truncate(bytes.len() - 4);
    Ok(Some(String::from_utf8(bytes).unwrap()))
}

/// Reads a request; nothing if the client has no more to say.
pub fn request(stream: &mut impl Read) -> io::Result<Option<Seen>> {
    let Some(head) = head(stream)? else { return Ok(None) };
    let mut seen = Seen { host: String::new(), head, body: Vec::new() };
    let host = seen.header("host").unwrap_or_default();
    host.split(':').next().unwrap_or_default().clone_into(&mut seen.host);
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    seen.body.resize(length, 0);
    stream.read_exact(&mut seen.body)?;
    Ok(Some(seen))
}

/// Returns an answer as it goes over the wire.
pub fn bytes(response: &Response) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {} Said\r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = write!(text, "content-length: {}\r\n\r\n", response.body.len());
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&response.body);
    bytes
}

/// Writes an answer.
pub fn send(stream: &mut impl Write, response: &Response) -> io::Result<()> {
    stream.write_all(&bytes(response))?;
    stream.flush()
}

/// Waits until the client closes, or says something that nobody expects.
pub fn until_closed(stream: &mut impl Read) {
    let _ = stream.read(&mut [0]);
}

/// Takes a client's request to be connected to a host, and returns `host:port`.
pub fn asked_for(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let head = head(stream)?;
    Ok(head.map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()))
}

/// Says as a proxy that the connection stands.
pub fn connected(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
}

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    Good,
    Expired,
    NotYetValid,
    OtherName,
}

/// A CA that signs for every host.
pub struct Authority {
    /// Its certificate, in PEM.
    pub ca: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).unwrap().pem();
        Self { ca, issuer: Issuer::new(params, key) }
    }

    /// Makes the configuration of a host, with a certificate of its own.
    pub fn config(
        &self,
        host: &str,
        certificate: Certificate,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        let name = if certificate == Certificate::OtherName { "other.example" } else { host };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match certificate {
            Certificate::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Certificate::NotYetValid => params.not_before = date_time_ymd(3000, 1, 1),
            Certificate::Good | Certificate::OtherName => {}
        }
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap()
    }
}

/// Speaks TLS on a connection, as the server.
pub fn secured(
    stream: TcpStream,
    config: Arc<ServerConfig>,
) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(config).unwrap(), stream)
}
