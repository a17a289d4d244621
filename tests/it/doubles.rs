//! Doubles of the ports: a world of variables and files, a network that answers by script, a clock that
//! runs only while somebody sleeps.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::ports::{Clock, Delivery, FileState, SendError, System, Transport};
use keyimport::sandbox::RawRequest;
use keyimport::wire::{Request, Response};

/// Variables, files below `/home/me`, and what programs print.
#[derive(Default)]
pub(crate) struct FakeSystem {
    vars: BTreeMap<String, String>,
    home: Option<PathBuf>,
    files: Mutex<BTreeMap<PathBuf, FileState>>,
    prints: Mutex<VecDeque<Result<Vec<u8>, String>>>,
    runs: Mutex<Vec<(Vec<OsString>, Duration)>>,
}

impl FakeSystem {
    /// A world with an empty home directory.
    pub(crate) fn new() -> Self {
        Self { home: Some(PathBuf::from("/home/me")), ..Self::default() }
    }

    /// A world without a home directory.
    pub(crate) fn homeless() -> Self {
        Self::default()
    }

    pub(crate) fn with_var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Puts a file that only its owner may read; `~/` is the home directory.
    pub(crate) fn with_file(self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        self.put(path, FileState::Read { bytes: text.into(), shared: false });
        self
    }

    /// Puts a file that others may read.
    pub(crate) fn with_shared_file(self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        self.put(path, FileState::Read { bytes: text.into(), shared: true });
        self
    }

    pub(crate) fn with_unreadable_file(self, path: &str, why: &str) -> Self {
        self.put(path, FileState::DecodeError(why.to_owned()));
        self
    }

    /// Makes the next program that runs print this.
    pub(crate) fn with_output(self, text: &str) -> Self {
        self.prints.lock().unwrap().push_back(Ok(text.as_bytes().to_vec()));
        self
    }

    /// Makes the next program that runs fail.
    pub(crate) fn with_failure(self, why: &str) -> Self {
        self.prints.lock().unwrap().push_back(Err(why.to_owned()));
        self
    }

    /// Replaces a file in the middle of a test.
    pub(crate) fn put(&self, path: &str, state: FileState) {
        let path = match path.strip_prefix("~/") {
            Some(below) => Path::new("/home/me").join(below),
            None => PathBuf::from(path),
        };
        self.files.lock().unwrap().insert(path, state);
    }

    /// Returns the programs that ran, and how long each was given.
    pub(crate) fn runs(&self) -> Vec<(Vec<String>, Duration)> {
        let text = |word: &OsString| word.to_str().unwrap().to_owned();
        let runs = self.runs.lock().unwrap();
        runs.iter().map(|(words, limit)| (words.iter().map(text).collect(), *limit)).collect()
    }
}

#[async_trait::async_trait]
impl System for FakeSystem {
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }

    fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    fn read(&self, path: &Path) -> FileState {
        self.files.lock().unwrap().get(path).cloned().unwrap_or(FileState::Missing)
    }

    async fn run(&self, program: &[OsString], limit: Duration) -> Result<Vec<u8>, String> {
        self.runs.lock().unwrap().push((program.to_vec(), limit));
        self.prints.lock().unwrap().pop_front().unwrap_or_else(|| Err("not found".to_owned()))
    }
}

/// A network that answers requests in the order of its script, and nothing after that.
#[derive(Default)]
pub(crate) struct FakeTransport {
    script: Mutex<VecDeque<Result<Response, SendError>>>,
    seen: Mutex<Vec<(Request, Duration)>>,
}

impl FakeTransport {
    /// A network on which nobody answers.
    pub(crate) fn silent() -> Self {
        Self::default()
    }

    pub(crate) fn answers(self, status: u16, body: impl Into<Vec<u8>>) -> Self {
        self.gives(Response { status, headers: Vec::new(), body: body.into() })
    }

    pub(crate) fn gives(self, response: Response) -> Self {
        self.script.lock().unwrap().push_back(Ok(response));
        self
    }

    pub(crate) fn loses(self, delivery: Delivery, reason: &str) -> Self {
        let lost = SendError { delivery, reason: reason.to_owned(), hint: None, permanent: false };
        self.script.lock().unwrap().push_back(Err(lost));
        self
    }

    /// Fails in a way that trying again cannot mend.
    pub(crate) fn breaks(self, reason: &str, hint: &'static str) -> Self {
        let lost = SendError {
            delivery: Delivery::Unsent,
            reason: reason.to_owned(),
            hint: Some(hint),
            permanent: true,
        };
        self.script.lock().unwrap().push_back(Err(lost));
        self
    }

    /// Returns what was sent, and how long each request was given.
    pub(crate) fn seen(&self) -> Vec<(Request, Duration)> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns what was sent as `METHOD origin target`, a line a request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen()
            .iter()
            .map(|(request, _)| {
                format!("{} {}{}", request.method, request.origin, request.target())
            })
            .collect()
    }
}

#[async_trait::async_trait]
impl Transport for FakeTransport {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, SendError> {
        self.seen.lock().unwrap().push((request.clone(), limit));
        let next = self.script.lock().unwrap().pop_front();
        // A real network gives way to other tasks here.
        tokio::task::yield_now().await;
        next.unwrap_or_else(|| {
            let reason = "connect timed out".to_owned();
            Err(SendError { delivery: Delivery::Unsent, reason, hint: None, permanent: false })
        })
    }
}

/// A clock that stands still but for `sleep` and `advance`. It starts at 2026-01-15 08:09:10 UTC.
pub(crate) struct FakeClock {
    passed: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
    drawn: AtomicU64,
    shutdown_deadline: Mutex<Option<Duration>>,
    jitter: f64,
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl FakeClock {
    pub(crate) fn new() -> Self {
        Self::with_jitter(1.0)
    }

    /// A clock whose every draw of chance is this number.
    pub(crate) fn with_jitter(jitter: f64) -> Self {
        Self {
            passed: Mutex::default(),
            slept: Mutex::default(),
            drawn: AtomicU64::new(0),
            shutdown_deadline: Mutex::default(),
            jitter,
        }
    }

    /// When every such clock starts.
    pub(crate) fn start() -> DateTime<Utc> {
        "2026-01-15T08:09:10Z".parse().unwrap()
    }

    pub(crate) fn advance(&self, step: Duration) {
        *self.passed.lock().unwrap() += step;
    }

    /// Asks the run to stop within three seconds.
    pub(crate) fn stop(&self) {
        *self.shutdown_deadline.lock().unwrap() = Some(self.now() + Duration::from_secs(3));
    }

    /// Returns every pause that was slept.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Clock for FakeClock {
    fn now(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn time(&self) -> DateTime<Utc> {
        Self::start() + TimeDelta::from_std(self.now()).unwrap()
    }

    fn nonce(&self) -> String {
        format!("{:032x}", self.drawn.fetch_add(1, Ordering::SeqCst))
    }

    fn jitter(&self) -> f64 {
        self.jitter
    }

    async fn sleep(&self, pause: Duration) {
        self.slept.lock().unwrap().push(pause);
        self.advance(pause);
        tokio::task::yield_now().await;
    }

    fn shutdown_deadline(&self) -> Option<Duration> {
        *self.shutdown_deadline.lock().unwrap()
    }

    async fn cancelled(&self) {
        // Nobody waits here: a scripted answer is always there at once.
        std::future::pending::<()>().await;
    }
}

/// Makes of a request what the cloud reads off the wire.
pub fn received(request: &Request) -> RawRequest {
    let mut headers = vec![("host".to_owned(), request.origin.authority.clone())];
    let others = request.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
    headers.extend(others);
    let (method, target) = (request.method.to_owned(), request.target());
    RawRequest { method, target, headers, body: request.body.clone() }
}
