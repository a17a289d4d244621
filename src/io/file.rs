//! Key files and standard input, read up to a limit and only if the input can end.

use std::fs::{self, File, FileType};
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use crate::error::Error;
use crate::key::MAX_INPUT;

/// Reads a key file: at most one byte more than the parser accepts, so that it can refuse too much.
pub fn read_key(path: &Path) -> Result<Vec<u8>, Error> {
    if path.as_os_str().is_empty() {
        return Err(Error::usage("the path of a key file is empty")
            .hinted("is a variable unset? give the path of a public key file, or `-`"));
    }
    let failed = |error: io::Error| {
        Error::usage(format!("{}: cannot be read", path.display()))
            .caused_by(error)
            .hinted("give the path of a public key file, or `-` for standard input")
    };
    let kind = fs::metadata(path).map_err(failed)?.file_type();
    if !kind.is_file() && !is_open_pipe(path, kind) {
        let what = if kind.is_dir() { "is a directory" } else { "is not a regular file" };
        return Err(Error::usage(format!("{}: {what}", path.display()))
            .hinted("give the path of a public key file, or `-` for standard input"));
    }
    capped(File::open(path).map_err(failed)?).map_err(failed)
}

/// Reads the key from standard input. A terminal is refused: it would wait forever.
pub fn read_stdin() -> Result<Vec<u8>, Error> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let message = "`-` reads the key from standard input, which is a terminal";
        return Err(
            Error::usage(message).hinted("pipe a public key into the command, or give a file")
        );
    }
    capped(stdin.lock())
        .map_err(|error| Error::usage("standard input cannot be read").caused_by(error))
}

/// Whether a regular file exists there.
pub fn exists(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
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

/// Whether this is a pipe that a process has open already, such as `/dev/stdin` or the shell's `<(…)`: it has a writer
/// and ends. Opening any other pipe may wait forever.
#[cfg(unix)]
fn is_open_pipe(path: &Path, kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    kind.is_fifo() && is_descriptor(path)
}

#[cfg(not(unix))]
fn is_open_pipe(_path: &Path, _kind: FileType) -> bool {
    false
}

fn capped(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_INPUT).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
