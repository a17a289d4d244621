//! When to retry: exponential backoff with full jitter, and never sooner than the server asks.

use std::time::Duration;

/// Upper end of the first pause.
const BASE: Duration = Duration::from_millis(500);
/// Upper end of every pause.
const CAP: Duration = Duration::from_secs(10);

/// Limits of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Total time, waiting included.
    pub timeout: Duration,
    /// Maximum number of attempts per request.
    pub attempts: u32,
}

/// How a server's `Retry-After` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// In full, with a quarter of the backoff added, which keeps many clients apart.
    Full,
    /// As the shortest pause, up to 10 s.
    Capped,
}

/// What happens to retries once a shutdown was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnShutdown {
    /// They go on until the shutdown deadline: they settle what is in flight.
    Settle,
    /// There are none.
    Stop,
}

/// How often and how patiently a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Maximum number of attempts per request, the first included.
    pub attempts: u32,
    /// Longest wait for one response.
    pub request_timeout: Duration,
    /// How a server's `Retry-After` counts.
    pub retry_after: RetryAfter,
    /// What happens to retries during a shutdown.
    pub on_shutdown: OnShutdown,
    /// When everything has to be done, by [`crate::ports::Clock::now`]; `MAX` where the caller bounds the whole.
    pub deadline: Duration,
}

impl Policy {
    /// For the requests of one target or listing that starts now. A request waits 15 s at most, so that a silent
    /// server leaves time to find out what it did.
    pub fn of_target(limits: Limits, on_shutdown: OnShutdown, now: Duration) -> Self {
        Self {
            attempts: limits.attempts,
            request_timeout: Duration::from_secs(15),
            retry_after: RetryAfter::Full,
            on_shutdown,
            deadline: now.saturating_add(limits.timeout),
        }
    }

    /// For requests that fetch a credential.
    pub const fn of_credential(attempts: u32, request_timeout: Duration) -> Self {
        Self {
            attempts,
            request_timeout,
            retry_after: RetryAfter::Capped,
            on_shutdown: OnShutdown::Stop,
            deadline: Duration::MAX,
        }
    }

    /// Returns the pause after the attempt of this number (from 1), `None` after the last one.
    pub fn pause(&self, attempt: u32, jitter: f64, asked: Option<Duration>) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let top = BASE.saturating_mul(doubled).min(CAP);
        let backoff = top.mul_f64(jitter.clamp(0.0, 1.0));
        Some(match (self.retry_after, asked) {
            (_, None) => backoff,
            (RetryAfter::Full, Some(asked)) => asked.saturating_add(backoff / 4),
            (RetryAfter::Capped, Some(asked)) => backoff.max(asked.min(CAP)),
        })
    }
}
