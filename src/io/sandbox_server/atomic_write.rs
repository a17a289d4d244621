//! Replaces a file in one step, and changes no other file.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};

use crate::io::clock::SystemClock;
use crate::io::file;
use crate::ports::Clock as _;

/// The number of hex digits in the name of a temporary file.
const DIGITS: usize = 16;

/// The end of the name of a temporary file.
const SUFFIX: &str = ".new";

/// The most links that are followed; a loop is an error when the file is read.
const MAX_LINKS: usize = 40;

/// Returns the file that a path links to, which need not exist, so that the link stays when the file is replaced.
pub(super) fn follow(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        // The targets of links in `/dev` and `/proc` are not always paths.
        if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            break;
        }
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.with_file_name(target);
    }
    path
}

/// Writes a temporary file with the permissions of the old file, and replaces the old file with it.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let old = writable(path)?;
    let mut name = prefix(path);
    name.push(SystemClock::default().nonce().get(..DIGITS).unwrap_or_default());
    name.push(SUFFIX);
    let new = path.with_file_name(name);
    // A file that is there already is somebody else's.
    let mut file = OpenOptions::new().create_new(true).write(true).open(&new)?;
    let permitted = old.map_or(Ok(()), |old| file.set_permissions(old.permissions()));
    let written = permitted.and_then(|()| file.write_all(text.as_bytes()));
    written.and_then(|()| fs::rename(&new, path)).inspect_err(|_| {
        // If this fails as well, another run removes the left-over file.
        let _ = fs::remove_file(&new);
    })
}

/// Removes the temporary files of runs that were killed. The caller must hold the lock.
pub(super) fn clear(path: &Path) {
    let Ok(entries) = fs::read_dir(folder(path)) else { return };
    let prefix = prefix(path);
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_left_over(&entry.file_name(), &prefix) {
            // One that stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns the folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Returns the metadata of the old file, or why it may not be replaced: a rename needs only the permissions of the
/// folder, so those of the file are checked here, also for root.
fn writable(path: &Path) -> io::Result<Option<Metadata>> {
    let old = match fs::metadata(path) {
        Err(error) if error.kind() == IoKind::NotFound => return Ok(None),
        found => found?,
    };
    if old.permissions().readonly() {
        return Err(IoKind::PermissionDenied.into());
    }
    file::options().write(true).open(path)?;
    Ok(Some(old))
}

fn prefix(path: &Path) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name
}

fn is_left_over(name: &OsStr, prefix: &OsStr) -> bool {
    let inner = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
    let digits = inner.and_then(|inner| inner.strip_suffix(SUFFIX.as_bytes()));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS
            && digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}
