//! The keys of a run: read, parsed and named before anything else is touched.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::warn;
use crate::cli::Cli;
use crate::error::{Error, ErrorKind};
use crate::io::file;
use crate::io::system::OsSystem;
use crate::io::terminal::Terminal;
use crate::key::{self, PublicKey};
use crate::plan::{self, NamedKey};
use crate::ports::System as _;
use crate::report;

/// The keys that are looked for when none is named.
const DEFAULTS: [&str; 3] = ["id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"];
/// RSA keys below this many bits are weak by today's standards.
const SOUND_RSA: u32 = 2048;

/// Reads every key, or the one in `~/.ssh` if none is named.
pub(super) fn keys(cli: &Cli, terminal: &Terminal) -> Result<Vec<NamedKey>, Error> {
    let defaults: Vec<OsString>;
    let paths = if cli.keys.is_empty() {
        let path = default_key()?;
        if !cli.quiet {
            terminal.message(&report::note(&format!("using the key {}", path.display())));
        }
        defaults = vec![path.into_os_string()];
        &defaults
    } else {
        &cli.keys
    };
    if paths.iter().filter(|path| *path == "-").count() > 1 {
        return Err(Error::new(
            ErrorKind::Usage,
            "`-` is given twice: standard input is read once",
        )
        .hinted("give it once"));
    }
    let mut keys = Vec::new();
    for path in paths {
        let source = path.to_string_lossy().into_owned();
        for key in read(cli, path, &source)? {
            keys.push((key, source.clone()));
        }
    }
    warn(cli, terminal, &weak(&keys));
    let keys = plan::named_keys(keys, cli.name.as_deref())?;
    warn(cli, terminal, &repeats(&keys));
    Ok(keys)
}

/// Says which files hold a key that another one held before.
fn repeats(keys: &[NamedKey]) -> Vec<String> {
    let told = |key: &NamedKey, other: &str| {
        let (first, name) = (place(&key.source), &key.name);
        if other == key.source {
            return format!(
                "{first} holds a key twice or is given twice; it is taken once, as `{name}`"
            );
        }
        let other = place(other);
        format!("{other} holds the same key as {first}; it is taken once, as `{name}`")
    };
    keys.iter().flat_map(|key| key.repeats.iter().map(move |other| told(key, other))).collect()
}

fn read(cli: &Cli, path: &OsString, source: &str) -> Result<Vec<PublicKey>, Error> {
    let place = place(source);
    let bytes = if path == "-" { file::read_stdin() } else { file::read_key(Path::new(path)) };
    let parse = |bytes: Vec<u8>| {
        key::parse(&bytes).map_err(|refusal| refused(&refusal, Path::new(path)).at(place))
    };
    let keys = bytes.and_then(parse).map_err(|error| not_of_sandbox(cli, source, error))?;
    if keys.len() > 1 && !cli.all_keys {
        let found: Vec<String> =
            keys.iter().map(|key| format!("{} {}", key.algorithm(), key.sha256())).collect();
        let message = format!("{place}: {} keys: {}", keys.len(), found.join(", "));
        return Err(Error::new(ErrorKind::KeyUnsupported, message)
            .hinted("`--all-keys` imports every one of them"));
    }
    Ok(keys)
}

/// Says in messages where a key comes from.
fn place(source: &str) -> &str {
    if source == "-" { "standard input" } else { source }
}

/// Tells those who wrote a blank between `--sandbox` and its file, which makes the file a key, what to write.
fn not_of_sandbox(cli: &Cli, source: &str, error: Error) -> Error {
    let is_key = Path::new(source).extension().is_some_and(|extension| extension == "pub");
    let may_be_meant = matches!(cli.sandbox, Some(None)) && !is_key;
    if !may_be_meant || source == "-" || error.kind() == ErrorKind::PrivateKey {
        return error;
    }
    let hint = error.hint().to_owned();
    error.hinted(format!("{hint}; the sandbox's file is named with `=`: `--sandbox=FILE`"))
}

fn refused(refusal: &key::KeyError, path: &Path) -> Error {
    let error = Error::new(refusal.kind(), refusal.to_string());
    if refusal.kind() != ErrorKind::PrivateKey {
        return error;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    if path != Path::new("-") && file::exists(Path::new(&beside)) {
        let beside = Path::new(&beside).display().to_string();
        return error.hinted(format!("give the public key beside it: {beside}"));
    }
    error.hinted(
        "nothing was sent; `ssh-keygen -y -f FILE` prints the public key that belongs to it",
    )
}

fn weak(keys: &[(PublicKey, String)]) -> Vec<String> {
    keys.iter()
        .filter_map(|(key, source)| match key.algorithm() {
            "ssh-rsa" if key.bits() < SOUND_RSA => {
                Some(format!("{source}: an RSA key of {} bits is weak", key.bits()))
            }
            "ssh-dss" => Some(format!("{source}: DSA keys are no longer accepted by OpenSSH")),
            _ => None,
        })
        .collect()
}

fn default_key() -> Result<PathBuf, Error> {
    let none = |found: &str| {
        Error::new(ErrorKind::Usage, format!("no key is named, and {found}"))
            .hinted("name a public key file, or `-` for standard input")
    };
    let home = OsSystem.home().ok_or_else(|| none("there is no home directory to look in"))?;
    let mut found: Vec<PathBuf> = DEFAULTS
        .iter()
        .map(|name| home.join(".ssh").join(name))
        .filter(|path| file::exists(path))
        .collect();
    match (found.pop(), found.len()) {
        (Some(path), 0) => Ok(path),
        (None, _) => Err(none("~/.ssh holds none of id_ed25519.pub, id_ecdsa.pub, id_rsa.pub")),
        (Some(last), _) => {
            found.push(last);
            let names: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
            Err(none(&format!("there are several: {}", names.join(", "))))
        }
    }
}
