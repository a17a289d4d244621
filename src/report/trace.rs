//! The exchange with a cloud as `-vv` shows it: names and harmless values, no secret, no key.

use std::fmt::Write as _;

use super::clean;
use crate::redact::redact_all;
use crate::wire::{Request, Response};

/// Parameters and headers whose values are shown; all others are hidden.
const SHOWN: &[&str] = &[
    "action", "version", "format", "regionid", "keypairname", "keypairnames.1", "includepublickey",
    "pagesize", "pagenumber", "maxresults", "maxkeys", "name", "import", "timestamp", "x-date",
    "x-bce-date", "x-acs-date", "x-acs-action", "x-acs-version", "content-type", "signaturemethod",
    "signatureversion", "fingerprint", "keypairfingerprint", "acceptlanguage",
];

/// The longest part of a body that is taken for a word rather than for data.
const LONGEST_WORD: usize = 20;

/// So much of a refusal's body is looked at.
const LONGEST_BODY: usize = 8 * 1024;

/// Formats a request.
pub fn request(request: &Request) -> String {
    let query = request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={}", shown(name, value)))
        .collect::<Vec<_>>()
        .join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let mut text =
        format!("> {} {}{}{mark}{query}\n", request.method, request.origin, request.path);
    for (name, value) in &request.headers {
        let _ = writeln!(text, "> {name}: {}", clean(shown(name, value)));
    }
    if !request.body.is_empty() {
        let _ = writeln!(text, "> ({} bytes)", request.body.len());
    }
    text
}

fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if SHOWN.contains(&name.to_ascii_lowercase().as_str()) { value } else { "***" }
}

/// Formats the answer to a request; a refusal's body is shown, without what the request hid.
pub fn response(request: &Request, response: &Response) -> String {
    let hidden = hidden(request);
    let without = |text: &str| redact_all(text, &hidden);
    let mut text = format!("< {}\n", response.status);
    for (name, value) in &response.headers {
        let harmless = ["date", "content-type", "retry-after", "server"].contains(&name.as_str())
            || name.contains("request-id")
            || name.contains("logid");
        if harmless {
            let _ = writeln!(text, "< {}: {}", clean(name), clean(&without(value)));
        }
    }
    if (200..300).contains(&response.status) {
        let _ = writeln!(text, "< ({} bytes)", response.body.len());
        return text;
    }
    // Far more than is shown.
    let head = response.body.get(..LONGEST_BODY).unwrap_or(&response.body);
    let _ = writeln!(text, "< {}", clean(&without(&String::from_utf8_lossy(head))));
    text
}

/// Puts the target that a block is about before each of its lines.
pub fn labelled(place: &str, block: &str) -> String {
    let place = clean(place);
    block.split_inclusive('\n').flat_map(|line| [&place, ": ", line]).collect()
}

/// Returns what a request holds and is not shown. A key line, in a parameter or in JSON, may be echoed in parts.
fn hidden(request: &Request) -> Vec<&str> {
    let pairs = request.query.iter().chain(&request.headers);
    let values = pairs
        .filter(|(name, value)| shown(name, value) != value.as_str())
        .flat_map(|(_, value)| std::iter::once(value.as_str()).chain(value.split(' ')));
    let body = std::str::from_utf8(&request.body).unwrap_or_default();
    // Names of fields and short values, which explain a refusal, are no secrets.
    let long = body.split([' ', '"']).filter(|part| part.len() > LONGEST_WORD);
    values.chain(long).collect()
}
