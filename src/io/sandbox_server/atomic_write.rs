//! Puts a file in the place of another in one step, and touches no third one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};

use crate::io::clock::SystemClock;
use crate::ports::Clock as _;

/// The hex digits in the name of a file that is not in its place yet.
const DIGITS: usize = 16;

/// What the name of such a file ends in.
const NEW: &str = ".new";

/// The most links that are followed; a loop is told when the file is read.
const MOST_LINKS: usize = 40;

/// Returns the file that a path stands for, which need not exist, so that links to it outlive its replacement.
pub(super) fn follow(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        // What links of `/dev` and `/proc` say is no path.
        if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            break;
        }
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.with_file_name(target);
    }
    path
}

/// Writes a new file and puts it in the place of the old one, whose permissions it takes over.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let old = writable(path)?;
    let mut name = prefix(path);
    name.push(SystemClock::default().nonce().get(..DIGITS).unwrap_or_default());
    name.push(NEW);
    let new = path.with_file_name(name);
    // A file that is there already is somebody else's.
    let file = OpenOptions::new().create_new(true).write(true).open(&new)?;
    fill(file, text, old.as_ref()).and_then(|()| fs::rename(&new, path)).inspect_err(|_| {
        // The error is told; a left-over that stays as well is cleared away by another run.
        let _ = fs::remove_file(&new);
    })
}

/// Removes what runs left behind that were killed before the file was in its place. Only who keeps all
/// others from replacing it may do this.
pub(super) fn clear(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = fs::read_dir(folder.unwrap_or(Path::new("."))) else { return };
    let prefix = prefix(path);
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_left_over(&entry.file_name(), &prefix) {
            // One that stays is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns the old file, or why it may not be replaced. The new one needs only the folder, so the old one is
/// asked; its permissions hold for root, too.
fn writable(path: &Path) -> io::Result<Option<Metadata>> {
    let old = match fs::metadata(path) {
        Err(error) if error.kind() == IoKind::NotFound => return Ok(None),
        found => found?,
    };
    if old.permissions().readonly() {
        return Err(IoKind::PermissionDenied.into());
    }
    OpenOptions::new().write(true).open(path)?;
    Ok(Some(old))
}

fn fill(mut file: File, text: &str, old: Option<&Metadata>) -> io::Result<()> {
    if let Some(old) = old {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())
}

fn prefix(path: &Path) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name
}

fn is_left_over(name: &OsStr, prefix: &OsStr) -> bool {
    let inner = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
    let digits = inner.and_then(|inner| inner.strip_suffix(NEW.as_bytes()));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS
            && digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}
