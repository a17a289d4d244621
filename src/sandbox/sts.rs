//! The token services of Alibaba Cloud and Volcengine: a role, or an OIDC token, for a temporary credential.
//!
//! <https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole>,
//! <https://www.volcengine.com/docs/6257/86374>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::accounts::{Account, Rights};
use super::aliyun_gateway::{Call, need, no_such_action as no_such_aliyun_action};
use super::request::Params;
use super::verify::{ApiError, alibaba, v4};
use super::volcengine_gateway::{in_china, named, no_such_action, respond};
use super::{RequestContext, Sandbox};
use crate::wire::Response;

/// How ids and tokens of issued credentials begin.
pub(super) const ALIYUN_FORM: (&str, &str) = ("STS.Sandbox", "CAISsandbox/aliyun+");
pub(super) const VOLCENGINE_FORM: (&str, &str) = ("AKTPSandbox", "STSsandbox.volcengine+");

/// Answers a request to the token service of Alibaba Cloud.
pub(super) fn answer_aliyun(sandbox: &mut Sandbox, context: &RequestContext<'_>) -> Response {
    let call = Call::read(context);
    let result = match (&*call.action, &*call.version) {
        ("AssumeRole", "2015-04-01") => call.authenticate(sandbox, context).and_then(|caller| {
            if caller.account.rights == Rights::None {
                let message =
                    "You are not authorized to do this action. You should be authorized by RAM.";
                return Err(ApiError::new(403, "NoPermission", message));
            }
            aliyun_role(sandbox, context, &call.params)
        }),
        ("AssumeRoleWithOIDC", "2015-04-01") => aliyun_oidc(sandbox, context, &call.params),
        _ => Err(no_such_aliyun_action()),
    };
    call.respond(context, result, "Sts")
}

/// Checks the token, which must stand in the body: a URL ends up in logs.
fn aliyun_oidc(
    sandbox: &mut Sandbox,
    context: &RequestContext<'_>,
    params: &Params,
) -> Result<Value, ApiError> {
    if context.request.method != "POST" {
        let message = "This http method is not supported.";
        return Err(ApiError::new(403, "UnsupportedHTTPMethod", message));
    }
    alibaba::check_time(need(params, "Timestamp")?, context.now)?;
    let form = context.request.form();
    let token = need(&form, "OIDCToken")?;
    need(params, "OIDCProviderArn")?;
    if token.contains("expired") {
        let message = "This JWT Token has been expired.";
        return Err(ApiError::new(400, "AuthenticationFail.OIDCToken.Expired", message));
    }
    aliyun_role(sandbox, context, params)
}

fn aliyun_role(
    sandbox: &mut Sandbox,
    context: &RequestContext<'_>,
    params: &Params,
) -> Result<Value, ApiError> {
    let role = need(params, "RoleArn")?;
    let session = need(params, "RoleSessionName")?;
    let refuse = |field: &str, message: &str| {
        ApiError::new(400, format!("InvalidParameter.{field}"), message)
    };
    if !is_role(role, "acs:ram::") {
        return Err(refuse("RoleArn", "The parameter RoleArn is wrongly formed."));
    }
    if !is_session(session) {
        return Err(refuse("RoleSessionName", "The parameter RoleSessionName is wrongly formed."));
    }
    let ends = ends(params, context.now, 3600).ok_or_else(|| {
        refuse("DurationSeconds", "The Min/Max value of DurationSeconds is 15min/1hr.")
    })?;
    if role.contains("missing") {
        return Err(ApiError::new(404, "EntityNotExist.Role", "The specified Role not exists."));
    }
    let issued = sandbox.aliyun.issue(ALIYUN_FORM, context.number, ends);
    let user = json!({"Arn": format!("{role}/{session}"), "AssumedRoleId": format!("300000000000000000:{session}")});
    Ok(json!({"AssumedRoleUser": user, "Credentials": aliyun_credentials(&issued)}))
}

/// Shows a credential as the token service and instance metadata of Alibaba Cloud do.
pub(super) fn aliyun_credentials(issued: &Account) -> Value {
    json!({
        "AccessKeyId": issued.id,
        "AccessKeySecret": issued.secret,
        "SecurityToken": issued.token,
        "Expiration": issued.ends.map(|end| end.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
    })
}

/// Answers a request to the token service of Volcengine.
pub(super) fn answer_volcengine(sandbox: &mut Sandbox, context: &RequestContext<'_>) -> Response {
    let params = context.request.query().and(context.request.form());
    let mut region = String::new();
    let result = assume(sandbox, context, &params, &mut region);
    respond(context, &params, "sts", &region, result)
}

fn assume(
    sandbox: &mut Sandbox,
    context: &RequestContext<'_>,
    params: &Params,
    region: &mut String,
) -> Result<Value, ApiError> {
    match named(params)? {
        ("AssumeRole", "2018-01-01") => {
            let caller = v4::check(context.request, &sandbox.volcengine, context.now)?;
            region.clone_from(&caller.region);
            if caller.service != "sts" {
                let message = format!("Service {} is not found here.", caller.service);
                return Err(ApiError::new(404, "ServiceNotFound", message));
            }
            if caller.account.rights == Rights::None {
                let message = "User is not authorized to perform: sts:AssumeRole on resource.";
                return Err(ApiError::new(403, "AccessDenied", message));
            }
            let issued = volcengine_role(sandbox, context, params, "ExpiredTime")?;
            Ok(json!({"Credentials": issued}))
        }
        ("AssumeRoleWithOIDC", "2018-01-01") => {
            if context.request.method != "POST" {
                return Err(ApiError::new(405, "MethodNotAllowed", "The method is not allowed."));
            }
            let form = context.request.form();
            let token = form.get("OIDCToken").ok_or_else(|| missing("OIDCToken"))?;
            if token.contains("expired") {
                let message = "The OIDC token has expired.";
                return Err(ApiError::new(400, "InvalidOIDCToken.Expired", message));
            }
            let issued = volcengine_role(sandbox, context, params, "Expiration")?;
            Ok(json!({"Credentials": issued}))
        }
        (action, version) => Err(no_such_action(action, version)),
    }
}

/// Issues a credential. The two actions call its end by different names.
fn volcengine_role(
    sandbox: &mut Sandbox,
    context: &RequestContext<'_>,
    params: &Params,
    end: &str,
) -> Result<Value, ApiError> {
    let role = params.get("RoleTrn").ok_or_else(|| missing("RoleTrn"))?;
    let session = params.get("RoleSessionName").ok_or_else(|| missing("RoleSessionName"))?;
    let refuse = |field: &str| {
        let message = format!("The specified {field} is malformed.");
        ApiError::new(400, format!("Invalid{field}.Malformed"), message)
    };
    if !is_role(role, "trn:iam::") {
        return Err(refuse("RoleTrn"));
    }
    if !is_session(session) {
        return Err(refuse("RoleSessionName"));
    }
    let ends = ends(params, context.now, 43200).ok_or_else(|| refuse("DurationSeconds"))?;
    if role.contains("missing") {
        return Err(ApiError::new(404, "RoleNotExist", "The specified role does not exist."));
    }
    let issued = sandbox.volcengine.issue(VOLCENGINE_FORM, context.number, ends);
    Ok(volcengine_credentials(&issued, context.now, end))
}

/// Shows a credential as the token service and instance metadata of Volcengine do.
pub(super) fn volcengine_credentials(issued: &Account, now: DateTime<Utc>, end: &str) -> Value {
    json!({
        "AccessKeyId": issued.id,
        "SecretAccessKey": issued.secret,
        "SessionToken": issued.token,
        "CurrentTime": in_china(now),
        end: issued.ends.map(in_china),
    })
}

fn missing(name: &str) -> ApiError {
    let message = format!("The required parameter {name} is not supplied.");
    ApiError::new(400, format!("MissingParameter.{name}"), message)
}

/// Tells whether a text is `<prefix><account>:role/<name>`.
fn is_role(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).and_then(|rest| rest.split_once(":role/")).is_some_and(
        |(account, name)| {
            !account.is_empty()
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && !name.is_empty()
        },
    )
}

/// Tells whether a text is 2 to 64 letters, digits and `.@-_`.
fn is_session(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte))
}

/// Returns when a credential is to end, if it may live as long as is asked: a quarter of an hour at least.
fn ends(params: &Params, now: DateTime<Utc>, most: i64) -> Option<DateTime<Utc>> {
    let seconds = params.get("DurationSeconds").map_or(Ok(3600), str::parse).ok()?;
    (900..=most).contains(&seconds).then(|| now + TimeDelta::seconds(seconds))
}
