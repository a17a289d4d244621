//! What every source of credentials works with: the ports, notes for messages, and the errors they share.

use std::sync::{Mutex, PoisonError};

use crate::client::Ports;
use crate::error::{Error, ErrorKind};
use crate::ports::System;
use crate::sign::Credential;

/// A credential, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The credential.
    pub credential: Credential,
    /// The source, as text for a message: a variable, a profile of a file, an instance role.
    pub source: String,
    /// What the user should know about the source, as lower-case fragments.
    pub warnings: Vec<String>,
}

impl Found {
    pub(super) fn new(credential: Credential, source: impl Into<String>) -> Self {
        Self { credential, source: source.into(), warnings: Vec::new() }
    }
}

/// The ports, and what one search for a credential has to say.
pub struct Context<'a> {
    pub(super) system: &'a dyn System,
    pub(super) ports: Ports<'a>,
    /// Maximum number of attempts per request.
    pub(super) attempts: u32,
    last_contacted: &'a LastContacted,
    /// The places that hold nothing, and what is there instead.
    pub(super) notes: Notes,
    /// What the user should know about the source that is used.
    pub(super) warnings: Notes,
}

impl<'a> Context<'a> {
    /// Makes the context of one search. A request is sent `attempts` times at most.
    pub fn new(
        system: &'a dyn System,
        ports: Ports<'a>,
        attempts: u32,
        last_contacted: &'a LastContacted,
    ) -> Self {
        let (notes, warnings) = (Notes::default(), Notes::default());
        Self { system, ports, attempts, last_contacted, notes, warnings }
    }

    /// Notes the host or program that is asked now.
    pub(super) fn contact(&self, name: &str) {
        self.last_contacted.set(name);
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("notes", &self.notes).finish_non_exhaustive()
    }
}

/// The host or program that was asked last. A search that does not end in time can tell nothing else.
#[derive(Debug, Default)]
pub struct LastContacted(Mutex<Option<String>>);

impl LastContacted {
    fn set(&self, name: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_owned());
    }

    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Fragments of messages, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Notes(Mutex<Vec<String>>);

impl Notes {
    pub(super) fn add(&self, note: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note.into());
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Makes the error of a source that is set and cannot be used.
pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::CredentialsInvalid, message)
}

/// Makes the error of a source that lacks a value.
pub(super) fn missing(name: &str) -> Error {
    invalid(format!("`{name}` is missing"))
}

/// Puts the source before an error. The error of a host that does not respond already names it.
pub(super) fn at(source: &str) -> impl Fn(Error) -> Error {
    move |error| if error.kind() == ErrorKind::Network { error } else { error.at(source) }
}
