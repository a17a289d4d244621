//! Volcengine's modes that need an exchange, and what its logins leave behind.

use keyimport::credentials::Found;
use keyimport::error::{Error, ErrorKind};

use super::{assert_fails, assert_found, find, look};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport};

const ROLE: (&str, &str, Option<&str>) = ("AKTProle", "hush", Some("TOKEN"));
const SOURCE: &str = "profile `a` of ~/.volcengine/config.json";

fn grant(ends: &str) -> String {
    format!(
        r#"{{"ResponseMetadata": {{"RequestId": "R1", "Action": "AssumeRole"}}, "Result": {{"Credentials": {{
            "CurrentTime": "2026-01-15T16:09:10+08:00", "AccessKeyId": "AKTProle", "SecretAccessKey": "hush",
            "SessionToken": "TOKEN", "{ends}": "2026-01-15T17:09:10+08:00"}}}}}}"#
    )
}

fn config(profile: &str) -> FakeSystem {
    let text = format!(r#"{{"current": "a", "profiles": {{"a": {{"name": "a", {profile}}}}}}}"#);
    FakeSystem::new().with_file("~/.volcengine/config.json", text)
}

async fn ask(system: &FakeSystem, transport: &FakeTransport) -> Result<Found, Error> {
    find("volcengine", None, system, transport, &FakeClock::new()).await
}

fn with_role() -> FakeSystem {
    config(
        r#""mode": "RamRoleArn", "access-key": "AKLTa", "secret-key": "hush-a", "role-name": "r", "account-id": "21""#,
    )
}

#[tokio::test]
async fn a_role_is_taken_with_a_signed_request() {
    let transport = FakeTransport::silent().answers(200, grant("ExpiredTime"));
    let found = ask(&with_role(), &transport).await;
    let expires = found.as_ref().unwrap().credential.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-01-15T09:09:10+00:00");
    assert_found(found, ROLE, SOURCE);
    let (request, limit) = transport.seen().remove(0);
    assert_eq!(limit.as_secs(), 10);
    let line = &transport.lines()[0];
    assert!(line.starts_with("GET https://sts.volcengineapi.com/?"), "{line}");
    for pair in [
        "Action=AssumeRole",
        "Version=2018-01-01",
        "RoleTrn=trn%3Aiam%3A%3A21%3Arole%2Fr",
        "RoleSessionName=keyimport",
    ] {
        assert!(line.contains(pair), "{pair}: {line}");
    }
    let signature = request.headers.iter().find(|(name, _)| name == "authorization").unwrap();
    assert!(
        signature.1.contains("Credential=AKLTa/20260115/cn-beijing/sts/request"),
        "{}",
        signature.1
    );
}

#[tokio::test]
async fn every_refusal_of_the_token_service_has_a_kind() {
    for (status, code, kind, tries) in [
        (401, "InvalidAccessKey", ErrorKind::CredentialsRejected, 1),
        (401, "SignatureDoesNotMatch", ErrorKind::CredentialsRejected, 1),
        (401, "InvalidSecretToken", ErrorKind::CredentialsRejected, 1),
        (400, "InvalidTimestamp", ErrorKind::ClockSkew, 1),
        (403, "AccessDenied", ErrorKind::PermissionDenied, 1),
        (404, "RoleNotExist", ErrorKind::CredentialsInvalid, 1),
        (400, "SomethingNew", ErrorKind::CredentialsRejected, 1),
        (429, "FlowLimitExceeded", ErrorKind::Throttled, 3),
        (200, "InternalError", ErrorKind::Unavailable, 3),
        (200, "AccessDenied", ErrorKind::PermissionDenied, 1),
    ] {
        let body = format!(
            r#"{{"ResponseMetadata": {{"RequestId": "R2", "Error": {{"CodeN": 1, "Code": "{code}", "Message": "words"}}}}}}"#
        );
        let transport =
            (0..3).fold(FakeTransport::silent(), |transport, _| transport.answers(status, &*body));
        let error = ask(&with_role(), &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (kind, tries), "{code}");
        let fault = error.response().unwrap();
        assert_eq!(
            (&*fault.code, &*fault.message, fault.request_id.as_deref()),
            (code, "words", Some("R2"))
        );
    }
}

fn job() -> FakeSystem {
    FakeSystem::new()
        .with_var("VOLCENGINE_OIDC_ROLE_TRN", "trn:iam::21:role/ci")
        .with_var("VOLCENGINE_OIDC_TOKEN_FILE", "/run/token")
        .with_file("/run/token", "eyJ.hush+/=.sig\n")
}

#[tokio::test]
async fn an_oidc_token_is_exchanged_in_the_body() {
    let transport = FakeTransport::silent().answers(200, grant("Expiration"));
    let found = ask(&job(), &transport).await;
    assert!(found.as_ref().unwrap().credential.expires.is_some());
    assert_found(found, ROLE, "`VOLCENGINE_OIDC_TOKEN_FILE`");
    let (request, _) = transport.seen().remove(0);
    let line = "POST https://sts.volcengineapi.com/?Action=AssumeRoleWithOIDC&Version=2018-01-01";
    assert_eq!(transport.lines(), [line]);
    let body = String::from_utf8(request.body).unwrap();
    assert!(body.contains("OIDCToken=eyJ.hush%2B%2F%3D.sig"), "{body}");
    assert!(body.contains("RoleTrn=trn%3Aiam%3A%3A21%3Arole%2Fci"), "{body}");
}

#[tokio::test]
async fn the_variables_of_oidc_say_more() {
    let system = job()
        .with_var("VOLCENGINE_OIDC_ROLE_SESSION_NAME", "s")
        .with_var("VOLCENGINE_OIDC_ROLE_POLICY", "{}")
        .with_var("VOLCENGINE_OIDC_STS_ENDPOINT", "https://sts.example.com");
    let transport = FakeTransport::silent().answers(200, grant("Expiration"));
    ask(&system, &transport).await.unwrap();
    let (request, _) = transport.seen().remove(0);
    assert_eq!(request.origin.to_string(), "https://sts.example.com");
    let body = String::from_utf8(request.body).unwrap();
    assert!(body.contains("RoleSessionName=s&") && body.contains("Policy=%7B%7D"), "{body}");

    let system = system.with_var("VOLCENGINE_OIDC_STS_ENDPOINT", "http://plain/");
    let message = "the OIDC variables: `VOLCENGINE_OIDC_STS_ENDPOINT` is `http://plain/`, which is plain http and not loopback";
    assert_fails(look("volcengine", &system).await, ErrorKind::CredentialsInvalid, message);
    for name in ["VOLCENGINE_OIDC_ROLE_TRN", "VOLCENGINE_OIDC_TOKEN_FILE"] {
        let message = format!("the OIDC variables: `{name}` is missing");
        let found = look("volcengine", &job().with_var(name, "")).await;
        assert_fails(found, ErrorKind::CredentialsInvalid, &message);
    }
}

#[tokio::test]
async fn a_profile_may_hold_an_oidc_role() {
    let system = config(r#""mode": "oidc", "role-trn": "t", "oidc-token-file": "/t""#)
        .with_file("/t", "eyJ.hush");
    let transport = FakeTransport::silent().answers(200, grant("Expiration"));
    assert_found(ask(&system, &transport).await, ROLE, SOURCE);
}

#[tokio::test]
async fn what_a_mode_lacks_is_named() {
    for (profile, message) in [
        (
            r#""mode": "StsToken", "access-key": "i", "secret-key": "hush""#,
            "`session-token` is missing",
        ),
        (
            r#""mode": "ramrolearn", "role-name": "r", "account-id": "1""#,
            "`access-key` and `secret-key` are missing",
        ),
        (r#""mode": "ramrolearn", "role-name": "r""#, "`account-id` is missing"),
        (r#""mode": "oidc", "role-trn": "r""#, "`oidc-token-file` is missing"),
        (r#""mode": "console-login""#, "`login-session` is missing"),
        (r#""mode": "saml""#, "mode `saml` is not supported"),
        (r#""access-key": "i""#, "`access-key` is set and `secret-key` is missing"),
    ] {
        let found = look("volcengine", &config(profile)).await;
        assert_fails(found, ErrorKind::CredentialsInvalid, &format!("{SOURCE}: {message}"));
    }
}

#[tokio::test]
async fn a_single_sign_on_counts_while_it_lasts() {
    let login = |ends: &str| {
        config(&format!(
            r#""mode": "sso", "access-key": "AKTProle", "secret-key": "hush", "session-token": "TOKEN", "sts-expiration": {ends}"#
        ))
    };
    // Seconds, or thousandths, millionths or billionths of one; the clock starts at 1768464550.
    for ends in ["1768464551", "1768464551000", "1768464551000000", "1768464551000000000"] {
        let found = look("volcengine", &login(ends)).await;
        assert_eq!(found.as_ref().unwrap().credential.expires.unwrap().timestamp(), 1_768_464_551);
        assert_found(found, ROLE, SOURCE);
    }
    let found = look("volcengine", &login("1768464550")).await;
    assert_eq!(found.as_ref().unwrap_err().hint(), "`ve sso login` renews it");
    let message =
        format!("{SOURCE}: the credential of the login expired at 2026-01-15 08:09:10 UTC");
    assert_fails(found, ErrorKind::CredentialsExpired, &message);
    let message = format!("{SOURCE}: the login has no expiration");
    assert_fails(look("volcengine", &login("0")).await, ErrorKind::CredentialsExpired, &message);
}

#[tokio::test]
async fn a_console_login_counts_while_it_lasts() {
    let config = || config(r#""mode": "console-login", "login-session": "me""#);
    // The SHA-1 of `me`.
    let name = "b1c1d8736f20db3fb6c1c66bb1455ed43909f0d8.json";
    let inner =
        r#"{"access_key_id": "AKTProle", "secret_access_key": "hush", "session_token": "TOKEN"}"#;
    let cache = |token: &str, issued: &str| {
        format!(
            r#"{{"access_token": {token}, "issued_at": "{issued}", "expires_in": 3600, "refresh_token": "hush"}}"#
        )
    };
    let text = serde_json::to_string(inner).unwrap();
    for token in [inner, &text] {
        let path = format!("~/.volcengine/login/cache/{name}");
        let system = config().with_file(&path, cache(token, "2026-01-15T08:00:00Z"));
        let found = look("volcengine", &system).await;
        let expires = found.as_ref().unwrap().credential.expires.unwrap();
        assert_eq!(expires.to_rfc3339(), "2026-01-15T09:00:00+00:00");
        assert_found(found, ROLE, SOURCE);

        let system = config()
            .with_var("VOLCENGINE_LOGIN_CACHE_DIRECTORY", "/cache/")
            .with_file(&format!("/cache/{name}"), cache(token, "2026-01-15T15:59:59+08:00"));
        assert_found(look("volcengine", &system).await, ROLE, SOURCE);

        let system = config().with_file(&path, cache(token, "2026-01-15T07:09:10Z"));
        let found = look("volcengine", &system).await;
        assert_eq!(found.as_ref().unwrap_err().hint(), "`ve login` renews it");
        let message =
            format!("{SOURCE}: the credential of the login expired at 2026-01-15 08:09:10 UTC");
        assert_fails(found, ErrorKind::CredentialsExpired, &message);
    }
    let message = format!("{SOURCE}: there is no login in `~/.volcengine/login/cache`");
    assert_fails(look("volcengine", &config()).await, ErrorKind::CredentialsExpired, &message);
    let system = config().with_var("VOLCENGINE_LOGIN_CACHE_DIRECTORY", "~/gone");
    let message = format!(
        "{SOURCE}: there is no login in `~/gone` (named by `VOLCENGINE_LOGIN_CACHE_DIRECTORY`)"
    );
    assert_fails(look("volcengine", &system).await, ErrorKind::CredentialsExpired, &message);
}
