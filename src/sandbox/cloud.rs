//! What the shared code needs to know of a cloud, and what a cloud gets with a request.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::accounts::{Accounts, Owner};
use super::hosts::{self, Scope};
use super::request::RawRequest;
use super::store::Store;
use crate::wire::Response;

/// A cloud of the sandbox.
pub(super) struct Cloud {
    /// The id of the provider.
    pub(super) id: &'static str,
    /// The made-up access key that `--sandbox` signs with.
    pub(super) owner: Owner,
    /// Its hosts. `{region}` stands for the id of the region that the host serves; a host without it is central.
    pub(super) hosts: &'static [&'static str],
    /// Returns whether a request has this cloud's kind of signature, which tells the clouds apart on loopback.
    pub(super) is_signed: fn(&RawRequest) -> bool,
    /// Responds to a request for one of the hosts.
    pub(super) respond: fn(&mut RequestContext<'_>) -> Response,
}

impl Cloud {
    /// Returns which regions the request's host serves, if it is a host of this cloud.
    pub(super) fn scope(&self, request: &RawRequest) -> Option<Scope> {
        let host = request.host();
        if hosts::is_loopback(&host) {
            return (self.is_signed)(request).then_some(Scope::Any);
        }
        self.hosts.iter().find_map(|pattern| hosts::scope(pattern, &host))
    }
}

/// A request, and the state of the cloud that responds to it.
pub(super) struct RequestContext<'a> {
    pub(super) request: &'a RawRequest,
    pub(super) now: DateTime<Utc>,
    /// The number of the request, which makes its id.
    pub(super) number: u64,
    /// The regions that the request's host serves.
    pub(super) scope: Scope,
    pub(super) accounts: &'a Accounts,
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
        id: &str,
        nonce: &str,
        now: DateTime<Utc>,
        life: TimeDelta,
    ) -> bool {
        self.0.retain(|_, used| (now - *used).abs() <= life);
        self.0.insert((id.to_owned(), nonce.to_owned()), now).is_none()
    }
}
