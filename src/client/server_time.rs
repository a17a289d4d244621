//! The server's clock, as its responses show it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::wire::Response;

/// The server's clock, as one exchange shows it.
#[derive(Clone, Copy, Debug)]
pub struct ServerTime {
    /// What it showed at some moment of the exchange.
    pub shown: DateTime<Utc>,
    /// How far that may be off.
    pub error: Duration,
    /// When the exchange began, by [`crate::ports::Clock::now`].
    pub sent: Duration,
    /// When it ended.
    pub received: Duration,
}

impl ServerTime {
    /// By the `Date` header, which is cut to the second. Without one, by the time of signing: with more than half an
    /// hour of difference every request is rejected.
    pub(super) fn new(
        response: &Response,
        signed: DateTime<Utc>,
        sent: Duration,
        received: Duration,
    ) -> Self {
        let (shown, error) = match date(response) {
            Some(date) => (date, Duration::from_secs(1)),
            None => (signed, Duration::from_secs(30 * 60)),
        };
        Self { shown, error, sent, received }
    }
}

/// Reads the `Date` header (RFC 9110, section 6.6.1).
pub(super) fn date(response: &Response) -> Option<DateTime<Utc>> {
    let date = response.header("date")?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| date.to_utc())
}
