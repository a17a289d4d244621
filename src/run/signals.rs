//! Ctrl-C and TERM: the first asks everything to settle, the second ends the process.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::io::clock::SystemClock;

/// The exit code that a signal asked for, 0 for none.
#[derive(Clone, Debug, Default)]
pub(super) struct Signal(Arc<AtomicU8>);

impl Signal {
    /// Returns 130 or 143 if a signal asked the run to stop.
    pub(super) fn code(&self) -> Option<u8> {
        Some(self.0.load(Ordering::Relaxed)).filter(|code| *code != 0)
    }
}

/// Listens from now on.
pub(super) fn listen(clock: Arc<SystemClock>) -> io::Result<Signal> {
    let signal = Signal::default();
    let heard = signal.clone();
    let mut waits = Waits::new()?;
    tokio::spawn(async move {
        let code = waits.next().await;
        heard.0.store(code, Ordering::Relaxed);
        clock.stop();
        end(waits.next().await);
    });
    Ok(signal)
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "a second signal ends the process at once, whatever it is doing"
)]
fn end(code: u8) -> ! {
    process::exit(i32::from(code))
}

#[cfg(unix)]
struct Waits {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Waits {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

#[cfg(not(unix))]
struct Waits;

#[cfg(not(unix))]
impl Waits {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        130
    }
}
