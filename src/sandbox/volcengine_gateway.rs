//! The gateway of Volcengine: the envelope of every answer, its codes, and how lists are paged.
//!
//! <https://www.volcengine.com/docs/6369/68677>

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Value, json};

use super::cloud::RequestContext;
use super::request::Params;
use super::response;
use super::response::ApiError;
use crate::wire::Response;

/// Returns action and version, which the gateway wants before all.
pub(super) fn named(params: &Params) -> Result<(&str, &str), ApiError> {
    let need = |name: &str| {
        params.get(name).ok_or_else(|| {
            let message = format!("The required parameter {name} is not supplied.");
            ApiError::new(400, "MissingParameter", message)
        })
    };
    Ok((need("Action")?, need("Version")?))
}

pub(super) fn no_such_action(action: &str, version: &str) -> ApiError {
    let message = format!("Could not find operation {action} for version {version}.");
    ApiError::new(404, "InvalidActionOrVersion", message)
}

/// Wraps result or refusal into the envelope of every answer.
pub(super) fn envelope(
    context: &RequestContext<'_>,
    params: &Params,
    service: &str,
    region: &str,
    result: Result<Value, ApiError>,
) -> Response {
    let id = format!("{}{:018X}", context.now.format("%Y%m%d%H%M%S"), context.number);
    let mut metadata = json!({
        "RequestId": id,
        "Action": params.get("Action").unwrap_or_default(),
        "Version": params.get("Version").unwrap_or_default(),
        "Service": service,
        "Region": region,
    });
    let (status, body) = match result {
        Ok(result) => (200, json!({"ResponseMetadata": metadata, "Result": result})),
        Err(ApiError { status, code, message }) => {
            let mut error = json!({"Code": code, "Message": message});
            if let (Some(number), Some(members)) = (number(&code), error.as_object_mut()) {
                members.insert("CodeN".to_owned(), number.into());
            }
            if let Some(members) = metadata.as_object_mut() {
                members.insert("Error".to_owned(), error);
            }
            (status, json!({"ResponseMetadata": metadata}))
        }
    };
    let mut response = response::json(status, &body);
    response.headers.push(("x-tt-logid".to_owned(), id));
    response
}

/// Returns the number of a gateway's code.
fn number(code: &str) -> Option<u32> {
    Some(match code {
        "MissingParameter" => 100_002,
        "MissingAuthenticationToken" => 100_003,
        "MissingRequestInfo" => 100_004,
        "MissingSignature" => 100_005,
        "InvalidTimestamp" => 100_006,
        "ServiceNotFound" => 100_007,
        "InvalidActionOrVersion" => 100_008,
        "InvalidAccessKey" => 100_009,
        "SignatureDoesNotMatch" => 100_010,
        "AccessDenied" => 100_013,
        "InternalError" => 100_014,
        _ => return None,
    })
}

pub(super) fn malformed(field: &str) -> ApiError {
    let message = format!("The specified {field} is malformed.");
    ApiError::new(400, format!("Invalid{field}.Malformed"), message)
}

/// Writes a time as Volcengine shows it, in the time of China.
pub(super) fn in_china(time: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(8 * 3600);
    zone.map_or_else(
        || time.to_rfc3339(),
        |zone| time.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    )
}

/// Returns the page that the parameters ask for, and the token of the next one, empty after the last.
pub(super) fn page<'a, T>(
    params: &Params,
    all: &'a [T],
    most: usize,
    refuse: impl Fn() -> ApiError,
) -> Result<(&'a [T], String), ApiError> {
    let size = match params.get("MaxResults") {
        None => 10,
        Some(text) => {
            text.parse().ok().filter(|size| (1..=most).contains(size)).ok_or_else(refuse)?
        }
    };
    let start = match params.get("NextToken") {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|start| start.parse().ok())
            .ok_or_else(|| malformed("NextToken"))?,
    };
    let rest = all.get(start..).unwrap_or_default();
    let shown = rest.get(..size).unwrap_or(rest);
    let next = start + shown.len();
    let token = if next < all.len() { format!("page-{next}") } else { String::new() };
    Ok((shown, token))
}
