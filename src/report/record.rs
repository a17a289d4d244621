//! Results as JSON, which cannot control a terminal. Names are stable; new ones may be added.

use std::fmt::Write as _;

use serde::Serialize;

use super::message::{cause, error_response};
use crate::error::{Error, ErrorKind};
use crate::import::{Outcome, Status, Verification};
use crate::key::PublicKey;
use crate::lang::ENGLISH;
use crate::provider::ImportJob;
use crate::redact::{SafeText, clean, is_harmful};

/// The schema version; it changes only when a name is removed or changes its meaning.
pub(super) const SCHEMA: u32 = 1;

/// One target and its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The id of the cloud.
    pub provider: &'static str,
    /// The job.
    pub job: &'a ImportJob,
    /// How it ended.
    pub outcome: &'a Outcome,
}

impl<'a> Row<'a> {
    /// Returns the name under which the key is stored, or was to be stored.
    pub(super) fn name(self) -> &'a str {
        match (&self.outcome.stored, self.outcome.status) {
            (Some(pair), Status::AlreadyPresentAs) => &pair.name,
            _ => &self.job.name,
        }
    }
}

/// The JSON object of one target.
#[derive(Serialize)]
struct Record<'a> {
    schema: u32,
    provider: &'a str,
    region: &'a str,
    name: &'a str,
    status: Status,
    changed: Option<bool>,
    verified: Verification,
    key: Key<'a>,
    provider_fingerprint: Option<&'a SafeText>,
    id: Option<&'a SafeText>,
    request_ids: &'a [SafeText],
    attempts: u32,
    elapsed_ms: u128,
    /// Only where a response was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'a str>,
    error: Option<Failure>,
}

/// A key in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Key<'a> {
    #[serde(rename = "type")]
    pub algorithm: &'a str,
    pub bits: u32,
    pub sha256: &'a str,
    pub md5: String,
    pub source: &'a str,
}

impl<'a> Key<'a> {
    pub(super) fn new(key: &'a PublicKey, source: &'a str) -> Self {
        Self {
            algorithm: key.algorithm(),
            bits: key.bits(),
            sha256: key.sha256(),
            md5: key.md5_colons(),
            source,
        }
    }
}

/// An error in JSON.
#[derive(Serialize)]
struct Failure {
    kind: ErrorKind,
    code: Option<SafeText>,
    message: String,
    hint: String,
    http_status: Option<u16>,
    request_id: Option<SafeText>,
    retryable: bool,
}

impl<'a> Record<'a> {
    fn new(row: Row<'a>) -> Self {
        let Row { provider, job, outcome } = row;
        let stored = outcome.stored.as_ref();
        Self {
            schema: SCHEMA,
            provider,
            region: &job.endpoint.region,
            name: row.name(),
            status: outcome.status,
            changed: outcome.changed,
            verified: outcome.verified,
            key: Key::new(&job.key, &job.source),
            provider_fingerprint: stored.and_then(|pair| pair.fingerprint.as_ref()),
            id: stored.and_then(|pair| pair.id.as_ref()),
            request_ids: &outcome.request_ids,
            attempts: outcome.requests,
            elapsed_ms: outcome.elapsed.as_millis(),
            remark: outcome.remark.as_deref(),
            error: outcome.error.as_ref().map(failure),
        }
    }
}

/// Formats a target as one line.
pub(super) fn line(row: Row<'_>) -> String {
    json(&Record::new(row))
}

/// Makes the JSON form of an error: the message and its causes in one line, and the hint.
fn failure(error: &Error) -> Failure {
    let response = error_response(error);
    let message = match cause(error, &ENGLISH) {
        Some(cause) => format!("{}: {cause}", error.message()),
        None => error.message().into_owned(),
    };
    Failure {
        kind: error.kind(),
        code: response.map(|response| response.code.clone()).filter(|code| !code.is_empty()),
        message: clean(&message).into_owned(),
        hint: clean(error.hint()).into_owned(),
        http_status: response.map(|response| response.status),
        request_id: response.and_then(|response| response.request_id.clone()),
        retryable: error.kind().is_transient() || error.kind() == ErrorKind::OutcomeUnknown,
    }
}

/// Formats a whole run, or the errors that kept it from starting, as one line.
pub(super) fn document(rows: &[Row<'_>], errors: &[Error], exit_code: u8) -> String {
    let mut counts = serde_json::Map::new();
    for status in Status::ALL {
        let count = rows.iter().filter(|row| row.outcome.status == *status).count();
        if let Ok(serde_json::Value::String(name)) = serde_json::to_value(status) {
            counts.insert(name, count.into());
        }
    }
    json(&Document {
        schema: SCHEMA,
        results: rows.iter().map(|row| Record::new(*row)).collect(),
        summary: Summary { targets: rows.len(), counts, exit_code },
        error: errors.first().map(failure),
        errors: if errors.len() > 1 { errors.iter().map(failure).collect() } else { Vec::new() },
    })
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    results: Vec<Record<'a>>,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Failure>,
}

#[derive(Serialize)]
struct Summary {
    targets: usize,
    #[serde(flatten)]
    counts: serde_json::Map<String, serde_json::Value>,
    exit_code: u8,
}

/// Formats each item as one line.
pub(super) fn lines<T: Serialize>(items: &[T]) -> String {
    #[derive(Serialize)]
    struct Line<'a, T> {
        schema: u32,
        #[serde(flatten)]
        item: &'a T,
    }
    items.iter().map(|item| json(&Line { schema: SCHEMA, item })).collect()
}

/// Formats a value as one line. All characters that could control a terminal are escaped; JSON itself requires
/// that of the first 32 only. <https://www.rfc-editor.org/rfc/rfc8259#section-7>
pub(super) fn json(value: &impl Serialize) -> String {
    // Texts, numbers and maps with text keys can always be serialised.
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut line = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        if is_harmful(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(letter);
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_comes_back() {
        let text = "a\u{1b}\u{9b}\u{202e}\u{e0041}密\"\\";
        let line = json(&text);
        assert_eq!(line, "\"a\\u001b\\u009b\\u202e\\udb40\\udc41密\\\"\\\\\"\n");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
