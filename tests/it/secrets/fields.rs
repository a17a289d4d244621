//! Secrets in the fields and variables of other values.

use super::places::search;
use super::{Hidden, OIDC, SECRET, TOKEN};
use crate::credentials::region;
use crate::doubles::{FakeSystem, FakeTransport, LAYOUT};

/// Secrets in the forms that the clouds give them.
const SECRETS: [&str; 11] = [
    SECRET,
    TOKEN,
    OIDC,
    // Keys of letters and digits: with capitals, without, of 30, 32 and 40 characters.
    "QxZk3sEcReTofNobody9L0aVbW7dTm",
    "4f1c09be77d2a3586eb0c41d9f2e8a6b",
    "WkRZeE1qSm1ZV0UyTVRJNE5EWTFOamd3Tm1Jd05E",
    // Keys and tokens with the signs of base64 and of base64url.
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXANKEYQ4",
    "Zk3-sEcReT_of-nobody-9QxL0aV-b8c7D6e5F4",
    "CAIS9wF1q6Ft5B2yfSjIr5fTPOPG+qwWhY6zSmuEgn49VvhVob/NoTzz2IHhMfXVv+AfR4N9nu2m",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n",
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQ",
];

/// A sound value for every field that stands beside the one with the secret.
fn profile(mode: &str, field: &str, secret: &str, others: &[&str]) -> serde_json::Value {
    let mut profile = serde_json::json!({"name": "p", "mode": mode});
    for name in others {
        profile[*name] = "x".into();
    }
    profile[field] = secret.into();
    profile
}

/// Every setting with the secret in the wrong place.
fn worlds(secret: &str) -> Vec<(&'static str, String, FakeSystem)> {
    let mut worlds = Vec::new();
    let key = ["access_key_id", "access_key_secret"];
    let role = ["access_key_id", "access_key_secret", "ram_role_arn"];
    let oidc = ["oidc_provider_arn", "ram_role_arn", "oidc_token_file"];
    for (mode, field, others) in [
        ("AK", "mode", &key[..]),
        ("AK", "name", &key[..]),
        ("AK", "region_id", &key[..]),
        ("RamRoleArn", "sts_region", &role[..]),
        ("RamRoleArn", "sts_endpoint", &role[..]),
        ("OIDC", "oidc_token_file", &oidc[..]),
        ("ChainableRamRoleArn", "source_profile", &["ram_role_arn"][..]),
        ("EcsRamRole", "ram_role_name", &[][..]),
        ("CredentialsURI", "credentials_uri", &[][..]),
        ("CloudSSO", "name", &[][..]),
    ] {
        let profile = profile(mode, field, secret, others);
        let current = profile["name"].clone();
        let config = serde_json::json!({"current": current, "profiles": [profile]}).to_string();
        let system = FakeSystem::new().with_file("~/.aliyun/config.json", config);
        worlds.push(("aliyun", format!("{mode} {field}"), system));
    }
    let chain = |name: &str| {
        serde_json::json!({"name": name, "mode": "ChainableRamRoleArn", "source_profile": name,
            "ram_role_arn": "r"})
    };
    for (what, config) in [
        ("current", serde_json::json!({"current": secret, "profiles": [{"name": "p"}]})),
        ("names", serde_json::json!({"current": "p", "profiles": [{"name": secret}]})),
        ("circle", serde_json::json!({"current": secret, "profiles": [chain(secret)]})),
    ] {
        let system = FakeSystem::new().with_file("~/.aliyun/config.json", config.to_string());
        worlds.push(("aliyun", what.to_owned(), system));
    }
    for field in ["type", "role_arn", "role_name", "oidc_token_file_path"] {
        let kind = match field {
            "role_name" => "ecs_ram_role",
            "oidc_token_file_path" => "oidc_role_arn",
            _ => "ram_role_arn",
        };
        let text = format!(
            "[default]\ntype={kind}\noidc_provider_arn=p\nrole_arn=r\n{field}={}\n",
            secret.replace('\n', " ")
        );
        let system = FakeSystem::new().with_file("~/.alibabacloud/credentials", text);
        worlds.push(("aliyun", format!("section {field}"), system));
    }
    for (mode, field, others) in [
        ("ak", "mode", &["access-key", "secret-key"][..]),
        ("ak", "region", &["access-key", "secret-key"][..]),
        ("OIDC", "oidc-token-file", &["role-trn"][..]),
        ("EcsRole", "role-name", &[][..]),
        ("console-login", "login-session", &[][..]),
    ] {
        let profile = profile(mode, field, secret, others);
        for name in ["p", secret] {
            let config = serde_json::json!({"current": name, "profiles": {name: &profile}});
            let system =
                FakeSystem::new().with_file("~/.volcengine/config.json", config.to_string());
            worlds.push(("volcengine", format!("{mode} {field}"), system));
        }
    }
    for field in ["mode", "name", "region"] {
        let profile = profile("AK", field, secret, &["access_key_id", "secret_access_key"]);
        let config = serde_json::json!({"current": "p", "profiles": [profile]}).to_string();
        let system = FakeSystem::new().with_file("~/.bce/config.json", config);
        worlds.push(("baidu", field.to_owned(), system));
    }
    let oneline = secret.replace('\n', " ");
    for (field, others) in [
        ("region", ""),
        ("source_profile", "role_arn=r\n"),
        ("credential_source", "role_arn=r\n"),
        ("web_identity_token_file", "role_arn=r\n"),
        ("sso_session", "sso_account_id=1\nsso_role_name=r\n"),
        ("sso_region", "sso_account_id=1\nsso_role_name=r\nsso_start_url=u\n"),
        ("login_session", ""),
        ("mfa_serial", "role_arn=r\nsource_profile=default\n"),
    ] {
        let text = format!("[default]\n{others}{field}={oneline}\n[profile {oneline}]\nregion=x\n");
        let system = FakeSystem::new().with_file("~/.aws/config", text);
        worlds.push(("aws", field.to_owned(), system));
    }
    worlds.extend(variables(secret));
    worlds
}

fn variables(secret: &str) -> Vec<(&'static str, String, FakeSystem)> {
    let login =
        r#"{"current": "p", "profiles": {"p": {"mode": "console-login", "login-session": "s"}}}"#;
    let set = [
        ("aliyun", "ALIBABA_CLOUD_PROFILE"),
        ("aliyun", "ALIBABA_CLOUD_CONFIG_FILE"),
        ("aliyun", "ALIBABA_CLOUD_CREDENTIALS_FILE"),
        ("aliyun", "ALIBABA_CLOUD_REGION_ID"),
        ("aliyun", "REGION"),
        ("aliyun", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"),
        ("aliyun", "ALIBABA_CLOUD_STS_REGION"),
        ("aliyun", "ALIBABA_CLOUD_STS_ENDPOINT"),
        ("aliyun", "ALIBABA_CLOUD_CREDENTIALS_URI"),
        ("aliyun", "ALIBABA_CLOUD_ECS_METADATA"),
        ("volcengine", "VOLCENGINE_PROFILE"),
        ("volcengine", "VOLCENGINE_CLI_CONFIG_FILE"),
        ("volcengine", "VOLCENGINE_LOGIN_CACHE_DIRECTORY"),
        ("volcengine", "VOLCENGINE_REGION"),
        ("volcengine", "VOLCENGINE_OIDC_TOKEN_FILE"),
        ("volcengine", "VOLCENGINE_OIDC_STS_ENDPOINT"),
        ("volcengine", "VOLCENGINE_ECS_METADATA"),
        ("baidu", "BCE_REGION"),
        ("aws", "AWS_PROFILE"),
        ("aws", "AWS_CONFIG_FILE"),
        ("aws", "AWS_SHARED_CREDENTIALS_FILE"),
        ("aws", "AWS_REGION"),
        ("aws", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        ("aws", "AWS_ENDPOINT_URL_STS"),
        ("aws", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        ("aws", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        ("aws", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        ("aws", "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        ("aws", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
    ];
    set.into_iter()
        .map(|(cloud, name)| {
            let mut system = FakeSystem::new();
            if name.contains("LOGIN") {
                system = system.with_file("~/.volcengine/config.json", login);
            }
            if name.contains("AUTHORIZATION") {
                system = system.with_var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
            }
            if name.contains("OIDC") || name.contains("STS") || name.contains("WEB_IDENTITY") {
                system = system
                    .with_file("/token", "eyJ")
                    .with_var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token")
                    .with_var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p")
                    .with_var("ALIBABA_CLOUD_ROLE_ARN", "r")
                    .with_var("VOLCENGINE_OIDC_TOKEN_FILE", "/token")
                    .with_var("VOLCENGINE_OIDC_ROLE_TRN", "r")
                    .with_var("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")
                    .with_var("AWS_ROLE_ARN", "r");
            }
            (cloud, name.to_owned(), system.with_var(name, secret))
        })
        .collect()
}

#[test]
fn a_secret_in_the_field_of_another_value_is_not_shown() {
    for secret in SECRETS {
        let hidden = Hidden::new(&[secret]);
        for (cloud, what, system) in worlds(secret) {
            let text = match region(cloud, None, &system) {
                Ok(found) => format!("{found:?}"),
                Err(error) => format!("{} {error:?}", LAYOUT.error("", &error)),
            };
            hidden.check(&format!("region of {what}"), &text);
            let shown = search(cloud, system, FakeTransport::silent());
            hidden.check(&what, &shown);
        }
    }
}

#[test]
fn a_value_that_looks_like_a_secret_is_told_by_field_and_length() {
    let secret = SECRETS[3];
    let shown = |cloud: &str, wanted: &str| {
        let mut all = worlds(secret).into_iter();
        let (_, _, system) =
            all.find(|(known, what, _)| *known == cloud && what == wanted).unwrap();
        search(cloud, system, FakeTransport::silent())
    };
    for (cloud, what, text) in [
        ("aliyun", "AK mode", "mode `… (mode, 30 characters)` is not supported"),
        ("aliyun", "current", "no profile `… (current, 30 characters)` (it holds p)"),
        (
            "aliyun",
            "OIDC oidc_token_file",
            "`… (oidc_token_file, 30 characters)` (named by `oidc_token_file`)",
        ),
        ("aliyun", "RamRoleArn sts_region", "`… (sts_region, 30 characters)` cannot be a region"),
        (
            "aliyun",
            "ALIBABA_CLOUD_CONFIG_FILE",
            "`… (ALIBABA_CLOUD_CONFIG_FILE, 30 characters)` (named by `ALIBABA_CLOUD_CONFIG_FILE`)",
        ),
        ("volcengine", "VOLCENGINE_LOGIN_CACHE_DIRECTORY", "there is no login"),
    ] {
        let shown = shown(cloud, what);
        assert!(shown.contains(text), "{what}: {shown}");
    }
    let system = FakeSystem::new().with_var("BCE_REGION", secret);
    assert_eq!(
        region("baidu", None, &system).unwrap_err().message(),
        "`BCE_REGION`: `… (region, 30 characters)` cannot be a region id"
    );
}

#[test]
fn ordinary_names_and_paths_are_shown() {
    for name in [
        "default",
        "my-company-production-deploy",
        "team_a.staging.cn-beijing.2024",
        "生产环境-部署",
        "keyimport-ci-eu-central-1-readonly",
    ] {
        let system = FakeSystem::new().with_var("ALIBABA_CLOUD_PROFILE", name).with_file(
            "~/.aliyun/config.json",
            format!(r#"{{"profiles": [{{"name": "p"}}, {{"name": "{name}-2"}}]}}"#),
        );
        let shown = search("aliyun", system, FakeTransport::silent());
        assert!(shown.contains(&format!("names the profile `{name}`")), "{shown}");
        assert!(shown.contains(&format!("(it holds p, {name}-2)")), "{shown}");
    }
    for path in [
        "/home/somebody/.aliyun/config.json",
        "~/projects/clouds/aliyun.json",
        "config.json",
        "../settings/aliyun/config.json",
        "conf/aliyun.json",
        "C:\\Users\\Somebody\\config.json",
        "C:\\Users\\Jane Doe\\Documents 2024\\config.json",
        "/Users/Jane Doe/.aliyun/config.json",
        "/home/jane@corp.example/.aliyun/config.json",
        "~/My Settings/aliyun.json",
        "/var/run/secrets/tokens/3f2504e0-4f89-11d3-9a0c-0305e82c3301/oidc-token",
        "/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/config.json",
    ] {
        let system = FakeSystem::new().with_var("ALIBABA_CLOUD_CONFIG_FILE", path);
        let shown = search("aliyun", system, FakeTransport::silent());
        assert!(shown.contains(&format!("`{path}` (named by")), "{shown}");
    }
}

#[test]
fn a_secret_behind_a_blank_or_an_at_sign_is_not_shown() {
    for secret in SECRETS {
        let hidden = Hidden::new(&[secret]);
        for path in [
            format!("/home/jane doe {secret}"),
            format!("/home/jane@{secret}"),
            format!("https://jane:{secret}@example.com/x y"),
            format!("me@{secret}/x"),
        ] {
            let system = FakeSystem::new().with_var("ALIBABA_CLOUD_CONFIG_FILE", &path);
            hidden.check(&path, &search("aliyun", system, FakeTransport::silent()));
        }
    }
}
