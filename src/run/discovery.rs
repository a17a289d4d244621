//! What is asked before the first write: the credential of each cloud, and its regions.

use std::sync::Arc;

use super::console::Console;
use super::observer::TargetObserver;
use super::options::Options;
use super::progress::Rank;
use crate::client::{list_regions, within_deadline};
use crate::credentials::{CredentialCache, Found};
use crate::error::{Error, ErrorKind};
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::io::sandbox_server::SandboxServer;
use crate::io::system::OsSystem;
use crate::phrase::{Phrase, phrase};
use crate::plan::{Regions, Selection};
use crate::ports::{Clock as _, Ports, ProvideCredential as _};
use crate::provider::Endpoint;
use crate::report::waiting;
use crate::sandbox::{has_host, owner};
use crate::sign::Credential;
use crate::wire::Origin;

/// Finds credentials and regions.
pub(super) struct Discovery<'a> {
    options: &'a Options,
    console: &'a Console,
    network: &'a Arc<Network>,
    clock: &'a Arc<SystemClock>,
    /// The sandbox, if the run is in it.
    pub sandbox: Option<SandboxServer>,
}

impl<'a> Discovery<'a> {
    /// Starts the sandbox, if the run is to be in it; else checks how the clouds can be reached.
    pub(super) async fn start(
        options: &'a Options,
        console: &'a Console,
        network: &'a Arc<Network>,
        clock: &'a Arc<SystemClock>,
    ) -> Result<Self, Error> {
        let sandbox = if let Some(file) = &options.sandbox {
            let served = SandboxServer::start(file.as_deref()).await?;
            console.note(
                &Phrase::from("the clouds are built in, nothing leaves this machine").at("sandbox"),
            );
            Some(served)
        } else {
            for selection in &options.selections {
                check_network(selection, network, console)?;
            }
            console.warn(network.warnings());
            None
        };
        Ok(Self { options, console, network, clock, sandbox })
    }

    /// Finds the credential of a cloud.
    pub(super) async fn credentials(
        &self,
        selection: &Selection,
        region: &str,
    ) -> Result<CredentialCache, Error> {
        let (options, console) = (self.options, self.console);
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
                Arc::new(TargetObserver::new(console, selection.cloud, None)),
                options.limits.attempts,
            )
            .for_region(region),
        };
        let text = waiting::looking_for_credentials(selection.cloud.info().title);
        let _wait = console.wait(Rank::Step, &text);
        let deadline = self.clock.now().saturating_add(options.limits.timeout);
        let credential =
            within_deadline(credentials.credential(), &credentials, &**self.clock, deadline)
                .await?;
        if let Some(Found { source, warnings, .. }) = credentials.found().await {
            console.warn(&warnings);
            let short_id = credential.short_id();
            console.detail(&phrase!("using credentials from {} ({})", source, short_id).at(id));
        }
        Ok(credentials)
    }

    /// Asks a cloud for its regions: those of the partition of the region that is asked.
    pub(super) async fn all_regions(
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
        let pool = self.network.pool(&endpoint.origin)?;
        let observer = TargetObserver::new(self.console, cloud, None);
        let ports = Ports { transport: &*pool, clock: &**self.clock, observer: &observer };
        let _wait = self.console.wait(Rank::Step, &waiting::listing_regions(cloud.info().title));
        let limits = self.options.limits;
        let mut regions = list_regions(cloud, &endpoint, limits, credentials, ports).await?;
        regions.retain(|region| cloud.partition(region) == cloud.partition(start));
        if regions.is_empty() {
            let message = phrase!("the list of regions holds none of the partition of `{}`", start);
            return Err(Error::new(ErrorKind::Unexpected, message));
        }
        Ok(regions)
    }

    /// Redirects an endpoint to the sandbox, if there is one. The host keeps its name and resolves to loopback; one that
    /// does not exist resolves to nothing.
    pub(super) fn in_sandbox(&self, mut endpoint: Endpoint) -> Endpoint {
        if let Some(served) = &self.sandbox {
            let (host, port) = (endpoint.origin.host(), served.addr.port());
            let authority = if has_host(host) {
                format!("{host}.localhost:{port}")
            } else {
                format!("{host}.invalid.localhost:{port}")
            };
            endpoint.origin = Origin { plain: true, authority };
        }
        endpoint
    }
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
        console.detail(&phrase!("using the proxy in `{}`", proxy.variable).at(info.id));
    }
    Ok(())
}
