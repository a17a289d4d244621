//! Whether a request still waits for a connection: before it has one, nothing of it was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::io::clock::SystemClock;
use crate::ports::Clock as _;

tokio::task_local! {
    /// Of the request that this task sends.
    static IS_CONNECTING: Arc<AtomicBool>;
}

/// What one request waits for.
#[derive(Debug, Default)]
pub(super) struct Connecting(Arc<AtomicBool>);

impl Connecting {
    /// Runs the exchange of the request.
    pub(super) fn scope<E: Future>(&self, exchange: E) -> impl Future<Output = E::Output> + use<E> {
        IS_CONNECTING.scope(Arc::clone(&self.0), exchange)
    }

    /// Waits until the run is stopped while the request waits for a connection. What a run sends after it was stopped
    /// settles what it sent before.
    pub(super) async fn stopped(&self, clock: &SystemClock) {
        if clock.shutdown_deadline().is_none() {
            clock.shutdown_requested().await;
            if self.0.load(Ordering::Relaxed) {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Whether nothing was sent, once the exchange was dropped. A request may be served over a connection that another
    /// one freed; its own is then finished in the background, by a task that still holds the flag.
    pub(super) fn is_unsent(&self) -> bool {
        self.0.load(Ordering::Relaxed) && Arc::strong_count(&self.0) == 1
    }
}

/// Tracks a connection: the request of this task waits for it, and once it is made, the request goes out.
pub(super) fn tracked<C: Future>(connection: C) -> impl Future<Output = C::Output> {
    let is_connecting = IS_CONNECTING.try_with(Arc::clone).unwrap_or_default();
    is_connecting.store(true, Ordering::Relaxed);
    async move {
        let connection = connection.await;
        is_connecting.store(false, Ordering::Relaxed);
        connection
    }
}

/// Notes for the request of this task that its connection failed, and that the reason is asked for.
pub(super) fn failed() {
    let _ = IS_CONNECTING.try_with(|is_connecting| is_connecting.store(true, Ordering::Relaxed));
}
