//! The gateway of Volcengine: the envelope of every response, and the pages of lists.
//!
//! <https://www.volcengine.com/docs/6369/68677>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::cloud::RequestContext;
use super::request::Params;
use super::response::{self, ApiError};
use crate::wire::Response;

/// Returns action and version, which the gateway reads first.
pub(super) fn action_and_version(params: &Params) -> Result<(&str, &str), ApiError> {
    let need = |name: &str| {
        params.get(name).ok_or_else(|| {
            let message = format!("The required parameter {name} is not supplied.");
            ApiError::new(400, "MissingParameter", message)
        })
    };
    Ok((need("Action")?, need("Version")?))
}

/// Returns the error response to an unknown action.
pub(super) fn no_such_action(action: &str, version: &str) -> ApiError {
    let message = format!("Could not find operation {action} for version {version}.");
    ApiError::new(404, "InvalidActionOrVersion", message)
}

/// Makes the response from a result.
pub(super) fn envelope(
    context: &RequestContext<'_>,
    params: &Params,
    region: &str,
    result: Result<Value, ApiError>,
) -> Response {
    let id = format!("{}{:018X}", context.now.format("%Y%m%d%H%M%S"), context.number);
    let mut metadata = json!({
        "RequestId": id,
        "Action": params.get("Action").unwrap_or_default(),
        "Version": params.get("Version").unwrap_or_default(),
        "Service": "ecs",
        "Region": region,
    });
    let (status, body) = match result {
        Ok(result) => (200, json!({"ResponseMetadata": metadata, "Result": result})),
        Err(ApiError { status, code, message }) => {
            if let Some(members) = metadata.as_object_mut() {
                members.insert("Error".to_owned(), json!({"Code": code, "Message": message}));
            }
            (status, json!({"ResponseMetadata": metadata}))
        }
    };
    let mut response = response::json(status, &body);
    response.headers.push(("x-tt-logid".to_owned(), id));
    response
}

/// Returns the error response to a malformed value.
pub(super) fn malformed(field: &str) -> ApiError {
    let message = format!("The specified {field} is malformed.");
    ApiError::new(400, format!("Invalid{field}.Malformed"), message)
}

/// Formats a time as Volcengine does, in the time zone of China.
pub(super) fn in_china(time: DateTime<Utc>) -> String {
    (time + TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// Returns the page that the parameters name, and the token of the next one, empty for the last page.
pub(super) fn page<'a, T>(
    params: &Params,
    all: &'a [T],
    most: usize,
    invalid_size: impl Fn() -> ApiError,
) -> Result<(&'a [T], String), ApiError> {
    let size = match params.get("MaxResults") {
        None => 10,
        Some(text) => {
            text.parse().ok().filter(|size| (1..=most).contains(size)).ok_or_else(invalid_size)?
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
