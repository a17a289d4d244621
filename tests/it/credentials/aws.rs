//! AWS: its two files, roles and their sources, logins, programs, containers.

use std::sync::Arc;

use keyimport::credentials::{CredentialCache, Found};
use keyimport::error::{Error, ErrorKind};
use keyimport::lang::CHINESE;
use keyimport::ports::ProvideCredential as _;
use keyimport::provider;

use super::{assert_fails, assert_found, find, region};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport, NoObserver};

const INVALID: ErrorKind = ErrorKind::CredentialsInvalid;
const ROLE: (&str, &str, Option<&str>) = ("ASIArole", "hush", Some("TOKEN"));
const CONFIG: &str = "profile `default` of ~/.aws/config";

/// Answers of the token service, as it words them.
fn grant(action: &str) -> String {
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><AssumedRoleUser>\
         <Arn>arn:aws:sts::1:assumed-role/r/keyimport</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>ASIArole</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>\
         <SessionToken>TOKEN</SessionToken><Expiration>2026-01-15T09:09:10Z</Expiration></Credentials>\
         </{action}Result><ResponseMetadata><RequestId>R1</RequestId></ResponseMetadata></{action}Response>"
    )
}

/// The answer of a container's or a machine's service.
const ISSUED: &str = r#"{"Code": "Success", "AccessKeyId": "ASIArole", "SecretAccessKey": "hush", "Token": "TOKEN",
    "Expiration": "2026-01-15T14:09:10Z", "Type": "AWS-HMAC"}"#;

fn config(text: &str) -> FakeSystem {
    FakeSystem::new().with_file("~/.aws/config", text)
}

async fn ask(system: &FakeSystem, transport: &FakeTransport) -> Result<Found, Error> {
    find("aws", None, system, transport, &FakeClock::new()).await
}

async fn look(system: &FakeSystem) -> Result<Found, Error> {
    ask(system, &FakeTransport::silent()).await
}

async fn look_for(profile: &str, system: &FakeSystem) -> Result<Found, Error> {
    find("aws", Some(profile), system, &FakeTransport::silent(), &FakeClock::new()).await
}

fn header(transport: &FakeTransport, request: usize, name: &str) -> Option<String> {
    let headers = &transport.seen()[request].0.headers;
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}

fn body(transport: &FakeTransport, request: usize) -> String {
    String::from_utf8(transport.seen()[request].0.body.clone()).unwrap()
}

fn with_key() -> FakeSystem {
    FakeSystem::new()
        .with_var("AWS_ACCESS_KEY_ID", "AKIAenv")
        .with_var("AWS_SECRET_ACCESS_KEY", "hush-env")
}

#[tokio::test]
async fn the_older_name_of_the_token_counts_first() {
    let source = "`AWS_ACCESS_KEY_ID`";
    for (variables, token) in [
        (&[][..], None),
        (&[("AWS_SESSION_TOKEN", "new")], Some("new")),
        (&[("AWS_SECURITY_TOKEN", "old")], Some("old")),
        (&[("AWS_SESSION_TOKEN", "new"), ("AWS_SECURITY_TOKEN", "old")], Some("old")),
        (&[("AWS_SESSION_TOKEN", "new"), ("AWS_SECURITY_TOKEN", " ")], Some("new")),
    ] {
        let system =
            variables.iter().fold(with_key(), |all, (name, value)| all.with_var(name, value));
        let found = look(&system).await;
        assert!(found.as_ref().unwrap().warnings.is_empty());
        assert_found(found, ("AKIAenv", "hush-env", token), source);
    }
    let text = "[default]\naws_access_key_id = AKIAa\naws_secret_access_key = hush\n";
    for (more, token) in [
        ("aws_security_token = old", "old"),
        ("aws_session_token = new", "new"),
        ("aws_session_token = new\naws_security_token = old", "old"),
    ] {
        let found = look(&config(&format!("{text}{more}\n"))).await;
        assert_found(found, ("AKIAa", "hush", Some(token)), CONFIG);
    }
}

#[tokio::test]
async fn a_variable_says_when_the_key_of_variables_expires() {
    let system = with_key().with_var("AWS_CREDENTIAL_EXPIRATION", "2026-01-15T10:00:00Z");
    let expires = look(&system).await.unwrap().credential.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-01-15T10:00:00+00:00");
}

#[tokio::test]
async fn a_profile_of_the_flag_leaves_variables_out_and_one_of_a_variable_does_not() {
    let text =
        "[default]\n[profile ci]\naws_access_key_id = AKIAci\naws_secret_access_key = hush\n";
    let system = with_key().with_file("~/.aws/config", text).with_var("AWS_PROFILE", "ci");
    assert_found(look(&system).await, ("AKIAenv", "hush-env", None), "`AWS_ACCESS_KEY_ID`");
    let source = "profile `ci` of ~/.aws/config";
    assert_found(look_for("ci", &system).await, ("AKIAci", "hush", None), source);
    let half = FakeSystem::new().with_var("AWS_ACCESS_KEY_ID", "AKIAenv");
    let message =
        "the environment: `AWS_ACCESS_KEY_ID` is set and `AWS_SECRET_ACCESS_KEY` is missing";
    assert_fails(look(&half.with_file("~/.aws/config", text)).await, INVALID, message);
}

#[tokio::test]
async fn two_files_make_one_profile() {
    let key = |id: &str| format!("aws_access_key_id = {id}\naws_secret_access_key = hush-{id}\n");
    let both = "of ~/.aws/credentials with ~/.aws/config";
    for (credentials, config, profile, id) in [
        // The key of the first file counts, whatever else the second one holds.
        (format!("[ci]\n{}", key("A")), "[profile ci]\nregion = eu-west-1\n".to_owned(), "ci", "A"),
        (format!("[ci]\n{}", key("A")), format!("[profile ci]\n{}", key("B")), "ci", "A"),
        (
            format!("[ci]\n{}", key("A")),
            "[profile ci]\ncredential_process = false\n".to_owned(),
            "ci",
            "A",
        ),
        ("[x]\n".to_owned(), format!("[profile ci]\n{}", key("B")), "ci", "B"),
        ("[x]\n".to_owned(), format!("[profile \"my ci\"]\n{}", key("B")), "my ci", "B"),
        ("[x]\n".to_owned(), format!("[profile\tci]\n{}", key("B")), "ci", "B"),
        ("[x]\n".to_owned(), format!("[default]\n{}", key("B")), "default", "B"),
        ("[x]\n".to_owned(), format!("[profile default]\n{}", key("B")), "default", "B"),
        // What is indented below a key without a value is not the profile's.
        (
            "[x]\n".to_owned(),
            format!("[profile ci]\n{}s3 =\n  aws_access_key_id = C\n\tregion = x\n", key("B")),
            "ci",
            "B",
        ),
        (
            "[x]\n".to_owned(),
            "[profile ci]\n  aws_access_key_id = B\n  aws_secret_access_key = hush-B\n".to_owned(),
            "ci",
            "B",
        ),
    ] {
        let system = FakeSystem::new()
            .with_file("~/.aws/credentials", credentials)
            .with_file("~/.aws/config", config.clone());
        let found = look_for(profile, &system).await;
        let secret = format!("hush-{id}");
        let shown = if profile == "my ci" { "… (name, 5 characters)" } else { profile };
        let source = format!("profile `{shown}` {both}");
        assert_found(
            found.map_err(|error| panic!("{config}: {error}")),
            (id, &secret, None),
            &source,
        );
    }
    // A key is of one file alone, and a token belongs to its key.
    let system = FakeSystem::new()
        .with_file("~/.aws/credentials", format!("[default]\n{}", key("A")))
        .with_file("~/.aws/config", "[default]\naws_session_token = T\n");
    assert_found(look(&system).await, ("A", "hush-A", None), &format!("profile `default` {both}"));
    let system = FakeSystem::new()
        .with_file("~/.aws/credentials", "[default]\naws_access_key_id = A\n")
        .with_file("~/.aws/config", format!("[default]\n{}", key("B")));
    let message = format!(
        "profile `default` {both}: `aws_access_key_id` is set and `aws_secret_access_key` is missing"
    );
    assert_fails(look(&system).await, INVALID, &message);
    // A program counts before a key in the second file.
    let text = format!("[default]\n{}credential_process = tool\n", key("B"));
    let output = r#"{"Version": 1, "AccessKeyId": "AKIAtool", "SecretAccessKey": "hush"}"#;
    let found = look(&config(&text).with_output(output)).await;
    assert_found(found, ("AKIAtool", "hush", None), CONFIG);
}

#[tokio::test]
async fn variables_name_profile_and_files() {
    let key = |id: &str| format!("aws_access_key_id = {id}\naws_secret_access_key = hush\n");
    let text = format!("[default]\n{}[profile a]\n{}[profile b]\n{}", key("D"), key("A"), key("B"));
    for (variables, id) in [
        (&[("AWS_PROFILE", "a")][..], "A"),
        (&[("AWS_DEFAULT_PROFILE", "b")], "B"),
        (&[("AWS_DEFAULT_PROFILE", "b"), ("AWS_PROFILE", "a")], "A"),
        (&[("AWS_PROFILE", " ")], "D"),
    ] {
        let system =
            variables.iter().fold(config(&text), |all, (name, value)| all.with_var(name, value));
        assert_eq!(look(&system).await.unwrap().credential.id, id);
    }
    let message = "`AWS_PROFILE` names the profile `gone`: `~/.aws/credentials` is not there; \
                   `~/.aws/config` holds no profile `gone` (it holds default, a, b)";
    let system = config(&text).with_var("AWS_PROFILE", "gone");
    assert_fails(look(&system).await, INVALID, message);
    // The missing profile is named before the missing region.
    assert_eq!(region("aws", None, &system).unwrap_err().message(), message);

    let system =
        FakeSystem::new().with_var("AWS_CONFIG_FILE", "~/c").with_file("~/c", text.clone());
    assert_found(look(&system).await, ("D", "hush", None), "profile `default` of ~/c");
    let system = FakeSystem::new().with_var("AWS_CONFIG_FILE", "/gone");
    let message = "`/gone` (named by `AWS_CONFIG_FILE`) is not there";
    assert_fails(look(&system).await, INVALID, message);
    for path in ["~/.aws/config", "~/.aws/credentials"] {
        let system = FakeSystem::new().with_file(path, "{\"key\": \"hush\"}");
        let error = look(&system).await.unwrap_err();
        assert!(error.message().contains("is not the INI it should be"), "{error}");
    }
    // The null device says that there is no file.
    let system = config(&text)
        .with_var("AWS_CONFIG_FILE", "/dev/null")
        .with_var("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    assert_eq!(look(&system).await.unwrap_err().kind(), ErrorKind::NoCredentials);
}

#[tokio::test]
async fn a_profile_without_a_credential_leads_on_unless_the_flag_names_it() {
    for (text, variable) in [
        ("[default]\nregion = eu-west-1\n", None),
        ("[profile ci]\nregion = eu-west-1\n", Some("ci")),
        ("[profile ci]\nregion = eu-west-1\n", None),
    ] {
        let system = FakeSystem::new()
            .with_file("/etc/aws", text)
            .with_var("AWS_CONFIG_FILE", "/etc/aws")
            .with_var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x");
        let system =
            variable.into_iter().fold(system, |all, name| all.with_var("AWS_PROFILE", name));
        let transport = FakeTransport::silent().answers(200, ISSUED);
        let source = "`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`";
        assert_found(ask(&system, &transport).await, ROLE, source);
    }
    let system = config("[profile ci]\nregion = eu-west-1\n")
        .with_var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x");
    let message = "no credentials for `--profile ci`: `~/.aws/credentials` is not there; \
                   profile `ci` of ~/.aws/config holds no key";
    assert_fails(look_for("ci", &system).await, INVALID, message);
}

#[test]
fn the_region_is_that_of_a_variable_or_of_the_profile() {
    let text = "[default]\nregion = eu-west-1\n[profile ci]\nregion = eu-west-2\n";
    for (variables, profile, found) in [
        (&[][..], None, "eu-west-1"),
        (&[], Some("ci"), "eu-west-2"),
        (&[("AWS_PROFILE", "ci")], None, "eu-west-2"),
        (&[("AWS_DEFAULT_REGION", "us-east-2"), ("AWS_PROFILE", "ci")], None, "us-east-2"),
        (&[("AWS_DEFAULT_REGION", "us-east-2"), ("AWS_REGION", "us-west-1")], None, "us-west-1"),
    ] {
        let system =
            variables.iter().fold(config(text), |all, (name, value)| all.with_var(name, value));
        assert_eq!(region("aws", profile, &system).unwrap().unwrap().0, found);
    }
    // The region of the first file counts, as every value of it does.
    let system = config(text).with_file("~/.aws/credentials", "[default]\nregion = sa-east-1\n");
    assert_eq!(region("aws", None, &system).unwrap().unwrap().0, "sa-east-1");
    assert_eq!(region("aws", None, &FakeSystem::new()).unwrap(), None);
    assert_eq!(region("aws", None, &config("[default]\noutput = json\n")).unwrap(), None);
}

#[tokio::test]
async fn a_role_is_assumed_where_its_region_is() {
    let text = "[default]\nregion = cn-north-1\nrole_arn = arn:aws-cn:iam::1:role/r\nsource_profile = key\n\
                role_session_name = s\nexternal_id = e/1\nduration_seconds = 900\n\
                [profile key]\naws_access_key_id = AKIAkey\naws_secret_access_key = hush-key\naws_session_token = T\n";
    for (variables, host, scope) in [
        (&[][..], "sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (&[("AWS_REGION", "us-west-2")], "sts.us-west-2.amazonaws.com", "us-west-2"),
        (
            &[("AWS_DEFAULT_REGION", "eusc-de-east-1")],
            "sts.eusc-de-east-1.amazonaws.eu",
            "eusc-de-east-1",
        ),
        (&[("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")], "127.0.0.1:5000", "cn-north-1"),
        (
            &[
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000/"),
                ("AWS_ENDPOINT_URL_STS", "https://sts.corp.example"),
            ],
            "sts.corp.example",
            "cn-north-1",
        ),
        (
            &[
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000"),
                ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            ],
            "sts.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
        ),
    ] {
        let system =
            variables.iter().fold(config(text), |all, (name, value)| all.with_var(name, value));
        let transport = FakeTransport::silent().answers(200, grant("AssumeRole"));
        let found = ask(&system, &transport).await;
        let expires = found.as_ref().unwrap().credential.expires.unwrap();
        assert_eq!(expires.to_rfc3339(), "2026-01-15T09:09:10+00:00");
        assert_found(found, ROLE, CONFIG);
        let scheme = if host.starts_with("127.") { "http" } else { "https" };
        assert_eq!(transport.lines(), [format!("POST {scheme}://{host}/")]);
        let authorization = header(&transport, 0, "authorization").unwrap();
        let scope =
            format!("AWS4-HMAC-SHA256 Credential=AKIAkey/20260115/{scope}/sts/aws4_request, ");
        assert!(authorization.starts_with(&scope), "{authorization}");
        let signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,";
        assert!(authorization.contains(signed), "{authorization}");
        assert_eq!(
            body(&transport, 0),
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws-cn%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=s\
             &DurationSeconds=900&ExternalId=e%2F1"
        );
    }
    let system = config(text).with_var("AWS_ENDPOINT_URL_STS", "http://sts.corp.example");
    let message = format!(
        "{CONFIG}: `AWS_ENDPOINT_URL_STS` is `http://sts.corp.example`, which is plain http and not loopback"
    );
    assert_fails(look(&system).await, INVALID, &message);
}

/// The region of a flag counts before all others; without any the central service is asked.
#[tokio::test]
async fn a_role_is_assumed_in_the_region_of_the_run() {
    let text = "[default]\nrole_arn = r\ncredential_source = Environment\n";
    for (region, host) in [
        (Some("cn-northwest-1"), "https://sts.cn-northwest-1.amazonaws.com.cn"),
        (None, "https://sts.amazonaws.com"),
    ] {
        let system = Arc::new(config(text));
        let transport = Arc::new(FakeTransport::silent());
        let cache = CredentialCache::new(
            provider::find("aws").unwrap(),
            Some("default"),
            Arc::<FakeSystem>::clone(&system),
            Arc::<FakeTransport>::clone(&transport),
            Arc::new(FakeClock::new()),
            Arc::new(NoObserver),
            1,
        );
        let cache = match region {
            Some(region) => cache.for_region(region),
            None => cache,
        };
        // The key is missing.
        assert_eq!(cache.credential().await.unwrap_err().kind(), INVALID);
        assert!(transport.seen().is_empty());

        let system = Arc::new(
            config(text)
                .with_var("AWS_ACCESS_KEY_ID", "A")
                .with_var("AWS_SECRET_ACCESS_KEY", "hush"),
        );
        let cache = CredentialCache::new(
            provider::find("aws").unwrap(),
            Some("default"),
            system,
            Arc::<FakeTransport>::clone(&transport),
            Arc::new(FakeClock::new()),
            Arc::new(NoObserver),
            1,
        );
        let cache = match region {
            Some(region) => cache.for_region(region),
            None => cache,
        };
        assert_eq!(cache.credential().await.unwrap_err().kind(), ErrorKind::Network);
        assert_eq!(transport.lines(), [format!("POST {host}/")]);
    }
}

#[tokio::test]
async fn roles_are_assumed_one_after_another() {
    let text = "[profile far]\nrole_arn = arn:far\nsource_profile = near\n\
                [profile near]\nrole_arn = arn:near\nsource_profile = key\n";
    let system = config(text).with_file(
        "~/.aws/credentials",
        "[key]\naws_access_key_id = AKIAkey\naws_secret_access_key = hush-key\n",
    );
    let near = grant("AssumeRole").replace("ASIArole", "ASIAnear");
    let transport = FakeTransport::silent().answers(200, near).answers(200, grant("AssumeRole"));
    let found = find("aws", Some("far"), &system, &transport, &FakeClock::new()).await;
    assert_found(found, ROLE, "profile `far` of ~/.aws/credentials with ~/.aws/config");
    for (number, (arn, id)) in
        [("arn%3Anear", "AKIAkey"), ("arn%3Afar", "ASIAnear")].iter().enumerate()
    {
        assert!(body(&transport, number).contains(arn));
        assert!(header(&transport, number, "authorization").unwrap().contains(&format!("={id}/")));
    }
    assert_eq!(header(&transport, 1, "x-amz-security-token").unwrap(), "TOKEN");
}

#[tokio::test]
async fn a_profile_may_be_its_own_source_if_it_holds_a_key() {
    let key = "aws_access_key_id = AKIAkey\naws_secret_access_key = hush-key\n";
    let own = format!("[default]\nrole_arn = arn:r\nsource_profile = default\n{key}");
    let transport = FakeTransport::silent().answers(200, grant("AssumeRole"));
    assert_found(ask(&config(&own), &transport).await, ROLE, CONFIG);
    assert!(header(&transport, 0, "authorization").unwrap().contains("=AKIAkey/"));
    // As the source of another profile it is its key, and its own role is left alone.
    let text = format!("{own}[profile top]\nrole_arn = arn:top\nsource_profile = default\n");
    let transport = FakeTransport::silent().answers(200, grant("AssumeRole"));
    let found = find("aws", Some("top"), &config(&text), &transport, &FakeClock::new()).await;
    assert_found(found, ROLE, "profile `top` of ~/.aws/config");
    assert_eq!(transport.seen().len(), 1);
    assert!(body(&transport, 0).contains("arn%3Atop"));
}

#[tokio::test]
async fn a_role_without_a_sound_source_is_an_error() {
    let role = "[default]\nrole_arn = arn:r\n";
    let circle = "[profile a]\nrole_arn = arn:a\nsource_profile = default\n";
    for (text, message) in [
        (role.to_owned(), "`source_profile` or `credential_source` is missing".to_owned()),
        (
            format!("{role}aws_access_key_id = A\naws_secret_access_key = hush\n"),
            "`source_profile` or `credential_source` is missing".to_owned(),
        ),
        (
            format!("{role}source_profile = a\ncredential_source = Environment\n"),
            "both `source_profile` and `credential_source` are set".to_owned(),
        ),
        (
            format!("{role}credential_source = Ec2Instance\n"),
            "credential_source `Ec2Instance` is not supported".to_owned(),
        ),
        (
            format!("{role}source_profile = default\n"),
            "the profiles `default` → `default` go in a circle".to_owned(),
        ),
        (
            format!("{role}source_profile = gone\n"),
            "there is no profile `gone` (there are default)".to_owned(),
        ),
        (
            format!("{role}credential_source = Environment\nmfa_serial = arn:mfa\n"),
            "`mfa_serial` is set: the role requires an MFA code, and this program does not ask for one".to_owned(),
        ),
        (
            format!("{role}credential_source = Environment\n"),
            "`AWS_ACCESS_KEY_ID` is missing".to_owned(),
        ),
        (
            format!("{role}credential_source = EcsContainer\n"),
            "`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` is missing".to_owned(),
        ),
    ] {
        assert_fails(look(&config(&text)).await, INVALID, &format!("{CONFIG}: {message}"));
    }
    let message =
        "profile `a` of ~/.aws/config: the profiles `default` → `a` → `default` go in a circle";
    let system = config(&format!("{role}source_profile = a\n{circle}"));
    assert_fails(look(&system).await, INVALID, message);
    let message =
        "profile `a` of ~/.aws/config: `aws_access_key_id` and `aws_secret_access_key` are missing";
    let system = config(&format!("{role}source_profile = a\n[profile a]\nregion = x\n"));
    assert_fails(look(&system).await, INVALID, message);
    let error =
        look(&config(&format!("{role}source_profile = a\nmfa_serial = 1\n"))).await.unwrap_err();
    assert!(error.hint().contains("export-credentials --profile default"), "{}", error.hint());
}

#[tokio::test]
async fn a_role_may_be_assumed_with_the_credential_of_a_place() {
    let text =
        |place: &str| format!("[profile ci]\nrole_arn = arn:r\ncredential_source = {place}\n");
    let clock = FakeClock::new();
    let system = with_key().with_file("~/.aws/config", text("Environment"));
    let transport = FakeTransport::silent().answers(200, grant("AssumeRole"));
    let found = find("aws", Some("ci"), &system, &transport, &clock).await;
    assert_found(found, ROLE, "profile `ci` of ~/.aws/config");
    assert!(header(&transport, 0, "authorization").unwrap().contains("=AKIAenv/"));

    let system = config(&text("EcsContainer"))
        .with_var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1");
    let transport = FakeTransport::silent().answers(200, ISSUED).answers(200, grant("AssumeRole"));
    let found = find("aws", Some("ci"), &system, &transport, &clock).await;
    assert_found(found, ROLE, "profile `ci` of ~/.aws/config");
    assert_eq!(transport.lines()[0], "GET http://169.254.170.2/v2/credentials/1");

    let transport = FakeTransport::silent()
        .answers(200, "session")
        .answers(200, "machine")
        .answers(200, ISSUED)
        .answers(200, grant("AssumeRole"));
    let system = config(&text("Ec2InstanceMetadata"));
    let found = find("aws", Some("ci"), &system, &transport, &clock).await;
    assert_found(found, ROLE, "profile `ci` of ~/.aws/config");
    assert_eq!(header(&transport, 3, "x-amz-security-token").unwrap(), "TOKEN");
}

#[tokio::test]
async fn every_refusal_of_the_token_service_has_a_kind() {
    let system = config(
        "[default]\nrole_arn = arn:r\nsource_profile = default\naws_access_key_id = A\naws_secret_access_key = hush\n",
    );
    for (status, code, kind, tries) in [
        (403, "InvalidClientTokenId", ErrorKind::CredentialsRejected, 1),
        (403, "SignatureDoesNotMatch", ErrorKind::CredentialsRejected, 1),
        (403, "AccessDenied", ErrorKind::PermissionDenied, 1),
        (403, "ExpiredToken", ErrorKind::CredentialsExpired, 1),
        (400, "ValidationError", ErrorKind::CredentialsRejected, 1),
        (400, "SomethingNew", ErrorKind::CredentialsRejected, 1),
        (400, "Throttling", ErrorKind::Throttled, 3),
        (503, "ServiceUnavailable", ErrorKind::Unavailable, 3),
    ] {
        let answer = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>{code}</Code><Message>words</Message></Error><RequestId>R2</RequestId></ErrorResponse>"
        );
        let transport = (0..3)
            .fold(FakeTransport::silent(), |transport, _| transport.answers(status, &*answer));
        let error = ask(&system, &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (kind, tries), "{code}");
        let response = error.response().unwrap();
        assert_eq!(
            (&*response.code, &*response.message, response.request_id.as_deref()),
            (code, "words", Some("R2"))
        );
    }
    for body in ["", "<html>", "<AssumeRoleResponse/>", "{}", "<Credentials/>", "<!DOCTYPE a><a/>"]
    {
        let transport = FakeTransport::silent().answers(200, body);
        let error = ask(&system, &transport).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unexpected | INVALID), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_web_identity_is_exchanged_in_the_body_without_a_signature() {
    let job = FakeSystem::new().with_file("/run/token", "eyJ.hush+/=.sig\n");
    let in_variables = FakeSystem::new()
        .with_file("/run/token", "eyJ.hush+/=.sig\n")
        .with_var("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token")
        .with_var("AWS_ROLE_ARN", "arn:r")
        .with_var("AWS_ROLE_SESSION_NAME", "s")
        .with_var("AWS_REGION", "us-gov-west-1");
    // The token counts before the source that the role would otherwise need.
    let in_profile = job.with_file(
        "~/.aws/config",
        "[default]\nweb_identity_token_file = /run/token\nrole_arn = arn:r\nrole_session_name = s\n\
         region = us-gov-west-1\n",
    );
    for (system, source) in [(in_variables, "`AWS_WEB_IDENTITY_TOKEN_FILE`"), (in_profile, CONFIG)]
    {
        let transport = FakeTransport::silent().answers(200, grant("AssumeRoleWithWebIdentity"));
        assert_found(ask(&system, &transport).await, ROLE, source);
        assert_eq!(transport.lines(), ["POST https://sts.us-gov-west-1.amazonaws.com/"]);
        assert_eq!(header(&transport, 0, "authorization"), None);
        let mut pairs: Vec<String> = body(&transport, 0).split('&').map(str::to_owned).collect();
        pairs.sort();
        assert_eq!(
            pairs,
            [
                "Action=AssumeRoleWithWebIdentity",
                "DurationSeconds=3600",
                "RoleArn=arn%3Ar",
                "RoleSessionName=s",
                "Version=2011-06-15",
                "WebIdentityToken=eyJ.hush%2B%2F%3D.sig",
            ]
        );
    }
    let system = FakeSystem::new().with_var("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token");
    let message = "the OIDC variables: `AWS_ROLE_ARN` is missing";
    assert_fails(look(&system).await, INVALID, message);
    // A role alone means nothing: other tools read it too.
    let system = FakeSystem::new().with_var("AWS_ROLE_ARN", "arn:r");
    assert_eq!(look(&system).await.unwrap_err().kind(), ErrorKind::NoCredentials);
    let expired = "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>m</Message></Error></ErrorResponse>";
    let system = FakeSystem::new()
        .with_var("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")
        .with_var("AWS_ROLE_ARN", "arn:r")
        .with_file("/t", "eyJ");
    let error = ask(&system, &FakeTransport::silent().answers(400, expired)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialsExpired);
    assert!(error.hint().contains("fetch a new one"), "{}", error.hint());
}

const SESSION: &str = "[profile ci]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Deploy\n\
                       [sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n";
const OLDER: &str = "[profile ci]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
                     sso_account_id = 123456789012\nsso_role_name = Deploy\n";

fn login(name: &str, expires: &str) -> (String, String) {
    use sha1::{Digest as _, Sha1};
    let hash = keyimport::encode::hex(&Sha1::digest(name.as_bytes()));
    let text = format!(
        r#"{{"accessToken": "hush-login", "expiresAt": "{expires}", "region": "eu-west-1", "startUrl": "x"}}"#
    );
    (format!("~/.aws/sso/cache/{hash}.json"), text)
}

#[tokio::test]
async fn a_login_is_exchanged_for_the_role_of_an_account() {
    // 2026-01-15 09:09:10 UTC, in milliseconds.
    let answer = r#"{"roleCredentials": {"accessKeyId": "ASIArole", "secretAccessKey": "hush", "sessionToken": "TOKEN",
        "expiration": 1768468150000}}"#;
    for (text, name, expires, region, host) in [
        (
            SESSION,
            "corp",
            "2026-01-15T08:09:11Z",
            "eu-west-1",
            "portal.sso.eu-west-1.amazonaws.com",
        ),
        (
            SESSION,
            "corp",
            "2026-01-15T10:00:00Z",
            "cn-north-1",
            "portal.sso.cn-north-1.amazonaws.com.cn",
        ),
        (
            OLDER,
            "https://corp.example/start",
            "2026-01-15T08:09:11UTC",
            "eu-west-1",
            "portal.sso.eu-west-1.amazonaws.com",
        ),
    ] {
        let (path, token) = login(name, expires);
        let system = config(&text.replace("eu-west-1", region)).with_file(&path, token);
        let transport = FakeTransport::silent().answers(200, answer);
        let found = find("aws", Some("ci"), &system, &transport, &FakeClock::new()).await;
        let expires = found.as_ref().unwrap().credential.expires.unwrap();
        assert_eq!(expires.to_rfc3339(), "2026-01-15T09:09:10+00:00");
        assert_found(found, ROLE, "profile `ci` of ~/.aws/config");
        let query = "role_name=Deploy&account_id=123456789012";
        assert_eq!(
            transport.lines(),
            [format!("GET https://{host}/federation/credentials?{query}")]
        );
        assert_eq!(header(&transport, 0, "x-amz-sso_bearer_token").unwrap(), "hush-login");
        assert_eq!(header(&transport, 0, "authorization"), None);
    }
}

#[tokio::test]
async fn a_login_that_is_over_says_how_to_log_in() {
    let hint = "`aws sso login --profile ci` renews it";
    let (path, token) = login("corp", "2026-01-15T08:09:10Z");
    for (system, message) in [
        (config(SESSION), "there is no login in `~/.aws/sso/cache`"),
        (
            config(SESSION).with_file(&path, &*token),
            "the credential of the login expired at 2026-01-15 08:09:10 UTC",
        ),
        (config(SESSION).with_file(&path, "{}"), "there is no credential of a login"),
        (
            config(SESSION).with_file(&path, r#"{"accessToken": "hush"}"#),
            "the login has no expiration",
        ),
    ] {
        let error = look_for("ci", &system).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CredentialsExpired);
        assert_eq!(error.message(), format!("profile `ci` of ~/.aws/config: {message}"));
        assert_eq!(error.hint(), hint);
        assert_eq!(CHINESE.show(error.hint()), "`aws sso login --profile ci` 可重新登录");
    }
    let (path, token) = login("corp", "2026-01-15T09:09:10Z");
    for (status, kind, tries) in [
        (401, ErrorKind::CredentialsExpired, 1),
        (403, ErrorKind::PermissionDenied, 1),
        (404, INVALID, 1),
        (429, ErrorKind::Throttled, 3),
        (500, ErrorKind::Unavailable, 3),
        (200, INVALID, 1),
    ] {
        let transport = (0..3).fold(FakeTransport::silent(), |all, _| {
            all.answers(status, "{\"message\": \"hush-login\"}")
        });
        let system = config(SESSION).with_file(&path, &*token);
        let error =
            find("aws", Some("ci"), &system, &transport, &FakeClock::new()).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (kind, tries), "{status}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        assert_eq!(error.hint() == hint, status == 401, "{status}: {}", error.hint());
    }
}

#[tokio::test]
async fn settings_of_a_login_that_do_not_fit_are_an_error() {
    for (text, message) in [
        (
            SESSION.replace("[sso-session corp]", "[sso-session other]"),
            "there is no section `[sso-session corp]`",
        ),
        (SESSION.replace("sso_account_id = 123456789012\n", ""), "`sso_account_id` is missing"),
        (SESSION.replace("sso_role_name = Deploy\n", ""), "`sso_role_name` is missing"),
        (SESSION.replace("sso_region = eu-west-1\n", ""), "`sso_region` is missing"),
        (
            SESSION.replace("sso_session = corp", "sso_session = corp\nsso_region = us-east-1"),
            "`sso_region` is not the same in the profile and in its `sso-session`",
        ),
        (
            SESSION.replace("eu-west-1", "eu/west"),
            "`… (sso_region, 7 characters)` cannot be a region id",
        ),
    ] {
        let message = format!("profile `ci` of ~/.aws/config: {message}");
        assert_fails(look_for("ci", &config(&text)).await, INVALID, &message);
    }
    // A session without account and role is none of the credential's business.
    let text =
        "[profile ci]\nsso_session = corp\naws_access_key_id = A\naws_secret_access_key = hush\n";
    assert_eq!(look_for("ci", &config(text)).await.unwrap().credential.id, "A");
}

#[tokio::test]
async fn a_console_login_is_used_while_it_lasts() {
    use sha2::{Digest as _, Sha256};
    let session = "arn:aws:iam::1:user/me";
    let name = format!("{}.json", keyimport::encode::hex(&Sha256::digest(session.as_bytes())));
    let cache = |expires: &str| {
        format!(
            r#"{{"accessToken": {{"accessKeyId": "ASIArole", "secretAccessKey": "hush", "sessionToken": "TOKEN",
                "accountId": "1", "expiresAt": "{expires}"}}, "refreshToken": "hush", "dpopKey": "hush"}}"#
        )
    };
    let text = format!("[default]\nlogin_session = {session}\n");
    let system = config(&text)
        .with_file(&format!("~/.aws/login/cache/{name}"), cache("2026-01-15T08:20:00Z"));
    let found = look(&system).await;
    let expires = found.as_ref().unwrap().credential.expires.unwrap();
    assert_eq!(expires.to_rfc3339(), "2026-01-15T08:20:00+00:00");
    assert_found(found, ROLE, CONFIG);
    // The folder is that of the home directory, wherever the profiles are, unless a variable names it.
    let system = FakeSystem::new()
        .with_file("/etc/aws/config", &*text)
        .with_var("AWS_CONFIG_FILE", "/etc/aws/config")
        .with_file(&format!("~/.aws/login/cache/{name}"), cache("2026-01-15T08:20:00Z"));
    assert_found(look(&system).await, ROLE, "profile `default` of /etc/aws/config");
    let system = config(&text)
        .with_var("AWS_LOGIN_CACHE_DIRECTORY", "/run/login")
        .with_file(&format!("/run/login/{name}"), cache("2026-01-15T08:20:00Z"));
    assert_found(look(&system).await, ROLE, CONFIG);
    for (cache, message) in [
        (None, "there is no login in `~/.aws/login/cache`"),
        (
            Some(cache("2026-01-15T08:00:00Z")),
            "the credential of the login expired at 2026-01-15 08:00:00 UTC",
        ),
        (Some("{}".to_owned()), "there is no credential of a login"),
    ] {
        let system = cache.into_iter().fold(config(&text), |all, cache| {
            all.with_file(&format!("~/.aws/login/cache/{name}"), cache)
        });
        let error = look(&system).await.unwrap_err();
        assert_eq!(error.message(), format!("{CONFIG}: {message}"));
        assert_eq!(error.hint(), "`aws login --profile default` renews it");
    }
}

#[tokio::test]
async fn a_program_prints_its_version() {
    let text = "[default]\ncredential_process = \"/opt/my tool\" --role \"a b\"\n";
    let output = r#"{"Version": 1, "AccessKeyId": "ASIArole", "SecretAccessKey": "hush", "SessionToken": "TOKEN",
        "Expiration": "2026-01-15T09:09:10Z"}"#;
    let system = config(text).with_output(output);
    let found = look(&system).await;
    assert!(found.as_ref().unwrap().credential.expires.is_some());
    assert_found(found, ROLE, CONFIG);
    assert_eq!(system.runs()[0].0, ["/opt/my tool", "--role", "a b"]);
    // The quotes around it are those of its words.
    for (line, words) in [
        ("\"/opt/my tool\"", &["/opt/my tool"][..]),
        ("\"/opt/my tool\" --role \"a b\"", &["/opt/my tool", "--role", "a b"]),
        ("\"/opt/my tool\" \"get\"  # as the manual says", &["/opt/my tool", "get"]),
    ] {
        let text = format!("[default]\ncredential_process = {line}\n");
        let system = config(&text).with_output(output);
        assert_found(look(&system).await, ROLE, CONFIG);
        assert_eq!(system.runs()[0].0, words, "{line}");
    }
    let key = r#"{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "hush"}"#;
    assert_found(look(&config(text).with_output(key)).await, ("AKIA", "hush", None), CONFIG);
    for (output, why) in [
        (key.replace('1', "2"), "its `Version` is not 1"),
        (key.replace("\"Version\": 1, ", ""), "it is not JSON with `Version`"),
        ("hush".to_owned(), "it is not JSON with `Version`"),
        (r#"{"Version": 1}"#.to_owned(), "it is not JSON with `AccessKeyId`"),
        (
            r#"{"Version": 1, "AccessKeyId": "A"}"#.to_owned(),
            "`AccessKeyId` is set and `SecretAccessKey` is missing",
        ),
    ] {
        let message = format!("{CONFIG}: the output of `credential_process`: {why}");
        assert_fails(look(&config(text).with_output(&output)).await, INVALID, &message);
    }
    let error = look(&config(text).with_failure("exit status: 1")).await.unwrap_err();
    assert!(error.message().contains("the program of `credential_process` failed"), "{error}");
}

#[tokio::test]
async fn a_container_is_asked_where_its_platform_says() {
    let path = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    let uri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    for (variables, line, authorization) in [
        (&[(path, "/v2/x?id=1")][..], "http://169.254.170.2/v2/x?id=1", None),
        (&[(path, "/v2/x"), (uri, "https://other.example/")], "http://169.254.170.2/v2/x", None),
        (
            &[(uri, "http://169.254.170.23/v1/credentials")],
            "http://169.254.170.23/v1/credentials",
            None,
        ),
        (&[(uri, "http://[fd00:ec2::23]/v1")], "http://[fd00:ec2::23]/v1", None),
        (&[(uri, "http://127.0.0.5:51679/x")], "http://127.0.0.5:51679/x", None),
        (&[(uri, "http://localhost/x")], "http://localhost/x", None),
        (&[(uri, "https://host.example:8443/x")], "https://host.example:8443/x", None),
        (
            &[(uri, "http://[::1]:1/x"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic hush==")],
            "http://[::1]:1/x",
            Some("Basic hush=="),
        ),
        (
            &[
                (path, "/x"),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush-variable"),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/run/token"),
            ],
            "http://169.254.170.2/x",
            Some("hush-file"),
        ),
    ] {
        let system = FakeSystem::new().with_file("/run/token", "hush-file");
        let system = variables.iter().fold(system, |all, (name, value)| all.with_var(name, value));
        let transport = FakeTransport::silent().answers(200, ISSUED);
        let found = ask(&system, &transport).await;
        let Found { credential, warnings, .. } = found.as_ref().unwrap();
        assert_eq!(credential.expires.unwrap().to_rfc3339(), "2026-01-15T14:09:10+00:00");
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_found(found, ROLE, &format!("`{}`", variables[0].0));
        assert_eq!(transport.lines(), [format!("GET {line}")]);
        assert_eq!(header(&transport, 0, "authorization").as_deref(), authorization);
    }
    for (variables, message) in [
        (&[(path, "v2/x")][..], format!("`{path}` does not begin with `/`")),
        (
            &[(uri, "http://10.0.0.1/hush")],
            format!("`{uri}`: `10.0.0.1` is not a host that may be asked over plain http"),
        ),
        (
            &[(uri, "http://localhost.example/hush")],
            format!("`{uri}`: `localhost.example` is not a host that may be asked over plain http"),
        ),
        (
            &[(path, "/x"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/gone")],
            format!(
                "`{path}`: `/gone` (named by `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`) is not there"
            ),
        ),
        (
            &[(path, "/x"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\r\nx-other: 1")],
            format!(
                "`{path}`: the token of `AWS_CONTAINER_AUTHORIZATION_TOKEN` holds a control character or one outside ASCII"
            ),
        ),
    ] {
        let system = variables
            .iter()
            .fold(FakeSystem::new(), |all, (name, value)| all.with_var(name, value));
        let transport = FakeTransport::silent();
        assert_fails(ask(&system, &transport).await, INVALID, &message);
        assert!(transport.seen().is_empty());
    }
    let system = FakeSystem::new().with_var(path, "/x");
    let transport = FakeTransport::silent().answers(404, "hush");
    let message = format!("`{path}`: the credentials URI gave no credential (HTTP 404)");
    assert_fails(ask(&system, &transport).await, INVALID, &message);
}

#[tokio::test]
async fn version_1_of_instance_metadata_is_used_only_where_there_is_no_version_2() {
    for status in [403, 404, 405] {
        let transport =
            FakeTransport::silent().answers(status, "").answers(200, "ci").answers(200, ISSUED);
        assert_found(ask(&FakeSystem::new(), &transport).await, ROLE, "instance role `ci`");
        assert_eq!(header(&transport, 1, "x-aws-ec2-metadata-token"), None);
        let transport = FakeTransport::silent().answers(status, "").answers(200, "ci");
        let system = FakeSystem::new().with_var("AWS_EC2_METADATA_V1_DISABLED", "true");
        let error = ask(&system, &transport).await.unwrap_err();
        assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 1));
    }
    for status in [400, 401, 200] {
        let transport =
            FakeTransport::silent().answers(status, "").answers(200, "ci").answers(200, ISSUED);
        let error = ask(&FakeSystem::new(), &transport).await.unwrap_err();
        assert_eq!(
            (error.kind(), transport.seen().len()),
            (ErrorKind::NoCredentials, 1),
            "{status}"
        );
    }
    // A token is not left out because a request with it failed.
    let transport =
        FakeTransport::silent().answers(200, "session").answers(401, "").answers(200, "ci");
    let error = ask(&FakeSystem::new(), &transport).await.unwrap_err();
    assert_eq!((error.kind(), transport.seen().len()), (ErrorKind::NoCredentials, 2));
}

#[tokio::test]
async fn variables_move_instance_metadata() {
    let (endpoint, mode) =
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    for (variables, origin) in [
        (&[][..], "http://169.254.169.254"),
        (&[(mode, "IPv4")], "http://169.254.169.254"),
        (&[(mode, "ipv6")], "http://[fd00:ec2::254]"),
        (&[(endpoint, "http://127.0.0.1:1338/")], "http://127.0.0.1:1338"),
        (&[(endpoint, "http://[fd00:ec2::254]"), (mode, "IPv4")], "http://[fd00:ec2::254]"),
    ] {
        let system = variables
            .iter()
            .fold(FakeSystem::new(), |all, (name, value)| all.with_var(name, value));
        let transport =
            FakeTransport::silent().answers(200, "session").answers(200, "ci").answers(200, ISSUED);
        assert_found(ask(&system, &transport).await, ROLE, "instance role `ci`");
        let below = "/latest/meta-data/iam/security-credentials/";
        assert_eq!(
            transport.lines(),
            [
                format!("PUT {origin}/latest/api/token"),
                format!("GET {origin}{below}"),
                format!("GET {origin}{below}ci")
            ]
        );
        assert_eq!(header(&transport, 0, "x-aws-ec2-metadata-token-ttl-seconds").unwrap(), "21600");
        assert_eq!(header(&transport, 2, "x-aws-ec2-metadata-token").unwrap(), "session");
    }
    for (name, value, message) in [
        (mode, "dual", format!("`{mode}` is `dual`, not `IPv4` or `IPv6`")),
        (
            endpoint,
            "http://127.0.0.1/latest",
            format!("`{endpoint}` is `http://127.0.0.1/latest`, which is not `http://HOST[:PORT]`"),
        ),
        (
            endpoint,
            "127.0.0.1",
            format!("`{endpoint}` is `127.0.0.1`, which is not `http://HOST[:PORT]`"),
        ),
        (
            endpoint,
            "http://127.0.0.1:99999",
            format!("`{endpoint}` is `http://127.0.0.1:99999`, which is not `http://HOST[:PORT]`"),
        ),
    ] {
        let system = FakeSystem::new().with_var(name, value);
        assert_fails(look(&system).await, INVALID, &message);
    }
    let system = FakeSystem::new().with_var("AWS_EC2_METADATA_DISABLED", "true");
    let error = look(&system).await.unwrap_err();
    assert!(error.message().contains("disabled by `AWS_EC2_METADATA_DISABLED`"), "{error}");
}
