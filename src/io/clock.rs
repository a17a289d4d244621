//! The clock, random numbers and shutdown requests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::encode::hex;
use crate::ports::Clock;

/// How long a run may still take once the user has asked to stop.
pub const GRACE_PERIOD: Duration = Duration::from_secs(3);

/// The system's clock and random numbers, and whether a signal asked to stop.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
    stop: watch::Sender<Option<Duration>>,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now(), stop: watch::Sender::new(None) }
    }
}

impl SystemClock {
    /// Asks every wait to end and everything that runs to settle within some time.
    pub fn request_shutdown(&self, within: Duration) {
        self.stop.send_replace(Some(self.now().saturating_add(within)));
    }

    /// Waits until somebody asks to stop.
    pub async fn shutdown_requested(&self) {
        // The sender lives as long as this clock, so the wait cannot fail.
        let _ = self.stop.subscribe().wait_for(Option::is_some).await;
    }
}

#[async_trait::async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn time(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    fn nonce(&self) -> String {
        hex(&random())
    }

    fn jitter(&self) -> f64 {
        let [first, second, ..] = random();
        f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX)
    }

    async fn sleep(&self, pause: Duration) {
        let mut stop = self.stop.subscribe();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // Not what was asked before.
            _ = stop.changed() => {}
        }
    }

    fn shutdown_deadline(&self) -> Option<Duration> {
        *self.stop.borrow()
    }

    async fn cancelled(&self) {
        self.shutdown_requested().await;
        let mut stop = self.stop.subscribe();
        loop {
            let by = stop.borrow_and_update().unwrap_or_default();
            tokio::select! {
                () = tokio::time::sleep(by.saturating_sub(self.now())) => return,
                // Asked again: the deadline may be earlier.
                _ = stop.changed() => {}
            }
        }
    }
}

/// Draws 16 bytes. A system that has no random numbers gives a time and a count instead: a nonce has to be
/// unique, not secret.
fn random() -> [u8; 16] {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 16];
    if getrandom::getrandom(&mut bytes).is_err() {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let unique = since.as_nanos() << 16 | u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
        bytes = unique.to_le_bytes();
    }
    bytes
}
