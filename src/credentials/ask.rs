//! Requests that bring a credential: each within its limit, and tried again where that can help.

use std::time::Duration;

use super::context::{Context, broken};
use super::display;
use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::ports::SendError;
use crate::provider::{ErrorRule, classify};
use crate::redact::Redactor;
use crate::sign::Stamp;
use crate::wire::{Request, Response};

/// How much is done for an answer.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    limit: Duration,
    tries: u32,
}

/// A security token service, somewhere on the network.
pub(super) const SERVICE: Effort = Effort { limit: Duration::from_secs(10), tries: 3 };

/// The metadata service of the machine, which answers at once where there is one.
pub(super) const METADATA: Effort = Effort { limit: Duration::from_secs(1), tries: 3 };

/// A question whether there is a metadata service.
pub(super) const PROBE: Effort = Effort { limit: Duration::from_secs(1), tries: 1 };

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(10);

/// Sends a request, made anew for every try, and reads the answer.
///
/// What the reader calls transient, and an answer that did not come, is tried again; a user who stops the run
/// does not wait for it.
pub(super) async fn ask<A>(
    ctx: Context<'_>,
    effort: Effort,
    make: impl Fn(&Stamp) -> Request,
    read: impl Fn(&Response) -> Result<A, Error>,
) -> Result<A, Error> {
    let mut tried = 0;
    loop {
        let request = make(&ctx.clock.stamp());
        ctx.asked.note(&request.origin.authority);
        let answer = tokio::select! {
            answer = ctx.transport.send(&request, effort.limit) => answer,
            () = ctx.clock.cancelled() => Err(SendError::cancelled()),
        };
        let error = match answer {
            Ok(response) => match read(&response) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            },
            Err(lost) if lost.permanent => return Err(unanswered(&request, &lost)),
            Err(lost) => unanswered(&request, &lost),
        };
        tried += 1;
        if tried >= effort.tries
            || !error.kind().is_transient()
            || ctx.clock.shutdown_deadline().is_some()
        {
            return Err(error);
        }
        ctx.clock.sleep(pause(tried, &error, ctx.clock.jitter())).await;
    }
}

/// Takes the host of a service that a field or a variable names, with or without its scheme, else the usual one.
pub(super) fn host(
    place: &str,
    named: Option<(&str, String)>,
    usual: &str,
) -> Result<String, Error> {
    let Some((field, named)) = named else { return Ok(usual.to_owned()) };
    let host = named.trim_start_matches("https://").trim_end_matches('/');
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || ".-:".contains(letter);
    // It is asked for by name, so it may not look like a secret.
    let is_plain = display::is_name(&host.to_ascii_lowercase().replace(':', "."));
    if !host.is_empty() && host.chars().all(is_host) && is_plain {
        return Ok(host.to_owned());
    }
    let shown = display::path(field, &named);
    Err(broken(format!("{place}: the token service `{shown}` that is named is no host")))
}

/// Returns how long an answer asks to wait, in whole seconds (RFC 9110, section 10.2.3).
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    response.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// Makes the error of a refusal, its kind by the service's table. What no table knows is the credential's
/// fault rather than that of the import which it is for.
pub(super) fn refusal(
    place: &str,
    table: &[ErrorRule],
    error_response: &ErrorResponse,
    redactor: &Redactor,
) -> Error {
    let kind = match classify(table, error_response) {
        ErrorKind::ValueRefused | ErrorKind::Unexpected => ErrorKind::CredentialsRejected,
        kind => kind,
    };
    let message = format!("{place}: the exchange for a temporary credential was refused");
    Error::new(kind, message).with_response(error_response.display(redactor))
}

/// Makes the error of an answer that grants something and holds no credential.
pub(super) fn unreadable(place: &str, response: &Response) -> Error {
    let status = response.status;
    let message =
        format!("{place}: the answer (HTTP {status}) holds no credential that can be read");
    Error::new(ErrorKind::Unexpected, message)
}

fn unanswered(request: &Request, lost: &SendError) -> Error {
    let message = format!("no response from {}: {}", request.origin.authority, lost.reason);
    let error = Error::new(ErrorKind::Network, message);
    match lost.hint {
        Some(hint) => error.hinted(hint),
        None => error,
    }
}

/// Chooses a pause: doubled from try to try with full jitter, and no shorter than the service asks for.
fn pause(tried: u32, error: &Error, jitter: f64) -> Duration {
    let doubled = SHORTEST.saturating_mul(2_u32.saturating_pow(tried - 1)).min(LONGEST);
    let asked = error
        .response()
        .and_then(|error_response| error_response.retry_after)
        .unwrap_or_default()
        .min(LONGEST);
    doubled.mul_f64(jitter.clamp(0.0, 1.0)).max(asked)
}
