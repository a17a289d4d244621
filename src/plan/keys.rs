//! Keys and the names that they are to have.

use std::sync::Arc;

use super::usage;
use crate::error::Error;
use crate::key::PublicKey;
use crate::key::name;

/// A key with the file that it comes from and the name that it is to have.
#[derive(Clone, Debug)]
pub struct NamedKey {
    /// The key.
    pub key: Arc<PublicKey>,
    /// Its file as the user gave it.
    pub source: String,
    /// Its name.
    pub name: String,
    /// The files that hold it too.
    pub repeats: Vec<String>,
}

/// Gives every key its name: the given one, filled in where it holds `{}`, or a derived one. Keys that repeat
/// collapse; two keys of one name are an error.
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
            named.push(NamedKey { key: Arc::new(key), source, name, repeats });
        }
    }
    if let Some(given) = given {
        if named.len() > 1 && !given.contains("{}") {
            return Err(usage(format!("`--name {given}` is one name for {} keys", named.len()))
                .hinted(
                    "write `{}` where each key's own name is to stand, or leave `--name` out",
                ));
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
            // Keys of one file cannot be given one by one.
            let hint = if other.source == key.source {
                "end the line of each with a comment of its own, which becomes its name, \
                 or pipe each into `-` with a `--name`"
            } else {
                "import them one by one with `--name`, or give them other comments"
            };
            return Err(usage(message).hinted(hint));
        }
    }
    Ok(named)
}
