//! SIGINT and SIGTERM: the first starts the shutdown, the second ends the process at once.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::clock::SystemClock;
use crate::report::exit;

/// The exit code of the signal that arrived, 0 for none.
#[derive(Clone, Debug, Default)]
pub struct Signal(Arc<AtomicU8>);

impl Signal {
    /// Returns the exit code if a signal arrived.
    pub fn code(&self) -> Option<u8> {
        Some(self.0.load(Ordering::Relaxed)).filter(|code| *code != 0)
    }
}

/// Starts to listen. The first signal stops `clock`.
pub fn listen(clock: Arc<SystemClock>) -> io::Result<Signal> {
    let signal = Signal::default();
    let received = signal.clone();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        let code = signals.next().await;
        received.0.store(code, Ordering::Relaxed);
        clock.stop();
        let code = signals.next().await;
        super::program::all_killed().await;
        end(code);
    });
    Ok(signal)
}

#[expect(clippy::exit, reason = "a second signal ends the process at once, whatever it is doing")]
fn end(code: u8) -> ! {
    process::exit(i32::from(code))
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => exit::INTERRUPTED,
            _ = self.terminate.recv() => exit::TERMINATED,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        exit::INTERRUPTED
    }
}
