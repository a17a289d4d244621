//! The sandbox behind a loopback port, with faults: what the binary meets in tests that need a network.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use keyimport::sandbox::{Received, Sandbox};
use keyimport::wire::Response;

/// What the server does with a request.
pub enum Act {
    /// Answers as the cloud would.
    Answer,
    /// Answers this, and the cloud sees nothing of it.
    Say(Response),
    /// Never answers.
    Silence,
    /// Lets the cloud process it, then breaks the connection.
    ProcessAndDrop,
}

/// A request as a rule sees it: its host without port and `.localhost`.
pub struct Seen<'a> {
    pub host: &'a str,
    /// How many requests came to this host before.
    pub before: usize,
}

type Rule = dyn Fn(&Seen<'_>) -> Act + Send + Sync;

/// The clouds on a loopback port until this value is dropped.
pub struct Server {
    pub addr: SocketAddr,
    pub clouds: Arc<Clouds>,
    _runtime: tokio::runtime::Runtime,
}

pub struct Clouds {
    pub sandbox: Mutex<Sandbox>,
    /// Hosts of the requests, in the order in which they came.
    pub hosts: Mutex<Vec<String>>,
    pub connections: AtomicUsize,
    in_flight: AtomicUsize,
    pub most_in_flight: AtomicUsize,
    rule: Box<Rule>,
}

impl Server {
    /// Serves clouds that follow a rule.
    pub fn start(rule: impl Fn(&Seen<'_>) -> Act + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let addr = listener.local_addr().unwrap();
        let clouds = Arc::new(Clouds {
            sandbox: Mutex::new(Sandbox::new()),
            hosts: Mutex::default(),
            connections: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            rule: Box::new(rule),
        });
        let shared = Arc::clone(&clouds);
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let clouds = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| serve(Arc::clone(&clouds), request));
                    // A broken connection is what some rules are for.
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { addr, clouds, _runtime: runtime }
    }

    /// Returns the flags that send every cloud's requests here, to one host for each region.
    pub fn endpoints(&self) -> Vec<String> {
        self.flags([
            "ecs.{region}.aliyuncs.com", "open.volcengineapi.com", "bcc.{region}.baidubce.com",
        ])
    }

    /// Returns the flags that send them here by a host that stands for all regions where the cloud has one.
    pub fn central_endpoints(&self) -> Vec<String> {
        self.flags(["aliyun", "volcengine", "bcc.{region}.baidubce.com"])
    }

    fn flags(&self, hosts: [&str; 3]) -> Vec<String> {
        ["aliyun", "volcengine", "baidu"]
            .iter()
            .zip(hosts)
            .flat_map(|(cloud, host)| {
                let port = self.addr.port();
                // A name that is only the cloud's is no host of its own: the request tells the region.
                let host = if host == *cloud {
                    "localhost".to_owned()
                } else {
                    format!("{host}.localhost")
                };
                ["--endpoint".to_owned(), format!("{cloud}=http://{host}:{port}")]
            })
            .collect()
    }
}

/// The error that ends a connection without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dropped")
    }
}

impl std::error::Error for Dropped {}

async fn serve(
    clouds: Arc<Clouds>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Dropped> {
    let running = clouds.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    clouds.most_in_flight.fetch_max(running, Ordering::SeqCst);
    let answer = answer(&clouds, request).await;
    clouds.in_flight.fetch_sub(1, Ordering::SeqCst);
    answer
}

async fn answer(
    clouds: &Clouds,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let received = Received {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: body.collect().await.map_err(|_| Dropped)?.to_bytes().to_vec(),
    };
    let host = head.headers.get("host").unwrap().to_str().unwrap();
    let host = host.split(':').next().unwrap().trim_end_matches(".localhost").to_owned();
    let before = {
        let mut hosts = clouds.hosts.lock().unwrap();
        let before = hosts.iter().filter(|other| **other == host).count();
        hosts.push(host.clone());
        before
    };
    let process = || clouds.sandbox.lock().unwrap().answer(&received, SystemTime::now().into());
    let response = match (clouds.rule)(&Seen { host: &host, before }) {
        Act::Answer => process(),
        Act::Say(response) => response,
        Act::Silence => std::future::pending().await,
        Act::ProcessAndDrop => {
            process();
            return Err(Dropped);
        }
    };
    let mut built = hyper::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        built = built.header(name, value);
    }
    Ok::<_, Infallible>(built.body(Full::new(Bytes::from(response.body))).unwrap())
        .map_err(|_| Dropped)
}
