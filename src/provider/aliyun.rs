//! Alibaba Cloud ECS: RPC calls, signed in the query, or with ACS3 in the headers.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-importkeypair>

mod faults;

use serde::Deserialize;

use super::rules::{self, Rule};
use super::{
    AliyunSignature, By, Extra, Job, Page, Place, Profile, Provider, Repeats, Stored, Unreadable,
};
use crate::error::{Error, ErrorKind, Fault};
use crate::secret::Credential;
use crate::sign::{Signed, Stamp, acs3, rpc};
use crate::wire::{Request, Response};

const VERSION: &str = "2014-05-26";
/// The most key pairs that `DescribeKeyPairs` shows on a page.
const PAGE_SIZE: u32 = 50;

static PROFILE: Profile = Profile {
    id: "aliyun",
    aliases: &["alibaba", "alicloud", "alibabacloud"],
    title: "Alibaba Cloud",
    default_region: "cn-hangzhou",
    region_variable: "ALIBABA_CLOUD_REGION_ID",
    regions: &[
        "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ap-southeast-3", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-southeast-8",
        "cn-beijing", "cn-beijing-finance-1", "cn-chengdu", "cn-fuzhou", "cn-guangzhou",
        "cn-hangzhou", "cn-hangzhou-finance", "cn-heyuan", "cn-heyuan-acdr-1", "cn-hongkong",
        "cn-huhehaote", "cn-nanjing", "cn-north-2-gov-1", "cn-qingdao", "cn-shanghai",
        "cn-shanghai-finance-1", "cn-shenzhen", "cn-shenzhen-finance-1", "cn-wuhan-lr",
        "cn-wulanchabu", "cn-zhangjiakou", "cn-zhengzhou-jva", "cn-zhongwei", "eu-central-1",
        "eu-west-1", "me-central-1", "me-east-1", "na-south-1", "us-east-1", "us-southeast-1",
        "us-west-1",
    ],
    key_types: &[
        "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ],
    same_name: Repeats::Refused,
    same_key: Repeats::Allowed,
    takes: &[Extra::Tag, Extra::ResourceGroup],
    faults: faults::FAULTS,
};

const NAME: Rule = Rule {
    what: "the name",
    shortest: 2,
    longest: 128,
    allows: |letter| letter.is_alphanumeric() || matches!(letter, ':' | '_' | '.' | '-'),
    begins: rules::is_letter,
    words: "2 to 128 letters, digits, `:`, `_`, `.` or `-`, and begin with a letter",
};

const TAG_KEY: Rule = Rule {
    what: "tag key",
    shortest: 1,
    longest: 128,
    allows: |letter| !letter.is_control(),
    begins: |_| true,
    words: "1 to 128 characters",
};

const TAG_VALUE: Rule = Rule {
    what: "tag value",
    shortest: 0,
    longest: 128,
    allows: |letter| !letter.is_control(),
    begins: |_| true,
    words: "at most 128 characters",
};

const RESOURCE_GROUP: Rule = Rule {
    what: "the resource group",
    shortest: 1,
    longest: 64,
    allows: |letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'),
    begins: |_| true,
    words: "the id of a resource group, such as `rg-bp67acfmxazb4p`",
};

/// Alibaba Cloud.
#[derive(Debug)]
pub(super) struct Aliyun;

impl Provider for Aliyun {
    fn profile(&self) -> &'static Profile {
        &PROFILE
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

    fn check(&self, job: &Job) -> Result<Vec<String>, Error> {
        rules::check_extras(&PROFILE, job)?;
        NAME.check(&job.name)?;
        rules::check_tags(job, &TAG_KEY, &TAG_VALUE)?;
        for (key, value) in &job.extras.tags {
            let reserved = key.starts_with("aliyun") || key.starts_with("acs:");
            if reserved || [key, value].iter().any(|text| holds_address(text)) {
                let message = format!(
                    "tag `{key}` must not begin with `aliyun` or `acs:`, nor hold `http://` or `https://`"
                );
                return Err(Error::new(ErrorKind::Usage, message).hinted("change `--tag`"));
            }
        }
        if let Some(group) = &job.extras.resource_group {
            RESOURCE_GROUP.check(group)?;
        }
        Ok(rules::key_type_warning(&PROFILE, job).into_iter().collect())
    }

    fn import(&self, job: &Job) -> Request {
        let request = call(&job.place, "ImportKeyPair")
            .with("RegionId", &*job.place.region)
            .with("KeyPairName", &*job.name)
            .with("PublicKeyBody", job.key.line())
            .with_some("ResourceGroupId", job.extras.resource_group.as_deref());
        (1..).zip(&job.extras.tags).fold(request, |request, (number, (key, value))| {
            request
                .with(format!("Tag.{number}.Key"), &**key)
                .with(format!("Tag.{number}.Value"), &**value)
        })
    }

    fn lookup(&self, job: &Job, by: By, page: Option<&str>) -> Request {
        let request = call(&job.place, "DescribeKeyPairs")
            .with("RegionId", &*job.place.region)
            .with("IncludePublicKey", "true")
            .with("PageSize", PAGE_SIZE.to_string())
            .with("PageNumber", page.unwrap_or("1"));
        match by {
            // A name without a star is matched as a whole, and no name may hold a star.
            By::Name => request.with("KeyPairName", &*job.name),
            By::Key => request.with("KeyPairFingerPrint", job.key.md5()),
        }
    }

    fn regions_host(&self) -> String {
        self.host(PROFILE.default_region)
    }

    fn regions(&self, place: &Place, _page: Option<&str>) -> Request {
        call(place, "DescribeRegions").with("AcceptLanguage", "en-US")
    }

    fn sign(
        &self,
        request: Request,
        place: &Place,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        match place.aliyun_signature {
            AliyunSignature::Auto if credential.token.is_some() => {
                acs3::sign(request, credential, stamp)
            }
            AliyunSignature::Auto | AliyunSignature::Rpc => rpc::sign(request, credential, stamp),
            AliyunSignature::Acs3 => acs3::sign(request, credential, stamp),
        }
    }

    fn read_fault(&self, response: &Response) -> Option<Fault> {
        if (200..300).contains(&response.status) {
            return None;
        }
        let body: Refusal = serde_json::from_slice(&response.body)
            .unwrap_or_else(|_| Refusal::from_xml(&String::from_utf8_lossy(&response.body)));
        // Milliseconds.
        let retry_after = response.header("x-acs-retry-after").and_then(|text| text.parse().ok());
        Some(Fault {
            status: response.status,
            code: body.code,
            message: body.message,
            request_id: self.read_request_id(response).or(body.request_id),
            retry_after: retry_after
                .map(std::time::Duration::from_millis)
                .or_else(|| super::retry_after(response)),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<String> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(rename = "RequestId", alias = "requestId")]
            request_id: String,
        }
        serde_json::from_slice(&response.body)
            .ok()
            .map(|body: Body| body.request_id)
            .or_else(|| response.header("x-acs-request-id").map(str::to_owned))
    }

    fn read_import(&self, response: &Response) -> Result<Stored, Unreadable> {
        let pair: KeyPair = serde_json::from_slice(&response.body)?;
        Ok(pair.into())
    }

    fn read_lookup(&self, response: &Response) -> Result<Page<Stored>, Unreadable> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Body {
            #[serde(default)]
            page_number: u32,
            #[serde(default)]
            page_size: u32,
            #[serde(default)]
            total_count: u32,
            key_pairs: KeyPairs,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct KeyPairs {
            key_pair: Vec<KeyPair>,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let seen = body.page_number.saturating_mul(body.page_size);
        let next = (seen > 0 && seen < body.total_count)
            .then(|| body.page_number.saturating_add(1).to_string());
        let items = body.key_pairs.key_pair.into_iter().map(Stored::from).collect();
        Ok(Page { items, next })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, Unreadable> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Body {
            regions: Regions,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Regions {
            region: Vec<Region>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Region {
            region_id: String,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let items = body.regions.region.into_iter().map(|region| region.region_id).collect();
        Ok(Page { items, next: None })
    }
}

/// Begins a call. Every parameter stands in the query and the body is empty, as the vendor's SDKs send it.
fn call(place: &Place, action: &str) -> Request {
    Request::new("POST", place.origin.clone(), "/")
        .with("Action", action)
        .with("Version", VERSION)
        .with("Format", "JSON")
}

fn holds_address(text: &str) -> bool {
    text.contains("http://") || text.contains("https://")
}

/// A refusal; gateways differ in how they write the names.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(rename = "Code", alias = "code", default)]
    code: String,
    #[serde(rename = "Message", alias = "message", default)]
    message: String,
    #[serde(skip)]
    request_id: Option<String>,
}

impl Refusal {
    /// Reads the few elements of a gateway's `<Error>` document; a text without them gives empty fields.
    fn from_xml(text: &str) -> Self {
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            let (value, _) = rest.split_once(&format!("</{name}>"))?;
            Some(value.trim().to_owned())
        };
        Self {
            code: element("Code").unwrap_or_default(),
            message: element("Message").unwrap_or_default(),
            request_id: element("RequestId"),
        }
    }
}

/// A key pair in an answer to an import or a look-up.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPair {
    key_pair_name: String,
    key_pair_finger_print: Option<String>,
    public_key: Option<String>,
    creation_time: Option<String>,
}

impl From<KeyPair> for Stored {
    fn from(pair: KeyPair) -> Self {
        Self {
            name: pair.key_pair_name,
            line: pair.public_key.filter(|line| !line.is_empty()),
            fingerprint: pair.key_pair_finger_print.filter(|text| !text.is_empty()),
            created: pair.creation_time.as_deref().and_then(super::read_time),
            ..Self::default()
        }
    }
}
