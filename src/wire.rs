//! Requests and responses as plain data. `Debug` shows names, never values.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU16;

use crate::encode;

/// Scheme and authority of a request. The authority is also the `Host` header and what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Plain `http` instead of `https`.
    pub plain: bool,
    /// Host, and the port unless it is the scheme's default.
    pub authority: String,
}

impl Origin {
    /// The origin of a host that serves `https` on port 443.
    pub fn https(host: impl Into<String>) -> Self {
        Self { plain: false, authority: host.into() }
    }

    /// Returns host and port for messages. A host of the sandbox, whose name is below `localhost`, is shown as the cloud's.
    pub fn shown_host(&self) -> &str {
        let cloud = self.host().strip_suffix(".localhost");
        let cloud = cloud.map(|host| host.strip_suffix(".invalid").unwrap_or(host));
        cloud.unwrap_or(&self.authority)
    }

    /// Returns the authority without its port.
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// Returns the port, which is the scheme's default if the authority has none.
    pub fn port(&self) -> u16 {
        let port = self.authority.strip_prefix(self.host()).and_then(|port| port.strip_prefix(':'));
        let default = if self.plain { 80 } else { 443 };
        port.and_then(|port| port.parse().ok()).unwrap_or(default)
    }

    /// Whether the host is this machine: `localhost`, a name below it (RFC 6761) or a loopback address.
    pub fn is_loopback(&self) -> bool {
        let host = self.host().to_ascii_lowercase();
        let bare = unbracketed(&host);
        bare == "localhost"
            || bare.ends_with(".localhost")
            || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.plain { "http" } else { "https" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// Takes the brackets off an IPv6 address.
pub fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

/// Reads a port, which is written in digits alone.
pub fn port(text: &str) -> Option<NonZeroU16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A request. Path and query are decoded here and encoded once, by [`Request::target`].
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// Scheme and authority.
    pub origin: Origin,
    /// The path, decoded.
    pub path: String,
    /// Query pairs, decoded, in the order of the wire.
    pub query: Vec<(String, String)>,
    /// Headers, without `Host`, which is the origin's authority.
    pub headers: Vec<(String, String)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// Path and query as somebody else encoded them, sent as they are in place of the two above. Not for signed requests.
    pub raw_target: Option<String>,
}

impl Request {
    /// A request without query, headers and body.
    pub fn new(method: &'static str, origin: Origin, path: impl Into<String>) -> Self {
        let path = path.into();
        let (query, headers, body) = (Vec::new(), Vec::new(), Vec::new());
        Self { method, origin, path, query, headers, body, raw_target: None }
    }

    /// Adds a query pair.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a query pair if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a header; the name is in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Moves the query into the body, as a form, in which a space is `+`.
    #[must_use]
    pub fn into_form(mut self) -> Self {
        self.body = encode::query(&self.query).replace("%20", "+").into_bytes();
        self.query.clear();
        self.header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
    }

    /// Returns path and query as they are sent, encoded as they are signed.
    pub fn target(&self) -> String {
        if let Some(target) = &self.raw_target {
            return target.clone();
        }
        let path = encode::percent_path(&self.path);
        if self.query.is_empty() { path } else { format!("{path}?{}", encode::query(&self.query)) }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &self.origin)
            .field("path", &self.path)
            .field("query", &names(&self.query))
            .field("headers", &names(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// A response: status, headers (names in lower case) and the whole body.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the value of a header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names(&self.headers))
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

fn names(pairs: &[(String, String)]) -> Vec<&str> {
    pairs.iter().map(|(name, _)| name.as_str()).collect()
}
