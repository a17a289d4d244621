//! Access key id, secret and token: all of them or a clear word on what is missing.

use chrono::{DateTime, Utc};

use super::context::{broken, missing};
use super::fields::Fields;
use crate::error::Error;
use crate::sign::Credential;

/// What a place calls the three parts of a credential.
pub(super) struct Names {
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
    pub(super) token: &'static str,
}

/// Reads a credential out of named values. None of id and secret there is `None`; one of them alone, or one
/// that no signature could carry, is an error that names the place and the value.
pub(super) fn read(
    place: &str,
    names: &Names,
    fields: &Fields,
) -> Result<Option<Credential>, Error> {
    let (id, secret) = match (fields.text(names.id), fields.text(names.secret)) {
        (Some(id), Some(secret)) => (id, secret),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(half(place, names.id, names.secret)),
        (None, Some(_)) => return Err(half(place, names.secret, names.id)),
    };
    let token = fields.text(names.token);
    check(place, names.id, id)?;
    check(place, names.secret, secret)?;
    check(place, names.token, token.unwrap_or_default())?;
    Ok(Some(Credential::new(id, secret, token)))
}

/// Reads a temporary credential, which has all three parts.
pub(super) fn read_temporary(
    place: &str,
    names: &Names,
    fields: &Fields,
) -> Result<Credential, Error> {
    let credential = read(place, names, fields)?.ok_or_else(|| missing(place, names.id))?;
    if credential.token.is_none() {
        return Err(missing(place, names.token));
    }
    Ok(credential)
}

/// Makes the error of a place that holds one half of a pair.
pub(super) fn half(place: &str, there: &str, missing: &str) -> Error {
    broken(format!("{place}: `{there}` is set and `{missing}` is missing"))
}

/// Refuses a value with characters that stand in no key and could not stand in a header.
pub(super) fn check(place: &str, name: &str, value: &str) -> Result<(), Error> {
    if is_sound(value) {
        return Ok(());
    }
    let what = "holds white space, a control character or one outside ASCII";
    Err(broken(format!("{place}: `{name}` {what}"))
        .hinted("copy the value again, without blanks, quotes and line ends"))
}

/// Tells whether a text could stand in a header.
pub(super) fn is_sound(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_graphic())
}

/// Reads a moment as the clouds write it (RFC 3339).
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| time.to_utc())
}

/// Reads a Unix time in seconds, or in thousandths, millionths or billionths of one.
pub(super) fn unix_moment(number: i64) -> Option<DateTime<Utc>> {
    match number {
        ..=0 => None,
        1..1_000_000_000_000 => DateTime::from_timestamp_secs(number),
        1_000_000_000_000..1_000_000_000_000_000 => DateTime::from_timestamp_millis(number),
        1_000_000_000_000_000..1_000_000_000_000_000_000 => DateTime::from_timestamp_micros(number),
        1_000_000_000_000_000_000.. => Some(DateTime::from_timestamp_nanos(number)),
    }
}
