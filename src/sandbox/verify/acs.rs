//! Verifies the two signatures of Alibaba Cloud (Alibaba Cloud Service, hence `acs`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::cloud::Account;
use super::super::http::{ApiError, RawRequest, Result, refuse};
use super::{
    Fields, encode, encode_pair, hash_canonical_request, hex, hmac_sha1, hmac_sha256, sha256_hex,
    time,
};

const ACS3: &str = "ACS3-HMAC-SHA256";

/// How far the time of a request may be from the gateway's, either way.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Verifies an RPC signature in the query, HMAC-SHA1 over method and sorted parameters. Returns access key id and nonce,
/// which may be used once.
///
/// <https://www.alibabacloud.com/help/en/sdk/product-overview/v2-request-structure-and-signature>
pub fn verify_rpc(
    request: &RawRequest,
    accounts: &[Account],
    now: DateTime<Utc>,
) -> Result<(String, String)> {
    let mut params = request.query();
    let need = |name: &str| params.get(name).ok_or_else(|| missing(name));
    let (id, given, nonce) =
        (need("AccessKeyId")?, need("Signature")?.to_owned(), need("SignatureNonce")?.to_owned());
    if params.0.iter().filter(|(name, _)| name == "Signature").count() != 1 {
        return Err(incomplete("There is more than one signature."));
    }
    for (name, value) in [("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0")] {
        if need(name)? != value {
            return Err(incomplete(&format!("The {name} is not supported.")));
        }
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
        return refuse(400, "SignatureDoesNotMatch", message);
    }
    check_token(account, params.get("SecurityToken"))?;
    Ok((account.id.to_string(), nonce))
}

/// Verifies a V3 signature, ACS3-HMAC-SHA256, in the `Authorization` header. Returns access key id and nonce, which may be
/// used once.
///
/// <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>
pub fn verify_acs3(
    request: &RawRequest,
    accounts: &[Account],
    now: DateTime<Utc>,
) -> Result<(String, String)> {
    let header = |name: &str| request.header(name).filter(|value| !value.is_empty());
    let authorization = header("authorization").ok_or_else(|| missing("AccessKeyId"))?;
    let fields = Fields::parse(authorization, ACS3)
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
    let text = format!("{ACS3}\n{hash}");
    if hex(&hmac_sha256(account.secret.as_bytes(), text.as_bytes())) != given {
        return Err(mismatch(&text));
    }
    check_token(account, header("x-acs-security-token"))?;
    Ok((account.id.to_string(), nonce.to_owned()))
}

/// Returns the error response with what the gateway signed: only a hash, so that no secret is repeated.
fn mismatch(text: &str) -> ApiError {
    let message = format!(
        "Specified signature does not match our calculation. server StringToSign is [{text}]"
    );
    ApiError::new(400, "SignatureDoesNotMatch", message)
}

/// Verifies that a time is well formed and close enough.
fn check_time(text: &str, now: DateTime<Utc>) -> Result<()> {
    let Some(time) = time(text, "%Y-%m-%dT%H:%M:%SZ") else {
        let message = "Specified time stamp or date value is not well formatted.";
        return refuse(400, "InvalidTimeStamp.Format", message);
    };
    if (now - time).abs() > WINDOW {
        let message = "Specified time stamp or date value is expired.";
        return refuse(400, "InvalidTimeStamp.Expired", message);
    }
    Ok(())
}

fn find<'a>(accounts: &'a [Account], id: &str) -> Result<&'a Account> {
    super::find(accounts, id).ok_or_else(not_found)
}

fn not_found() -> ApiError {
    ApiError::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

/// Verifies the session token. The signature comes first.
fn check_token(account: &Account, token: Option<&str>) -> Result<()> {
    if account.token.as_deref() == token {
        return Ok(());
    }
    Err(match (&account.token, token) {
        // A temporary access key is not known by its id alone.
        (_, None) => not_found(),
        (Some(own), Some(other)) if own.chars().take(4).ne(other.chars().take(4)) => {
            let message = "Specified SecurityToken is malformed.";
            ApiError::new(400, "InvalidSecurityToken.Malformed", message)
        }
        (_, Some(_)) => {
            let message = "Specified SecurityToken mismatch with the AccessKey.";
            ApiError::new(400, "InvalidSecurityToken.MismatchWithAccessKey", message)
        }
    })
}

/// Returns the error response to a missing parameter or header.
fn missing(name: &str) -> ApiError {
    ApiError::new(400, format!("Missing{name}"), format!("{name} is mandatory for this action."))
}

/// Returns the error response to a signature that cannot be verified at all.
pub(in crate::sandbox) fn incomplete(why: &str) -> ApiError {
    let message = format!("The request signature does not conform to Aliyun standards. {why}");
    ApiError::new(400, "IncompleteSignature", message)
}
