//! The clouds under their own names: a proxy on loopback behind which every host speaks TLS.
//!
//! The program is told of the proxy by `HTTPS_PROXY`, so names, certificates and `Host` headers are the real
//! ones. Behind the proxy stands the sandbox, or whatever a test puts there.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use keyimport::sandbox::Sandbox;
use keyimport::wire::Response;
use rustls::{HandshakeKind, ServerConfig, SupportedProtocolVersion};

use super::run::{Ended, Home, finish};
use crate::loopback::{
    Authority, Certificate, Seen, asked_for, connected, listen, request, secured, send,
    until_closed,
};
use crate::services::{self, Identity, identities};

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

/// The servers of one test; they end with the process.
pub struct Clouds {
    pub proxy: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    authority: Authority,
    certificate: Certificate,
    versions: &'static [&'static SupportedProtocolVersion],
    script: Script,
    sandbox: Mutex<Sandbox>,
    seen: Mutex<Vec<Seen>>,
    connects: Mutex<Vec<String>>,
    configs: Mutex<HashMap<String, Arc<ServerConfig>>>,
    handshakes: Mutex<Vec<(String, HandshakeKind)>>,
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
        let shared = Arc::new(Shared {
            authority: Authority::new(),
            certificate,
            versions,
            script,
            sandbox: Mutex::new(services::sandbox()),
            seen: Mutex::default(),
            connects: Mutex::default(),
            configs: Mutex::default(),
            handshakes: Mutex::default(),
            count: AtomicUsize::new(0),
        });
        let kept = Arc::clone(&shared);
        let proxy = listen(move |stream| {
            let _ = serve(&kept, stream);
        });
        Self { proxy, shared }
    }

    /// Returns the CA that signs for every host, in PEM.
    pub fn ca(&self) -> &str {
        &self.shared.authority.ca
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

    /// Returns how each TLS connection to a host began.
    pub fn handshakes(&self, host: &str) -> Vec<HandshakeKind> {
        let handshakes = self.shared.handshakes.lock().unwrap();
        handshakes.iter().filter(|(name, _)| name == host).map(|(_, kind)| *kind).collect()
    }

    /// Returns the names of the keys that a cloud holds.
    pub fn stored(&self, cloud: &str, region: &str) -> Vec<String> {
        let sandbox = self.shared.sandbox.lock().unwrap();
        sandbox.store.pairs(cloud, region).iter().map(|pair| pair.name.clone()).collect()
    }

    /// Returns a command that reaches these clouds, trusts them and knows every owner's credential.
    pub fn command(&self, home: &Home, arguments: &str) -> Command {
        home.put("ca.pem", self.ca());
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

fn serve(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    let Some(target) = asked_for(&mut stream)? else { return Ok(()) };
    shared.connects.lock().unwrap().push(target.clone());
    connected(&mut stream)?;
    let host = target.split(':').next().unwrap_or_default();
    let mut stream = secured(stream, config(shared, host));
    stream.conn.complete_io(&mut stream.sock)?;
    let kind = stream.conn.handshake_kind().unwrap();
    shared.handshakes.lock().unwrap().push((host.to_owned(), kind));
    while let Some(seen) = request(&mut stream)? {
        let seen = Seen { host: host.to_owned(), ..seen };
        shared.seen.lock().unwrap().push(seen.clone());
        let number = shared.count.fetch_add(1, Ordering::SeqCst);
        if !reply(shared, &mut stream, &seen, number)? {
            break;
        }
    }
    stream.conn.send_close_notify();
    stream.flush()
}

/// Returns the configuration of a host, which remembers its sessions.
fn config(shared: &Shared, host: &str) -> Arc<ServerConfig> {
    let make = || shared.authority.config(host, shared.certificate, shared.versions);
    let mut configs = shared.configs.lock().unwrap();
    Arc::clone(configs.entry(host.to_owned()).or_insert_with(|| Arc::new(make())))
}

/// Replies, and tells whether the connection stays open.
fn reply(
    shared: &Shared,
    stream: &mut (impl Read + Write),
    seen: &Seen,
    number: usize,
) -> io::Result<bool> {
    let ask = || shared.sandbox.lock().unwrap().respond(&seen.received(), SystemTime::now().into());
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
            until_closed(stream);
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
