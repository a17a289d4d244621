//! Decoding that responses of all providers share.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize as _, Deserializer};
use serde_json::Value;

use crate::redact::Untrusted;
use crate::wire::Response;

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

/// Reads `Retry-After` in seconds (RFC 9110, section 10.2.3); a date is ignored.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    response.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// Reads a time in RFC 3339, with or without seconds.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc3339(&text.replace('Z', ":00Z")));
    time.ok().map(|time| time.to_utc())
}
