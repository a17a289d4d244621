//! SIGINT, SIGTERM and SIGHUP, and on Windows the events of the console. The first asks for a shutdown, the second leaves
//! no time to settle anything, the third ends the process without a report. A process that is still there a second after
//! its time is over is ended, too.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::timeout;

use super::clock::{GRACE_PERIOD, SystemClock};
use crate::error::ExitCode;

/// How long the report of a run may take after the grace period, or after the second signal.
const REPORT_TIME: Duration = Duration::from_secs(1);

/// The exit code of the last signal, 0 for none.
static RECEIVED: AtomicU8 = AtomicU8::new(0);

/// Returns the exit code if a signal arrived.
pub fn received() -> Option<u8> {
    Some(RECEIVED.load(Ordering::Relaxed)).filter(|code| *code != 0)
}

/// Starts to listen. The first signal asks `clock` for a shutdown.
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
            let mut heard = signals.next().await;
            for grace_period in [GRACE_PERIOD, Duration::ZERO] {
                RECEIVED.store(heard.number(), Ordering::Relaxed);
                clock.request_shutdown(grace_period);
                match timeout(grace_period + REPORT_TIME, signals.again()).await {
                    Ok(again) => heard = again,
                    Err(_) => break,
                }
            }
            super::program::all_killed().await;
            end(heard)
        })
    })?;
    Ok(())
}

#[expect(clippy::exit, reason = "the process ends, whatever it is doing")]
fn end(code: ExitCode) -> ! {
    process::exit(i32::from(code.number()))
}

impl Signals {
    /// Waits for a signal after the first. A terminal that is closed sends more than one hangup, and a service manager one
    /// after SIGTERM: that asks for nothing new.
    async fn again(&mut self) -> ExitCode {
        loop {
            let code = self.next().await;
            if code != ExitCode::HungUp {
                return code;
            }
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None` where the run is to outlive its terminal.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup,
        })
    }

    async fn next(&mut self) -> ExitCode {
        tokio::select! {
            _ = self.interrupt.recv() => ExitCode::Interrupted,
            _ = self.terminate.recv() => ExitCode::Terminated,
            Some(()) = hang_up(self.hangup.as_mut()) => ExitCode::HungUp,
        }
    }
}

#[cfg(unix)]
async fn hang_up(signal: Option<&mut tokio::signal::unix::Signal>) -> Option<()> {
    signal?.recv().await
}

/// Whether the process was started with SIGHUP ignored, as `nohup` does. Where the system does not tell, a process
/// without a terminal counts as one.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    use std::io::IsTerminal as _;
    // A mask in hex, whose lowest bit is SIGHUP: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(mask) => mask & 1 == 1,
        None => {
            !(io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal())
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    pause: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            pause: ctrl_break()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> ExitCode {
        tokio::select! {
            _ = self.interrupt.recv() => ExitCode::Interrupted,
            _ = self.pause.recv() => ExitCode::Interrupted,
            _ = self.close.recv() => ExitCode::Terminated,
            _ = self.shutdown.recv() => ExitCode::Terminated,
        }
    }
}
