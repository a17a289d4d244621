//! The clouds of the sandbox as a state machine: a raw request and the time in, the cloud's response out.
//!
//! Nothing here knows a socket, a clock or a file, and no signature is verified by the code that made it.

mod percent;
mod response;
mod request;
mod accounts;
pub mod verify;
mod public_key;
mod store;
mod hosts;
mod cloud;

mod aliyun_gateway;
mod aliyun;
mod volcengine_gateway;
mod volcengine;
mod baidu;
/// The clouds; each is the module above that has its provider's id.
static CLOUDS: &[&Cloud] = &[&aliyun::CLOUD, &volcengine::CLOUD, &baidu::CLOUD];

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

pub use accounts::{Account, Accounts, Owner, Rights};
pub use request::RawRequest;
pub use response::ApiError;
pub use store::{Store, StoredPair};

use crate::wire::Response;
use cloud::{Cloud, Nonces, RequestContext};

/// The clouds. Equal requests at equal times in equal states get equal responses.
pub struct Sandbox {
    /// The key pairs of all clouds.
    pub store: Store,
    /// By the id of the provider.
    accounts: BTreeMap<String, Accounts>,
    nonces: Nonces,
    /// The number of requests so far, from which request ids are made.
    requests: u64,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// Makes clouds that hold no key pair and have one account each, their [`owner`]'s.
    pub fn new() -> Self {
        let mut sandbox = Self {
            store: Store::default(),
            accounts: BTreeMap::new(),
            nonces: Nonces::default(),
            requests: 0,
        };
        for cloud in CLOUDS {
            let Owner { id, secret } = cloud.owner;
            sandbox.add_account(cloud.id, Account::new(id, secret, None));
        }
        sandbox
    }

    /// Adds an account to the cloud of a provider.
    pub fn add_account(&mut self, provider: &str, account: Account) {
        self.accounts.entry(provider.to_owned()).or_default().add(account);
    }

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
                accounts: self.accounts.entry(cloud.id.to_owned()).or_default(),
                nonces: &mut self.nonces,
                store: &mut self.store,
            }),
            None => response::plain(404, "the sandbox has no cloud at this host"),
        };
        // RFC 9110, section 5.6.7.
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers.push(("date".to_owned(), date));
        response
    }
}

/// Returns the access key that `--sandbox` signs with for a provider.
pub fn owner(provider: &str) -> Option<Owner> {
    CLOUDS.iter().find(|cloud| cloud.id == provider).map(|cloud| cloud.owner)
}
