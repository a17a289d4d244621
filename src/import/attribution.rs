//! Attribution: whether a key pair that is found after a lost response comes from this run.

use std::time::Duration;

use super::outcome::Status;
use super::session::Session;
use crate::provider::KeyPair;

/// How much older than the request a key pair may look, by the provider's clock, and still come from it: one provider
/// rounds creation times down to the minute.
const ROUNDING: Duration = Duration::from_secs(90);

/// Largest difference between this machine's clock and the provider's: with more, every request is rejected.
const SKEW: Duration = Duration::from_secs(30 * 60);

/// The requests of this import that may have stored the key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InFlight {
    first_sent: Option<Duration>,
    pub(super) last_end: Option<Duration>,
}

impl InFlight {
    /// Adds a request whose effect is not known, by when it was sent and when it was given up.
    pub(super) fn add(&mut self, sent: Duration, end: Duration) {
        self.first_sent = self.first_sent.or(Some(sent));
        self.last_end = Some(end);
    }

    /// Whether there is such a request.
    pub(super) fn is_some(&self) -> bool {
        self.first_sent.is_some()
    }

    /// Whether one of these requests stored a key pair, or the pair was there before.
    pub(super) fn attribution(&self, session: &Session<'_>, pair: &KeyPair) -> Status {
        let Some(first_sent) = self.first_sent else { return Status::AlreadyPresent };
        let Some(created) = pair.created else { return Status::Imported };
        // By the provider's own clock where it is known: this machine's may be minutes off.
        let (now, tolerance) = match session.server_time() {
            Some(time) => (time, ROUNDING),
            None => (session.clock().time(), ROUNDING + SKEW),
        };
        let age = (now - created.from).to_std().unwrap_or(Duration::ZERO);
        let running = session.clock().now().saturating_sub(first_sent);
        if age > running.saturating_add(tolerance) {
            Status::AlreadyPresent
        } else {
            Status::Imported
        }
    }
}
