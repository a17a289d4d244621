//! Baidu AI Cloud BCC: REST calls with `bce-auth-v1`. Keys are unique per region, names are not.
//!
//! <https://cloud.baidu.com/doc/BCC/s/8kckircr4>

mod regions;
mod errors;
mod responses;
mod credentials;

use serde_json::json;

use super::rules::{self, Rule};
use super::{Actions, Endpoint, ImportJob, LookupBy, Provider, ProviderInfo, Uniqueness};
use crate::error::Error;
use crate::key::FingerprintForm;
use crate::phrase::Phrase;
use crate::sign::{Credential, Signed, Stamp, bce};
use crate::wire::Request;

/// Key pairs per page: as many of the largest keys as fit into the longest response that is read, 1 MiB.
const PAGE_SIZE: &str = "200";

static INFO: ProviderInfo = ProviderInfo {
    id: "baidu",
    aliases: &["bce", "baiducloud"],
    title: "Baidu AI Cloud",
    title_zh: "百度智能云",
    default_region: Some("bj"),
    regions: regions::REGIONS,
    key_types: &[
        "ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ],
    name: &NAME,
    unique_names: Uniqueness::NotEnforced,
    unique_keys: Uniqueness::Enforced,
    honors_client_tokens: false,
    // No document or SDK shows the form of a fingerprint.
    fingerprints: FingerprintForm::Unknown,
    // Its policies name no calls: <https://intl.cloud.baidu.com/en/doc/BCC/s/mjxkcdfp8-intl-en>.
    actions: Actions {
        import: "BCC full control",
        tag: None,
        lookup: "BCC read-only",
        regions: "BCC read-only",
    },
    supports: &["--description"],
    traceable: &["name", "import", "maxkeys", "x-bce-date", "content-type"],
    endpoint_env: None,
    signatures: &[],
    error_codes: errors::ERROR_CODES,
    credentials: &credentials::CREDENTIALS,
};

static NAME: Rule = Rule {
    what: "the name",
    flag: "--name",
    length: 1..=65,
    allows: |letter| {
        rules::is_letter(letter)
            || letter.is_ascii_digit()
            || matches!(letter, '-' | '_' | ' ' | '/' | '.')
    },
    begins: rules::is_letter,
    words: "1 to 65 letters, digits, spaces, `-`, `_`, `/` or `.`, and begin with a letter",
};

const DESCRIPTION: Rule = Rule {
    what: "the description",
    flag: "--description",
    length: 0..=140,
    allows: |letter| {
        rules::is_letter(letter)
            || letter.is_ascii_digit()
            || matches!(letter, '.' | ' ' | '_' | '-' | '=' | ',' | '，' | ':' | '/' | '。')
    },
    begins: |_| true,
    words: "at most 140 letters, digits, spaces or `. _ - = , : /`",
};

/// Baidu AI Cloud.
#[derive(Debug)]
pub(super) struct Baidu;

impl Provider for Baidu {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    /// `bcc.<region>.baidubce.com`, always over TLS, although the vendor's tools use plain HTTP.
    ///
    /// <https://cloud.baidu.com/doc/BCC/s/0jwvyo603>
    fn host(&self, region: &str) -> String {
        format!("bcc.{region}.baidubce.com")
    }

    fn check(&self, job: &ImportJob) -> Result<Vec<Phrase>, Error> {
        let warnings = rules::check(&INFO, job)?;
        job.options.description.iter().try_for_each(|text| DESCRIPTION.check(text))?;
        Ok(warnings)
    }

    /// The page describes `PUT`, its example shows `POST`; every SDK of the vendor sends `PUT`.
    fn import(&self, job: &ImportJob) -> Request {
        let mut body = json!({"name": job.name, "publicKey": job.key.line()});
        if let (Some(text), Some(members)) = (&job.options.description, body.as_object_mut()) {
            members.insert("description".to_owned(), text.as_str().into());
        }
        let mut request = Request::new("PUT", job.endpoint.origin.clone(), "/v2/keypair")
            .with("import", "")
            .header("content-type", "application/json; charset=utf-8");
        request.body = body.to_string().into_bytes();
        request
    }

    /// The `name` filter is in the SDKs and not documented: the list may hold other names as well.
    fn lookup(&self, job: &ImportJob, by: LookupBy, page: Option<&str>) -> Request {
        let request = Request::new("GET", job.endpoint.origin.clone(), "/v2/keypair")
            .with("maxKeys", PAGE_SIZE)
            .with_some("marker", page);
        match by {
            LookupBy::Name => request.with("name", &*job.name),
            LookupBy::Key => request,
        }
    }

    fn regions_host(&self, _region: &str) -> String {
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
        _endpoint: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        bce::sign(request, credential, stamp)
    }
}
