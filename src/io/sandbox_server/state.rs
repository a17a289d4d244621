//! The file that keeps the sandbox's state: held by one run at a time, read before and written after a request.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind as IoKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::atomic_write::{clear, follow, replace};
use super::held;
use crate::sandbox::{RawRequest, Sandbox, Store};
use crate::wire::Response;

/// The largest state that is read, in bytes: a hundred thousand keys.
const LONGEST_STATE: u64 = 64 * 1024 * 1024;

/// How long another run may hold the lock before requests fail.
const GRACE_PERIOD: Duration = Duration::from_secs(10);

/// The pause before the lock is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// A state file, which need not exist yet. All that touches it runs where it may block.
#[derive(Debug)]
pub(super) struct State {
    /// As the user names it.
    shown: PathBuf,
    /// Where it lies.
    path: PathBuf,
    /// Whether the left-overs of earlier runs are gone.
    cleared: AtomicBool,
    /// Requests of this run come one after the other, in their order.
    turn: tokio::sync::Mutex<()>,
    /// Since when another run has been holding the lock that this one wants.
    refused: Mutex<Option<Instant>>,
    /// A request is waiting for the lock, or was until its client went away.
    waiting: AtomicBool,
}

impl State {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            shown: path.to_path_buf(),
            path: follow(path),
            cleared: AtomicBool::new(false),
            turn: tokio::sync::Mutex::default(),
            refused: Mutex::new(None),
            waiting: AtomicBool::new(false),
        }
    }

    /// Returns clouds that hold what the file says.
    pub(super) async fn open(self: &Arc<Self>) -> Result<Sandbox, String> {
        let state = Arc::clone(self);
        let opened = blocking(move || {
            refuse_strange(&state.lock_path())?;
            let mut sandbox = Sandbox::new();
            restore(&state.path, &mut sandbox).map(|()| sandbox)
        });
        opened.await.map_err(|reason| self.at(&reason))
    }

    /// Answers from the file's state, and writes it if the answer changed it.
    pub(super) async fn answer(
        self: &Arc<Self>,
        sandbox: Arc<Mutex<Sandbox>>,
        received: RawRequest,
        now: DateTime<Utc>,
    ) -> Result<Response, String> {
        let _turn = self.turn.lock().await;
        // Where no lock can be had nothing can be written either, but reading still goes.
        let lock = self.lock().await;
        let state = Arc::clone(self);
        let kept = blocking(move || state.keep(&mut held(&sandbox), lock, &received, now));
        kept.await.map_err(|reason| self.at(&reason))
    }

    /// Tells who is in the way, if a request was still waiting when its client went away.
    pub(super) fn obstacle(&self) -> Option<String> {
        self.waiting.load(Ordering::Relaxed).then(|| self.at(&self.taken()))
    }

    /// Waits for the lock; a request whose client goes away takes it no more. A run that waited in vain does
    /// not wait again until it has had the lock.
    async fn lock(self: &Arc<Self>) -> Result<File, String> {
        let lock = loop {
            let state = Arc::clone(self);
            match blocking(move || state.try_lock()).await {
                Ok(Some(file)) => break Ok(file),
                Ok(None) => {}
                Err(reason) => break Err(reason),
            }
            let since = *held(&self.refused).get_or_insert_with(Instant::now);
            if since.elapsed() >= GRACE_PERIOD {
                self.waiting.store(false, Ordering::Relaxed);
                return Err(self.taken());
            }
            self.waiting.store(true, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        };
        *held(&self.refused) = None;
        self.waiting.store(false, Ordering::Relaxed);
        lock
    }

    /// Takes the lock unless another run has it.
    fn try_lock(&self) -> Result<Option<File>, String> {
        let path = self.lock_path();
        refuse_strange(&path)?;
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = opened.map_err(|error| error.to_string())?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.to_string()),
        }
    }

    fn keep(
        &self,
        sandbox: &mut Sandbox,
        lock: Result<File, String>,
        received: &RawRequest,
        now: DateTime<Utc>,
    ) -> Result<Response, String> {
        restore(&self.path, sandbox)?;
        let before = sandbox.store.clone();
        let response = sandbox.respond(received, now);
        if sandbox.store.version() == before.version() {
            return Ok(response);
        }
        // The lock is held until it is dropped.
        let kept = lock.and_then(|lock| {
            if !self.cleared.swap(true, Ordering::Relaxed) {
                clear(&self.path);
            }
            let text = sandbox.store.to_json().map_err(|error| error.to_string())?;
            let replaced = replace(&self.path, &text);
            replaced.map(|()| drop(lock)).map_err(|error| format!("it cannot be written: {error}"))
        });
        if let Err(reason) = kept {
            // What was not kept did not happen.
            sandbox.store = before;
            return Err(reason);
        }
        Ok(response)
    }

    fn lock_path(&self) -> PathBuf {
        beside(&self.path, "lock")
    }

    fn taken(&self) -> String {
        format!("another run holds `{}`", self.lock_path().display())
    }

    fn at(&self, reason: &str) -> String {
        format!("sandbox state `{}`: {reason}", self.shown.display())
    }
}

/// Runs what may block on a thread that neither time nor signals wait for.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

/// Refuses a lock that opening could block on, or would make elsewhere.
fn refuse_strange(lock: &Path) -> Result<(), String> {
    if fs::symlink_metadata(lock).is_ok_and(|found| !found.is_file()) {
        return Err(format!("its lock `{}` is not a plain file", lock.display()));
    }
    Ok(())
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
    sandbox.store = Store::from_json(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("it holds no state that this version reads (line {line}, column {column})")
    })?;
    Ok(())
}
