//! Keys in variables: every spelling, halves, blanks.

use keyimport::error::ErrorKind;

use super::{assert_fails, assert_found, look};
use crate::doubles::FakeSystem;

#[tokio::test]
async fn every_spelling_is_read_with_its_token() {
    let spellings = [
        (
            "aliyun",
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ),
        (
            "aliyun",
            "ALIBABACLOUD_ACCESS_KEY_ID",
            "ALIBABACLOUD_ACCESS_KEY_SECRET",
            "ALIBABACLOUD_SECURITY_TOKEN",
        ),
        (
            "aliyun", "ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET",
            "ALICLOUD_SECURITY_TOKEN",
        ),
        ("aliyun", "ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
        ("aliyun", "ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET", "SECURITY_TOKEN"),
        ("aliyun", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"),
        (
            "volcengine", "VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY",
            "VOLCENGINE_SESSION_TOKEN",
        ),
        (
            "volcengine", "VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY",
            "VOLCSTACK_SESSION_TOKEN",
        ),
        ("volcengine", "VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"),
        ("volcengine", "VOLC_ACCESSKEY", "VOLC_SECRETKEY", "VOLC_SESSIONTOKEN"),
        ("baidu", "BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"),
        ("baidu", "BAIDUCLOUD_ACCESS_KEY", "BAIDUCLOUD_SECRET_KEY", "BAIDUCLOUD_SESSION_TOKEN"),
        ("tencent", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
        (
            "tencent", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY",
            "TENCENTCLOUD_SECURITY_TOKEN",
        ),
    ];
    for (cloud, id, secret, token) in spellings {
        let system = FakeSystem::new().with_var(id, " LTAIexample\n").with_var(secret, "hush\r\n");
        assert_found(look(cloud, &system).await, ("LTAIexample", "hush", None), &format!("`{id}`"));
        let system = system.with_var(token, " TOKEN ");
        let parts = ("LTAIexample", "hush", Some("TOKEN"));
        assert_found(look(cloud, &system).await, parts, &format!("`{id}`"));
    }
}

#[tokio::test]
async fn the_first_spelling_wins_with_its_own_token() {
    let system = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIfirst")
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hush1")
        .with_var("ALICLOUD_ACCESS_KEY_ID", "STS.second")
        .with_var("ALICLOUD_ACCESS_KEY_SECRET", "hush2")
        .with_var("ALICLOUD_SECURITY_TOKEN", "TOKEN2");
    let parts = ("LTAIfirst", "hush1", None);
    assert_found(look("aliyun", &system).await, parts, "`ALIBABA_CLOUD_ACCESS_KEY_ID`");
}

#[tokio::test]
async fn parts_that_stand_alone_are_put_together() {
    let system = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.mixed")
        .with_var("ALICLOUD_SECRET_KEY", "hush")
        .with_var("SECURITY_TOKEN", "TOKEN");
    let parts = ("STS.mixed", "hush", Some("TOKEN"));
    assert_found(look("aliyun", &system).await, parts, "`ALIBABA_CLOUD_ACCESS_KEY_ID`");
}

#[tokio::test]
async fn parts_of_different_spelling_are_used_with_a_warning() {
    let mixed = |names: [&'static str; 3]| {
        let warning = "are spelled differently and may not belong together";
        let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
        (names.clone(), vec![format!("`{}` {warning}", names.join("`, `"))])
    };
    let [aliyun, alicloud] = ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
    let [bce, bce_secret] = ["BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY"];
    for (cloud, (names, warnings)) in [
        ("aliyun", mixed([aliyun, "ALICLOUD_SECRET_KEY", ""])),
        ("aliyun", mixed([aliyun, alicloud, "ALICLOUD_SECURITY_TOKEN"])),
        ("aliyun", mixed([aliyun, alicloud, "SECURITY_TOKEN"])),
        (
            "aliyun",
            mixed(["ALIYUN_ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"]),
        ),
        ("volcengine", mixed(["VOLCENGINE_ACCESS_KEY", "VOLC_SECRETKEY", ""])),
        ("volcengine", mixed(["VOLC_ACCESSKEY", "VOLC_SECRETKEY", "VOLCSTACK_SESSION_TOKEN"])),
        ("baidu", mixed([bce, "BAIDUCLOUD_SECRET_KEY", ""])),
        ("baidu", mixed([bce, bce_secret, "BAIDUCLOUD_SESSION_TOKEN"])),
        // One spelling, though another set shares the token.
        (
            "aliyun",
            (vec!["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"], vec![]),
        ),
        (
            "volcengine",
            (
                vec!["VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"],
                vec![],
            ),
        ),
        ("baidu", (vec![bce, bce_secret, "BCE_SECURITY_TOKEN"], vec![])),
    ] {
        let system = FakeSystem::new().with_var(names[0], "LTAIexample").with_var(names[1], "hush");
        let token = names.get(2).copied().unwrap_or("UNRELATED");
        let system = system.with_var(token, "TOKEN");
        let found = look(cloud, &system).await;
        let shown: Vec<&str> =
            found.as_ref().unwrap().warnings.iter().map(|text| &**text).collect();
        assert_eq!(shown, warnings, "{names:?}");
        let token = names.get(2).map(|_| "TOKEN");
        assert_found(found, ("LTAIexample", "hush", token), &format!("`{}`", names[0]));
    }
}

#[tokio::test]
async fn half_a_pair_is_an_error_that_names_the_missing_half() {
    let system = FakeSystem::new().with_var("VOLCENGINE_ACCESS_KEY", "AKLTexample");
    let message =
        "the environment: `VOLCENGINE_ACCESS_KEY` is set and `VOLCENGINE_SECRET_KEY` is missing";
    assert_fails(look("volcengine", &system).await, ErrorKind::CredentialsInvalid, message);

    let system = FakeSystem::new().with_var("BCE_SECRET_ACCESS_KEY", "hush");
    let message =
        "the environment: `BCE_SECRET_ACCESS_KEY` is set and `BCE_ACCESS_KEY_ID` is missing";
    assert_fails(look("baidu", &system).await, ErrorKind::CredentialsInvalid, message);

    // The other pair is whole: its secret is not taken for a stray one.
    let system = FakeSystem::new()
        .with_var("BCE_ACCESS_KEY_ID", "half")
        .with_var("BAIDUCLOUD_ACCESS_KEY", "whole")
        .with_var("BAIDUCLOUD_SECRET_KEY", "hush");
    let message =
        "the environment: `BCE_ACCESS_KEY_ID` is set and `BCE_SECRET_ACCESS_KEY` is missing";
    assert_fails(look("baidu", &system).await, ErrorKind::CredentialsInvalid, message);
}

#[tokio::test]
async fn half_a_pair_without_the_clouds_name_says_nothing() {
    let system = FakeSystem::new().with_var("ACCESS_KEY_ID", "another program's");
    let error = look("aliyun", &system).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoCredentials);
}

#[tokio::test]
async fn an_empty_variable_is_not_set() {
    let system = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "  \n")
        .with_var("ALICLOUD_ACCESS_KEY", "LTAIexample")
        .with_var("ALICLOUD_SECRET_KEY", "hush")
        .with_var("ALICLOUD_SECURITY_TOKEN", "");
    let parts = ("LTAIexample", "hush", None);
    assert_found(look("aliyun", &system).await, parts, "`ALICLOUD_ACCESS_KEY`");
}

#[tokio::test]
async fn a_value_that_no_key_has_is_refused_by_name() {
    for bad in ["hu sh", "hu\nsh", "hu\u{fffd}sh", "hush\u{7f}", "hüsh"] {
        let system = FakeSystem::new()
            .with_var("BAIDUCLOUD_ACCESS_KEY", "id")
            .with_var("BAIDUCLOUD_SECRET_KEY", bad);
        let message = "the environment: `BAIDUCLOUD_SECRET_KEY` holds white space, a control character or \
                       one outside ASCII";
        assert_fails(look("baidu", &system).await, ErrorKind::CredentialsInvalid, message);
    }
}
