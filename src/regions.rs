//! Asks a cloud for all of its regions.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::import::{Limits, in_time};
use crate::plan;
use crate::ports::{Clock, ProvideCredential, SendError, Transport};
use crate::provider::{self, Endpoint, Page, Provider};
use crate::retry::Policy;
use crate::sign::Credential;

/// The longest that one page is waited for.
const PAGE_LIMIT: Duration = Duration::from_secs(15);
/// More pages than any cloud has.
const MOST_PAGES: u32 = 100;

/// Lists every region of a cloud, all pages, in the cloud's order. Asking has no effect, so what fails for a
/// while is asked again, and a credential that has expired is renewed once.
pub async fn list(
    cloud: &dyn Provider,
    endpoint: &Endpoint,
    limits: Limits,
    credentials: &dyn ProvideCredential,
    transport: &dyn Transport,
    clock: &dyn Clock,
) -> Result<Vec<String>, Error> {
    let deadline = clock.now().saturating_add(limits.timeout);
    let policy = Policy::new(limits.attempts);
    let mut regions: Vec<String> = Vec::new();
    let mut page: Option<String> = None;
    let mut renewed = false;
    for _ in 0..MOST_PAGES {
        let mut attempt = 1;
        let turned = loop {
            let left = deadline.saturating_sub(clock.now());
            let credential =
                in_time(credentials.credential(), credentials, clock, deadline).await?;
            let refused =
                match ask(cloud, endpoint, page.as_deref(), left, &credential, transport, clock)
                    .await
                {
                    Ok(turned) => break turned,
                    Err(refused) => refused,
                };
            if clock.shutdown_deadline().is_some() {
                return Err(refused.error);
            }
            if refused.error.kind() == ErrorKind::CredentialsExpired && !renewed {
                renewed = true;
                let renewal = credentials.renew(&credential);
                match in_time(renewal, credentials, clock, deadline).await? {
                    Some(_) => continue,
                    None => return Err(refused.error),
                }
            }
            let asked =
                refused.error.response().and_then(|error_response| error_response.retry_after);
            let left = deadline.saturating_sub(clock.now());
            match policy.pause(attempt, clock.jitter(), asked) {
                Some(pause) if refused.transient && pause < left => clock.sleep(pause).await,
                Some(_) | None => return Err(refused.error),
            }
            attempt += 1;
        };
        for region in turned.items {
            plan::check_region(&region).map_err(|_| {
                Error::new(ErrorKind::Unexpected, "the cloud lists a region that cannot be one")
            })?;
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        if turned.next.is_none() {
            if regions.is_empty() {
                return Err(Error::new(ErrorKind::Unexpected, "the cloud lists no region"));
            }
            return Ok(regions);
        }
        if turned.next == page {
            break;
        }
        page = turned.next;
    }
    Err(Error::new(ErrorKind::Unexpected, "the list of regions does not end"))
}

/// A page that was not had.
struct Refused {
    error: Error,
    /// Whether asking again can help.
    transient: bool,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let transient = error.kind().is_transient();
        Self { error, transient }
    }
}

async fn ask(
    cloud: &dyn Provider,
    endpoint: &Endpoint,
    page: Option<&str>,
    left: Duration,
    credential: &Credential,
    transport: &dyn Transport,
    clock: &dyn Clock,
) -> Result<Page<String>, Refused> {
    let signed = cloud.sign(cloud.regions(endpoint, page), endpoint, credential, &clock.stamp());
    let answer = tokio::select! {
        answer = transport.send(&signed.request, left.min(PAGE_LIMIT)) => answer,
        () = clock.cancelled() => Err(SendError::cancelled()),
    };
    let mut response = answer.map_err(|lost| unanswered(endpoint, lost))?;
    credential.redactor().answer(&mut response);
    if let Some(error_response) = cloud.read_error(&response) {
        let kind = provider::classify(cloud.info().error_codes, &error_response);
        let message = format!("{} does not list its regions", cloud.info().title);
        return Err(Error::new(kind, message).with_response(error_response).into());
    }
    cloud.read_regions(&response).map_err(|unreadable| {
        let error = Error::new(ErrorKind::Unavailable, "the list of regions is broken");
        error.caused_by(unreadable).into()
    })
}

fn unanswered(endpoint: &Endpoint, lost: SendError) -> Refused {
    let message = format!("no answer from {}, which lists the regions", endpoint.origin.authority);
    let transient = !lost.permanent;
    let mut error = Error::new(ErrorKind::Network, message);
    if let Some(hint) = lost.hint {
        error = error.hinted(hint);
    }
    Refused { error: error.caused_by(lost), transient }
}
