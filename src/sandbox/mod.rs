//! The three clouds as one state machine: a raw request and the time in, the cloud's answer out.
//!
//! Nothing here knows a socket, a clock or a file, and no signature is checked by the code that made it.

mod percent;
mod request;
mod accounts;
pub mod verify;
mod public_key;
mod store;
mod hosts;
mod response;
mod aliyun_gateway;
mod aliyun;
mod volcengine_gateway;
mod volcengine;
mod baidu;
mod sts;
mod metadata;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

pub use accounts::{
    ALIYUN, Account, Accounts, BAIDU, Identities, Identity, Rights, VOLCENGINE, identities,
};
pub use request::RawRequest;
pub use store::StoredPair;

use crate::wire::Response;
use hosts::Service;
use store::Store;

/// How long Alibaba Cloud remembers a nonce: as long as the time that goes with it is good.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(30);

/// The clouds. Equal requests at equal times in equal states get equal answers.
pub struct Sandbox {
    store: Store,
    aliyun: Accounts,
    volcengine: Accounts,
    baidu: Accounts,
    nonces: BTreeMap<(String, String), DateTime<Utc>>,
    metadata: metadata::MetadataService,
    /// Counts requests; request ids are made from it.
    requests: u64,
}

/// One request being answered: what a cloud sees of the world.
struct RequestContext<'a> {
    request: &'a RawRequest,
    now: DateTime<Utc>,
    number: u64,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Makes clouds that hold nothing and know the identities of [`identities`].
    pub fn new() -> Self {
        Self {
            store: Store::default(),
            aliyun: Accounts::from(&ALIYUN),
            volcengine: Accounts::from(&VOLCENGINE),
            baidu: Accounts::from(&BAIDU),
            nonces: BTreeMap::new(),
            metadata: metadata::MetadataService::default(),
            requests: 0,
        }
    }

    /// Reads a state that [`Self::to_json`] wrote.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let mut sandbox = Self::new();
        sandbox.restore(text)?;
        Ok(sandbox)
    }

    /// Takes over a state that [`Self::to_json`] wrote, and keeps what does not last (nonces, issued credentials).
    pub fn restore(&mut self, text: &str) -> Result<(), serde_json::Error> {
        self.store = Store::from_json(text)?;
        Ok(())
    }

    /// Writes what lasts: key pairs and client tokens, with a `schema` number.
    pub fn to_json(&self) -> String {
        self.store.to_json()
    }

    /// Returns a number that grows with every change of what lasts.
    pub fn version(&self) -> u64 {
        self.store.version()
    }

    /// Answers one raw request as the cloud would that its `Host` header names.
    ///
    /// A host that no cloud has (and a loopback host, if the request has no cloud's shape) gets a plain 404.
    pub fn answer(&mut self, request: &RawRequest, now: DateTime<Utc>) -> Response {
        self.requests += 1;
        let context = RequestContext { request, now, number: self.requests };
        let mut response = match hosts::service(request) {
            Some(Service::Aliyun(scope)) => aliyun::answer(self, &context, &scope),
            Some(Service::Volcengine(region)) => {
                volcengine::answer(self, &context, region.as_deref())
            }
            Some(Service::Baidu(region)) => baidu::answer(self, &context, region.as_deref()),
            Some(Service::AliyunSts) => sts::answer_aliyun(self, &context),
            Some(Service::VolcengineSts) => sts::answer_volcengine(self, &context),
            Some(Service::AliyunMetadata) => metadata::answer_aliyun(self, &context),
            Some(Service::VolcengineMetadata) => metadata::answer_volcengine(self, &context),
            Some(Service::BaiduMetadata) => metadata::answer_baidu(self, &context),
            None => response::plain(404, "the sandbox has no cloud of this host"),
        };
        // RFC 9110, section 5.6.7.
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers.push(("date".to_owned(), date));
        response
    }

    /// Returns what a cloud (`aliyun`, `volcengine` or `baidu`) holds in a region, oldest first.
    pub fn stored(&self, cloud: &str, region: &str) -> Vec<StoredPair> {
        self.store.pairs(cloud, region).to_vec()
    }

    /// Stores a key pair past all rules, to set the scene for a test or a rehearsal.
    pub fn put(
        &mut self,
        cloud: &str,
        region: &str,
        name: &str,
        line: &str,
        created: DateTime<Utc>,
    ) {
        let number = self.store.next();
        let id = match cloud {
            "volcengine" => volcengine::pair_id(number),
            "baidu" => baidu::pair_id(number),
            _ => format!("ssh-{number}"),
        };
        let pair = StoredPair {
            name: name.to_owned(),
            line: line.to_owned(),
            id,
            created,
            tags: Vec::new(),
            description: String::new(),
            group: String::new(),
        };
        self.store.add(cloud, region, pair);
    }

    /// Makes instance metadata refuse requests without a token (version 1 of that protocol).
    pub fn refuse_metadata_v1(&mut self) {
        self.metadata.refuse_v1();
    }

    /// Takes a nonce, or tells that this access key used it within the last minutes.
    fn take_nonce(&mut self, id: &str, nonce: &str, now: DateTime<Utc>) -> bool {
        self.nonces.retain(|_, used| (now - *used).abs() <= NONCE_LIFE);
        self.nonces.insert((id.to_owned(), nonce.to_owned()), now).is_none()
    }
}
