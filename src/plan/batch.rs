//! What is imported into every target: the keys of a run, their names and the values that go with them.

use std::collections::HashMap;
use std::sync::Arc;

use super::region_hint::region_hint;
use super::selection::{Regions, Selection};
use crate::cli::ValueArgs;
use crate::error::{Error, ErrorKind};
use crate::key::{PublicKey, find_key_material, name};
use crate::phrase::{Phrase, phrase};
use crate::provider::{Endpoint, ImportJob, ImportOptions, NameSource, Provider};
use crate::redact::Redactor;

/// A key as it was read.
#[derive(Clone, Debug)]
pub struct InputKey {
    /// The key.
    pub key: PublicKey,
    /// Its file as the user gave it.
    pub source: String,
    /// The name of its file without extension, if it is the only key of a file that has one.
    pub stem: Option<String>,
}

/// A key, the file that it comes from, and its name.
#[derive(Clone, Debug)]
pub struct NamedKey {
    /// The key.
    pub key: Arc<PublicKey>,
    /// Redacts it; made once, as its parts are many.
    pub redactor: Arc<Redactor>,
    /// Its file as the user gave it.
    pub source: String,
    /// Its name, before it is fitted to the rules of a cloud.
    pub name: String,
    /// The name that is derived from it, which fills `{}` in a given one.
    pub derived_name: String,
    /// Other files that hold the same key.
    pub repeats: Vec<String>,
}

/// Returns the source of a key as messages show it.
pub fn source_label(source: &str) -> &str {
    if source == "-" { "standard input" } else { source }
}

/// The keys of a run and the values that they share.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The keys.
    pub keys: Vec<NamedKey>,
    /// The name that the user gave, with `{}` not filled in yet.
    pub given_name: Option<String>,
    /// Optional values.
    pub options: ImportOptions,
}

impl Batch {
    /// Returns the name of each key at a cloud. What is derived is fitted to the cloud's rule, and keys whose names would
    /// be the same then get digits of their own.
    pub fn names(&self, cloud: &dyn Provider) -> Vec<String> {
        let rule = cloud.info().name;
        let given = self.given_name.as_deref().unwrap_or("{}");
        let places = given.matches("{}").count();
        let others = given.chars().count() - 2 * places;
        let longest = rule.length.end().saturating_sub(others) / places.max(1);
        let fitted: Vec<String> =
            self.keys.iter().map(|key| rule.fit(&key.derived_name, longest)).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for name in &fitted {
            *counts.entry(name).or_default() += 1;
        }
        let names = self.keys.iter().zip(&fitted).map(|(key, fitted)| {
            if counts.get(&**fitted) == Some(&1) {
                return given.replace("{}", fitted);
            }
            let digits = name::digits(&key.key);
            given.replace("{}", &rule.fit_with_digits(&key.derived_name, &digits, longest))
        });
        names.collect()
    }

    /// Makes the job of one key, under one of the [`Self::names`], at one endpoint; `client_token` differs for every job.
    pub fn job(
        &self,
        key: &NamedKey,
        name: &str,
        endpoint: Endpoint,
        client_token: String,
    ) -> ImportJob {
        ImportJob {
            key: Arc::clone(&key.key),
            redactor: Arc::clone(&key.redactor),
            source: key.source.clone(),
            name: name.to_owned(),
            name_source: match self.given_name {
                Some(_) => NameSource::Given,
                None => NameSource::Derived,
            },
            endpoint,
            options: self.options.clone(),
            client_token,
        }
    }
}

/// Checks every key and value against the rules of every cloud, and returns the warnings. No rule depends on
/// the region, so each cloud is checked once.
pub fn check(selections: &[Selection], batch: &Batch) -> Result<Vec<Phrase>, Error> {
    let mut warnings = Vec::new();
    for selection in selections {
        let info = selection.cloud.info();
        let endpoint = selection.endpoint(info.home_region());
        for (key, name) in batch.keys.iter().zip(batch.names(selection.cloud)) {
            let job = batch.job(key, &name, endpoint.clone(), String::new());
            warnings.extend(selection.cloud.check(&job).map_err(|error| error.at(info.id))?);
        }
        let Regions::Named(names) = &selection.regions else { continue };
        for name in names {
            let hint = region_hint(selection.cloud, name);
            warnings.extend(hint.map(|hint| unknown_region(info.id, name, hint)));
        }
    }
    Ok(warnings)
}

/// Says that a region is not one that is known. It may be new, so that this is no error.
pub fn unknown_region(cloud: &str, region: &str, hint: Phrase) -> Phrase {
    phrase!("unknown region `{}`", region).and(hint).at(cloud)
}

/// Reads the optional values. Control characters and parts of keys are refused in all of them, and in the name.
pub fn import_options(values: &ValueArgs) -> Result<ImportOptions, Error> {
    let options = [
        ("--name", &values.name),
        ("--description", &values.description),
        ("--resource-group", &values.resource_group),
        ("--project", &values.project),
    ];
    let options = options.into_iter().filter_map(|(flag, text)| Some((flag, text.as_ref()?)));
    let tags = values.tag.iter().flat_map(|(key, value)| [("--tag", key), ("--tag", value)]);
    for (flag, text) in options.chain(tags) {
        if is_key_material(text) {
            let message = phrase!("the value of `{}` looks like a part of a key", flag);
            return Err(Error::new(ErrorKind::KeyInvalid, message)
                .hinted("nothing was sent; give another value, in words"));
        }
        if text.chars().any(char::is_control) {
            let message = phrase!("the value of `{}` contains a control character", flag);
            return Err(Error::usage(message).hinted("type the value again, on one line"));
        }
    }
    Ok(ImportOptions {
        description: values.description.clone(),
        tags: values.tag.clone(),
        resource_group: values.resource_group.clone(),
        project: values.project.clone(),
    })
}

/// Names every key: the given name with `{}` filled in, or a derived one. Repeated keys are merged; two keys
/// with one name are an error.
pub fn named_keys(keys: Vec<InputKey>, given: Option<&str>) -> Result<Vec<NamedKey>, Error> {
    let mut named: Vec<NamedKey> = Vec::new();
    for InputKey { key, source, stem } in keys {
        if let Some(same) = named.iter_mut().find(|other| other.key.base64() == key.base64()) {
            same.repeats.push(source);
        } else {
            let derived_name = name::derive(&key, stem.as_deref());
            let is_of_file = derived_name != name::derive(&key, None);
            if is_of_file && stem.is_some_and(|stem| is_key_material(&stem)) {
                let message = "the name of the key's file looks like a part of a key";
                return Err(Error::new(ErrorKind::KeyInvalid, message)
                    .hinted("nothing was sent; rename the file, or pipe it into `-`"));
            }
            named.push(NamedKey {
                redactor: Arc::new(Redactor::new([key.base64()])),
                key: Arc::new(key),
                source,
                name: given.unwrap_or("{}").replace("{}", &derived_name),
                derived_name,
                repeats: Vec::new(),
            });
        }
    }
    if let Some(given) = given.filter(|given| named.len() > 1 && !given.contains("{}")) {
        return Err(Error::usage(phrase!(
            "`--name {}` is a single name for {} keys",
            given,
            named.len()
        ))
        .hinted("write `{}` where each key's own name goes, or leave `--name` out"));
    }
    for (index, key) in named.iter().enumerate() {
        if let Some(other) = named.iter().take(index).find(|other| other.name == key.name) {
            let message = phrase!(
                "`{}` would be the name of two keys: {} ({}) and {} ({})",
                key.name,
                source_label(&other.source),
                other.key.sha256(),
                source_label(&key.source),
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

/// Whether a text that would be sent may be a part of a key.
fn is_key_material(text: &str) -> bool {
    find_key_material(text.as_bytes()).is_some()
}
