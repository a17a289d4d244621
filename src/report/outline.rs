//! The result of `--offline`: name and fingerprints of each key, and its requests without secrets.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};

use super::record::{Key, SCHEMA, json};
use crate::client;
use crate::plan::NamedKey;
use crate::provider::{self, ImportJob, Provider};
use crate::redact::clean;

/// One key and the requests that would import it.
#[derive(Debug, Serialize)]
pub struct Outline<'a> {
    name: &'a str,
    #[serde(flatten)]
    key: Key<'a>,
    /// The fingerprint as each cloud prints it, where that is known.
    #[serde(serialize_with = "as_map")]
    provider_fingerprints: Vec<(&'static str, String)>,
    requests: Vec<RequestOutline>,
}

#[derive(Debug, Serialize)]
struct RequestOutline {
    provider: &'static str,
    region: String,
    /// The name of the key pair there.
    name: String,
    /// The fingerprint as this cloud prints it, where that is known.
    provider_fingerprint: Option<String>,
    method: &'static str,
    url: String,
    /// The parameters in the body, where the request has a form there.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
}

impl<'a> Outline<'a> {
    /// Describes a key without requests.
    pub fn new(key: &'a NamedKey) -> Self {
        let print = |cloud: &&dyn Provider| {
            let info = cloud.info();
            Some((info.id, key.key.fingerprint(info.fingerprints)?))
        };
        Self {
            name: &key.name,
            key: Key::new(&key.key, &key.source),
            provider_fingerprints: provider::ALL.iter().filter_map(print).collect(),
            requests: Vec::new(),
        }
    }

    /// Adds the request of a job of this key.
    pub fn add(&mut self, cloud: &dyn Provider, job: &ImportJob) {
        let (info, request) = (cloud.info(), cloud.import(job));
        self.requests.push(RequestOutline {
            provider: info.id,
            region: job.endpoint.region.clone(),
            name: job.name.clone(),
            provider_fingerprint: job.key.fingerprint(info.fingerprints),
            method: request.method,
            url: client::url(&request, info.traceable),
            form: client::form(&request, info.traceable),
        });
    }

    fn text(&self) -> String {
        let Key { algorithm, bits, sha256, md5, source } = &self.key;
        let (own_name, source) = (clean(self.name), clean(source));
        let mut text = format!(
            "name    {own_name}\nkey     {algorithm} {bits} bits, from {source}\nsha256  {sha256}\nmd5     {md5}\n"
        );
        let prints = &self.provider_fingerprints;
        for (index, (_, print)) in prints.iter().enumerate() {
            if !prints.iter().take(index).any(|(_, other)| other == print) {
                let same = prints.iter().filter(|(_, other)| other == print);
                let ids: Vec<&str> = same.map(|(id, _)| *id).collect();
                let _ = writeln!(text, "there   {print} ({})", ids.join(", "));
            }
        }
        for request in &self.requests {
            let RequestOutline { provider, region, name, provider_fingerprint, method, url, form } =
                request;
            let _ = writeln!(text, "{provider} {region}: {method} {url}");
            if let Some(form) = form {
                let _ = writeln!(text, "  form: {form}");
            }
            if name != self.name {
                let _ = writeln!(text, "  name there: {}", clean(name));
            }
            if let Some(fingerprint) = provider_fingerprint {
                let _ = writeln!(text, "  fingerprint there: {fingerprint}");
            }
        }
        text
    }
}

/// Writes pairs as a JSON object.
fn as_map<S: Serializer>(
    pairs: &[(&'static str, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(id, text)| (id, text)))
}

pub(super) fn text(outlines: &[Outline<'_>]) -> String {
    outlines.iter().map(Outline::text).collect::<Vec<_>>().join("\n")
}

pub(super) fn document(outlines: &[Outline<'_>]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: u32,
        keys: &'a [Outline<'a>],
    }
    json(&Document { schema: SCHEMA, keys: outlines })
}

pub(super) fn lines(outlines: &[Outline<'_>]) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        schema: u32,
        #[serde(flatten)]
        key: &'a Outline<'a>,
    }
    outlines.iter().map(|key| json(&Line { schema: SCHEMA, key })).collect()
}
