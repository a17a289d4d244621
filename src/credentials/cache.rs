//! One credential for many imports: found once, renewed before it ends.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Mutex;

use super::context::{Asked, Context};
use super::{Credential, Found, search};
use crate::error::Error;
use crate::ports::{Clock, System, Transport};

/// How long before its end a credential is renewed: the longest request that starts now ends before then.
const MIN_TTL: TimeDelta = TimeDelta::minutes(5);

/// How long a renewal that brought nothing newer keeps the next one from being tried.
const FETCH_BACKOFF: Duration = Duration::from_secs(60);

/// Hands out one credential to many tasks. It is found when it is first wanted; what that led to, an error
/// too, goes to all of them.
pub struct CredentialCache {
    cloud: String,
    profile: Option<String>,
    system: Arc<dyn System>,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    asked: Asked,
    state: Mutex<State>,
}

enum State {
    Empty,
    Held(Held),
    Failed(Error),
}

struct Held {
    found: Found,
    /// When a renewal may be tried again, after one that brought nothing newer.
    not_before: Option<Duration>,
    /// A cloud called this credential expired, and its source had nothing newer.
    spent: bool,
}

impl CredentialCache {
    /// Makes a cache for a cloud, known by its id; nothing is looked for yet.
    pub fn new(
        cloud: &str,
        profile: Option<&str>,
        system: Arc<dyn System>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let profile = profile.map(str::to_owned);
        let state = Mutex::new(State::Empty);
        let asked = Asked::default();
        Self { cloud: cloud.to_owned(), profile, system, transport, clock, asked, state }
    }

    /// Returns the credential. One that ends within five minutes is renewed first; where that fails, the old
    /// one goes out as long as it lasts.
    pub async fn credential(&self) -> Result<Credential, Error> {
        let mut state = self.state.lock().await;
        if let State::Empty = *state {
            *state = match self.find().await {
                Ok(found) => State::Held(Held::new(found)),
                Err(error) => State::Failed(error),
            };
        }
        let held = match &mut *state {
            State::Held(held) => held,
            State::Failed(error) => return Err(again(error)),
            State::Empty => return Err(super::context::broken("no credential was looked for")),
        };
        if !self.is_due(held) {
            return Ok(held.found.credential.clone());
        }
        held.not_before = Some(self.clock.now() + FETCH_BACKOFF);
        match self.find().await {
            Ok(found) if held.is_newer(&found) => {
                *held = Held { not_before: held.not_before, ..Held::new(found) };
                Ok(held.found.credential.clone())
            }
            Err(error) if self.is_over(held) => {
                *state = State::Failed(again(&error));
                Err(error)
            }
            // The cloud has the last word on a credential whose source has nothing newer.
            Ok(_) | Err(_) => Ok(held.found.credential.clone()),
        }
    }

    /// Returns what took the place of a credential that a cloud called expired; `None` when its source has
    /// nothing newer. Tasks that come with the same credential share one renewal.
    pub async fn renew(&self, expired: &Credential) -> Result<Option<Credential>, Error> {
        let mut state = self.state.lock().await;
        let held = match &mut *state {
            State::Held(held) => held,
            State::Failed(error) => return Err(again(error)),
            State::Empty => return Ok(None),
        };
        if !is_same(&held.found.credential, expired) {
            return Ok(Some(held.found.credential.clone()));
        }
        if held.spent {
            return Ok(None);
        }
        let found = self.find().await;
        // A search that was given up before its end says nothing: the next task searches again.
        held.spent = true;
        let found = found?;
        if !held.is_newer(&found) {
            return Ok(None);
        }
        *held = Held::new(found);
        Ok(Some(held.found.credential.clone()))
    }

    /// Returns where the credential was found, once it was.
    pub async fn source(&self) -> Option<String> {
        match &*self.state.lock().await {
            State::Held(held) => Some(held.found.source.clone()),
            State::Empty | State::Failed(_) => None,
        }
    }

    /// Returns what the user should know about the place where the credential was found.
    pub async fn warnings(&self) -> Vec<String> {
        match &*self.state.lock().await {
            State::Held(held) => held.found.warnings.clone(),
            State::Empty | State::Failed(_) => Vec::new(),
        }
    }

    /// Returns the host or program that was asked for the credential last, whether it answered or not.
    pub fn last_contacted(&self) -> Option<String> {
        self.asked.last()
    }

    async fn find(&self) -> Result<Found, Error> {
        let (system, transport, clock) = (&*self.system, &*self.transport, &*self.clock);
        let ctx = Context { system, transport, clock, asked: &self.asked };
        search(&self.cloud, self.profile.as_deref(), ctx).await
    }

    fn is_due(&self, held: &Held) -> bool {
        let ends = held.found.credential.expires;
        ends.is_some_and(|ends| ends - MIN_TTL <= self.clock.time())
            && held.not_before.is_none_or(|moment| moment <= self.clock.now())
    }

    fn is_over(&self, held: &Held) -> bool {
        held.found.credential.expires.is_some_and(|ends| ends <= self.clock.time())
    }
}

impl std::fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialCache")
            .field("cloud", &self.cloud)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl Held {
    fn new(found: Found) -> Self {
        Self { found, not_before: None, spent: false }
    }

    /// Tells whether the search brought another credential of the same source. One of another source would
    /// be another identity in the middle of a run.
    fn is_newer(&self, found: &Found) -> bool {
        found.source == self.found.source && !is_same(&found.credential, &self.found.credential)
    }
}

fn is_same(one: &Credential, other: &Credential) -> bool {
    one.id == other.id && one.token == other.token
}

/// Makes an error that says the same; errors cannot be cloned.
fn again(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.message()).hinted(error.hint());
    match error.response() {
        Some(error_response) => copy.with_response(error_response.clone()),
        None => copy,
    }
}
