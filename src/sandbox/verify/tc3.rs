//! Verifies Tencent Cloud's signature, TC3-HMAC-SHA256.
//!
//! <https://cloud.tencent.com/document/api/213/30654> and, for the codes,
//! <https://www.tencentcloud.com/document/api/1131/45350>

use chrono::{DateTime, TimeDelta, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest, Result, refuse};
use super::{Fields, encode_pair, encode_path, find, hex, hmac_sha256, sha256_hex};

const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// How far the time of a request may be from the gateway's, either way.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// Verifies a request with its signature in the `Authorization` header, and returns the service that it is for. Every
/// error response has the status 200.
pub fn verify(request: &RawRequest, accounts: &[Account], now: DateTime<Utc>) -> Result<String> {
    let stamp = request.header("x-tc-timestamp").ok_or_else(|| {
        ApiError::new(200, "MissingParameter", "The header X-TC-Timestamp is missing.")
    })?;
    let seconds = stamp.parse().ok().filter(|seconds: &i64| seconds.to_string() == stamp);
    let time = seconds.and_then(DateTime::from_timestamp_secs).ok_or_else(|| {
        ApiError::new(200, "InvalidParameter", "The header X-TC-Timestamp is not a Unix time.")
    })?;
    if (now - time).abs() > WINDOW {
        let message = "The request has expired: its timestamp differs from the server's by more than five minutes.";
        return refuse(200, "AuthFailure.SignatureExpire", message);
    }
    let header = request.header("authorization").filter(|_| request.count("authorization") == 1);
    let fields = header.and_then(|header| Fields::parse(header, ALGORITHM));
    let field = |name| fields.as_ref().and_then(|fields| fields.get(name));
    let part = |name| field(name).ok_or_else(|| mismatch("The header Authorization is malformed."));
    let (credential, names, given) =
        (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
    let (id, scope) = credential.split_once('/').unwrap_or_default();
    let [date, service, "tc3_request"] = scope.split('/').collect::<Vec<_>>()[..] else {
        return Err(mismatch("The credential is not id/date/service/tc3_request."));
    };
    if date != time.format("%Y-%m-%d").to_string() {
        return Err(mismatch("The date of the credential is not that of X-TC-Timestamp."));
    }
    let account = find(accounts, id).ok_or_else(|| {
        ApiError::new(200, "AuthFailure.SecretIdNotFound", "The SecretId is not found.")
    })?;
    let text = format!("{ALGORITHM}\n{stamp}\n{scope}\n{}", hash_signed(request, names)?);
    let secret = format!("TC3{}", account.secret).into_bytes();
    let key = scope.split('/').fold(secret, |key, part| hmac_sha256(&key, part.as_bytes()));
    if hex(&hmac_sha256(&key, text.as_bytes())) != given {
        return Err(mismatch("The calculated signature is another one."));
    }
    if account.token.as_deref() != request.header("x-tc-token") {
        return refuse(200, "AuthFailure.TokenFailure", "The token is not correct.");
    }
    Ok(service.to_owned())
}

/// Returns the hash of the canonical request. Values of headers count in lower case.
fn hash_signed(request: &RawRequest, names: &str) -> Result<String> {
    let signed: Vec<&str> = names.split(';').collect();
    if !["content-type", "host"].iter().all(|name| signed.contains(name)) || !signed.is_sorted() {
        return Err(mismatch(
            "content-type and host have to be signed, in the order of the names.",
        ));
    }
    let mut lines = String::new();
    for name in signed {
        let value = request.header(name).filter(|_| request.count(name) == 1);
        let value = value.ok_or_else(|| mismatch("A signed header is not there once."))?;
        lines.extend([name, ":", &value.to_lowercase(), "\n"]);
    }
    let query: Vec<String> = request.query().0.iter().map(encode_pair).collect();
    let canonical = [
        &request.method,
        &encode_path(&request.path()),
        &query.join("&"),
        &lines,
        names,
        &sha256_hex(&request.body),
    ];
    Ok(sha256_hex(canonical.join("\n").as_bytes()))
}

fn mismatch(why: &str) -> ApiError {
    let message = format!("The provided credentials could not be validated. {why}");
    ApiError::new(200, "AuthFailure.SignatureFailure", message)
}
