//! The services of AWS that hand out credentials, other than instance metadata.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>,
//! <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>,
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

use keyimport::sandbox::ApiError;
use keyimport::sandbox::verify::v4;
use keyimport::wire::Response;
use serde_json::{Value, json};

use super::{AWS, Context, Issued, Services, form, is_signed_by, query, refusal, text};

/// The token that the portal takes.
pub const LOGIN: &str = "sandbox-login-token";
/// The header that the container's service takes.
pub const CONTAINER_TOKEN: &str = "sandbox-container-token";

/// Responds for the token service.
pub(super) fn sts(services: &mut Services, context: &Context<'_>) -> Response {
    match assume(services, context) {
        Ok((action, issued)) => {
            let account = &issued.account;
            let token = account.token.as_deref().unwrap();
            let end = issued.end.format("%Y-%m-%dT%H:%M:%SZ");
            let credentials = format!(
                "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
                 <SessionToken>{token}</SessionToken><Expiration>{end}</Expiration></Credentials>",
                account.id, account.secret
            );
            let result = format!("<{action}Result>{credentials}</{action}Result>");
            let metadata = "<ResponseMetadata><RequestId>R</RequestId></ResponseMetadata>";
            let xmlns = "https://sts.amazonaws.com/doc/2011-06-15/";
            text(
                200,
                format!(
                    "<{action}Response xmlns=\"{xmlns}\">{result}{metadata}</{action}Response>"
                ),
            )
        }
        Err(ApiError { status, code, message }) => {
            let error = format!(
                "<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            );
            text(status, format!("<ErrorResponse>{error}<RequestId>R</RequestId></ErrorResponse>"))
        }
    }
}

fn assume(
    services: &mut Services,
    context: &Context<'_>,
) -> Result<(&'static str, Issued), ApiError> {
    let request = context.request;
    if request.method != "POST" || !query(request).is_empty() {
        return refusal(400, "MissingAction", "No action in the body.");
    }
    let params = form(request);
    let get = |name: &str| params.get(name).map(String::as_str).unwrap_or_default();
    if get("Version") != "2011-06-15" {
        return refusal(400, "InvalidAction", "No such version.");
    }
    let action = match get("Action") {
        "AssumeRole" => {
            let host = request.header("host").unwrap_or_default().to_owned();
            let scope = v4::AWS.verify(request, &services.accounts["aws"], context.now)?;
            let is_own =
                host.contains(&format!(".{}.", scope.region)) || scope.region == "us-east-1";
            if scope.service != "sts" || !is_own {
                return refusal(
                    403,
                    "SignatureDoesNotMatch",
                    "Credential should be scoped to a valid region.",
                );
            }
            if is_signed_by(request, AWS.unauthorized.id) {
                return refusal(
                    403,
                    "AccessDenied",
                    "User is not authorized to perform sts:AssumeRole.",
                );
            }
            "AssumeRole"
        }
        "AssumeRoleWithWebIdentity" => {
            if request.header("authorization").is_some() {
                return refusal(400, "InvalidAction", "This action is not signed.");
            }
            if get("WebIdentityToken").split('.').count() != 3 {
                return refusal(400, "InvalidIdentityToken", "The token is malformed.");
            }
            "AssumeRoleWithWebIdentity"
        }
        _ => return refusal(400, "InvalidAction", "Could not find the operation."),
    };
    let is_role = get("RoleArn").starts_with("arn:") && get("RoleArn").contains(":role/");
    let seconds =
        get("DurationSeconds").parse().ok().filter(|seconds| (900..=43200).contains(seconds));
    match seconds {
        Some(seconds) if is_role && get("RoleSessionName").len() >= 2 => {
            Ok((action, services.issue("aws", context, seconds)))
        }
        _ => refusal(400, "ValidationError", "1 validation error detected."),
    }
}

/// Responds for the portal of logins.
pub(super) fn portal(services: &mut Services, context: &Context<'_>) -> Response {
    let request = context.request;
    let params = query(request);
    if request.header("x-amz-sso_bearer_token") != Some(LOGIN) {
        return super::json(401, &json!({"message": "Session token not found or invalid"}));
    }
    if request.path() != "/federation/credentials" || params.len() != 2 {
        return super::json(400, &json!({"message": "Invalid request"}));
    }
    let Issued { account, end } = services.issue("aws", context, 3600);
    super::json(
        200,
        &json!({"roleCredentials": {"accessKeyId": account.id, "secretAccessKey": account.secret,
            "sessionToken": account.token, "expiration": end.timestamp_millis()}}),
    )
}

/// Responds for 169.254.170.2.
pub(super) fn container(services: &mut Services, context: &Context<'_>) -> Response {
    if context.request.header("authorization") != Some(CONTAINER_TOKEN) {
        return text(401, "Unauthorized");
    }
    super::json(200, &issued(&services.issue("aws", context, 3600)))
}

/// Shows a credential as the services of containers and machines do.
pub(super) fn issued(Issued { account, end }: &Issued) -> Value {
    json!({"AccessKeyId": account.id, "SecretAccessKey": account.secret, "Token": account.token,
        "Expiration": end.format("%Y-%m-%dT%H:%M:%SZ").to_string(), "RoleArn": "arn:aws:iam::1:role/sandbox"})
}
