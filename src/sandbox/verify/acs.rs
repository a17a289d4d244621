//! What both signatures of Alibaba Cloud (Alibaba Cloud Service, hence `acs`) have in common.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::cloud::Account;
use super::super::http::ApiError;
use super::time;

/// The signer of a request.
#[derive(Debug)]
pub struct Caller {
    /// The access key id.
    pub id: String,
    /// The nonce, which may be used once.
    pub nonce: String,
}

/// How far the time of a request may be from the gateway's, either way.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// Verifies that a time is well formed and close enough.
pub(super) fn check_time(text: &str, now: DateTime<Utc>) -> Result<(), ApiError> {
    let Some(time) = time(text, "%Y-%m-%dT%H:%M:%SZ") else {
        let message = "Specified time stamp or date value is not well formatted.";
        return Err(ApiError::new(400, "InvalidTimeStamp.Format", message));
    };
    if (now - time).abs() > WINDOW {
        let message = "Specified time stamp or date value is expired.";
        return Err(ApiError::new(400, "InvalidTimeStamp.Expired", message));
    }
    Ok(())
}

pub(super) fn find<'a>(accounts: &'a [Account], id: &str) -> Result<&'a Account, ApiError> {
    super::find(accounts, id).ok_or_else(not_found)
}

fn not_found() -> ApiError {
    ApiError::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

/// Verifies the session token. The signature comes first.
pub(super) fn check_token(account: &Account, token: Option<&str>) -> Result<(), ApiError> {
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
pub(super) fn missing(name: &str) -> ApiError {
    ApiError::new(400, format!("Missing{name}"), format!("{name} is mandatory for this action."))
}

/// Returns the error response to a signature that cannot be verified at all.
pub(super) fn incomplete(why: &str) -> ApiError {
    let message = format!("The request signature does not conform to Aliyun standards. {why}");
    ApiError::new(400, "IncompleteSignature", message)
}
