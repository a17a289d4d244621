//! Baidu AI Cloud BCC: REST calls with `bce-auth-v1`. Names may repeat, keys may not.
//!
//! <https://cloud.baidu.com/doc/BCC/s/8kckircr4>

mod errors;

use serde::{Deserialize, Serialize};

use super::decode;
use super::rules::{self, Rule};
use super::{
    DecodeError, Endpoint, ImportJob, ImportOption, KeyPair, LookupBy, Page, Provider,
    ProviderInfo, Uniqueness,
};
use crate::error::{Error, ErrorResponse};
use crate::sign::Credential;
use crate::sign::{Signed, Stamp, bce};
use crate::wire::{Request, Response};

/// The most key pairs on a page: more than a region can hold.
const PAGE_SIZE: &str = "1000";

static INFO: ProviderInfo = ProviderInfo {
    id: "baidu",
    aliases: &["bce", "baiducloud"],
    title: "Baidu AI Cloud",
    default_region: "bj",
    region_variable: "BCE_REGION",
    regions: &["bj", "bd", "gz", "su", "fwh", "hkg", "cd", "fsh", "sin", "nj", "yq"],
    key_types: &[
        "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ],
    unique_names: Uniqueness::NotEnforced,
    unique_keys: Uniqueness::Enforced,
    // No document, SDK or test shows the form of a fingerprint.
    prints_md5: false,
    supports: &[ImportOption::Description],
    error_codes: errors::ERROR_CODES,
};

const NAME: Rule = Rule {
    what: "the name",
    flag: "--name",
    shortest: 1,
    longest: 65,
    allows: |letter| {
        rules::is_letter(letter)
            || letter.is_ascii_digit()
            || matches!(letter, '-' | '_' | ' ' | '/' | '.')
    },
    begins: rules::is_letter,
    words: "1 to 65 letters, digits, blanks, `-`, `_`, `/` or `.`, and begin with a letter",
};

const DESCRIPTION: Rule = Rule {
    what: "the description",
    flag: "--description",
    shortest: 0,
    longest: 140,
    allows: |letter| {
        rules::is_letter(letter)
            || letter.is_ascii_digit()
            || matches!(letter, '.' | ' ' | '_' | '-' | '=' | ',' | '，' | ':' | '/' | '。')
    },
    begins: |_| true,
    words: "at most 140 letters, digits, blanks or `. _ - = , : /`",
};

/// Baidu AI Cloud.
#[derive(Debug)]
pub(super) struct Baidu;

impl Provider for Baidu {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    /// `bcc.<region>.baidubce.com`, always by TLS although the vendor's tools use plain HTTP.
    ///
    /// <https://cloud.baidu.com/doc/BCC/s/0jwvyo603>
    fn host(&self, region: &str) -> String {
        format!("bcc.{region}.baidubce.com")
    }

    fn check(&self, job: &ImportJob) -> Result<Vec<String>, Error> {
        rules::check_options(&INFO, job)?;
        NAME.check(&job.name)?;
        if let Some(description) = &job.options.description {
            DESCRIPTION.check(description)?;
        }
        Ok(rules::key_type_warning(&INFO, job).into_iter().collect())
    }

    /// The page's structure says `PUT`, its example `POST`; every SDK of the vendor sends `PUT`.
    fn import(&self, job: &ImportJob) -> Request {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            name: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            description: Option<&'a str>,
            public_key: &'a str,
        }
        let body = Body {
            name: &job.name,
            description: job.options.description.as_deref(),
            public_key: &job.key.line(),
        };
        let mut request = Request::new("PUT", job.endpoint.origin.clone(), "/v2/keypair")
            .with("import", "")
            .header("content-type", "application/json; charset=utf-8");
        // Three strings always serialise.
        request.body = serde_json::to_vec(&body).unwrap_or_default();
        request
    }

    /// The `name` filter is in the SDKs and not in the documents: the list may hold other names all the same.
    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request {
        let request = Request::new("GET", job.endpoint.origin.clone(), "/v2/keypair")
            .with("maxKeys", PAGE_SIZE)
            .with_some("marker", page);
        match by {
            LookupBy::Name => request.with("name", &*job.name),
            LookupBy::Key => request,
        }
    }

    fn regions_host(&self) -> String {
        "bcc.baidubce.com".to_owned()
    }

    fn regions(&self, endpoint: &Endpoint, _page: Option<&str>) -> Request {
        let mut request =
            Request::new("POST", endpoint.origin.clone(), "/v2/region/describeRegions")
                .header("content-type", "application/json; charset=utf-8");
        request.body = b"{}".to_vec();
        request
    }

    fn sign(
        &self,
        request: Request,
        _place: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        bce::sign(request, credential, stamp)
    }

    fn read_error(&self, response: &Response) -> Option<ErrorResponse> {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Refusal {
            #[serde(deserialize_with = "decode::text")]
            code: String,
            #[serde(deserialize_with = "decode::text")]
            message: String,
            #[serde(deserialize_with = "decode::some_text")]
            request_id: Option<String>,
        }
        if (200..300).contains(&response.status) {
            return None;
        }
        let body: Refusal = serde_json::from_slice(&response.body).unwrap_or_default();
        Some(ErrorResponse {
            status: response.status,
            code: body.code,
            message: body.message,
            request_id: body.request_id.or_else(|| self.read_request_id(response)),
            retry_after: decode::retry_after(response),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<String> {
        response.header("x-bce-request-id").map(str::to_owned)
    }

    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        #[derive(Deserialize)]
        struct Body {
            keypair: KeyPairBody,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        Ok(body.keypair.into())
    }

    fn read_lookup(&self, response: &Response) -> Result<Page<KeyPair>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            next_marker: Option<String>,
            #[serde(default)]
            is_truncated: bool,
            keypairs: Vec<KeyPairBody>,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let marker = body.next_marker.filter(|marker| !marker.is_empty());
        let next = match (body.is_truncated, marker) {
            (true, None) => return Err(DecodeError::missing("nextMarker")),
            (true, marker) => marker,
            (false, _) => None,
        };
        Ok(Page { items: body.keypairs.into_iter().map(KeyPair::from).collect(), next })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError> {
        #[derive(Deserialize)]
        struct Body {
            regions: Vec<Region>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Region {
            region_id: String,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let items = body.regions.into_iter().map(|region| region.region_id).collect();
        Ok(Page { items, next: None })
    }
}

/// `KeypairModel`; what the examples of the lists leave out is optional.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyPairBody {
    name: String,
    keypair_id: Option<String>,
    public_key: Option<String>,
    finger_print: Option<String>,
    region_id: Option<String>,
    // Import and model write `createdTime`, the examples of the lists `createTime`.
    #[serde(alias = "createTime")]
    created_time: Option<String>,
}

impl From<KeyPairBody> for KeyPair {
    fn from(pair: KeyPairBody) -> Self {
        Self {
            name: pair.name,
            id: pair.keypair_id,
            line: pair.public_key.filter(|line| !line.is_empty()),
            fingerprint: pair.finger_print.filter(|text| !text.is_empty()),
            region: pair.region_id.filter(|region| !region.is_empty()),
            created: pair.created_time.as_deref().and_then(decode::time),
        }
    }
}
