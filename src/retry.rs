//! When to try again: exponential backoff with full jitter, and never sooner than the cloud asks.

use std::time::Duration;

/// How often and how patiently a request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How many times a request is sent at most, the first included.
    pub attempts: u32,
    /// The upper end of the first pause.
    pub base: Duration,
    /// The upper end of every pause.
    pub cap: Duration,
}

impl Policy {
    /// Makes the policy that all clouds share: pauses of up to 0.5 s, 1 s, 2 s … 10 s.
    pub const fn new(attempts: u32) -> Self {
        Self { attempts, base: Duration::from_millis(500), cap: Duration::from_secs(10) }
    }

    /// Returns how long to wait after the attempt of this number (from 1), or `None` after the last.
    pub fn pause(&self, attempt: u32, jitter: f64, asked: Option<Duration>) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let top = self.base.saturating_mul(doubled).min(self.cap);
        let pause = top.mul_f64(jitter.clamp(0.0, 1.0));
        // What the cloud asks is the least; a part of the jitter keeps many clients apart.
        Some(asked.map_or(pause, |asked| asked.saturating_add(pause / 4)))
    }
}
