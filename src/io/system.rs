//! Environment, home directory, settings files and credential programs.

use std::env;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file;
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
        match file::read(path, CAP) {
            Ok((bytes, found)) => FileState::Read { bytes, shared: is_shared(&found) },
            Err(error) if error.kind() == io::ErrorKind::NotFound => FileState::Missing,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => FileState::Missing,
            Err(error) => FileState::Unreadable(error.to_string()),
        }
    }

    async fn run(&self, program: &[OsString], limit: Duration) -> Result<Vec<u8>, String> {
        super::program::run(program, limit).await
    }
}

#[cfg(unix)]
fn is_shared(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn is_shared(_metadata: &Metadata) -> bool {
    false
}
