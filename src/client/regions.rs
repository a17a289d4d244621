//! The regions that a provider lists.

use super::call::Client;
use super::error::check_response;
use super::retry::{Limits, OnShutdown, Policy};
use crate::error::{Error, ErrorKind};
use crate::ports::{Ports, ProvideCredential};
use crate::provider::{Endpoint, Provider, check_region};
use crate::redact::Redactor;

/// More pages than any provider has.
const MAX_PAGES: u32 = 100;
/// More regions than any provider has.
const MAX_REGIONS: usize = 2000;

/// Lists every region of a provider, in its order.
pub async fn list_regions(
    provider: &dyn Provider,
    endpoint: &Endpoint,
    limits: Limits,
    credentials: &dyn ProvideCredential,
    ports: Ports<'_>,
) -> Result<Vec<String>, Error> {
    let policy = Policy::of_target(limits, OnShutdown::Stop, ports.clock.now());
    let mut client = Client::new(ports, credentials, policy, provider.info().traceable);
    let action = provider.info().actions.regions;
    let regions = client
        .list(
            "the list of regions",
            MAX_PAGES,
            MAX_REGIONS,
            |page, credential, stamp| {
                provider.sign(provider.regions(endpoint, page), endpoint, credential, stamp)
            },
            |_, response, redactor| {
                check_response(provider, response, redactor, ports.clock.time(), &[action])?;
                let page = provider.read_regions(response).map_err(|cause| {
                    Error::new(ErrorKind::Unavailable, "the list of regions cannot be read")
                        .caused_by(cause)
                })?;
                if page.items.iter().any(|region| !is_valid(region, redactor)) {
                    let message = "the list of regions holds an invalid id";
                    return Err(Error::new(ErrorKind::Unexpected, message));
                }
                Ok(page)
            },
            |regions, region| !regions.contains(region),
        )
        .await?;
    if regions.is_empty() {
        return Err(Error::new(ErrorKind::Unexpected, "the list of regions is empty"));
    }
    Ok(regions)
}

/// Whether a text can be a region id, and repeats no secret: ids are shown as they are.
fn is_valid(region: &str, redactor: &Redactor) -> bool {
    check_region(region).is_ok() && redactor.display(&region.into()) == *region
}
