//! Asks a cloud for all of its regions.

use std::time::Duration;

use crate::doors::{Clock, Transport};
use crate::error::{Error, ErrorKind, classify};
use crate::import::{Credentials, Limits};
use crate::plan;
use crate::provider::{Place, Provider};
use crate::retry::Policy;

/// The longest that one page is waited for.
const PAGE_LIMIT: Duration = Duration::from_secs(15);
/// More pages than any cloud has.
const MOST_PAGES: u32 = 100;

/// Lists every region of a cloud, all pages, in the cloud's order. Asking has no effect, so what fails for a
/// while is asked again.
pub async fn list(
    cloud: &dyn Provider,
    place: &Place,
    limits: Limits,
    credentials: &impl Credentials,
    transport: &impl Transport,
    clock: &impl Clock,
) -> Result<Vec<String>, Error> {
    let deadline = clock.now().saturating_add(limits.timeout);
    let policy = Policy::new(limits.attempts);
    let mut regions: Vec<String> = Vec::new();
    let mut page: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut attempt = 1;
        let turned = loop {
            let left = deadline.saturating_sub(clock.now());
            let error =
                match ask(cloud, place, page.as_deref(), left, credentials, transport, clock).await
                {
                    Ok(turned) => break turned,
                    Err(error) => error,
                };
            let asked = error.fault().and_then(|fault| fault.retry_after);
            match policy.pause(attempt, clock.jitter(), asked) {
                Some(pause)
                    if error.kind().is_transient() && pause < left && clock.stop_by().is_none() =>
                {
                    clock.sleep(pause).await;
                }
                _ => return Err(error),
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
        if turned.next.is_none() || turned.next == page {
            if regions.is_empty() {
                return Err(Error::new(ErrorKind::Unexpected, "the cloud lists no region"));
            }
            return Ok(regions);
        }
        page = turned.next;
    }
    Err(Error::new(ErrorKind::Unexpected, "the list of regions does not end"))
}

async fn ask(
    cloud: &dyn Provider,
    place: &Place,
    page: Option<&str>,
    left: Duration,
    credentials: &impl Credentials,
    transport: &impl Transport,
    clock: &impl Clock,
) -> Result<crate::provider::Page<String>, Error> {
    let credential = credentials.credential().await?;
    let request = cloud.regions(place, page);
    let signed = cloud.sign(request, place, &credential, &clock.stamp());
    let answer = tokio::select! {
        answer = transport.send(&signed.request, left.min(PAGE_LIMIT)) => answer,
        () = clock.cut() => Err(crate::doors::Lost::stopped()),
    };
    let response = answer.map_err(|lost| {
        let message = format!("no answer from {}, which lists the regions", place.origin.authority);
        let error = Error::new(ErrorKind::Network, message);
        match lost.hint {
            Some(hint) => error.hinted(hint).caused_by(lost),
            None => error.caused_by(lost),
        }
    })?;
    if let Some(mut fault) = cloud.read_fault(&response) {
        fault.message = credential.scrub(&fault.message);
        let kind = classify(cloud.profile().faults, &fault);
        let message = format!("{} does not list its regions", cloud.profile().title);
        return Err(Error::new(kind, message).from_fault(fault));
    }
    cloud.read_regions(&response).map_err(|unreadable| {
        Error::new(ErrorKind::Unavailable, "the list of regions is broken").caused_by(unreadable)
    })
}
