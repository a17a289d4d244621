//! Volcengine ECS: GET calls with a V4-style signature, refused with HTTP 200 now and then.
//!
//! <https://www.volcengine.com/docs/6396/120444>

mod faults;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::rules::{self, Rule};
use super::{By, Extra, Job, Page, Place, Profile, Provider, Repeats, Stored, Unreadable};
use crate::error::{Error, ErrorKind, Fault};
use crate::secret::Credential;
use crate::sign::{Signed, Stamp, v4};
use crate::wire::{Request, Response};

const VERSION: &str = "2020-04-01";
/// The most key pairs that `DescribeKeyPairs` shows on a page: all that a region can hold.
const PAGE_SIZE: &str = "500";
/// The most regions that `DescribeRegions` shows on a page.
const REGIONS_PAGE_SIZE: &str = "20";

static PROFILE: Profile = Profile {
    id: "volcengine",
    aliases: &["volc"],
    title: "Volcengine",
    default_region: "cn-beijing",
    region_variable: "VOLCENGINE_REGION",
    regions: &[
        "cn-beijing", "cn-shanghai", "cn-guangzhou", "cn-hongkong", "ap-southeast-1",
        "ap-southeast-2", "ap-southeast-3", "cn-beijing2", "cn-beijing-autodriving",
        "cn-beijing-selfdrive", "cn-datong", "cn-hongkong-pop", "cn-shanghai-autodriving",
        "cn-wulanchabu",
    ],
    // No document says which types an import takes; every example is RSA.
    key_types: &["ssh-rsa"],
    same_name: Repeats::Refused,
    same_key: Repeats::Allowed,
    takes: &[Extra::Description, Extra::Tag, Extra::Project],
    faults: faults::FAULTS,
};

const NAME: Rule = Rule {
    what: "the name",
    shortest: 2,
    longest: 64,
    allows: |letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_'),
    begins: |letter| letter.is_ascii_alphanumeric(),
    words: "2 to 64 ASCII letters, digits, `-` or `.`, and begin with a letter or digit",
};

const DESCRIPTION: Rule = Rule {
    what: "the description",
    shortest: 1,
    longest: 255,
    allows: |letter| {
        rules::is_letter(letter)
            || letter.is_ascii_digit()
            || matches!(letter, '.' | '_' | '-' | '=' | ' ' | ',' | '，' | '。')
    },
    begins: rules::is_letter,
    words: "1 to 255 letters, digits, blanks or `. _ - = ,`, and begin with a letter",
};

const TAG_KEY: Rule = Rule {
    what: "tag key",
    shortest: 1,
    longest: 128,
    allows: is_tag_letter,
    begins: |_| true,
    words: "1 to 128 letters, digits, blanks or `_ . : / = + - @`",
};

const TAG_VALUE: Rule = Rule {
    what: "tag value",
    shortest: 0,
    longest: 256,
    allows: is_tag_letter,
    begins: |_| true,
    words: "at most 256 letters, digits, blanks or `_ . : / = + - @`",
};

const PROJECT: Rule = Rule {
    what: "the project",
    shortest: 1,
    longest: 64,
    allows: |letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-'),
    begins: |_| true,
    words: "1 to 64 ASCII letters, digits, `_`, `.` or `-`",
};

fn is_tag_letter(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(letter, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}

/// Volcengine.
#[derive(Debug)]
pub(super) struct Volcengine;

impl Provider for Volcengine {
    fn profile(&self) -> &'static Profile {
        &PROFILE
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

    fn check(&self, job: &Job) -> Result<Vec<String>, Error> {
        rules::check_extras(&PROFILE, job)?;
        NAME.check(&job.name)?;
        let name = job.name.as_str();
        if name.ends_with(['-', '.']) || name.contains("--") || name.contains("..") {
            let message =
                format!("the name `{name}` must not end in `-` or `.`, nor repeat them in a row");
            return Err(Error::new(ErrorKind::Usage, message).hinted("change `--name`"));
        }
        if let Some(description) = &job.extras.description {
            DESCRIPTION.check(description)?;
        }
        if let Some(project) = &job.extras.project {
            PROJECT.check(project)?;
        }
        rules::check_tags(job, &TAG_KEY, &TAG_VALUE)?;
        for (key, _) in &job.extras.tags {
            let lower = key.to_ascii_lowercase();
            if lower.starts_with("volc:") || lower.starts_with("sys:") {
                let message = format!("tag key `{key}` must not begin with `volc:` or `sys:`");
                return Err(Error::new(ErrorKind::Usage, message).hinted("change `--tag`"));
            }
        }
        let mut warnings: Vec<String> =
            rules::key_type_warning(&PROFILE, job).into_iter().collect();
        if name.contains('_') {
            // The rule forbids it, the rule's own example (`ssh_key_pair`) has it.
            warnings.push(format!(
                "the name `{name}` holds `_`, which Volcengine's rule leaves out; it is sent and the cloud decides"
            ));
        }
        Ok(warnings)
    }

    fn import(&self, job: &Job) -> Request {
        let request = call(&job.place, "ImportKeyPair")
            .with("KeyPairName", &*job.name)
            // No document says what becomes of a comment.
            .with("PublicKey", job.key.bare_line())
            .with("ClientToken", &*job.client_token)
            .with_some("Description", job.extras.description.as_deref())
            .with_some("ProjectName", job.extras.project.as_deref());
        (1..).zip(&job.extras.tags).fold(request, |request, (number, (key, value))| {
            request
                .with(format!("Tags.{number}.Key"), &**key)
                .with(format!("Tags.{number}.Value"), &**value)
        })
    }

    fn lookup(&self, job: &Job, by: By, page: Option<&str>) -> Request {
        let request = call(&job.place, "DescribeKeyPairs").with("MaxResults", PAGE_SIZE);
        let request = match by {
            // `KeyPairNames.N` is matched as a whole, `KeyPairName` in part.
            By::Name => request.with("KeyPairNames.1", &*job.name),
            By::Key => request.with("FingerPrint", job.key.md5()),
        };
        request.with_some("NextToken", page)
    }

    fn regions_host(&self) -> String {
        self.host(PROFILE.default_region)
    }

    fn regions(&self, place: &Place, page: Option<&str>) -> Request {
        call(place, "DescribeRegions")
            .with("MaxResults", REGIONS_PAGE_SIZE)
            .with_some("NextToken", page)
    }

    fn sign(
        &self,
        request: Request,
        place: &Place,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        v4::sign(request, credential, stamp, &place.region, "ecs")
    }

    fn read_fault(&self, response: &Response) -> Option<Fault> {
        let error =
            read::<serde::de::IgnoredAny>(response).ok().and_then(|body| body.metadata?.error);
        if error.is_none() && (200..300).contains(&response.status) {
            return None;
        }
        let error = error
            .or_else(|| serde_json::from_slice::<GatewayError>(&response.body).ok().map(Into::into))
            .unwrap_or_default();
        Some(Fault {
            status: response.status,
            code: error.code,
            message: error.message,
            request_id: self.read_request_id(response),
            retry_after: super::retry_after(response),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<String> {
        read::<serde::de::IgnoredAny>(response)
            .ok()
            .and_then(|body| body.metadata?.request_id)
            .or_else(|| response.header("x-tt-logid").map(str::to_owned))
    }

    fn read_import(&self, response: &Response) -> Result<Stored, Unreadable> {
        Ok(result::<KeyPair>(response)?.into())
    }

    fn read_lookup(&self, response: &Response) -> Result<Page<Stored>, Unreadable> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Pairs {
            // A region without key pairs may show `null`.
            key_pairs: Option<Vec<KeyPair>>,
            next_token: Option<String>,
        }
        let pairs: Pairs = result(response)?;
        let items = pairs.key_pairs.unwrap_or_default().into_iter().map(Stored::from).collect();
        Ok(Page { items, next: pairs.next_token.filter(|token| !token.is_empty()) })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, Unreadable> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Regions {
            regions: Vec<Region>,
            next_token: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Region {
            region_id: String,
        }
        let regions: Regions = result(response)?;
        let items = regions.regions.into_iter().map(|region| region.region_id).collect();
        Ok(Page { items, next: regions.next_token.filter(|token| !token.is_empty()) })
    }
}

fn call(place: &Place, action: &str) -> Request {
    Request::new("GET", place.origin.clone(), "/").with("Action", action).with("Version", VERSION)
}

/// Every answer: what was asked and how it went, and the result where there is one.
#[derive(Deserialize)]
struct Body<T> {
    #[serde(rename = "ResponseMetadata")]
    metadata: Option<Metadata>,
    #[serde(rename = "Result")]
    result: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    request_id: Option<String>,
    error: Option<ErrorBody>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ErrorBody {
    code: String,
    message: String,
}

/// What the gateway itself answers now and then (`VolcengineSimpleError` in the vendor's Go SDK).
#[derive(Deserialize)]
struct GatewayError {
    errorcode: serde_json::Value,
    #[serde(default)]
    message: String,
}

impl From<GatewayError> for ErrorBody {
    fn from(error: GatewayError) -> Self {
        let code = match error.errorcode {
            serde_json::Value::String(code) => code,
            other => other.to_string(),
        };
        Self { code, message: error.message }
    }
}

fn read<T: DeserializeOwned>(response: &Response) -> Result<Body<T>, Unreadable> {
    Ok(serde_json::from_slice(&response.body)?)
}

/// Reads the result of an answer that is no refusal.
fn result<T: DeserializeOwned>(response: &Response) -> Result<T, Unreadable> {
    use serde::de::Error as _;
    let body: Body<T> = read(response)?;
    body.result.ok_or_else(|| serde_json::Error::missing_field("Result").into())
}

/// A key pair in an answer to an import or a look-up.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPair {
    key_pair_name: String,
    key_pair_id: Option<String>,
    finger_print: Option<String>,
    created_at: Option<String>,
}

impl From<KeyPair> for Stored {
    fn from(pair: KeyPair) -> Self {
        Self {
            name: pair.key_pair_name,
            id: pair.key_pair_id,
            fingerprint: pair.finger_print.filter(|text| !text.is_empty()),
            created: pair.created_at.as_deref().and_then(super::read_time),
            ..Self::default()
        }
    }
}
