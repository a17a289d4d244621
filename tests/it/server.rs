//! The sandbox behind a loopback port, with faults: what the binary meets in tests that need a network.

use std::io::{self, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use keyimport::sandbox::Sandbox;
use keyimport::wire::Response;

use crate::loopback::{self, listen, request, send, until_closed};

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

/// The clouds on a loopback port until the process ends.
pub struct Server {
    pub addr: SocketAddr,
    pub clouds: Arc<Clouds>,
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
        let clouds = Arc::new(Clouds {
            sandbox: Mutex::new(Sandbox::new()),
            hosts: Mutex::default(),
            connections: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            rule: Box::new(rule),
        });
        let shared = Arc::clone(&clouds);
        let addr = listen(move |stream| {
            shared.connections.fetch_add(1, Ordering::SeqCst);
            // A broken connection is what some rules are for.
            let _ = serve(&shared, stream);
        });
        Self { addr, clouds }
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

fn serve(clouds: &Clouds, stream: TcpStream) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = request(&mut stream)? {
        let running = clouds.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        clouds.most_in_flight.fetch_max(running, Ordering::SeqCst);
        let act = clouds.act(&request);
        let process = || {
            clouds.sandbox.lock().unwrap().respond(&request.received(), SystemTime::now().into())
        };
        let answer = match act {
            Act::Answer => Some(process()),
            Act::Say(response) => Some(response),
            Act::Silence => {
                until_closed(&mut stream);
                None
            }
            Act::ProcessAndDrop => {
                process();
                None
            }
        };
        clouds.in_flight.fetch_sub(1, Ordering::SeqCst);
        let Some(answer) = answer else { break };
        send(stream.get_mut(), &answer)?;
    }
    Ok(())
}

impl Clouds {
    /// Notes a request, and asks the rule what to do with it.
    fn act(&self, request: &loopback::Seen) -> Act {
        let host = request.host.trim_end_matches(".localhost").to_owned();
        let before = {
            let mut hosts = self.hosts.lock().unwrap();
            let before = hosts.iter().filter(|other| **other == host).count();
            hosts.push(host.clone());
            before
        };
        (self.rule)(&Seen { host: &host, before })
    }
}
