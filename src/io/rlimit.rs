//! What the platform lets a process have: no memory image after a crash, and more open files than the usual few.

/// The most open files that are asked for: one for each of the most targets at once.
#[cfg(unix)]
const FILES: u64 = 4096;

/// Open files that are no connections of targets: streams, listeners, the runtime's own, certificates.
const OTHERS: u64 = 32;

/// Keeps a crash from writing secrets to a core file, and raises the number of open files as far as the
/// platform lets it. Where it does not, the run goes on with what there is.
#[cfg(unix)]
pub fn prepare() {
    use rlimit::Resource;
    // A limit may always be lowered; where it cannot be read or set there is nothing to be done.
    let _ = Resource::CORE.set(0, 0);
    if let Ok((soft, hard)) = Resource::NOFILE.get() {
        let wanted = hard.min(FILES);
        if wanted > soft {
            let _ = Resource::NOFILE.set(wanted, hard);
        }
    }
}

/// Does nothing: this platform has no such limits.
#[cfg(not(unix))]
pub fn prepare() {}

/// Returns how many targets can be under way at once. Each may need two files: the sandbox's end of a
/// connection is this process's too.
#[cfg(unix)]
pub fn most_targets() -> usize {
    let files = rlimit::Resource::NOFILE.get_soft().unwrap_or(FILES);
    targets(files)
}

/// Returns how many targets can be under way at once: as many as are asked for.
#[cfg(not(unix))]
pub fn most_targets() -> usize {
    targets(u64::MAX)
}

fn targets(files: u64) -> usize {
    usize::try_from(files.saturating_sub(OTHERS) / 2).unwrap_or(usize::MAX).max(1)
}
