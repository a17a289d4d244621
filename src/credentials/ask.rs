//! Requests that bring a credential: each within its limit, and tried again where that can help.

use std::time::Duration;

use super::context::Context;
use crate::error::{Error, ErrorKind};
use crate::ports::SendError;
use crate::sign::Stamp;
use crate::wire::{Request, Response};

/// How long one response is waited for, and how many times a request is sent at most.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    limit: Duration,
    attempts: u32,
}

/// For a security token service, somewhere on the network.
pub(super) const SERVICE: Effort = Effort { limit: Duration::from_secs(10), attempts: 3 };

/// For the instance metadata service, which responds at once where there is one.
pub(super) const METADATA: Effort = Effort { limit: Duration::from_secs(1), attempts: 3 };

/// To find out whether there is an instance metadata service.
pub(super) const PROBE: Effort = Effort { limit: Duration::from_secs(1), attempts: 1 };

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(10);

/// Sends a request, made anew for every attempt, and reads the response.
///
/// After a response that is read as a transient error, or none at all, the request is sent again; not so once
/// the user has stopped the run.
pub(super) async fn ask<A>(
    ctx: &Context<'_>,
    effort: Effort,
    make: impl Fn(&Stamp) -> Request,
    read: impl Fn(&Response) -> Result<A, Error>,
) -> Result<A, Error> {
    let mut attempt = 0;
    loop {
        let request = make(&ctx.clock.stamp());
        ctx.contact(&request.origin.authority);
        let response = tokio::select! {
            response = ctx.transport.send(&request, effort.limit) => response,
            () = ctx.clock.cancelled() => Err(SendError::cancelled()),
        };
        let error = match response {
            Ok(response) => match read(&response) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            },
            Err(error) if error.permanent => return Err(no_response(&request, &error)),
            Err(error) => no_response(&request, &error),
        };
        attempt += 1;
        if attempt >= effort.attempts
            || !error.kind().is_transient()
            || ctx.clock.shutdown_deadline().is_some()
        {
            return Err(error);
        }
        ctx.clock.sleep(backoff(attempt, &error, ctx.clock.jitter())).await;
    }
}

fn no_response(request: &Request, lost: &SendError) -> Error {
    let message = format!("no response from {}: {}", request.origin.authority, lost.reason);
    let error = Error::new(ErrorKind::Network, message);
    match lost.hint {
        Some(hint) => error.hinted(hint),
        None => error,
    }
}

/// Chooses a pause: doubled from attempt to attempt with full jitter, and no shorter than the service asks for.
fn backoff(attempt: u32, error: &Error, jitter: f64) -> Duration {
    let doubled = SHORTEST.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(LONGEST);
    let asked = error.response().and_then(|response| response.retry_after).unwrap_or_default();
    doubled.mul_f64(jitter.clamp(0.0, 1.0)).max(asked.min(LONGEST))
}
