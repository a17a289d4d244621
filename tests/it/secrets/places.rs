//! The search for credentials: broken files, misplaced values, and token services that repeat what they get.

use std::fmt::Write as _;
use std::sync::Arc;

use keyimport::credentials::CredentialCache;
use keyimport::ports::{FileState, ProvideCredential as _, Transport};
use keyimport::provider;

use super::echo::Form;
use super::engine::everywhere;
use super::{Hidden, ID, OIDC, SECRET, TOKEN};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport, LAYOUT, NoObserver};

/// A token service that sends everything back.
fn echo(cloud: &'static str, form: Form, status: u16) -> FakeTransport {
    FakeTransport::with(move |request, _| {
        let pairs = request.query.iter().chain(&request.headers);
        let mut texts: Vec<String> = pairs.map(|(_, value)| value.clone()).collect();
        let body = String::from_utf8_lossy(&request.body);
        texts.push(percent_encoding::percent_decode_str(&body).decode_utf8_lossy().into_owned());
        texts.push(format!(
            "{}{}",
            request.target(),
            keyimport::encode::percent(&request.target())
        ));
        Some(Ok(everywhere(cloud, form, status, &texts.join(" "))))
    })
}

/// Returns what a search shows: the error or the source and warnings, and all `Debug`.
pub(super) fn search(
    cloud: &str,
    system: FakeSystem,
    transport: impl Transport + 'static,
) -> String {
    let (system, transport) = (Arc::new(system), Arc::new(transport));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let cache = CredentialCache::new(
            provider::find(cloud).unwrap(),
            None,
            system,
            transport,
            Arc::new(FakeClock::new()),
            Arc::new(NoObserver),
            3,
        );
        let mut text = match cache.credential().await {
            Ok(credential) => {
                let mut text = format!("{credential:?} {} ", credential.short_id());
                if let Some(found) = cache.found().await {
                    for part in found.warnings.iter().chain([&found.source.into()]) {
                        text.push_str(&LAYOUT.note(part));
                    }
                }
                text
            }
            Err(error) => {
                format!("{} {error} {error:?}", LAYOUT.error("", &error))
            }
        };
        write!(text, "{cache:?}").unwrap();
        text
    })
}

const SSO: &str =
    "sso_start_url=https://corp.example\nsso_region=eu-west-1\nsso_account_id=1\nsso_role_name=r\n";
/// Where the token of that login is.
const SSO_CACHE: &str = "~/.aws/sso/cache/bf76a79a0d2919005ac43fa78017635692db6d30.json";

/// Settings that lead to a token service, as their tools write them.
fn exchanges() -> Vec<(&'static str, FakeSystem)> {
    let aliyun = |profile: String| {
        FakeSystem::new().with_file(
            "~/.aliyun/config.json",
            format!(r#"{{"current":"p","profiles":[{profile}]}}"#),
        )
    };
    let volcengine = |profile: String| {
        let text = format!(r#"{{"current":"p","profiles":{{"p":{profile}}}}}"#);
        FakeSystem::new().with_file("~/.volcengine/config.json", text)
    };
    let aws = |profile: String| {
        FakeSystem::new().with_file("~/.aws/config", format!("[default]\n{profile}"))
    };
    let role = r#""ram_role_arn":"acs:ram::1:role/r""#;
    vec![
        ("aliyun", aliyun(format!(r#"{{"name":"p","mode":"RamRoleArn","access_key_id":"{ID}","access_key_secret":"{SECRET}",{role}}}"#))),
        ("aliyun", aliyun(format!(r#"{{"name":"p","mode":"RamRoleArn","access_key_id":"{ID}","access_key_secret":"{SECRET}","sts_token":"{TOKEN}",{role}}}"#))),
        ("aliyun", aliyun(format!(r#"{{"name":"p","mode":"OIDC","oidc_provider_arn":"acs:ram::1:p","oidc_token_file":"/token",{role}}}"#)).with_file("/token", OIDC)),
        ("aliyun", aliyun(format!(r#"{{"name":"p","mode":"CredentialsURI","credentials_uri":"https://host.example/{OIDC}?key={SECRET}"}}"#))),
        ("aliyun", FakeSystem::new().with_file("~/.alibabacloud/credentials", format!("[default]\ntype=ram_role_arn\naccess_key_id={ID}\naccess_key_secret={SECRET}\nsecurity_token={TOKEN}\nrole_arn=acs:ram::1:role/r\n"))),
        ("volcengine", volcengine(format!(r#"{{"mode":"RamRoleArn","access-key":"{ID}","secret-key":"{SECRET}","session-token":"{TOKEN}","account-id":"1","role-name":"r"}}"#))),
        ("aws", aws(format!("role_arn=arn:r\nsource_profile=default\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}\nexternal_id=e\n"))),
        ("aws", aws("role_arn=arn:r\nweb_identity_token_file=/token\n".to_owned()).with_file("/token", OIDC)),
        ("aws", aws(SSO.to_owned()).with_file(SSO_CACHE, format!(r#"{{"accessToken":"{OIDC}","expiresAt":"2026-01-15T09:09:10Z"}}"#))),
        ("aws", FakeSystem::new().with_var("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("https://host.example/{SECRET}?key={TOKEN}")).with_var("AWS_CONTAINER_AUTHORIZATION_TOKEN", OIDC)),
        ("tencent", FakeSystem::new().with_file("~/.tccli/default.credential", format!(r#"{{"secretId":"{ID}","secretKey":"{SECRET}","token":"{TOKEN}","role-arn":"qcs::cam::uin/1:roleName/r"}}"#))),
        ("tencent", ["TKE_PROVIDER_ID", "TKE_ROLE_ARN"].iter().fold(FakeSystem::new(), |system, name| system.with_var(name, "r")).with_var("TKE_WEB_IDENTITY_TOKEN_FILE", "/token").with_file("/token", OIDC)),
        ("volcengine", volcengine(r#"{"mode":"OIDC","role-trn":"trn:iam::1:role/r","oidc-token-file":"/token"}"#.to_owned()).with_file("/token", OIDC)),
    ]
}

#[test]
fn nothing_that_a_token_service_repeats_is_shown() {
    let hidden = Hidden::new(&[SECRET, TOKEN, OIDC]);
    for form in Form::ALL {
        for status in [200, 403, 500] {
            for (number, (cloud, system)) in exchanges().into_iter().enumerate() {
                let text = search(cloud, system, echo(cloud, form, status));
                hidden.check(&format!("{cloud} {number} {form:?} {status}"), &text);
            }
        }
    }
}

#[test]
fn what_a_token_service_grants_is_not_shown() {
    let hidden = Hidden::new(&[SECRET, TOKEN]);
    // Granted in part, in the wrong form, or with what no header carries.
    for (secret, token) in
        [(SECRET, ""), ("", TOKEN), (SECRET, TOKEN), (SECRET, "CAISz+tOkEn/of==no\\nbody")]
    {
        for names in [
            r#""AccessKeyId":"STS.x","AccessKeySecret":"S","SecurityToken":"T","SecretAccessKey":"S","SessionToken":"T","Token":"T","accessKeyId":"x","secretAccessKey":"S","sessionToken":"T","#,
            r#""AccessKeyId":["S","T"],"AccessKeySecret":{"S":"T"},"#,
            r#""AccessKeyId":"S","SecretAccessKey":"S","AccessKeySecret":"T","#,
        ] {
            let inner = names
                .replace("\"S\"", &format!("\"{secret}\""))
                .replace("\"T\"", &format!("\"{token}\""));
            let body = format!(
                r#"{{"Code":"Success",{inner}"Credentials":{{{inner}"Expiration":"2026-01-15T09:09:10Z"}},"Result":{{"Credentials":{{{inner}"ExpiredTime":"x"}}}},"roleCredentials":{{{inner}"expiration":1}}}}"#
            );
            let xml = format!(
                "<AssumeRoleResponse><Credentials><AccessKeyId>x</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
                 <SessionToken>{token}</SessionToken></Credentials></AssumeRoleResponse>"
            );
            for (number, (cloud, system)) in exchanges().into_iter().enumerate() {
                let is_xml = cloud == "aws" && number.is_multiple_of(2);
                let transport =
                    FakeTransport::silent().answers(200, if is_xml { &*xml } else { &*body });
                hidden
                    .check(&format!("{cloud} {number} {names}"), &search(cloud, system, transport));
                let (session, role) = ("a-session-of-the-metadata", "role");
                let metadata = FakeTransport::silent()
                    .answers(200, session)
                    .answers(200, role)
                    .answers(200, body.as_str());
                hidden.check("metadata", &search(cloud, FakeSystem::new(), metadata));
            }
        }
    }
}

/// Every file that is looked at, whole and sound.
fn files() -> Vec<(&'static str, &'static str, String)> {
    let json =
        |text: &str| text.replace("ID", ID).replace("SECRET", SECRET).replace("TOKEN", TOKEN);
    vec![
        (
            "aliyun",
            "~/.aliyun/config.json",
            json(
                r#"{"current":"p","profiles":[{"name":"p","mode":"StsToken","access_key_id":"ID","access_key_secret":"SECRET","sts_token":"TOKEN"}]}"#,
            ),
        ),
        (
            "aliyun",
            "~/.alibabacloud/credentials",
            json(
                "[default]\ntype = access_key\naccess_key_id = ID\naccess_key_secret = SECRET\nsecurity_token = TOKEN\n",
            ),
        ),
        (
            "aliyun",
            "~/.alibabacloud/credentials.ini",
            json("[default]\naccess_key_id = ID\naccess_key_secret = SECRET\n"),
        ),
        (
            "volcengine",
            "~/.volcengine/config.json",
            json(
                r#"{"current":"p","profiles":{"p":{"mode":"StsToken","access-key":"ID","secret-key":"SECRET","session-token":"TOKEN"}}}"#,
            ),
        ),
        (
            "volcengine",
            "~/.volc/credentials",
            json("[default]\naccess_key_id=ID\nsecret_access_key=SECRET\nsession_token=TOKEN\n"),
        ),
        (
            "volcengine",
            "~/.volc/config",
            json(r#"{"ak":"ID","sk":"SECRET","session_token":"TOKEN"}"#),
        ),
        (
            "volcengine",
            "~/.volcengine/credentials",
            json("[default]\nvolcstack_access_key_id=ID\nvolcstack_secret_access_key=SECRET\n"),
        ),
        (
            "baidu",
            "~/.bce/config.json",
            json(
                r#"{"current":"p","profiles":[{"name":"p","mode":"StsToken","access_key_id":"ID","secret_access_key":"SECRET","security_token":"TOKEN"}]}"#,
            ),
        ),
        (
            "baidu",
            "~/.go-bcecli/credentials",
            json("[defaults]\nAk = ID\nSk = SECRET\nSts = TOKEN\n"),
        ),
        ("baidu", "~/.baidubce/credentials", json("[defaults]\nAk = ID\nSk = SECRET\n")),
        (
            "aws",
            "~/.aws/credentials",
            json(
                "[default]\naws_access_key_id = ID\naws_secret_access_key = SECRET\naws_session_token = TOKEN\n",
            ),
        ),
        (
            "aws",
            "~/.aws/config",
            json(
                "[default]\nrole_arn = arn:r\nsource_profile = a\n[profile a]\naws_access_key_id = ID\naws_secret_access_key = SECRET\naws_session_token = TOKEN\n",
            ),
        ),
        (
            "tencent",
            "~/.tccli/default.credential",
            json(r#"{"secretId":"ID","secretKey":"SECRET","token":"TOKEN","type":"default"}"#),
        ),
        (
            "tencent",
            "~/.tencentcloud/credentials",
            json("[default]\nsecret_id = ID\nsecret_key = SECRET\n"),
        ),
    ]
}

#[test]
fn no_file_is_quoted_however_it_is_broken() {
    let hidden = Hidden::new(&[SECRET, TOKEN]);
    let mut errors = 0;
    for (cloud, path, text) in files() {
        let mut broken: Vec<String> = (0..text.len()).map(|end| text[..end].to_owned()).collect();
        broken.extend([
            text.clone(),
            text.replace('"', ""),
            text.replace('"', "'"),
            text.replace(':', "="),
            text.replace('=', ":"),
            text.replace(SECRET, &format!("{SECRET}\u{7}")),
            text.replace(SECRET, &format!("{SECRET}é")),
            text.replace(SECRET, &format!("{SECRET}\n{TOKEN}")),
            text.replace(&format!("\"{SECRET}\""), &format!("[\"{SECRET}\"]")),
            text.replace(ID, ""),
            text.replace("[default", "[other"),
            text.replace("StsToken", "AK"),
            text.replace(['{', '}'], ""),
            text.replace("\"p\"", "1"),
            format!("{text}{text}"),
            format!("[{text}"),
            SECRET.to_owned(),
            format!("\"{SECRET}\""),
            format!("[\"{SECRET}\", \"{TOKEN}\"]"),
            format!("{{\"profiles\": \"{SECRET}\"}}"),
        ]);
        for (number, text) in broken.iter().enumerate() {
            let system = FakeSystem::new().with_shared_file(path, text.as_str());
            let shown = search(cloud, system, FakeTransport::silent());
            errors += usize::from(shown.contains("error"));
            hidden.check(&format!("{path} {number}"), &shown);
        }
        let mut bytes = text.clone().into_bytes();
        bytes.push(0xff);
        for state in [
            FileState::Read { bytes, shared: true },
            FileState::Read {
                bytes: text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                shared: true,
            },
        ] {
            let system = FakeSystem::new();
            system.put(path, state);
            hidden.check(path, &search(cloud, system, FakeTransport::silent()));
        }
    }
    assert!(errors > 500, "{errors} broken files were errors");
}

/// Values of a secret where another one belongs.
fn misplaced(url: &str) -> Vec<(&'static str, Vec<(&'static str, &str)>)> {
    vec![
        (
            "aliyun",
            vec![("ALIBABA_CLOUD_ACCESS_KEY_ID", ID), ("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN)],
        ),
        ("aliyun", vec![("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)]),
        (
            "aliyun",
            vec![
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", ID),
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "Zk3+sEcReT/of no=body~9QxL0aV"),
            ],
        ),
        (
            "aliyun",
            vec![
                ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", OIDC),
                ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"),
                ("ALIBABA_CLOUD_ROLE_ARN", "r"),
            ],
        ),
        (
            "aliyun",
            vec![
                ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token"),
                ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"),
                ("ALIBABA_CLOUD_ROLE_ARN", "r"),
                ("ALIBABA_CLOUD_STS_ENDPOINT", url),
            ],
        ),
        ("aliyun", vec![("ALIBABA_CLOUD_CREDENTIALS_URI", url)]),
        (
            "volcengine",
            vec![("VOLCENGINE_SECRET_KEY", SECRET), ("VOLCENGINE_SESSION_TOKEN", TOKEN)],
        ),
        (
            "volcengine",
            vec![("VOLCENGINE_OIDC_TOKEN_FILE", OIDC), ("VOLCENGINE_OIDC_ROLE_TRN", "r")],
        ),
        (
            "volcengine",
            vec![
                ("VOLCENGINE_OIDC_TOKEN_FILE", "/token"),
                ("VOLCENGINE_OIDC_ROLE_TRN", "r"),
                ("VOLCENGINE_OIDC_STS_ENDPOINT", url),
            ],
        ),
        (
            "tencent",
            vec![("TENCENTCLOUD_SECRET_KEY", SECRET), ("TENCENTCLOUD_SECURITY_TOKEN", TOKEN)],
        ),
        (
            "tencent",
            vec![
                ("TKE_WEB_IDENTITY_TOKEN_FILE", OIDC),
                ("TKE_PROVIDER_ID", "p"),
                ("TKE_ROLE_ARN", "r"),
            ],
        ),
        (
            "tencent",
            vec![
                ("TKE_WEB_IDENTITY_TOKEN_FILE", "/token"),
                ("TKE_PROVIDER_ID", "p"),
                ("TKE_ROLE_ARN", "r"),
                ("TKE_REGION", url),
            ],
        ),
        ("baidu", vec![("BCE_SECRET_ACCESS_KEY", SECRET), ("BAIDUCLOUD_SESSION_TOKEN", TOKEN)]),
        ("aws", vec![("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_SECURITY_TOKEN", TOKEN)]),
        ("aws", vec![("AWS_WEB_IDENTITY_TOKEN_FILE", OIDC), ("AWS_ROLE_ARN", "r")]),
        (
            "aws",
            vec![
                ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
                ("AWS_ROLE_ARN", "r"),
                ("AWS_ENDPOINT_URL_STS", url),
            ],
        ),
        ("aws", vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)]),
        ("aws", vec![("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", SECRET)]),
        (
            "aws",
            vec![
                ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Zk3+sEcReT/of\nno=body~9QxL0aV"),
            ],
        ),
        (
            "aws",
            vec![
                ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", SECRET),
            ],
        ),
        ("aws", vec![("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)]),
        ("aws", vec![("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", SECRET)]),
    ]
}

#[test]
fn a_value_in_the_wrong_place_is_not_shown() {
    let hidden = Hidden::new(&[SECRET, TOKEN, OIDC]);
    let url = format!("https://user:{SECRET}@sts.example.com");
    for (cloud, variables) in misplaced(&url) {
        let system = FakeSystem::new().with_file("/token", OIDC);
        let system =
            variables.iter().fold(system, |system, (name, value)| system.with_var(name, value));
        let shown = search(cloud, system, FakeTransport::silent());
        assert!(shown.contains("error"), "{variables:?}: {shown}");
        hidden.check(&format!("{cloud} {variables:?}"), &shown);
    }
}

#[test]
fn a_program_that_prints_credentials_is_not_quoted() {
    let hidden = Hidden::new(&[SECRET, TOKEN]);
    let config = r#"{"profiles":[{"name":"default","mode":"External","process_command":"tool"}]}"#;
    for printed in [
        format!(r#"{{"mode":"StsToken","access_key_id":"x","access_key_secret":"{SECRET}"}}"#),
        format!(r#"{{"mode":"{SECRET}","#),
        format!("access_key_secret={SECRET}"),
        format!(r#"{{"mode":"AK","access_key_id":"x","access_key_secret":"{SECRET} {TOKEN}"}}"#),
    ] {
        let system =
            FakeSystem::new().with_file("~/.aliyun/config.json", config).with_output(&printed);
        let shown = search("aliyun", system, FakeTransport::silent());
        assert!(shown.contains("error"), "{printed}: {shown}");
        hidden.check(&printed, &shown);
    }
}
