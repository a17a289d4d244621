//! Alibaba Cloud's security token service: a role for a key, or for an OIDC token.
//!
//! <https://www.alibabacloud.com/help/en/resource-access-management/latest/assumerolewithoidc>

use crate::credentials::access_key::{self, Names};
use crate::credentials::ask::{self, SERVICE, ask, refusal, retry_after, unreadable};
use crate::credentials::context::{Context, broken};
use crate::credentials::env::{is_on, variable};
use crate::credentials::fields::Fields;
use crate::credentials::{display, oidc};
use crate::encode;
use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::ports::System;
use crate::provider::{ErrorRule, rule};
use crate::redact::{Redactor, Secret};

use crate::sign::Credential;
use crate::sign::{Stamp, acs3, rpc};
use crate::wire::{Origin, Request, Response};

/// What every answer of this service calls the parts of a credential.
pub(super) const NAMES: Names =
    Names { id: "AccessKeyId", secret: "AccessKeySecret", token: "SecurityToken" };

/// Where an answer tells when the credential ends.
pub(super) const ENDS: &str = "Expiration";

/// A role that is to be taken.
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) session: Option<String>,
    pub(super) seconds: Option<i64>,
    pub(super) external_id: Option<String>,
    pub(super) policy: Option<String>,
    pub(super) host: String,
}

/// The service's codes, <https://www.alibabacloud.com/help/doc-detail/42775.htm>, and those of every service.
const STS_ERROR_CODES: &[ErrorRule] = &[
    // > Specified access key is not found.
    rule("InvalidAccessKeyId*", ErrorKind::CredentialsRejected),
    // > Specified signature is not matched with our calculation.
    rule("SignatureDoesNotMatch", ErrorKind::CredentialsRejected),
    rule("IncompleteSignature", ErrorKind::CredentialsRejected),
    rule("InvalidSecurityToken*", ErrorKind::CredentialsRejected),
    rule("InvalidSecurityToken.Expired", ErrorKind::CredentialsExpired),
    // > SecurityToken is mandatory for this action.
    rule("MissingSecurityToken", ErrorKind::CredentialsRejected),
    // > This JsonWebToken is expired.
    rule("AuthenticationFail.OIDCToken.Expired", ErrorKind::CredentialsExpired),
    rule("AuthenticationFail*", ErrorKind::CredentialsRejected),
    rule("InvalidTimeStamp*", ErrorKind::ClockSkew),
    rule("IllegalTimestamp", ErrorKind::ClockSkew),
    // > You are not authorized to do this action. You should be authorized by RAM.
    rule("NoPermission*", ErrorKind::PermissionDenied),
    rule("Forbidden*", ErrorKind::PermissionDenied),
    // > The specified Role not exists.
    rule("EntityNotExist*", ErrorKind::CredentialsInvalid),
    // > The parameter RoleSessionName is wrongly formed.
    rule("InvalidParameter*", ErrorKind::CredentialsInvalid),
    rule("Throttling*", ErrorKind::Throttled),
    rule("SignatureNonceUsed", ErrorKind::Unavailable),
    rule("ServiceUnavailable", ErrorKind::Unavailable),
    rule("InternalError", ErrorKind::Unavailable),
];

/// Chooses the host: an endpoint that is named, else that of the region that is named, else the central one.
pub(super) fn host(place: &str, profile: &Fields, system: &dyn System) -> Result<String, Error> {
    let named = |field: &'static str, name: &'static str| {
        let own = profile.text(field).map(|value| (field, value.to_owned()));
        own.or_else(|| variable(system, name).map(|value| (name, value.as_str().to_owned())))
    };
    let endpoint = named("sts_endpoint", "ALIBABA_CLOUD_STS_ENDPOINT");
    let region = named("sts_region", "ALIBABA_CLOUD_STS_REGION");
    let is_private =
        profile.is_on("enable_vpc") || is_on(system, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED");
    let service = if is_private { "sts-vpc" } else { "sts" };
    if let Some((field, region)) = &region
        && !display::is_name(region)
    {
        let shown = display::name(field, region);
        return Err(broken(format!("{place}: `{shown}` cannot be a region id")));
    }
    let regional =
        region.map(|(field, region)| (field, format!("{service}.{region}.aliyuncs.com")));
    ask::host(place, endpoint.or(regional), "sts.aliyuncs.com")
}

/// Returns the name of the session that a variable gives, for places that give none.
pub(super) fn session(system: &dyn System) -> Option<String> {
    variable(system, "ALIBABA_CLOUD_ROLE_SESSION_NAME").map(|name| name.as_str().to_owned())
}

/// Takes a role with a key. A key that has a token itself signs in the headers, so that no token stands in a URL.
pub(super) async fn assume(
    role: &Role,
    credential: &Credential,
    place: &str,
    ctx: Context<'_>,
) -> Result<Credential, Error> {
    let make = |stamp: &Stamp| {
        let request = parameters(role)
            .into_iter()
            .fold(call(role, "GET", "AssumeRole"), |request, (name, value)| {
                request.with(name, value)
            });
        match credential.token {
            Some(_) => acs3::sign(request, credential, stamp).request,
            None => rpc::sign(request, credential, stamp).request,
        }
    };
    ask(ctx, SERVICE, make, |response| {
        read(
            place,
            response,
            &Redactor::new([
                credential.secret.expose(),
                credential.token.as_ref().map_or("", Secret::expose),
            ]),
        )
    })
    .await
}

/// Takes a role with an OIDC token, which goes in the body. The request is not signed.
pub(super) async fn assume_with_oidc(
    role: &Role,
    provider: &str,
    token: &Secret,
    place: &str,
    ctx: Context<'_>,
) -> Result<Credential, Error> {
    let make = |stamp: &Stamp| {
        let mut form = parameters(role);
        form.push(("OIDCProviderArn".to_owned(), provider.to_owned()));
        form.push(("OIDCToken".to_owned(), token.expose().to_owned()));
        let time = stamp.time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut request = call(role, "POST", "AssumeRoleWithOIDC")
            .with("Timestamp", time)
            .with("SignatureNonce", &*stamp.nonce)
            .header("content-type", "application/x-www-form-urlencoded");
        request.body = encode::query(&form).into_bytes();
        request
    };
    let read = |response: &Response| read(place, response, &Redactor::new([token.expose()]));
    ask(ctx, SERVICE, make, read).await.map_err(oidc::explained)
}

fn call(role: &Role, method: &'static str, action: &str) -> Request {
    Request::new(method, Origin::https(&*role.host), "/")
        .with("Action", action)
        .with("Version", "2015-04-01")
        .with("Format", "JSON")
}

fn parameters(role: &Role) -> Vec<(String, String)> {
    let seconds = role.seconds.filter(|seconds| *seconds > 0).unwrap_or(3600);
    let pairs = [
        ("RoleArn", Some(role.arn.clone())),
        ("RoleSessionName", Some(role.session.clone().unwrap_or_else(|| "keyimport".to_owned()))),
        ("DurationSeconds", Some(seconds.to_string())),
        ("ExternalId", role.external_id.clone()),
        ("Policy", role.policy.clone()),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn read(place: &str, response: &Response, redactor: &Redactor) -> Result<Credential, Error> {
    let fields = Fields::of_json(&response.body);
    if response.status != 200 {
        let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
        let error_response = ErrorResponse {
            status: response.status,
            code: text("Code").into(),
            message: text("Message").into(),
            request_id: fields.text("RequestId").map(Into::into),
            retry_after: retry_after(response),
        };
        return Err(refusal(place, STS_ERROR_CODES, &error_response, redactor));
    }
    let Some(fields) = fields.nested("Credentials") else {
        return Err(unreadable(place, response));
    };
    let credential = access_key::read_temporary(place, &NAMES, fields)?;
    Ok(credential.until(fields.text(ENDS).and_then(access_key::moment)))
}
