//! The V4 family of signatures: HMAC-SHA256 with a key derived from date, region and service.
//!
//! - AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
//! - Volcengine: <https://www.volcengine.com/docs/6369/67269> and <https://www.volcengine.com/docs/6369/67270>

use super::{Credential, Family, Signed, SignedHeaders, Stamp, sha256_hex};
use crate::encode::percent;
use crate::wire::Request;

/// A member of the family.
#[derive(Debug)]
pub struct Variant {
    family: Family,
    /// The last part of the credential scope.
    scope_end: &'static str,
    date_header: &'static str,
    token_header: &'static str,
    /// The header that carries the hash of the body, if there is one.
    hash_header: Option<&'static str>,
    /// Which headers are signed, besides `host`.
    signs: fn(&str) -> bool,
}

/// `SigV4` of AWS, as its SDKs sign form bodies.
pub static AWS: Variant = Variant {
    family: Family { algorithm: "AWS4-HMAC-SHA256", prefix: "AWS4" },
    scope_end: "aws4_request",
    date_header: "x-amz-date",
    token_header: "x-amz-security-token",
    hash_header: None,
    signs: |name| name == "content-type" || name.starts_with("x-amz-"),
};

/// The signature of Volcengine.
pub static VOLCENGINE: Variant = Variant {
    family: Family { algorithm: "HMAC-SHA256", prefix: "" },
    scope_end: "request",
    date_header: "x-date",
    token_header: "x-security-token",
    hash_header: Some("x-content-sha256"),
    signs: |name| name.starts_with("x-"),
};

impl Variant {
    /// Signs a request to a service in a region.
    pub fn sign(
        &self,
        mut request: Request,
        credential: &Credential,
        stamp: &Stamp,
        region: &str,
        service: &str,
    ) -> Signed {
        let time = stamp.time.format("%Y%m%dT%H%M%SZ").to_string();
        let date = stamp.time.format("%Y%m%d");
        let digest = sha256_hex(&request.body);
        if let Some(name) = self.hash_header {
            request = request.header(name, &*digest);
        }
        request = request.header(self.date_header, &*time);
        if let Some(token) = &credential.token {
            request = request.header(self.token_header, token.expose());
        }
        // Sorted by the encoded pairs: `X.10` comes before `X.2`.
        request.query.sort_by_cached_key(|(name, value)| (percent(name), percent(value)));
        let signed_headers = SignedHeaders::of(&request, self.signs);
        let canonical = (signed_headers.names(), signed_headers.canonical(&request, &digest));
        let scope = format!("{date}/{region}/{service}/{}", self.scope_end);
        self.family.sign(request, credential, &time, &scope, canonical)
    }
}
