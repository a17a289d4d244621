//! The ports to the world: network, time and chance, environment and files. `io` implements them; tests script them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::sign::{Credential, Stamp};
use crate::wire::{Request, Response};

/// Whether a request that got no answer may have had an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It never left: sending it again is the first time.
    Unsent,
    /// It may have arrived.
    Unknown,
}

/// A request without an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// Whether it may have arrived.
    pub delivery: Delivery,
    /// What happened, as a lower-case fragment without URL and secrets.
    pub reason: String,
    /// What to do, where more can be said than "try again".
    pub hint: Option<&'static str>,
    /// Trying again cannot help: a name that does not exist, a certificate that is wrong.
    pub permanent: bool,
}

impl SendError {
    /// Makes the loss of an answer that the user did not want to wait for any longer.
    pub fn cancelled() -> Self {
        let reason = "the run was stopped".to_owned();
        Self { delivery: Delivery::Unknown, reason, hint: None, permanent: true }
    }
}

/// Sends requests. The network's only door.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request and reads its whole answer within `limit`. Redirects are not followed.
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, SendError>;
}

/// Time, chance and the user's patience. Their only door.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the time since some fixed moment; it never goes back.
    fn now(&self) -> Duration;
    /// Returns the time of day.
    fn time(&self) -> DateTime<Utc>;
    /// Draws a text that no other request carries: 32 hex digits.
    fn nonce(&self) -> String;
    /// Draws a number from 0 to 1.
    fn jitter(&self) -> f64;
    /// Waits; a user who asks to stop meanwhile ends the wait, one who asked before does not.
    async fn sleep(&self, pause: Duration);
    /// Returns the moment by which to be done once the user has asked to stop; from then on nothing new is imported.
    fn shutdown_deadline(&self) -> Option<Duration>;
    /// Waits until that moment has come; for ever while nobody asks to stop.
    async fn cancelled(&self);
    /// Takes what a signature may see of the world.
    fn stamp(&self) -> Stamp {
        Stamp { time: self.time(), nonce: self.nonce() }
    }
}

/// What a file that is read as a setting turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Nothing lies there.
    Missing,
    /// It is there and cannot be read; the text says why.
    DecodeError(String),
    /// It was read.
    Read {
        /// All of it.
        bytes: Vec<u8>,
        /// Others than its owner may read it.
        shared: bool,
    },
}

/// Environment, home directory, files and programs, for whoever looks for settings. Read only.
#[async_trait]
pub trait System: Send + Sync {
    /// Returns a variable; one that is not UTF-8 comes with its bad bytes replaced, so that it is seen as set.
    fn var(&self, name: &str) -> Option<String>;
    /// Returns the home directory, if there is one.
    fn home(&self) -> Option<PathBuf>;
    /// Reads a small file (settings, tokens).
    fn read(&self, path: &Path) -> FileState;
    /// Runs a program without a shell and returns what it printed, or why it failed.
    async fn run(&self, program: &[OsString], limit: Duration) -> Result<Vec<u8>, String>;
}

/// Hands out the credential that requests are signed with.
#[async_trait]
pub trait ProvideCredential: Send + Sync {
    /// Returns the credential, found once and kept.
    async fn credential(&self) -> Result<Credential, Error>;
    /// Returns a newer credential than one that a provider called expired; `None` if there is none.
    async fn renew(&self, expired: &Credential) -> Result<Option<Credential>, Error>;
    /// Returns the host or program that was asked for a credential last, whether it answered or not.
    fn last_contacted(&self) -> Option<String> {
        None
    }
}
