//! Alibaba Cloud's modes that need an exchange: roles, chains of roles, OIDC, programs, URIs, logins.

use keyimport::credentials::Found;
use keyimport::error::{Error, ErrorKind};
use keyimport::ports::Delivery;
use keyimport::wire::Response;

use super::{assert_fails, assert_found, find, look, look_for};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport};

const GRANT: &str = r#"{"RequestId": "R1", "Credentials": {"AccessKeyId": "STS.role", "AccessKeySecret": "hush",
  "SecurityToken": "TOKEN", "Expiration": "2026-01-15T09:09:10Z"}}"#;
const ROLE: (&str, &str, Option<&str>) = ("STS.role", "hush", Some("TOKEN"));

fn config(profiles: &str) -> FakeSystem {
    let text = format!(r#"{{"current": "a", "profiles": [{profiles}]}}"#);
    FakeSystem::new().with_file("~/.aliyun/config.json", text)
}

async fn ask(system: &FakeSystem, transport: &FakeTransport) -> Result<Found, Error> {
    find("aliyun", None, system, transport, &FakeClock::new()).await
}

fn refuses(status: u16, code: &str, message: &str) -> FakeTransport {
    let body = format!(
        r#"{{"RequestId": "R2", "HostId": "sts.aliyuncs.com", "Code": "{code}", "Message": "{message}"}}"#
    );
    FakeTransport::silent().answers(status, body)
}

const WITH_ROLE: &str = r#"{"name": "a", "mode": "RamRoleArn", "access_key_id": "LTAIa", "access_key_secret": "hush-a",
  "ram_role_arn": "acs:ram::1:role/r", "ram_session_name": "s", "expired_seconds": 900, "external_id": "e"}"#;

#[tokio::test]
async fn a_role_is_taken_with_a_signed_request() {
    let transport = FakeTransport::silent().answers(200, GRANT);
    let found = ask(&config(WITH_ROLE), &transport).await;
    let expires = found.as_ref().unwrap().credential.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-01-15T09:09:10+00:00");
    assert_found(found, ROLE, "profile `a` of ~/.aliyun/config.json");

    let (request, limit) = transport.seen().remove(0);
    assert_eq!(limit.as_secs(), 10);
    assert_eq!(request.origin.to_string(), "https://sts.aliyuncs.com");
    for pair in [
        ("Action", "AssumeRole"),
        ("Version", "2015-04-01"),
        ("RoleArn", "acs:ram::1:role/r"),
        ("RoleSessionName", "s"),
        ("DurationSeconds", "900"),
        ("ExternalId", "e"),
        ("AccessKeyId", "LTAIa"),
        ("SignatureMethod", "HMAC-SHA1"),
    ] {
        let pair = (pair.0.to_owned(), pair.1.to_owned());
        assert!(request.query.contains(&pair), "{pair:?}");
    }
    assert!(!request.target().contains("hush"));
}

#[tokio::test]
async fn the_token_service_of_a_region_is_asked() {
    let with = |more: &str| config(&WITH_ROLE.replacen('{', &format!("{{{more}, "), 1));
    let cases = [
        (with(r#""sts_region": "cn-beijing""#), "https://sts.cn-beijing.aliyuncs.com"),
        (
            with(r#""sts_region": "cn-beijing", "enable_vpc": true"#),
            "https://sts-vpc.cn-beijing.aliyuncs.com",
        ),
        (with(r#""sts_endpoint": "https://sts.example.com/""#), "https://sts.example.com"),
        (
            config(WITH_ROLE).with_var("ALIBABA_CLOUD_STS_REGION", "cn-x"),
            "https://sts.cn-x.aliyuncs.com",
        ),
        (
            config(WITH_ROLE)
                .with_var("ALIBABA_CLOUD_STS_REGION", "cn-x")
                .with_var("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true"),
            "https://sts-vpc.cn-x.aliyuncs.com",
        ),
    ];
    for (system, origin) in cases {
        let transport = FakeTransport::silent().answers(200, GRANT);
        ask(&system, &transport).await.unwrap();
        assert_eq!(transport.seen()[0].0.origin.to_string(), origin);
    }
    let system = with(r#""sts_region": "cn-beijing.evil.com/?""#);
    let error = ask(&system, &FakeTransport::silent()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialsInvalid);
}

#[tokio::test]
async fn the_token_service_may_have_any_host_name() {
    for host in [
        "vpce0a1b2c3d4e5f6a7b8c9d0e1f2.sts.example.com",
        "sts.vpce-0A1b2C3d4E5f6A7b8C9d0E1f2.internal",
        "sts-proxy",
        "localhost:8443",
        "10.0.0.7:443",
    ] {
        let system = config(WITH_ROLE).with_var("ALIBABA_CLOUD_STS_ENDPOINT", host);
        let transport = FakeTransport::silent().answers(200, GRANT);
        ask(&system, &transport).await.unwrap();
        assert_eq!(transport.seen()[0].0.origin.to_string(), format!("https://{host}"));
    }
    for host in [
        ".", "a..b", "sts.example.com:", "sts.example.com:x", "sts.example.com:+443",
        "sts.example.com:0", "sts.example.com:99999", "1.2.3.4.5", "h/p", "me@host.com",
    ] {
        let system = config(WITH_ROLE).with_var("ALIBABA_CLOUD_STS_ENDPOINT", host);
        let found = ask(&system, &FakeTransport::silent()).await;
        assert_eq!(found.unwrap_err().kind(), ErrorKind::CredentialsInvalid, "{host}");
    }
}

#[tokio::test]
async fn a_chain_of_roles_is_followed_to_its_root() {
    let system = config(
        r#"{"name": "a", "mode": "ChainableRamRoleArn", "source_profile": "b", "ram_role_arn": "top"},
           {"name": "b", "mode": "ChainableRamRoleArn", "source_profile": "c", "ram_role_arn": "middle"},
           {"name": "c", "mode": "StsToken", "access_key_id": "STS.c", "access_key_secret": "hush-c", "sts_token": "TOKEN-c"}"#,
    );
    let middle = GRANT.replace("STS.role", "STS.middle").replace("TOKEN", "TOKEN-m");
    let transport = FakeTransport::silent().answers(200, middle).answers(200, GRANT);
    assert_found(ask(&system, &transport).await, ROLE, "profile `a` of ~/.aliyun/config.json");
    let seen = transport.seen();
    let roles: Vec<_> = seen
        .iter()
        .map(|(request, _)| {
            request.query.iter().find(|(name, _)| name == "RoleArn").unwrap().1.clone()
        })
        .collect();
    assert_eq!(roles, ["middle", "top"]);
    // A key that has a token signs in the headers: no token stands in a URL.
    for ((request, _), token) in seen.iter().zip(["TOKEN-c", "TOKEN-m"]) {
        assert!(!request.target().contains("TOKEN"), "{}", request.target());
        let header = ("x-acs-security-token".to_owned(), token.to_owned());
        assert!(request.headers.contains(&header));
    }
}

#[tokio::test]
async fn a_chain_that_ends_in_a_role_with_its_own_key_works() {
    let system = config(&format!(
        r#"{{"name": "top", "mode": "chainableramrolearn", "source_profile": "a", "ram_role_arn": "top"}}, {WITH_ROLE}"#
    ));
    let transport = FakeTransport::silent().answers(200, GRANT).answers(200, GRANT);
    let found = find("aliyun", Some("top"), &system, &transport, &FakeClock::new()).await;
    assert_found(found, ROLE, "profile `top` of ~/.aliyun/config.json");
    assert_eq!(transport.seen().len(), 2);
}

#[tokio::test]
async fn a_chain_that_goes_in_a_circle_or_nowhere_is_an_error() {
    let system = config(
        r#"{"name": "a", "mode": "ChainableRamRoleArn", "source_profile": "b", "ram_role_arn": "x"},
           {"name": "b", "mode": "ChainableRamRoleArn", "source_profile": "a", "ram_role_arn": "y"},
           {"name": "c", "mode": "ChainableRamRoleArn", "source_profile": "gone", "ram_role_arn": "y"},
           {"name": "d", "mode": "ChainableRamRoleArn", "source_profile": "e", "ram_role_arn": "y"},
           {"name": "e", "mode": "AK"}"#,
    );
    let kind = ErrorKind::CredentialsInvalid;
    let message =
        "profile `b` of ~/.aliyun/config.json: the profiles `a` → `b` → `a` go in a circle";
    assert_fails(look("aliyun", &system).await, kind, message);
    let message = "profile `c` of ~/.aliyun/config.json: there is no profile `gone` (there are a, b, c, d, e)";
    assert_fails(look_for("aliyun", "c", &system).await, kind, message);
    let message =
        "profile `e` of ~/.aliyun/config.json: `access_key_id` and `access_key_secret` are missing";
    assert_fails(look_for("aliyun", "d", &system).await, kind, message);
}

#[tokio::test]
async fn what_a_mode_lacks_is_named() {
    for (profile, message) in [
        (
            r#""mode": "StsToken", "access_key_id": "i", "access_key_secret": "hush""#,
            "`sts_token` is missing",
        ),
        (
            r#""mode": "RamRoleArn", "ram_role_arn": "r""#,
            "`access_key_id` and `access_key_secret` are missing",
        ),
        (
            r#""mode": "RamRoleArn", "access_key_id": "i", "access_key_secret": "hush""#,
            "`ram_role_arn` is missing",
        ),
        (r#""mode": "ChainableRamRoleArn", "ram_role_arn": "r""#, "`source_profile` is missing"),
        (
            r#""mode": "OIDC", "ram_role_arn": "r", "oidc_token_file": "f""#,
            "`oidc_provider_arn` is missing",
        ),
        (
            r#""mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "f""#,
            "`oidc_token_file` is missing",
        ),
        (r#""mode": "External""#, "`process_command` is missing"),
        (r#""mode": "CredentialsURI""#, "`credentials_uri` is missing"),
        (r#""mode": "RsaKeyPair""#, "mode `RsaKeyPair` is not supported"),
        (r#""mode": "BearerToken""#, "mode `BearerToken` is not supported"),
    ] {
        let system = config(&format!(r#"{{"name": "a", {profile}}}"#));
        let message = format!("profile `a` of ~/.aliyun/config.json: {message}");
        assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, &message);
    }
}

#[tokio::test]
async fn every_refusal_of_the_token_service_has_a_kind() {
    for (status, code, kind) in [
        (404, "InvalidAccessKeyId.NotFound", ErrorKind::CredentialsRejected),
        (400, "InvalidAccessKeyId.Inactive", ErrorKind::CredentialsRejected),
        (400, "SignatureDoesNotMatch", ErrorKind::CredentialsRejected),
        (400, "InvalidSecurityToken.Malformed", ErrorKind::CredentialsRejected),
        (400, "InvalidSecurityToken.Expired", ErrorKind::CredentialsExpired),
        (400, "MissingSecurityToken", ErrorKind::CredentialsRejected),
        (400, "InvalidTimeStamp.Expired", ErrorKind::ClockSkew),
        (403, "NoPermission", ErrorKind::PermissionDenied),
        (403, "Forbidden.RAM", ErrorKind::PermissionDenied),
        (404, "EntityNotExist.Role", ErrorKind::CredentialsInvalid),
        (400, "InvalidParameter.RoleSessionName", ErrorKind::CredentialsInvalid),
        (400, "AuthenticationFail.OIDCToken.Invalid", ErrorKind::CredentialsRejected),
        (400, "AuthenticationFail.OIDCToken.Expired", ErrorKind::CredentialsExpired),
        (400, "SomethingNew", ErrorKind::CredentialsRejected),
        (404, "SomethingNew", ErrorKind::CredentialsRejected),
        (403, "SomethingNew", ErrorKind::PermissionDenied),
    ] {
        let transport = refuses(status, code, "words");
        let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{code}");
        assert_eq!(transport.seen().len(), 1, "{code}");
        let fault = error.response().unwrap();
        assert_eq!((fault.status, &*fault.code, &*fault.message), (status, code, "words"));
        assert_eq!(fault.request_id.as_deref(), Some("R2"));
        let message = "profile `a` of ~/.aliyun/config.json: the exchange for a temporary credential was refused";
        assert_eq!(error.message(), message);
    }
}

#[tokio::test]
async fn a_refused_exchange_says_what_to_do() {
    let permission = "allow this identity `sts:AssumeRole`, or use another one";
    for (code, hint) in [
        ("NoPermission", permission),
        ("SomethingNew", permission),
        ("Forbidden.UserVerification", "verify the account in the console of the cloud"),
        ("InsufficientBalance", "top up the account in the console of the cloud"),
        ("InvalidParameter", ErrorKind::CredentialsRejected.hint()),
        ("EntityNotExist.Role", ErrorKind::CredentialsInvalid.hint()),
    ] {
        let error = ask(&config(WITH_ROLE), &refuses(403, code, "words")).await.unwrap_err();
        assert_eq!(error.hint(), hint, "{code}");
    }
    let refuses = |status: u16, code: &str, date: &str| {
        FakeTransport::silent().gives(Response {
            status,
            headers: vec![("date".to_owned(), date.to_owned())],
            body: format!(r#"{{"Code": "{code}", "Message": ""}}"#).into_bytes(),
        })
    };
    // The clock says 08:09:10.
    for code in ["InvalidTimeStamp.Expired", "SignatureDoesNotMatch"] {
        let transport = refuses(400, code, "Thu, 15 Jan 2026 09:09:10 GMT");
        let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
        let hint = "set the clock of this machine: it says 2026-01-15 08:09:10Z, the server says 2026-01-15 09:09:10Z";
        assert_eq!(error.hint(), hint, "{code}");
    }
    let transport = refuses(302, "", "Thu, 15 Jan 2026 08:09:10 GMT");
    let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialsRejected);
    assert!(error.hint().starts_with("redirects are not followed"), "{}", error.hint());
    // Nobody signs for an OIDC token: the role decides.
    for (code, hint) in [
        ("NoPermission", "let the trust policy of the role accept this OIDC token"),
        ("Forbidden.UserVerification", "verify the account in the console of the cloud"),
    ] {
        let transport = refuses(403, code, "Thu, 15 Jan 2026 08:09:10 GMT");
        let error = ask(&job(), &transport).await.unwrap_err();
        assert_eq!((error.kind(), &**error.hint()), (ErrorKind::PermissionDenied, hint), "{code}");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again_with_a_new_signature() {
    for (status, code, kind) in [
        (429, "Throttling.User", ErrorKind::Throttled),
        (400, "Throttling", ErrorKind::Throttled),
        (503, "ServiceUnavailable", ErrorKind::Unavailable),
        (500, "InternalError", ErrorKind::Unavailable),
        (502, "", ErrorKind::Unavailable),
        (400, "SignatureNonceUsed", ErrorKind::Unavailable),
    ] {
        let body = format!(r#"{{"Code": "{code}", "Message": ""}}"#);
        let transport = FakeTransport::silent()
            .answers(status, &*body)
            .answers(status, "<html>")
            .answers(200, GRANT);
        // The second answer is no JSON: its status alone counts.
        if (500..600).contains(&status) || status == 429 {
            let clock = FakeClock::new();
            let found = find("aliyun", None, &config(WITH_ROLE), &transport, &clock).await;
            assert_found(found, ROLE, "profile `a` of ~/.aliyun/config.json");
            let pauses: Vec<u128> =
                clock.slept().iter().map(std::time::Duration::as_millis).collect();
            assert_eq!(pauses, [500, 1000]);
        }
        let transport = FakeTransport::silent();
        let transport = (0..3).fold(transport, |transport, _| transport.answers(status, &*body));
        let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (kind, 3), "{code}");
        let nonces: std::collections::BTreeSet<_> = transport
            .seen()
            .iter()
            .map(|(request, _)| {
                request.query.iter().find(|(name, _)| name == "SignatureNonce").unwrap().1.clone()
            })
            .collect();
        assert_eq!(nonces.len(), 3);
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_is_asked_three_times() {
    let transport = FakeTransport::silent().loses(Delivery::Unknown, "connection reset");
    let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
    assert_eq!(transport.seen().len(), 3);
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(error.message(), "no response from sts.aliyuncs.com: connect timed out");

    let transport = FakeTransport::silent().breaks("certificate unknown", "give `--ca-file`");
    let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
    assert_eq!((transport.seen().len(), error.kind()), (1, ErrorKind::Network));
    assert_eq!(error.hint(), "give `--ca-file`");
}

#[tokio::test]
async fn a_run_that_is_to_stop_tries_no_more() {
    let (transport, clock) = (FakeTransport::silent(), FakeClock::new());
    clock.stop();
    find("aliyun", None, &config(WITH_ROLE), &transport, &clock).await.unwrap_err();
    assert_eq!((transport.seen().len(), clock.slept().len()), (1, 0));
}

#[tokio::test]
async fn a_service_that_asks_to_wait_is_given_the_time() {
    let headers = vec![("retry-after".to_owned(), "3".to_owned())];
    let busy = Response { status: 429, headers, body: b"{}".to_vec() };
    let transport = FakeTransport::silent().gives(busy).answers(200, GRANT);
    let clock = FakeClock::with_jitter(0.0);
    find("aliyun", None, &config(WITH_ROLE), &transport, &clock).await.unwrap();
    assert_eq!(clock.slept(), [std::time::Duration::from_secs(3)]);
}

#[tokio::test]
async fn a_token_that_a_refusal_echoes_is_hidden() {
    let system = config(
        r#"{"name": "a", "mode": "ChainableRamRoleArn", "source_profile": "c", "ram_role_arn": "top"},
           {"name": "c", "mode": "StsToken", "access_key_id": "STS.c", "access_key_secret": "hush-c", "sts_token": "TOKEN+c="}"#,
    );
    let transport =
        refuses(400, "SignatureDoesNotMatch", "sign SecurityToken%3DTOKEN%252Bc%253D%26 TOKEN+c=");
    let error = ask(&system, &transport).await.unwrap_err();
    assert_eq!(&*error.response().unwrap().message, "sign ***%26 ***");
    assert!(!format!("{error:?}").contains("TOKEN%252B"));
}

#[tokio::test]
async fn an_answer_without_a_credential_is_no_credential() {
    for body in ["", "<html>", "{}", r#"{"Credentials": null}"#] {
        let transport = FakeTransport::silent().answers(200, body);
        let error = ask(&config(WITH_ROLE), &transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{body}");
    }
    let transport = FakeTransport::silent()
        .answers(200, r#"{"Credentials": {"AccessKeyId": "i", "AccessKeySecret": "hush"}}"#);
    let message = "profile `a` of ~/.aliyun/config.json: `SecurityToken` is missing";
    assert_fails(ask(&config(WITH_ROLE), &transport).await, ErrorKind::CredentialsInvalid, message);
}

fn job() -> FakeSystem {
    FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/ci")
        .with_var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/github")
        .with_var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/run/token")
        .with_file("/run/token", "eyJ.hush+/=.sig\n")
}

#[tokio::test]
async fn an_oidc_token_is_exchanged_in_the_body() {
    let transport = FakeTransport::silent().answers(200, GRANT);
    assert_found(ask(&job(), &transport).await, ROLE, "`ALIBABA_CLOUD_OIDC_TOKEN_FILE`");
    let (request, _) = transport.seen().remove(0);
    assert_eq!(
        (request.method, &*request.origin.to_string()),
        ("POST", "https://sts.aliyuncs.com")
    );
    let body = String::from_utf8(request.body.clone()).unwrap();
    assert!(body.contains("OIDCToken=eyJ.hush%2B%2F%3D.sig"), "{body}");
    assert!(body.contains("RoleArn=acs%3Aram%3A%3A1%3Arole%2Fci"), "{body}");
    assert!(body.contains("OIDCProviderArn=acs%3Aram%3A%3A1%3Aoidc-provider%2Fgithub"), "{body}");
    assert!(body.contains("RoleSessionName=keyimport"), "{body}");
    assert!(!request.target().contains("hush"));
    assert!(request.target().contains("Action=AssumeRoleWithOIDC"));
    assert!(request.headers.iter().all(|(name, _)| name != "authorization"));
}

#[tokio::test]
async fn a_file_stands_before_an_oidc_token() {
    let system = job().with_file(
        "~/.aliyun/config.json",
        r#"{"current": "a", "profiles": [{"name": "a", "mode": "AK", "access_key_id": "LTAIa", "access_key_secret": "hush"}]}"#,
    );
    let transport = FakeTransport::silent();
    let source = "profile `a` of ~/.aliyun/config.json";
    assert_found(ask(&system, &transport).await, ("LTAIa", "hush", None), source);
    assert!(transport.seen().is_empty());
}

#[tokio::test]
async fn an_oidc_setting_that_is_not_whole_is_an_error() {
    let kind = ErrorKind::CredentialsInvalid;
    for name in [
        "ALIBABA_CLOUD_ROLE_ARN",
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    ] {
        let message = format!("the OIDC variables: `{name}` is missing");
        assert_fails(look("aliyun", &job().with_var(name, "")).await, kind, &message);
    }
    let system = job().with_var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/gone");
    let message = "`ALIBABA_CLOUD_OIDC_TOKEN_FILE`: `/gone` is not there";
    assert_fails(look("aliyun", &system).await, kind, message);
    let message = "`ALIBABA_CLOUD_OIDC_TOKEN_FILE`: `/run/token` is empty";
    assert_fails(look("aliyun", &job().with_file("/run/token", " \n")).await, kind, message);
    // The role alone belongs to other tools as well.
    let system = FakeSystem::new().with_var("ALIBABA_CLOUD_ROLE_ARN", "r");
    assert_eq!(look("aliyun", &system).await.unwrap_err().kind(), ErrorKind::NoCredentials);
}

#[tokio::test]
async fn an_oidc_token_that_has_ended_says_so_without_showing_itself() {
    let transport =
        refuses(400, "AuthenticationFail.OIDCToken.Expired", "expired: eyJ.hush+/=.sig");
    let error = ask(&job(), &transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialsExpired);
    assert!(error.hint().contains("OIDC token has expired"), "{}", error.hint());
    assert_eq!(&*error.response().unwrap().message, "expired: ***");
}

#[tokio::test]
async fn a_profile_may_hold_an_oidc_role() {
    let system = config(
        r#"{"name": "a", "mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "p", "oidc_token_file": "~/t", "ram_session_name": "s"}"#,
    )
    .with_file("~/t", "eyJ.hush");
    let transport = FakeTransport::silent().answers(200, GRANT);
    assert_found(ask(&system, &transport).await, ROLE, "profile `a` of ~/.aliyun/config.json");
    let body = String::from_utf8(transport.seen()[0].0.body.clone()).unwrap();
    assert!(body.contains("RoleSessionName=s&") && body.contains("OIDCToken=eyJ.hush"), "{body}");
}

const PROGRAM: &str =
    r#"{"name": "a", "mode": "External", "process_command": "/opt/get-key --for 'a b' c\\ d"}"#;

#[tokio::test]
async fn a_program_is_run_without_a_shell_for_a_minute_at_most() {
    let system = config(PROGRAM).with_output(
        r#"{"mode": "StsToken", "access_key_id": "STS.role", "access_key_secret": "hush", "sts_token": "TOKEN",
            "expiration": "2026-01-15T09:09:10Z"}"#,
    );
    let found = look("aliyun", &system).await;
    assert!(found.as_ref().unwrap().credential.expires.is_some());
    assert_found(found, ROLE, "profile `a` of ~/.aliyun/config.json");
    let words = ["/opt/get-key", "--for", "a b", "c d"].map(str::to_owned).to_vec();
    assert_eq!(system.runs(), [(words, std::time::Duration::from_secs(60))]);

    let system = config(PROGRAM)
        .with_output(r#"{"mode": "AK", "access_key_id": "LTAIa", "access_key_secret": "hush"}"#);
    let source = "profile `a` of ~/.aliyun/config.json";
    assert_found(look("aliyun", &system).await, ("LTAIa", "hush", None), source);
}

#[tokio::test]
async fn a_program_may_be_named_from_the_home_directory() {
    let program = r#"{"name": "a", "mode": "External", "process_command": "~/bin/get-key ~/x"}"#;
    let system = config(program)
        .with_output(r#"{"mode": "AK", "access_key_id": "LTAIa", "access_key_secret": "hush"}"#);
    look("aliyun", &system).await.unwrap();
    assert_eq!(system.runs()[0].0, ["/home/me/bin/get-key", "~/x"]);
}

#[tokio::test]
async fn a_program_that_fails_is_named_and_what_it_printed_is_not() {
    let kind = ErrorKind::CredentialsInvalid;
    let what = "profile `a` of ~/.aliyun/config.json: ";
    let system = config(PROGRAM).with_failure("it ended with code 3");
    let message = format!("{what}the program of `process_command` failed: it ended with code 3");
    assert_fails(look("aliyun", &system).await, kind, &message);
    for (output, message) in [
        ("hush", ": it is not JSON with `access_key_id`"),
        (
            r#"{"mode": "StsToken", "access_key_id": "i", "access_key_secret": "hush"}"#,
            ": `sts_token` is missing",
        ),
        (
            r#"{"access_key_id": "i"}"#,
            ": `access_key_id` is set and `access_key_secret` is missing",
        ),
        (
            r#"{"mode": "RamRoleArn", "x": "hush"}"#,
            ": its mode is `RamRoleArn`, not `AK` or `StsToken`",
        ),
    ] {
        let system = config(PROGRAM).with_output(output);
        let message = format!("{what}the output of `process_command`{message}");
        assert_fails(look("aliyun", &system).await, kind, &message);
    }
    let system = config(PROGRAM).with_var("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "1");
    let message =
        format!("{what}programs are disabled by `ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS`");
    assert_fails(look("aliyun", &system).await, kind, &message);
    assert!(system.runs().is_empty());
    let system = config(r#"{"name": "a", "mode": "External", "process_command": "get 'key"}"#);
    assert_fails(
        look("aliyun", &system).await,
        kind,
        &format!("{what}`process_command` is not a command line"),
    );
}

#[tokio::test]
async fn a_program_that_ends_with_the_run_is_not_called_broken() {
    let clock = FakeClock::new();
    clock.stop();
    for system in
        [config(PROGRAM).with_failure("signal: 2 (SIGINT)"), config(PROGRAM).with_output("")]
    {
        let found = find("aliyun", None, &system, &FakeTransport::silent(), &clock).await;
        let message = "no response from the program of profile `a` of ~/.aliyun/config.json: \
            the run was stopped";
        assert_fails(found, ErrorKind::Network, message);
    }
}

const HANDED: &str = r#"{"Code": "Success", "AccessKeyId": "STS.role", "AccessKeySecret": "hush", "SecurityToken": "TOKEN",
  "Expiration": "2026-01-15T09:09:10Z"}"#;

#[tokio::test]
async fn a_credentials_uri_is_asked() {
    let system = config(
        r#"{"name": "a", "mode": "CredentialsURI", "credentials_uri": "http://localhost:7002/a%20b?u=1&v=%2F#x"}"#,
    );
    let transport = FakeTransport::silent().answers(200, HANDED);
    let found = ask(&system, &transport).await;
    assert!(found.as_ref().unwrap().warnings.is_empty());
    assert_found(found, ROLE, "profile `a` of ~/.aliyun/config.json");
    assert_eq!(transport.lines(), ["GET http://localhost:7002/a%20b?u=1&v=%2F"]);

    for (uri, line) in [
        ("http://h/a%2Fb/c?x=a+b&flag&y=", "http://h/a%2Fb/c?x=a+b&flag&y="),
        ("http://h?x=%ff#y", "http://h/?x=%ff"),
        ("https://h:8/~me/(1)", "https://h:8/~me/(1)"),
        ("http://h/..a/.../a..?x=../.", "http://h/..a/.../a..?x=../."),
    ] {
        let system = FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_URI", uri);
        let transport = FakeTransport::silent().answers(200, HANDED);
        ask(&system, &transport).await.unwrap();
        assert_eq!(transport.lines(), [format!("GET {line}")]);
    }

    let system =
        FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_URI", "http://keys.example.com/c");
    let transport = FakeTransport::silent().answers(200, HANDED);
    let found = ask(&system, &transport).await;
    let warning = "`ALIBABA_CLOUD_CREDENTIALS_URI`: the credential came from keys.example.com over plain http";
    let warnings = &found.as_ref().unwrap().warnings;
    assert_eq!(warnings.iter().map(|text| &**text).collect::<Vec<_>>(), [warning]);
    assert_found(found, ROLE, "`ALIBABA_CLOUD_CREDENTIALS_URI`");
}

#[tokio::test]
async fn a_credentials_uri_may_leave_the_code_out() {
    let system =
        FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_URI", "http://localhost:7002/c");
    let transport = FakeTransport::silent().answers(200, HANDED.replace("\"Code\"", "\"code\""));
    assert_found(ask(&system, &transport).await, ROLE, "`ALIBABA_CLOUD_CREDENTIALS_URI`");
    // Without a code and without a credential it says what is missing.
    let transport = FakeTransport::silent().answers(200, "{}");
    let message = "`ALIBABA_CLOUD_CREDENTIALS_URI`: `AccessKeyId` is missing";
    assert_fails(ask(&system, &transport).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn a_credentials_uri_that_gives_nothing_is_an_error_that_does_not_show_it() {
    for path in ["../hush", "a/..", "a/./hush", "%2e%2E/hush", ".%2e?hush", "."] {
        let system = FakeSystem::new()
            .with_var("ALIBABA_CLOUD_CREDENTIALS_URI", &format!("http://h/{path}"));
        let message =
            "`ALIBABA_CLOUD_CREDENTIALS_URI`: the path of the credentials URI holds a `.` or `..`";
        assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, message);
    }
    for target in ["a b", "a\\hush", "ä", "?x='hush", "a\thush", "{hush}", "<hush>", "a|b", "^"] {
        let system = FakeSystem::new()
            .with_var("ALIBABA_CLOUD_CREDENTIALS_URI", &format!("http://h/{target}"));
        let message = "`ALIBABA_CLOUD_CREDENTIALS_URI`: the credentials URI holds a character that must be \
                       percent-encoded";
        assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, message);
    }
    for uri in [
        "localhost", "ftp://h/hush", "http://", "http://me:hush@host/", "http:///hush",
        "http://h:99999/", "http://h:hush/", "http://h:0/", "http://[/", "http://[::1/",
        "http://[hush]/", "http://1.2.3.4.5/", "http://300.1.1.1/",
    ] {
        let system = FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_URI", uri);
        let message = "`ALIBABA_CLOUD_CREDENTIALS_URI`: the credentials URI is not `http://HOST/PATH` or \
                       `https://HOST/PATH`";
        assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, message);
    }
    let system =
        FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_URI", "https://h/hush?hush=1");
    let transport = FakeTransport::silent().answers(403, "hush");
    let message =
        "`ALIBABA_CLOUD_CREDENTIALS_URI`: the credentials URI gave no credential (HTTP 403)";
    assert_fails(ask(&system, &transport).await, ErrorKind::CredentialsInvalid, message);
    let failed = HANDED.replace("Success", "Failed");
    let transport = FakeTransport::silent().answers(200, failed);
    let message =
        "`ALIBABA_CLOUD_CREDENTIALS_URI`: the credentials URI gave no credential (HTTP 200)";
    assert_fails(ask(&system, &transport).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn a_login_counts_while_it_lasts() {
    // 2026-01-15 08:09:10 UTC, when the clock starts, is 1768464550.
    for mode in ["CloudSSO", "OAuth"] {
        let login = |ends: i64| {
            config(&format!(
                r#"{{"name": "a", "mode": "{mode}", "access_key_id": "STS.role", "access_key_secret": "hush",
                     "sts_token": "TOKEN", "sts_expiration": {ends}, "access_token": "hush"}}"#
            ))
        };
        let found = look("aliyun", &login(1_768_464_551)).await;
        let expires = found.as_ref().unwrap().credential.expires.unwrap();
        assert_eq!(expires.timestamp(), 1_768_464_551);
        assert_found(found, ROLE, "profile `a` of ~/.aliyun/config.json");

        let message = "profile `a` of ~/.aliyun/config.json: the credential of the login expired at 2026-01-15 \
                       08:09:10 UTC";
        let found = look("aliyun", &login(1_768_464_550)).await;
        assert!(found.as_ref().unwrap_err().hint().contains("`aliyun configure --profile a`"));
        assert_fails(found, ErrorKind::CredentialsExpired, message);

        let message = "profile `a` of ~/.aliyun/config.json: the login has no expiration";
        assert_fails(look("aliyun", &login(0)).await, ErrorKind::CredentialsExpired, message);
        let system = config(&format!(r#"{{"name": "a", "mode": "{mode}"}}"#));
        let message = "profile `a` of ~/.aliyun/config.json: there is no credential of a login";
        assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsExpired, message);
    }
}

#[tokio::test]
async fn the_shared_file_has_types() {
    let file = |text: &str| {
        FakeSystem::new().with_file("~/.alibabacloud/credentials", format!("[default]\n{text}"))
    };
    let source = "section `default` of ~/.alibabacloud/credentials";

    let system = file(
        "type = ram_role_arn\naccess_key_id = LTAIa\naccess_key_secret = hush-a\nrole_arn = r\n",
    );
    let transport = FakeTransport::silent().answers(200, GRANT);
    assert_found(ask(&system, &transport).await, ROLE, source);
    assert!(transport.lines()[0].contains("RoleArn=r"));

    let system = file(
        "type = oidc_role_arn\nrole_arn = r\noidc_provider_arn = p\noidc_token_file_path = /t\n",
    )
    .with_file("/t", "eyJ.hush");
    let transport = FakeTransport::silent().answers(200, GRANT);
    assert_found(ask(&system, &transport).await, ROLE, source);

    let system = file("type = rsa_key_pair\npublic_key_id = hush\n");
    let message = format!("{source}: type `rsa_key_pair` is not supported");
    assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, &message);
    let message = format!("{source}: `access_key_id` is set and `access_key_secret` is missing");
    let system = file("type = access_key\naccess_key_id = LTAIa # the secret is elsewhere\n");
    assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, &message);
}
