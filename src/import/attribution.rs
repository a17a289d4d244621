//! Attribution: whether a key pair that is found after a lost response comes from this run.

use std::time::Duration;

use super::outcome::Outcome;
use super::session::Session;
use crate::error::ErrorKind;
use crate::phrase::Phrase;
use crate::provider::KeyPair;

/// How much older than the request a pair may look and still come from it: `Date` and creation times leave out up to a
/// second each, and the clocks of a provider's machines differ.
const MARGIN: Duration = Duration::from_secs(3);

/// The requests of this import that ended without a certain response: each may have stored the key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Uncertain {
    first_sent: Option<Duration>,
    /// Why the first of them is not certain.
    doubt: Option<ErrorKind>,
    pub(super) last_end: Option<Duration>,
}

impl Uncertain {
    /// Adds a request whose effect is not known, by when it was sent and when it was given up.
    pub(super) fn add(&mut self, sent: Duration, end: Duration, doubt: ErrorKind) {
        self.first_sent = self.first_sent.or(Some(sent));
        self.doubt = self.doubt.or(Some(doubt));
        self.last_end = Some(end);
    }

    /// Whether there is no such request.
    pub(super) fn is_empty(&self) -> bool {
        self.first_sent.is_none()
    }

    /// Says in an outcome what settled it, if there was such a request.
    pub(super) fn with_remark(&self, mut outcome: Outcome, how: &'static str) -> Outcome {
        outcome.remark = self.doubt.map(|doubt| match doubt {
            ErrorKind::Network => Phrase::from("the response was lost").and(how),
            _ => Phrase::from("the response left it open").and(how),
        });
        outcome
    }

    /// Whether one of these requests stored a key pair that the last look-up showed. `None` where the provider cannot
    /// tell: by its clock, the pair may have been stored before the first of them as well as after.
    pub(super) fn stored(&self, session: &Session<'_>, pair: &KeyPair) -> Option<bool> {
        let Some(first_sent) = self.first_sent else { return Some(false) };
        let (server, created) = (session.client.server_time()?, pair.created?);
        let (age, future) = (server.shown - created.from, created.from - server.shown);
        if future.to_std().is_ok_and(|future| future > MARGIN) {
            // The provider's clocks disagree.
            return None;
        }
        let age = age.to_std().unwrap_or_default();
        // The first request left between these times before the server's clock showed its time.
        let least = server.sent.saturating_sub(first_sent);
        let most = server.received.saturating_sub(first_sent);
        if age.saturating_add(server.error) <= least.saturating_add(MARGIN) {
            return Some(true);
        }
        let is_older = age >= most.saturating_add(created.unit).saturating_add(server.error);
        is_older.then_some(false)
    }
}
