//! A request as it came over the wire.

use std::io::{self, Read};

use keyimport::sandbox::RawRequest;

/// A request: its head byte for byte, and its body.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The host that the proxy was asked for, or that of the `Host` header; without port and `.localhost`.
    pub host: String,
    pub head: String,
    pub body: Vec<u8>,
    /// How many requests came to this server before, and how many of them to this host.
    pub number: usize,
    pub before: usize,
}

impl Seen {
    /// Returns the request line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    /// Returns path and query as they were sent.
    pub fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap()
    }

    /// Returns the raw value of a query parameter.
    pub fn raw(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target().split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// Returns the headers in the order of the wire, names in small letters.
    pub fn headers(&self) -> Vec<(String, String)> {
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        self.head.lines().skip(1).map(header).collect()
    }

    pub fn header(&self, wanted: &str) -> Option<String> {
        self.headers().into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }

    /// Returns the sorted names of all headers.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.headers().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// Tells whether this is an import, at whatever cloud.
    pub fn is_import(&self) -> bool {
        self.line().starts_with("PUT ")
            || self.raw("Action") == Some("ImportKeyPair")
            || self.body.starts_with(b"Action=ImportKeyPair&")
            || ["x-acs-action", "x-tc-action"]
                .iter()
                .any(|name| self.header(name).as_deref() == Some("ImportKeyPair"))
    }

    /// Returns the request as the sandbox takes it.
    pub fn received(&self) -> RawRequest {
        let method = self.line().split(' ').next().unwrap().to_owned();
        let target = self.target().to_owned();
        RawRequest { method, target, headers: self.headers(), body: self.body.clone() }
    }
}

/// Reads the head of a request, without the empty line; nothing if the client sends no more.
pub fn head(stream: &mut impl Read) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        bytes.push(byte[0]);
    }
    bytes.truncate(bytes.len() - 4);
    Ok(Some(String::from_utf8(bytes).unwrap()))
}

/// Reads a request; nothing if the client sends no more.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<Seen>> {
    let Some(head) = head(stream)? else { return Ok(None) };
    let mut seen = Seen { host: String::new(), head, body: Vec::new(), number: 0, before: 0 };
    let host = seen.header("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    host.trim_end_matches(".localhost").clone_into(&mut seen.host);
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    seen.body.resize(length, 0);
    stream.read_exact(&mut seen.body)?;
    Ok(Some(seen))
}
