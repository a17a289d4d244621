//! The state file of the sandbox: locked by one run at a time, read before and written after a request.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind as IoKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::atomic_write::{clear, folder, follow, replace};
use crate::io::file;
use crate::sandbox::{RawRequest, Sandbox, Store};
use crate::wire::Response;

/// The largest state file that is read, in bytes: some hundred thousand keys.
const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// How long a request waits for the lock of another run.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause before the lock is tried again.
const PAUSE: Duration = Duration::from_millis(5);

/// A state file, which need not exist yet. It is read and written on threads that may block.
#[derive(Debug)]
pub(super) struct State {
    /// The path as the user wrote it.
    shown: PathBuf,
    /// The path with links resolved.
    path: PathBuf,
    /// Removes the left-over files of killed runs.
    cleanup: Once,
    /// Since when another run has held the lock while this one waited. Held during a request, so that the requests of
    /// this run are handled in order.
    waiting_since: tokio::sync::Mutex<Option<Instant>>,
    /// Whether a request waits for the lock, or did until its client disconnected.
    waiting: AtomicBool,
}

impl State {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            shown: path.to_path_buf(),
            path: follow(path),
            cleanup: Once::new(),
            waiting_since: tokio::sync::Mutex::default(),
            waiting: AtomicBool::new(false),
        }
    }

    /// Returns a sandbox with the state of the file.
    pub(super) async fn open(self: &Arc<Self>) -> Result<Sandbox, String> {
        let state = Arc::clone(self);
        let opened = blocking(move || {
            check_lock_file(&state.lock_path())?;
            let mut sandbox = Sandbox::default();
            if !restore(&state.path, &mut sandbox)? {
                // What cannot be written later holds nothing now.
                state.try_lock()?;
            }
            Ok(sandbox)
        });
        opened.await.map_err(|reason| self.in_state(&reason))
    }

    /// Responds with the state of the file, and writes the file if the state changed.
    pub(super) async fn respond(
        self: &Arc<Self>,
        sandbox: Arc<Mutex<Sandbox>>,
        received: RawRequest,
        now: DateTime<Utc>,
    ) -> Result<Response, String> {
        let mut waiting_since = self.waiting_since.lock().await;
        // Without the lock nothing is written, but a request that only reads can still be handled.
        let lock = self.lock(&mut waiting_since).await;
        let state = Arc::clone(self);
        let kept = blocking(move || state.keep(&mut guard(&sandbox), lock, &received, now));
        kept.await.map_err(|reason| self.in_state(&reason))
    }

    /// Returns what a request still waited for when its client disconnected.
    pub(super) fn waits_for(&self) -> Option<String> {
        self.waiting.load(Ordering::Relaxed).then(|| self.in_state(&self.lock_is_held()))
    }

    /// Waits for the lock. A request whose client disconnects does not take it any more, and a run that waited the
    /// whole time does not wait again until it has had the lock.
    async fn lock(self: &Arc<Self>, waiting_since: &mut Option<Instant>) -> Result<File, String> {
        let lock = loop {
            let state = Arc::clone(self);
            if let Some(lock) = blocking(move || state.try_lock()).await.transpose() {
                break lock;
            }
            if waiting_since.get_or_insert_with(Instant::now).elapsed() >= LOCK_TIMEOUT {
                self.waiting.store(false, Ordering::Relaxed);
                return Err(self.lock_is_held());
            }
            self.waiting.store(true, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        };
        *waiting_since = None;
        self.waiting.store(false, Ordering::Relaxed);
        lock
    }

    /// Takes the lock, unless another run holds it.
    fn try_lock(&self) -> Result<Option<File>, String> {
        let path = self.lock_path();
        check_lock_file(&path)?;
        let opened = file::options().create(true).truncate(false).write(true).open(path);
        let file = opened.map_err(|error| format!("its lock cannot be made: {error}"))?;
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
        let kept = lock.and_then(|_lock| {
            self.cleanup.call_once(|| clear(&self.path));
            let text = sandbox.store.to_json().map_err(|error| error.to_string())?;
            replace(&self.path, &text).map_err(|error| format!("it cannot be written: {error}"))
        });
        if kept.is_err() {
            // What cannot be written did not happen.
            sandbox.store = before;
        }
        kept.map(|()| response)
    }

    fn lock_path(&self) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(".lock");
        self.path.with_file_name(name)
    }

    fn lock_is_held(&self) -> String {
        format!("another run holds `{}`", self.lock_path().display())
    }

    fn in_state(&self, reason: &str) -> String {
        format!("sandbox state `{}`: {reason}", self.shown.display())
    }
}

/// Locks a mutex, even if a thread panicked that held it.
pub(super) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what may block on another thread, so that deadlines and signals do not wait for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

/// Refuses a lock file that blocks when it is opened, or is a link.
fn check_lock_file(lock: &Path) -> Result<(), String> {
    if fs::symlink_metadata(lock).is_ok_and(|found| !found.is_file()) {
        return Err(format!("its lock `{}` is not a regular file", lock.display()));
    }
    Ok(())
}

/// Reads the file into the sandbox, and says whether it held anything; a missing or empty file changes nothing.
fn restore(path: &Path, sandbox: &mut Sandbox) -> Result<bool, String> {
    let text = match file::read(path, MAX_SIZE) {
        Ok((bytes, _)) => String::from_utf8(bytes).map_err(|error| error.to_string())?,
        Err(error) if error.kind() == IoKind::NotFound => {
            let found = fs::metadata(folder(path));
            return found.map(|_| false).map_err(|_| "its folder does not exist".to_owned());
        }
        Err(error) => return Err(error.to_string()),
    };
    if text.trim().is_empty() {
        return Ok(false);
    }
    // The position, not the text: the file may hold somebody's secrets.
    sandbox.store = Store::from_json(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("it holds no state that this version reads (line {line}, column {column})")
    })?;
    Ok(true)
}
