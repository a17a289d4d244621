//! Serves the sandbox over HTTP/1 on loopback, and keeps its state in a file if one is named.

use std::convert::Infallible;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind as IoKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::error::{Error, ErrorKind};
use crate::sandbox::{Received, Sandbox};
use crate::wire::Response;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The largest state that is read, in bytes: a hundred thousand keys.
const LONGEST_STATE: u64 = 64 * 1024 * 1024;

/// The clouds on a loopback port, for as long as this value lives.
#[derive(Debug)]
pub struct Served {
    /// Where they listen.
    pub addr: SocketAddr,
    clouds: Arc<Clouds>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Clouds {
    sandbox: Arc<Mutex<Sandbox>>,
    file: Option<PathBuf>,
    failure: Mutex<Option<String>>,
}

/// Serves the clouds on a free port of 127.0.0.1, by tasks of the current runtime.
///
/// With a path, the file is the truth: it is read before and written after each request that changes
/// something, under a lock, so that runs at the same time do not lose each other's writes. A file that is
/// missing or empty stands for clouds that hold nothing.
///
/// # Errors
/// `Usage` for a file that holds something else or cannot be kept; `Network` when no port can be had.
pub async fn serve(state: Option<&Path>) -> Result<Served, Error> {
    let mut sandbox = Sandbox::new();
    if let Some(path) = state {
        restore(path, &mut sandbox).map_err(|reason| {
            Error::new(ErrorKind::Usage, format!("sandbox state `{}`: {reason}", path.display()))
                .hinted("name a file that `--sandbox=FILE` wrote, or one that does not exist yet")
        })?;
    }
    let unheard = |error: io::Error| {
        Error::new(ErrorKind::Network, "cannot listen on loopback for the sandbox").caused_by(error)
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unheard)?;
    let addr = listener.local_addr().map_err(unheard)?;
    let clouds = Arc::new(Clouds {
        sandbox: Arc::new(Mutex::new(sandbox)),
        file: state.map(Path::to_path_buf),
        failure: Mutex::new(None),
    });
    let task = tokio::spawn(accept(listener, Arc::clone(&clouds)));
    Ok(Served { addr, clouds, task })
}

impl Served {
    /// Returns the clouds, to set a scene or to hold a report against the truth.
    pub fn sandbox(&self) -> Arc<Mutex<Sandbox>> {
        Arc::clone(&self.clouds.sandbox)
    }

    /// Tells why the state could last not be written, if that ever failed.
    pub fn failure(&self) -> Option<String> {
        held(&self.clouds.failure).clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Takes connections until the task is aborted, which ends them, too.
async fn accept(listener: TcpListener, clouds: Arc<Clouds>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let clouds = Arc::clone(&clouds);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let clouds = Arc::clone(&clouds);
                async move { Ok::<_, Infallible>(answer(&clouds, request).await) }
            });
            // A connection that breaks is the client's to notice.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    clouds: &Clouds,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return refuse(413, "the sandbox takes bodies up to 64 KiB");
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let received = Received {
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
    let mut sandbox = held(&clouds.sandbox);
    let answered = match &clouds.file {
        None => Ok(sandbox.answer(&received, now)),
        Some(path) => answer_and_keep(path, &mut sandbox, &received, now),
    };
    match answered {
        Ok(response) => written(response),
        Err(reason) => {
            *held(&clouds.failure) = Some(reason);
            refuse(500, "the sandbox could not keep its state")
        }
    }
}

/// Answers from the file's state, and writes it if the answer changed it.
fn answer_and_keep(
    path: &Path,
    sandbox: &mut Sandbox,
    received: &Received,
    now: DateTime<Utc>,
) -> Result<Response, String> {
    let at = |reason: String| format!("sandbox state `{}`: {reason}", path.display());
    // Where no lock can be had nothing can be written either, but reading still goes.
    let lock = lock(path);
    restore(path, sandbox).map_err(at)?;
    let (before, version) = (sandbox.to_json(), sandbox.version());
    let response = sandbox.answer(received, now);
    if sandbox.version() == version {
        return Ok(response);
    }
    // The lock is held until it is dropped.
    match lock.and_then(|lock| replace(path, &sandbox.to_json()).map(|()| drop(lock))) {
        Ok(()) => Ok(response),
        Err(error) => {
            // What was not kept did not happen.
            sandbox.restore(&before).map_err(|error| at(error.to_string()))?;
            Err(at(error.to_string()))
        }
    }
}

fn lock(path: &Path) -> io::Result<File> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(beside(path, "lock"))?;
    file.lock()?;
    Ok(file)
}

/// Writes a new file and puts it in the place of the old one in one step.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, "new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).inspect_err(|_| {
        // The error is told; a left-over that stays as well changes nothing.
        let _ = fs::remove_file(&new);
    })
}

/// Returns the path of a file that goes with the state.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

/// Reads the file into the sandbox; a file that is missing or empty leaves it as it is.
fn restore(path: &Path, sandbox: &mut Sandbox) -> Result<(), String> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err("it is not a plain file".to_owned()),
        Ok(found) if found.len() > LONGEST_STATE => {
            return Err("it is larger than 64 MiB, which no state is".to_owned());
        }
        Err(error) if error.kind() == IoKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            return match folder.map(fs::metadata) {
                Some(Err(_)) => Err("its folder does not exist".to_owned()),
                Some(Ok(_)) | None => Ok(()),
            };
        }
        Ok(_) | Err(_) => {}
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    if text.trim().is_empty() {
        return Ok(());
    }
    // Where, and not what: the file may be somebody's secrets.
    sandbox.restore(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("it holds no state that this version reads (line {line}, column {column})")
    })
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn written(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::from(response.body)).unwrap_or_default()
}

fn refuse(status: u16, why: &'static str) -> hyper::Response<Full<Bytes>> {
    let body = why.as_bytes().to_vec();
    written(Response { status, headers: Vec::new(), body })
}
