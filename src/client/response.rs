//! Error responses: the one function that gives them their kind.

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind};
use crate::provider::{self, Provider};
use crate::redact::Redactor;
use crate::wire::Response;

/// Returns the error of an error response: its kind by the provider's error table, its text redacted.
///
/// `now` is this machine's time, for the hint about a clock that is wrong.
pub fn check_response(
    provider: &dyn Provider,
    response: &Response,
    redactor: &Redactor,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let Some(error_response) = provider.read_error(response) else { return Ok(()) };
    let info = provider.info();
    let kind = provider::classify(info.error_codes, &error_response);
    let mut error = Error::new(kind, format!("{} refused the request", info.title));
    if kind == ErrorKind::ClockSkew
        && let Some(theirs) = server_time(response)
    {
        error = error.hinted(format!(
            "set the clock of this machine: it says {}, the server says {}",
            now.format("%Y-%m-%d %H:%M:%SZ"),
            theirs.format("%Y-%m-%d %H:%M:%SZ")
        ));
    }
    if (300..400).contains(&response.status) {
        error = error.hinted("redirects are not followed; check `--endpoint` and proxies");
    }
    Err(error.with_response(error_response.display(redactor)))
}

/// Reads the `Date` header (RFC 9110, section 6.6.1).
pub(super) fn server_time(response: &Response) -> Option<DateTime<Utc>> {
    let date = response.header("date")?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| date.to_utc())
}
