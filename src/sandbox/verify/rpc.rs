//! Verifies Alibaba Cloud's RPC signature: HMAC-SHA1 over method and sorted parameters.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v2-request-structure-and-signature>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest};
use super::acs::{Caller, check_time, check_token, find, incomplete, missing};
use super::{encode, encode_pair, hmac_sha1};

/// Verifies a request with its signature in the query.
pub fn verify(
    request: &RawRequest,
    accounts: &[Account],
    now: DateTime<Utc>,
) -> Result<Caller, ApiError> {
    let mut params = request.query();
    let need = |name: &str| params.get(name).ok_or_else(|| missing(name));
    let (id, given, nonce) =
        (need("AccessKeyId")?, need("Signature")?.to_owned(), need("SignatureNonce")?.to_owned());
    if params.0.iter().filter(|(name, _)| name == "Signature").count() != 1 {
        return Err(incomplete("There is more than one signature."));
    }
    if need("SignatureMethod")? != "HMAC-SHA1" {
        return Err(incomplete("The SignatureMethod is not supported."));
    }
    if need("SignatureVersion")? != "1.0" {
        return Err(incomplete("The SignatureVersion is not supported."));
    }
    check_time(need("Timestamp")?, now)?;
    let account = find(accounts, id)?;

    params.0.retain(|(name, _)| name != "Signature");
    params.0.sort();
    let canonical = params.0.iter().map(encode_pair).collect::<Vec<_>>().join("&");
    let text = format!("{}&%2F&{}", request.method, encode(&canonical));
    let key = format!("{}&", account.secret);
    if STANDARD.encode(hmac_sha1(key.as_bytes(), text.as_bytes())) != given {
        // The real gateway repeats the whole text, with access key id and session token.
        let message = format!(
            "Specified signature is not matched with our calculation. server string to sign is:{text}"
        );
        return Err(ApiError::new(400, "SignatureDoesNotMatch", message));
    }
    check_token(account, params.get("SecurityToken"))?;
    Ok(Caller { id: account.id.to_string(), nonce })
}
