//! Verifies Baidu AI Cloud's signature, `bce-auth-v1`.
//!
//! <https://cloud.baidu.com/doc/Reference/s/njwvz1yfu>

use chrono::{DateTime, TimeDelta, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest, Result, refuse};
use super::{encode, encode_pair, encode_path, find, hex, hmac_sha256, time};

/// How far a client's clock may be ahead of the cloud's: <https://cloud.baidu.com/doc/AIHC/s/Amaz0pqhn>
const AHEAD: TimeDelta = TimeDelta::minutes(30);

/// Verifies a request with its signature in the `Authorization` header.
pub fn verify(request: &RawRequest, accounts: &[Account], now: DateTime<Utc>) -> Result<()> {
    let authorization = request
        .header("authorization")
        .ok_or_else(|| ApiError::new(403, "AccessDenied", "Access denied."))?;
    let parts: Vec<&str> = authorization.split('/').collect();
    let [version @ "bce-auth-v1", id, stamp, lifetime, names, given] = *parts else {
        return Err(bad_header());
    };
    let signed_at = time(stamp, "%Y-%m-%dT%H:%M:%SZ").ok_or_else(bad_header)?;
    let seconds: u32 = lifetime.parse().map_err(|_| bad_header())?;
    // Differences, since a sum may be later than any time.
    if now - signed_at > TimeDelta::seconds(seconds.into()) || signed_at - now > AHEAD {
        let message = format!("Request has expired. Timestamp date is {stamp}.");
        return refuse(400, "RequestExpired", message);
    }
    let account = find(accounts, id).ok_or_else(|| unsigned("Could not find credential."))?;

    let names = signed_headers(request, names)?;
    let mut lines = Vec::new();
    for name in &names {
        let value = request.header(name).filter(|_| request.count(name) == 1).ok_or_else(|| {
            unsigned(&format!("Fail to authn user: Missing headers required by signing: {name}"))
        })?;
        lines.push(format!("{}:{}", encode(name), encode(value)));
    }
    lines.sort();
    let query = request.query().0;
    let mut pairs: Vec<String> = query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("authorization"))
        .map(encode_pair)
        .collect();
    pairs.sort();
    let canonical = [
        request.method.as_str(),
        &encode_path(&request.path()),
        &pairs.join("&"),
        &lines.join("\n"),
    ]
    .join("\n");
    let prefix = format!("{version}/{id}/{stamp}/{lifetime}");
    let key = hex(&hmac_sha256(account.secret.as_bytes(), prefix.as_bytes()));
    if hex(&hmac_sha256(key.as_bytes(), canonical.as_bytes())) != given {
        return Err(unsigned("Fail to authn user: Signature does not match"));
    }
    if account.token.as_deref() != request.header("x-bce-security-token") {
        return Err(unsigned("Fail to authn user: Security token does not match"));
    }
    Ok(())
}

/// Returns the names of the signed headers: those that the client lists, or the default set.
fn signed_headers(request: &RawRequest, names: &str) -> Result<Vec<String>> {
    if names.is_empty() {
        let usual = ["host", "content-length", "content-type", "content-md5"];
        let present = request.headers.iter().filter(|(name, value)| {
            !value.trim().is_empty()
                && (usual.contains(&name.as_str()) || name.starts_with("x-bce-"))
        });
        return Ok(present.map(|(name, _)| name.clone()).collect());
    }
    let names: Vec<String> = names.split(';').map(str::to_ascii_lowercase).collect();
    if !names.iter().any(|name| name == "host") {
        return Err(unsigned("Fail to authn user: Missing headers required by signing: host"));
    }
    Ok(names)
}

fn bad_header() -> ApiError {
    let message =
        "The HTTP authorization header is invalid. Consult the service documentation for details.";
    ApiError::new(400, "InvalidHTTPAuthHeader", message)
}

/// Returns what BCC responds to every bad signature, with a code that is not in its documents.
fn unsigned(cause: &str) -> ApiError {
    ApiError::new(403, "IamSignatureInvalid", format!("IamSignatureInvalid, cause: {cause}"))
}
