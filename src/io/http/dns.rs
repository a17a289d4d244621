//! DNS: every host name is resolved once a run.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(target_os = "linux")]
use dns_lookup::LookupErrorKind;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::OnceCell;

use crate::phrase::{Phrase, phrase};
use crate::wire::unbracketed;

/// Caches the addresses of host names. `localhost` and names below it are this machine (RFC 6761).
#[derive(Debug, Default)]
pub(super) struct CachingResolver {
    known: Mutex<HashMap<String, Arc<OnceCell<Vec<IpAddr>>>>>,
}

/// A host name that cannot be resolved.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub(super) enum DnsError {
    /// It does not exist: a retry cannot help.
    NoSuchName(String),
    /// It could not be resolved now.
    Failed(String),
}

impl DnsError {
    /// Describes the error.
    pub(super) fn reason(&self) -> Phrase {
        match self {
            Self::NoSuchName(name) => phrase!("the name `{}` does not exist", name),
            Self::Failed(name) => phrase!("the name `{}` cannot be resolved", name),
        }
    }

    /// Describes the error where the name must not be shown.
    pub(super) fn without_name(&self) -> &'static str {
        match self {
            Self::NoSuchName(_) => "its name does not exist",
            Self::Failed(_) => "its name cannot be resolved",
        }
    }
}

impl CachingResolver {
    /// Returns the addresses of a name.
    pub(super) fn addresses(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Vec<IpAddr>, DnsError>> + Send + use<> {
        let name = name.to_owned();
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(name.clone()).or_default())
        };
        async move { cell.get_or_try_init(|| look_up(&name)).await.cloned() }
    }
}

impl Resolve for CachingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.addresses(name.as_str());
        Box::pin(async move {
            let addresses: Addrs =
                Box::new(found.await?.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

async fn look_up(name: &str) -> Result<Vec<IpAddr>, DnsError> {
    // For a SOCKS proxy addresses are looked up too.
    if let Ok(address) = unbracketed(name).parse() {
        return Ok(vec![address]);
    }
    // A host that does not exist in the sandbox; no name below `invalid` does (RFC 6761, section 6.4).
    if let Some(name) = name.strip_suffix(".invalid.localhost") {
        return Err(DnsError::NoSuchName(name.to_owned()));
    }
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let found = ask(name).await?;
    if found.is_empty() { Err(DnsError::Failed(name.to_owned())) } else { Ok(found) }
}

#[cfg(target_os = "linux")]
async fn ask(name: &str) -> Result<Vec<IpAddr>, DnsError> {
    let asked = name.to_owned();
    match tokio::task::spawn_blocking(move || dns_lookup::lookup_host(&asked)).await {
        Ok(Ok(found)) => Ok(found.collect()),
        Ok(Err(error)) => Err(failure(name, error.kind())),
        Err(_) => Err(DnsError::Failed(name.to_owned())),
    }
}

#[cfg(target_os = "linux")]
fn failure(name: &str, kind: LookupErrorKind) -> DnsError {
    match kind {
        LookupErrorKind::NoName => DnsError::NoSuchName(name.to_owned()),
        _ => DnsError::Failed(name.to_owned()),
    }
}

/// Systems other than Linux report any name as unknown while there is no network.
#[cfg(not(target_os = "linux"))]
async fn ask(name: &str) -> Result<Vec<IpAddr>, DnsError> {
    match tokio::net::lookup_host((name, 0)).await {
        Ok(found) => Ok(found.map(|address| address.ip()).collect()),
        Err(_) => Err(DnsError::Failed(name.to_owned())),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::sync::{Arc, PoisonError};
    use std::time::{Duration, Instant};

    use dns_lookup::LookupErrorKind;

    use super::{DnsError, failure, look_up};
    use crate::io::clock::{GRACE_PERIOD, SystemClock};
    use crate::io::http::{Network, Settings};
    use crate::ports::{Delivery, SendError, Transport as _};
    use crate::wire::{Origin, Request, Response};

    #[tokio::test]
    async fn localhost_is_both_loopback_addresses() {
        for name in ["localhost", "ecs.cn-beijing.aliyuncs.com.localhost"] {
            let addresses = look_up(name).await.unwrap();
            assert_eq!(
                addresses,
                [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()] as [std::net::IpAddr; 2]
            );
        }
    }

    #[test]
    fn a_name_server_that_fails_is_not_a_name_that_does_not_exist() {
        let told = |kind| failure("host", kind);
        assert_eq!(told(LookupErrorKind::NoName), DnsError::NoSuchName("host".to_owned()));
        for kind in [
            LookupErrorKind::Again,
            LookupErrorKind::Fail,
            LookupErrorKind::NoData,
            LookupErrorKind::Memory,
            LookupErrorKind::System,
            LookupErrorKind::IO,
        ] {
            assert_eq!(told(kind), DnsError::Failed("host".to_owned()), "{kind:?}");
        }
    }

    const LONG: Duration = Duration::from_secs(60);

    /// Sends a request to a host whose name is looked up forever.
    async fn send(clock: &Arc<SystemClock>, timeout: Duration) -> Result<Response, SendError> {
        // No proxy is asked for this machine, whatever the environment says.
        let name = "host.localhost".to_owned();
        let network =
            Network::new(Settings { connect_timeout: LONG, ca_file: None }, Arc::clone(clock));
        let cell = Arc::clone(
            network
                .names
                .known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(name.clone())
                .or_default(),
        );
        tokio::spawn(async move {
            cell.get_or_init(std::future::pending).await;
        });
        // Look-ups of the same name wait for the first.
        tokio::task::yield_now().await;
        let request = Request::new("GET", Origin { plain: true, authority: name }, "/");
        network.send(&request, timeout).await
    }

    #[tokio::test]
    async fn a_request_that_waits_for_a_name_server_is_given_up_at_once() {
        let clock = Arc::new(SystemClock::default());
        let stop = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            clock.request_shutdown(GRACE_PERIOD);
        };
        let started = Instant::now();
        let (response, ()) = tokio::join!(send(&clock, LONG), stop);
        let error = response.unwrap_err();
        assert_eq!((error.delivery, error.is_cancelled), (Delivery::Unsent, true));
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn a_name_server_that_takes_too_long_leaves_no_doubt() {
        let error = send(&Arc::default(), Duration::from_millis(50)).await.unwrap_err();
        assert_eq!((error.delivery, error.is_cancelled), (Delivery::Unsent, false));
        assert_eq!(&*error.reason, "the connection was not made in time");
    }
}
