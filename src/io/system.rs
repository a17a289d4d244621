//! Environment, home directory, settings files and credential programs.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use super::file;
use crate::ports::{FileState, System};

/// The most that a settings file may hold.
const CAP: u64 = 1024 * 1024;

/// What came from pipes, which can be read only once: a settings file is asked for credentials and for a region.
static PIPES: Mutex<BTreeMap<PathBuf, Zeroizing<Vec<u8>>>> = Mutex::new(BTreeMap::new());

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
        let mut pipes = PIPES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = pipes.get(path) {
            return FileState::Read { bytes: bytes.to_vec(), shared: false };
        }
        match file::read(path, CAP) {
            Ok((bytes, found)) if found.is_file() => {
                FileState::Read { bytes, shared: is_shared(&found) }
            }
            Ok((bytes, _)) => {
                pipes.insert(path.to_owned(), Zeroizing::new(bytes.clone()));
                FileState::Read { bytes, shared: false }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => FileState::Missing,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => FileState::Missing,
            Err(error) => FileState::Unreadable(error.to_string()),
        }
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    async fn run(&self, program: &[OsString], timeout: Duration) -> Result<Vec<u8>, String> {
        super::program::run(program, timeout).await
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
