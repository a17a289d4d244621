//! The files of the clouds' tools in their plain modes, profiles, the order among places, and regions.

use keyimport::error::ErrorKind;

use super::{assert_fails, assert_found, look, look_for, region};
use crate::doubles::FakeSystem;

const ALIYUN: &str = r#"{"current": "ci", "profiles": [
  {"name": "default", "mode": "AK", "access_key_id": "LTAIdefault", "access_key_secret": "hush1",
   "sts_token": "LEFTOVER", "region_id": "cn-beijing", "retry_count": 0, "language": null, "x": [1, {"y": 2}]},
  {"name": "ci", "mode": "StsToken", "access_key_id": "STS.ci", "access_key_secret": " hush2 ",
   "sts_token": "TOKEN2", "region_id": "cn-shanghai"},
  {"name": "empty", "mode": "AK", "access_key_id": "", "access_key_secret": ""},
  {"name": "half", "mode": "AK", "access_key_id": "LTAIhalf", "access_key_secret": ""}]}"#;

const VOLCENGINE: &str = r#"{"current": "a", "profiles": {
  "a": {"name": "a", "mode": "ak", "access-key": "AKLTa", "secret-key": "husha", "session-token": "", "region": "cn-shanghai"},
  "b": {"name": "b", "mode": "", "access-key": "AKTPb", "secret-key": "hushb", "session-token": "TOKENb"}}}"#;

const BAIDU: &str = r#"{"current": "default", "profiles": [
  {"name": "default", "mode": "AK", "access_key_id": "bdid", "secret_access_key": "hush", "region": "gz"},
  {"name": "sts", "mode": "StsToken", "access_key_id": "stsid", "secret_access_key": "hushs", "security_token": "TOKENs"}]}"#;

fn aliyun() -> FakeSystem {
    FakeSystem::new().with_file("~/.aliyun/config.json", ALIYUN)
}

#[tokio::test]
async fn the_current_profile_counts() {
    let source = "profile `ci` of ~/.aliyun/config.json";
    assert_found(look("aliyun", &aliyun()).await, ("STS.ci", "hush2", Some("TOKEN2")), source);

    let system = FakeSystem::new().with_file("~/.volcengine/config.json", VOLCENGINE);
    let source = "profile `a` of ~/.volcengine/config.json";
    assert_found(look("volcengine", &system).await, ("AKLTa", "husha", None), source);

    let system = FakeSystem::new().with_file("~/.bce/config.json", BAIDU);
    let source = "profile `default` of ~/.bce/config.json";
    assert_found(look("baidu", &system).await, ("bdid", "hush", None), source);
}

#[tokio::test]
async fn mode_ak_leaves_a_token_that_was_left_over_alone() {
    let source = "profile `default` of ~/.aliyun/config.json";
    let parts = ("LTAIdefault", "hush1", None);
    assert_found(look_for("aliyun", "default", &aliyun()).await, parts, source);
}

#[tokio::test]
async fn an_asked_profile_stands_before_everything() {
    let system = aliyun()
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIenv")
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hushenv")
        .with_var("ALIBABA_CLOUD_PROFILE", "ci")
        .with_var("ALIBABA_CLOUD_IGNORE_PROFILE", "TRUE");
    let source = "profile `default` of ~/.aliyun/config.json";
    let parts = ("LTAIdefault", "hush1", None);
    assert_found(look_for("aliyun", "default", &system).await, parts, source);

    let system = FakeSystem::new().with_file("~/.volcengine/config.json", VOLCENGINE);
    let source = "profile `b` of ~/.volcengine/config.json";
    assert_found(
        look_for("volcengine", "b", &system).await,
        ("AKTPb", "hushb", Some("TOKENb")),
        source,
    );

    let system = FakeSystem::new().with_file("~/.bce/config.json", BAIDU);
    let source = "profile `sts` of ~/.bce/config.json";
    assert_found(
        look_for("baidu", "sts", &system).await,
        ("stsid", "hushs", Some("TOKENs")),
        source,
    );
}

#[tokio::test]
async fn an_asked_profile_that_is_not_there_lists_those_that_are() {
    let message = "no credentials for `--profile prod`: `~/.aliyun/config.json` holds no profile `prod` (it holds default, ci, \
                   empty, half)";
    assert_fails(
        look_for("aliyun", "prod", &aliyun()).await,
        ErrorKind::CredentialsInvalid,
        message,
    );
    for (cloud, file) in [
        ("aliyun", "~/.aliyun/config.json"),
        ("volcengine", "~/.volcengine/config.json"),
        ("baidu", "~/.bce/config.json"),
    ] {
        let message = format!("no credentials for `--profile prod`: `{file}` is not there");
        let found = look_for(cloud, "prod", &FakeSystem::new()).await;
        assert_fails(found, ErrorKind::CredentialsInvalid, &message);
    }
    let message = "no credentials for `--profile empty`: profile `empty` of ~/.aliyun/config.json holds no key";
    assert_fails(
        look_for("aliyun", "empty", &aliyun()).await,
        ErrorKind::CredentialsInvalid,
        message,
    );
}

#[tokio::test]
async fn the_environment_stands_before_the_files() {
    let system = aliyun()
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIenv")
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hushenv");
    let parts = ("LTAIenv", "hushenv", None);
    assert_found(look("aliyun", &system).await, parts, "`ALIBABA_CLOUD_ACCESS_KEY_ID`");
}

#[tokio::test]
async fn a_variable_chooses_the_profile() {
    for variable in ["ALIBABACLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"] {
        let system = aliyun().with_var(variable, "default");
        let source = "profile `default` of ~/.aliyun/config.json";
        assert_found(look("aliyun", &system).await, ("LTAIdefault", "hush1", None), source);
    }
    for variable in ["VOLCENGINE_PROFILE", "VOLCSTACK_PROFILE"] {
        let system = FakeSystem::new()
            .with_file("~/.volcengine/config.json", VOLCENGINE)
            .with_var(variable, "b");
        let source = "profile `b` of ~/.volcengine/config.json";
        assert_found(look("volcengine", &system).await, ("AKTPb", "hushb", Some("TOKENb")), source);
    }
}

#[tokio::test]
async fn a_profile_that_a_variable_names_has_to_exist() {
    let system = aliyun().with_var("ALIBABA_CLOUD_PROFILE", "prod");
    let message = "`ALIBABA_CLOUD_PROFILE` names the profile `prod`: `~/.aliyun/config.json` holds no profile \
                   `prod` (it holds default, ci, empty, half); `~/.alibabacloud/credentials` is not there; \
                   `~/.alibabacloud/credentials.ini` is not there";
    assert_fails(look("aliyun", &system).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn a_file_whose_current_profile_is_not_there_is_broken() {
    let system = FakeSystem::new().with_file(
        "~/.bce/config.json",
        r#"{"current": "gone", "profiles": [{"name": "default", "access_key_id": "a", "secret_access_key": "b"}]}"#,
    );
    let message = "`~/.bce/config.json` holds no profile `gone` (it holds default), though it names it as the \
                   current one";
    assert_fails(look("baidu", &system).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn half_a_pair_in_a_profile_is_an_error() {
    let message = "profile `half` of ~/.aliyun/config.json: `access_key_id` is set and `access_key_secret` is missing";
    assert_fails(
        look_for("aliyun", "half", &aliyun()).await,
        ErrorKind::CredentialsInvalid,
        message,
    );
}

#[tokio::test]
async fn an_empty_profile_leads_to_the_next_place() {
    let system = aliyun()
        .with_file("~/.aliyun/config.json", r#"{"current": "", "profiles": [{"name": "default", "mode": "AK"}]}"#)
        .with_file(
            "~/.alibabacloud/credentials",
            "[default]\ntype = access_key  # comment\naccess_key_id = LTAIini # the id\naccess_key_secret=\"hush\"\n",
        );
    let source = "section `default` of ~/.alibabacloud/credentials";
    assert_found(look("aliyun", &system).await, ("LTAIini", "hush", None), source);
}

#[tokio::test]
async fn a_variable_chooses_the_section() {
    let system = FakeSystem::new().with_var("ALIBABA_CLOUD_PROFILE", "ci").with_file(
        "~/.alibabacloud/credentials.ini",
        "[default]\ntype=access_key\naccess_key_id=no\naccess_key_secret=hush1\n\
         [ci]\ntype=access_key\naccess_key_id=LTAIci\naccess_key_secret=hush2\n",
    );
    let source = "section `ci` of ~/.alibabacloud/credentials.ini";
    assert_found(look("aliyun", &system).await, ("LTAIci", "hush2", None), source);
}

#[tokio::test]
async fn variables_name_other_files() {
    let system = FakeSystem::homeless()
        .with_var("ALIBABA_CLOUD_CONFIG_FILE", "/etc/aliyun.json")
        .with_file("/etc/aliyun.json", ALIYUN);
    let source = "profile `ci` of /etc/aliyun.json";
    assert_found(look("aliyun", &system).await, ("STS.ci", "hush2", Some("TOKEN2")), source);

    let system = FakeSystem::homeless()
        .with_var("ALIBABA_CLOUD_CREDENTIALS_FILE", "/etc/ali.ini")
        .with_file(
            "/etc/ali.ini",
            "[default]\ntype=access_key\naccess_key_id=a\naccess_key_secret=hush",
        );
    assert_found(
        look("aliyun", &system).await,
        ("a", "hush", None),
        "section `default` of /etc/ali.ini",
    );

    let system = FakeSystem::homeless()
        .with_var("VOLCENGINE_CLI_CONFIG_FILE", "/etc/ve.json")
        .with_file("/etc/ve.json", VOLCENGINE);
    assert_found(
        look("volcengine", &system).await,
        ("AKLTa", "husha", None),
        "profile `a` of /etc/ve.json",
    );

    let system = FakeSystem::new().with_var("VOLCENGINE_CLI_CONFIG_FILE", "/etc/ve.json");
    let message = "`/etc/ve.json` (named by `VOLCENGINE_CLI_CONFIG_FILE`) is not there";
    assert_fails(look("volcengine", &system).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn a_switch_turns_the_profiles_off() {
    for switch in ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"] {
        let error = look("aliyun", &aliyun().with_var(switch, "TRUE")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCredentials);
        let note = format!("`~/.aliyun/config.json` is disabled by `{switch}`");
        assert!(error.message().contains(&note), "{error}");
    }
}

#[tokio::test]
async fn the_older_files_of_volcengine_have_an_order() {
    let system = FakeSystem::new().with_file(
        "~/.volcengine/credentials",
        "[default]\nvolcstack_access_key_id = c\nvolcstack_secret_access_key = hushc\n",
    );
    assert_found(
        look("volcengine", &system).await,
        ("c", "hushc", None),
        "~/.volcengine/credentials",
    );
    let system = system.with_file("~/.volc/config", r#"{"ak": "b", "sk": "hushb"}"#);
    assert_found(look("volcengine", &system).await, ("b", "hushb", None), "~/.volc/config");
    let system = system
        .with_file("~/.volc/credentials", "[default]\naccess_key_id=a\nsecret_access_key=husha\n");
    assert_found(look("volcengine", &system).await, ("a", "husha", None), "~/.volc/credentials");
    let system = system.with_file("~/.volcengine/config.json", VOLCENGINE);
    let source = "profile `a` of ~/.volcengine/config.json";
    assert_found(look("volcengine", &system).await, ("AKLTa", "husha", None), source);
}

#[tokio::test]
async fn the_older_files_of_baidu_have_an_order() {
    let system =
        FakeSystem::new().with_file("~/.baidubce/credentials", "[Defaults]\nAk = b\nSk = hushb\n");
    assert_found(look("baidu", &system).await, ("b", "hushb", None), "~/.baidubce/credentials");
    let system = system
        .with_file("~/.go-bcecli/credentials", "[Defaults]\nAk = a\nSk = husha\nSts = TOKENa\n");
    assert_found(
        look("baidu", &system).await,
        ("a", "husha", Some("TOKENa")),
        "~/.go-bcecli/credentials",
    );
    let system = system.with_file("~/.bce/config.json", BAIDU);
    let source = "profile `default` of ~/.bce/config.json";
    assert_found(look("baidu", &system).await, ("bdid", "hush", None), source);
}

#[tokio::test]
async fn what_is_broken_is_named_and_not_passed_over() {
    let broken = [
        ("aliyun", "~/.aliyun/config.json"),
        ("volcengine", "~/.volcengine/config.json"),
        ("volcengine", "~/.volc/config"),
        ("baidu", "~/.bce/config.json"),
    ];
    for (cloud, file) in broken {
        let system = FakeSystem::new().with_file(file, "{\"profiles\": \"hush\"");
        let error = look(cloud, &system).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CredentialsInvalid);
        let message = format!("`{file}` is not the JSON it should be (line 1, column ");
        assert!(error.message().starts_with(&message), "{error}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");

        let system = FakeSystem::new().with_unreadable_file(file, "permission denied");
        let message = format!("`{file}` cannot be read: permission denied");
        assert_fails(look(cloud, &system).await, ErrorKind::CredentialsInvalid, &message);

        for (bytes, what) in [
            (&b"\xff\xfe{\0"[..], "UTF-16, not UTF-8"),
            (b"\xfe\xff\0{", "UTF-16, not UTF-8"),
            (b"\xff", "not UTF-8"),
        ] {
            let system = FakeSystem::new().with_file(file, bytes);
            let message = format!("`{file}` is {what}");
            assert_fails(look(cloud, &system).await, ErrorKind::CredentialsInvalid, &message);
        }
    }
}

#[tokio::test]
async fn a_byte_order_mark_does_no_harm() {
    let system = FakeSystem::new().with_file("~/.aliyun/config.json", format!("\u{feff}{ALIYUN}"));
    assert!(look("aliyun", &system).await.is_ok());
}

#[tokio::test]
async fn a_file_with_a_secret_that_others_may_read_gets_a_warning() {
    let system = FakeSystem::new().with_shared_file("~/.aliyun/config.json", ALIYUN);
    let warnings = look("aliyun", &system).await.unwrap().warnings;
    let warning = "others on this machine may read `~/.aliyun/config.json`, which holds a secret (`chmod 600`)";
    assert_eq!(warnings.iter().map(|text| &**text).collect::<Vec<_>>(), [warning]);
    assert!(look("aliyun", &aliyun()).await.unwrap().warnings.is_empty());
}

#[tokio::test]
async fn nothing_found_lists_every_place() {
    let error = look("baidu", &FakeSystem::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCredentials);
    for note in [
        "`BCE_ACCESS_KEY_ID` not set",
        "`~/.bce/config.json` is not there",
        "`~/.go-bcecli/credentials` is not there",
        "`~/.baidubce/credentials` is not there",
    ] {
        assert!(error.message().contains(note), "{note}: {error}");
    }
    // An older spelling is a detail, and not part of the sentence.
    let older = error.details().iter().find(|detail| detail.is_older()).unwrap();
    assert_eq!(older.to_string(), "`BAIDUCLOUD_ACCESS_KEY` not set");
    assert!(!error.message().contains("BAIDUCLOUD"), "{error}");
    let error = look("volcengine", &FakeSystem::homeless()).await.unwrap_err();
    for note in [
        "`~/.volcengine/config.json` is not looked for: there is no home directory",
        "`~/.volc/config` is not looked for: there is no home",
    ] {
        assert!(error.message().contains(note), "{note}: {error}");
    }
}

#[test]
fn a_region_comes_from_a_variable_then_the_profile() {
    let found = |region: &str, place: &str| Some((region.to_owned(), place.to_owned()));
    let system = aliyun().with_var("REGION", "us-east-1");
    let place = "profile `ci` of ~/.aliyun/config.json";
    assert_eq!(region("aliyun", None, &system).unwrap(), found("cn-shanghai", place));
    let place = "profile `default` of ~/.aliyun/config.json";
    assert_eq!(region("aliyun", Some("default"), &system).unwrap(), found("cn-beijing", place));
    let system = system.with_var("ALIBABA_CLOUD_REGION_ID", " cn-hongkong ");
    let place = "`ALIBABA_CLOUD_REGION_ID`";
    assert_eq!(region("aliyun", None, &system).unwrap(), found("cn-hongkong", place));
    let system = FakeSystem::new().with_var("REGION", "us-east-1");
    assert_eq!(region("aliyun", None, &system).unwrap(), found("us-east-1", "`REGION`"));
    assert_eq!(region("aliyun", None, &FakeSystem::homeless()).unwrap(), None);

    let system = FakeSystem::new().with_file("~/.volcengine/config.json", VOLCENGINE);
    let place = "profile `a` of ~/.volcengine/config.json";
    assert_eq!(region("volcengine", None, &system).unwrap(), found("cn-shanghai", place));
    let system = system.with_var("VOLCENGINE_REGION", "cn-guangzhou");
    assert_eq!(
        region("volcengine", None, &system).unwrap(),
        found("cn-guangzhou", "`VOLCENGINE_REGION`")
    );

    let system = FakeSystem::new().with_file("~/.bce/config.json", BAIDU);
    let place = "profile `default` of ~/.bce/config.json";
    assert_eq!(region("baidu", None, &system).unwrap(), found("gz", place));
    let system = system.with_var("BAIDUCLOUD_REGION", "su");
    assert_eq!(region("baidu", None, &system).unwrap(), found("su", "`BAIDUCLOUD_REGION`"));
}
