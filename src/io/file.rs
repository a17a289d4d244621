//! Files and standard input: the one way to open and read what a path names, bounded in size and time.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::poll::{self, Stream};
use super::signals;
use crate::error::Error;
use crate::key::MAX_INPUT;

/// How long settings, certificates and tokens are waited for at most when their path is a pipe.
const MAX_PIPE_TIMEOUT: Duration = Duration::from_secs(10);
static PIPE_TIMEOUT: OnceLock<Duration> = OnceLock::new();

/// How soon a wait for input notices a signal.
const SIGNAL_CHECK: Duration = Duration::from_millis(50);

const KEY_HINT: &str = "give the path of a public key file, or `-` for standard input";

/// Sets how long settings, certificates and tokens are waited for when their path is a pipe: no longer than a target.
pub fn limit_pipes(timeout: Duration) {
    PIPE_TIMEOUT.get_or_init(|| timeout.min(MAX_PIPE_TIMEOUT));
}

/// Reads a key file: at most one byte more than the parser accepts, so that the parser sees that the file is too large.
pub fn read_key(path: &Path, timeout: Duration) -> Result<Vec<u8>, Error> {
    if path.as_os_str().is_empty() {
        return Err(Error::usage("the path of a key file is empty")
            .hinted("is a variable unset? give the path of a public key file, or `-`"));
    }
    let read = open(path, Pipes::Any).and_then(|(file, found)| {
        let timeout = if found.is_file() { Duration::ZERO } else { timeout };
        read_up_to(file, key_limit(), timeout)
    });
    read.map_err(|error| unread(&path.display().to_string(), error))
}

/// Reads the key from standard input until it ends. A terminal is refused: it would wait forever.
pub fn read_stdin(timeout: Duration) -> Result<Vec<u8>, Error> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let message = "`-` reads the key from standard input, which is a terminal";
        return Err(
            Error::usage(message).hinted("pipe a public key into the command, or give a file")
        );
    }
    read_up_to(stdin.lock(), key_limit(), timeout).map_err(|error| unread("standard input", error))
}

/// Whether a regular file exists there.
pub fn exists(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether a regular file exists there, or nothing that could not become one.
pub fn may_be_file(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.is_file())
}

/// Returns the name of a file without its extension; `None` for what is not a file of that name: a pipe, or an open file
/// such as `/dev/stdin` and `/dev/fd/63`, whose number says nothing.
pub fn stem(path: &Path) -> Option<String> {
    let has_name = exists(path) && !is_descriptor(path);
    has_name.then(|| path.file_stem()).flatten().map(|stem| stem.to_string_lossy().into_owned())
}

/// Whether a path stands for a file that some process has open: `/dev/stdin`, `/dev/fd/N`, `/proc/PID/fd/N`.
fn is_descriptor(path: &Path) -> bool {
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok()).unwrap_or_default();
    let is_system = folder.starts_with("/dev") || folder.starts_with("/proc");
    path == Path::new("/dev/stdin") || (is_system && folder.ends_with("fd"))
}

/// Reads a file of at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> io::Result<(Vec<u8>, Metadata)> {
    let (file, found) = open(path, Pipes::Inherited)?;
    let too_large = || io::Error::other(format!("it is larger than {} MiB", limit >> 20));
    let timeout = match PIPE_TIMEOUT.get() {
        // Files of the system may claim any size and hold nothing.
        _ if found.is_file() && found.len() > limit => return Err(too_large()),
        _ if found.is_file() => Duration::ZERO,
        timeout => *timeout.unwrap_or(&MAX_PIPE_TIMEOUT),
    };
    let bytes = read_up_to(file, limit.saturating_add(1), timeout)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(too_large());
    }
    Ok((bytes, found))
}

/// Returns options to open a file with that never wait for somebody at the other end, and never make a terminal
/// this process's own.
#[cfg(unix)]
pub(super) fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;
    let mut options = OpenOptions::new();
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    options.custom_flags(i32::try_from(flags).unwrap_or_default());
    options
}

#[cfg(not(unix))]
pub(super) fn options() -> OpenOptions {
    OpenOptions::new()
}

/// The pipes that are opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pipes {
    /// Those that a process has open already, such as `/dev/stdin` or the shell's `<(…)`: they have a writer and end.
    Inherited,
    /// Named ones too, whose writer is waited for.
    Any,
}

/// Opens a regular file or a pipe. Anything else may have no end.
fn open(path: &Path, pipes: Pipes) -> io::Result<(File, Metadata)> {
    // Some devices act on being opened. What was opened is checked again: the path may name something else by now.
    check(path, &fs::metadata(path)?, pipes)?;
    let file = options().read(true).open(path)?;
    let found = file.metadata()?;
    check(path, &found, pipes)?;
    Ok((file, found))
}

fn check(path: &Path, found: &Metadata, pipes: Pipes) -> io::Result<()> {
    if found.is_file() || (is_pipe(found) && (pipes == Pipes::Any || is_descriptor(path))) {
        return Ok(());
    }
    let what = if found.is_dir() { "it is a directory" } else { "it is not a regular file" };
    Err(io::Error::other(what))
}

#[cfg(unix)]
fn is_pipe(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_found: &Metadata) -> bool {
    false
}

/// Reads to the end, or to the limit.
fn read_up_to(reader: impl Read + Stream, limit: u64, timeout: Duration) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let waiting = Waiting { reader, started: Instant::now(), timeout };
    waiting.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn key_limit() -> u64 {
    u64::try_from(MAX_INPUT).unwrap_or(u64::MAX).saturating_add(1)
}

fn unread(what: &str, error: io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::TimedOut => "`--timeout` gives it more time",
        _ if signals::received().is_some() => "nothing was sent; it is safe to run again",
        _ => KEY_HINT,
    };
    Error::usage("cannot be read").at(what).caused_by(error).hinted(hint)
}

/// Waits until there is something to read, for this long in all, or until a signal comes.
struct Waiting<R> {
    reader: R,
    started: Instant,
    timeout: Duration,
}

impl<R: Read + Stream> Read for Waiting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.wait()?;
            match self.reader.read(buffer) {
                // Another reader of the same pipe was faster.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

impl<R: Stream> Waiting<R> {
    fn wait(&self) -> io::Result<()> {
        loop {
            let left = self.timeout.saturating_sub(self.started.elapsed());
            // A pipe that always has something to read is given up, too.
            if !self.timeout.is_zero() {
                if signals::received().is_some() {
                    return Err(io::Error::other("the run was stopped"));
                }
                if left.is_zero() {
                    let text = format!("it did not end within {} s", self.timeout.as_secs_f64());
                    return Err(io::Error::new(io::ErrorKind::TimedOut, text));
                }
            }
            if poll::is_ready(&self.reader, poll::For::Input, Some(left.min(SIGNAL_CHECK)))? {
                return Ok(());
            }
            if self.timeout.is_zero() {
                return Err(io::Error::other("it has nothing to read"));
            }
        }
    }
}
