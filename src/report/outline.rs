//! The result of `--offline`: name and fingerprints of each key, and its requests without secrets.

use std::fmt::Write as _;

use serde::Serialize;

use super::record::{Key, SCHEMA, json};
use crate::client;
use crate::plan::NamedKey;
use crate::provider::{ImportJob, Provider};
use crate::redact::clean;

/// One key and the requests that would import it.
#[derive(Debug, Serialize)]
pub struct Outline<'a> {
    name: &'a str,
    #[serde(flatten)]
    key: Key<'a>,
    requests: Vec<RequestOutline>,
}

#[derive(Debug, Serialize)]
struct RequestOutline {
    provider: &'static str,
    region: String,
    /// The fingerprint as this cloud prints it, where that is known.
    provider_fingerprint: Option<String>,
    method: &'static str,
    url: String,
}

impl<'a> Outline<'a> {
    /// Describes a key without requests.
    pub fn new(key: &'a NamedKey) -> Self {
        Self { name: &key.name, key: Key::new(&key.key, &key.source), requests: Vec::new() }
    }

    /// Adds the request of a job of this key.
    pub fn add(&mut self, cloud: &dyn Provider, job: &ImportJob) {
        let (info, request) = (cloud.info(), cloud.import(job));
        self.requests.push(RequestOutline {
            provider: info.id,
            region: job.endpoint.region.clone(),
            provider_fingerprint: info.prints_md5.then(|| job.key.md5()),
            method: request.method,
            url: client::url(&request, info.traceable),
        });
    }

    fn text(&self) -> String {
        let Key { algorithm, bits, sha256, md5, source } = &self.key;
        let (name, source) = (clean(self.name), clean(source));
        let mut text = format!(
            "name    {name}\nkey     {algorithm} {bits} bits, from {source}\nsha256  {sha256}\nmd5     {md5}\n"
        );
        for RequestOutline { provider, region, provider_fingerprint, method, url } in &self.requests
        {
            let _ = writeln!(text, "{provider} {region}: {method} {url}");
            if let Some(fingerprint) = provider_fingerprint {
                let _ = writeln!(text, "  fingerprint there: {fingerprint}");
            }
        }
        text
    }
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
