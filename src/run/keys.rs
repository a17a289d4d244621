//! The keys of a run: read, parsed and named before anything else is touched.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::console::Console;
use super::options::Options;
use crate::credentials::{QUOTES, is_quoted};
use crate::error::{Detail, Error, ErrorKind};
use crate::io::file;
use crate::io::system::OsSystem;
use crate::key::{self, PublicKey};
use crate::phrase::{Phrase, phrase};
use crate::plan::{self, InputKey, NamedKey, source_label};
use crate::ports::System as _;

/// The keys that are looked for in `~/.ssh` when none is given.
const DEFAULTS: [&str; 3] = ["id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"];
/// RSA keys with fewer bits are weak by today's standards.
const STRONG_RSA_BITS: u32 = 2048;

/// Reads every key, or the one in `~/.ssh` if none is given.
pub(super) fn read(options: &Options, console: &Console) -> Result<Vec<NamedKey>, Error> {
    let mut paths = options.key_paths.clone();
    if paths.is_empty() {
        let path = default_key()?;
        console.note(&phrase!("using the key {}", path.display()));
        paths.push(path.into_os_string());
    }
    if paths.iter().filter(|path| *path == "-").count() > 1 {
        return Err(Error::usage("`-` is given twice, but standard input can be read only once")
            .hinted("give it once"));
    }
    let mut keys = Vec::new();
    for path in &paths {
        let source = path.to_string_lossy().into_owned();
        let found = read_file(options, path, &source)?;
        // One name cannot be that of several keys.
        let stem = if found.len() == 1 { file::stem(Path::new(path)) } else { None };
        let input = |key| InputKey { key, source: source.clone(), stem: stem.clone() };
        keys.extend(found.into_iter().map(input));
    }
    console.warn(&weak(&keys));
    let keys = plan::named_keys(keys, options.name.as_deref())?;
    console.warn(&repeats(&keys));
    Ok(keys)
}

/// Warns about keys that are given more than once.
fn repeats(keys: &[NamedKey]) -> Vec<Phrase> {
    let warning = |key: &NamedKey, other: &str| {
        let (first, name) = (source_label(&key.source), &key.name);
        if other == key.source {
            return phrase!(
                "{} contains a key twice, or is given twice; the key is imported once, as `{}`",
                first,
                name
            );
        }
        let other = source_label(other);
        phrase!(
            "{} contains the same key as {}; the key is imported once, as `{}`",
            other,
            first,
            name
        )
    };
    keys.iter().flat_map(|key| key.repeats.iter().map(move |other| warning(key, other))).collect()
}

fn read_file(options: &Options, path: &OsString, source: &str) -> Result<Vec<PublicKey>, Error> {
    let label = source_label(source);
    let timeout = options.limits.timeout;
    let bytes = match path.to_str() {
        Some("-") => file::read_stdin(timeout),
        _ => file::read_key(Path::new(path), timeout),
    };
    let parse = |bytes: Vec<u8>| {
        key::parse(&bytes).map_err(|refusal| refusal_error(&refusal, Path::new(path)).at(label))
    };
    let keys = bytes.and_then(parse).map_err(|error| with_hint(options, source, error))?;
    if keys.len() > 1 && !options.all_keys {
        let found = keys
            .iter()
            .map(|key| Detail::Fact { label: key.algorithm(), text: key.sha256().to_owned() });
        let found: Vec<Detail> = found.collect();
        let message = phrase!("{} keys", keys.len()).at(label);
        return Err(Error::new(ErrorKind::KeyUnsupported, message)
            .with_details(found)
            .hinted("`--all-keys` imports all of them"));
    }
    Ok(keys)
}

/// Adds a hint for users who wrote `--sandbox FILE` instead of `--sandbox=FILE`, or `-r a, b` instead of `-r a,b`, which
/// makes a key of the second word, and for those who put a path into two pairs of quotes.
fn with_hint(options: &Options, source: &str, error: Error) -> Error {
    if is_quoted(source) && error.kind() == ErrorKind::Usage {
        let path = source.trim_matches(QUOTES);
        return error.hinted(phrase!("the path contains quotes; give `{}` without them", path));
    }
    let hint = plan::list_hint(&options.targets, source);
    if let Some(hint) = hint.filter(|_| error.kind() == ErrorKind::Usage) {
        return error.hinted(hint);
    }
    let is_key = Path::new(source).extension().is_some_and(|extension| extension == "pub");
    let may_be_file = !source.is_empty() && file::may_be_file(Path::new(source));
    let may_be_meant = matches!(options.sandbox, Some(None)) && !is_key && may_be_file;
    if !may_be_meant || source == "-" || error.kind() == ErrorKind::PrivateKey {
        return error;
    }
    let hint = error.hint().clone();
    error.hinted(hint.and("a file for the sandbox needs `=`: `--sandbox=FILE`"))
}

fn refusal_error(refusal: &key::KeyError, path: &Path) -> Error {
    let error = Error::new(refusal.kind(), refusal.message());
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    let is_private = refusal.kind() == ErrorKind::PrivateKey && path != Path::new("-");
    if is_private && file::exists(Path::new(&beside)) {
        let beside = Path::new(&beside).display().to_string();
        return error.hinted(phrase!("give the public key beside it: {}", beside));
    }
    match refusal.hint() {
        Some(hint) => error.hinted(hint),
        None => error,
    }
}

fn weak(keys: &[InputKey]) -> Vec<Phrase> {
    let warning = |InputKey { key, source, .. }: &InputKey| {
        let warning = match key.algorithm() {
            "ssh-rsa" if key.bits() < STRONG_RSA_BITS => {
                phrase!("an RSA key of {} bits is weak", key.bits())
            }
            "ssh-dss" => "DSA keys are no longer accepted by OpenSSH".into(),
            _ => return None,
        };
        Some(warning.at(source_label(source)))
    };
    keys.iter().filter_map(warning).collect()
}

fn default_key() -> Result<PathBuf, Error> {
    let refuse =
        |why: Phrase| Error::usage(why).hinted("give a public key file, or `-` for standard input");
    let no_home = || refuse("no key is given, and there is no home directory".into());
    let home = OsSystem.home().ok_or_else(no_home)?;
    let paths = DEFAULTS.iter().map(|name| home.join(".ssh").join(name));
    let found: Vec<PathBuf> = paths.filter(|path| file::exists(path)).collect();
    match &*found {
        [path] => Ok(path.clone()),
        [] => Err(refuse(phrase!(
            "no key is given, and ~/.ssh contains none of {}",
            DEFAULTS.join(", ")
        ))),
        several => {
            let names: Vec<String> =
                several.iter().map(|path| path.display().to_string()).collect();
            let names = names.join(", ");
            Err(refuse(phrase!("no key is given, and ~/.ssh contains several: {}", names)))
        }
    }
}
