//! A request as it was received, the sandbox's own parsing of it, and the responses.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::wire::Response;

/// A raw request. `Debug` shows the names of headers and no value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawRequest {
    /// The HTTP method.
    pub method: String,
    /// Path and query, exactly as they were received.
    pub target: String,
    /// Headers with names in lower case, `host` among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path())
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl RawRequest {
    /// Returns the value of a header, trimmed.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim())
    }

    /// Returns how many headers have a name.
    pub(super) fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(other, _)| other == name).count()
    }

    /// Returns the decoded path.
    pub fn path(&self) -> String {
        percent_decode(self.target.split_once('?').map_or(&*self.target, |(path, _)| path))
    }

    /// Returns the decoded parameters of the query.
    pub(super) fn query(&self) -> Params {
        Params::parse(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    /// Returns the decoded parameters of a form in the body.
    pub(super) fn form(&self) -> Params {
        Params::parse(&String::from_utf8_lossy(&self.body))
    }

    /// Returns the host without port, brackets and `.localhost`, which leads a cloud's host name to this machine.
    pub(super) fn host(&self) -> String {
        let host = self.header("host").unwrap_or_default().to_ascii_lowercase();
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &*host,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.strip_suffix(".localhost").unwrap_or(host).to_owned()
    }
}

/// Parameters as received, names and values decoded.
pub(super) struct Params(pub(super) Vec<(String, String)>);

impl Params {
    fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// Returns a value, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// Returns a number from 1 to `most`: the default where there is none, and `None` where the value is another one.
    pub(super) fn number(&self, name: &str, default: usize, most: usize) -> Option<usize> {
        match self.get(name) {
            None => Some(default),
            Some(text) => text.parse().ok().filter(|number| (1..=most).contains(number)),
        }
    }

    /// Returns whether there is a parameter, even an empty one.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Returns the values of `Name.1`, `Name.2` and so on.
    pub(super) fn numbered(&self, name: &str) -> Vec<&str> {
        (1..).map_while(|number| self.get(&format!("{name}.{number}"))).collect()
    }

    /// Returns the tags `Name.N.Key` and `Name.N.Value` in the order of their numbers.
    pub(super) fn tags(&self, name: &str) -> Vec<(String, String)> {
        let mut tags: BTreeMap<u32, (String, String)> = BTreeMap::new();
        for (other, value) in &self.0 {
            let part = other.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
            let Some((number, field)) = part.and_then(|part| part.split_once('.')) else {
                continue;
            };
            let Ok(number) = number.parse() else { continue };
            let (tag_key, tag_value) = tags.entry(number).or_default();
            match field {
                "Key" => tag_key.clone_from(value),
                "Value" => tag_value.clone_from(value),
                _ => {}
            }
        }
        tags.into_values().collect()
    }
}

/// Decodes a name or a value of a query, in which `+` is a space.
fn decode(text: &str) -> String {
    percent_decode(&text.replace('+', " "))
}

/// Decodes a text. A `%` without two hex digits stays as it is: encoded again, it matches no signature.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, after) = decode_escape(rest).unwrap_or((first, tail));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Decodes an escape at the beginning of a text; returns its byte and the rest.
fn decode_escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'%', high, low, after @ ..] = text else { return None };
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
    Some((digit(*high)? << 4 | digit(*low)?, after))
}

/// Makes a response with a JSON body.
pub(super) fn json(status: u16, body: &Value) -> Response {
    with_body(status, "application/json;charset=UTF-8", &body.to_string())
}

/// Makes a response with an XML body.
pub(super) fn xml(status: u16, body: &str) -> Response {
    with_body(status, "text/xml;charset=UTF-8", body)
}

/// Makes a response with a plain text.
pub(super) fn plain(status: u16, text: &str) -> Response {
    with_body(status, "text/plain;charset=UTF-8", text)
}

fn with_body(status: u16, kind: &str, body: &str) -> Response {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Response { status, headers, body: body.into() }
}

/// The result of what may end in an error response.
pub(super) type Result<T> = std::result::Result<T, ApiError>;

/// Ends a request with an error response.
pub(super) fn refuse<T>(status: u16, code: &str, message: impl Into<String>) -> Result<T> {
    Err(ApiError::new(status, code, message))
}

/// An error response before it has a form. `Debug` leaves the message out, which may repeat a token.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The error code.
    pub code: String,
    /// The message.
    pub message: String,
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl ApiError {
    /// Makes an error response.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }
}
