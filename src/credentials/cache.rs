//! One credential for many imports: found once, renewed before it expires.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use tokio::sync::Mutex;

use super::context::{Context, Found, LastContacted, invalid};
use super::resolve::resolve;
use crate::error::Error;
use crate::ports::{Clock, Observer, Ports, ProvideCredential, System, Transport};
use crate::provider::Provider;
use crate::sign::Credential;

/// A credential with less time left is renewed, so that the longest request ends before the credential does.
const MIN_TTL: TimeDelta = TimeDelta::minutes(5);

/// How long a renewal that brought nothing newer keeps the next one from being tried.
const FETCH_BACKOFF: Duration = Duration::from_secs(60);

/// Hands out one credential to many tasks. It is looked for when it is first asked for; the result, an error
/// too, goes to all tasks.
pub struct CredentialCache {
    /// `None` for a credential that is fixed.
    resolver: Option<Resolver>,
    /// What was found, once it was looked for.
    state: Mutex<Option<Result<Held, Error>>>,
}

struct Resolver {
    provider: &'static dyn Provider,
    profile: Option<String>,
    region: Option<String>,
    system: Arc<dyn System>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    attempts: u32,
    last_contacted: LastContacted,
}

struct Held {
    found: Found,
    /// When a renewal may be tried again, after one that brought nothing newer.
    not_before: Option<Duration>,
    /// Set once the provider called this credential expired and a search found no newer one: `Ok` when its source has
    /// none, else the error of the search.
    spent: Option<Result<(), Error>>,
}

impl CredentialCache {
    /// Makes a cache for the credential of a provider; nothing is looked for yet. A request is sent `attempts` times at
    /// most.
    pub fn new(
        provider: &'static dyn Provider,
        profile: Option<&str>,
        system: Arc<dyn System>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn Observer>,
        attempts: u32,
    ) -> Self {
        let (profile, last_contacted) = (profile.map(str::to_owned), LastContacted::default());
        let resolver = Resolver {
            provider,
            profile,
            region: None,
            system,
            transport,
            clock,
            observer,
            attempts,
            last_contacted,
        };
        Self { resolver: Some(resolver), state: Mutex::new(None) }
    }

    /// Sets the region that the credential is for: a service that hands it out may be asked there.
    #[must_use]
    pub fn for_region(mut self, region: &str) -> Self {
        if let Some(resolver) = &mut self.resolver {
            resolver.region = Some(region.to_owned());
        }
        self
    }

    /// Makes a cache of a credential that is known and never renewed.
    pub fn fixed(credential: Credential, source: &str) -> Self {
        let held = Held::new(Found::new(credential, source));
        Self { resolver: None, state: Mutex::new(Some(Ok(held))) }
    }

    /// Returns the credential and its source, once it was found.
    pub async fn found(&self) -> Option<Found> {
        match &*self.state.lock().await {
            Some(Ok(held)) => Some(held.found.clone()),
            Some(Err(_)) | None => None,
        }
    }
}

#[async_trait]
impl ProvideCredential for CredentialCache {
    /// Returns the credential. One that expires within five minutes is renewed first; where that fails, the
    /// old one goes out as long as it lasts.
    async fn credential(&self) -> Result<Credential, Error> {
        let mut state = self.state.lock().await;
        if let (None, Some(resolver)) = (&*state, &self.resolver) {
            *state = Some(resolver.find().await.map(Held::new));
        }
        let held = match &mut *state {
            Some(Ok(held)) => held,
            Some(Err(error)) => return Err(copy(error)),
            None => return Err(invalid("no credential was looked for")),
        };
        let Some(resolver) = self.resolver.as_ref().filter(|resolver| resolver.is_due(held)) else {
            return Ok(held.found.credential.clone());
        };
        held.not_before = Some(resolver.clock.now() + FETCH_BACKOFF);
        match resolver.find().await {
            Ok(found) if held.is_newer(&found) => {
                *held = Held { not_before: held.not_before, ..Held::new(found) };
                Ok(held.found.credential.clone())
            }
            Err(error) if resolver.is_expired(held) => {
                *state = Some(Err(copy(&error)));
                Err(error)
            }
            // The provider has the last word on a credential whose source has nothing newer.
            Ok(_) | Err(_) => Ok(held.found.credential.clone()),
        }
    }

    /// Returns what took the place of a credential that a provider called expired; `None` when its source
    /// has nothing newer. Tasks that come with the same credential share one renewal.
    async fn renew(&self, expired: &Credential) -> Result<Option<Credential>, Error> {
        let mut state = self.state.lock().await;
        let held = match &mut *state {
            Some(Ok(held)) => held,
            Some(Err(error)) => return Err(copy(error)),
            None => return Ok(None),
        };
        if !is_same(&held.found.credential, expired) {
            return Ok(Some(held.found.credential.clone()));
        }
        match &held.spent {
            Some(Ok(())) => return Ok(None),
            Some(Err(error)) => return Err(copy(error)),
            None => {}
        }
        let Some(resolver) = &self.resolver else { return Ok(None) };
        // A search that is dropped before its end leaves no mark: the next task searches again.
        match resolver.find().await {
            Ok(found) if held.is_newer(&found) => {
                *held = Held::new(found);
                Ok(Some(held.found.credential.clone()))
            }
            Ok(_) => {
                held.spent = Some(Ok(()));
                Ok(None)
            }
            Err(error) => {
                held.spent = Some(Err(copy(&error)));
                Err(error)
            }
        }
    }

    fn last_contacted(&self) -> Option<String> {
        self.resolver.as_ref()?.last_contacted.get()
    }
}

impl std::fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialCache").finish_non_exhaustive()
    }
}

impl Resolver {
    async fn find(&self) -> Result<Found, Error> {
        let ports =
            Ports { transport: &*self.transport, clock: &*self.clock, observer: &*self.observer };
        let region = self.region.as_deref();
        let ctx = Context::new(&*self.system, ports, self.attempts, region, &self.last_contacted);
        resolve(self.provider, self.profile.as_deref(), &ctx).await
    }

    fn is_due(&self, held: &Held) -> bool {
        let expires = held.found.credential.expires;
        expires.is_some_and(|expires| expires - MIN_TTL <= self.clock.time())
            && held.not_before.is_none_or(|moment| moment <= self.clock.now())
    }

    fn is_expired(&self, held: &Held) -> bool {
        held.found.credential.expires.is_some_and(|expires| expires <= self.clock.time())
    }
}

impl Held {
    fn new(found: Found) -> Self {
        Self { found, not_before: None, spent: None }
    }

    /// Tells whether a search brought another credential of the same source. One of another source would be
    /// another identity in the middle of a run.
    fn is_newer(&self, found: &Found) -> bool {
        found.source == self.found.source && !is_same(&found.credential, &self.found.credential)
    }
}

fn is_same(one: &Credential, other: &Credential) -> bool {
    one.id == other.id && one.token == other.token
}

/// Makes an error that says the same; errors cannot be cloned.
fn copy(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.headline().clone()).hinted(error.hint().clone());
    let copy = copy.with_details(error.details().iter().cloned());
    match error.response() {
        Some(error_response) => copy.with_response(error_response.clone()),
        None => copy,
    }
}
