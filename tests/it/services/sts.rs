//! The token services of Alibaba Cloud, Volcengine and Tencent Cloud: a role, or an OIDC token, for a temporary credential.
//!
//! <https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole>,
//! <https://www.volcengine.com/docs/6257/86374>

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::sandbox::ApiError;
use keyimport::sandbox::verify::{acs, tc3, v4};
use keyimport::wire::Response;
use serde_json::{Value, json};

use super::{
    ALIYUN, Context, Issued, Services, TENCENT, VOLCENGINE, form, is_signed_by, query, refusal,
};

type Params = BTreeMap<String, String>;

fn has<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// Responds for the token service of Alibaba Cloud.
pub(super) fn aliyun(services: &mut Services, context: &Context<'_>) -> Response {
    let id = format!("5A4DB0C5-0000-4000-8000-{:012X}", context.number);
    let (status, mut body) = match assume_aliyun(services, context) {
        Ok(body) => (200, body),
        Err(ApiError { status, code, message }) => {
            (status, json!({"Code": code, "Message": message}))
        }
    };
    body["RequestId"] = id.into();
    super::json(status, &body)
}

fn assume_aliyun(services: &mut Services, context: &Context<'_>) -> Result<Value, ApiError> {
    let request = context.request;
    let is_acs3 = request.header("authorization").is_some();
    let mut params = query(request);
    let action = if is_acs3 { request.header("x-acs-action") } else { has(&params, "Action") };
    match action.unwrap_or_default() {
        "AssumeRole" => {
            let verify = if is_acs3 { acs::verify_acs3 } else { acs::verify_rpc };
            verify(request, &services.accounts["aliyun"], context.now)?;
            if is_signed_by(request, ALIYUN.unauthorized.id) {
                return refusal(403, "NoPermission", "You are not authorized to do this action.");
            }
        }
        "AssumeRoleWithOIDC" => {
            let time: DateTime<Utc> = need(&params, "Timestamp")?.parse().unwrap();
            if (context.now - time).abs() > TimeDelta::minutes(15) {
                return refusal(
                    400,
                    "InvalidTimeStamp.Expired",
                    "Specified time stamp is expired.",
                );
            }
            // The token must be in the body: a URL ends up in logs.
            params.remove("OIDCToken");
            params.extend(form(request));
            need(&params, "OIDCProviderArn")?;
            if need(&params, "OIDCToken")?.contains("expired") {
                let code = "AuthenticationFail.OIDCToken.Expired";
                return refusal(400, code, "This JWT Token has been expired.");
            }
        }
        _ => return refusal(404, "InvalidApi.NotFound", "Specified api is not found."),
    }
    let role = need(&params, "RoleArn")?;
    let session = need(&params, "RoleSessionName")?;
    let malformed = |field: &str| {
        refusal(400, format!("InvalidParameter.{field}"), "The parameter is wrongly formed.")
    };
    if !is_role(role, "acs:ram::") {
        return malformed("RoleArn");
    }
    if !is_session(session) {
        return malformed("RoleSessionName");
    }
    let Some(seconds) = seconds(&params, 3600) else { return malformed("DurationSeconds") };
    if role.contains("missing") {
        return refusal(404, "EntityNotExist.Role", "The specified Role not exists.");
    }
    let issued = services.issue("aliyun", context, seconds);
    Ok(json!({
        "AssumedRoleUser": {"Arn": format!("{role}/{session}")},
        "Credentials": aliyun_credentials(&issued),
    }))
}

fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str, ApiError> {
    has(params, name).map_or_else(|| refusal(400, "MissingParameter", name), Ok)
}

/// Shows a credential as the token service and instance metadata of Alibaba Cloud do.
pub(super) fn aliyun_credentials(issued: &Issued) -> Value {
    json!({
        "AccessKeyId": issued.account.id,
        "AccessKeySecret": issued.account.secret,
        "SecurityToken": issued.account.token,
        "Expiration": issued.end.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

/// Responds for the token service of Volcengine.
pub(super) fn volcengine(services: &mut Services, context: &Context<'_>) -> Response {
    let mut metadata = json!({"RequestId": format!("{:018X}", context.number)});
    match assume_volcengine(services, context) {
        Ok(result) => super::json(200, &json!({"ResponseMetadata": metadata, "Result": result})),
        Err(ApiError { status, code, message }) => {
            metadata["Error"] = json!({"Code": code, "Message": message});
            super::json(status, &json!({"ResponseMetadata": metadata}))
        }
    }
}

/// Issues a credential. The two actions call the time of its end by different names.
fn assume_volcengine(services: &mut Services, context: &Context<'_>) -> Result<Value, ApiError> {
    let mut params = query(context.request);
    let need = |params: &Params, name: &str| {
        has(params, name).map(str::to_owned).map_or_else(
            || refusal(400, format!("MissingParameter.{name}"), "A parameter is not supplied."),
            Ok,
        )
    };
    let end = match need(&params, "Action")?.as_str() {
        "AssumeRole" => {
            let caller = v4::VOLCENGINE.verify(
                context.request,
                &services.accounts["volcengine"],
                context.now,
            )?;
            if caller.service != "sts" {
                return refusal(404, "ServiceNotFound", "The service is not found here.");
            }
            if is_signed_by(context.request, VOLCENGINE.unauthorized.id) {
                return refusal(403, "AccessDenied", "User is not authorized.");
            }
            "ExpiredTime"
        }
        "AssumeRoleWithOIDC" => {
            params.extend(form(context.request));
            if need(&form(context.request), "OIDCToken")?.contains("expired") {
                let message = "The OIDC token has expired.";
                return refusal(400, "InvalidOIDCToken.Expired", message);
            }
            "Expiration"
        }
        _ => return refusal(404, "InvalidActionOrVersion", "Could not find the operation."),
    };
    let role = need(&params, "RoleTrn")?;
    let malformed =
        |field: &str| refusal(400, format!("Invalid{field}.Malformed"), "A field is malformed.");
    if !is_role(&role, "trn:iam::") {
        return malformed("RoleTrn");
    }
    if !is_session(&need(&params, "RoleSessionName")?) {
        return malformed("RoleSessionName");
    }
    let Some(seconds) = seconds(&params, 43200) else { return malformed("DurationSeconds") };
    if role.contains("missing") {
        return refusal(404, "RoleNotExist", "The specified role does not exist.");
    }
    let issued = services.issue("volcengine", context, seconds);
    Ok(json!({"Credentials": volcengine_credentials(&issued, context.now, end)}))
}

/// Shows a credential as the token service and instance metadata of Volcengine do.
pub(super) fn volcengine_credentials(issued: &Issued, now: DateTime<Utc>, end: &str) -> Value {
    let in_china = |time: DateTime<Utc>| {
        (time + TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
    };
    json!({
        "AccessKeyId": issued.account.id,
        "SecretAccessKey": issued.account.secret,
        "SessionToken": issued.account.token,
        "CurrentTime": in_china(now),
        end: in_china(issued.end),
    })
}

/// Responds for the token service of Tencent Cloud, which shows the time of the end beside the credential.
pub(super) fn tencent(services: &mut Services, context: &Context<'_>) -> Response {
    let mut body = assume_tencent(services, context).unwrap_or_else(
        |refusal| json!({"Error": {"Code": refusal.code, "Message": refusal.message}}),
    );
    body["RequestId"] = format!("{:018x}", context.number).into();
    super::json(200, &json!({"Response": body}))
}

fn assume_tencent(services: &mut Services, context: &Context<'_>) -> Result<Value, ApiError> {
    let request = context.request;
    let header = |name| request.header(name).unwrap_or_default();
    if header("x-tc-version") != "2018-08-13" || header("x-tc-region").is_empty() {
        return refusal(200, "MissingParameter", "A common parameter is missing.");
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let need = |name: &str| {
        let value = body[name].as_str().filter(|value| !value.is_empty());
        value.map_or_else(|| refusal(200, "MissingParameter", name), Ok)
    };
    match header("x-tc-action") {
        "AssumeRole" => {
            let service = tc3::verify(request, &services.accounts["tencent"], context.now)?;
            if service != "sts" {
                return refusal(200, "NoSuchProduct", "The product does not exist.");
            }
            if is_signed_by(request, TENCENT.unauthorized.id) {
                return refusal(200, "UnauthorizedOperation", "Not authorized.");
            }
        }
        "AssumeRoleWithWebIdentity" => {
            if header("authorization") != "SKIP" {
                return refusal(200, "AuthFailure.InvalidAuthorization", "It is not SKIP.");
            }
            need("ProviderId")?;
            if need("WebIdentityToken")?.contains("expired") {
                return refusal(200, "InvalidParameter.WebIdentityTokenError", "It has expired.");
            }
        }
        _ => return refusal(200, "InvalidAction", "The API does not exist."),
    }
    let role = need("RoleArn")?;
    if !role.starts_with("qcs::cam::uin/") || !is_session(need("RoleSessionName")?) {
        return refusal(200, "InvalidParameter.ParamError", "A parameter is malformed.");
    }
    let seconds = body["DurationSeconds"].as_i64().unwrap_or(7200);
    if !(1..=43200).contains(&seconds) {
        return refusal(200, "InvalidParameter.OverTimeError", "It lasts too long.");
    }
    if role.contains("missing") {
        return refusal(200, "ResourceNotFound.RoleNotFound", "The role does not exist.");
    }
    let issued = services.issue("tencent", context, seconds);
    Ok(json!({
        "Credentials": tencent_credentials(&issued),
        "ExpiredTime": issued.end.timestamp(),
        "Expiration": issued.end.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }))
}

/// Shows a credential as the token service and instance metadata of Tencent Cloud do.
pub(super) fn tencent_credentials(issued: &Issued) -> Value {
    json!({
        "TmpSecretId": issued.account.id,
        "TmpSecretKey": issued.account.secret,
        "Token": issued.account.token,
    })
}

/// Returns whether a text is `<prefix><account>:role/<name>`.
fn is_role(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).and_then(|rest| rest.split_once(":role/")).is_some_and(
        |(account, name)| {
            !account.is_empty()
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && !name.is_empty()
        },
    )
}

/// Returns whether a text is 2 to 64 letters, digits and `.@-_`.
fn is_session(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte))
}

/// Returns how long a credential is to live, in seconds, if that is allowed: a quarter of an hour at least.
fn seconds(params: &Params, most: i64) -> Option<i64> {
    let seconds = has(params, "DurationSeconds").map_or(Ok(3600), str::parse).ok()?;
    (900..=most).contains(&seconds).then_some(seconds)
}
