//! The HTTP server of all tests: clouds on loopback, plain or by TLS behind a proxy, that do with each request what
//! the test says. HTTP is read and written by hand, so that a test can break it anywhere.

mod reply;
mod request;
mod socks;
mod tls;

use std::io::{self, BufReader, Read as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use keyimport::sandbox::Sandbox;
use keyimport::wire::Response;
use rustls::{HandshakeKind, ServerConfig};

use self::reply::Next;
pub use self::reply::Reply;
pub use self::request::{Seen, head};
pub use self::socks::{Behind, Socks, relay};
use self::tls::Stream;
pub use self::tls::{Certificate, Connect, Tls, pem};
use crate::services;

/// The usual host of each cloud; each region has one, but for Volcengine and Tencent.
const HOSTS: [(&str, &str); 5] = [
    ("aliyun", "ecs.{region}.aliyuncs.com"),
    ("volcengine", "open.volcengineapi.com"),
    ("baidu", "bcc.{region}.baidubce.com"),
    ("aws", "ec2.{region}.amazonaws.com"),
    ("tencent", "cvm.tencentcloudapi.com"),
];

/// Returns the cloud to which a host belongs.
pub fn cloud_of(host: &str) -> &'static str {
    let is_of = |pattern: &str| {
        host.contains(pattern.rsplit_once("}.").map_or(pattern, |(_, domain)| domain))
    };
    HOSTS.iter().find(|(_, pattern)| is_of(pattern)).map(|(cloud, _)| *cloud).unwrap()
}

type OnRequest = dyn Fn(&Seen) -> Reply + Send + Sync;

/// A server that runs until this value is dropped; connections that are open then stay open.
pub struct FakeCloud {
    /// Where it listens; with TLS, the address of the proxy.
    pub addr: SocketAddr,
    state: Arc<State>,
    is_over: Arc<AtomicBool>,
    /// Each open connection holds it too.
    open: Arc<()>,
}

struct State {
    on_request: Box<OnRequest>,
    tls: Option<Tls>,
    sandbox: Mutex<Sandbox>,
    limits: Vec<services::Limit>,
    seen: Mutex<Vec<Seen>>,
    connects: Mutex<Vec<String>>,
    handshakes: Mutex<Vec<(String, HandshakeKind)>>,
    first_connection: OnceLock<Instant>,
    connections: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl FakeCloud {
    /// Starts a server without TLS.
    pub fn plain(on_request: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(None, on_request)
    }

    /// Starts a proxy behind which every host has TLS and a good certificate.
    pub fn tls(on_request: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(Some(Tls::new()), on_request)
    }

    /// Starts a server, with TLS or without.
    pub fn start(
        tls: Option<Tls>,
        on_request: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let state = Arc::new(State {
            on_request: Box::new(on_request),
            tls,
            sandbox: Mutex::new(services::sandbox()),
            limits: services::limits(),
            seen: Mutex::default(),
            connects: Mutex::default(),
            handshakes: Mutex::default(),
            first_connection: OnceLock::new(),
            connections: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        });
        let (served, is_over, open) = (Arc::clone(&state), Arc::default(), Arc::default());
        let addr = listen_until(Arc::clone(&is_over), Arc::downgrade(&open), move |stream| {
            served.first_connection.get_or_init(Instant::now);
            served.connections.fetch_add(1, Ordering::SeqCst);
            // A client may close at any time.
            let _ = served.serve(stream);
        });
        Self { addr, state, is_over, open }
    }

    /// Returns the flags that send the requests of every cloud here, to one host for each region.
    pub fn endpoints(&self) -> Vec<String> {
        HOSTS
            .iter()
            .flat_map(|(cloud, host)| self.flag(cloud, &format!("{host}.localhost")))
            .collect()
    }

    /// Returns the flags that send them here by one host for all regions, where the request itself names the region.
    pub fn central_endpoints(&self) -> Vec<String> {
        let host = |cloud, host| match cloud {
            "baidu" => format!("{host}.localhost"),
            _ => "localhost".to_owned(),
        };
        HOSTS
            .iter()
            .flat_map(|(cloud, pattern)| self.flag(cloud, &host(*cloud, *pattern)))
            .collect()
    }

    /// Returns the flag that sends the requests of one cloud here, to one host for each region.
    pub fn endpoint(&self, cloud: &str) -> [String; 2] {
        let (_, host) = HOSTS.iter().find(|(id, _)| *id == cloud).unwrap();
        self.flag(cloud, &format!("{host}.localhost"))
    }

    fn flag(&self, cloud: &str, host: &str) -> [String; 2] {
        ["--endpoint".to_owned(), format!("{cloud}=http://{host}:{}", self.addr.port())]
    }

    /// Returns the CA that signs for every host, in PEM; only with TLS.
    pub fn ca(&self) -> Option<&str> {
        self.state.tls.as_ref().map(|tls| tls.ca.as_str())
    }

    /// Returns the configuration of a server that shows a good certificate of a host; only with TLS.
    pub fn server_config(&self, host: &str) -> Arc<ServerConfig> {
        self.state.tls.as_ref().unwrap().config(host, Certificate::Good)
    }

    /// Returns the first certificate that a host has shown, in PEM.
    pub fn shown_certificate(&self) -> String {
        self.state.tls.as_ref().unwrap().shown()
    }

    /// Returns the requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) {
        let started = Instant::now();
        while self.state.seen.lock().unwrap().len() < count {
            assert!(started.elapsed() < Duration::from_secs(30), "no request came");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns each `host:port` that the proxy was asked to connect to, sorted.
    pub fn connects(&self) -> Vec<String> {
        let mut connects = self.state.connects.lock().unwrap().clone();
        connects.sort();
        connects
    }

    /// Returns how each TLS connection to a host began.
    pub fn handshakes(&self, host: &str) -> Vec<HandshakeKind> {
        let handshakes = self.state.handshakes.lock().unwrap();
        handshakes.iter().filter(|(name, _)| name == host).map(|(_, kind)| *kind).collect()
    }

    /// Returns how many connections were made.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Returns how many requests were in flight at the same time, at most.
    pub fn most_in_flight(&self) -> usize {
        self.state.most_in_flight.load(Ordering::SeqCst)
    }

    /// Returns the time since the first connection, if there was one.
    pub fn since_first_connection(&self) -> Option<Duration> {
        self.state.first_connection.get().map(Instant::elapsed)
    }

    /// Waits until all connections of a client that has ended are closed here, too.
    pub fn wait_until_idle(&self) {
        // Connections are accepted in order: once this one is, none of the client waits to be.
        let mut last = TcpStream::connect(self.addr).unwrap();
        last.shutdown(Shutdown::Write).unwrap();
        let _ = last.read_to_end(&mut Vec::new());
        while Arc::strong_count(&self.open) > 1 {
            thread::sleep(Duration::from_millis(3));
        }
    }

    /// Returns the names of the keys that a region of the sandbox holds.
    pub fn stored(&self, cloud: &str, region: &str) -> Vec<String> {
        let sandbox = self.state.sandbox.lock().unwrap();
        sandbox.store.pairs(cloud, region).iter().map(|pair| pair.name.clone()).collect()
    }

    /// Returns the state of the sandbox.
    pub fn to_json(&self) -> String {
        self.state.sandbox.lock().unwrap().store.to_json().unwrap()
    }
}

impl Drop for FakeCloud {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // The listener wakes up only for a connection.
        let _ = TcpStream::connect(self.addr);
    }
}

impl State {
    /// Serves one connection to its end.
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let Some(tls) = &self.tls else { return self.answer(Stream::Plain(stream), None) };
        let note = |target: &str| self.connects.lock().unwrap().push(target.to_owned());
        let Some((host, stream)) = tls.connect(stream, note)? else { return Ok(()) };
        let kind = stream.conn.handshake_kind().unwrap();
        self.handshakes.lock().unwrap().push((host.clone(), kind));
        self.answer(Stream::Tls(Box::new(stream)), Some(&host))
    }

    /// Answers the requests of one connection.
    fn answer(&self, stream: Stream, host: Option<&str>) -> io::Result<()> {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = request::read(&mut stream)? {
            let running = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_in_flight.fetch_max(running, Ordering::SeqCst);
            let seen = self.note(seen, host);
            let reply = match (self.on_request)(&seen) {
                Reply::Sandbox => Reply::Response(self.sandbox(&seen)),
                Reply::SandboxThenClose => {
                    self.sandbox(&seen);
                    Reply::Close
                }
                reply => reply,
            };
            // The client may send its next request as soon as it has this reply.
            self.in_flight.fetch_sub(1, Ordering::SeqCst);
            match reply.send(&mut stream)? {
                Next::Request => {}
                Next::Close => break,
                Next::Drop => return Ok(()),
            }
        }
        stream.get_mut().close()
    }

    /// Numbers a request and keeps it.
    fn note(&self, mut seen: Seen, host: Option<&str>) -> Seen {
        if let Some(host) = host {
            host.clone_into(&mut seen.host);
        }
        let mut all = self.seen.lock().unwrap();
        seen.number = all.len();
        seen.before = all.iter().filter(|other| other.host == seen.host).count();
        all.push(seen.clone());
        seen
    }

    /// Returns what the sandbox answers.
    fn sandbox(&self, seen: &Seen) -> Response {
        let mut sandbox = self.sandbox.lock().unwrap();
        services::respond(&mut sandbox, &self.limits, &seen.received(), SystemTime::now().into())
    }
}

/// Listens on loopback until the process ends, and gives each connection a thread.
pub fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    listen_until(Arc::default(), Weak::new(), serve)
}

/// Does the same until it is over, which it looks up at the next connection.
fn listen_until(
    is_over: Arc<AtomicBool>,
    open: Weak<()>,
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
            let (serve, is_open) = (Arc::clone(&serve), open.upgrade());
            thread::spawn(move || {
                serve(stream);
                drop(is_open);
            });
        }
    });
    address
}

/// Returns a port of loopback on which nobody listens.
pub fn closed_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
