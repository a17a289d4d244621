//! Verifies Alibaba Cloud's RPC signature: HMAC-SHA1 over method and sorted parameters.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v2-request-structure-and-signature>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::super::accounts::Accounts;
use super::super::percent::encode;
use super::super::request::RawRequest;
use super::super::response::ApiError;
use super::acs::{Caller, check_time, check_token, find, incomplete, missing};
use super::hmac_sha1;

/// Verifies a request with its signature in the query.
pub fn verify(
    request: &RawRequest,
    accounts: &Accounts,
    now: DateTime<Utc>,
) -> Result<Caller, ApiError> {
    let params = request.query();
    let need = |name: &str| params.get(name).ok_or_else(|| missing(name));
    let id = need("AccessKeyId")?;
    let given = need("Signature")?;
    let nonce = need("SignatureNonce")?;
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

    let mut signed: Vec<_> = params.0.iter().filter(|(name, _)| name != "Signature").collect();
    signed.sort();
    let canonical: Vec<String> =
        signed.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let text = format!("{}&%2F&{}", request.method, encode(&canonical.join("&")));
    let key = format!("{}&", account.secret);
    if STANDARD.encode(hmac_sha1(key.as_bytes(), text.as_bytes())) != given {
        // The real gateway repeats the whole text, with access key id and session token.
        let message = format!(
            "Specified signature is not matched with our calculation. server string to sign is:{text}"
        );
        return Err(ApiError::new(400, "SignatureDoesNotMatch", message));
    }
    check_token(account, params.get("SecurityToken"), now)?;
    Ok(Caller { account: account.clone(), nonce: nonce.to_owned() })
}
