//! Clouds, one a file: what a cloud is, the requests it takes and the answers it gives. Nothing here does I/O.

mod aliyun;
mod baidu;
mod volcengine;
mod decode;
mod error_rules;
mod region;
mod rules;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use error_rules::{ErrorRule, classify, rule};
pub use region::check_region;

use crate::error::{Error, ErrorResponse};
use crate::key::PublicKey;
use crate::redact::{Redactor, SafeText, Untrusted};
use crate::sign::Credential;
use crate::sign::{Signed, Stamp};
use crate::wire::{Origin, Request, Response};

/// Every cloud, in the order of the help text.
pub static ALL: &[&dyn Provider] = &[&aliyun::Aliyun, &volcengine::Volcengine, &baidu::Baidu];

/// Finds a cloud by its id or by another name that its users know it by.
pub fn find(id: &str) -> Option<&'static dyn Provider> {
    ALL.iter().copied().find(|cloud| {
        let info = cloud.info();
        info.id == id || info.aliases.contains(&id)
    })
}

/// Whether a cloud refuses a second key pair with the same name, or with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// It refuses.
    Enforced,
    /// It stores both.
    NotEnforced,
}

/// What a cloud is: facts only.
#[derive(Debug)]
pub struct ProviderInfo {
    /// The id in flags and output.
    pub id: &'static str,
    /// Other names for the same cloud.
    pub aliases: &'static [&'static str],
    /// The name in prose.
    pub title: &'static str,
    /// The region when nothing names one.
    pub default_region: &'static str,
    /// The variable that names the region, for hints.
    pub region_variable: &'static str,
    /// Regions that the vendor's documents name. Others are allowed: regions keep appearing.
    pub regions: &'static [&'static str],
    /// Key types that the vendor's documents name. Others are sent with a warning.
    pub key_types: &'static [&'static str],
    /// What happens to a second key under one name.
    pub unique_names: Uniqueness,
    /// What happens to one key under a second name.
    pub unique_keys: Uniqueness,
    /// It prints the MD5 of a key as 32 hex digits; otherwise the form of its fingerprints is not known.
    pub prints_md5: bool,
    /// Which of the optional values an import takes.
    pub supports: &'static [ImportOption],
    /// Parameters and headers, in lower case, whose values a trace may show.
    pub traceable: &'static [&'static str],
    /// The error table.
    pub error_codes: &'static [ErrorRule],
}

/// A value that not every cloud takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOption {
    /// `--description`
    Description,
    /// `--tag`
    Tag,
    /// `--resource-group`
    ResourceGroup,
    /// `--project`
    Project,
}

impl ImportOption {
    /// Returns the flag that sets it.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Description => "--description",
            Self::Tag => "--tag",
            Self::ResourceGroup => "--resource-group",
            Self::Project => "--project",
        }
    }
}

/// The optional values of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// A text about the key pair.
    pub description: Option<String>,
    /// Tags, in the order given.
    pub tags: Vec<(String, String)>,
    /// The id of a resource group (Alibaba Cloud).
    pub resource_group: Option<String>,
    /// The name of a project (Volcengine).
    pub project: Option<String>,
}

impl ImportOptions {
    /// Returns which values are set.
    pub fn set(&self) -> Vec<ImportOption> {
        let set = [
            (ImportOption::Description, self.description.is_some()),
            (ImportOption::Tag, !self.tags.is_empty()),
            (ImportOption::ResourceGroup, self.resource_group.is_some()),
            (ImportOption::Project, self.project.is_some()),
        ];
        set.into_iter().filter(|(_, is_set)| *is_set).map(|(option, _)| option).collect()
    }
}

/// Which of Alibaba Cloud's signatures to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AliyunSignature {
    /// RPC, and ACS3 where a session token would otherwise stand in the URL.
    #[default]
    Auto,
    /// HMAC-SHA1 in the query.
    Rpc,
    /// ACS3-HMAC-SHA256 in the headers.
    Acs3,
}

/// Where a request is to be understood: a region at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The region id.
    pub region: String,
    /// Where requests for it go.
    pub origin: Origin,
    /// Which signature Alibaba Cloud gets.
    pub aliyun_signature: AliyunSignature,
}

/// Where the name of a key pair comes from: a given one is insisted on, a derived one is a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// The user gave it.
    Given,
    /// It was made from the key's comment, its file's name or its fingerprint.
    Derived,
}

/// One import: one key into one region of one cloud.
#[derive(Clone, Debug)]
pub struct ImportJob {
    /// The key.
    pub key: Arc<PublicKey>,
    /// Its file as the user gave it, for reports.
    pub source: String,
    /// The name that the key pair is to have.
    pub name: String,
    /// Where that name comes from.
    pub named: NameSource,
    /// Where it is to go.
    pub endpoint: Endpoint,
    /// Optional values.
    pub options: ImportOptions,
    /// One text an import, the same on every attempt, for clouds that tell repeats by it.
    pub client_token: String,
}

/// What to look for among the stored key pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupBy {
    /// The name that the key pair is to have.
    Name,
    /// The key, whatever its name.
    Key,
}

/// A key pair as a provider lists it: decoded it holds [`Untrusted`] text, in an outcome only what may be shown. What
/// the provider does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPair<T = Untrusted> {
    /// Its name.
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
    pub created: Option<DateTime<Utc>>,
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

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// What asks for the next page, if there is one.
    pub next: Option<String>,
}

/// An answer that says success and cannot be read.
///
/// It tells where and not what: the parser's own words quote the answer, which may repeat the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not the JSON it should be (line {line}, column {column})")]
pub struct DecodeError {
    line: usize,
    column: usize,
}

impl DecodeError {
    /// An answer in which something is missing that the rest calls for.
    fn missing(name: &'static str) -> Self {
        <serde_json::Error as serde::de::Error>::missing_field(name).into()
    }
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column() }
    }
}

/// How to speak to one cloud. No method does I/O, reads a clock or draws a random value.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Returns the facts about this cloud.
    fn info(&self) -> &'static ProviderInfo;
    /// Returns the host that serves a region.
    fn host(&self, region: &str) -> String;
    /// Checks the values of a job by the vendor's rules; what the rules leave open comes back as warnings.
    fn check(&self, job: &ImportJob) -> Result<Vec<String>, Error>;
    /// Builds the request that imports.
    fn import(&self, job: &ImportJob) -> Request;
    /// Builds the request for a page of the stored key pairs that have this name or this key, and maybe others.
    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request;
    /// Returns the host that lists the regions.
    fn regions_host(&self) -> String;
    /// Builds the request for a page of the regions.
    fn regions(&self, endpoint: &Endpoint, page: Option<&str>) -> Request;
    /// Signs a request of this cloud.
    fn sign(
        &self,
        request: Request,
        endpoint: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed;
    /// Reads an error response: `Some` for every status outside 2xx, and for some responses with 200.
    fn read_error(&self, response: &Response) -> Option<ErrorResponse>;
    /// Reads the id under which the cloud's support finds the request.
    fn read_request_id(&self, response: &Response) -> Option<Untrusted>;
    /// Reads the answer to an import.
    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError>;
    /// Reads the answer to a look-up.
    fn read_lookup(&self, response: &Response) -> Result<Page<KeyPair>, DecodeError>;
    /// Reads the answer to a list of regions.
    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError>;
}
