//! An exchange with a server as `-vv` shows it: names, harmless values and error responses, without secrets and keys.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::redact::{Redactor, SafeText, Untrusted, clean};
use crate::wire::{Request, Response};

/// Response headers that are shown, besides those with a request id.
const HEADERS: &[&str] = &["date", "content-type", "retry-after", "server"];

/// Formats a request. Values of parameters and headers are shown when `traceable` (in lower case) holds the name.
pub fn request(request: &Request, traceable: &[&str]) -> String {
    let mut text = format!("> {} {}\n", request.method, url(request, traceable));
    for (name, value) in &request.headers {
        let _ = writeln!(text, "> {name}: {}", clean(shown(name, value, traceable)));
    }
    if let Some(form) = form(request, traceable) {
        let _ = writeln!(text, "> {}", clean(&form));
    } else if !request.body.is_empty() {
        let _ = writeln!(text, "> ({} bytes)", request.body.len());
    }
    text
}

/// Returns the form in the body of a request, if it is one, with `***` for the values of parameters that are not
/// traceable.
fn form(request: &Request, traceable: &[&str]) -> Option<String> {
    let mut headers = request.headers.iter();
    let (_, kind) = headers.find(|(name, _)| name == "content-type")?;
    let body = std::str::from_utf8(&request.body).ok()?;
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    kind.starts_with("application/x-www-form-urlencoded").then(|| joined(pairs, traceable))
}

/// Returns the URL of a request, with `***` for the values of parameters that are not traceable. A raw target may hold
/// a secret anywhere, so `***` stands for all of it.
fn url(request: &Request, traceable: &[&str]) -> String {
    if request.raw_target.is_some() {
        return format!("{}/***", request.origin);
    }
    let pairs = request.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mark = if request.query.is_empty() { "" } else { "?" };
    format!("{}{}{mark}{}", request.origin, request.path, joined(pairs, traceable))
}

fn joined<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, traceable: &[&str]) -> String {
    let pairs = pairs.map(|(name, value)| format!("{name}={}", shown(name, value, traceable)));
    pairs.collect::<Vec<_>>().join("&")
}

fn shown<'a>(name: &str, value: &'a str, traceable: &[&str]) -> &'a str {
    if traceable.contains(&name.to_ascii_lowercase().as_str()) { value } else { "***" }
}

/// Formats a response. Of a success the size of the body is shown, of an error response the body.
pub fn response(response: &Response, redactor: &Redactor) -> String {
    let is_shown = |name: &str| {
        let is_id = ["request-id", "requestid", "logid"].iter().any(|part| name.contains(part));
        is_id || HEADERS.contains(&name)
    };
    let headers: Vec<_> = response.headers.iter().filter(|(name, _)| is_shown(name)).collect();
    let display = |value: &String| redactor.display(&Untrusted::from(value.as_str()));
    let values: Vec<SafeText> = headers.iter().map(|(_, value)| display(value)).collect();
    let is_success = (200..300).contains(&response.status);
    let body = if is_success { Cow::default() } else { String::from_utf8_lossy(&response.body) };
    let mut together: Vec<&str> = values.iter().map(|value| &**value).collect();
    together.extend(texts(&body));
    let is_split = redactor.is_split(&together);
    let shown = |value: &SafeText| if is_split { "***".to_owned() } else { value.to_string() };
    let mut text = format!("< {}\n", response.status);
    for ((name, _), value) in headers.iter().zip(&values) {
        let _ = writeln!(text, "< {}: {}", clean(name), shown(value));
    }
    let _ = if is_success {
        writeln!(text, "< ({} bytes)", response.body.len())
    } else {
        writeln!(text, "< {}", shown(&redactor.display_bytes(&response.body)))
    };
    text
}

/// Returns the strings of JSON without the names, or what stands between the tags of XML, in order.
fn texts(body: &str) -> Vec<&str> {
    if body.trim_start().starts_with('<') {
        let tags = body.split('<').filter_map(|piece| piece.split_once('>'));
        return tags.map(|(_, text)| text).collect();
    }
    let pieces: Vec<&str> = body.split('"').collect();
    let strings = pieces.iter().skip(1).step_by(2).zip(pieces.iter().skip(2).step_by(2));
    let values = strings.filter(|(_, after)| !after.trim_start().starts_with(':'));
    values.map(|(text, _)| *text).collect()
}
