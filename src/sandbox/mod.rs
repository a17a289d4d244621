//! The clouds of the sandbox as a state machine: a raw request and the time in, the cloud's response out.
//!
//! Nothing here knows a socket, a clock or a file, and no signature is verified by the code that made it.

mod hex;
mod http;
pub mod verify;
mod store;
mod cloud;

mod aliyun;
mod volcengine;
mod baidu;
mod aws;
mod tencent;
/// The clouds; each is the module above that has its provider's id.
static CLOUDS: &[&Cloud] =
    &[&aliyun::CLOUD, &volcengine::CLOUD, &baidu::CLOUD, &aws::CLOUD, &tencent::CLOUD];

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

pub use cloud::Account;
pub use http::{ApiError, RawRequest};
pub use store::{Store, StoredPair};

use crate::wire::Response;
use cloud::{Cloud, Nonces, RequestContext};

/// The clouds. Equal requests at equal times in equal states get equal responses.
#[derive(Debug)]
pub struct Sandbox {
    /// The key pairs of all clouds.
    pub store: Store,
    /// The accounts of each cloud, by the id of the provider.
    pub accounts: BTreeMap<&'static str, Vec<Account>>,
    nonces: Nonces,
    /// The number of requests so far, from which request ids are made.
    requests: u64,
}

impl Default for Sandbox {
    /// Makes clouds that hold no key pair and have one account each, their [`owner`]'s.
    fn default() -> Self {
        Self {
            store: Store::default(),
            accounts: CLOUDS.iter().map(|cloud| (cloud.id, vec![cloud.owner.clone()])).collect(),
            nonces: Nonces::default(),
            requests: 0,
        }
    }
}

impl Sandbox {
    /// Responds as the cloud does that its `Host` header names.
    ///
    /// A host of no cloud gets a plain 404; so does loopback, if the request is not signed as for a cloud.
    pub fn respond(&mut self, request: &RawRequest, now: DateTime<Utc>) -> Response {
        self.requests += 1;
        let found = CLOUDS.iter().find_map(|cloud| Some((cloud, cloud.scope(request)?)));
        let mut response = match found {
            Some((cloud, scope)) => (cloud.respond)(&mut RequestContext {
                request,
                now,
                number: self.requests,
                scope,
                accounts: self.accounts.get(cloud.id).map_or(&[], Vec::as_slice),
                nonces: &mut self.nonces,
                store: &mut self.store,
            }),
            None => http::plain(404, "the sandbox has no cloud at this host"),
        };
        // RFC 9110, section 5.6.7.
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers.push(("date".to_owned(), date));
        response
    }
}

/// Whether a host exists at one of the clouds. A region that does not exist has no host of its own.
pub fn has_host(host: &str) -> bool {
    CLOUDS.iter().any(|cloud| cloud.serves(host).is_some())
}

/// Returns the account that `--sandbox` signs with for a provider.
pub fn owner(provider: &str) -> Option<&'static Account> {
    CLOUDS.iter().find(|cloud| cloud.id == provider).map(|cloud| &cloud.owner)
}
