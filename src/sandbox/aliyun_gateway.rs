//! The gateway of Alibaba Cloud: two kinds of signature, and the envelope of every response.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::cloud::RequestContext;
use super::request::{Params, RawRequest};
use super::response::{self, ApiError};
use super::verify::{acs3, rpc};
use crate::wire::Response;

/// How long a nonce is remembered: as long as the time beside it is accepted.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(30);

/// A call, signed in either way.
pub(super) struct Call {
    pub(super) action: String,
    pub(super) version: String,
    pub(super) params: Params,
    is_acs3: bool,
}

impl Call {
    pub(super) fn read(request: &RawRequest) -> Self {
        let params = request.query();
        let is_acs3 = request.header("authorization").is_some()
            || request.headers.iter().any(|(name, _)| name.starts_with("x-acs-"));
        let named = |header: &str, param: &str| {
            let value = if is_acs3 { request.header(header) } else { params.get(param) };
            value.unwrap_or_default().to_owned()
        };
        let (action, version) =
            (named("x-acs-action", "Action"), named("x-acs-version", "Version"));
        Self { action, version, params, is_acs3 }
    }

    /// Verifies method, signature and nonce.
    pub(super) fn authenticate(&self, context: &mut RequestContext<'_>) -> Result<(), ApiError> {
        if !matches!(&*context.request.method, "GET" | "POST") {
            let message = "This http method is not supported.";
            return Err(ApiError::new(403, "UnsupportedHTTPMethod", message));
        }
        if self.is_acs3 && self.params.contains("Signature") {
            let message = "The request signature does not conform to Aliyun standards. There is more than one signature.";
            return Err(ApiError::new(400, "IncompleteSignature", message));
        }
        let verify = if self.is_acs3 { acs3::verify } else { rpc::verify };
        let caller = verify(context.request, context.accounts, context.now)?;
        if !context.nonces.insert((caller.id, caller.nonce), context.now, NONCE_LIFE) {
            let message = "Specified signature nonce was used already.";
            return Err(ApiError::new(400, "SignatureNonceUsed", message));
        }
        Ok(())
    }
}

/// Makes the response from a result, for ECS.
pub(super) fn envelope(context: &RequestContext<'_>, result: Result<Value, ApiError>) -> Response {
    let id = format!("5A4DB0C5-0000-4000-8000-{:012X}", context.number);
    let (status, mut body) = match result {
        Ok(body) => (200, body),
        Err(ApiError { status, code, message }) => {
            let help =
                format!("https://api.aliyun.com/troubleshoot?q={code}&product=Ecs&requestId={id}");
            let host = context.request.host();
            let body = json!({"HostId": host, "Code": code, "Message": message, "Recommend": help});
            (status, body)
        }
    };
    if let Some(members) = body.as_object_mut() {
        members.insert("RequestId".to_owned(), id.clone().into());
    }
    let mut response = response::json(status, &body);
    response.headers.push(("x-acs-request-id".to_owned(), id));
    response
}

/// Returns whether a request has one of the two signatures.
pub(super) fn is_signed(request: &RawRequest) -> bool {
    request.header("authorization").is_some_and(|value| value.starts_with("ACS3-"))
        || request.query().get("SignatureMethod").is_some()
}

/// Returns the error response to an unknown action.
pub(super) fn no_such_action() -> ApiError {
    let message = "Specified api is not found, please check your url and method.";
    ApiError::new(404, "InvalidApi.NotFound", message)
}

/// Returns a parameter that must be there and not empty.
pub(super) fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str, ApiError> {
    params.get(name).ok_or_else(|| {
        let message = format!(
            "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
        );
        ApiError::new(400, "MissingParameter", message)
    })
}
