//! What every cloud's places have in common: how they are asked, and what they answer.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use super::Found;
use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, SendError, System, Transport};

/// The ctx that a source may use.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) system: &'a dyn System,
    pub(super) transport: &'a dyn Transport,
    pub(super) clock: &'a dyn Clock,
    pub(super) asked: &'a Asked,
}

/// Who was asked last. A search that does not end in time has no other word to say.
#[derive(Default)]
pub(super) struct Asked(Mutex<Option<String>>);

impl Asked {
    /// Notes who is asked now.
    pub(super) fn note(&self, who: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(who.into());
    }

    pub(super) fn last(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a place turned out to hold. A place that is set and broken is an error instead.
pub(super) enum Look {
    /// A credential.
    Found(Found),
    /// Nothing; each text names a place and what is there.
    Nothing(Vec<String>),
}

impl Look {
    /// Notes one place that holds nothing.
    pub(super) fn nothing(note: impl Into<String>) -> Self {
        Self::Nothing(vec![note.into()])
    }
}

/// The places of one cloud. They are asked in the order of the methods.
pub(super) trait Cloud {
    /// The cloud's id.
    const ID: &'static str;
    /// What to do when nothing is found.
    const HINT: &'static str;

    /// Asks the variables that hold a key.
    fn environment(system: &dyn System) -> Result<Look, Error>;

    /// Asks the files of the cloud's own tools; with a profile, only the file that keeps profiles.
    fn files(
        profile: Option<&str>,
        ctx: Context<'_>,
    ) -> impl Future<Output = Result<Look, Error>> + Send;

    /// Asks the variables that name something to be exchanged for a credential.
    fn exchange(ctx: Context<'_>) -> impl Future<Output = Result<Look, Error>> + Send;

    /// Asks the metadata service of the machine.
    fn instance(ctx: Context<'_>) -> impl Future<Output = Result<Look, Error>> + Send;

    /// Finds the region that variables or a profile name, and where.
    fn region(
        profile: Option<&str>,
        system: &dyn System,
    ) -> Result<Option<(String, String)>, Error>;
}

/// Makes the error of a place that is set and broken.
pub(super) fn broken(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::CredentialsInvalid, message)
}

/// Makes the error of somebody whom the user did not want to wait for any longer.
pub(super) fn stopped(who: &str) -> Error {
    Error::new(ErrorKind::Network, format!("no response from {who}: {}", SendError::cancelled()))
}

/// Makes the error of a place that lacks something that it needs.
pub(super) fn missing(place: &str, name: &str) -> Error {
    broken(format!("{place}: `{name}` is missing"))
}
