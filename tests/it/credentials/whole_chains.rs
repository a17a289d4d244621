//! Whole provider chains against token services and instance metadata, and an import with what they issue.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keyimport::client::Limits;
use keyimport::import::{self, Mode, Status, Verification};
use keyimport::key;
use keyimport::plan::{self, Batch, InputKey};
use keyimport::ports::{Clock as _, Ports};
use keyimport::provider::{self, Endpoint, ImportOptions};
use keyimport::wire::Origin;

use super::find;
use crate::doubles::{FakeClock, FakeCredentials, FakeSystem, FakeTransport, NoObserver, received};
use crate::services::{ALIYUN, AWS, CONTAINER_TOKEN, LOGIN, Services, TENCENT, VOLCENGINE};

/// Finds a credential on a system, imports with it, and returns where it was found.
async fn find_and_import(cloud: &str, system: &FakeSystem) -> String {
    let clock = Arc::new(FakeClock::new());
    let services = Arc::new(Mutex::new(Services::new()));
    let (time, responding) = (Arc::clone(&clock), Arc::clone(&services));
    let transport = FakeTransport::with(move |request, _| {
        Some(Ok(responding.lock().unwrap().respond(&received(request), time.time())))
    });
    let found = find(cloud, None, system, &transport, &*clock).await.unwrap();
    assert!(found.credential.token.is_some() && found.credential.expires.is_some());

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/taken/rsa-2048.pub");
    let key = key::parse(&std::fs::read(file).unwrap()).unwrap().remove(0);
    let input = InputKey { key, source: "id.pub".to_owned(), stem: None };
    let key = plan::named_keys(vec![input], Some("deploy")).unwrap().remove(0);
    let provider = provider::find(cloud).unwrap();
    let region = provider.info().home_region().to_owned();
    let origin = Origin::https(provider.host(&region));
    let place = Endpoint { region, origin, signature: None };
    let batch = Batch {
        keys: Vec::new(),
        given_name: Some("deploy".to_owned()),
        options: ImportOptions::default(),
    };
    let job = batch.job(&key, "deploy", place, "once".to_owned());
    let limits = Limits { timeout: Duration::from_secs(60), attempts: 5 };
    let credentials = FakeCredentials::new(found.credential);
    let ports = Ports { transport: &transport, clock: &*clock, observer: &NoObserver };
    let outcome = import::run(Mode::Import, provider, &job, limits, &credentials, ports).await;
    assert_eq!(outcome.status, Status::Imported, "{:?}", outcome.error);
    assert_ne!(outcome.verified, Verification::None);
    assert_eq!(services.lock().unwrap().clouds.store.pairs(cloud, &job.endpoint.region).len(), 1);
    for target in transport.seen().iter().map(|(request, _)| request.target()) {
        let holds = ["SecurityToken=", "SessionToken=", "OIDCToken=", "WebIdentityToken="];
        assert!(!holds.iter().any(|name| target.contains(name)), "a token stands in a URL");
    }
    found.source
}

#[tokio::test]
async fn a_role_of_alibaba_cloud_is_taken_and_used() {
    let (id, secret) = (ALIYUN.owner.id, ALIYUN.owner.secret);
    let profile = format!(
        r#"{{"current": "ci", "profiles": [{{"name": "ci", "mode": "RamRoleArn", "access_key_id": "{id}",
            "access_key_secret": "{secret}", "ram_role_arn": "acs:ram::1:role/ci", "ram_session_name": "ci"}}]}}"#
    );
    let system = FakeSystem::new().with_file("~/.aliyun/config.json", profile);
    assert!(find_and_import("aliyun", &system).await.contains("`ci`"));
}

#[tokio::test]
async fn a_chain_of_roles_ends_in_an_import() {
    let (id, secret) = (ALIYUN.owner.id, ALIYUN.owner.secret);
    let profile = format!(
        r#"{{"current": "far", "profiles": [
            {{"name": "far", "mode": "ChainableRamRoleArn", "source_profile": "near",
              "ram_role_arn": "acs:ram::1:role/far", "ram_session_name": "ci"}},
            {{"name": "near", "mode": "AK", "access_key_id": "{id}", "access_key_secret": "{secret}"}}]}}"#
    );
    let system = FakeSystem::new().with_file("~/.aliyun/config.json", profile);
    assert!(find_and_import("aliyun", &system).await.contains("`far`"));
}

#[tokio::test]
async fn an_oidc_token_of_a_job_is_exchanged_and_used() {
    let aliyun = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/ci")
        .with_var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ci")
        .with_var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/home/me/token")
        .with_file("~/token", "header.claims.signature");
    assert!(find_and_import("aliyun", &aliyun).await.contains("OIDC"));
    let volcengine = FakeSystem::new()
        .with_var("VOLCENGINE_OIDC_ROLE_TRN", "trn:iam::1:role/ci")
        .with_var("VOLCENGINE_OIDC_TOKEN_FILE", "/home/me/token")
        .with_file("~/token", "header.claims.signature");
    assert!(find_and_import("volcengine", &volcengine).await.contains("OIDC"));
    let tencent = FakeSystem::new()
        .with_var("TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/ci")
        .with_var("TKE_PROVIDER_ID", "cluster")
        .with_var("TKE_WEB_IDENTITY_TOKEN_FILE", "/home/me/token")
        .with_file("~/token", "header.claims.signature");
    assert!(find_and_import("tencent", &tencent).await.contains("TKE_WEB_IDENTITY_TOKEN_FILE"));
}

#[tokio::test]
async fn a_role_of_tencent_is_taken_and_used() {
    let (id, secret) = (TENCENT.owner.id, TENCENT.owner.secret);
    let profile = format!(
        r#"{{"secretId": "{id}", "secretKey": "{secret}", "role-arn": "qcs::cam::uin/1:roleName/ci"}}"#
    );
    let system = FakeSystem::new().with_file("~/.tccli/default.credential", profile);
    assert!(find_and_import("tencent", &system).await.contains("`default`"));
}

#[tokio::test]
async fn a_role_of_volcengine_is_taken_and_used() {
    let (id, secret) = (VOLCENGINE.owner.id, VOLCENGINE.owner.secret);
    let profile = format!(
        r#"{{"current": "ci", "profiles": {{"ci": {{"mode": "ramrolearn", "access-key": "{id}",
            "secret-key": "{secret}", "role-name": "ci", "account-id": "1"}}}}}}"#
    );
    let system = FakeSystem::new().with_file("~/.volcengine/config.json", profile);
    assert!(find_and_import("volcengine", &system).await.contains("`ci`"));
}

#[tokio::test]
async fn a_machine_with_a_role_needs_nothing_else() {
    for cloud in ["aliyun", "volcengine", "aws", "tencent"] {
        assert!(
            find_and_import(cloud, &FakeSystem::new()).await.contains("instance role"),
            "{cloud}"
        );
    }
}

#[tokio::test]
async fn every_exchange_of_aws_ends_in_an_import() {
    use keyimport::encode::hex;
    use sha1::{Digest as _, Sha1};
    let (id, secret) = (AWS.owner.id, AWS.owner.secret);
    let key = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    let role = |name: &str| format!("role_arn = arn:aws:iam::1:role/{name}\nregion = eu-west-1\n");
    let with = |text: String| FakeSystem::new().with_file("~/.aws/config", text);
    let login = format!(r#"{{"accessToken": "{LOGIN}", "expiresAt": "2026-01-15T09:09:10Z"}}"#);
    let cache = format!("~/.aws/sso/cache/{}.json", hex(&Sha1::digest(b"corp")));
    for system in [
        with(format!("[default]\n{}source_profile = default\n{key}", role("one"))),
        with(format!(
            "[default]\n{}source_profile = near\n[profile near]\n{}source_profile = key\n[profile key]\n{key}",
            role("far"),
            role("near")
        )),
        with(format!("[default]\n{}credential_source = Ec2InstanceMetadata\n", role("machine"))),
        with(format!("[default]\n{}web_identity_token_file = ~/token\n", role("pod")))
            .with_file("~/token", "header.claims.signature"),
        with(
            "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n\
             [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example\n"
                .to_owned(),
        )
        .with_file(&cache, login),
    ] {
        assert!(find_and_import("aws", &system).await.contains("`default`"));
    }
    let container = FakeSystem::new()
        .with_var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1")
        .with_var("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN);
    assert!(find_and_import("aws", &container).await.contains("CONTAINER"));
    let pod = FakeSystem::new()
        .with_var("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod")
        .with_var("AWS_WEB_IDENTITY_TOKEN_FILE", "/home/me/token")
        .with_file("~/token", "header.claims.signature");
    assert!(find_and_import("aws", &pod).await.contains("WEB_IDENTITY"));
}
