//! The rules of Tencent Cloud.

use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::sign::tc3;
use keyimport::wire::{Origin, Request};
use serde_json::{Value, json};

use super::{Answer, ED25519, RSA, Scene, credential, received};
use crate::services::{TENCENT, put};

const HOST: &str = "cvm.tencentcloudapi.com";

fn owner() -> Credential {
    credential(&TENCENT.owner)
}

fn call_at(host: &str, region: &str, action: &str, body: &Value) -> Request {
    let mut request = Request::new("POST", Origin::https(host), "/")
        .header("content-type", "application/json")
        .header("x-tc-action", action)
        .header("x-tc-version", "2017-03-12")
        .header("x-tc-region", region);
    request.body = body.to_string().into_bytes();
    request
}

fn call(action: &str, body: &Value) -> Request {
    call_at(HOST, "ap-guangzhou", action, body)
}

fn import(name: &str, line: &str) -> Request {
    call("ImportKeyPair", &json!({"KeyName": name, "ProjectId": 0, "PublicKey": line}))
}

fn list() -> Request {
    call("DescribeKeyPairs", &json!({}))
}

/// The RSA key with other bytes, as many as are wanted.
fn rsa(number: usize) -> String {
    RSA.replace("AAAADAQABAAABAQDDty", &format!("AAAADAQABAAABAQ{number:04}"))
}

#[track_caller]
fn refuses(scene: &mut Scene, request: Request, code: &str) {
    let answer = scene.tc3(request, &owner(), "cvm");
    assert_eq!(answer.refusal(), (200, code), "{}", answer.body);
}

#[test]
fn an_imported_key_is_listed_with_its_id_for_a_comment() {
    let mut scene = Scene::new();
    let body = json!({
        "KeyName": "my_key", "ProjectId": 7, "PublicKey": format!("{RSA} me@host"),
        "TagSpecification": [{"ResourceType": "keypair", "Tags": [{"Key": "a", "Value": "b"}]}],
    });
    let answer = scene.tc3(call("ImportKeyPair", &body), &owner(), "cvm").ok();
    let answer = &answer["Response"];
    let id = answer["KeyId"].as_str().unwrap();
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["KeyId", "RequestId"]);

    let listed = scene.tc3(list(), &owner(), "cvm").ok();
    assert_eq!(listed["Response"]["TotalCount"], 1);
    assert_eq!(
        listed["Response"]["KeyPairSet"][0],
        json!({
            "KeyId": id, "KeyName": "my_key", "ProjectId": 7, "PublicKey": format!("{RSA} {id}"),
            "CreatedTime": "2026-01-15T08:09:10Z", "Tags": [{"Key": "a", "Value": "b"}],
        })
    );
}

#[test]
fn names_and_keys_are_unique_in_the_account() {
    let mut scene = Scene::new();
    scene.tc3(import("my_key", RSA), &owner(), "cvm").ok();
    let body = json!({"KeyName": "my_key", "ProjectId": 0, "PublicKey": ED25519});
    let elsewhere = call_at(HOST, "ap-beijing", "ImportKeyPair", &body);
    refuses(&mut scene, elsewhere, "InvalidKeyPairName.Duplicate");
    let again = import("other", &format!("{RSA} other@host"));
    refuses(&mut scene, again, "InvalidPublicKey.Duplicate");
    let there = call_at(HOST, "ap-beijing", "DescribeKeyPairs", &json!({}));
    let listed = scene.tc3(there, &owner(), "cvm").ok();
    assert_eq!(listed["Response"]["TotalCount"], 1);
}

#[test]
fn names_keys_projects_and_tags_follow_the_rules() {
    let mut scene = Scene::new();
    let long = "n".repeat(26);
    for (name, code) in [
        ("", "InvalidKeyPairNameEmpty"),
        ("a-b", "InvalidKeyPairNameIncludeIllegalChar"),
        ("密钥", "InvalidKeyPairNameIncludeIllegalChar"),
        (&long, "InvalidKeyPairNameTooLong"),
    ] {
        refuses(&mut scene, import(name, RSA), code);
    }
    for line in ["", "ssh-rsa", "your-publicKey", "ssh-rsa ***"] {
        refuses(&mut scene, import("key", line), "InvalidPublicKey.Malformed");
    }
    let with = |name: &str, value: Value| {
        let mut body = json!({"KeyName": "key", "ProjectId": 0, "PublicKey": RSA});
        body[name] = value;
        call("ImportKeyPair", &body)
    };
    let tags = |tags: Value| json!([{"ResourceType": "keypair", "Tags": tags}]);
    for (name, value, code) in [
        ("ProjectId", json!(1_000_000), "InvalidProjectId.NotFound"),
        ("ProjectId", json!("0"), "InvalidProjectId.NotFound"),
        ("KeyName", json!(1), "MissingParameter"),
        ("ClientToken", json!("t"), "UnknownParameter"),
        (
            "TagSpecification",
            tags(json!([{"Key": "qcs:x", "Value": "y"}])),
            "FailedOperation.IllegalTagKey",
        ),
        (
            "TagSpecification",
            tags(json!([{"Key": "x", "Value": "y"}, {"Key": "x", "Value": "z"}])),
            "InvalidParameterValue.DuplicateTags",
        ),
    ] {
        refuses(&mut scene, with(name, value), code);
    }
    let unnumbered = call("ImportKeyPair", &json!({"KeyName": "key", "PublicKey": RSA}));
    refuses(&mut scene, unnumbered, "MissingParameter");
    assert!(scene.services.clouds.store.pairs("tencent", "ap-guangzhou").is_empty());
}

#[test]
fn an_account_keeps_a_hundred() {
    let mut scene = Scene::new();
    for number in 0..100 {
        let region = if number % 2 == 0 { "ap-guangzhou" } else { "ap-tokyo" };
        let name = format!("key_{number}");
        put(&mut scene.services.clouds.store, "tencent", region, &name, &rsa(number), scene.now);
    }
    refuses(&mut scene, import("one_more", RSA), "InvalidKeyPair.LimitExceeded");
}

#[test]
fn lists_are_filtered_and_paged() {
    let mut scene = Scene::new();
    for number in 0..5 {
        let name = format!("key_{number}");
        put(
            &mut scene.services.clouds.store,
            "tencent",
            "ap-tokyo",
            &name,
            &rsa(number),
            scene.now,
        );
    }
    let mut page = |body: Value| {
        let answer = scene.tc3(call("DescribeKeyPairs", &body), &owner(), "cvm").ok();
        let answer = &answer["Response"];
        let pairs = answer["KeyPairSet"].as_array().unwrap();
        let names: Vec<String> =
            pairs.iter().map(|pair| pair["KeyName"].as_str().unwrap().to_owned()).collect();
        (names, answer["TotalCount"].as_u64().unwrap())
    };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(page(json!({"Limit": 2})), (owned(&["key_0", "key_1"]), 5));
    assert_eq!(page(json!({"Limit": 2, "Offset": 4})), (owned(&["key_4"]), 5));
    assert_eq!(page(json!({"Offset": 5})), (owned(&[]), 5));
    let filter = |name: &str| json!({"Filters": [{"Name": "key-name", "Values": [name]}]});
    assert_eq!(page(filter("key_3")), (owned(&["key_3"]), 1));
    // A part of a name is enough.
    assert_eq!(page(filter("key")).1, 5);
    assert_eq!(page(filter("x")), (owned(&[]), 0));
    assert_eq!(page(json!({"KeyIds": ["put-2"]})), (owned(&["key_1"]), 1));
    for (body, code) in [
        (json!({"Limit": 0}), "InvalidParameterValue"),
        (json!({"Limit": 101}), "InvalidParameterValue"),
        (json!({"Offset": -1}), "InvalidParameterValue"),
        (json!({"Filters": [{"Name": "color", "Values": ["red"]}]}), "InvalidFilter"),
        (json!({"KeyIds": ["skey-gone"]}), "InvalidKeyPairId.NotFound"),
        (json!({"MaxResults": 1}), "UnknownParameter"),
    ] {
        refuses(&mut scene, call("DescribeKeyPairs", &body), code);
    }
}

#[test]
fn regions_belong_to_their_hosts() {
    let mut scene = Scene::new();
    let finance = "cvm.ap-shanghai-fsi.tencentcloudapi.com";
    let mut at = |host, region| {
        let request = call_at(host, region, "DescribeKeyPairs", &json!({}));
        scene.tc3(request, &owner(), "cvm").refusal().1.to_owned()
    };
    for (host, region) in [
        (HOST, "ap-guangzhou"),
        ("cvm.intl.tencentcloudapi.com", "ap-singapore"),
        ("cvm.ap-tokyo.tencentcloudapi.com", "ap-tokyo"),
        (finance, "ap-shanghai-fsi"),
        ("localhost:4123", "ap-shanghai-fsi"),
    ] {
        assert_eq!(at(host, region), "", "{host} {region}");
    }
    for (host, region, code) in [
        (HOST, "ap-shanghai-fsi", "UnsupportedRegion"),
        (HOST, "no-such-1", "UnsupportedRegion"),
        (HOST, "", "MissingParameter"),
        (finance, "ap-shanghai", "UnsupportedRegion"),
    ] {
        assert_eq!(at(host, region), code, "{host} {region}");
    }
    let listed = scene.tc3(call("DescribeRegions", &json!({})), &owner(), "cvm").ok();
    assert_eq!(listed["Response"]["RegionSet"].as_array().unwrap().len(), 14);
}

#[test]
fn the_gateway_follows_the_rules() {
    let mut scene = Scene::new();
    let refusal = |scene: &mut Scene, request: Request, service: &str| {
        scene.tc3(request, &owner(), service).refusal().1.to_owned()
    };
    let get = Request { method: "GET", ..list() };
    assert_eq!(refusal(&mut scene, get, "cvm"), "UnsupportedProtocol");
    assert_eq!(refusal(&mut scene, list(), "sts"), "NoSuchProduct");
    assert_eq!(refusal(&mut scene, call("RunInstances", &json!({})), "cvm"), "InvalidAction");
    let mut older = list();
    older.headers[2].1 = "2015-01-01".to_owned();
    assert_eq!(refusal(&mut scene, older, "cvm"), "NoSuchVersion");
    for body in ["", "[]", "{"] {
        let mut broken = list();
        broken.body = body.as_bytes().to_vec();
        assert_eq!(refusal(&mut scene, broken, "cvm"), "InvalidParameter", "{body}");
    }
}

#[test]
fn credentials_follow_the_rules() {
    let own = &TENCENT.temporary;
    Scene::new().tc3(list(), &credential(own), "cvm").ok();
    for (who, code) in [
        (credential(&TENCENT.expired), "AuthFailure.TokenFailure"),
        (Credential::new(own.id, own.secret, None), "AuthFailure.TokenFailure"),
        (Credential::new(own.id, own.secret, Some("other")), "AuthFailure.TokenFailure"),
        (
            Credential::new(TENCENT.owner.id, TENCENT.owner.secret, own.token),
            "AuthFailure.TokenFailure",
        ),
        (Credential::new("nobody", "secret", None), "AuthFailure.SecretIdNotFound"),
        (Credential::new(own.id, "wrong", own.token), "AuthFailure.SignatureFailure"),
        (credential(&TENCENT.unauthorized), "UnauthorizedOperation"),
    ] {
        let answer = Scene::new().tc3(list(), &who, "cvm");
        assert_eq!(answer.refusal(), (200, code));
    }
}

#[test]
fn headers_follow_the_rules() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let signed = received(&tc3::sign(list(), &owner(), &stamp, "cvm"));
    let mut refusal = |change: &dyn Fn(&mut RawRequest)| {
        let mut request = signed.clone();
        change(&mut request);
        Answer::of(&scene.send(&request)).refusal().1.to_owned()
    };
    let edit = |name: &'static str, from: &'static str, to: &'static str| {
        move |request: &mut RawRequest| {
            let place = request.headers.iter_mut().find(|(other, _)| other == name).unwrap();
            place.1 = place.1.replace(from, to);
        }
    };
    let bad = "AuthFailure.SignatureFailure";
    assert_eq!(refusal(&|_| {}), "");
    for (from, to) in [
        ("2026-01-15/", "2026-01-16/"),
        ("/tc3_request", "/request"),
        ("content-type;host", "host"),
        ("content-type;host", "host;content-type"),
        ("content-type;host", "content-type;host;x-tc-gone"),
        (", Signature=", ", Sign="),
        ("TC3-HMAC-SHA256", "TC3-HMAC-SM3"),
    ] {
        assert_eq!(refusal(&edit("authorization", from, to)), bad, "{to}");
    }
    assert_eq!(
        refusal(&|request| request.headers.retain(|(name, _)| name != "authorization")),
        bad
    );
    let no_time =
        |request: &mut RawRequest| request.headers.retain(|(name, _)| name != "x-tc-timestamp");
    assert_eq!(refusal(&no_time), "MissingParameter");
    assert_eq!(refusal(&edit("x-tc-timestamp", "17", "+17")), "InvalidParameter");
}

#[test]
fn a_signature_is_good_for_five_minutes() {
    for (seconds, code) in [
        (-301, "AuthFailure.SignatureExpire"),
        (-300, ""),
        (300, ""),
        (301, "AuthFailure.SignatureExpire"),
    ] {
        let mut scene = Scene::new();
        let stamp = scene.stamp_ahead(seconds);
        let signed = received(&tc3::sign(list(), &owner(), &stamp, "cvm"));
        assert_eq!(Answer::of(&scene.send(&signed)).refusal(), (200, code), "{seconds}");
    }
}
