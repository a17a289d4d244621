//! A cloud of the sandbox: its accounts and hosts, and what it gets with a request.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::http::RawRequest;
use super::store::Store;
use crate::provider::{self, check_region};
use crate::wire::Response;

/// A cloud of the sandbox.
pub(super) struct Cloud {
    /// The id of the provider.
    pub(super) id: &'static str,
    /// The account that `--sandbox` signs with.
    pub(super) owner: Account,
    /// Its hosts. `{region}` stands for the id of the region that the host serves; a host without it is central.
    pub(super) hosts: &'static [&'static str],
    /// Returns whether a request has this cloud's kind of signature, which tells the clouds apart on loopback.
    pub(super) is_signed: fn(&RawRequest) -> bool,
    /// Responds to a request for one of the hosts.
    pub(super) respond: fn(&mut RequestContext<'_>) -> Response,
}

/// A made-up access key, which gives access to nothing else. `Debug` shows its id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The access key id.
    pub id: Cow<'static, str>,
    /// The access key secret.
    pub secret: Cow<'static, str>,
    /// The session token, without which a temporary access key is not valid.
    pub token: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Account {
    pub(super) const fn permanent(id: &'static str, secret: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), secret: Cow::Borrowed(secret), token: None }
    }
}

/// The regions that a host serves.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// The one region in the host's name.
    Region(String),
    /// The regions of the provider's central host.
    Central,
    /// All: the host is loopback.
    Any,
}

impl Cloud {
    /// Returns which regions a host serves: those of a central one, or the one in its name. `None` for a host of another
    /// cloud, and for that of a region that does not exist: no cloud has it.
    pub(super) fn serves(&self, host: &str) -> Option<Scope> {
        self.hosts.iter().find_map(|pattern| {
            let Some((prefix, suffix)) = pattern.split_once("{region}") else {
                return (host == *pattern).then_some(Scope::Central);
            };
            let region = host.strip_prefix(prefix)?.strip_suffix(suffix)?;
            let exists = check_region(region).is_ok() && !is_unknown(self.id, region);
            exists.then(|| Scope::Region(region.to_owned()))
        })
    }

    /// Returns which regions the request's host serves, if it is a host of this cloud.
    pub(super) fn scope(&self, request: &RawRequest) -> Option<Scope> {
        match &*request.host() {
            "127.0.0.1" | "localhost" | "::1" => (self.is_signed)(request).then_some(Scope::Any),
            host => self.serves(host),
        }
    }
}

/// Returns whether a cloud has no such region: what its vendor does not document does not exist in the sandbox, but for
/// the sandbox's own regions `r0`, `cn-r1` and so on, with which runs over more regions than a cloud has can be tried.
pub(super) fn is_unknown(cloud: &str, region: &str) -> bool {
    let last = region.rsplit('-').next().and_then(|last| last.strip_prefix('r'));
    let is_own = last.is_some_and(|number| number.parse::<u32>().is_ok());
    !is_own && provider::find(cloud).is_none_or(|cloud| cloud.info().region(region).is_none())
}

/// Returns the ids of the regions that the vendor of a cloud documents.
pub(super) fn documented(cloud: &str) -> Vec<&'static str> {
    let regions = provider::find(cloud).map_or(&[][..], |cloud| cloud.info().regions);
    regions.iter().map(|region| region.id).collect()
}

/// A request, and the state of the cloud that responds to it.
pub(super) struct RequestContext<'a> {
    pub(super) request: &'a RawRequest,
    pub(super) now: DateTime<Utc>,
    /// The number of the request, which makes its id.
    pub(super) number: u64,
    /// The regions that the request's host serves.
    pub(super) scope: Scope,
    pub(super) accounts: &'a [Account],
    pub(super) nonces: &'a mut Nonces,
    pub(super) store: &'a mut Store,
}

/// The nonces of signatures, by access key id, with the time at which each was used.
#[derive(Debug, Default)]
pub(super) struct Nonces(BTreeMap<(String, String), DateTime<Utc>>);

impl Nonces {
    /// Records a nonce; returns false if the access key used it within `life`.
    pub(super) fn insert(
        &mut self,
        key: (String, String),
        now: DateTime<Utc>,
        life: TimeDelta,
    ) -> bool {
        self.0.retain(|_, used| (now - *used).abs() <= life);
        self.0.insert(key, now).is_none()
    }
}
