//! Volcengine ECS: GET calls with a V4-style signature; some error responses have HTTP status 200.
//!
//! <https://www.volcengine.com/docs/6396/120444>

mod regions;
mod responses;
mod errors;
mod credentials;

use super::rules::{self, Rule};
use super::{Actions, Endpoint, ImportJob, LookupBy, Provider, ProviderInfo, Uniqueness};
use crate::error::Error;
use crate::key::FingerprintForm;
use crate::phrase::{Phrase, phrase};
use crate::sign::{Credential, Signed, Stamp, v4};
use crate::wire::Request;

const VERSION: &str = "2020-04-01";
/// Maximum of tags per resource.
const MAX_TAGS: usize = 20;
/// Maximum of key pairs per page of `DescribeKeyPairs`, the quota of a region.
const PAGE_SIZE: &str = "500";
/// Maximum of regions per page of `DescribeRegions`.
const REGIONS_PAGE_SIZE: &str = "20";

static INFO: ProviderInfo = ProviderInfo {
    id: "volcengine",
    aliases: &["volc"],
    title: "Volcengine",
    title_zh: "火山引擎",
    default_region: Some("cn-beijing"),
    regions: regions::REGIONS,
    // No document lists the key types; every example is RSA.
    key_types: &["ssh-rsa"],
    name: &NAME,
    unique_names: Uniqueness::Enforced,
    unique_keys: Uniqueness::NotEnforced,
    honors_client_tokens: true,
    fingerprints: FingerprintForm::Md5,
    // <https://www.volcengine.com/docs/6396/1221516>; the names are in the schemas of its `terraform-provider-volcenginecc`.
    actions: Actions {
        import: "ecs:ImportKeyPair",
        tag: None,
        lookup: "ecs:DescribeKeyPairs",
        regions: "ecs:DescribeRegions",
    },
    supports: &["--description", "--tag", "--project"],
    traceable: &[
        "action", "version", "keypairname", "keypairnames.1", "maxresults", "fingerprint", "x-date",
    ],
    endpoint_env: None,
    signatures: &[],
    error_codes: errors::ERROR_CODES,
    credentials: &credentials::CREDENTIALS,
};

static NAME: Rule = Rule {
    what: "the name",
    flag: "--name",
    length: 2..=64,
    allows: |letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_'),
    begins: |letter| letter.is_ascii_alphanumeric(),
    words: "2 to 64 ASCII letters, digits, `-` or `.`, and begin with a letter or digit",
};

const DESCRIPTION: Rule = Rule {
    what: "the description",
    flag: "--description",
    length: 1..=255,
    allows: |letter| {
        rules::is_letter(letter)
            || letter.is_ascii_digit()
            || matches!(letter, '.' | '_' | '-' | '=' | ' ' | ',' | '，' | '。')
    },
    begins: rules::is_letter,
    words: "1 to 255 letters, digits, spaces or `. _ - = ,`, and begin with a letter",
};

const TAG_KEY: Rule = Rule {
    what: "tag key",
    flag: "--tag",
    length: 1..=128,
    allows: |letter| letter.is_alphanumeric() || " _.:/=+-@".contains(letter),
    begins: |_| true,
    words: "1 to 128 letters, digits, spaces or `_ . : / = + - @`",
};

const TAG_VALUE: Rule = Rule {
    what: "tag value",
    length: 0..=256,
    words: "at most 256 letters, digits, spaces or `_ . : / = + - @`",
    ..TAG_KEY
};

const PROJECT: Rule = Rule {
    what: "the project",
    flag: "--project",
    length: 1..=64,
    allows: |letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-'),
    begins: |_| true,
    words: "1 to 64 ASCII letters, digits, `_`, `.` or `-`",
};

/// Volcengine.
#[derive(Debug)]
pub(super) struct Volcengine;

impl Provider for Volcengine {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    /// One host serves nearly all regions; the signature's scope names the region. The exceptions are the
    /// bootstrap list of the vendor's SDKs (`volcenginesdkcore` 5.0.54, `default_provider.py`).
    fn host(&self, region: &str) -> String {
        match region {
            "ap-southeast-2"
            | "ap-southeast-3"
            | "cn-beijing-autodriving"
            | "cn-beijing-selfdrive"
            | "cn-shanghai-autodriving" => format!("ecs.{region}.volcengineapi.com"),
            _ => "open.volcengineapi.com".to_owned(),
        }
    }

    fn check(&self, job: &ImportJob) -> Result<Vec<Phrase>, Error> {
        let mut warnings = rules::check(&INFO, job)?;
        let name = job.name.as_str();
        if name.ends_with(['-', '.']) || name.contains("--") || name.contains("..") {
            let message =
                phrase!("the name `{}` must not end in `-` or `.`, nor repeat them in a row", name);
            return Err(NAME.refused(message));
        }
        job.options.description.iter().try_for_each(|text| DESCRIPTION.check(text))?;
        job.options.project.iter().try_for_each(|text| PROJECT.check(text))?;
        rules::check_tags(job, MAX_TAGS, &TAG_KEY, &TAG_VALUE)?;
        for (key, _) in &job.options.tags {
            let lower = key.to_ascii_lowercase();
            if lower.starts_with("volc:") || lower.starts_with("sys:") {
                let message =
                    phrase!("tag key `{}` must not begin with `{}` or `{}`", key, "volc:", "sys:");
                return Err(TAG_KEY.refused(message));
            }
        }
        if name.contains('_') {
            // The vendor's rule forbids `_`, its own example (`ssh_key_pair`) contains it.
            warnings.push(phrase!(
                "the name `{}` contains `_`, which {}'s rules leave out; it is sent all the same",
                name,
                INFO.title
            ));
        }
        Ok(warnings)
    }

    fn import(&self, job: &ImportJob) -> Request {
        let request = call(&job.endpoint, "ImportKeyPair")
            .with("KeyPairName", &*job.name)
            // No document says whether a comment is kept.
            .with("PublicKey", job.key.bare_line())
            .with("ClientToken", &*job.client_token)
            .with_some("Description", job.options.description.as_deref())
            .with_some("ProjectName", job.options.project.as_deref());
        (1..).zip(&job.options.tags).fold(request, |request, (number, (key, value))| {
            request
                .with(format!("Tags.{number}.Key"), &**key)
                .with(format!("Tags.{number}.Value"), &**value)
        })
    }

    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request {
        let request = call(&job.endpoint, "DescribeKeyPairs").with("MaxResults", PAGE_SIZE);
        let request = match by {
            // `KeyPairNames.N` matches exactly, `KeyPairName` a part.
            LookupBy::Name => request.with("KeyPairNames.1", &*job.name),
            LookupBy::Key => request.with("FingerPrint", job.key.md5()),
        };
        request.with_some("NextToken", page)
    }

    fn regions(&self, endpoint: &Endpoint, page: Option<&str>) -> Request {
        call(endpoint, "DescribeRegions")
            .with("MaxResults", REGIONS_PAGE_SIZE)
            .with_some("NextToken", page)
    }

    fn sign(
        &self,
        request: Request,
        endpoint: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        v4::VOLCENGINE.sign(request, credential, stamp, &endpoint.region, "ecs")
    }
}

fn call(endpoint: &Endpoint, action: &str) -> Request {
    Request::new("GET", endpoint.origin.clone(), "/")
        .with("Action", action)
        .with("Version", VERSION)
}
