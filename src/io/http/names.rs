//! Host names, each looked up once a run.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::OnceCell;

/// Names that were looked up, each once a run. `localhost` and what ends in it is this machine (RFC 6761).
#[derive(Debug, Default)]
pub(super) struct Names {
    known: Mutex<HashMap<String, Arc<OnceCell<Vec<IpAddr>>>>>,
}

/// A name without an address.
#[derive(Debug, thiserror::Error)]
#[error("the name `{0}` cannot be resolved")]
pub(super) struct NotResolved(String);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(name.clone()).or_default())
        };
        Box::pin(async move {
            let found = cell.get_or_try_init(|| look_up(&name)).await?.clone();
            let addresses: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

async fn look_up(name: &str) -> Result<Vec<IpAddr>, NotResolved> {
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
    }
    let failed = || NotResolved(name.to_owned());
    let found: Vec<IpAddr> = tokio::net::lookup_host((name, 0))
        .await
        .map_err(|_| failed())?
        .map(|address| address.ip())
        .collect();
    if found.is_empty() { Err(failed()) } else { Ok(found) }
}
