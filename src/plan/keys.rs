//! Keys and the names under which they are imported.

use std::sync::Arc;

use crate::error::Error;
use crate::key::PublicKey;
use crate::key::name;
use crate::redact::Redactor;

/// A key, the file that it comes from, and its name.
#[derive(Clone, Debug)]
pub struct NamedKey {
    /// The key.
    pub key: Arc<PublicKey>,
    /// Redacts it; made once, as its parts are many.
    pub redactor: Arc<Redactor>,
    /// Its file as the user gave it.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Other files that hold the same key.
    pub repeats: Vec<String>,
}

/// Names every key: the given name with `{}` filled in, or a derived one. Repeated keys are merged; two keys
/// with one name are an error.
pub fn named_keys(
    keys: Vec<(PublicKey, String)>,
    given: Option<&str>,
) -> Result<Vec<NamedKey>, Error> {
    let mut named: Vec<NamedKey> = Vec::new();
    for (key, source) in keys {
        if let Some(same) = named.iter_mut().find(|other| other.key.base64() == key.base64()) {
            same.repeats.push(source);
        } else {
            let (name, repeats) = (name::derive(&key, &source), Vec::new());
            let redactor = Arc::new(Redactor::new([key.base64()]));
            named.push(NamedKey { key: Arc::new(key), redactor, source, name, repeats });
        }
    }
    if let Some(given) = given {
        if named.len() > 1 && !given.contains("{}") {
            return Err(Error::usage(format!(
                "`--name {given}` is a single name for {} keys",
                named.len()
            ))
            .hinted("write `{}` where each key's own name goes, or leave `--name` out"));
        }
        for key in &mut named {
            key.name = given.replace("{}", &key.name);
        }
    }
    for (index, key) in named.iter().enumerate() {
        if let Some(other) = named.iter().take(index).find(|other| other.name == key.name) {
            let message = format!(
                "`{}` would be the name of two keys: {} ({}) and {} ({})",
                key.name,
                other.source,
                other.key.sha256(),
                key.source,
                key.key.sha256()
            );
            // Keys of one file cannot be given one at a time.
            let hint = if other.source == key.source {
                "end each line with a comment of its own, which becomes the name, \
                 or pipe each key into `-` with a `--name`"
            } else {
                "import them one at a time with `--name`, or change their comments"
            };
            return Err(Error::usage(message).hinted(hint));
        }
    }
    Ok(named)
}
