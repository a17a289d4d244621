//! The targets of a run: regions and credentials are found, and all of it is checked, before the first write.

use std::collections::HashMap;
use std::sync::Arc;

use super::identity::Identity;
use super::region;
use super::trace::{TargetObserver, Tracer};
use super::warn;
use crate::cli::Cli;
use crate::client::{Limits, Ports, list_regions, within_deadline};
use crate::error::{Error, ErrorKind};
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::io::sandbox_server::{Served, serve};
use crate::io::terminal::Terminal;
use crate::plan::{self, NamedKey, Regions, Selection};
use crate::ports::{Clock as _, ProvideCredential as _};
use crate::provider::{Endpoint, ImportJob, ImportOptions, NameSource, Provider};
use crate::report;
use crate::sandbox::owner;
use crate::sign::Credential;
use crate::wire::Origin;

/// One target: a key for a region of a cloud, and who signs.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub cloud: &'static dyn Provider,
    pub job: Arc<ImportJob>,
    pub identity: Arc<Identity>,
    /// Other keys go to the same region.
    pub has_siblings: bool,
}

impl Target {
    /// Returns the id of the cloud.
    pub(super) fn id(&self) -> &'static str {
        self.cloud.info().id
    }

    /// Says which target it is, in messages.
    pub(super) fn label(&self) -> String {
        let region = &self.job.endpoint.region;
        if self.has_siblings {
            format!("{} {region} {}", self.id(), self.job.name)
        } else {
            format!("{} {region}", self.id())
        }
    }
}

/// The targets of a run, in the order asked for, and the sandbox if they are in it.
#[derive(Debug)]
pub(super) struct Prepared {
    pub targets: Vec<Target>,
    sandbox: Option<Served>,
}

impl Prepared {
    /// Tells why the sandbox could not keep its state, if it could not.
    pub(super) fn sandbox_failure(&self) -> Option<Error> {
        let failure = self.sandbox.as_ref()?.failure()?;
        Some(
            Error::new(ErrorKind::Unexpected, format!("the state could not be kept: {failure}"))
                .hinted("name a file with `--sandbox=FILE` that can be written and that no other run holds"),
        )
    }
}

/// Everything that finding the targets needs.
struct Preparation<'a> {
    cli: &'a Cli,
    terminal: &'a Arc<Terminal>,
    network: &'a Arc<Network>,
    clock: &'a Arc<SystemClock>,
    keys: &'a [NamedKey],
    options: &'a ImportOptions,
    sandbox: Option<Served>,
    /// The run goes to one cloud.
    is_only: bool,
}

/// Finds and checks every target. The first thing that is wrong ends the run, with nothing sent but
/// questions for regions and credentials.
pub(super) async fn prepare(
    cli: &Cli,
    terminal: &Arc<Terminal>,
    selections: Vec<Selection>,
    keys: &[NamedKey],
    options: &ImportOptions,
    network: &Arc<Network>,
    clock: &Arc<SystemClock>,
) -> Result<Prepared, Error> {
    let sandbox = match &cli.sandbox {
        Some(file) => Some(serve(file.as_deref()).await?),
        None => None,
    };
    if sandbox.is_some() && !cli.quiet {
        terminal.message(&report::note(
            "sandbox: the clouds are built in, nothing leaves this machine",
        ));
    }
    let is_only = selections.len() == 1;
    let preparation =
        Preparation { cli, terminal, network, clock, keys, options, sandbox, is_only };
    preparation.check(&selections)?;
    if preparation.sandbox.is_none() && selections.iter().any(Selection::needs_tls) {
        network.trust()?;
    }
    let mut identities = HashMap::new();
    for selection in &selections {
        let identity =
            preparation.identity(selection).await.map_err(|error| at(error, selection))?;
        identities.insert(selection.cloud.info().id, Arc::new(identity));
    }
    let mut targets = Vec::new();
    for selection in &selections {
        let Some(identity) = identities.get(selection.cloud.info().id) else { continue };
        let regions =
            preparation.regions(selection, identity).await.map_err(|error| at(error, selection))?;
        for region in regions {
            let endpoint = preparation.endpoint(selection, &region);
            for key in keys {
                let job = Arc::new(preparation.job(key, endpoint.clone()));
                selection.cloud.check(&job).map_err(|error| at(error, selection))?;
                let identity = Arc::clone(identity);
                let has_siblings = keys.len() > 1;
                targets.push(Target { cloud: selection.cloud, job, identity, has_siblings });
            }
        }
    }
    Ok(Prepared { targets, sandbox: preparation.sandbox })
}

/// Says which cloud an error is about.
pub(super) fn at(error: Error, selection: &Selection) -> Error {
    error.at(selection.cloud.info().id)
}

impl Preparation<'_> {
    /// Checks every key and value against the rules of every cloud, before credentials are looked for.
    fn check(&self, selections: &[Selection]) -> Result<(), Error> {
        let mut warnings = Vec::new();
        for selection in selections {
            let info = selection.cloud.info();
            let endpoint = self.endpoint(selection, info.default_region);
            for key in self.keys {
                let job = self.job(key, endpoint.clone());
                warnings.extend(selection.cloud.check(&job).map_err(|error| at(error, selection))?);
            }
            if let Regions::Named(names) = &selection.regions {
                let near = names.iter().filter_map(|name| {
                    let near = plan::near_region(selection.cloud, name)?;
                    Some(format!(
                        "{}: region `{name}` is in no document; did you mean `{near}`?",
                        info.id
                    ))
                });
                warnings.extend(near);
            }
        }
        warn(self.cli, self.terminal, &warnings);
        Ok(())
    }

    fn endpoint(&self, selection: &Selection, region: &str) -> Endpoint {
        let mut endpoint = selection.endpoint(region, self.cli.aliyun_signature.into());
        if let Some(served) = &self.sandbox {
            endpoint.origin = in_sandbox(&endpoint.origin, served);
        }
        endpoint
    }

    fn job(&self, key: &NamedKey, endpoint: Endpoint) -> ImportJob {
        let named = if self.cli.name.is_some() { NameSource::Given } else { NameSource::Derived };
        plan::job(key, endpoint, named, self.options, self.clock.nonce())
    }

    async fn identity(&self, selection: &Selection) -> Result<Identity, Error> {
        let id = selection.cloud.info().id;
        let made_up = owner(id).filter(|_| self.sandbox.is_some());
        let identity = match made_up {
            Some(owner) => Identity::MadeUp(Credential::new(owner.id, owner.secret, None)),
            None => Identity::real(id, self.cli.profile.as_deref(), self.network, self.clock),
        };
        let deadline = self.clock.now().saturating_add(self.cli.timeout);
        let search = identity.credential();
        let credential = within_deadline(search, &identity, &**self.clock, deadline).await?;
        let (source, warnings) = identity.story().await;
        warn(self.cli, self.terminal, &warnings);
        if self.cli.verbose > 0 {
            let text = format!("{id}: using credentials from {source} ({})", credential.short_id());
            self.terminal.message(&report::note(&text));
        }
        Ok(identity)
    }

    /// Returns the regions of a cloud: those named, all that it lists, or the one that settings or the
    /// cloud's default give.
    async fn regions(
        &self,
        selection: &Selection,
        identity: &Identity,
    ) -> Result<Vec<String>, Error> {
        match &selection.regions {
            Regions::Named(names) => Ok(names.clone()),
            Regions::Unnamed => {
                Ok(vec![region::region(self.cli, self.terminal, selection, self.is_only)?])
            }
            Regions::All => {
                let mut endpoint = self.endpoint(selection, selection.cloud.info().default_region);
                if selection.origin.is_none() {
                    endpoint.origin = Origin::https(selection.cloud.regions_host());
                    if let Some(served) = &self.sandbox {
                        endpoint.origin = in_sandbox(&endpoint.origin, served);
                    }
                }
                let terminal = Arc::clone(self.terminal);
                let host = self.network.host(&endpoint.origin)?;
                let tracer = (self.cli.verbose > 1).then_some(Tracer { terminal, label: None });
                let observer = TargetObserver { tracer, concurrency: None };
                let ports = Ports { transport: &*host, clock: &**self.clock, observer: &observer };
                let limits = limits(self.cli);
                list_regions(selection.cloud, &endpoint, limits, identity, ports).await
            }
        }
    }
}

/// Returns the bounds that the flags set for each target.
pub(super) fn limits(cli: &Cli) -> Limits {
    Limits { timeout: cli.timeout, attempts: cli.attempts }
}

/// Returns where the sandbox stands in for a host: the host's own name, which ends on this machine.
fn in_sandbox(origin: &Origin, served: &Served) -> Origin {
    Origin { plain: true, authority: format!("{}.localhost:{}", origin.host(), served.addr.port()) }
}
