//! Resource limits: no core file after a crash, and enough open files.

/// Open files that are not connections of targets: streams, listeners, the runtime's own, certificates.
const OTHERS: u64 = 32;

/// The most open files that are asked for: enough for `--jobs 4096`.
#[cfg(unix)]
const FILES: u64 = OTHERS + 2 * 4096;

/// Keeps a crash from writing secrets to a core file, and raises the limit on open files as far as the platform
/// allows and the program can use.
pub fn apply() {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        // A limit can always be lowered. If it cannot be read or set, the run goes on with what there is.
        let _ = Resource::CORE.set(0, 0);
        if let Ok((soft, hard)) = Resource::NOFILE.get() {
            let wanted = hard.min(FILES);
            if wanted > soft {
                let _ = Resource::NOFILE.set(wanted, hard);
            }
        }
    }
}

/// Returns how many targets can be in flight at once. Each may need two files: with the sandbox, this process
/// has both ends of a connection. Platforms other than Unix have no such limit.
pub fn most_targets() -> usize {
    #[cfg(unix)]
    let files = rlimit::Resource::NOFILE.get_soft().unwrap_or(FILES);
    #[cfg(not(unix))]
    let files = u64::MAX;
    usize::try_from(files.saturating_sub(OTHERS) / 2).unwrap_or(usize::MAX).max(1)
}
