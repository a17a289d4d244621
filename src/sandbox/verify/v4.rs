//! Verifies Volcengine's signature, a relative of AWS's version 4.
//!
//! <https://www.volcengine.com/docs/6369/67269> and, for the codes, <https://www.volcengine.com/docs/6369/68677>

use chrono::{DateTime, TimeDelta, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest, Result, refuse};
use super::{Fields, encode, find, hash_canonical_request, hex, hmac_sha256, sha256_hex, time};

const ALGORITHM: &str = "HMAC-SHA256";

/// How far the time of a request may be from the gateway's, either way.
const WINDOW: TimeDelta = TimeDelta::seconds(900);

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

/// Verifies a request with its signature in the `Authorization` header.
pub fn verify(
    request: &RawRequest,
    accounts: &[Account],
    now: DateTime<Utc>,
) -> Result<CredentialScope> {
    let authorization = authorization(request)?;
    let date = request.header("x-date").ok_or_else(|| {
        ApiError::new(400, "MissingRequestInfo", "The request is missing the header X-Date.")
    })?;
    let near = time(date, "%Y%m%dT%H%M%SZ").is_some_and(|time| (now - time).abs() <= WINDOW);
    if !near {
        let message = "The request timestamp is malformed or too far from the time of the server.";
        return refuse(403, "InvalidTimestamp", message);
    }
    let [day, region, service, _] = authorization.scope;
    if date.split_once('T').map(|(day, _)| day) != Some(day) {
        return Err(bad_credential("The date of the credential is not that of X-Date."));
    }
    let account = find(accounts, authorization.id).ok_or_else(|| {
        ApiError::new(401, "InvalidAccessKey", "The access key does not exist or is disabled.")
    })?;
    let text = format!(
        "{ALGORITHM}\n{date}\n{}\n{}",
        authorization.scope.join("/"),
        hash_signed(request, &authorization)?
    );
    let key = authorization
        .scope
        .iter()
        .fold(account.secret.as_bytes().to_vec(), |key, part| hmac_sha256(&key, part.as_bytes()));
    if hex(&hmac_sha256(&key, text.as_bytes())) != authorization.signature {
        return Err(mismatch("The calculated signature is another one."));
    }
    if account.token.as_deref() != request.header("x-security-token") {
        return refuse(401, "InvalidSecretToken", "The security token is invalid or has expired.");
    }
    Ok(CredentialScope { region: region.to_owned(), service: service.to_owned() })
}

fn authorization(request: &RawRequest) -> Result<Authorization<'_>> {
    let authorization = request.header("authorization").ok_or_else(|| {
        ApiError::new(401, "MissingAuthenticationToken", "The request has no authentication token.")
    })?;
    let invalid =
        || ApiError::new(400, "InvalidAuthorization", "The Authorization header is malformed.");
    if request.count("authorization") != 1 {
        return Err(invalid());
    }
    let fields = Fields::parse(authorization, ALGORITHM).ok_or_else(invalid)?;
    let signature = fields.get("Signature").filter(|value| !value.is_empty()).ok_or_else(|| {
        ApiError::new(401, "MissingSignature", "The request is missing a signature.")
    })?;
    let names = fields.get("SignedHeaders").ok_or_else(invalid)?.split(';').collect();
    let credential = fields.get("Credential").ok_or_else(invalid)?;
    let parts: Vec<&str> = credential.split('/').collect();
    match *parts {
        [id, day, region, service, "request"] if !region.is_empty() && !service.is_empty() => {
            Ok(Authorization { id, scope: [day, region, service, "request"], names, signature })
        }
        _ => Err(bad_credential("The credential is not id/date/region/service/request.")),
    }
}

/// Verifies which headers are signed, and returns the hash of the canonical request.
fn hash_signed(request: &RawRequest, authorization: &Authorization<'_>) -> Result<String> {
    // > host and x-date must be signed if present: https://www.volcengine.com/docs/6469/1121980
    for name in ["host", "x-date", "x-security-token"] {
        if request.header(name).is_some() && !authorization.names.contains(&name) {
            return Err(mismatch(&format!("The header {name} is not signed.")));
        }
    }
    let body = sha256_hex(&request.body);
    if request.header("x-content-sha256").is_some_and(|given| given != body) {
        return Err(mismatch("X-Content-Sha256 is not the hash of the body."));
    }
    let mut query = request.query().0;
    query.sort_by_cached_key(|(name, value)| (encode(name), encode(value)));
    hash_canonical_request(request, &query, &authorization.names, &body)
        .map_err(|why| mismatch(&why))
}

fn bad_credential(message: &str) -> ApiError {
    ApiError::new(400, "InvalidCredential", message)
}

fn mismatch(why: &str) -> ApiError {
    let message = format!(
        "The request signature we calculated does not match the signature you provided. {why}"
    );
    ApiError::new(401, "SignatureDoesNotMatch", message)
}
