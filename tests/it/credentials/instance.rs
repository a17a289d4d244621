//! Instance roles: sessions, the older protocol, machines that have no role, and machines elsewhere.

use keyimport::credentials::Found;
use keyimport::error::{Error, ErrorKind};
use keyimport::ports::Delivery;
use keyimport::provider;

use super::{assert_fails, assert_found, find};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport};

const ALIYUN: &str = r#"{"Code": "Success", "AccessKeyId": "STS.role", "AccessKeySecret": "hush", "SecurityToken": "TOKEN",
  "Expiration": "2026-01-15T14:09:10Z", "LastUpdated": "2026-01-15T08:09:10Z"}"#;
const VOLCENGINE: &str = r#"{"AccessKeyId": "STS.role", "SecretAccessKey": "hush", "SessionToken": "TOKEN",
  "ExpiredTime": "2026-01-15T22:09:10+08:00", "CurrentTime": "2026-01-15T16:09:10+08:00"}"#;
const ROLE: (&str, &str, Option<&str>) = ("STS.role", "hush", Some("TOKEN"));

async fn ask(cloud: &str, system: &FakeSystem, transport: &FakeTransport) -> Result<Found, Error> {
    find(cloud, None, system, transport, &FakeClock::new()).await
}

fn header(transport: &FakeTransport, request: usize, name: &str) -> Option<String> {
    let headers = &transport.seen()[request].0.headers;
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}

#[tokio::test]
async fn a_machine_hands_out_the_credential_of_its_role() {
    let transport =
        FakeTransport::silent().answers(200, "session\n").answers(200, "ci\n").answers(200, ALIYUN);
    let found = ask("aliyun", &FakeSystem::new(), &transport).await;
    let expires = found.as_ref().unwrap().credential.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-01-15T14:09:10+00:00");
    assert_found(found, ROLE, "instance role `ci`");
    let below = "http://100.100.100.200/latest";
    assert_eq!(
        transport.lines(),
        [
            format!("PUT {below}/api/token"),
            format!("GET {below}/meta-data/ram/security-credentials/"),
            format!("GET {below}/meta-data/ram/security-credentials/ci"),
        ]
    );
    assert_eq!(header(&transport, 0, "x-aliyun-ecs-metadata-token-ttl-seconds").unwrap(), "21600");
    assert_eq!(header(&transport, 1, "x-aliyun-ecs-metadata-token").unwrap(), "session");
    assert_eq!(header(&transport, 2, "x-aliyun-ecs-metadata-token").unwrap(), "session");
    assert!(transport.seen().iter().all(|(_, limit)| limit.as_secs() == 1));

    for list in [r#"["ci", "other"]"#, "ci\nother\n"] {
        let transport = FakeTransport::silent()
            .answers(200, "session")
            .answers(200, list)
            .answers(200, VOLCENGINE);
        let found = ask("volcengine", &FakeSystem::new(), &transport).await;
        let expires = found.as_ref().unwrap().credential.expires.unwrap();
        assert_eq!(expires.to_rfc3339(), "2026-01-15T14:09:10+00:00");
        assert_found(found, ROLE, "instance role `ci`");
        let below = "http://100.96.0.96";
        assert_eq!(
            transport.lines(),
            [
                format!("PUT {below}/latest/api/token"),
                format!(
                    "GET {below}/volcstack/latest/iam/security_credentials?type=user&format=json"
                ),
                format!("GET {below}/volcstack/latest/iam/security_credentials/ci"),
            ]
        );
        assert_eq!(
            header(&transport, 0, "x-volc-ecs-metadata-token-ttl-seconds").unwrap(),
            "21600"
        );
        assert_eq!(header(&transport, 2, "x-volc-ecs-metadata-token").unwrap(), "session");
    }
}

#[tokio::test]
async fn a_variable_names_the_role() {
    for (cloud, name, answer) in [
        ("aliyun", "ALIBABA_CLOUD_ECS_METADATA", ALIYUN),
        ("volcengine", "VOLCENGINE_ECS_METADATA", VOLCENGINE),
    ] {
        let transport = FakeTransport::silent().answers(200, "session").answers(200, answer);
        let system = FakeSystem::new().with_var(name, "deploy");
        assert_found(ask(cloud, &system, &transport).await, ROLE, "instance role `deploy`");
        assert!(transport.lines()[1].ends_with("/deploy"));

        // What a variable names is wanted: it is tried again, and its failure is an error.
        let transport = FakeTransport::silent();
        let error = ask(cloud, &system, &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 3));
        assert!(error.hint().contains("machine of this cloud"), "{}", error.hint());
    }
}

#[tokio::test]
async fn the_older_protocol_is_spoken_unless_it_is_forbidden() {
    for refusal in [404, 405, 403] {
        let transport =
            FakeTransport::silent().answers(refusal, "").answers(200, "ci").answers(200, ALIYUN);
        assert_found(
            ask("aliyun", &FakeSystem::new(), &transport).await,
            ROLE,
            "instance role `ci`",
        );
        assert_eq!(header(&transport, 1, "x-aliyun-ecs-metadata-token"), None);

        let transport = FakeTransport::silent().answers(refusal, "").answers(200, "ci");
        let system = FakeSystem::new().with_var("ALIBABA_CLOUD_IMDSV1_DISABLED", "true");
        let error = ask("aliyun", &system, &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 1));
        assert!(error.message().contains("gave no token"), "{error}");
    }
    // A session that is not taken afterwards: the same without one.
    let transport = FakeTransport::silent()
        .answers(200, "session")
        .answers(401, "")
        .answers(200, "ci")
        .answers(200, ALIYUN);
    assert_found(ask("aliyun", &FakeSystem::new(), &transport).await, ROLE, "instance role `ci`");
    // The other cloud has no older protocol here.
    let transport =
        FakeTransport::silent().answers(404, "").answers(200, "ci").answers(200, VOLCENGINE);
    let error = ask("volcengine", &FakeSystem::new(), &transport).await.unwrap_err();
    assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 1));
}

#[tokio::test]
async fn a_machine_elsewhere_is_asked_once_and_noted() {
    for (cloud, host) in [
        ("aliyun", "100.100.100.200"),
        ("volcengine", "100.96.0.96"),
        ("baidu", "169.254.169.254"),
        ("tencent", "metadata.tencentyun.com"),
    ] {
        let transport = FakeTransport::silent();
        let error = ask(cloud, &FakeSystem::new(), &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 1));
        let note = format!(
            "the instance role is not available: no response from {host}: connect timed out"
        );
        assert!(error.message().contains(&note), "{error}");
    }
}

#[tokio::test]
async fn a_machine_without_a_role_is_noted() {
    for (status, list) in [(404, "<html>"), (200, ""), (200, "<html>\n<body>")] {
        let transport = FakeTransport::silent().answers(200, "session").answers(status, list);
        let error = ask("volcengine", &FakeSystem::new(), &transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials);
        assert!(error.message().contains("the machine has no role"), "{error}");
    }
    // A network that answers everything with its own page is no metadata service.
    let transport =
        (0..9).fold(FakeTransport::silent(), |transport, _| transport.answers(200, "<a b>"));
    for cloud in crate::cloud_ids() {
        let error = ask(cloud, &FakeSystem::new(), &transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials, "{cloud}");
    }
}

#[tokio::test]
async fn a_role_that_gives_no_credential_is_an_error() {
    let system = FakeSystem::new().with_var("ALIBABA_CLOUD_IMDSV1_DISABLED", "true");
    let message = "instance role `ci`: the instance metadata service at 100.100.100.200 gave no credential (HTTP 200)";
    let failed = ALIYUN.replace("Success", "Failed");
    let transport =
        FakeTransport::silent().answers(200, "session").answers(200, "ci").answers(200, failed);
    assert_fails(ask("aliyun", &system, &transport).await, ErrorKind::CredentialsInvalid, message);
    let transport = FakeTransport::silent()
        .answers(200, "session")
        .answers(200, "ci")
        .answers(200, r#"{"Code": "Success"}"#);
    let message = "instance role `ci`: `AccessKeyId` is missing";
    assert_fails(ask("aliyun", &system, &transport).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn a_busy_service_is_asked_again() {
    let transport = FakeTransport::silent()
        .answers(200, "session")
        .answers(503, "")
        .loses(Delivery::Unknown, "timed out")
        .answers(200, "ci")
        .answers(429, "")
        .answers(200, ALIYUN);
    assert_found(ask("aliyun", &FakeSystem::new(), &transport).await, ROLE, "instance role `ci`");
}

#[tokio::test]
async fn a_service_that_fails_is_told_as_what_it_is_where_it_is_meant() {
    let busy = |status| (0..3).fold(FakeTransport::silent(), |all, _| all.answers(status, ""));
    let meant = [
        (
            "aliyun",
            "100.100.100.200",
            FakeSystem::new().with_var("ALIBABA_CLOUD_ECS_METADATA", "deploy"),
        ),
        (
            "volcengine",
            "100.96.0.96",
            FakeSystem::new().with_file(
                "~/.volcengine/config.json",
                r#"{"current": "a", "profiles": {"a": {"mode": "EcsRole"}}}"#,
            ),
        ),
        (
            "tencent",
            "metadata.tencentyun.com",
            FakeSystem::new().with_file("~/.tccli/default.credential", r#"{"type": "cvm-role"}"#),
        ),
    ];
    for (cloud, host, system) in meant {
        for (status, kind) in [
            (429, ErrorKind::Throttled),
            (500, ErrorKind::Unavailable),
            (408, ErrorKind::Unavailable),
        ] {
            let transport = busy(status);
            let error = ask(cloud, &system, &transport).await.unwrap_err();
            assert_eq!((error.kind(), transport.seen().len()), (kind, 3), "{cloud} {status}");
            let message =
                format!("the instance metadata service at {host} responded with HTTP {status}");
            assert!(error.message().ends_with(&message), "{error}");
        }
    }
    // Where nothing says that this is a machine of the cloud, it is another one.
    for cloud in crate::cloud_ids() {
        let transport = busy(503);
        let error = ask(cloud, &FakeSystem::new(), &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 1));
        assert!(error.message().contains("the instance role is not available: "), "{error}");
    }
}

#[tokio::test]
async fn a_switch_turns_instance_roles_off() {
    for (cloud, switch, profile) in [
        (
            "aliyun",
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
            (
                "~/.aliyun/config.json",
                r#"{"current": "a", "profiles": [{"name": "a", "mode": "EcsRamRole"}]}"#,
            ),
        ),
        (
            "volcengine",
            "VOLCENGINE_ECS_METADATA_DISABLED",
            (
                "~/.volcengine/config.json",
                r#"{"current": "a", "profiles": {"a": {"mode": "ecsrole"}}}"#,
            ),
        ),
    ] {
        let transport = FakeTransport::silent();
        let system = FakeSystem::new().with_var(switch, "true");
        let error = ask(cloud, &system, &transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials);
        assert!(error.message().contains(&format!("disabled by `{switch}`")), "{error}");
        let system = system.with_file(profile.0, profile.1);
        let message =
            format!("profile `a` of {}: the instance role is disabled by `{switch}`", profile.0);
        assert_fails(
            ask(cloud, &system, &transport).await,
            ErrorKind::CredentialsInvalid,
            &message,
        );
        assert!(transport.seen().is_empty());
    }
}

#[tokio::test]
async fn one_switch_leaves_the_metadata_services_of_all_clouds_alone() {
    let switch = "KEYIMPORT_METADATA_DISABLED";
    let has_one = |cloud: &&str| provider::find(cloud).unwrap().info().credentials.imds.is_some();
    for cloud in crate::cloud_ids().filter(has_one) {
        let transport = FakeTransport::silent();
        let system = FakeSystem::new().with_var(switch, "true");
        let error = ask(cloud, &system, &transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials);
        assert!(error.message().contains(&format!("the instance role is disabled by `{switch}`")));
        assert!(transport.seen().is_empty());
    }
    // A profile that asks for the role gets no further either.
    let aliyun = r#"{"current": "a", "profiles": [{"name": "a", "mode": "EcsRamRole", "ram_role_name": "ci"}]}"#;
    let chained = r#"{"current": "a", "profiles": [{"name": "b", "mode": "EcsRamRole"},
        {"name": "a", "mode": "ChainableRamRoleArn", "source_profile": "b", "ram_role_arn": "r"}]}"#;
    let section = "[default]\ntype=ecs_ram_role\nrole_name=ci\n";
    let volcengine = r#"{"current": "a", "profiles": {"a": {"mode": "EcsRole"}}}"#;
    for (cloud, source, path, text) in [
        ("aliyun", "profile `a`", "~/.aliyun/config.json", aliyun),
        ("aliyun", "profile `b`", "~/.aliyun/config.json", chained),
        ("aliyun", "section `default`", "~/.alibabacloud/credentials", section),
        ("volcengine", "profile `a`", "~/.volcengine/config.json", volcengine),
    ] {
        let transport = FakeTransport::silent();
        let system = FakeSystem::new().with_var(switch, "true").with_file(path, text);
        let message = format!("{source} of {path}: the instance role is disabled by `{switch}`");
        assert_fails(
            ask(cloud, &system, &transport).await,
            ErrorKind::CredentialsInvalid,
            &message,
        );
        assert!(transport.seen().is_empty());
    }
}

#[tokio::test]
async fn a_profile_may_stand_for_the_instance_role() {
    let system = FakeSystem::new().with_file(
        "~/.aliyun/config.json",
        r#"{"current": "a", "profiles": [{"name": "a", "mode": "EcsRamRole", "ram_role_name": "ci"}]}"#,
    );
    let transport = FakeTransport::silent().answers(200, "session").answers(200, ALIYUN);
    let source = "profile `a` of ~/.aliyun/config.json";
    assert_found(ask("aliyun", &system, &transport).await, ROLE, source);

    let system = FakeSystem::new().with_file(
        "~/.volcengine/config.json",
        r#"{"current": "a", "profiles": {"a": {"mode": "EcsRole"}}}"#,
    );
    let transport = FakeTransport::silent()
        .answers(200, "session")
        .answers(200, r#"["ci"]"#)
        .answers(200, VOLCENGINE);
    let source = "profile `a` of ~/.volcengine/config.json";
    assert_found(ask("volcengine", &system, &transport).await, ROLE, source);

    let system = FakeSystem::new()
        .with_file("~/.alibabacloud/credentials", "[default]\ntype=ecs_ram_role\nrole_name=ci\n");
    let transport = FakeTransport::silent().answers(200, "session").answers(200, ALIYUN);
    let source = "section `default` of ~/.alibabacloud/credentials";
    assert_found(ask("aliyun", &system, &transport).await, ROLE, source);
}

#[tokio::test]
async fn baidus_answer_is_read_as_its_token_service_words_it() {
    let plain = r#"{"accessKeyId": "STS.role", "secretAccessKey": "hush", "sessionToken": "TOKEN", "expiration": "2026-01-15T08:14:10Z"}"#;
    for answer in [plain.to_owned(), format!(r#"{{"credential": {plain}}}"#)] {
        let transport = FakeTransport::silent().answers(200, answer);
        let found = ask("baidu", &FakeSystem::new(), &transport).await;
        assert!(found.as_ref().unwrap().credential.expires.is_some());
        assert_found(found, ROLE, "the instance role");
        assert_eq!(
            transport.lines(),
            ["GET http://169.254.169.254/latest/meta-data/sts-credential"]
        );
    }
    for (status, answer) in [(404, "{}"), (200, "{}"), (200, "text")] {
        let transport = FakeTransport::silent().answers(status, answer);
        let error = ask("baidu", &FakeSystem::new(), &transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials);
    }
}

#[tokio::test]
async fn an_oidc_token_stands_before_the_instance_role() {
    let system = FakeSystem::new()
        .with_var("VOLCENGINE_OIDC_ROLE_TRN", "t")
        .with_var("VOLCENGINE_OIDC_TOKEN_FILE", "/t")
        .with_file("/t", "eyJ");
    let transport = FakeTransport::silent().answers(403, "{}");
    let error = ask("volcengine", &system, &transport).await.unwrap_err();
    // Its refusal ends the search: the role of the machine would be another identity.
    assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::PermissionDenied, 1));
}
