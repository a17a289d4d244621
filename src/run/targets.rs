//! The targets of a run: credentials and regions are found before the first write.

use std::error::Error as _;
use std::sync::Arc;

use super::console::Failures;
use super::discovery::Discovery;
use super::preparation::Preparation;
use crate::credentials::CredentialCache;
use crate::error::{Error, ErrorKind};
use crate::import::{Mode, Outcome};
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::io::sandbox_server::SandboxServer;
use crate::phrase::{Phrase, phrase};
use crate::plan;
use crate::ports::{Clock as _, SendError};
use crate::provider::{Endpoint, ImportJob, Provider};
use crate::report::{Row, waiting};

/// One target: a key for a region of a cloud, and the credential to sign with.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub cloud: &'static dyn Provider,
    pub job: Arc<ImportJob>,
    pub credentials: Arc<CredentialCache>,
    /// The number of the key among those of the run.
    pub key: usize,
    /// Other keys go to the same region.
    pub has_siblings: bool,
}

impl Target {
    pub(super) fn id(&self) -> &'static str {
        self.cloud.info().id
    }

    /// Adds to an error what an unknown region was probably meant to be.
    pub(super) fn with_region_hint(&self, mut outcome: Outcome) -> Outcome {
        let (cloud, endpoint) = (self.cloud, &self.job.endpoint);
        let region = &endpoint.region;
        let is_of_region = |error: &Error| match error.kind() {
            ErrorKind::RegionRefused | ErrorKind::Unexpected => true,
            ErrorKind::Network => has_no_host(error, endpoint),
            _ => false,
        };
        if cloud.info().region(region).is_none() && outcome.error.as_ref().is_some_and(is_of_region)
        {
            let hint = plan::region_hint(cloud, region).unwrap_or_else(|| {
                let id = self.id();
                phrase!("check the region; `keyimport --list-regions --to {}` lists them", id)
            });
            outcome.error = outcome.error.map(|error| match error.kind() {
                // It has no host, and to run again would not help.
                ErrorKind::Network => error.of_kind(ErrorKind::RegionRefused).hinted(hint),
                _ => error.hinted(hint),
            });
        }
        outcome
    }

    pub(super) fn row<'a>(&'a self, outcome: &'a Outcome) -> Row<'a> {
        Row { provider: self.id(), job: &self.job, outcome }
    }

    /// Returns the target's label in messages.
    pub(super) fn label(&self) -> String {
        self.label_in(&self.job.endpoint.region)
    }

    /// Returns the label in messages of this target and the same in other regions.
    pub(super) fn label_in(&self, regions: &str) -> String {
        if self.has_siblings {
            format!("{} {regions} {}", self.id(), self.job.name)
        } else {
            format!("{} {regions}", self.id())
        }
    }

    /// Returns what the run waits for while the target is under way.
    pub(super) fn waiting(&self, mode: Mode) -> Phrase {
        waiting::working(mode, &self.job.name, self.cloud.info().title, &self.job.endpoint.region)
    }
}

/// Whether an error means that a region has no host: one that is named after it does not exist. The error of a service
/// for credentials has no [`SendError`] as its source.
fn has_no_host(error: &Error, endpoint: &Endpoint) -> bool {
    let sent = error.source().and_then(|source| source.downcast_ref::<SendError>());
    sent.is_some_and(|sent| sent.no_such_host)
        && endpoint.origin.host().contains(endpoint.region.as_str())
}

/// The targets of a run, in the order given, and the sandbox if they are in it.
#[derive(Debug)]
pub(super) struct Targets {
    pub list: Vec<Target>,
    sandbox: Option<SandboxServer>,
}

impl Targets {
    /// Returns why the sandbox could not save its state, if it could not.
    pub(super) fn sandbox_failure(&self) -> Option<Error> {
        let failure = self.sandbox.as_ref()?.failure()?;
        let message = phrase!("the state could not be saved: {}", failure);
        let hint = "give `--sandbox=FILE` a file that is writable and that no other run holds";
        Some(Error::new(ErrorKind::Unexpected, message).hinted(hint))
    }
}

/// Finds every target, or an error for each cloud without a credential. Any other error ends the run at once; nothing is
/// sent but requests for regions and credentials.
pub(super) async fn find(
    preparation: &Preparation<'_>,
    network: &Arc<Network>,
    clock: &Arc<SystemClock>,
) -> Result<Targets, Failures> {
    let Preparation { options, console, batch } = preparation;
    let discovery = Discovery::start(options, console, network, clock).await?;
    let mut found = Vec::new();
    let mut failed = Vec::new();
    for selection in &options.selections {
        let region = preparation.credential_region(selection)?;
        match discovery.credentials(selection, &region).await {
            Ok(credentials) => found.push((selection, Arc::new(credentials))),
            Err(error) => failed.push(error.at(selection.cloud.info().id)),
        }
        if !failed.is_empty() && clock.shutdown_deadline().is_some() {
            break;
        }
    }
    if !failed.is_empty() {
        return Err(Failures(failed));
    }
    let mut list = Vec::new();
    for (selection, credentials) in found {
        let at_cloud = |error: Error| error.at(selection.cloud.info().id);
        let regions = if let Some(regions) = preparation.regions(selection)? {
            regions
        } else {
            let start = options.start_region(selection)?;
            discovery.all_regions(selection, &start, &credentials).await.map_err(at_cloud)?
        };
        let names = batch.names(selection.cloud);
        for region in regions {
            let endpoint = discovery.in_sandbox(selection.endpoint(&region));
            for (number, (key, name)) in batch.keys.iter().zip(&names).enumerate() {
                list.push(Target {
                    cloud: selection.cloud,
                    job: Arc::new(batch.job(key, name, endpoint.clone(), clock.nonce())),
                    credentials: Arc::clone(&credentials),
                    key: number,
                    has_siblings: batch.keys.len() > 1,
                });
            }
        }
    }
    Ok(Targets { list, sandbox: discovery.sandbox })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Delivery;
    use crate::wire::Origin;

    #[test]
    fn only_a_host_that_does_not_exist_shows_that_there_is_no_region() {
        let endpoint = |authority: &str| Endpoint {
            region: "cn-nowhere".to_owned(),
            origin: Origin::https(authority),
            signature: None,
        };
        let of_region = endpoint("ecs.cn-nowhere.example");
        let error = || Error::new(ErrorKind::Network, "no response from ecs.cn-nowhere");
        let hinted = || error().hinted("check the region, the network and the name server");
        let unsent = || SendError::new(Delivery::Unsent, "the name `ecs.cn-nowhere`");
        let missing = || SendError { no_such_host: true, ..unsent() };
        assert!(has_no_host(&error().caused_by(missing()), &of_region));
        // A name server that does not respond, the host of a user, and a service for credentials.
        assert!(!has_no_host(&hinted().caused_by(unsent()), &of_region));
        assert!(!has_no_host(&error().caused_by(missing()), &endpoint("ecs.other.example")));
        assert!(!has_no_host(&hinted(), &of_region));
    }
}
