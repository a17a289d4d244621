//! Decoding of responses: what all providers share.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{CreationTime, KeyPair};
use crate::error::ErrorResponse;
use crate::redact::Untrusted;
use crate::wire::Response;

/// How a provider's responses are decoded.
pub trait Decode {
    /// Decodes an error response: `Some` for every status outside 2xx, and for some responses with 200.
    fn read_error(&self, response: &Response) -> Option<ErrorResponse>;
    /// Decodes the request id, by which the vendor's support finds the request.
    fn read_request_id(&self, response: &Response) -> Option<Untrusted>;
    /// Decodes the response to an import.
    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError>;
    /// Decodes the response to the look-up of a page; `page` is the token that asked for it.
    fn read_lookup(
        &self,
        response: &Response,
        page: Option<&str>,
    ) -> Result<Page<KeyPair>, DecodeError>;
    /// Decodes a page of regions.
    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError>;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The token of the next page, if there is one.
    pub next: Option<String>,
}

/// A successful response that cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It says where, and not what: the parser's own message quotes the response, which may repeat the key.
    #[error("unexpected {format} in the response (line {line}, column {column})")]
    Unexpected {
        /// `JSON` or `XML`.
        format: &'static str,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A field that is required here.
    #[error("the response has no `{0}`")]
    Missing(&'static str),
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unexpected { format: "JSON", line: error.line(), column: error.column() }
    }
}

/// Reads a text, and any other value as an empty one: a code must not be lost because the message beside it is `null`.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Untrusted, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text.into(),
        Value::Number(number) => number.to_string().into(),
        _ => Untrusted::default(),
    })
}

/// Reads a text that may be left out; an empty one is `None`.
pub(super) fn some_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Untrusted>, D::Error> {
    Ok(Some(text(deserializer)?).filter(|text| !text.is_empty()))
}

/// Code and message of an error, as two providers write them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ErrorBody {
    #[serde(deserialize_with = "text")]
    pub(super) code: Untrusted,
    #[serde(deserialize_with = "text")]
    pub(super) message: Untrusted,
}

/// A region in a response; the providers differ in the case of the name.
#[derive(Deserialize)]
pub(super) struct RegionBody {
    #[serde(rename = "RegionId", alias = "regionId")]
    pub(super) id: String,
}

/// Reads how long to wait: a header of the provider's own, in milliseconds, before `Retry-After`, in seconds (RFC 9110,
/// section 10.2.3). A date is ignored.
pub(super) fn retry_after(response: &Response, own_header: Option<&str>) -> Option<Duration> {
    let number = |name: &str| response.header(name)?.trim().parse().ok();
    let own = own_header.and_then(number).map(Duration::from_millis);
    own.or_else(|| number("retry-after").map(Duration::from_secs))
}

/// Reads a creation time. One in another form, or of another type, is `None`: the rest of the response still counts.
pub(super) fn creation_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<CreationTime>, D::Error> {
    Ok(parse_creation_time(text(deserializer)?.as_str()))
}

/// Parses a time in RFC 3339 and in forms near it: without seconds, with a blank for the `T`, with any offset or none.
/// A fraction does not make the unit smaller, for a server may pad a whole second with zeros.
pub(super) fn parse_creation_time(text: &str) -> Option<CreationTime> {
    let text = text.trim().replacen(' ', "T", 1);
    [("%Y-%m-%dT%H:%M:%S%.f", 1), ("%Y-%m-%dT%H:%M", 60)].into_iter().find_map(|(form, unit)| {
        let unit = Duration::from_secs(unit);
        if let Ok(time) = DateTime::parse_from_str(&text, &format!("{form}%#z")) {
            return Some(CreationTime { from: time.to_utc(), unit });
        }
        // The local time of an unknown place: offsets go from -12:00 to +14:00.
        let local = NaiveDateTime::parse_from_str(&text, form).ok()?.and_utc();
        let from = local.checked_sub_signed(TimeDelta::hours(14))?;
        Some(CreationTime { from, unit: unit + Duration::from_secs(26 * 3600) })
    })
}
