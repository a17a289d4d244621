//! Tencent Cloud: a file for each profile, roles that files and variables name, OIDC, logins, the machine's role.

use keyimport::credentials::Found;
use keyimport::error::{Error, ErrorKind};
use serde_json::Value;

use super::{assert_fails, assert_found, find, look, look_for, region};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport};

const ROLE: (&str, &str, Option<&str>) = ("AKIDrole", "hush", Some("TOKEN"));
const SOURCE: &str = "profile `default` of ~/.tccli/default.credential";

/// What the token service grants; the time of the end is beside the credential.
fn grant() -> String {
    r#"{"Response": {"Credentials": {"TmpSecretId": "AKIDrole", "TmpSecretKey": "hush", "Token": "TOKEN"},
        "ExpiredTime": 1768468150, "Expiration": "2026-01-15T09:09:10Z", "RequestId": "R1"}}"#
        .to_owned()
}

fn key() -> FakeSystem {
    FakeSystem::new()
        .with_var("TENCENTCLOUD_SECRET_ID", "AKIDenv")
        .with_var("TENCENTCLOUD_SECRET_KEY", "hush-env")
}

fn file(name: &str, text: &str) -> FakeSystem {
    FakeSystem::new().with_file(&format!("~/.tccli/{name}.credential"), text)
}

async fn ask(system: &FakeSystem, transport: &FakeTransport) -> Result<Found, Error> {
    find("tencent", None, system, transport, &FakeClock::new()).await
}

/// The only request, by its headers and its body.
fn asked(transport: &FakeTransport) -> (impl Fn(&str) -> String, Value) {
    let (request, _) = transport.seen().remove(0);
    assert_eq!((request.method, request.target().as_str()), ("POST", "/"));
    assert_eq!(request.origin.authority, "sts.tencentcloudapi.com");
    let body = serde_json::from_slice(&request.body).unwrap();
    let header = move |wanted: &str| {
        let found = request.headers.iter().find(|(name, _)| name == wanted);
        found.map_or_else(String::new, |(_, value)| value.clone())
    };
    (header, body)
}

#[tokio::test]
async fn a_token_has_two_names() {
    for name in ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"] {
        let found = look("tencent", &key().with_var(name, "TOKEN")).await;
        let parts = ("AKIDenv", "hush-env", Some("TOKEN"));
        assert!(found.as_ref().unwrap().warnings.is_empty());
        assert_found(found, parts, "`TENCENTCLOUD_SECRET_ID`");
    }
}

#[tokio::test]
async fn every_profile_has_a_file() {
    let system = file("default", r#"{"secretId": "AKIDa", "secretKey": "hush"}"#).with_file(
        "~/.tccli/ci.credential",
        r#"{"secretId": "AKIDci", "secretKey": "hush", "token": "T"}"#,
    );
    assert_found(look("tencent", &system).await, ("AKIDa", "hush", None), SOURCE);
    let source = "profile `ci` of ~/.tccli/ci.credential";
    let parts = ("AKIDci", "hush", Some("T"));
    assert_found(look_for("tencent", "ci", &system).await, parts, source);
    let system = system.with_var("TCCLI_PROFILE", "ci");
    assert_found(look("tencent", &system).await, parts, source);
    let message = "no credentials for `--profile gone`: `~/.tccli/gone.credential` is not there";
    let found = look_for("tencent", "gone", &system).await;
    assert_fails(found, ErrorKind::CredentialsInvalid, message);
    for name in ["../x", "a/b", "a\\b"] {
        let found = look_for("tencent", name, &system).await.map(|found| found.source);
        let error = found.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CredentialsInvalid);
        assert!(error.message().contains("cannot be the name of a profile"), "{error}");
    }
}

#[tokio::test]
async fn the_environment_counts_before_files_and_a_flag_before_the_environment() {
    let system = key()
        .with_file("~/.tccli/default.credential", r#"{"secretId": "AKIDa", "secretKey": "hush"}"#);
    let parts = ("AKIDenv", "hush-env", None);
    assert_found(look("tencent", &system).await, parts, "`TENCENTCLOUD_SECRET_ID`");
    assert_found(look_for("tencent", "default", &system).await, ("AKIDa", "hush", None), SOURCE);
}

#[tokio::test]
async fn the_files_of_the_sdks_come_last() {
    let ini = |id: &str| format!("[default]\nsecret_id = \"{id}\"\nsecret_key = hush\n");
    let system = FakeSystem::new().with_file("/etc/tencentcloud/credentials", ini("AKIDetc"));
    let parts = ("AKIDetc", "hush", None);
    assert_found(look("tencent", &system).await, parts, "/etc/tencentcloud/credentials");
    let system = system.with_file("~/.tencentcloud/credentials", ini("AKIDhome"));
    let parts = ("AKIDhome", "hush", None);
    assert_found(look("tencent", &system).await, parts, "~/.tencentcloud/credentials");
    let system = system.with_file(
        "~/.tccli/default.credential",
        r#"{"secretId": "AKIDa", "secretKey": "hush", "type": "default"}"#,
    );
    assert_found(look("tencent", &system).await, ("AKIDa", "hush", None), SOURCE);
}

#[tokio::test]
async fn a_role_of_a_profile_is_assumed_with_its_key() {
    let system = file(
        "default",
        r#"{"secretId": "AKIDa", "secretKey": "hush-a", "role-arn": "qcs::cam::uin/1:roleName/r", "role-session-name": "me"}"#,
    );
    let transport = FakeTransport::silent().answers(200, grant());
    let found = ask(&system, &transport).await;
    let expires = found.as_ref().unwrap().credential.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-01-15T09:09:10+00:00");
    assert_found(found, ROLE, SOURCE);
    let (header, body) = asked(&transport);
    assert_eq!(header("x-tc-action"), "AssumeRole");
    assert_eq!(header("x-tc-version"), "2018-08-13");
    assert_eq!(header("x-tc-region"), "ap-guangzhou");
    assert!(header("authorization").contains("Credential=AKIDa/2026-01-15/sts/tc3_request, "));
    assert_eq!(
        body,
        serde_json::json!({
            "RoleArn": "qcs::cam::uin/1:roleName/r", "RoleSessionName": "me", "DurationSeconds": 3600,
        })
    );
}

#[tokio::test]
async fn a_role_of_the_environment_is_assumed_with_the_key_that_is_found() {
    let role = |system: FakeSystem| {
        system
            .with_var("TENCENTCLOUD_ROLE_ARN", "qcs::cam::uin/1:roleName/r")
            .with_var("TENCENTCLOUD_ROLE_SESSION_NAME", "me")
    };
    let of_file =
        || file("default", r#"{"secretId": "AKIDa", "secretKey": "hush-a", "token": "T"}"#);
    for (system, id, token, from) in [
        (role(key()), "AKIDenv", "", "`TENCENTCLOUD_SECRET_ID`"),
        (role(of_file()), "AKIDa", "T", SOURCE),
    ] {
        let transport = FakeTransport::silent().answers(200, grant());
        let source = format!("`TENCENTCLOUD_ROLE_ARN`, assumed with {from}");
        assert_found(ask(&system, &transport).await, ROLE, &source);
        let (header, body) = asked(&transport);
        assert!(header("authorization").contains(&format!("Credential={id}/")));
        assert_eq!(header("x-tc-token"), token);
        assert_eq!(body["RoleSessionName"], "me");
    }
    // A profile that a flag names is used as it is, and a role without a key is nothing.
    let parts = ("AKIDa", "hush-a", Some("T"));
    assert_found(look_for("tencent", "default", &role(of_file())).await, parts, SOURCE);
    let error = look("tencent", &role(FakeSystem::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCredentials);
}

#[tokio::test]
async fn every_refusal_of_the_token_service_has_a_kind() {
    let system = key().with_var("TENCENTCLOUD_ROLE_ARN", "qcs::cam::uin/1:roleName/r");
    for (code, kind, tries) in [
        ("AuthFailure.SecretIdNotFound", ErrorKind::CredentialsRejected, 1),
        ("AuthFailure.SignatureExpire", ErrorKind::ClockSkew, 1),
        ("AuthFailure.TokenFailure", ErrorKind::CredentialsExpired, 1),
        ("UnauthorizedOperation", ErrorKind::PermissionDenied, 1),
        ("InvalidParameter.RoleNotExist", ErrorKind::CredentialsRejected, 1),
        ("SomethingNew", ErrorKind::CredentialsRejected, 1),
        ("RequestLimitExceeded", ErrorKind::Throttled, 3),
        ("InternalError.DbError", ErrorKind::Unavailable, 3),
    ] {
        let body = format!(
            r#"{{"Response": {{"Error": {{"Code": "{code}", "Message": "words"}}, "RequestId": "R2"}}}}"#
        );
        let transport =
            (0..3).fold(FakeTransport::silent(), |transport, _| transport.answers(200, &*body));
        let error = ask(&system, &transport).await.map(|found| found.source).unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (kind, tries), "{code}: {error}");
        assert_eq!(&*error.response().unwrap().code, code);
    }
}

#[tokio::test]
async fn a_pod_exchanges_its_token_without_a_signature() {
    let system = FakeSystem::new()
        .with_var("TKE_REGION", "ap-beijing")
        .with_var("TKE_PROVIDER_ID", "cluster")
        .with_var("TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/pod")
        .with_var("TKE_WEB_IDENTITY_TOKEN_FILE", "/token")
        .with_file("/token", "header.claims.signature\n");
    let transport = FakeTransport::silent().answers(200, grant());
    assert_found(ask(&system, &transport).await, ROLE, "`TKE_WEB_IDENTITY_TOKEN_FILE`");
    let (header, body) = asked(&transport);
    assert_eq!(header("x-tc-action"), "AssumeRoleWithWebIdentity");
    assert_eq!(header("x-tc-region"), "ap-beijing");
    assert_eq!(header("authorization"), "SKIP");
    assert_eq!(body["ProviderId"], "cluster");
    assert_eq!(body["WebIdentityToken"], "header.claims.signature");
    assert_eq!(body["DurationSeconds"], 3600);
    // A role alone is no sign of a pod.
    let system = FakeSystem::new().with_var("TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/pod");
    let error = look("tencent", &system).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCredentials);
}

#[tokio::test]
async fn a_login_counts_while_it_lasts() {
    let login = |kind: &str, expires: i64| {
        file(
            "default",
            &format!(
                r#"{{"type": "{kind}", "secretId": "AKIDlogin", "secretKey": "hush", "token": "T",
                    "expiresAt": {expires}, "{kind}": {{"accessToken": "hush"}}}}"#
            ),
        )
    };
    // The clock says 1768464550.
    for (kind, hint) in [
        ("oauth", "`tccli auth login --profile default` logs in again"),
        ("sso", "`tccli sso login --profile default` logs in again"),
    ] {
        let found = look("tencent", &login(kind, 1_768_465_000)).await;
        assert!(found.as_ref().unwrap().credential.expires.is_some());
        assert_found(found, ("AKIDlogin", "hush", Some("T")), SOURCE);
        let error = look("tencent", &login(kind, 1_768_464_000)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CredentialsExpired);
        assert_eq!(error.hint(), hint);
    }
    let message = format!("{SOURCE}: type `carrot` is not supported");
    let found = look("tencent", &login("carrot", 1)).await;
    assert_fails(found, ErrorKind::CredentialsInvalid, &message);
}

#[tokio::test]
async fn the_role_of_the_machine_needs_no_token() {
    let credential = r#"{"Code": "Success", "TmpSecretId": "AKIDrole", "TmpSecretKey": "hush", "Token": "TOKEN",
        "ExpiredTime": 1768468150}"#;
    for system in [FakeSystem::new(), file("default", r#"{"type": "cvm-role"}"#)] {
        let transport = FakeTransport::silent().answers(200, "ci").answers(200, credential);
        let found = ask(&system, &transport).await.unwrap();
        assert_eq!(found.credential.id, "AKIDrole");
        assert_eq!(found.credential.expires.unwrap().timestamp(), 1_768_468_150);
        let host = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials";
        assert_eq!(transport.lines(), [format!("GET {host}/"), format!("GET {host}/ci")]);
    }
    let none = FakeTransport::silent().answers(404, "<html>");
    let error = ask(&FakeSystem::new(), &none).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCredentials);
    assert!(error.message().contains("the machine has no role"), "{error}");
    let failed = FakeTransport::silent().answers(200, "ci").answers(200, r#"{"Code": "Failed"}"#);
    let message = "instance role `ci`: the instance metadata service at metadata.tencentyun.com gave no credential (HTTP 200)";
    assert_fails(ask(&FakeSystem::new(), &failed).await, ErrorKind::CredentialsInvalid, message);
}

#[test]
fn the_region_is_in_a_file_beside_the_profile() {
    let configure = |region: &str| {
        format!(r#"{{"_sys_param": {{"language": "en-US", "region": "{region}"}}, "cvm": {{}}}}"#)
    };
    let system = FakeSystem::new()
        .with_file("~/.tccli/default.configure", configure("ap-beijing"))
        .with_file("~/.tccli/ci.configure", configure("ap-tokyo"));
    let found = |region: &str, place: &str| Some((region.to_owned(), place.to_owned()));
    let of = |profile| region("tencent", profile, &system).unwrap();
    assert_eq!(of(None), found("ap-beijing", "`~/.tccli/default.configure`"));
    assert_eq!(of(Some("ci")), found("ap-tokyo", "`~/.tccli/ci.configure`"));
    assert_eq!(of(Some("gone")), None);
    let system = system.with_var("TENCENTCLOUD_REGION", "ap-osaka");
    let of_variable = found("ap-osaka", "`TENCENTCLOUD_REGION`");
    assert_eq!(region("tencent", None, &system).unwrap(), of_variable);
    for text in ["{}", r#"{"_sys_param": {}}"#, r#"{"_sys_param": []}"#] {
        let system = FakeSystem::new().with_file("~/.tccli/default.configure", text);
        assert_eq!(region("tencent", None, &system).unwrap(), None, "{text}");
    }
    let system = FakeSystem::new().with_file("~/.tccli/default.configure", "{");
    assert!(region("tencent", None, &system).is_err());
}
