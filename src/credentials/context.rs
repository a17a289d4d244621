//! What every source of credentials works with: calls through the client, notes for messages, and shared errors.

use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::client::{Client, Policy};
use crate::error::{Detail, Error, ErrorKind};
use crate::phrase::{Phrase, phrase};
use crate::ports::{Ports, ProvideCredential, System};
use crate::redact::Redactor;
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::Response;

/// A credential, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The credential.
    pub credential: Credential,
    /// The source, as text for a message: a variable, a profile of a file, an instance role.
    pub source: String,
    /// What the user should know about the source, as lower-case fragments.
    pub warnings: Vec<Phrase>,
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
    /// The region that the credential is for, where that is known.
    pub(super) region: Option<&'a str>,
    last_contacted: &'a LastContacted,
    pub(super) tried: Tried,
    /// What the user should know about the source that is used, as lower-case fragments.
    pub(super) warnings: Notes<Phrase>,
}

impl<'a> Context<'a> {
    /// Makes the context of one search, for a region where that is known. A request is sent `attempts` times at most.
    pub fn new(
        system: &'a dyn System,
        ports: Ports<'a>,
        attempts: u32,
        region: Option<&'a str>,
        last_contacted: &'a LastContacted,
    ) -> Self {
        let (tried, warnings) = (Tried::default(), Notes::default());
        Self { system, ports, attempts, region, last_contacted, tried, warnings }
    }

    /// Calls a service until it responds or no retry can help. A trace shows the values of `traceable` parameters.
    pub(super) async fn call<A>(
        &self,
        service: Service,
        traceable: &[&str],
        secrets: &[&str],
        build: impl Fn(&Stamp) -> Signed + Sync,
        read: impl FnMut(&Response, &Redactor) -> Result<A, Error> + Send,
    ) -> Result<A, Error> {
        let policy = service.policy(self.attempts);
        let mut client = Client::new(self.ports, &Anonymous, policy, traceable)
            .with_redactor(Redactor::new(secrets.iter().copied()));
        let build = |_: &_, stamp: &Stamp| {
            let signed = build(stamp);
            self.contact(&signed.request.origin.authority);
            signed
        };
        client.call(build, read).await.map_err(|failed| with_cause(failed.error))
    }

    /// Notes the host or program that is asked now.
    pub(super) fn contact(&self, name: &str) {
        let mut last_contacted =
            self.last_contacted.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last_contacted = Some(name.to_owned());
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("tried", &self.tried).finish_non_exhaustive()
    }
}

/// The service that is called.
#[derive(Clone, Copy)]
pub(super) enum Service {
    /// A security token service or a credentials URI.
    Token,
    /// The instance metadata service, which responds at once where there is one.
    Metadata,
    /// The same, when it is not known whether there is one.
    MetadataProbe,
}

impl Service {
    fn policy(self, attempts: u32) -> Policy {
        match self {
            Self::Token => Policy::of_credential(attempts, Duration::from_secs(10)),
            Self::Metadata => Policy::of_credential(attempts, Duration::from_secs(1)),
            Self::MetadataProbe => Policy::of_credential(1, Duration::from_secs(1)),
        }
    }
}

/// The credential of calls that the client does not sign: there is none.
struct Anonymous;

#[async_trait]
impl ProvideCredential for Anonymous {
    async fn credential(&self) -> Result<Credential, Error> {
        Ok(Credential::new("", "", None))
    }

    async fn renew(&self, _: &Credential) -> Result<Option<Credential>, Error> {
        Ok(None)
    }
}

/// Puts the cause of a network error into its message, since notes hold nothing but messages.
fn with_cause(error: Error) -> Error {
    match error.source() {
        Some(cause) if error.kind() == ErrorKind::Network => {
            let message = format!("{}: {cause}", error.headline());
            Error::new(error.kind(), message).hinted(error.hint().clone())
        }
        _ => error,
    }
}

/// The host or program that was asked last. A search that does not end in time can tell nothing else.
#[derive(Debug, Default)]
pub struct LastContacted(Mutex<Option<String>>);

impl LastContacted {
    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a search collects, in the order in which it was added.
#[derive(Debug)]
pub(super) struct Notes<T>(Mutex<Vec<T>>);

impl<T> Default for Notes<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Notes<T> {
    pub(super) fn add(&self, note: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    pub(super) fn all(&self) -> Vec<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The sources that hold nothing, and what is there instead.
pub(super) type Tried = Notes<Detail>;

/// Makes the error of a source that is set and cannot be used.
pub(super) fn invalid(message: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::CredentialsInvalid, message)
}

/// Makes the error of a source that lacks a value.
pub(super) fn missing(name: &str) -> Error {
    invalid(phrase!("`{}` is missing", name))
}

/// Puts the source before an error. The error of a host that does not respond already names it.
pub(super) fn at(source: &str) -> impl Fn(Error) -> Error {
    move |error| if error.kind() == ErrorKind::Network { error } else { error.at(source) }
}
