//! The result of `--offline`: name and fingerprints of each key, and its requests with `***` for what is not shown: the key,
//! the signature, and what only a run has (credential, nonce, client token).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::record::{Key, SCHEMA, json};
use crate::lang::Texts;
use crate::phrase::{Phrase, phrase};
use crate::plan::{NamedKey, source_label};
use crate::provider::{self, ImportJob, Provider};
use crate::redact::{Redactor, Untrusted, clean};
use crate::sign::{Credential, Stamp};
use crate::wire::Request;

/// One key and the requests that would import it.
#[derive(Debug, Serialize)]
pub struct Outline<'a> {
    name: &'a str,
    #[serde(flatten)]
    key: Key<'a>,
    fingerprints: Fingerprints,
    /// The fingerprint as each cloud prints it, where that is known.
    #[serde(serialize_with = "as_map")]
    provider_fingerprints: Vec<(&'static str, String)>,
    requests: Vec<RequestOutline>,
}

/// The fingerprints of a key, in every form that a provider prints. Those of the `SubjectPublicKeyInfo` are for RSA and
/// Ed25519.
#[derive(Debug, Serialize)]
struct Fingerprints {
    sha256: String,
    md5: String,
    md5_hex: String,
    spki_md5: Option<String>,
    spki_sha256: Option<String>,
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
    #[serde(serialize_with = "as_map")]
    headers: Vec<(String, String)>,
    /// The parameters in the body, where the request has a form there.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    /// The body, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// What stands for everything that is not shown.
pub const HIDDEN: &str = "***";
/// Where the facts about a key begin.
const COLUMN: usize = 8;

impl<'a> Outline<'a> {
    /// Describes a key without requests.
    pub fn new(key: &'a NamedKey) -> Self {
        let fingerprint = |cloud: &&dyn Provider| {
            let info = cloud.info();
            Some((info.id, key.key.fingerprint(info.fingerprints)?))
        };
        Self {
            name: &key.name,
            key: Key::new(&key.key, &key.source),
            fingerprints: Fingerprints {
                sha256: key.key.sha256().to_owned(),
                md5: key.key.md5_colons(),
                md5_hex: key.key.md5(),
                spki_md5: key.key.spki_md5(),
                spki_sha256: key.key.spki_sha256(),
            },
            provider_fingerprints: provider::ALL.iter().filter_map(fingerprint).collect(),
            requests: Vec::new(),
        }
    }

    /// Adds the request of a job of this key, as it would be signed at this time.
    pub fn add(&mut self, cloud: &dyn Provider, job: &ImportJob, time: DateTime<Utc>) {
        let info = cloud.info();
        let credential = Credential::new(HIDDEN, HIDDEN, None);
        let stamp = Stamp { time, nonce: HIDDEN.to_owned() };
        let signed = cloud.sign(cloud.import(job), &job.endpoint, &credential, &stamp);
        let (request, mut redactor) = (signed.request, Redactor::clone(&job.redactor));
        redactor.add(&signed.signature);
        let (form, body) = body(&request, &redactor);
        self.requests.push(RequestOutline {
            provider: info.id,
            region: job.endpoint.region.clone(),
            name: job.name.clone(),
            provider_fingerprint: job.key.fingerprint(info.fingerprints),
            method: request.method,
            url: url(&request, &redactor),
            headers: headers(&request, &redactor),
            form,
            body,
        });
    }

    fn text(&self, texts: &Texts) -> String {
        let Key { algorithm, bits, sha256, md5, source } = &self.key;
        let Fingerprints { md5_hex, spki_md5, spki_sha256, .. } = &self.fingerprints;
        let mut lines: Vec<(&'static str, Phrase)> = vec![
            ("name", clean(self.name).into_owned().into()),
            ("key", phrase!("{} {} bits, from {}", algorithm, bits, clean(source_label(source)))),
            ("sha256", (*sha256).to_owned().into()),
            ("md5", md5.clone().into()),
            ("md5", phrase!("{} (without colons)", md5_hex)),
        ];
        for (form, fingerprint) in [("MD5", spki_md5), ("SHA-256", spki_sha256)] {
            if let Some(fingerprint) = fingerprint {
                lines.push(("spki", format!("{fingerprint} ({form})").into()));
            }
        }
        let fingerprints = &self.provider_fingerprints;
        for (index, (_, fingerprint)) in fingerprints.iter().enumerate() {
            if !fingerprints.iter().take(index).any(|(_, other)| other == fingerprint) {
                let same = fingerprints.iter().filter(|(_, other)| other == fingerprint);
                let ids: Vec<&str> = same.map(|(id, _)| *id).collect();
                lines.push(("there", format!("{fingerprint} ({})", ids.join(", ")).into()));
            }
        }
        let mut text = String::new();
        for (label, line) in lines {
            let label = texts.show(&label.into());
            let gap = COLUMN.saturating_sub(label.width());
            let _ = writeln!(text, "{label}{:gap$}{}", "", texts.show(&line));
        }
        for request in &self.requests {
            let RequestOutline { provider, region, name, provider_fingerprint, .. } = request;
            let _ = writeln!(text, "{provider} {region}: {} {}", request.method, request.url);
            for (name, value) in &request.headers {
                let _ = writeln!(text, "  {name}: {value}");
            }
            let name = Some(name).filter(|name| *name != self.name).map(|name| clean(name));
            for (label, line) in [
                ("form", request.form.as_deref()),
                ("body", request.body.as_deref()),
                ("name there", name.as_deref()),
                ("fingerprint there", provider_fingerprint.as_deref()),
            ] {
                if let Some(line) = line {
                    let label = texts.show(&label.into());
                    let _ = writeln!(text, "  {label}{}{line}", texts.colon);
                }
            }
        }
        text
    }
}

/// Returns the URL, decoded.
fn url(request: &Request, redactor: &Redactor) -> String {
    let pairs = request.query.iter();
    let query: Vec<String> =
        pairs.map(|(name, value)| format!("{name}={}", shown(value, redactor))).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{}{mark}{}", request.origin, request.path, query.join("&"))
}

fn headers(request: &Request, redactor: &Redactor) -> Vec<(String, String)> {
    let host = ("host".to_owned(), request.origin.authority.clone());
    let others = request.headers.iter();
    let others = others.map(|(name, value)| (name.clone(), shown(value, redactor)));
    std::iter::once(host).chain(others).collect()
}

/// Returns the body: as a form, or as something else.
fn body(request: &Request, redactor: &Redactor) -> (Option<String>, Option<String>) {
    let text = String::from_utf8_lossy(&request.body);
    if text.is_empty() {
        return (None, None);
    }
    if let Ok(mut value) = serde_json::from_str(&text) {
        hide(&mut value, redactor);
        return (None, Some(json(&value).trim_end().to_owned()));
    }
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", shown(value, redactor)),
        None => shown(pair, redactor),
    });
    (Some(pairs.collect::<Vec<_>>().join("&")), None)
}

/// Hides the texts of a JSON value that are not shown.
fn hide(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => *text = shown(text, redactor),
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, redactor)),
        Value::Object(members) => members.values_mut().for_each(|member| hide(member, redactor)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns a value, if nothing in it is to be hidden.
fn shown(value: &str, redactor: &Redactor) -> String {
    let displayed = redactor.display(&Untrusted::from(value));
    if *displayed == *value { value.to_owned() } else { HIDDEN.to_owned() }
}

/// Writes pairs as a JSON object.
fn as_map<N: Serialize, S: Serializer>(
    pairs: &[(N, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, text)| (name, text)))
}

pub(super) fn text(outlines: &[Outline<'_>], texts: &Texts) -> String {
    outlines.iter().map(|outline| outline.text(texts)).collect::<Vec<_>>().join("\n")
}

pub(super) fn document(outlines: &[Outline<'_>]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: u32,
        keys: &'a [Outline<'a>],
    }
    json(&Document { schema: SCHEMA, keys: outlines })
}
