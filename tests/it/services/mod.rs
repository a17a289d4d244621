//! What the clouds have beside key pairs: token services, instance metadata, and accounts other than the owner's.
//!
//! The program's own sandbox has none of it: with `--sandbox` every request is signed by the owner.

mod accounts;
mod aws;
mod metadata;
mod sts;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::sandbox::{Account, ApiError, RawRequest, Sandbox, Store, StoredPair};
use keyimport::wire::Response;
use serde_json::Value;

use accounts::is_signed_by;
pub use accounts::{
    ALIYUN, AWS, BAIDU, Identity, Limit, TENCENT, VOLCENGINE, account, identities, limits, respond,
    sandbox,
};
pub use aws::{CONTAINER_TOKEN, LOGIN};

/// How ids and tokens of the credentials that a provider issues begin.
fn issued_forms(provider: &str) -> (&'static str, &'static str) {
    match provider {
        "aliyun" => ("STS.Sandbox", "CAISsandbox/aliyun+"),
        "volcengine" => ("AKTPSandbox", "STSsandbox.volcengine+"),
        "aws" => ("ASIASANDBOX", "IQoJsandbox/aws+"),
        "tencent" => ("AKIDSandboxIssued", "sandbox-tencent/"),
        _ => ("sandboxissued", "sandbox+baidu/"),
    }
}

/// The clouds of the sandbox with token services and instance metadata in front.
pub struct Services {
    pub clouds: Sandbox,
    /// The accounts that the token services know: those of the clouds.
    accounts: BTreeMap<&'static str, Vec<Account>>,
    limits: Vec<Limit>,
    metadata: metadata::Metadata,
    requests: u64,
}

/// An issued credential, and when it expires.
struct Issued {
    account: Account,
    end: DateTime<Utc>,
}

/// One request: what a service sees of it.
struct Context<'a> {
    request: &'a RawRequest,
    now: DateTime<Utc>,
    number: u64,
}

impl Services {
    pub fn new() -> Self {
        let accounts = crate::cloud_ids().map(|id| (id, accounts::accounts(id).to_vec()));
        Self {
            clouds: sandbox(),
            accounts: accounts.collect(),
            limits: limits(),
            metadata: metadata::Metadata::default(),
            requests: 0,
        }
    }

    /// Makes instance metadata refuse requests without a token, as version 2 alone does.
    pub fn refuse_metadata_v1(&mut self) {
        self.metadata.refuse_v1();
    }

    /// Responds as the service or the cloud would that the `Host` header names.
    pub fn respond(&mut self, request: &RawRequest, now: DateTime<Utc>) -> Response {
        self.requests += 1;
        let context = Context { request, now, number: self.requests };
        let host = request.header("host").unwrap_or_default();
        match host.split('.').collect::<Vec<_>>()[..] {
            ["sts", "aliyuncs", "com"] | ["sts" | "sts-vpc", _, "aliyuncs", "com"] => {
                sts::aliyun(self, &context)
            }
            ["sts", "volcengineapi", "com"] => sts::volcengine(self, &context),
            ["sts", "tencentcloudapi", "com"] => sts::tencent(self, &context),
            ["metadata", "tencentyun", "com"] => metadata::tencent(self, &context),
            ["100", "100", "100", "200"] => metadata::aliyun(self, &context),
            ["100", "96", "0", "96"] => metadata::volcengine(self, &context),
            ["sts", _, "amazonaws", ..] | ["sts", "amazonaws", "com"] => aws::sts(self, &context),
            ["portal", "sso", _, "amazonaws", ..] => aws::portal(self, &context),
            ["169", "254", "170", "2"] => aws::container(self, &context),
            ["169", "254", "169", "254"] => metadata::shared(self, &context),
            _ => respond(&mut self.clouds, &self.limits, request, now),
        }
    }

    /// Issues a credential, which the clouds and the token services know from now on.
    fn issue(&mut self, provider: &'static str, context: &Context<'_>, seconds: i64) -> Issued {
        let (id, token) = issued_forms(provider);
        let number = context.number;
        let account = account(
            &format!("{id}{number:012}"),
            &format!("sandbox-issued-secret-{number:012}"),
            Some(&format!("{token}issued+{number:012}/token==")),
        );
        self.clouds.accounts.get_mut(provider).unwrap().push(account.clone());
        self.accounts.get_mut(provider).unwrap().push(account.clone());
        let end = context.now + TimeDelta::seconds(seconds);
        self.limits.push(Limit { provider, id: account.id.to_string(), end: Some(end) });
        Issued { account, end }
    }
}

/// Stores a key pair, whatever the rules of the cloud say.
pub fn put(
    store: &mut Store,
    provider: &str,
    region: &str,
    name: &str,
    line: &str,
    created: DateTime<Utc>,
) {
    let pair = StoredPair {
        name: name.to_owned(),
        line: line.to_owned(),
        id: format!("put-{}", store.next_serial()),
        created,
        ..StoredPair::default()
    };
    store.add(provider, region, pair);
}

/// The decoded pairs of a query or a form.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://host/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}

fn query(request: &RawRequest) -> BTreeMap<String, String> {
    pairs(request.target.split_once('?').map_or("", |(_, query)| query))
}

fn form(request: &RawRequest) -> BTreeMap<String, String> {
    pairs(std::str::from_utf8(&request.body).unwrap())
}

fn json(status: u16, body: &Value) -> Response {
    text(status, body.to_string())
}

fn text(status: u16, text: impl Into<String>) -> Response {
    Response { status, headers: Vec::new(), body: text.into().into_bytes() }
}

fn refusal<T>(status: u16, code: impl Into<String>, message: &str) -> Result<T, ApiError> {
    Err(ApiError::new(status, code, message))
}
