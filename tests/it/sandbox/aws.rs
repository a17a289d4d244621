//! The rules of AWS.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyimport::sandbox::RawRequest;
use keyimport::sign::{Credential, v4};
use keyimport::wire::{Origin, Request, Response};

use super::{ED25519, RSA, Scene, credential, received};
use crate::services::{identities, put};

const REGION: &str = "us-east-1";
/// A whole RSA key, and its fingerprint as OpenSSL and MD5 give it.
const WHOLE_RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDooupzueTiFi3sWH013yxxZ0KMNA6qEdTB3eDx9ZWu1YrCowihgxZbR1Qt/IMLeM5ivoPKFRSNmoseUqZw22NzkiZDpoJlgNP/D55YQfMe4G1L7JqgcAErK8eVM0nSAnSVh4jPQIHhDFPB0UrZ1RGQnm3doEWQ8C23lxWpidpqlw==";
const WHOLE_RSA_PRINT: &str = "b3:10:c0:65:11:f3:9f:4d:25:98:f3:8f:b4:20:ad:c9";
const ECDSA: &str = include_str!("../../keys/taken/ecdsa-256.pub");

fn owner() -> Credential {
    credential(&identities("aws").unwrap().owner)
}

fn call(action: &str) -> Request {
    call_at("ec2.us-east-1.amazonaws.com", action)
}

fn call_at(host: &str, action: &str) -> Request {
    let request = Request::new("POST", Origin::https(host), "/");
    request.with("Action", action).with("Version", "2016-11-15")
}

fn import(name: &str, line: &str) -> Request {
    let material = STANDARD.encode(line);
    call("ImportKeyPair").with("KeyName", name).with("PublicKeyMaterial", material)
}

fn describe(filter: &str, value: &str) -> Request {
    call("DescribeKeyPairs").with("Filter.1.Name", filter).with("Filter.1.Value.1", value)
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.clone()).unwrap()
}

/// The texts of every element of a name.
fn texts(response: &Response, name: &str) -> Vec<String> {
    let body = text(response);
    let document = roxmltree::Document::parse(&body).unwrap();
    let nodes = document.descendants().filter(|node| node.tag_name().name() == name);
    nodes.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// Status and code.
fn refusal(response: &Response) -> (u16, String) {
    (response.status, texts(response, "Code").concat())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

impl Scene {
    fn aws_in(&mut self, region: &str, request: Request, who: &Credential) -> Response {
        let stamp = self.stamp();
        self.send(&received(&v4::AWS.sign(request.into_form(), who, &stamp, region, "ec2")))
    }

    fn aws(&mut self, request: Request) -> Response {
        self.aws_in(REGION, request, &owner())
    }
}

/// Status and code of the response to a request in new clouds.
fn alone(request: Request) -> (u16, String) {
    refusal(&Scene::new().aws(request))
}

#[test]
fn an_imported_key_is_described_with_the_key_on_request() {
    let mut scene = Scene::new();
    let request = import("my <key> & co", &format!("{WHOLE_RSA} me"))
        .with("TagSpecification.1.ResourceType", "key-pair")
        .with("TagSpecification.1.Tag.1.Key", "env")
        .with("TagSpecification.1.Tag.1.Value", "a&b");
    let response = scene.aws(request);
    assert_eq!(response.status, 200, "{}", text(&response));
    assert_eq!(texts(&response, "keyName"), ["my <key> & co"]);
    assert_eq!(texts(&response, "keyFingerprint"), [WHOLE_RSA_PRINT]);
    assert_eq!(texts(&response, "value"), ["a&b"]);
    let id = texts(&response, "keyPairId");

    let response = scene.aws(call("DescribeKeyPairs"));
    assert_eq!(texts(&response, "keyPairId"), id);
    assert_eq!(texts(&response, "keyType"), ["rsa"]);
    assert_eq!(texts(&response, "createTime"), ["2026-01-15T08:09:10.000Z"]);
    assert!(!text(&response).contains("AAAAB3"));
    let response = scene.aws(call("DescribeKeyPairs").with("IncludePublicKey", "true"));
    assert_eq!(texts(&response, "publicKey"), [format!("{WHOLE_RSA} me")]);
}

#[test]
fn an_ed25519_key_has_the_fingerprint_of_openssh_with_padding() {
    let mut scene = Scene::new();
    let response = scene.aws(import("key", ED25519));
    let print = texts(&response, "keyFingerprint").concat();
    let key = keyimport::key::parse(ED25519.as_bytes()).unwrap().remove(0);
    assert_eq!(format!("SHA256:{}", print.trim_end_matches('=')), key.sha256());
    assert!(print.ends_with('='), "{print}");
    let response = scene.aws(describe("fingerprint", &print));
    assert_eq!(texts(&response, "keyType"), ["ed25519"]);
}

#[test]
fn names_and_keys_are_checked() {
    for bad in [" a", "a ", &"n".repeat(256), "ключ"] {
        assert_eq!(alone(import(bad, RSA)), is(400, "InvalidParameterValue"), "{bad}");
    }
    assert_eq!(alone(import(&"n".repeat(255), RSA)), is(200, ""));
    for bad in ["ssh-rsa", "AAAA", "ssh-rsa ***", ECDSA, "ssh-dss AAAAB3NzaC1kc3MAAACBAAAA"] {
        assert_eq!(alone(import("key", bad)), is(400, "InvalidKey.Format"), "{bad}");
    }
    // The line itself instead of its base64.
    let line = call("ImportKeyPair").with("KeyName", "key").with("PublicKeyMaterial", RSA);
    assert_eq!(alone(line), is(400, "InvalidKey.Format"));
    let missing = call("ImportKeyPair");
    assert_eq!(alone(missing.clone()), is(400, "MissingParameter"));
    assert_eq!(alone(missing.with("KeyName", "key")), is(400, "MissingParameter"));
}

#[test]
fn tags_follow_the_rules() {
    let tag = |number: u32, key: &str| {
        let key = key.to_owned();
        move |request: Request| request.with(format!("TagSpecification.1.Tag.{number}.Key"), key)
    };
    let reserved = tag(1, "AWS:x")(import("key", RSA));
    assert_eq!(alone(reserved), is(400, "InvalidParameterValue"));
    let tagged = |count: u32| {
        (1..=count)
            .fold(import("key", RSA), |request, number| tag(number, &format!("k{number}"))(request))
    };
    assert_eq!(alone(tagged(50)), is(200, ""));
    assert_eq!(alone(tagged(51)), is(400, "TagLimitExceeded"));
}

#[test]
fn a_name_is_unique_in_a_region() {
    let mut scene = Scene::new();
    scene.aws(import("my-key", RSA));
    let again = scene.aws(import("my-key", RSA));
    assert_eq!(refusal(&again), is(400, "InvalidKeyPair.Duplicate"));
    assert_eq!(refusal(&scene.aws(import("other", RSA))), is(200, ""));
    let mut elsewhere = import("my-key", ED25519);
    elsewhere.origin = Origin::https("ec2.eu-west-1.amazonaws.com");
    let response = scene.aws_in("eu-west-1", elsewhere, &owner());
    assert_eq!(refusal(&response), is(200, ""));
}

#[test]
fn a_region_keeps_five_thousand() {
    let mut scene = Scene::new();
    for number in 0..5000 {
        let name = format!("key-{number}");
        put(&mut scene.services.clouds.store, "aws", REGION, &name, RSA, scene.now);
    }
    assert_eq!(refusal(&scene.aws(import("one-more", RSA))), is(400, "KeyPairLimitExceeded"));
}

#[test]
fn a_dry_run_stores_nothing() {
    let mut scene = Scene::new();
    let response = scene.aws(import("key", RSA).with("DryRun", "true"));
    assert_eq!(refusal(&response), is(412, "DryRunOperation"));
    assert!(scene.services.clouds.store.pairs("aws", REGION).is_empty());
}

#[test]
fn filters_have_wildcards() {
    let mut scene = Scene::new();
    for name in ["abc", "a*c", "abcabc", "a\\c"] {
        scene.aws(import(name, RSA));
    }
    let mut found =
        |filter: &str, value: &str| texts(&scene.aws(describe(filter, value)), "keyName");
    assert_eq!(found("key-name", "abc"), ["abc"]);
    assert_eq!(found("key-name", "a*c"), ["abc", "a*c", "abcabc", "a\\c"]);
    assert_eq!(found("key-name", "a\\*c"), ["a*c"]);
    assert_eq!(found("key-name", "a\\\\c"), ["a\\c"]);
    assert_eq!(found("key-name", "a?c"), ["abc", "a*c", "a\\c"]);
    assert_eq!(found("key-name", "*b*b*"), ["abcabc"]);
    assert_eq!(found("key-name", "???"), ["abc", "a*c", "a\\c"]);
    assert_eq!(found("key-name", "nope"), [""; 0]);
    let mut refused = |request: Request| refusal(&scene.aws(request));
    assert_eq!(refused(describe("owner", "me")), is(400, "InvalidParameterValue"));
    let named = |name: &str| call("DescribeKeyPairs").with("KeyName.1", name);
    assert_eq!(refused(named("nope")), is(400, "InvalidKeyPair.NotFound"));
    assert_eq!(texts(&scene.aws(named("abc")), "keyName"), ["abc"]);
}

#[test]
fn each_partition_lists_its_own_regions() {
    let regions = |host: &str, region: &str, all: bool| {
        let request = call_at(host, "DescribeRegions");
        let request = if all { request.with("AllRegions", "true") } else { request };
        texts(&Scene::new().aws_in(region, request, &owner()), "regionName")
    };
    let china = regions("ec2.cn-north-1.amazonaws.com.cn", "cn-north-1", true);
    assert_eq!(china, ["cn-north-1", "cn-northwest-1"]);
    let europe = regions("ec2.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", false);
    assert_eq!(europe, ["eusc-de-east-1"]);
    let gov = regions("ec2.us-gov-west-1.amazonaws.com", "us-gov-west-1", false);
    assert_eq!(gov, ["us-gov-east-1", "us-gov-west-1"]);
    let enabled = regions("ec2.us-east-1.amazonaws.com", REGION, false);
    assert!(enabled.len() == 17 && enabled.contains(&REGION.to_owned()));
    let all = regions("ec2.us-east-1.amazonaws.com", REGION, true);
    assert!(all.len() == 20 && all.contains(&"ap-east-1".to_owned()));
}

#[test]
fn a_host_serves_its_region() {
    let describe = |host: &str, region: &str| {
        let response = Scene::new().aws_in(region, call_at(host, "DescribeKeyPairs"), &owner());
        if response.status == 404 { is(404, "") } else { refusal(&response) }
    };
    assert_eq!(describe("ec2.us-east-1.amazonaws.com.localhost:4123", REGION), is(200, ""));
    assert_eq!(describe("127.0.0.1:4123", "eu-west-1"), is(200, ""));
    assert_eq!(describe("ec2.us-east-1.amazonaws.com", "eu-west-1"), is(401, "AuthFailure"));
    assert_eq!(describe("127.0.0.1:4123", "no-such-1"), is(401, "AuthFailure"));
    assert_eq!(describe("ec2.no-such-1.amazonaws.com", "no-such-1"), is(404, ""));
}

#[test]
fn credentials_follow_the_rules() {
    let known = identities("aws").unwrap();
    let own = &known.temporary;
    let describe =
        |who: &Credential| refusal(&Scene::new().aws_in(REGION, call("DescribeKeyPairs"), who));
    assert_eq!(describe(&credential(own)), is(200, ""));
    for (who, status, code) in [
        (credential(&known.expired), 400, "ExpiredToken"),
        (Credential::new(own.id, own.secret, None), 401, "AuthFailure"),
        (Credential::new(own.id, own.secret, Some("nonsense")), 401, "AuthFailure"),
        (Credential::new("AKIANOBODY", "secret", None), 401, "AuthFailure"),
        (Credential::new(own.id, "wrong", own.token), 401, "AuthFailure"),
        (credential(&known.unauthorized), 403, "UnauthorizedOperation"),
    ] {
        assert_eq!(describe(&who), is(status, code));
    }
}

#[test]
fn headers_follow_the_rules() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let request = call("DescribeKeyPairs").into_form();
    let signed = received(&v4::AWS.sign(request, &owner(), &stamp, REGION, "ec2"));
    let mut refused = |change: &dyn Fn(&mut RawRequest)| {
        let mut request = signed.clone();
        change(&mut request);
        refusal(&scene.send(&request))
    };
    let drop = |name: &'static str| {
        move |request: &mut RawRequest| request.headers.retain(|(other, _)| other != name)
    };
    let edit = |from: &'static str, to: &'static str| {
        move |request: &mut RawRequest| {
            let mut headers = request.headers.iter_mut();
            let (_, value) = headers.find(|(name, _)| name == "authorization").unwrap();
            *value = value.replace(from, to);
        }
    };
    assert_eq!(refused(&|_| {}), is(200, ""));
    assert_eq!(refused(&drop("authorization")), is(403, "MissingAuthenticationToken"));
    assert_eq!(refused(&drop("x-amz-date")), is(400, "IncompleteSignature"));
    assert_eq!(refused(&edit("Signature=", "Sig=")), is(400, "IncompleteSignature"));
    assert_eq!(refused(&edit("/aws4_request", "/request")), is(401, "AuthFailure"));
    assert_eq!(refused(&edit("/20260115/", "/20260114/")), is(401, "AuthFailure"));
    assert_eq!(refused(&edit(";x-amz-date", "")), is(401, "AuthFailure"));
    assert_eq!(refused(&edit("/ec2/", "/iam/")), is(401, "AuthFailure"));
    let hash = |request: &mut RawRequest| {
        request.headers.push(("x-amz-content-sha256".to_owned(), "0".repeat(64)));
    };
    assert_eq!(refused(&hash), is(401, "AuthFailure"));
    let body = |request: &mut RawRequest| request.body.extend_from_slice(b"&DryRun=true");
    assert_eq!(refused(&body), is(401, "AuthFailure"));
}

#[test]
fn a_clock_may_be_a_quarter_of_an_hour_off() {
    for (seconds, code) in
        [(-900, ""), (900, ""), (-901, "RequestExpired"), (901, "RequestExpired")]
    {
        let mut scene = Scene::new();
        let stamp = scene.stamp_ahead(seconds);
        let request = call("DescribeKeyPairs").into_form();
        let signed = v4::AWS.sign(request, &owner(), &stamp, REGION, "ec2");
        assert_eq!(refusal(&scene.send(&received(&signed))).1, code, "{seconds}");
    }
}

#[test]
fn unknown_calls_are_refused() {
    assert_eq!(alone(call("DropEverything")), is(400, "InvalidAction"));
    let mut old = call("DescribeKeyPairs");
    old.query[1].1 = "2019-01-01".to_owned();
    assert_eq!(alone(old), is(400, "NoSuchVersion"));
    let mut none = call("DescribeKeyPairs");
    none.query.remove(0);
    assert_eq!(alone(none), is(400, "MissingAction"));
    // The parameters may be in the query as well.
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let get = Request { method: "GET", ..call("DescribeKeyPairs") };
    let signed = v4::AWS.sign(get, &owner(), &stamp, REGION, "ec2");
    assert_eq!(refusal(&scene.send(&received(&signed))), is(200, ""));
}
