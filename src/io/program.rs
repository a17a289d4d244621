//! Credential programs. Each runs in a process group (Windows: a job object) of its own, which is killed when the
//! program ends or is no longer waited for, so that nothing that it started is left behind.

use std::ffi::OsString;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::sync::RwLock;
use tokio::time;

/// The most that a program may print, in bytes.
const CAP: u64 = 1024 * 1024;

/// How long the end of the process waits for programs to be killed.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

/// Held for reading by each program that runs.
static RUNNING: RwLock<()> = RwLock::const_new(());

/// Waits until the programs that a shutdown stops are killed.
pub(super) async fn all_killed() {
    // When nobody drops a program, the process ends all the same.
    let _ = time::timeout(KILL_TIMEOUT, RUNNING.write()).await;
}

/// Runs a program and returns what it printed to standard output. Standard error may hold secrets and goes nowhere.
pub(super) async fn run(program: &[OsString], timeout: Duration) -> Result<Vec<u8>, String> {
    let Some((name, arguments)) = program.split_first() else {
        return Err("no program is named".to_owned());
    };
    let _running = RUNNING.read().await;
    let mut command = Command::new(name);
    command.args(arguments).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    command.process_group(0);
    let unstarted = |error: io::Error| format!("it cannot be started: {error}");
    let child = command.spawn().map_err(unstarted)?;
    let group = Group::of(&child).map_err(unstarted)?;
    time::timeout(timeout, output(child, group))
        .await
        .map_err(|_| format!("it took longer than {} s", timeout.as_secs()))?
}

/// Reads all that a program prints and waits for its end. A program that prints too much is given up.
async fn output(mut child: Child, group: Group) -> Result<Vec<u8>, String> {
    let unread = |error: io::Error| format!("what it prints cannot be read: {error}");
    let stdout = child.stdout.take();
    let read = async {
        let mut bytes = Vec::new();
        if let Some(stdout) = stdout {
            let mut stdout = stdout.take(CAP);
            stdout.read_to_end(&mut bytes).await.map_err(unread)?;
            if stdout.into_inner().read_u8().await.is_ok() {
                return Err("it printed more than 1 MiB".to_owned());
            }
        }
        Ok(bytes)
    };
    let wait = async {
        let status = child.wait().await.map_err(unread)?;
        // What else it started may hold standard output open for ever.
        drop(group);
        Ok(status)
    };
    let (bytes, status) = tokio::try_join!(read, wait)?;
    if status.success() { Ok(bytes) } else { Err(status.to_string()) }
}

/// The processes of a program, killed when this is dropped.
#[cfg(unix)]
struct Group(Option<rustix::process::Pid>);

#[cfg(unix)]
impl Group {
    #[expect(clippy::unnecessary_wraps, reason = "the same function fails on Windows")]
    fn of(child: &Child) -> io::Result<Self> {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Ok(Self(id.and_then(rustix::process::Pid::from_raw)))
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // There is nothing left to kill when this fails.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

/// The processes of a program, killed when the handle of their job is closed.
#[cfg(windows)]
struct Group {
    _job: win32job::Job,
}

#[cfg(windows)]
impl Group {
    fn of(child: &Child) -> io::Result<Self> {
        let mut limits = win32job::ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = win32job::Job::create_with_limit_info(&limits).map_err(io::Error::other)?;
        if let Some(handle) = child.raw_handle() {
            job.assign_process(handle as isize).map_err(io::Error::other)?;
        }
        Ok(Self { _job: job })
    }
}
