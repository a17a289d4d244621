//! Verifies Volcengine's signature, a relative of AWS's version 4.
//!
//! <https://www.volcengine.com/docs/6369/67269> and, for the codes, <https://www.volcengine.com/docs/6369/68677>

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::accounts::{Account, Accounts};
use super::super::percent::{encode, encode_path};
use super::super::request::RawRequest;
use super::super::response::ApiError;
use super::{hex, hmac_sha256, sha256, time};

const ALGORITHM: &str = "HMAC-SHA256";

/// How far the time of a request may be from the gateway's, either way.
const WINDOW: TimeDelta = TimeDelta::seconds(900);

/// The signer of a request, and what the signature is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: Account,
    /// The region of the credential scope.
    pub region: String,
    /// The service of the credential scope.
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
    accounts: &Accounts,
    now: DateTime<Utc>,
) -> Result<Caller, ApiError> {
    let authorization = authorization(request)?;
    let date = request.header("x-date").ok_or_else(|| {
        ApiError::new(400, "MissingRequestInfo", "The request is missing the header X-Date.")
    })?;
    let near = time(date, "%Y%m%dT%H%M%SZ").is_some_and(|time| (now - time).abs() <= WINDOW);
    if !near {
        let message = "The request timestamp is malformed or too far from the time of the server.";
        return Err(ApiError::new(403, "InvalidTimestamp", message));
    }
    let [day, region, service, _] = authorization.scope;
    if date.split_once('T').map(|(day, _)| day) != Some(day) {
        return Err(bad_credential("The date of the credential is not that of X-Date."));
    }
    let account = accounts.find(authorization.id).ok_or_else(|| {
        ApiError::new(401, "InvalidAccessKey", "The access key does not exist or is disabled.")
    })?;
    let text = format!(
        "{ALGORITHM}\n{date}\n{}\n{}",
        authorization.scope.join("/"),
        hash_canonical_request(request, &authorization)?
    );
    let key = authorization
        .scope
        .iter()
        .fold(account.secret.as_bytes().to_vec(), |key, part| hmac_sha256(&key, part.as_bytes()));
    if hex(&hmac_sha256(&key, text.as_bytes())) != authorization.signature {
        return Err(mismatch("The calculated signature is another one."));
    }
    check_token(request, account, now)?;
    Ok(Caller { account: account.clone(), region: region.to_owned(), service: service.to_owned() })
}

fn authorization(request: &RawRequest) -> Result<Authorization<'_>, ApiError> {
    let authorization = request.header("authorization").ok_or_else(|| {
        ApiError::new(401, "MissingAuthenticationToken", "The request has no authentication token.")
    })?;
    let invalid =
        || ApiError::new(400, "InvalidAuthorization", "The Authorization header is malformed.");
    if request.count("authorization") != 1 {
        return Err(invalid());
    }
    let rest = authorization.strip_prefix(ALGORITHM).ok_or_else(invalid)?;
    let rest = rest.strip_prefix(' ').ok_or_else(invalid)?;
    let fields: Vec<_> = rest.split(',').filter_map(|field| field.trim().split_once('=')).collect();
    let field =
        |name: &str| fields.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    let signature = field("Signature").filter(|value| !value.is_empty()).ok_or_else(|| {
        ApiError::new(401, "MissingSignature", "The request is missing a signature.")
    })?;
    let names = field("SignedHeaders").ok_or_else(invalid)?.split(';').collect();
    let credential = field("Credential").ok_or_else(invalid)?;
    let parts: Vec<&str> = credential.split('/').collect();
    match *parts {
        [id, day, region, service, "request"] if !region.is_empty() && !service.is_empty() => {
            Ok(Authorization { id, scope: [day, region, service, "request"], names, signature })
        }
        _ => Err(bad_credential("The credential is not id/date/region/service/request.")),
    }
}

/// Returns the hash of the canonical request.
fn hash_canonical_request(
    request: &RawRequest,
    authorization: &Authorization<'_>,
) -> Result<String, ApiError> {
    // > host and x-date must be signed if present: https://www.volcengine.com/docs/6469/1121980
    for name in ["host", "x-date", "x-security-token"] {
        if request.header(name).is_some() && !authorization.names.contains(&name) {
            return Err(mismatch(&format!("The header {name} is not signed.")));
        }
    }
    let body = sha256(&request.body);
    if request.header("x-content-sha256").is_some_and(|given| given != body) {
        return Err(mismatch("X-Content-Sha256 is not the hash of the body."));
    }
    let mut lines = String::new();
    for name in &authorization.names {
        let (1, Some(value)) = (request.count(name), request.header(name)) else {
            return Err(mismatch(&format!("The signed header {name} is not there once.")));
        };
        // The default port of the scheme is not signed.
        let port = |port| value.strip_suffix(port).filter(|_| *name == "host");
        let value = port(":443").or_else(|| port(":80")).unwrap_or(value);
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{name}:{value}");
    }
    let mut pairs: Vec<(String, String)> =
        request.query().0.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{}\n{body}",
        request.method,
        encode_path(&request.path()),
        pairs.join("&"),
        authorization.names.join(";")
    );
    Ok(sha256(canonical.as_bytes()))
}

/// Verifies the session token. The signature comes first.
fn check_token(
    request: &RawRequest,
    account: &Account,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    if account.token.as_deref() == request.header("x-security-token") && !account.is_expired(now) {
        return Ok(());
    }
    let message = "The security token is invalid or has expired.";
    Err(ApiError::new(401, "InvalidSecretToken", message))
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
