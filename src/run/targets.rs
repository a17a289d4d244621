//! The targets of a run, and what sees their exchanges: credentials and regions are found before the first write.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::console::{Console, Verbosity};
use super::preparation::Preparation;
use crate::client::{Ports, list_regions, within_deadline};
use crate::credentials::{CredentialCache, Found};
use crate::error::{Error, ErrorKind};
use crate::import::Outcome;
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::io::sandbox_server::{Served, serve};
use crate::io::system::OsSystem;
use crate::plan::{Regions, Selection};
use crate::ports::{Clock as _, Observer, ProvideCredential as _};
use crate::provider::{Endpoint, ImportJob, Provider};
use crate::redact::clean;
use crate::report::Row;
use crate::sandbox::owner;
use crate::sign::Credential;
use crate::wire::Origin;

/// One target: a key for a region of a cloud, and the credential to sign with.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub cloud: &'static dyn Provider,
    pub job: Arc<ImportJob>,
    pub credentials: Arc<CredentialCache>,
    /// Other keys go to the same region.
    pub has_siblings: bool,
}

impl Target {
    pub(super) fn id(&self) -> &'static str {
        self.cloud.info().id
    }

    pub(super) fn row<'a>(&'a self, outcome: &'a Outcome) -> Row<'a> {
        Row { provider: self.id(), job: &self.job, outcome }
    }

    /// Returns the target's label in messages.
    pub(super) fn label(&self) -> String {
        let region = &self.job.endpoint.region;
        if self.has_siblings {
            format!("{} {region} {}", self.id(), self.job.name)
        } else {
            format!("{} {region}", self.id())
        }
    }
}

/// The concurrency limit of one cloud: halved when it throttles, raised by one for each other response (AIMD).
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    most: usize,
    limit: AtomicUsize,
}

impl ConcurrencyLimit {
    pub(super) fn new(most: usize) -> Self {
        Self { most, limit: AtomicUsize::new(most) }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    fn update(&self, next: impl Fn(usize) -> usize) {
        // The update cannot fail: it always returns a number.
        let _ =
            self.limit.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(next(now)));
    }
}

/// Sees the exchanges of one target.
#[derive(Debug)]
pub(super) struct TargetObserver {
    pub console: Console,
    /// The target, where there are several.
    pub label: Option<String>,
    /// The limit of the target's cloud.
    pub concurrency: Option<Arc<ConcurrencyLimit>>,
}

impl Observer for TargetObserver {
    fn traces(&self) -> bool {
        self.console.traces()
    }

    /// Shows a block by one call, so that those of parallel targets do not mix.
    fn trace(&self, block: &str) {
        let Some(label) = &self.label else {
            return self.console.message(Verbosity::Trace, block);
        };
        let label = clean(label);
        let lines = block.split_inclusive('\n');
        let text: String = lines.flat_map(|line| [&label, ": ", line]).collect();
        self.console.message(Verbosity::Trace, &text);
    }

    fn throttled(&self) {
        if let Some(concurrency) = &self.concurrency {
            concurrency.update(|limit| (limit / 2).max(1));
        }
    }

    fn processed(&self) {
        if let Some(concurrency) = &self.concurrency {
            concurrency.update(|limit| limit.saturating_add(1).min(concurrency.most));
        }
    }
}

/// The targets of a run, in the order given, and the sandbox if they are in it.
#[derive(Debug)]
pub(super) struct Targets {
    pub list: Vec<Target>,
    sandbox: Option<Served>,
}

impl Targets {
    /// Returns why the sandbox could not save its state, if it could not.
    pub(super) fn sandbox_failure(&self) -> Option<Error> {
        let failure = self.sandbox.as_ref()?.failure()?;
        let message = format!("the state could not be saved: {failure}");
        let hint = "give `--sandbox=FILE` a file that is writable and that no other run holds";
        Some(Error::new(ErrorKind::Unexpected, message).hinted(hint))
    }
}

/// Finds every target. The first error ends the run; nothing is sent but requests for regions and credentials.
pub(super) async fn find(
    preparation: &Preparation<'_>,
    network: &Arc<Network>,
    clock: &Arc<SystemClock>,
) -> Result<Targets, Error> {
    let Preparation { options, console, batch } = preparation;
    let sandbox = match &options.sandbox {
        Some(file) => Some(serve(file.as_deref()).await?),
        None => None,
    };
    if sandbox.is_some() {
        console.note("sandbox: the clouds are built in, nothing leaves this machine");
    } else {
        for selection in &options.selections {
            check_network(selection, network, console)?;
        }
        console.warn(network.warnings());
    }
    let console = Console::clone(console);
    let observer = Arc::new(TargetObserver { console, label: None, concurrency: None });
    let search = Search { preparation, network, clock, sandbox: sandbox.as_ref(), observer };
    let mut found = Vec::new();
    for selection in &options.selections {
        let at_cloud = |error: Error| error.at(selection.cloud.info().id);
        let region = preparation.credential_region(selection)?;
        let credentials = search.credentials(selection, &region).await.map_err(at_cloud)?;
        found.push((selection, Arc::new(credentials), at_cloud));
    }
    let mut list = Vec::new();
    for (selection, credentials, at_cloud) in found {
        let regions = if let Some(regions) = preparation.regions(selection)? {
            regions
        } else {
            let start = preparation.start_region(selection)?;
            search.all_regions(selection, &start, &credentials).await.map_err(at_cloud)?
        };
        let names = batch.names(selection.cloud);
        for region in regions {
            let endpoint = search.in_sandbox(selection.endpoint(&region));
            for (key, name) in batch.keys.iter().zip(&names) {
                list.push(Target {
                    cloud: selection.cloud,
                    job: Arc::new(batch.job(key, name, endpoint.clone(), clock.nonce())),
                    credentials: Arc::clone(&credentials),
                    has_siblings: batch.keys.len() > 1,
                });
            }
        }
    }
    Ok(Targets { list, sandbox })
}

/// Checks proxies and CAs for the regions that are named, else for one.
fn check_network(selection: &Selection, network: &Network, console: &Console) -> Result<(), Error> {
    let info = selection.cloud.info();
    let home = [info.home_region().to_owned()];
    let regions = match &selection.regions {
        Regions::Named(names) => names.as_slice(),
        Regions::Unnamed | Regions::All => &home,
    };
    let mut proxies = Vec::new();
    for region in regions {
        proxies.extend(network.check(&selection.endpoint(region).origin)?);
    }
    if let Some(proxy) = proxies.first() {
        console.detail(&format!("{}: using the proxy in `{}`", info.id, proxy.variable));
    }
    Ok(())
}

/// What finding credentials and regions needs.
struct Search<'a> {
    preparation: &'a Preparation<'a>,
    network: &'a Arc<Network>,
    clock: &'a Arc<SystemClock>,
    sandbox: Option<&'a Served>,
    observer: Arc<TargetObserver>,
}

impl Search<'_> {
    async fn credentials(
        &self,
        selection: &Selection,
        region: &str,
    ) -> Result<CredentialCache, Error> {
        let (options, console) = (self.preparation.options, self.preparation.console);
        let id = selection.cloud.info().id;
        let credentials = match owner(id) {
            Some(owner) if self.sandbox.is_some() => {
                let credential = Credential::new(&owner.id, &owner.secret, None);
                CredentialCache::fixed(credential, "the sandbox")
            }
            _ => CredentialCache::new(
                selection.cloud,
                options.profile.as_deref(),
                Arc::new(OsSystem),
                Arc::<Network>::clone(self.network),
                Arc::<SystemClock>::clone(self.clock),
                Arc::<TargetObserver>::clone(&self.observer),
                options.limits.attempts,
            )
            .for_region(region),
        };
        let deadline = self.clock.now().saturating_add(options.limits.timeout);
        let credential =
            within_deadline(credentials.credential(), &credentials, &**self.clock, deadline)
                .await?;
        if let Some(Found { source, warnings, .. }) = credentials.found().await {
            console.warn(&warnings);
            let short_id = credential.short_id();
            console.detail(&format!("{id}: using credentials from {source} ({short_id})"));
        }
        Ok(credentials)
    }

    async fn all_regions(
        &self,
        selection: &Selection,
        start: &str,
        credentials: &CredentialCache,
    ) -> Result<Vec<String>, Error> {
        let cloud = selection.cloud;
        let mut endpoint = selection.endpoint(start);
        if selection.origin.is_none() {
            endpoint.origin = Origin::https(cloud.regions_host(start));
        }
        let endpoint = self.in_sandbox(endpoint);
        let host = self.network.host(&endpoint.origin)?;
        let ports = Ports { transport: &*host, clock: &**self.clock, observer: &*self.observer };
        let limits = self.preparation.options.limits;
        let mut regions = list_regions(cloud, &endpoint, limits, credentials, ports).await?;
        regions.retain(|region| cloud.partition(region) == cloud.partition(start));
        if regions.is_empty() {
            let message = format!("the list of regions holds none of the partition of `{start}`");
            return Err(Error::new(ErrorKind::Unexpected, message));
        }
        Ok(regions)
    }

    /// Redirects an endpoint to the sandbox, if there is one. The host keeps its name and resolves to loopback.
    fn in_sandbox(&self, mut endpoint: Endpoint) -> Endpoint {
        if let Some(served) = self.sandbox {
            let authority = format!("{}.localhost:{}", endpoint.origin.host(), served.addr.port());
            endpoint.origin = Origin { plain: true, authority };
        }
        endpoint
    }
}
