//! The gateway of Alibaba Cloud: two styles of call, one envelope of answers.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::cloud::RequestContext;
use super::request::{Params, RawRequest};
use super::response::{self, ApiError};
use super::verify::{Caller, acs3, rpc};
use crate::wire::Response;

/// How long a nonce is remembered: as long as the time beside it is accepted.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(30);

/// A call in either of the two styles.
pub(super) struct Call {
    pub(super) action: String,
    pub(super) version: String,
    pub(super) params: Params,
    is_acs3: bool,
    is_json: bool,
}

impl Call {
    pub(super) fn read(request: &RawRequest) -> Self {
        let params = request.query().and(request.form());
        let is_acs3 = request.header("authorization").is_some()
            || request.headers.iter().any(|(name, _)| name.starts_with("x-acs-"));
        let named = |header: &str, param: &str| {
            let value = if is_acs3 { request.header(header) } else { params.get(param) };
            value.unwrap_or_default().to_owned()
        };
        let (action, version) =
            (named("x-acs-action", "Action"), named("x-acs-version", "Version"));
        // The RPC style answers in XML unless it is asked for JSON.
        let is_json =
            is_acs3 || params.get("Format").is_some_and(|form| form.eq_ignore_ascii_case("json"));
        Self { action, version, params, is_acs3, is_json }
    }

    /// Checks method, signature and nonce.
    pub(super) fn authenticate(
        &self,
        context: &mut RequestContext<'_>,
    ) -> Result<Caller, ApiError> {
        if !matches!(&*context.request.method, "GET" | "POST") {
            let message = "This http method is not supported.";
            return Err(ApiError::new(403, "UnsupportedHTTPMethod", message));
        }
        if self.is_acs3 && self.params.raw("Signature").is_some() {
            let message = "The request signature does not conform to Aliyun standards. There is more than one signature.";
            return Err(ApiError::new(400, "IncompleteSignature", message));
        }
        let verify = if self.is_acs3 { acs3::verify } else { rpc::verify };
        let caller = verify(context.request, context.accounts, context.now)?;
        let (id, nonce) = (&caller.account.id, &caller.nonce);
        if !context.nonces.insert(id, nonce, context.now, NONCE_LIFE) {
            let message = "Specified signature nonce was used already.";
            return Err(ApiError::new(400, "SignatureNonceUsed", message));
        }
        Ok(caller)
    }

    pub(super) fn respond(
        &self,
        context: &RequestContext<'_>,
        result: Result<Value, ApiError>,
        product: &str,
    ) -> Response {
        let id = format!("5A4DB0C5-0000-4000-8000-{:012X}", context.number);
        let (status, root, mut body) = match result {
            Ok(body) => (200, format!("{}Response", self.action), body),
            Err(ApiError { status, code, message }) => {
                let help = format!(
                    "https://api.aliyun.com/troubleshoot?q={code}&product={product}&requestId={id}"
                );
                let host = context.request.host();
                let body =
                    json!({"HostId": host, "Code": code, "Message": message, "Recommend": help});
                (status, "Error".to_owned(), body)
            }
        };
        if let Some(members) = body.as_object_mut() {
            members.insert("RequestId".to_owned(), id.clone().into());
        }
        let mut response = if self.is_json {
            response::json(status, &body)
        } else {
            response::xml(status, &root, &body)
        };
        response.headers.push(("x-acs-request-id".to_owned(), id));
        response
    }
}

/// Returns whether a request is signed in one of the two styles.
pub(super) fn is_call(request: &RawRequest) -> bool {
    request.header("authorization").is_some_and(|value| value.starts_with("ACS3-"))
        || request.query().get("SignatureMethod").is_some()
}

pub(super) fn no_such_action() -> ApiError {
    let message = "Specified api is not found, please check your url and method.";
    ApiError::new(404, "InvalidApi.NotFound", message)
}

pub(super) fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str, ApiError> {
    params.get(name).ok_or_else(|| {
        let message = format!(
            "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
        );
        ApiError::new(400, "MissingParameter", message)
    })
}
