//! The clouds of a schedule on loopback: what a plan says of a request, done to a real connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::DateTime;
use keyimport::wire::Response;
use rustls::{ServerConnection, StreamOwned};
use socket2::SockRef;

use super::schedule::Schedule;
use crate::chaos::answers;
use crate::chaos::course::{Arrival, Course};
use crate::chaos::plan::{ErrorResponse, one};
use crate::chaos::story::Story;
use crate::chaos::world::World;
use crate::loopback::{
    Authority, Certificate, Seen, asked_for, bytes, connected, listen_until, request, secured,
    send, until_closed,
};

/// The host of each cloud, which tells them apart.
const HOSTS: [(&str, &str); 3] = [
    ("aliyun", "ecs.{region}.aliyuncs.com"),
    ("volcengine", "open.volcengineapi.com"),
    ("baidu", "bcc.{region}.baidubce.com"),
];

/// The clouds of a run, until this value is dropped.
pub struct Clouds {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    is_over: Arc<AtomicBool>,
}

impl Drop for Clouds {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Nobody else may be there to tell.
        let _ = TcpStream::connect(self.addr);
    }
}

struct Shared {
    started: Instant,
    worlds: Vec<Mutex<World>>,
    /// Who signs for the clouds' names, if they are met by TLS.
    authority: Option<Authority>,
    first: OnceLock<Instant>,
    open: AtomicUsize,
}

impl Clouds {
    pub fn start(schedule: &Schedule, story: &Story) -> Self {
        let now = DateTime::from(SystemTime::now());
        let worlds = schedule.plans.iter().map(|plan| Mutex::new(World::new(plan, story, now)));
        let shared = Arc::new(Shared {
            started: Instant::now(),
            worlds: worlds.collect(),
            authority: schedule.is_tls.then(Authority::new),
            first: OnceLock::new(),
            open: AtomicUsize::new(0),
        });
        let served = Arc::clone(&shared);
        let is_over = Arc::new(AtomicBool::new(false));
        let addr = listen_until(Arc::clone(&is_over), move |stream| {
            served.first.get_or_init(Instant::now);
            served.open.fetch_add(1, Ordering::SeqCst);
            // A client may close whenever it likes.
            let _ = match &served.authority {
                Some(authority) => served.tunnel(authority, stream),
                None => served.serve(stream, None),
            };
            served.open.fetch_sub(1, Ordering::SeqCst);
        });
        Self { addr, shared, is_over }
    }

    /// Returns the addresses to be named, if the clouds are not met under their own names.
    pub fn endpoints(&self) -> Vec<String> {
        let port = self.addr.port();
        let endpoint = |world: &Mutex<World>| {
            let cloud = world.lock().unwrap().plan.cloud;
            let (_, host) = HOSTS.iter().find(|(id, _)| *id == cloud).unwrap();
            format!("{cloud}=http://{host}.localhost:{port}")
        };
        match self.ca() {
            Some(_) => Vec::new(),
            None => self.shared.worlds.iter().map(endpoint).collect(),
        }
    }

    /// Returns the CA to trust, if the clouds are met under their own names.
    pub fn ca(&self) -> Option<&str> {
        self.shared.authority.as_ref().map(|authority| authority.ca.as_str())
    }

    /// Returns the world of a cloud.
    pub fn world(&self, cloud: &str) -> MutexGuard<'_, World> {
        let worlds = self.shared.worlds.iter().map(|world| world.lock().unwrap());
        worlds.into_iter().find(|world| world.plan.cloud == cloud).unwrap()
    }

    /// Tells how long ago the first connection was made.
    pub fn since_first(&self) -> Option<Duration> {
        self.shared.first.get().map(Instant::elapsed)
    }

    /// Waits until all connections of a client that has ended are closed here, too.
    pub fn settle(&self) {
        let mut rounds = 0;
        while rounds < 3 {
            thread::sleep(Duration::from_millis(3));
            rounds = if self.shared.open.load(Ordering::SeqCst) == 0 { rounds + 1 } else { 0 };
        }
    }

    /// Returns the time since the start.
    pub fn now(&self) -> Duration {
        self.shared.started.elapsed()
    }
}

/// A connection that can be broken.
trait Line: Read + Write {
    fn tcp(&self) -> &TcpStream;
}

impl Line for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Line for StreamOwned<ServerConnection, TcpStream> {
    fn tcp(&self) -> &TcpStream {
        &self.sock
    }
}

impl Shared {
    fn world(&self, host: &str) -> MutexGuard<'_, World> {
        let is_of = |cloud: &str| {
            let (_, pattern) = HOSTS.iter().find(|(id, _)| *id == cloud).unwrap();
            host.contains(pattern.rsplit_once("}.").map_or(*pattern, |(_, domain)| domain))
        };
        let worlds = self.worlds.iter().map(|world| world.lock().unwrap());
        worlds.into_iter().find(|world| is_of(world.plan.cloud)).unwrap()
    }

    /// Connects a client to a cloud's own name.
    fn tunnel(&self, authority: &Authority, mut stream: TcpStream) -> io::Result<()> {
        let Some(target) = asked_for(&mut stream)? else { return Ok(()) };
        let host = target.split(':').next().unwrap_or_default();
        let (fault, is_other) = {
            let mut world = self.world(host);
            (world.connection(), world.rng.bool())
        };
        let mut certificate = Certificate::Good;
        match fault {
            Some(ErrorResponse::Refused) if is_other => return Ok(()),
            Some(ErrorResponse::Refused) => {
                let response = Response { status: 503, headers: Vec::new(), body: Vec::new() };
                return send(&mut stream, &response);
            }
            Some(ErrorResponse::NotConnected) => {
                let mut world = self.world(host);
                world.hazy |= world.requests > 0 || world.plan.stop_at.is_some();
                drop(world);
                until_closed(&mut stream);
                return Ok(());
            }
            Some(ErrorResponse::NeverConnected) if is_other => certificate = Certificate::Expired,
            Some(ErrorResponse::NeverConnected) => certificate = Certificate::OtherName,
            _ => {}
        }
        connected(&mut stream)?;
        let config = authority.config(host, certificate, rustls::ALL_VERSIONS);
        self.serve(secured(stream, Arc::new(config)), Some(host))
    }

    fn serve(&self, mut line: impl Line, host: Option<&str>) -> io::Result<()> {
        while let Some(seen) = request(&mut line)? {
            let host = host.unwrap_or(&seen.host).to_owned();
            let is_kept = self.exchange(&mut line, &Seen { host, ..seen })?;
            if !is_kept {
                break;
            }
        }
        Ok(())
    }

    /// Does to a request what the plan says, and tells whether the connection goes on.
    fn exchange(&self, line: &mut impl Line, seen: &Seen) -> io::Result<bool> {
        let sent = self.started.elapsed();
        let is_import = is_import(seen);
        let course = {
            let mut world = self.world(&seen.host);
            world.pass(sent);
            world.note(is_import, seen.raw("SignatureNonce"), seen.raw("ClientToken"));
            world.course(is_import, sent, false)
        };
        let Course { fault, arrives, back, reply } = course;
        let mut answer = None;
        if let Arrival::At(moment) = arrives {
            self.wait_for(moment);
            let mut world = self.world(&seen.host);
            answer = Some(world.arrive(&seen.received(), is_import, fault, self.started.elapsed()));
        }
        match back {
            Some(back) => self.wait_for(back),
            None => self.keep_waiting(line, &seen.host),
        }
        let now = self.started.elapsed();
        let told = {
            let mut world = self.world(&seen.host);
            if is_import && matches!(arrives, Arrival::Late) {
                world.arrive_late(seen.received(), now, None);
            }
            let told = reply.told(&world, answer, now);
            world.story.line(|| {
                let what = if is_import { "import" } else { "look" };
                let told = told.as_ref().map_or_else(|_| "nothing".to_owned(), answers::shown);
                let cloud = world.plan.cloud;
                format!("{sent:>9.3?} {cloud} {what} [{fault:?}] -> {now:.3?} {told}")
            });
            told
        };
        match told {
            Ok(response) => send(line, &response).map(|()| true),
            Err(_) if back.is_some() => self.break_off(line, &seen.host).map(|()| false),
            Err(_) => Ok(false),
        }
    }

    fn wait_for(&self, moment: Duration) {
        thread::sleep(moment.saturating_sub(self.started.elapsed()));
    }

    /// Says nothing, or as little as possible, until the client has had enough.
    fn keep_waiting(&self, line: &mut impl Line, host: &str) {
        let is_dripping = self.world(host).rng.bool();
        if !is_dripping {
            return until_closed(line);
        }
        let mut said = line.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while said.is_ok() {
            thread::sleep(Duration::from_millis(20));
            said = line.write_all(b" ").and_then(|()| line.flush());
        }
    }

    /// Ends an exchange without an answer, in one of the ways in which networks do.
    fn break_off(&self, line: &mut impl Line, host: &str) -> io::Result<()> {
        let way = one(&mut self.world(host).rng, &Broken::ALL);
        let page = Response { status: 200, headers: Vec::new(), body: vec![b' '; 300] };
        let whole = bytes(&page);
        match way {
            Broken::Closed => {}
            Broken::Reset => SockRef::from(line.tcp()).set_linger(Some(Duration::ZERO))?,
            Broken::InTheHead => line.write_all(&whole[..12])?,
            Broken::InTheBody => line.write_all(&whole[..whole.len() - 9])?,
            Broken::NoHttp => line.write_all(b"\x16\x03\x01 220 smtp ready\r\n\r\n")?,
            Broken::BadChunk => line
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n")?,
            Broken::Endless => {
                line.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n")?;
                // The client closes before it has read half of this.
                for _ in 0..4096 {
                    line.write_all(&[b' '; 1024])?;
                }
            }
        }
        line.flush()
    }
}

/// How an answer fails to come.
#[derive(Clone, Copy)]
enum Broken {
    Closed,
    Reset,
    InTheHead,
    InTheBody,
    NoHttp,
    BadChunk,
    Endless,
}

impl Broken {
    const ALL: [Self; 7] = [
        Self::Closed,
        Self::Reset,
        Self::InTheHead,
        Self::InTheBody,
        Self::NoHttp,
        Self::BadChunk,
        Self::Endless,
    ];
}

fn is_import(seen: &Seen) -> bool {
    seen.line().starts_with("PUT ")
        || seen.raw("Action") == Some("ImportKeyPair")
        || seen.header("x-acs-action").as_deref() == Some("ImportKeyPair")
}
