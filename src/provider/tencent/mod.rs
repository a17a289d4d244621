//! Tencent Cloud CVM: JSON calls with TC3-HMAC-SHA256; every error response has HTTP status 200.
//!
//! <https://cloud.tencent.com/document/api/213/15703>

mod regions;
mod responses;
mod errors;
mod credentials;

use serde_json::{Value, json};

use super::rules::{self, Rule};
use super::{Actions, Endpoint, ImportJob, LookupBy, Provider, ProviderInfo, Uniqueness};
use crate::error::Error;
use crate::key::FingerprintForm;
use crate::phrase::{Phrase, phrase};
use crate::sign::{Credential, Signed, Stamp, tc3};
use crate::wire::Request;

const VERSION: &str = "2017-03-12";
/// Maximum of tags per resource.
const MAX_TAGS: usize = 50;
/// Maximum of key pairs per page of `DescribeKeyPairs`, and the quota of an account.
const PAGE_SIZE: u64 = 100;

static INFO: ProviderInfo = ProviderInfo {
    id: "tencent",
    aliases: &["tencentcloud", "qcloud"],
    title: "Tencent Cloud",
    title_zh: "腾讯云",
    default_region: None,
    regions: regions::REGIONS,
    // The page names RSA alone.
    key_types: &["ssh-rsa"],
    name: &NAME,
    // Older pages call the region optional: a name may be unique in the account, so that the second region reports it as
    // taken by the same pair.
    unique_names: Uniqueness::Enforced,
    unique_keys: Uniqueness::Enforced,
    honors_client_tokens: false,
    // There are no fingerprints; lists show the key.
    fingerprints: FingerprintForm::Unknown,
    // <https://www.tencentcloud.com/document/product/598/57095>
    actions: Actions {
        import: "cvm:ImportKeyPair",
        tag: None,
        lookup: "cvm:DescribeKeyPairs",
        regions: "cvm:DescribeRegions",
    },
    supports: &["--tag", "--project"],
    endpoint_env: None,
    traceable: &[
        "content-type", "x-tc-action", "x-tc-language", "x-tc-region", "x-tc-timestamp",
        "x-tc-version",
    ],
    signatures: &[],
    error_codes: errors::ERROR_CODES,
    credentials: &credentials::CREDENTIALS,
};

static NAME: Rule = Rule {
    what: "the name",
    flag: "--name",
    length: 1..=25,
    allows: |letter| letter.is_ascii_alphanumeric() || letter == '_',
    begins: |_| true,
    words: "1 to 25 ASCII letters, digits or `_`",
};

/// <https://www.tencentcloud.com/document/product/651/13354>
const TAG_KEY: Rule = Rule {
    what: "tag key",
    flag: "--tag",
    length: 1..=127,
    allows: |letter| letter.is_alphanumeric() || " +-=._:/@()[],;<>（）【】：".contains(letter),
    begins: |letter| letter != ' ',
    words: "1 to 127 letters, digits, spaces or `+ - = . _ : / @ ( ) [ ] , ; < >`",
};

const TAG_VALUE: Rule = Rule {
    what: "tag value",
    length: 1..=255,
    words: "1 to 255 letters, digits, spaces or `+ - = . _ : / @ ( ) [ ] , ; < >`",
    ..TAG_KEY
};

const PROJECT: Rule = Rule {
    what: "the project",
    flag: "--project",
    length: 1..=15,
    allows: |letter| letter.is_ascii_digit(),
    begins: |_| true,
    words: "its number, of 1 to 15 digits",
};

/// Tencent Cloud.
#[derive(Debug)]
pub(super) struct Tencent;

impl Provider for Tencent {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    /// One host serves all regions but those for finance, which have hosts of their own.
    ///
    /// <https://cloud.tencent.com/document/api/213/15692>
    fn host(&self, region: &str) -> String {
        if region.ends_with("-fsi") {
            format!("cvm.{region}.tencentcloudapi.com")
        } else {
            "cvm.tencentcloudapi.com".to_owned()
        }
    }

    fn check(&self, job: &ImportJob) -> Result<Vec<Phrase>, Error> {
        let warnings = rules::check(&INFO, job)?;
        job.options.project.iter().try_for_each(|text| PROJECT.check(text))?;
        rules::check_tags(job, MAX_TAGS, &TAG_KEY, &TAG_VALUE)?;
        for (key, value) in &job.options.tags {
            let is_reserved = key.starts_with("qcs:") || key.starts_with("project:");
            if is_reserved || key.ends_with(' ') || value.ends_with(' ') {
                let message = phrase!(
                    "tag `{}` must not begin with `qcs:` or `project:`, nor end with a space",
                    key
                );
                return Err(TAG_KEY.refused(message));
            }
        }
        Ok(warnings)
    }

    fn import(&self, job: &ImportJob) -> Request {
        let project = job.options.project.iter().find_map(|text| text.parse::<u64>().ok());
        let mut body = json!({
            "KeyName": job.name,
            // Required; 0 is the default project.
            "ProjectId": project.unwrap_or(0),
            // The cloud replaces the comment by the id of the key pair.
            "PublicKey": job.key.bare_line(),
        });
        let tags = &job.options.tags;
        if let (false, Some(members)) = (tags.is_empty(), body.as_object_mut()) {
            let tag = |(key, value): &(String, String)| json!({"Key": key, "Value": value});
            let tags: Vec<Value> = tags.iter().map(tag).collect();
            let specification = json!([{"ResourceType": "keypair", "Tags": tags}]);
            members.insert("TagSpecification".to_owned(), specification);
        }
        call(&job.endpoint, "ImportKeyPair", &body)
    }

    /// No document says whether the filter matches whole names only: the list may hold other names as well. There is no
    /// filter for keys.
    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request {
        let offset = responses::offset(page);
        let mut body = json!({"Offset": offset, "Limit": PAGE_SIZE});
        if let (LookupBy::Name, Some(members)) = (by, body.as_object_mut()) {
            let filter = json!([{"Name": "key-name", "Values": [job.name]}]);
            members.insert("Filters".to_owned(), filter);
        }
        call(&job.endpoint, "DescribeKeyPairs", &body)
    }

    fn regions(&self, endpoint: &Endpoint, _page: Option<&str>) -> Request {
        call(endpoint, "DescribeRegions", &json!({}))
    }

    fn sign(
        &self,
        request: Request,
        _: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        tc3::sign(request, credential, stamp, "cvm")
    }
}

fn call(endpoint: &Endpoint, action: &str, body: &Value) -> Request {
    let mut request = Request::new("POST", endpoint.origin.clone(), "/")
        .header("content-type", "application/json")
        .header("x-tc-action", action)
        .header("x-tc-version", VERSION)
        .header("x-tc-region", &*endpoint.region)
        .header("x-tc-language", "en-US");
    request.body = body.to_string().into_bytes();
    request
}
