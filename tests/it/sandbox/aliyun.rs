//! The rules of Alibaba Cloud.

use chrono::TimeDelta;
use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::sign::{Stamp, acs3, rpc};
use keyimport::wire::{Origin, Request};

use super::{Answer, ED25519, ED25519_MD5, RSA, Scene, credential, raw, received};
use crate::services::{ALIYUN, put};

fn owner() -> Credential {
    credential(&ALIYUN.owner)
}

fn call(action: &str) -> Request {
    call_at("ecs.cn-hangzhou.aliyuncs.com", "cn-hangzhou", action)
}

fn call_at(host: &str, region: &str, action: &str) -> Request {
    Request::new("POST", Origin::https(host), "/")
        .with("Action", action)
        .with("Version", "2014-05-26")
        .with("Format", "JSON")
        .with("RegionId", region)
}

fn import(name: &str, line: &str) -> Request {
    call("ImportKeyPair").with("KeyPairName", name).with("PublicKeyBody", line)
}

#[test]
fn an_imported_key_is_described() {
    let mut scene = Scene::new();
    let answer = scene.rpc(import("my-key", &format!("{ED25519} me@host")), &owner()).ok();
    assert_eq!(answer["KeyPairName"], "my-key");
    assert_eq!(answer["KeyPairFingerPrint"], ED25519_MD5);

    let describe = call("DescribeKeyPairs").with("KeyPairName", "my-key");
    let answer = scene.acs3(describe.clone(), &owner()).ok();
    let pair = &answer["KeyPairs"]["KeyPair"][0];
    assert_eq!(pair["CreationTime"], "2026-01-15T08:09Z");
    assert_eq!(pair["KeyPairFingerPrint"], ED25519_MD5);
    assert!(pair.get("PublicKey").is_none(), "{pair}");

    let answer = scene.rpc(describe.with("IncludePublicKey", "true"), &owner()).ok();
    let pair = &answer["KeyPairs"]["KeyPair"][0];
    assert_eq!(pair["PublicKey"], format!("{ED25519} me@host"));
}

#[test]
fn keys_are_checked_no_more_than_the_cloud_does() {
    // What the vendor's Terraform provider imports in its own acceptance tests.
    Scene::new().rpc(import("lax", "ssh-rsa AAAAB3Nza12345678qwertyuudsfsg"), &owner()).ok();
    for bad in [
        "ssh-rsa",
        "AAAAB3NzaC1yc2EAAAADAQABAAABAQDDty",
        "ssh-rsa ***",
        "-----BEGIN PUBLIC KEY-----",
    ] {
        let answer = Scene::new().rpc(import("bad", bad), &owner());
        assert_eq!(answer.refusal(), (400, "InvalidPublicKeyBody.Malformed"), "{bad}");
    }
}

#[test]
fn a_name_is_unique_in_a_region() {
    let mut scene = Scene::new();
    scene.rpc(import("my-key", RSA), &owner()).ok();
    for line in [RSA, ED25519] {
        let answer = scene.rpc(import("my-key", line), &owner());
        assert_eq!(answer.refusal(), (400, "KeyPair.AlreadyExist"));
    }
    scene.rpc(import("other-name", RSA), &owner()).ok();
    let elsewhere = call_at("ecs.cn-beijing.aliyuncs.com", "cn-beijing", "ImportKeyPair")
        .with("KeyPairName", "my-key")
        .with("PublicKeyBody", ED25519);
    scene.rpc(elsewhere, &owner()).ok();
    assert_eq!(scene.services.clouds.store.pairs("aliyun", "cn-hangzhou").len(), 2);
    assert_eq!(scene.services.clouds.store.pairs("aliyun", "cn-beijing")[0].line, ED25519);
}

#[test]
fn what_is_missing_is_named() {
    for (request, name) in [
        (call("ImportKeyPair").with("PublicKeyBody", RSA), "KeyPairName"),
        (call("ImportKeyPair").with("KeyPairName", "my-key"), "PublicKeyBody"),
    ] {
        let answer = Scene::new().rpc(request, &owner());
        assert_eq!(answer.refusal(), (400, "MissingParameter"));
        assert!(answer.body["Message"].as_str().unwrap().contains(name), "{}", answer.body);
    }
}

#[test]
fn a_host_serves_its_own_region() {
    let describe = |host: &str, region: &str| {
        let answer = Scene::new().rpc(call_at(host, region, "DescribeKeyPairs"), &owner());
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    let good = (200, String::new());
    assert_eq!(describe("ecs.cn-hangzhou.aliyuncs.com", "cn-hangzhou"), good);
    assert_eq!(describe("ecs-vpc.cn-hangzhou.aliyuncs.com", "cn-hangzhou"), good);
    assert_eq!(describe("ecs.cn-r9.aliyuncs.com.localhost:4123", "cn-r9"), good);
    assert_eq!(describe("ecs.aliyuncs.com", "cn-hangzhou-finance"), good);
    assert_eq!(describe("ecs.aliyuncs.com:443", "cn-north-2-gov-1"), good);
    for loopback in ["127.0.0.1:80", "localhost:4123", "[::1]:4123"] {
        assert_eq!(describe(loopback, "eu-west-1"), good);
    }
    let elsewhere = (404, "InvalidOperation.NotSupportedEndpoint".to_owned());
    assert_eq!(describe("ecs.cn-hangzhou.aliyuncs.com", "cn-beijing"), elsewhere);
    assert_eq!(describe("ecs.aliyuncs.com", "cn-beijing"), elsewhere);
    let own = "cn-hangzhou-finance";
    assert_eq!(describe("ecs.cn-hangzhou-finance.aliyuncs.com", own), elsewhere);
    let unknown = (404, "InvalidRegionId.NotFound".to_owned());
    assert_eq!(describe("127.0.0.1:80", "cn-new-9"), unknown);
    assert_eq!(describe("ecs.cn-hangzhou.aliyuncs.com", "no-such-1"), unknown);
}

#[test]
fn groups_and_tags_are_kept() {
    let mut scene = Scene::new();
    let request = import("tagged", RSA)
        .with("ResourceGroupId", "rg-abc")
        .with("Tag.2.Key", "empty")
        .with("Tag.2.Value", "")
        .with("Tag.1.Key", "env")
        .with("Tag.1.Value", "a b");
    scene.rpc(request, &owner()).ok();
    let stored = &scene.services.clouds.store.pairs("aliyun", "cn-hangzhou")[0];
    assert_eq!(stored.group, "rg-abc");
    let tags = [("env".to_owned(), "a b".to_owned()), ("empty".to_owned(), String::new())];
    assert_eq!(stored.tags, tags);
}

#[test]
fn a_group_must_exist() {
    for group in ["abc", "rg-missing"] {
        let request = import("k1", RSA).with("ResourceGroupId", group);
        let answer = Scene::new().rpc(request, &owner());
        assert_eq!(answer.refusal(), (404, "InvalidResourceGroup.NotFound"), "{group}");
    }
}

#[test]
fn a_region_keeps_five_hundred() {
    let mut scene = Scene::new();
    for number in 0..500 {
        put(
            &mut scene.services.clouds.store,
            "aliyun",
            "cn-hangzhou",
            &format!("key-{number}"),
            RSA,
            scene.now,
        );
    }
    let answer = scene.rpc(import("one-more", RSA), &owner());
    assert_eq!(answer.refusal(), (403, "QuotaExceed.KeyPair"));
}

#[test]
fn lists_are_filtered_and_paged() {
    let mut scene = Scene::new();
    for number in 0..60 {
        put(
            &mut scene.services.clouds.store,
            "aliyun",
            "cn-hangzhou",
            &format!("key-{number:02}-x"),
            RSA,
            scene.now,
        );
    }
    put(&mut scene.services.clouds.store, "aliyun", "cn-hangzhou", "other", ED25519, scene.now);
    let mut names = |pairs: &[(&str, &str)]| {
        let request = pairs
            .iter()
            .fold(call("DescribeKeyPairs"), |request, (name, value)| request.with(*name, *value));
        let body = scene.rpc(request, &owner()).ok();
        let pairs = body["KeyPairs"]["KeyPair"].as_array().unwrap();
        let names: Vec<String> =
            pairs.iter().map(|pair| pair["KeyPairName"].as_str().unwrap().to_owned()).collect();
        (body["TotalCount"].as_u64().unwrap(), names)
    };
    let (total, first) = names(&[]);
    assert_eq!((total, first.len()), (61, 10));
    let (_, second) = names(&[("PageNumber", "2"), ("PageSize", "50")]);
    assert_eq!((second.len(), second[0].as_str()), (11, "key-50-x"));
    assert_eq!(names(&[("PageNumber", "9"), ("PageSize", "50")]).1, [""; 0]);
    assert_eq!(names(&[("KeyPairName", "other")]).1, ["other"]);
    assert_eq!(names(&[("KeyPairName", "oth")]).0, 0);
    assert_eq!(names(&[("KeyPairFingerPrint", ED25519_MD5)]).1, ["other"]);
    for (name, value) in [("PageSize", "51"), ("PageSize", "0"), ("PageNumber", "0")] {
        let answer = scene.rpc(call("DescribeKeyPairs").with(name, value), &owner());
        assert_eq!(answer.refusal(), (400, "InvalidParameter"), "{name}={value}");
    }
}

#[test]
fn regions_come_with_their_hosts() {
    let request = Request::new("GET", Origin::https("ecs.aliyuncs.com"), "/")
        .with("Action", "DescribeRegions")
        .with("Version", "2014-05-26")
        .with("Format", "JSON");
    let answer = Scene::new().rpc(request, &owner()).ok();
    let regions = answer["Regions"]["Region"].as_array().unwrap();
    assert_eq!(regions.len(), 41);
    for region in regions {
        let id = region["RegionId"].as_str().unwrap();
        let own = format!("ecs.{id}.aliyuncs.com");
        let is_central = ["cn-hangzhou-finance", "cn-north-2-gov-1"].contains(&id);
        assert_eq!(region["RegionEndpoint"], if is_central { "ecs.aliyuncs.com" } else { &own });
    }
}

#[test]
fn session_tokens_follow_the_rules() {
    let describe = || call("DescribeKeyPairs");
    for who in [&ALIYUN.owner, &ALIYUN.temporary] {
        Scene::new().rpc(describe(), &credential(who)).ok();
        Scene::new().acs3(describe(), &credential(who)).ok();
    }
    let own = &ALIYUN.temporary;
    for (who, status, code) in [
        (credential(&ALIYUN.expired), 400, "InvalidSecurityToken.Expired"),
        (Credential::new(own.id, own.secret, None), 404, "InvalidAccessKeyId.NotFound"),
        (
            Credential::new(own.id, own.secret, Some("nonsense")),
            400,
            "InvalidSecurityToken.Malformed",
        ),
        (
            Credential::new(own.id, own.secret, ALIYUN.expired.token),
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
        (
            Credential::new(ALIYUN.owner.id, ALIYUN.owner.secret, own.token),
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
        (Credential::new("LTAInobody", "secret", None), 404, "InvalidAccessKeyId.NotFound"),
        (Credential::new(own.id, "wrong", own.token), 400, "SignatureDoesNotMatch"),
        (credential(&ALIYUN.unauthorized), 403, "Forbidden.RAM"),
    ] {
        assert_eq!(Scene::new().rpc(describe(), &who).refusal(), (status, code));
        assert_eq!(Scene::new().acs3(describe(), &who).refusal(), (status, code));
    }
}

#[test]
fn only_the_old_signature_is_echoed_with_the_token() {
    let who = Credential::new(ALIYUN.temporary.id, "wrong", Some("a-token"));
    let answer = Scene::new().rpc(call("DescribeKeyPairs"), &who);
    let message = answer.body["Message"].as_str().unwrap();
    assert!(message.contains("server string to sign is:POST&%2F&AccessKeyId%3DSTS."), "{message}");
    assert!(message.contains("SecurityToken%3Da-token"), "{message}");
    let answer = Scene::new().acs3(call("DescribeKeyPairs"), &who);
    let message = answer.body["Message"].as_str().unwrap();
    assert!(message.contains("server StringToSign is [ACS3-HMAC-SHA256\n"), "{message}");
    assert!(!message.contains("a-token"), "{message}");
}

#[test]
fn a_nonce_is_good_once() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let again = |scene: &mut Scene, stamp: &Stamp, who: &Credential| {
        let signed = rpc::sign(call("DescribeKeyPairs"), who, stamp);
        let answer = Answer::of(&scene.send(&received(&signed)));
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    let used = (400, "SignatureNonceUsed".to_owned());
    assert_eq!(again(&mut scene, &stamp, &owner()).0, 200);
    assert_eq!(again(&mut scene, &stamp, &owner()), used);
    assert_eq!(again(&mut scene, &stamp, &credential(&ALIYUN.temporary)).0, 200);
    scene.now += TimeDelta::minutes(14);
    assert_eq!(again(&mut scene, &stamp, &owner()), used);
    scene.now += TimeDelta::hours(1);
    let later = Stamp { time: scene.now, ..stamp };
    assert_eq!(again(&mut scene, &later, &owner()).0, 200);
}

#[test]
fn a_refused_signature_uses_up_no_nonce() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let wrong = Credential::new(ALIYUN.owner.id, "wrong", None);
    for (who, status) in [(wrong, 400), (owner(), 200)] {
        let signed = acs3::sign(call("DescribeKeyPairs"), &who, &stamp);
        assert_eq!(scene.send(&received(&signed)).status, status);
    }
}

#[test]
fn a_clock_may_be_a_quarter_of_an_hour_off() {
    for (seconds, code) in [
        (-900, ""),
        (900, ""),
        (-901, "InvalidTimeStamp.Expired"),
        (901, "InvalidTimeStamp.Expired"),
    ] {
        let mut scene = Scene::new();
        let stamp = scene.stamp_ahead(seconds);
        let signed = rpc::sign(call("DescribeKeyPairs"), &owner(), &stamp);
        assert_eq!(Answer::of(&scene.send(&received(&signed))).refusal().1, code, "{seconds}");
        let signed = acs3::sign(call("DescribeKeyPairs"), &owner(), &stamp);
        let stamp = Answer::of(&scene.send(&received(&signed)));
        let again = if code.is_empty() { "SignatureNonceUsed" } else { code };
        assert_eq!(stamp.refusal().1, again, "{seconds}");
    }
}

#[test]
fn a_request_bears_one_complete_signature() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let signed = received(&rpc::sign(call("DescribeKeyPairs"), &owner(), &stamp));
    let mut refusal = |request: &RawRequest| {
        let answer = Answer::of(&scene.send(request));
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    let twice = RawRequest { target: format!("{}&Signature=x", signed.target), ..signed.clone() };
    assert_eq!(refusal(&twice), (400, "IncompleteSignature".to_owned()));
    let without = |name: &str| {
        let parts = signed.target.split(['?', '&']).filter(|part| !part.starts_with(name));
        let query: Vec<&str> = parts.skip(1).collect();
        RawRequest { target: format!("/?{}", query.join("&")), ..signed.clone() }
    };
    for name in ["AccessKeyId", "Signature=", "SignatureNonce", "Timestamp"] {
        let code = format!("Missing{}", name.trim_end_matches('='));
        assert_eq!(refusal(&without(name)), (400, code));
    }
    let bad_time = signed.target.replace("2026-01-15T08", "2026-1-15T08");
    let bad_time = RawRequest { target: bad_time, ..signed.clone() };
    assert_eq!(refusal(&bad_time), (400, "InvalidTimeStamp.Format".to_owned()));

    let mut both = received(&acs3::sign(call("DescribeKeyPairs"), &owner(), &stamp));
    both.target.push_str("&Signature=x");
    assert_eq!(refusal(&both), (400, "IncompleteSignature".to_owned()));
    let mut option = received(&acs3::sign(call("DescribeKeyPairs"), &owner(), &stamp));
    option.headers.push(("x-acs-unsigned".to_owned(), "1".to_owned()));
    assert_eq!(refusal(&option), (400, "IncompleteSignature".to_owned()));
}

#[test]
fn unknown_calls_are_refused() {
    let refusal = |request: Request| {
        let answer = Scene::new().rpc(request, &owner());
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    assert_eq!(refusal(call("DropEverything")), (404, "InvalidApi.NotFound".to_owned()));
    let old = Request::new("GET", Origin::https("ecs.aliyuncs.com"), "/")
        .with("Action", "DescribeRegions")
        .with("Version", "2013-01-10")
        .with("Format", "JSON");
    assert_eq!(refusal(old), (400, "InvalidVersion".to_owned()));
    let put = Request { method: "PUT", ..call("DescribeKeyPairs") };
    assert_eq!(refusal(put), (403, "UnsupportedHTTPMethod".to_owned()));
}

#[test]
fn every_response_has_a_date_and_a_request_id() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let response = scene.send(&received(&rpc::sign(call("DescribeKeyPairs"), &owner(), &stamp)));
    assert_eq!(response.header("date"), Some("Thu, 15 Jan 2026 08:09:10 GMT"));
    let id = response.header("x-acs-request-id");
    assert_eq!(Answer::of(&response).body["RequestId"].as_str(), id);
}

#[test]
fn a_host_of_no_cloud_gets_404() {
    let mut scene = Scene::new();
    for host in [
        "example.com", "ecs.aliyuncs.com.example.com", "ecs..aliyuncs.com",
        "ecs.no-such-1.aliyuncs.com", "127.0.0.1", "",
    ] {
        let request = Request::new("GET", Origin::https(host), "/");
        assert_eq!(scene.send(&raw(&request)).status, 404, "{host}");
    }
}
