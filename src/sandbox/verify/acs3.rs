//! Verifies Alibaba Cloud's V3 signature, ACS3-HMAC-SHA256.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>

use chrono::{DateTime, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest};
use super::acs::{Caller, check_time, check_token, find, incomplete, missing};
use super::{Fields, hash_canonical_request, hex, hmac_sha256, sha256_hex};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Verifies a request with its signature in the `Authorization` header.
pub fn verify(
    request: &RawRequest,
    accounts: &[Account],
    now: DateTime<Utc>,
) -> Result<Caller, ApiError> {
    let header = |name: &str| request.header(name).filter(|value| !value.is_empty());
    let authorization = header("authorization").ok_or_else(|| missing("AccessKeyId"))?;
    let fields = Fields::parse(authorization, ALGORITHM)
        .ok_or_else(|| incomplete("The algorithm is not supported."))?;
    let (Some(id), Some(names), Some(given)) =
        (fields.get("Credential"), fields.get("SignedHeaders"), fields.get("Signature"))
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
    let body = sha256_hex(&request.body);
    if header("x-acs-content-sha256").ok_or_else(|| missing("ContentSha256"))? != body {
        return Err(mismatch("x-acs-content-sha256 is not the hash of the body"));
    }
    let mut query = request.query().0;
    query.sort();
    let hash =
        hash_canonical_request(request, &query, &names, &body).map_err(|why| incomplete(&why))?;
    let text = format!("{ALGORITHM}\n{hash}");
    if hex(&hmac_sha256(account.secret.as_bytes(), text.as_bytes())) != given {
        return Err(mismatch(&text));
    }
    check_token(account, header("x-acs-security-token"))?;
    Ok(Caller { id: account.id.to_string(), nonce: nonce.to_owned() })
}

/// Returns the error response with what the gateway signed: only a hash, so that no secret is repeated.
fn mismatch(text: &str) -> ApiError {
    let message = format!(
        "Specified signature does not match our calculation. server StringToSign is [{text}]"
    );
    ApiError::new(400, "SignatureDoesNotMatch", message)
}
