//! Alibaba Cloud ECS: RPC calls, signed in the query, or with ACS3 in the headers.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-importkeypair>

mod regions;
mod responses;
mod errors;
mod credentials;

use super::rules::{self, Rule};
use super::{
    Actions, Endpoint, ImportJob, LookupBy, Provider, ProviderInfo, SignatureForm, Uniqueness,
};
use crate::error::Error;
use crate::key::FingerprintForm;
use crate::phrase::{Phrase, phrase};
use crate::sign::{Credential, Signed, Stamp, acs3, rpc};
use crate::wire::Request;

const VERSION: &str = "2014-05-26";
/// Maximum of tags per resource.
const MAX_TAGS: usize = 20;
/// Maximum of key pairs per page of `DescribeKeyPairs`.
const PAGE_SIZE: u32 = 50;

const RPC: &str = "rpc";
const ACS3: &str = "acs3";

static INFO: ProviderInfo = ProviderInfo {
    id: "aliyun",
    aliases: &["alibaba", "alicloud", "alibabacloud"],
    title: "Alibaba Cloud",
    title_zh: "阿里云",
    default_region: Some("cn-hangzhou"),
    regions: regions::REGIONS,
    key_types: &[
        "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ],
    name: &NAME,
    unique_names: Uniqueness::Enforced,
    unique_keys: Uniqueness::NotEnforced,
    honors_client_tokens: false,
    fingerprints: FingerprintForm::Md5,
    // <https://help.aliyun.com/document_detail/51774.html>
    actions: Actions {
        import: "ecs:ImportKeyPair",
        tag: None,
        lookup: "ecs:DescribeKeyPairs",
        regions: "ecs:DescribeRegions",
    },
    supports: &["--tag", "--resource-group"],
    traceable: &[
        "action", "version", "format", "regionid", "keypairname", "includepublickey", "pagesize",
        "pagenumber", "timestamp", "signaturemethod", "signatureversion", "keypairfingerprint",
        "acceptlanguage", "x-acs-date", "x-acs-action", "x-acs-version",
    ],
    endpoint_env: None,
    signatures: &[
        SignatureForm {
            name: "auto",
            help: "RPC; ACS3 with a session token",
            help_zh: "RPC；使用会话令牌时为 ACS3",
        },
        SignatureForm {
            name: RPC,
            help: "HMAC-SHA1 in the query",
            help_zh: "HMAC-SHA1，签名在查询参数中",
        },
        SignatureForm {
            name: ACS3,
            help: "ACS3-HMAC-SHA256 in the headers",
            help_zh: "ACS3-HMAC-SHA256，签名在请求头中",
        },
    ],
    error_codes: errors::ERROR_CODES,
    credentials: &credentials::CREDENTIALS,
};

static NAME: Rule = Rule {
    what: "the name",
    flag: "--name",
    length: 2..=128,
    allows: |letter| letter.is_alphanumeric() || matches!(letter, ':' | '_' | '.' | '-'),
    begins: rules::is_letter,
    words: "2 to 128 letters, digits, `:`, `_`, `.` or `-`, and begin with a letter",
};

const TAG_KEY: Rule = Rule {
    what: "tag key",
    flag: "--tag",
    length: 1..=128,
    allows: |letter| !letter.is_control(),
    begins: |_| true,
    words: "1 to 128 characters",
};

const TAG_VALUE: Rule =
    Rule { what: "tag value", length: 0..=128, words: "at most 128 characters", ..TAG_KEY };

const RESOURCE_GROUP: Rule = Rule {
    what: "the resource group",
    flag: "--resource-group",
    length: 1..=64,
    allows: |letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'),
    begins: |_| true,
    words: "the id of a resource group, such as `rg-bp67acfmxazb4p`",
};

/// Alibaba Cloud.
#[derive(Debug)]
pub(super) struct Aliyun;

impl Provider for Aliyun {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    /// `ecs.<region>.aliyuncs.com`, but for two regions that the central host serves.
    ///
    /// <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-endpoint>
    fn host(&self, region: &str) -> String {
        match region {
            "cn-hangzhou-finance" | "cn-north-2-gov-1" => "ecs.aliyuncs.com".to_owned(),
            _ => format!("ecs.{region}.aliyuncs.com"),
        }
    }

    fn check(&self, job: &ImportJob) -> Result<Vec<Phrase>, Error> {
        let warnings = rules::check(&INFO, job)?;
        rules::check_tags(job, MAX_TAGS, &TAG_KEY, &TAG_VALUE)?;
        for (key, value) in &job.options.tags {
            let reserved = key.starts_with("aliyun") || key.starts_with("acs:");
            if reserved
                || [key, value]
                    .iter()
                    .any(|text| text.contains("http://") || text.contains("https://"))
            {
                let message = phrase!(
                    "tag `{}` must not begin with `aliyun` or `acs:`, nor hold `http://` or `https://`",
                    key
                );
                return Err(TAG_KEY.refused(message));
            }
        }
        job.options.resource_group.iter().try_for_each(|text| RESOURCE_GROUP.check(text))?;
        Ok(warnings)
    }

    fn import(&self, job: &ImportJob) -> Request {
        let request = call(&job.endpoint, "ImportKeyPair")
            .with("RegionId", &*job.endpoint.region)
            .with("KeyPairName", &*job.name)
            .with("PublicKeyBody", job.key.line())
            .with_some("ResourceGroupId", job.options.resource_group.as_deref());
        (1..).zip(&job.options.tags).fold(request, |request, (number, (key, value))| {
            request
                .with(format!("Tag.{number}.Key"), &**key)
                .with(format!("Tag.{number}.Value"), &**value)
        })
    }

    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request {
        let request = call(&job.endpoint, "DescribeKeyPairs")
            .with("RegionId", &*job.endpoint.region)
            .with("IncludePublicKey", "true")
            .with("PageSize", PAGE_SIZE.to_string())
            .with("PageNumber", page.unwrap_or("1"));
        match by {
            // A name without `*` is matched exactly, and no name may contain one.
            LookupBy::Name => request.with("KeyPairName", &*job.name),
            LookupBy::Key => request.with("KeyPairFingerPrint", job.key.md5()),
        }
    }

    fn regions(&self, endpoint: &Endpoint, _page: Option<&str>) -> Request {
        call(endpoint, "DescribeRegions").with("AcceptLanguage", "en-US")
    }

    fn sign(
        &self,
        request: Request,
        endpoint: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        match endpoint.signature {
            Some(RPC) => rpc::sign(request, credential, stamp),
            Some(ACS3) => acs3::sign(request, credential, stamp),
            _ => sign_auto(request, credential, stamp),
        }
    }
}

/// Signs with RPC, or with ACS3 where RPC would put a session token into the URL.
fn sign_auto(request: Request, credential: &Credential, stamp: &Stamp) -> Signed {
    match credential.token {
        Some(_) => acs3::sign(request, credential, stamp),
        None => rpc::sign(request, credential, stamp),
    }
}

/// Builds a call: every parameter is in the query and the body is empty, as in the vendor's SDKs.
fn call(endpoint: &Endpoint, action: &str) -> Request {
    Request::new("POST", endpoint.origin.clone(), "/")
        .with("Action", action)
        .with("Version", VERSION)
        .with("Format", "JSON")
}
