//! The clouds under their own names: a proxy on loopback behind which every host speaks TLS.
//!
//! The program is told of the proxy by `HTTPS_PROXY`, so names, certificates and `Host` headers are the real
//! ones. Behind the proxy stands the sandbox, or whatever a test puts there.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use keyimport::sandbox::{Identity, Received, Sandbox, identities};
use keyimport::wire::Response;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::run::{Ended, Home, finish};

/// A request as it came: the host that the proxy was asked for, the head byte for byte, the body.
#[derive(Clone, Debug)]
pub struct Seen {
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

    fn received(&self) -> Received {
        let method = self.line().split(' ').next().unwrap().to_owned();
        let target = self.target().to_owned();
        Received { method, target, headers: self.headers(), body: self.body.clone() }
    }
}

/// What the server does with a request.
pub enum Reply {
    /// Answers as the cloud would.
    Sandbox,
    /// Does what is asked, and closes without a word.
    SandboxThenClose,
    /// Answers with a status and a body.
    Says(u16, Vec<(&'static str, String)>, String),
    /// Answers with these bytes, and closes.
    Raw(Vec<u8>),
    /// Closes.
    Close,
    /// Never answers.
    Silence,
    /// Answers a byte every few milliseconds, for ever.
    Drip,
}

type Script = Box<dyn Fn(&Seen, usize) -> Reply + Send + Sync>;

/// Which certificate the server shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    Good,
    Expired,
    NotYetValid,
    OtherName,
}

/// The servers of one test; they end with the process.
pub struct Clouds {
    pub proxy: SocketAddr,
    /// The CA that signs for every host, in PEM.
    pub ca: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    versions: &'static [&'static SupportedProtocolVersion],
    script: Script,
    sandbox: Mutex<Sandbox>,
    seen: Mutex<Vec<Seen>>,
    connects: Mutex<Vec<String>>,
    count: AtomicUsize,
}

impl Clouds {
    /// Starts clouds that answer every request.
    pub fn start() -> Self {
        Self::playing(|_, _| Reply::Sandbox)
    }

    /// Starts clouds that follow a script of the request and its number, from 0.
    pub fn playing(script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(Certificate::Good, rustls::ALL_VERSIONS, Box::new(script))
    }

    /// Starts clouds with another certificate or other versions of TLS.
    pub fn with(
        certificate: Certificate,
        versions: &'static [&'static SupportedProtocolVersion],
        script: Script,
    ) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).unwrap().pem();
        let shared = Arc::new(Shared {
            issuer: Issuer::new(params, key),
            certificate,
            versions,
            script,
            sandbox: Mutex::new(Sandbox::new()),
            seen: Mutex::default(),
            connects: Mutex::default(),
            count: AtomicUsize::new(0),
        });
        let kept = Arc::clone(&shared);
        let proxy = listen(move |stream| {
            let _ = serve(&kept, stream);
        });
        Self { proxy, ca, shared }
    }

    /// Returns the requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Returns what the proxy was asked to connect to, sorted.
    pub fn connects(&self) -> Vec<String> {
        let mut connects = self.shared.connects.lock().unwrap().clone();
        connects.sort();
        connects
    }

    /// Returns the names of the keys that a cloud holds.
    pub fn stored(&self, cloud: &str, region: &str) -> Vec<String> {
        let stored = self.shared.sandbox.lock().unwrap().stored(cloud, region);
        stored.into_iter().map(|pair| pair.name).collect()
    }

    /// Returns a command that reaches these clouds, trusts them and knows every owner's credential.
    pub fn command(&self, home: &Home, arguments: &str) -> Command {
        home.put("ca.pem", &self.ca);
        let mut command = home.command(arguments);
        command.env("HTTPS_PROXY", format!("http://{}", self.proxy));
        command.env("SSL_CERT_FILE", home.path("ca.pem"));
        for cloud in ["aliyun", "volcengine", "baidu"] {
            identify(&mut command, cloud, identities(cloud).unwrap().owner);
        }
        command
    }

    pub fn run(&self, home: &Home, arguments: &str) -> Ended {
        finish(self.command(home, arguments))
    }
}

/// Gives a command an identity of a cloud, in the variables of the vendor's own tools.
pub fn identify(command: &mut Command, cloud: &str, identity: Identity) {
    let [id, secret, token] = match cloud {
        "aliyun" => [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ],
        "volcengine" => {
            ["VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"]
        }
        _ => ["BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"],
    };
    command.env(id, identity.id).env(secret, identity.secret);
    match identity.token {
        Some(value) => command.env(token, value),
        None => command.env_remove(token),
    };
}

/// Listens on loopback and gives each connection a thread.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
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

fn serve(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(head) = head(&mut stream)? else { return Ok(()) };
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    shared.connects.lock().unwrap().push(target.clone());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let host = target.split(':').next().unwrap_or_default().to_owned();
    let connection = ServerConnection::new(Arc::new(config(shared, &host))).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    while let Some(seen) = request(&mut stream, &host)? {
        shared.seen.lock().unwrap().push(seen.clone());
        let number = shared.count.fetch_add(1, Ordering::SeqCst);
        if !reply(shared, &mut stream, &seen, number)? {
            break;
        }
    }
    stream.conn.send_close_notify();
    stream.flush()
}

/// Makes the configuration of a host, with a certificate of its own.
fn config(shared: &Shared, host: &str) -> ServerConfig {
    let name = if shared.certificate == Certificate::OtherName { "other.example" } else { host };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    match shared.certificate {
        Certificate::Expired => params.not_after = date_time_ymd(2001, 1, 1),
        Certificate::NotYetValid => params.not_before = date_time_ymd(3000, 1, 1),
        Certificate::Good | Certificate::OtherName => {}
    }
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, &shared.issuer).unwrap();
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(shared.versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap()
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

fn request(stream: &mut impl Read, host: &str) -> io::Result<Option<Seen>> {
    let Some(head) = head(stream)? else { return Ok(None) };
    let mut seen = Seen { host: host.to_owned(), head, body: Vec::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    seen.body.resize(length, 0);
    stream.read_exact(&mut seen.body)?;
    Ok(Some(seen))
}

/// Replies, and tells whether the connection stays open.
fn reply(
    shared: &Shared,
    stream: &mut (impl Read + Write),
    seen: &Seen,
    number: usize,
) -> io::Result<bool> {
    let ask = || shared.sandbox.lock().unwrap().answer(&seen.received(), SystemTime::now().into());
    match (shared.script)(seen, number) {
        Reply::Sandbox => send(stream, &ask())?,
        Reply::SandboxThenClose => {
            ask();
            return Ok(false);
        }
        Reply::Says(status, headers, body) => {
            let headers =
                headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            send(stream, &Response { status, headers, body: body.into_bytes() })?;
        }
        Reply::Raw(bytes) => {
            stream.write_all(&bytes)?;
            stream.flush()?;
            return Ok(false);
        }
        Reply::Close => return Ok(false),
        Reply::Silence => {
            let _ = stream.read(&mut [0]);
            return Ok(false);
        }
        Reply::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")?;
            loop {
                stream.write_all(b" ")?;
                stream.flush()?;
                thread::sleep(Duration::from_millis(20));
            }
        }
    }
    Ok(true)
}

fn send(stream: &mut impl Write, response: &Response) -> io::Result<()> {
    let mut text = format!("HTTP/1.1 {} Said\r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = write!(text, "content-length: {}\r\n\r\n", response.body.len());
    stream.write_all(text.as_bytes())?;
    stream.write_all(&response.body)?;
    stream.flush()
}
