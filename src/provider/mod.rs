//! Providers, one folder each: facts, requests, responses, error codes, credentials. Nothing here does I/O.

mod aliyun;
mod aws;
mod baidu;
mod tencent;
mod volcengine;
mod credential_services;
pub mod credential_spec;
mod decode;
mod error_rules;
mod region;
mod rules;
mod settings_list;
pub(crate) mod xml;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use decode::{Decode, DecodeError, Page};
pub use error_rules::{ErrorRule, by_status, classify, find_rule};
pub use region::{Area, Region};
pub use rules::{Rule, check_region};
pub use settings_list::Purpose;

use self::credential_spec::CredentialSpec;
use crate::error::Error;
use crate::key::{FingerprintForm, PublicKey};
use crate::phrase::Phrase;
use crate::redact::{Redactor, SafeText, Untrusted};
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::{Origin, Request};

/// Every provider, in the order of the help text.
pub static ALL: &[&dyn Provider] =
    &[&aliyun::Aliyun, &volcengine::Volcengine, &baidu::Baidu, &aws::Aws, &tencent::Tencent];

/// Returns what every provider says of itself.
pub fn infos() -> impl Iterator<Item = &'static ProviderInfo> {
    ALL.iter().map(|cloud| cloud.info())
}

/// Finds a provider by its id or an alias.
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    let is_meant = |info: &ProviderInfo| info.id == id || info.aliases.contains(&id);
    ALL.iter().copied().find(|cloud| is_meant(cloud.info()))
}

/// Whether a provider enforces that a name, or a key, is stored only once per region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// It rejects a second one.
    Enforced,
    /// It stores both.
    NotEnforced,
}

/// Facts about a provider.
#[derive(Debug)]
pub struct ProviderInfo {
    /// The id, used in flags and output.
    pub id: &'static str,
    /// Other names, accepted in flags.
    pub aliases: &'static [&'static str],
    /// The name in messages.
    pub title: &'static str,
    /// The name in Chinese messages.
    pub title_zh: &'static str,
    /// The region when none is given; `None` where that is an error.
    pub default_region: Option<&'static str>,
    /// Regions that the vendor documents. Others are allowed: new regions appear.
    pub regions: &'static [Region],
    /// Key types that the vendor documents. Others are sent with a warning.
    pub key_types: &'static [&'static str],
    /// The rule for names, to which derived ones are fitted.
    pub name: &'static Rule,
    /// Whether a name is stored only once.
    pub unique_names: Uniqueness,
    /// Whether a key is stored only once, whatever its name.
    pub unique_keys: Uniqueness,
    /// Whether an import that is sent again with its client token gets the response to the first one.
    pub honors_client_tokens: bool,
    /// How it prints fingerprints.
    pub fingerprints: FingerprintForm,
    /// What its policies call the permissions of a run.
    pub actions: Actions,
    /// The flags of the optional values that an import supports.
    pub supports: &'static [&'static str],
    /// Parameters and headers, in lower case, whose values a trace may show.
    pub traceable: &'static [&'static str],
    /// The variables by which its own tools change the address, if there are any.
    pub endpoint_env: Option<EndpointEnv>,
    /// The signatures that a user may choose from, the default first; empty where there is no choice.
    pub signatures: &'static [SignatureForm],
    /// The error table.
    pub error_codes: &'static [ErrorRule],
    /// Where its own tools keep credentials.
    pub credentials: &'static CredentialSpec,
}

impl ProviderInfo {
    /// Returns the region that stands for the whole cloud where no region is asked for: the default, else the first.
    pub fn home_region(&self) -> &'static str {
        let first = self.regions.first().map(|region| region.id);
        self.default_region.or(first).unwrap_or_default()
    }

    /// Returns the environment variable of the region that counts first, for hints.
    pub fn region_variable(&self) -> &'static str {
        self.credentials.region_env.first().copied().unwrap_or_default()
    }

    /// Returns a region that the vendor documents.
    pub fn region(&self, id: &str) -> Option<&'static Region> {
        self.regions.iter().find(|region| region.id == id)
    }
}

/// The permissions of a run, as the vendor's policies name them.
#[derive(Debug)]
pub struct Actions {
    /// To import.
    pub import: &'static str,
    /// To give tags with an import, where that takes another permission.
    pub tag: Option<&'static str>,
    /// To look key pairs up.
    pub lookup: &'static str,
    /// To list regions.
    pub regions: &'static str,
}

impl Actions {
    /// Returns what an import may need: a look-up may follow it or precede it.
    pub fn of_import(&self, options: &ImportOptions) -> Vec<&'static str> {
        let tag = self.tag.filter(|_| !options.tags.is_empty());
        [Some(self.import), tag, Some(self.lookup)].into_iter().flatten().collect()
    }
}

/// Environment variables that name another address than a provider's own.
#[derive(Clone, Copy, Debug)]
pub struct EndpointEnv {
    /// The variables; the first that is set counts.
    pub names: &'static [&'static str],
    /// The variable that disables them.
    pub disable: &'static str,
}

/// The optional values of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// A description of the key pair.
    pub description: Option<String>,
    /// Tags, in the order given.
    pub tags: Vec<(String, String)>,
    /// The id of a resource group.
    pub resource_group: Option<String>,
    /// A project, by its name or number.
    pub project: Option<String>,
}

/// A signature that a user may choose for one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureForm {
    /// The value of the flag.
    pub name: &'static str,
    /// One line for the help text.
    pub help: &'static str,
    /// The same in Chinese.
    pub help_zh: &'static str,
}

/// A region and the origin that serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The region id.
    pub region: String,
    /// Scheme and authority of its requests.
    pub origin: Origin,
    /// The name of one of the provider's [`ProviderInfo::signatures`]; `None` is the first of them.
    pub signature: Option<&'static str>,
}

/// Where the name of a key pair comes from. The key under another name is a conflict with a given name and a success
/// with a derived one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// The user gave it.
    Given,
    /// It was derived from the key's comment, its file or its fingerprint.
    Derived,
}

/// One import: one key into one region of one provider.
#[derive(Clone, Debug)]
pub struct ImportJob {
    /// The key.
    pub key: Arc<PublicKey>,
    /// Redacts the key from what a provider repeats.
    pub redactor: Arc<Redactor>,
    /// Its file, as the user gave it, for reports.
    pub source: String,
    /// The name of the key pair.
    pub name: String,
    /// Where the name comes from.
    pub name_source: NameSource,
    /// Where it is imported.
    pub endpoint: Endpoint,
    /// Optional values.
    pub options: ImportOptions,
    /// The idempotency token: one per import, the same on every attempt.
    pub client_token: String,
}

/// What a look-up searches by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupBy {
    /// The name of the key pair.
    Name,
    /// The key, whatever its name.
    Key,
}

/// A key pair as a provider describes it: decoded it holds [`Untrusted`] text, in an outcome only what may be shown. What
/// the provider leaves out is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPair<T = Untrusted> {
    /// Its name; empty in a response that leaves it out.
    pub name: T,
    /// The provider's id for it.
    pub id: Option<T>,
    /// The public key line; never shown.
    pub public_key: Option<Untrusted>,
    /// The fingerprint, in the provider's own form.
    pub fingerprint: Option<T>,
    /// The region that holds it.
    pub region: Option<T>,
    /// When it was stored.
    pub created: Option<CreationTime>,
}

/// When a key pair was stored, as precisely as the provider shows it: at `from`, or later by less than `unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreationTime {
    /// The earliest time that it can be.
    pub from: DateTime<Utc>,
    /// What the provider leaves open.
    pub unit: Duration,
}

impl KeyPair {
    /// Returns what may be shown of it.
    pub fn display(&self, redactor: &Redactor) -> KeyPair<SafeText> {
        let display = |text: &Option<Untrusted>| Some(redactor.display(text.as_ref()?));
        KeyPair {
            name: redactor.display(&self.name),
            id: display(&self.id),
            public_key: None,
            fingerprint: display(&self.fingerprint),
            region: display(&self.region),
            created: self.created,
        }
    }
}

/// How to talk to a provider. No method does I/O, reads a clock or draws a random value.
pub trait Provider: Decode + fmt::Debug + Send + Sync {
    /// Returns the facts about this provider.
    fn info(&self) -> &'static ProviderInfo;
    /// Returns the host that serves a region.
    fn host(&self, region: &str) -> String;
    /// Checks the values of a job by the vendor's rules; returns warnings about what the rules leave open.
    fn check(&self, job: &ImportJob) -> Result<Vec<Phrase>, Error>;
    /// Builds the import request.
    fn import(&self, job: &ImportJob) -> Request;
    /// Builds the request for a page of the key pairs with this name or this key. The list may hold others as well.
    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request;
    /// Returns the part of the cloud that a region is in. An account belongs to one part, so its other regions are there.
    fn partition(&self, _region: &str) -> &'static str {
        ""
    }
    /// Returns the host that lists the regions of the same partition.
    fn regions_host(&self, region: &str) -> String {
        self.host(region)
    }
    /// Builds the request for a page of regions.
    fn regions(&self, endpoint: &Endpoint, page: Option<&str>) -> Request;
    /// Signs a request.
    fn sign(
        &self,
        request: Request,
        endpoint: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed;
}
