//! Access key id, secret and session token: read from named values and checked.

use chrono::{DateTime, Utc};

use super::context::{invalid, missing};
use super::fields::Fields;
use crate::error::Error;
use crate::phrase::phrase;
use crate::provider::credential_spec::KeyFields;
use crate::sign::Credential;

/// Reads a key, with session token and expiration if there are any; `None` when neither id nor secret is there. One of
/// them alone is an error, and so is a value that no signature could carry.
pub(super) fn read(fields: &Fields, names: &KeyFields) -> Result<Option<Credential>, Error> {
    let (id, secret) = match (fields.text(names.id), fields.text(names.secret)) {
        (Some(id), Some(secret)) => (id, secret),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(incomplete(names.id, names.secret)),
        (None, Some(_)) => return Err(incomplete(names.secret, names.id)),
    };
    check(names.id, id)?;
    check(names.secret, secret)?;
    let tokens = [names.older_token, names.token].into_iter().flatten();
    let tokens = tokens.filter_map(|name| Some((name, fields.text(name)?)));
    tokens.clone().try_for_each(|(name, token)| check(name, token))?;
    let credential = Credential::new(id, secret, tokens.map(|(_, token)| token).next());
    Ok(Some(credential.until(expiration(fields, names))))
}

/// Reads when a key expires, if that is there.
pub(super) fn expiration(fields: &Fields, names: &KeyFields) -> Option<DateTime<Utc>> {
    names.expiration.iter().find_map(|name| {
        let text = fields.text(name).and_then(parse_rfc3339);
        text.or_else(|| fields.number(name).and_then(parse_unix_time))
    })
}

/// Reads a key that has a session token.
pub(super) fn read_with_token(fields: &Fields, names: &KeyFields) -> Result<Credential, Error> {
    let credential = read(fields, names)?.ok_or_else(|| missing(names.id))?;
    match (&credential.token, names.token) {
        (None, Some(name)) => Err(missing(name)),
        _ => Ok(credential),
    }
}

fn incomplete(set: &str, missing: &str) -> Error {
    invalid(phrase!("`{}` is set and `{}` is missing", set, missing))
}

/// Refuses a value with characters that no key has and no header can carry.
pub(super) fn check(name: &str, value: &str) -> Result<(), Error> {
    check_quotes(name, value)?;
    if is_header_safe(value) {
        return Ok(());
    }
    let what = "holds white space, a control character or one outside ASCII";
    Err(invalid(phrase!("`{}` {}", name, what))
        .hinted("copy the value again, without spaces and line ends"))
}

/// Quotes that are copied together with a value, also as word processors set them.
pub const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

/// What to do about such quotes.
pub const QUOTES_HINT: &str =
    "remove the quotes: a shell takes them off, but here they are part of the value";

/// Refuses a value that was copied with its quotes.
pub(super) fn check_quotes(name: &str, value: &str) -> Result<(), Error> {
    if is_quoted(value) {
        return Err(invalid(phrase!("`{}` begins or ends with a quote", name)).hinted(QUOTES_HINT));
    }
    Ok(())
}

/// Whether a value begins or ends with a quote, as it does when it was copied with its quotes.
pub fn is_quoted(value: &str) -> bool {
    value.starts_with(QUOTES) || value.ends_with(QUOTES)
}

pub(super) fn is_header_safe(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_graphic())
}

pub(super) fn parse_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text.trim()).ok().map(|time| time.to_utc())
}

/// Reads a Unix time in seconds, milliseconds, microseconds or nanoseconds.
pub(super) fn parse_unix_time(number: i64) -> Option<DateTime<Utc>> {
    match number {
        ..=0 => None,
        1..1_000_000_000_000 => DateTime::from_timestamp_secs(number),
        1_000_000_000_000..1_000_000_000_000_000 => DateTime::from_timestamp_millis(number),
        1_000_000_000_000_000..1_000_000_000_000_000_000 => DateTime::from_timestamp_micros(number),
        1_000_000_000_000_000_000.. => Some(DateTime::from_timestamp_nanos(number)),
    }
}
