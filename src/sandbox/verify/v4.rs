//! Verifies AWS's signature version 4 and its relative, Volcengine's.
//!
//! - AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html> and, for the codes,
//!   <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
//! - Volcengine: <https://www.volcengine.com/docs/6369/67269> and, for the codes,
//!   <https://www.volcengine.com/docs/6369/68677>

use chrono::{DateTime, TimeDelta, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest, Result};
use super::{Fields, encode, find, hash_canonical_request, hex, hmac_sha256, sha256_hex, time};

/// How far the time of a request may be from the gateway's, either way.
const WINDOW: TimeDelta = TimeDelta::seconds(900);

/// How one of the two clouds signs and refuses.
#[derive(Debug)]
pub struct Signature {
    algorithm: &'static str,
    /// What the secret begins with.
    secret_prefix: &'static str,
    scope_end: &'static str,
    date: &'static str,
    token: &'static str,
    content_hash: &'static str,
    refusal: fn(Fault, &str) -> ApiError,
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    NoAuthorization,
    Malformed,
    NoSignature,
    Scope,
    NoDate,
    Time,
    UnknownId,
    Mismatch,
    Token,
}

/// AWS.
pub static AWS: Signature = Signature {
    algorithm: "AWS4-HMAC-SHA256",
    secret_prefix: "AWS4",
    scope_end: "aws4_request",
    date: "x-amz-date",
    token: "x-amz-security-token",
    content_hash: "x-amz-content-sha256",
    refusal: refusal_of_aws,
};

/// Volcengine.
pub static VOLCENGINE: Signature = Signature {
    algorithm: "HMAC-SHA256",
    secret_prefix: "",
    scope_end: "request",
    date: "x-date",
    token: "x-security-token",
    content_hash: "x-content-sha256",
    refusal: refusal_of_volcengine,
};

/// AWS gives nearly every fault the same error, so that nobody can guess.
fn refusal_of_aws(fault: Fault, why: &str) -> ApiError {
    let (status, code, message) = match fault {
        Fault::NoAuthorization => (
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token".to_owned(),
        ),
        Fault::Malformed | Fault::NoSignature | Fault::NoDate => {
            (400, "IncompleteSignature", format!("The request signature is incomplete. {why}"))
        }
        Fault::Time => (400, "RequestExpired", "Request has expired.".to_owned()),
        Fault::Scope | Fault::UnknownId | Fault::Mismatch | Fault::Token => {
            let message = "AWS was not able to validate the provided access credentials";
            (401, "AuthFailure", message.to_owned())
        }
    };
    ApiError::new(status, code, message)
}

fn refusal_of_volcengine(fault: Fault, why: &str) -> ApiError {
    let (status, code, message) = match fault {
        Fault::NoAuthorization => {
            (401, "MissingAuthenticationToken", "The request has no authentication token.")
        }
        Fault::Malformed => (400, "InvalidAuthorization", "The Authorization header is malformed."),
        Fault::NoSignature => (401, "MissingSignature", "The request is missing a signature."),
        Fault::Scope => (400, "InvalidCredential", why),
        Fault::NoDate => (400, "MissingRequestInfo", "The request is missing the header X-Date."),
        Fault::Time => (
            403,
            "InvalidTimestamp",
            "The request timestamp is malformed or too far from the time of the server.",
        ),
        Fault::UnknownId => {
            (401, "InvalidAccessKey", "The access key does not exist or is disabled.")
        }
        Fault::Mismatch => {
            let message = format!(
                "The request signature we calculated does not match the signature you provided. {why}"
            );
            return ApiError::new(401, "SignatureDoesNotMatch", message);
        }
        Fault::Token => {
            (401, "InvalidSecretToken", "The security token is invalid or has expired.")
        }
    };
    ApiError::new(status, code, message)
}

/// The credential scope of a signature.
#[derive(Debug)]
pub struct CredentialScope {
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
}

/// The fields of the `Authorization` header.
struct Authorization<'a> {
    id: &'a str,
    scope: [&'a str; 4],
    names: Vec<&'a str>,
    signature: &'a str,
}

impl Signature {
    /// Verifies a request with its signature in the `Authorization` header.
    pub fn verify(
        &self,
        request: &RawRequest,
        accounts: &[Account],
        now: DateTime<Utc>,
    ) -> Result<CredentialScope> {
        let refuse = |fault| Err((self.refusal)(fault, ""));
        let authorization = self.authorization(request)?;
        let Some(date) = request.header(self.date) else { return refuse(Fault::NoDate) };
        let near = time(date, "%Y%m%dT%H%M%SZ").is_some_and(|time| (now - time).abs() <= WINDOW);
        if !near {
            return refuse(Fault::Time);
        }
        let [day, region, service, _] = authorization.scope;
        if date.split_once('T').map(|(day, _)| day) != Some(day) {
            let why = "The date of the credential is not that of the request.";
            return Err((self.refusal)(Fault::Scope, why));
        }
        let Some(account) = find(accounts, authorization.id) else {
            return refuse(Fault::UnknownId);
        };
        let text = format!(
            "{}\n{date}\n{}\n{}",
            self.algorithm,
            authorization.scope.join("/"),
            self.hash_signed(request, &authorization)?
        );
        let secret = [self.secret_prefix, &account.secret].concat().into_bytes();
        let key =
            authorization.scope.iter().fold(secret, |key, part| hmac_sha256(&key, part.as_bytes()));
        if hex(&hmac_sha256(&key, text.as_bytes())) != authorization.signature {
            return Err(self.mismatch("The calculated signature is another one."));
        }
        if account.token.as_deref() != request.header(self.token) {
            return refuse(Fault::Token);
        }
        Ok(CredentialScope { region: region.to_owned(), service: service.to_owned() })
    }

    fn authorization<'a>(&self, request: &'a RawRequest) -> Result<Authorization<'a>> {
        let refusal = |fault| (self.refusal)(fault, "");
        let authorization =
            request.header("authorization").ok_or_else(|| refusal(Fault::NoAuthorization))?;
        let malformed = || refusal(Fault::Malformed);
        if request.count("authorization") != 1 {
            return Err(malformed());
        }
        let fields = Fields::parse(authorization, self.algorithm).ok_or_else(malformed)?;
        let signature = fields
            .get("Signature")
            .filter(|value| !value.is_empty())
            .ok_or_else(|| refusal(Fault::NoSignature))?;
        let names = fields.get("SignedHeaders").ok_or_else(malformed)?.split(';').collect();
        let credential = fields.get("Credential").ok_or_else(malformed)?;
        let parts: Vec<&str> = credential.split('/').collect();
        match *parts {
            [id, day, region, service, end]
                if end == self.scope_end && !region.is_empty() && !service.is_empty() =>
            {
                Ok(Authorization { id, scope: [day, region, service, end], names, signature })
            }
            _ => {
                let why =
                    format!("The credential is not id/date/region/service/{}.", self.scope_end);
                Err((self.refusal)(Fault::Scope, &why))
            }
        }
    }

    /// Verifies which headers are signed, and returns the hash of the canonical request.
    fn hash_signed(
        &self,
        request: &RawRequest,
        authorization: &Authorization<'_>,
    ) -> Result<String> {
        // > host and x-date must be signed if present: https://www.volcengine.com/docs/6469/1121980
        // AWS wants `host` and every `x-amz-` header that it reads.
        for name in ["host", self.date, self.token] {
            if request.header(name).is_some() && !authorization.names.contains(&name) {
                return Err(self.mismatch(&format!("The header {name} is not signed.")));
            }
        }
        let body = sha256_hex(&request.body);
        if request.header(self.content_hash).is_some_and(|given| given != body) {
            return Err(self.mismatch("The hash in the header is not that of the body."));
        }
        let mut query = request.query().0;
        query.sort_by_cached_key(|(name, value)| (encode(name), encode(value)));
        hash_canonical_request(request, &query, &authorization.names, &body)
            .map_err(|why| self.mismatch(&why))
    }

    fn mismatch(&self, why: &str) -> ApiError {
        (self.refusal)(Fault::Mismatch, why)
    }
}
