//! SIGINT and SIGTERM: the first starts the shutdown, the second ends the process at once. Whatever the process waits
//! for then, it ends.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use super::clock::{GRACE_PERIOD, SystemClock};
use crate::report::exit;

/// How long the report of a run may take after the grace period.
const REPORT_TIME: Duration = Duration::from_secs(1);

/// The exit code of the first signal, 0 for none.
static RECEIVED: AtomicU8 = AtomicU8::new(0);

/// Returns the exit code if a signal arrived.
pub fn received() -> Option<u8> {
    Some(RECEIVED.load(Ordering::Relaxed)).filter(|code| *code != 0)
}

/// Starts to listen. The first signal stops `clock`.
///
/// A thread of its own listens, since the others may be blocked: by a network file system, a device, the reader of the
/// output.
pub fn listen(clock: Arc<SystemClock>) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let mut signals = Signals::new()?;
    drop(entered);
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let code = signals.next().await;
            RECEIVED.store(code, Ordering::Relaxed);
            clock.stop();
            let second = tokio::time::timeout(GRACE_PERIOD + REPORT_TIME, signals.next()).await;
            super::program::all_killed().await;
            end(second.unwrap_or(code))
        })
    })?;
    Ok(())
}

#[expect(clippy::exit, reason = "the process ends, whatever it is doing")]
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
