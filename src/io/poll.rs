//! Waiting for a pipe, a socket or a terminal that may be non-blocking: the process that started this one, or shares
//! the stream with it, decides that.

use std::io;
#[cfg(unix)]
pub(super) use std::os::fd::AsFd as Stream;
use std::time::Duration;

/// What to wait for.
#[derive(Clone, Copy, Debug)]
pub(super) enum For {
    Input,
    Output,
}

/// Waits until the stream is ready, has ended or is broken, and says whether it is before the timeout. A signal may
/// end the wait early.
#[cfg(unix)]
pub(super) fn is_ready(
    stream: &impl Stream,
    wanted: For,
    timeout: Option<Duration>,
) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let flags = match wanted {
        For::Input => PollFlags::IN,
        For::Output => PollFlags::OUT,
    };
    let timeout = timeout.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    match poll(&mut [PollFd::new(stream, flags)], timeout.as_ref()) {
        Err(rustix::io::Errno::INTR) => Ok(false),
        ready => Ok(ready? > 0),
    }
}

#[cfg(not(unix))]
pub(super) trait Stream {}
#[cfg(not(unix))]
impl<S> Stream for S {}

/// Other systems have no wait for every kind of stream; reading and writing block there.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same function fails on Unix")]
pub(super) fn is_ready(_: &impl Stream, _: For, _: Option<Duration>) -> io::Result<bool> {
    Ok(true)
}
