//! A request as it came off the wire, and the sandbox's own reading of it.

use std::collections::BTreeMap;
use std::fmt;

use super::percent;

/// A raw request. `Debug` shows the names of headers and no value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawRequest {
    /// The HTTP method.
    pub method: String,
    /// Path and query, byte for byte as they were sent.
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
    /// Returns the value of a header, without the white space around it.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim())
    }

    /// Tells how often a header stands in the request.
    pub(super) fn count(&self, name: &str) -> usize {
        self.headers.iter().filter(|(other, _)| other == name).count()
    }

    /// Returns the decoded path.
    pub fn path(&self) -> String {
        percent::decode_path(self.target.split_once('?').map_or(&*self.target, |(path, _)| path))
    }

    /// Returns the decoded query pairs in the order of the wire.
    pub(super) fn query(&self) -> Params {
        Params::parse(self.target.split_once('?').map_or("", |(_, query)| query))
    }

    /// Returns the decoded pairs of a form body; nothing for a body of another type.
    pub(super) fn form(&self) -> Params {
        let is_form = self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if is_form {
            Params::parse(&String::from_utf8_lossy(&self.body))
        } else {
            Params::default()
        }
    }

    /// Returns the name of the host that was asked: no port, no brackets, and no `.localhost`, by which a
    /// client reaches the sandbox under a cloud's name.
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

/// Parameters in the order of the wire, names and values decoded.
#[derive(Clone, Default)]
pub(super) struct Params(pub(super) Vec<(String, String)>);

impl Params {
    fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent::decode(name), percent::decode(value))
        });
        Self(pairs.collect())
    }

    /// Adds other pairs behind these.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Returns a value; an empty one counts as not given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// Returns a value, were it empty.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Returns the values of a list `Name.1`, `Name.2` in the order of its numbers.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let numbered: BTreeMap<u32, &str> = self
            .0
            .iter()
            .filter_map(|(other, value)| {
                let number = other.strip_prefix(name)?.strip_prefix('.')?.parse().ok()?;
                Some((number, value.as_str()))
            })
            .collect();
        numbered.into_values().collect()
    }

    /// Returns the tags `Name.N.Key` and `Name.N.Value` in the order of their numbers.
    pub(super) fn tags(&self, name: &str) -> Vec<Tag> {
        let mut tags: BTreeMap<u32, Tag> = BTreeMap::new();
        for (other, value) in &self.0 {
            let Some(part) = other.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'))
            else {
                continue;
            };
            let Some((number, field)) = part.split_once('.') else { continue };
            let Ok(number) = number.parse() else { continue };
            let tag = tags.entry(number).or_insert_with(|| Tag { number, ..Tag::default() });
            match field {
                "Key" => tag.key.clone_from(value),
                "Value" => tag.value.clone_from(value),
                _ => {}
            }
        }
        tags.into_values().collect()
    }
}

/// One tag of a request.
#[derive(Clone, Default)]
pub(super) struct Tag {
    pub(super) number: u32,
    pub(super) key: String,
    pub(super) value: String,
}

/// Returns whether a character is a Chinese one, which some values may have.
pub(super) fn is_chinese(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}
