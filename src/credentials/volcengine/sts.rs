//! Volcengine's security token service: a role for a key, or for an OIDC token.
//!
//! <https://www.volcengine.com/docs/6257/86374>, and for OIDC the SDKs, <https://github.com/volcengine/volcengine-go-sdk>

use crate::credentials::access_key::{self, Names};
use crate::credentials::ask::{SERVICE, ask, refusal, retry_after, unreadable};
use crate::credentials::context::Context;
use crate::credentials::fields::Fields;
use crate::credentials::oidc;
use crate::encode;
use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::provider::{ErrorRule, rule};
use crate::redact::{Redactor, Secret};

use crate::sign::Credential;
use crate::sign::{Stamp, v4};
use crate::wire::{Origin, Request, Response};

/// What every answer of this service calls the parts of a credential.
pub(super) const NAMES: Names =
    Names { id: "AccessKeyId", secret: "SecretAccessKey", token: "SessionToken" };

/// Where the service listens, unless a variable names another host.
pub(super) const HOST: &str = "sts.volcengineapi.com";

/// The scope in which requests to the service are signed, wherever the role is used.
const REGION: &str = "cn-beijing";

/// A role that is to be taken.
pub(super) struct Role {
    pub(super) trn: String,
    pub(super) session: Option<String>,
    pub(super) policy: Option<String>,
    pub(super) host: String,
}

/// The gateway's codes, <https://www.volcengine.com/docs/6369/68677>, and those of the access service,
/// <https://www.volcengine.com/docs/6257/64992>.
const STS_ERROR_CODES: &[ErrorRule] = &[
    rule("InvalidAccessKey*", ErrorKind::CredentialsRejected),
    rule("InvalidClientTokenId", ErrorKind::CredentialsRejected),
    // > The accessKey '%s' can not be found
    rule("AccessKeyNotExist", ErrorKind::CredentialsRejected),
    // > The accessKey '%s' is expired.
    rule("AccessKeyIsExpire", ErrorKind::CredentialsRejected),
    rule("SignatureDoesNotMatch", ErrorKind::CredentialsRejected),
    rule("MissingAuthenticationToken", ErrorKind::CredentialsRejected),
    rule("MissingSignature", ErrorKind::CredentialsRejected),
    rule("InvalidAuthorization", ErrorKind::CredentialsRejected),
    rule("InvalidCredential", ErrorKind::CredentialsRejected),
    rule("InvalidSecretToken", ErrorKind::CredentialsExpired),
    // > The session-toke is invalid.
    rule("SessionTokenInvalid", ErrorKind::CredentialsExpired),
    rule("InvalidTimestamp", ErrorKind::ClockSkew),
    rule("AccessDenied*", ErrorKind::PermissionDenied),
    rule("LackPolicy", ErrorKind::PermissionDenied),
    rule("RoleNotExist", ErrorKind::CredentialsInvalid),
    // > TRN '%s' is not valid.
    rule("InvalidTRN", ErrorKind::CredentialsInvalid),
    rule("FlowLimitExceeded", ErrorKind::Throttled),
    rule("AccountFlowLimitExceeded", ErrorKind::Throttled),
    rule("ServiceUnavailableTemp", ErrorKind::Unavailable),
    rule("InternalError", ErrorKind::Unavailable),
    rule("InternalServiceError", ErrorKind::Unavailable),
    rule("InternalServiceTimeout", ErrorKind::Unavailable),
    rule("FailToConnect", ErrorKind::Unavailable),
    rule("ServiceFailure", ErrorKind::Unavailable),
];

/// Takes a role with a key.
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
        v4::sign(request, credential, stamp, REGION, "sts").request
    };
    let read = |response: &Response| {
        read(
            place,
            response,
            &Redactor::new([
                credential.secret.expose(),
                credential.token.as_ref().map_or("", Secret::expose),
            ]),
        )
    };
    ask(ctx, SERVICE, make, read).await
}

/// Takes a role with an OIDC token, which goes in the body. The request is not signed.
pub(super) async fn assume_with_oidc(
    role: &Role,
    token: &Secret,
    place: &str,
    ctx: Context<'_>,
) -> Result<Credential, Error> {
    let make = |_: &Stamp| {
        let mut form = parameters(role);
        form.push(("OIDCToken".to_owned(), token.expose().to_owned()));
        let mut request = call(role, "POST", "AssumeRoleWithOIDC")
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
        .with("Version", "2018-01-01")
}

fn parameters(role: &Role) -> Vec<(String, String)> {
    let pairs = [
        ("RoleTrn", Some(role.trn.clone())),
        ("RoleSessionName", Some(role.session.clone().unwrap_or_else(|| "keyimport".to_owned()))),
        ("DurationSeconds", Some("3600".to_owned())),
        ("Policy", role.policy.clone()),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Reads an answer; a refusal may come with HTTP 200.
fn read(place: &str, response: &Response, redactor: &Redactor) -> Result<Credential, Error> {
    let fields = Fields::of_json(&response.body);
    let about = fields.nested("ResponseMetadata");
    let error = about.and_then(|about| about.nested("Error"));
    if error.is_some() || response.status != 200 {
        let text = |name: &str| error.and_then(|error| error.text(name)).unwrap_or_default();
        let error_response = ErrorResponse {
            status: response.status,
            code: text("Code").into(),
            message: text("Message").into(),
            request_id: about.and_then(|about| about.text("RequestId")).map(Into::into),
            retry_after: retry_after(response),
        };
        return Err(refusal(place, STS_ERROR_CODES, &error_response, redactor));
    }
    let result = fields.nested("Result").and_then(|result| result.nested("Credentials"));
    let Some(fields) = result else { return Err(unreadable(place, response)) };
    let credential = access_key::read_temporary(place, &NAMES, fields)?;
    // AssumeRole and AssumeRoleWithOIDC call it differently.
    let ends = fields.text("ExpiredTime").or_else(|| fields.text("Expiration"));
    Ok(credential.until(ends.and_then(access_key::moment)))
}
