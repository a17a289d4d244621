//! Verifies Alibaba Cloud's V3 signature, ACS3-HMAC-SHA256.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::super::accounts::Accounts;
use super::super::percent::{encode, encode_path};
use super::super::request::RawRequest;
use super::super::response::ApiError;
use super::acs::{Caller, check_time, check_token, find, incomplete, missing};
use super::{hex, hmac_sha256, sha256};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Verifies a request with its signature in the `Authorization` header.
pub fn verify(
    request: &RawRequest,
    accounts: &Accounts,
    now: DateTime<Utc>,
) -> Result<Caller, ApiError> {
    let header = |name: &str| request.header(name).filter(|value| !value.is_empty());
    let authorization = header("authorization").ok_or_else(|| missing("AccessKeyId"))?;
    let fields: Vec<_> = authorization
        .strip_prefix(ALGORITHM)
        .and_then(|rest| rest.strip_prefix(' '))
        .ok_or_else(|| incomplete("The algorithm is not supported."))?
        .split(',')
        .filter_map(|field| field.trim().split_once('='))
        .collect();
    let field = |name: &str| match fields.iter().filter(|(other, _)| *other == name).count() {
        1 => fields.iter().find(|(other, _)| *other == name).map(|(_, value)| *value),
        _ => None,
    };
    let (Some(id), Some(names), Some(given)) =
        (field("Credential"), field("SignedHeaders"), field("Signature"))
    else {
        return Err(incomplete("The Authorization header is not complete."));
    };
    check_time(header("x-acs-date").ok_or_else(|| missing("Timestamp"))?, now)?;
    let nonce = header("x-acs-signature-nonce").ok_or_else(|| missing("SignatureNonce"))?;
    let account = find(accounts, id)?;
    if header("x-acs-accesskey-id").is_some_and(|other| other != id) {
        return Err(incomplete("The access key ids differ."));
    }

    let names: Vec<&str> = names.split(';').collect();
    if !names.is_sorted() {
        return Err(incomplete("The signed headers are not sorted."));
    }
    // > All common request headers except Authorization, if present, must be signed.
    let unsigned = request.headers.iter().find(|(name, _)| {
        (name == "host" || name == "content-type" || name.starts_with("x-acs-"))
            && !names.contains(&name.as_str())
    });
    if let Some((name, _)) = unsigned {
        return Err(incomplete(&format!("The header {name} is not signed.")));
    }
    let body = sha256(&request.body);
    if header("x-acs-content-sha256").ok_or_else(|| missing("ContentSha256"))? != body {
        return Err(mismatch("x-acs-content-sha256 is not the hash of the body"));
    }
    let mut lines = String::new();
    for name in &names {
        let (1, Some(value)) = (request.count(name), request.header(name)) else {
            return Err(incomplete(&format!("The signed header {name} is not there once.")));
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{name}:{value}");
    }
    let mut pairs = request.query().0;
    pairs.sort();
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{}\n{body}",
        request.method,
        encode_path(&request.path()),
        pairs.join("&"),
        names.join(";")
    );
    let text = format!("{ALGORITHM}\n{}", sha256(canonical.as_bytes()));
    if hex(&hmac_sha256(account.secret.as_bytes(), text.as_bytes())) != given {
        return Err(mismatch(&text));
    }
    check_token(account, header("x-acs-security-token"), now)?;
    Ok(Caller { account: account.clone(), nonce: nonce.to_owned() })
}

/// Returns the error response with what the gateway signed: only a hash, so that no secret is repeated.
fn mismatch(text: &str) -> ApiError {
    let message = format!(
        "Specified signature does not match our calculation. server StringToSign is [{text}]"
    );
    ApiError::new(400, "SignatureDoesNotMatch", message)
}
