//! Serves the sandbox over HTTP/1 on loopback, and keeps its state in a file if there is one.

mod atomic_write;
mod state;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use self::state::{State, guard};
use crate::error::{Error, ErrorKind};
use crate::sandbox::{RawRequest, Sandbox};
use crate::wire::Response;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The pause after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The clouds of the sandbox on a loopback port, until this value is dropped.
#[derive(Debug)]
pub struct SandboxServer {
    /// The address that they listen on.
    pub addr: SocketAddr,
    clouds: Arc<Clouds>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Clouds {
    sandbox: Arc<Mutex<Sandbox>>,
    state: Option<Arc<State>>,
    failure: Mutex<Option<String>>,
}

impl SandboxServer {
    /// Serves the clouds on a free port of 127.0.0.1, by tasks of the current runtime.
    ///
    /// The state is read from the file before each request and written after one that changes it, under a lock, so
    /// that runs at the same time do not lose each other's writes. A missing or empty file means empty clouds.
    ///
    /// # Errors
    /// `Usage` for a file that holds something else or cannot be read; `Network` when there is no free port.
    pub async fn start(state: Option<&Path>) -> Result<Self, Error> {
        let state = state.map(|path| Arc::new(State::new(path)));
        let sandbox = match &state {
            None => Sandbox::default(),
            Some(state) => state.open().await.map_err(|reason| {
                Error::new(ErrorKind::Usage, reason).hinted(
                    "name a file that `--sandbox=FILE` wrote, or one that does not exist yet",
                )
            })?,
        };
        let cannot_listen = |error: io::Error| {
            Error::new(ErrorKind::Network, "cannot listen on loopback for the sandbox")
                .caused_by(error)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(cannot_listen)?;
        let addr = listener.local_addr().map_err(cannot_listen)?;
        let clouds = Arc::new(Clouds {
            sandbox: Arc::new(Mutex::new(sandbox)),
            state,
            failure: Mutex::new(None),
        });
        let shared = Arc::clone(&clouds);
        let task = tokio::spawn(async move { accept(|| listener.accept(), shared).await });
        Ok(Self { addr, clouds, task })
    }

    /// Returns why the state could not be written the last time that it failed, or what a request still waits for.
    pub fn failure(&self) -> Option<String> {
        let failure = guard(&self.clouds.failure).clone();
        failure.or_else(|| self.clouds.state.as_ref()?.waits_for())
    }
}

impl Drop for SandboxServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves the connections of a listener until the task is aborted, which ends them as well.
async fn accept<F>(mut next: impl FnMut() -> F, clouds: Arc<Clouds>)
where
    F: Future<Output = io::Result<(TcpStream, SocketAddr)>>,
{
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = next().await else {
            // Where the process has too many open files, the next attempt fails as well.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let clouds = Arc::clone(&clouds);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let clouds = Arc::clone(&clouds);
                async move { Ok::<_, Infallible>(respond(&clouds, request).await) }
            });
            // If the connection breaks, the client notices.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(
    clouds: &Clouds,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return plain(413, "the sandbox takes bodies up to 64 KiB");
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let received = RawRequest {
        method: head.method.as_str().to_owned(),
        target: head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
            .collect(),
        body: body.to_bytes().to_vec(),
    };
    let now = DateTime::<Utc>::from(SystemTime::now());
    let responded = match &clouds.state {
        None => Ok(guard(&clouds.sandbox).respond(&received, now)),
        Some(state) => state.respond(Arc::clone(&clouds.sandbox), received, now).await,
    };
    match responded {
        Ok(response) => to_hyper(response),
        Err(reason) => {
            *guard(&clouds.failure) = Some(reason);
            plain(500, "the sandbox could not keep its state")
        }
    }
}

fn to_hyper(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    // The sandbox makes no malformed header, and an empty body is no success to any client.
    builder.body(Full::from(response.body)).unwrap_or_default()
}

fn plain(status: u16, text: &'static str) -> hyper::Response<Full<Bytes>> {
    let body = text.as_bytes().to_vec();
    to_hyper(Response { status, headers: Vec::new(), body })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_listener_that_keeps_failing_is_asked_again_after_a_pause() {
        let calls = AtomicU32::new(0);
        let next = || {
            calls.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Err(io::Error::other("too many open files")))
        };
        let clouds = Arc::new(Clouds::default());
        let ended = tokio::time::timeout(ACCEPT_PAUSE * 3, accept(next, clouds)).await;
        assert!(ended.is_err());
        assert!((2..=4).contains(&calls.load(Ordering::Relaxed)), "{calls:?}");
    }
}
