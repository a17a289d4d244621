//! Fakes of the ports: a system of variables and files, a network, credentials, and a clock on which time passes only
//! while somebody sleeps or a request takes its time. Nothing here waits for the real world.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::error::{Error, ErrorKind};
use keyimport::lang::ENGLISH;
use keyimport::ports::{
    Clock, Delivery, FileState, Observer, ProvideCredential, Retry, SendError, System, Transport,
};
use keyimport::report::Layout;
use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::wire::{Request, Response};

/// How long a run may still take once it was asked to stop, as the real clock has it.
pub(crate) const GRACE_PERIOD: Duration = Duration::from_secs(3);

/// Polls a future to its end, without a runtime. One that is not ready after very many polls waits for something that
/// never comes.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future never ends");
}

/// An observer that ignores everything.
pub(crate) struct NoObserver;

impl Observer for NoObserver {
    fn traces(&self) -> bool {
        false
    }

    fn trace(&self, _: &str) {}

    fn throttled(&self) {}

    fn processed(&self) {}

    fn retrying(&self, _: Option<&Retry<'_>>) {}
}

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
    /// A system with an empty home directory.
    pub(crate) fn new() -> Self {
        Self { home: Some(PathBuf::from("/home/me")), ..Self::default() }
    }

    /// A system without a home directory.
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
        self.put(path, FileState::Unreadable(why.to_owned()));
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
        runs.iter().map(|(words, timeout)| (words.iter().map(text).collect(), *timeout)).collect()
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

    fn list(&self, folder: &Path) -> Vec<String> {
        let files = self.files.lock().unwrap();
        let inside = files.keys().filter(|path| path.parent() == Some(folder));
        inside.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    async fn run(&self, program: &[OsString], timeout: Duration) -> Result<Vec<u8>, String> {
        self.runs.lock().unwrap().push((program.to_vec(), timeout));
        self.prints.lock().unwrap().pop_front().unwrap_or_else(|| Err("not found".to_owned()))
    }
}

/// What a request gets from the network: a response, an error, or nothing ever.
type Answer = Option<Result<Response, SendError>>;
type Respond = dyn Fn(&Request, Duration) -> Answer + Send + Sync;

/// A network that answers each request by a function, or in the order of a script with nothing after its end.
#[derive(Default)]
pub(crate) struct FakeTransport {
    respond: Option<Box<Respond>>,
    script: Mutex<VecDeque<Result<Response, SendError>>>,
    seen: Mutex<Vec<(Request, Duration)>>,
}

impl FakeTransport {
    /// A network on which nobody answers.
    pub(crate) fn silent() -> Self {
        Self::default()
    }

    /// A network on which a function of the request and its timeout answers.
    pub(crate) fn with(
        respond: impl Fn(&Request, Duration) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self { respond: Some(Box::new(respond)), ..Self::default() }
    }

    pub(crate) fn answers(self, status: u16, body: impl Into<Vec<u8>>) -> Self {
        self.gives(Response { status, headers: Vec::new(), body: body.into() })
    }

    pub(crate) fn gives(self, response: Response) -> Self {
        self.script.lock().unwrap().push_back(Ok(response));
        self
    }

    pub(crate) fn loses(self, delivery: Delivery, reason: &'static str) -> Self {
        let lost = SendError::new(delivery, reason);
        self.script.lock().unwrap().push_back(Err(lost));
        self
    }

    /// Fails in a way that another attempt cannot change.
    pub(crate) fn breaks(self, reason: &'static str, hint: &'static str) -> Self {
        let unsent = SendError::new(Delivery::Unsent, reason);
        let lost = SendError { hint: Some(hint), permanent: true, ..unsent };
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
    async fn send(&self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        self.seen.lock().unwrap().push((request.clone(), timeout));
        if let Some(respond) = &self.respond {
            match respond(request, timeout) {
                Some(answer) => return answer,
                None => std::future::pending().await,
            }
        }
        let next = self.script.lock().unwrap().pop_front();
        // A real network gives way to other tasks here.
        tokio::task::yield_now().await;
        next.unwrap_or_else(|| Err(SendError::new(Delivery::Unsent, "connect timed out")))
    }
}

/// What a renewal brings: a newer credential, none, or an error; or it never ends.
type Renewal = Option<Result<Option<Credential>, Error>>;

/// A credential, and what its renewals bring.
pub(crate) struct FakeCredentials {
    current: Mutex<Credential>,
    renewal: Box<dyn Fn() -> Renewal + Send + Sync>,
    renewals: AtomicU32,
}

impl FakeCredentials {
    /// A credential for which there is no newer one.
    pub(crate) fn new(credential: Credential) -> Self {
        Self::renewed_by(credential, || Some(Ok(None)))
    }

    /// A credential that a function renews.
    pub(crate) fn renewed_by(
        credential: Credential,
        renewal: impl Fn() -> Renewal + Send + Sync + 'static,
    ) -> Self {
        Self {
            current: Mutex::new(credential),
            renewal: Box::new(renewal),
            renewals: AtomicU32::new(0),
        }
    }

    /// Returns how many renewals were asked for.
    pub(crate) fn renewals(&self) -> u32 {
        self.renewals.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl ProvideCredential for FakeCredentials {
    async fn credential(&self) -> Result<Credential, Error> {
        Ok(self.current.lock().unwrap().clone())
    }

    async fn renew(&self, _: &Credential) -> Result<Option<Credential>, Error> {
        self.renewals.fetch_add(1, Ordering::SeqCst);
        let Some(renewed) = (self.renewal)() else { std::future::pending().await };
        if let Ok(Some(newer)) = &renewed {
            *self.current.lock().unwrap() = newer.clone();
        }
        renewed
    }

    fn last_contacted(&self) -> Option<String> {
        Some("sts.example.com".to_owned())
    }
}

/// A clock that stands still but for `sleep` and `advance`. It starts at 2026-01-15 08:09:10 UTC.
pub(crate) struct FakeClock {
    now: Mutex<Duration>,
    stop_at: Mutex<Option<Duration>>,
    jumps: Vec<(Duration, TimeDelta)>,
    jitter: Mutex<Box<dyn FnMut() -> f64 + Send>>,
    slept: Mutex<Vec<Duration>>,
    nonces: AtomicU32,
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

    /// A clock whose jitter is always this number.
    pub(crate) fn with_jitter(jitter: f64) -> Self {
        Self::with_jitter_of(move || jitter)
    }

    /// A clock whose jitter is drawn by a function.
    pub(crate) fn with_jitter_of(draw: impl FnMut() -> f64 + Send + 'static) -> Self {
        Self {
            now: Mutex::default(),
            stop_at: Mutex::default(),
            jumps: Vec::new(),
            jitter: Mutex::new(Box::new(draw)),
            slept: Mutex::default(),
            nonces: AtomicU32::new(0),
        }
    }

    /// When every such clock starts.
    pub(crate) fn start() -> DateTime<Utc> {
        "2026-01-15T08:09:10Z".parse().unwrap()
    }

    /// Makes the time of day wrong: from each moment on by so much, in the order of the moments.
    pub(crate) fn set_jumps(&mut self, jumps: &[(Duration, TimeDelta)]) {
        self.jumps = jumps.to_vec();
    }

    pub(crate) fn advance(&self, step: Duration) {
        *self.now.lock().unwrap() += step;
    }

    /// Asks the run to stop now.
    pub(crate) fn stop(&self) {
        self.stop_at(self.now());
    }

    /// Asks the run to stop at a moment.
    pub(crate) fn stop_at(&self, moment: Duration) {
        *self.stop_at.lock().unwrap() = Some(moment);
    }

    /// Takes jumps and the stop back.
    pub(crate) fn reset(&mut self) {
        self.jumps.clear();
        *self.stop_at.get_mut().unwrap() = None;
    }

    /// Tells whether the moment to stop has come.
    pub(crate) fn is_stopped(&self) -> bool {
        self.shutdown_deadline().is_some()
    }

    /// Returns the moment at which every wait is cancelled, if there is to be one, be it in the future.
    pub(crate) fn cancelled_at(&self) -> Option<Duration> {
        self.stop_at.lock().unwrap().map(|moment| moment + GRACE_PERIOD)
    }

    /// Returns every pause as it was asked for.
    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }

    /// Returns how many nonces were drawn.
    pub(crate) fn nonces(&self) -> u32 {
        self.nonces.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Clock for FakeClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn time(&self) -> DateTime<Utc> {
        let now = self.now();
        let jump = self.jumps.iter().rev().find(|(from, _)| *from <= now);
        let true_time = Self::start() + TimeDelta::from_std(now).unwrap();
        true_time + jump.map_or(TimeDelta::zero(), |(_, jump)| *jump)
    }

    fn nonce(&self) -> String {
        format!("{:032x}", self.nonces.fetch_add(1, Ordering::SeqCst))
    }

    fn jitter(&self) -> f64 {
        (self.jitter.lock().unwrap())()
    }

    async fn sleep(&self, pause: Duration) {
        self.slept.lock().unwrap().push(pause);
        let (begin, end) = (self.now(), self.now() + pause);
        let stop = self.stop_at.lock().unwrap().filter(|stop| *stop > begin && *stop < end);
        *self.now.lock().unwrap() = stop.unwrap_or(end);
        tokio::task::yield_now().await;
    }

    fn shutdown_deadline(&self) -> Option<Duration> {
        let moment = self.stop_at.lock().unwrap().filter(|moment| *moment <= self.now());
        moment.map(|moment| moment + GRACE_PERIOD)
    }

    async fn cancelled(&self) {
        while self.shutdown_deadline().is_none_or(|by| self.now() < by) {
            tokio::task::yield_now().await;
        }
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

/// Every kind of error.
pub const ERROR_KINDS: &[ErrorKind] = &[
    ErrorKind::Usage,
    ErrorKind::PrivateKey,
    ErrorKind::KeyInvalid,
    ErrorKind::KeyUnsupported,
    ErrorKind::NoCredentials,
    ErrorKind::CredentialsInvalid,
    ErrorKind::CredentialsRejected,
    ErrorKind::CredentialsExpired,
    ErrorKind::ClockSkew,
    ErrorKind::PermissionDenied,
    ErrorKind::NameTaken,
    ErrorKind::KeyTaken,
    ErrorKind::QuotaExceeded,
    ErrorKind::Throttled,
    ErrorKind::Unavailable,
    ErrorKind::Network,
    ErrorKind::OutcomeUnknown,
    ErrorKind::KeyRefused,
    ErrorKind::NameRefused,
    ErrorKind::RegionRefused,
    ErrorKind::ValueRefused,
    ErrorKind::Mismatch,
    ErrorKind::Unexpected,
];

/// Messages as they are written where there is no terminal.
pub const LAYOUT: Layout = Layout { texts: &ENGLISH, width: None, is_verbose: false };
