//! Environment, home directory, settings files and credential programs.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ports::{FileState, System};

/// The most that a settings file may hold.
const CAP: u64 = 1024 * 1024;

/// This machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsSystem;

#[async_trait::async_trait]
impl System for OsSystem {
    fn var(&self, name: &str) -> Option<String> {
        env::var_os(name).map(|value| value.to_string_lossy().into_owned())
    }

    fn home(&self) -> Option<PathBuf> {
        env::home_dir().filter(|home| home.is_absolute())
    }

    fn read(&self, path: &Path) -> FileState {
        match read(path) {
            Ok((bytes, shared)) => FileState::Read { bytes, shared },
            Err(error) if error.kind() == io::ErrorKind::NotFound => FileState::Missing,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => FileState::Missing,
            Err(error) => FileState::Unreadable(error.to_string()),
        }
    }

    async fn run(&self, program: &[OsString], limit: Duration) -> Result<Vec<u8>, String> {
        super::program::run(program, limit).await
    }
}

fn is_too_much(bytes: &[u8]) -> bool {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX) > CAP
}

fn read(path: &Path) -> io::Result<(Vec<u8>, bool)> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(CAP + 1).read_to_end(&mut bytes)?;
    if is_too_much(&bytes) {
        return Err(io::Error::other("it holds more than 1 MiB"));
    }
    Ok((bytes, is_shared(&metadata)))
}

#[cfg(unix)]
fn is_shared(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn is_shared(_metadata: &fs::Metadata) -> bool {
    false
}
