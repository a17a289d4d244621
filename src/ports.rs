//! Ports: traits through which the core sends requests, tells time and reads the system. `io` implements them, tests
//! script them.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::phrase::Phrase;
use crate::redact::Secret;
use crate::sign::{Credential, Stamp};
use crate::wire::{Origin, Request, Response};

/// Whether a request that failed may have had an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It never left this machine: sending it again is the first time.
    Unsent,
    /// It may have arrived, and may have had one.
    Unknown,
    /// It arrived, and the response says that it had none.
    Answered,
}

/// A request that got no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// Whether it may have arrived.
    pub delivery: Delivery,
    /// What happened, as a lower-case fragment without URL and secrets.
    pub reason: Phrase,
    /// What to do, where there is more to say than "try again".
    pub hint: Option<&'static str>,
    /// Whether a retry cannot help: the host name does not exist, the certificate is wrong.
    pub permanent: bool,
    /// Whether a name server says that the host name does not exist.
    pub no_such_host: bool,
    /// Whether it was given up because the run shuts down.
    pub is_cancelled: bool,
}

impl SendError {
    /// An error without a hint, of a request that may be retried.
    pub fn new(delivery: Delivery, reason: impl Into<Phrase>) -> Self {
        Self {
            delivery,
            reason: reason.into(),
            hint: None,
            permanent: false,
            no_such_host: false,
            is_cancelled: false,
        }
    }

    /// The error of a request that was cancelled because the run shuts down.
    pub fn cancelled(delivery: Delivery) -> Self {
        Self { is_cancelled: true, ..Self::new(delivery, "the run was stopped") }
    }
}

/// Sends requests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Checks that this machine's settings (proxies, CAs) allow requests to an origin, before one is sent. Returns the
    /// secrets that are sent beside each request, since responses may repeat them.
    fn prepare(&self, _: &Origin) -> Result<Vec<Secret>, Error> {
        Ok(Vec::new())
    }
    /// Sends one request and reads its whole response within `timeout`. Redirects are not followed.
    async fn send(&self, request: &Request, timeout: Duration) -> Result<Response, SendError>;
}

/// A request that is sent again after a pause.
#[derive(Debug)]
pub struct Retry<'a> {
    /// Why the last attempt failed.
    pub error: &'a Error,
    /// The time until the next attempt.
    pub pause: Duration,
    /// The number of the next attempt, from 2.
    pub attempt: u32,
    /// The maximum number of attempts.
    pub attempts: u32,
}

/// Sees every exchange of a client with a server.
pub trait Observer: Send + Sync {
    /// Whether requests and responses are to be traced (`-vv`).
    fn traces(&self) -> bool;
    /// Shows one request or response, redacted, as a block of lines.
    fn trace(&self, block: &str);
    /// The provider throttled a request.
    fn throttled(&self);
    /// The provider processed a request, whatever the result.
    fn processed(&self);
    /// A request is sent again after a pause, which begins now; `None` ends the pause.
    fn retrying(&self, retry: Option<&Retry<'_>>);
}

/// Clock, random numbers and shutdown requests.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the monotonic time since the start of the run.
    fn now(&self) -> Duration;
    /// Returns the time of day.
    fn time(&self) -> DateTime<Utc>;
    /// Draws a nonce: 32 random hex digits.
    fn nonce(&self) -> String;
    /// Draws a random number from 0 to 1.
    fn jitter(&self) -> f64;
    /// Sleeps. A shutdown request that comes during the sleep ends it early, whether it is the first or the second; an
    /// earlier one does not.
    async fn sleep(&self, pause: Duration);
    /// Returns when everything has to be settled once a shutdown was requested; from then on nothing new is imported.
    fn shutdown_deadline(&self) -> Option<Duration>;
    /// Waits for the shutdown deadline; for ever while no shutdown is requested.
    async fn cancelled(&self);
    /// Draws time and nonce for one signature.
    fn stamp(&self) -> Stamp {
        Stamp { time: self.time(), nonce: self.nonce() }
    }
}

/// The ports that a client uses.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// Sends the requests.
    pub transport: &'a dyn Transport,
    /// Tells time, sleeps, and knows of a shutdown.
    pub clock: &'a dyn Clock,
    /// Sees every exchange.
    pub observer: &'a dyn Observer,
}

impl fmt::Debug for Ports<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}

/// The result of reading a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// There is no such file.
    Missing,
    /// It exists and cannot be read; the text says why.
    Unreadable(String),
    /// It was read.
    Read {
        /// The whole content.
        bytes: Vec<u8>,
        /// Whether users other than its owner may read it.
        shared: bool,
    },
}

/// Environment, home directory, settings files and credential processes. Read only.
#[async_trait]
pub trait System: Send + Sync {
    /// Returns an environment variable, with bytes that are not UTF-8 replaced.
    fn var(&self, name: &str) -> Option<String>;
    /// Returns the home directory, if there is one.
    fn home(&self) -> Option<PathBuf>;
    /// Returns a path whose first part `~` stands for the home directory; `None` where there is none.
    fn expand(&self, path: &Path) -> Option<PathBuf> {
        match path.strip_prefix("~") {
            Ok(below) => Some(self.home()?.join(below)),
            Err(_) => Some(path.to_owned()),
        }
    }
    /// Reads a settings or token file of at most 1 MiB.
    fn read(&self, path: &Path) -> FileState;
    /// Returns the names of the files in a folder, sorted; none if it cannot be read.
    fn list(&self, folder: &Path) -> Vec<String>;
    /// Runs a program without a shell and returns what it printed to standard output, or why it failed. When it ends,
    /// takes longer than `timeout` or is no longer waited for, all that it started is killed.
    async fn run(&self, program: &[OsString], timeout: Duration) -> Result<Vec<u8>, String>;
}

/// Provides the credential that requests are signed with.
#[async_trait]
pub trait ProvideCredential: Send + Sync {
    /// Returns the credential, loaded on first use and cached.
    async fn credential(&self) -> Result<Credential, Error>;
    /// Returns a newer credential than one that a provider called expired; `None` when there is none.
    async fn renew(&self, expired: &Credential) -> Result<Option<Credential>, Error>;
    /// Returns the host or program that was contacted last for a credential, whether it responded or not.
    fn last_contacted(&self) -> Option<String> {
        None
    }
}
