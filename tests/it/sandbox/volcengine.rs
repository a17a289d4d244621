//! The rules of Volcengine.

use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::sign::v4;
use keyimport::wire::{Origin, Request};

use super::{Answer, ED25519, ED25519_MD5, RSA, Scene, credential, received};
use crate::services::{VOLCENGINE, put};

const REGION: &str = "cn-beijing";

type Headers = Vec<(String, String)>;

fn owner() -> Credential {
    credential(&VOLCENGINE.owner)
}

fn call(action: &str) -> Request {
    call_at("open.volcengineapi.com", action)
}

fn call_at(host: &str, action: &str) -> Request {
    let request = Request::new("GET", Origin::https(host), "/");
    request.with("Action", action).with("Version", "2020-04-01")
}

fn import(name: &str, line: &str) -> Request {
    call("ImportKeyPair").with("KeyPairName", name).with("PublicKey", line)
}

/// Status and code of the answer to a request in new clouds.
fn refusal(request: Request) -> (u16, String) {
    let answer = Scene::new().v4(request, &owner(), REGION);
    let (status, code) = answer.refusal();
    (status, code.to_owned())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn an_imported_key_is_described_without_the_key() {
    let mut scene = Scene::new();
    let request = import("my-key", ED25519)
        .with("Description", "部署 key=v1.0，生产。")
        .with("ProjectName", "project_a")
        .with("Tags.1.Key", "env")
        .with("Tags.1.Value", "ci");
    let answer = scene.v4(request, &owner(), REGION).ok();
    let result = &answer["Result"];
    assert_eq!(result["KeyPairName"], "my-key");
    assert_eq!(result["FingerPrint"], ED25519_MD5);
    let metadata = &answer["ResponseMetadata"];
    assert_eq!(
        (&metadata["Region"], &metadata["Action"]),
        (&REGION.into(), &"ImportKeyPair".into())
    );

    let answer = scene.v4(call("DescribeKeyPairs"), &owner(), REGION).ok();
    let pair = &answer["Result"]["KeyPairs"][0];
    assert_eq!(pair["KeyPairId"], result["KeyPairId"]);
    assert_eq!(pair["Description"], "部署 key=v1.0，生产。");
    assert_eq!(pair["ProjectName"], "project_a");
    let tags = &scene.services.clouds.store.pairs("volcengine", REGION)[0].tags;
    assert_eq!(tags[..], [("env".to_owned(), "ci".to_owned())]);
    assert_eq!(pair["CreatedAt"], "2026-01-15T16:09:10+08:00");
    assert!(!answer.to_string().contains("AAAAC3NzaC1"), "{answer}");
}

#[test]
fn names_and_keys_are_required() {
    for bad in ["ssh-rsa", "AAAA", "ssh-rsa ***"] {
        let refused = is(400, "InvalidKeyPairPublicKey.Malformed");
        assert_eq!(refusal(import("key", bad)), refused, "{bad}");
    }
    let missing = call("ImportKeyPair");
    assert_eq!(refusal(missing.clone()), is(400, "MissingParameter.KeyPairName"));
    let missing = missing.with("KeyPairName", "key");
    assert_eq!(refusal(missing), is(400, "MissingParameter.PublicKey"));
}

#[test]
fn some_refusals_come_with_status_200() {
    let mut scene = Scene::new();
    let request = import("key", RSA).with("ProjectName", "missing");
    let answer = scene.v4(request, &owner(), REGION);
    assert_eq!(answer.refusal(), (200, "InvalidProject.NotFound"));
    assert!(answer.body.get("Result").is_none());
    assert!(scene.services.clouds.store.pairs("volcengine", REGION).is_empty());
}

#[test]
fn a_name_is_unique_in_a_region() {
    let mut scene = Scene::new();
    scene.v4(import("my-key", RSA), &owner(), REGION).ok();
    let answer = scene.v4(import("my-key", RSA), &owner(), REGION);
    assert_eq!(answer.refusal(), (409, "InvalidKeyPairName.Conflict"));
    scene.v4(import("other", RSA), &owner(), REGION).ok();
    scene.v4(import("my-key", ED25519), &owner(), "cn-shanghai").ok();
    assert_eq!(scene.services.clouds.store.pairs("volcengine", "cn-shanghai")[0].line, ED25519);
}

#[test]
fn a_client_token_belongs_to_one_import() {
    let mut scene = Scene::new();
    let request = import("my-key", RSA).with("ClientToken", "token-1");
    let first = scene.v4(request.clone(), &owner(), REGION).ok();
    let second = scene.v4(request.clone(), &owner(), REGION).ok();
    assert_eq!(first["Result"], second["Result"]);
    assert_eq!(scene.services.clouds.store.pairs("volcengine", REGION).len(), 1);

    let other = import("my-key", ED25519).with("ClientToken", "token-1");
    let answer = scene.v4(other, &owner(), REGION);
    assert_eq!(answer.refusal(), (400, "IdempotentParameterMismatch"));
    let answer = scene.v4(import("my-key", RSA).with("ClientToken", "token-2"), &owner(), REGION);
    assert_eq!(answer.refusal(), (409, "InvalidKeyPairName.Conflict"));
    scene.v4(request, &owner(), "cn-shanghai").ok();

    for bad in ["t".repeat(65), "ключ".to_owned()] {
        let request = import("key", RSA).with("ClientToken", bad);
        assert_eq!(refusal(request), is(400, "InvalidClientToken.Malformed"));
    }
}

#[test]
fn a_token_of_a_refused_import_is_free() {
    let mut scene = Scene::new();
    let refused = import("good", "ssh-rsa").with("ClientToken", "token-1");
    assert_eq!(scene.v4(refused, &owner(), REGION).status, 400);
    scene.v4(import("good", RSA).with("ClientToken", "token-1"), &owner(), REGION).ok();
}

#[test]
fn a_region_keeps_five_hundred() {
    let mut scene = Scene::new();
    for number in 0..500 {
        put(
            &mut scene.services.clouds.store,
            "volcengine",
            REGION,
            &format!("key-{number}"),
            RSA,
            scene.now,
        );
    }
    let answer = scene.v4(import("one-more", RSA), &owner(), REGION);
    assert_eq!(answer.refusal(), (400, "LimitExceeded.MaximumKeyPairs"));
}

#[test]
fn lists_are_filtered_and_paged() {
    let mut scene = Scene::new();
    for number in 0..25 {
        put(
            &mut scene.services.clouds.store,
            "volcengine",
            REGION,
            &format!("key-{number:02}"),
            RSA,
            scene.now,
        );
    }
    put(&mut scene.services.clouds.store, "volcengine", REGION, "other", ED25519, scene.now);
    let mut page = |pairs: &[(&str, &str)]| {
        let request =
            pairs.iter().fold(call("DescribeKeyPairs"), |request, (k, v)| request.with(*k, *v));
        let body = scene.v4(request, &owner(), REGION).ok();
        let pairs = body["Result"]["KeyPairs"].as_array().unwrap().clone();
        let names: Vec<String> =
            pairs.iter().map(|pair| pair["KeyPairName"].as_str().unwrap().to_owned()).collect();
        (names, body["Result"]["NextToken"].as_str().unwrap().to_owned())
    };
    let (first, token) = page(&[]);
    let (second, token) = page(&[("NextToken", &token)]);
    let (third, last) = page(&[("NextToken", &token)]);
    assert_eq!((first.len(), second.len(), third.len(), last.as_str()), (10, 10, 6, ""));
    assert_eq!((second[0].as_str(), third[5].as_str()), ("key-10", "other"));
    assert_eq!(page(&[("MaxResults", "500")]).0.len(), 26);
    // Exactly full: the last page is the last one.
    assert_eq!(page(&[("MaxResults", "26")]).1, "");
    assert_eq!(page(&[("KeyPairNames.1", "other")]).0, ["other"]);
    assert_eq!(page(&[("KeyPairNames.1", "oth")]).0, [""; 0]);
    assert_eq!(page(&[("FingerPrint", ED25519_MD5)]).0, ["other"]);
    let (names, bad) = (call("DescribeKeyPairs"), is(400, "InvalidMaxResults.Malformed"));
    for size in ["0", "501", "x"] {
        assert_eq!(refusal(names.clone().with("MaxResults", size)), bad);
    }
    let token = refusal(names.with("NextToken", "nonsense"));
    assert_eq!(token, is(400, "InvalidNextToken.Malformed"));
}

#[test]
fn regions_are_paged() {
    let mut scene = Scene::new();
    let first = scene.v4(call("DescribeRegions"), &owner(), REGION).ok();
    let token = first["Result"]["NextToken"].as_str().unwrap();
    assert_eq!(first["Result"]["Regions"].as_array().unwrap().len(), 10);
    let rest = scene.v4(call("DescribeRegions").with("NextToken", token), &owner(), REGION).ok();
    assert_eq!(rest["Result"]["Regions"].as_array().unwrap().len(), 4);
    assert_eq!(rest["Result"]["NextToken"], "");
    let answer = scene.v4(call("DescribeRegions").with("MaxResults", "21"), &owner(), REGION);
    assert_eq!(answer.refusal(), (400, "InvalidArgument"));
}

#[test]
fn a_region_with_a_host_of_its_own_is_served_there() {
    let describe = |host: &str, region: &str| {
        let answer = Scene::new().v4(call_at(host, "DescribeKeyPairs"), &owner(), region);
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    let (good, elsewhere) = (is(200, ""), is(404, "ServiceNotFound"));
    assert_eq!(describe("open.volcengineapi.com", REGION), good);
    assert_eq!(describe("open.volcengineapi.com.localhost:4123", "cn-r9"), good);
    assert_eq!(describe("127.0.0.1:4123", "ap-southeast-3"), good);
    assert_eq!(describe("ecs.ap-southeast-3.volcengineapi.com", "ap-southeast-3"), good);
    assert_eq!(describe("open.volcengineapi.com", "ap-southeast-3"), elsewhere);
    assert_eq!(describe("ecs.ap-southeast-3.volcengineapi.com", REGION), elsewhere);
    assert_eq!(describe("open.volcengineapi.com", "no-such-1"), elsewhere);
}

#[test]
fn credentials_follow_the_rules() {
    let own = &VOLCENGINE.temporary;
    Scene::new().v4(call("DescribeKeyPairs"), &credential(own), REGION).ok();
    for (who, status, code) in [
        (credential(&VOLCENGINE.expired), 401, "InvalidSecretToken"),
        (Credential::new(own.id, own.secret, None), 401, "InvalidSecretToken"),
        (Credential::new(own.id, own.secret, Some("nonsense")), 401, "InvalidSecretToken"),
        (Credential::new("AKLTnobody", "secret", None), 401, "InvalidAccessKey"),
        (Credential::new(own.id, "wrong", own.token), 401, "SignatureDoesNotMatch"),
        (credential(&VOLCENGINE.unauthorized), 403, "AccessDenied"),
    ] {
        let answer = Scene::new().v4(call("DescribeKeyPairs"), &who, REGION);
        assert_eq!(answer.refusal(), (status, code));
    }
}

#[test]
fn headers_follow_the_rules() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let signed =
        received(&v4::VOLCENGINE.sign(call("DescribeKeyPairs"), &owner(), &stamp, REGION, "ecs"));
    let mut refusal = |change: &dyn Fn(&mut Headers)| {
        let mut request = signed.clone();
        change(&mut request.headers);
        let answer = Answer::of(&scene.send(&request));
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    let drop = |name: &'static str| {
        move |headers: &mut Headers| headers.retain(|(other, _)| other != name)
    };
    let edit = |from: &'static str, to: &'static str| {
        move |headers: &mut Headers| {
            let place = headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
            place.1 = place.1.replace(from, to);
        }
    };
    assert_eq!(refusal(&|_| {}), is(200, ""));
    assert_eq!(refusal(&drop("authorization")), is(401, "MissingAuthenticationToken"));
    assert_eq!(refusal(&drop("x-date")), is(400, "MissingRequestInfo"));
    assert_eq!(refusal(&edit("Signature=", "Sig=")), is(401, "MissingSignature"));
    assert_eq!(refusal(&edit("SignedHeaders", "Headers")), is(400, "InvalidAuthorization"));
    assert_eq!(refusal(&edit("HMAC-SHA256", "AWS4-HMAC-SHA256")), is(400, "InvalidAuthorization"));
    assert_eq!(refusal(&edit("/request", "/aws4_request")), is(400, "InvalidCredential"));
    assert_eq!(refusal(&edit("/20260115/", "/20260114/")), is(400, "InvalidCredential"));
    assert_eq!(refusal(&edit(";x-date", "")), is(401, "SignatureDoesNotMatch"));
    assert_eq!(refusal(&edit("/ecs/", "/iam/")), is(401, "SignatureDoesNotMatch"));
    assert_eq!(refusal(&drop("x-content-sha256")), is(401, "SignatureDoesNotMatch"));
}

#[test]
fn a_clock_may_be_a_quarter_of_an_hour_off() {
    for (seconds, code) in
        [(-900, ""), (900, ""), (-901, "InvalidTimestamp"), (901, "InvalidTimestamp")]
    {
        let mut scene = Scene::new();
        let stamp = scene.stamp_ahead(seconds);
        let signed = v4::VOLCENGINE.sign(call("DescribeKeyPairs"), &owner(), &stamp, REGION, "ecs");
        let answer = Answer::of(&scene.send(&received(&signed)));
        assert_eq!(answer.refusal().1, code, "{seconds}");
    }
}

#[test]
fn unknown_calls_are_refused() {
    assert_eq!(refusal(call("DropEverything")), is(404, "InvalidActionOrVersion"));
    let mut old = call("DescribeKeyPairs");
    old.query[1].1 = "2019-01-01".to_owned();
    assert_eq!(refusal(old), is(404, "InvalidActionOrVersion"));
    let mut none = call("DescribeKeyPairs");
    none.query.remove(0);
    assert_eq!(refusal(none), is(400, "MissingParameter"));
    let post = Request { method: "POST", ..call("DescribeKeyPairs") };
    assert_eq!(refusal(post), is(405, "MethodNotAllowed"));

    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let signed = v4::VOLCENGINE.sign(call("DescribeKeyPairs"), &owner(), &stamp, REGION, "vpc");
    let answer = Answer::of(&scene.send(&received(&signed)));
    assert_eq!(answer.refusal(), (404, "ServiceNotFound"));
}

#[test]
fn every_answer_is_dated_and_numbered() {
    let mut scene = Scene::new();
    let empty = RawRequest {
        method: "GET".to_owned(),
        target: "/".to_owned(),
        headers: vec![("host".to_owned(), "open.volcengineapi.com".to_owned())],
        body: Vec::new(),
    };
    let responses = [scene.send(&empty), scene.send(&empty)];
    let ids = responses.each_ref().map(|response| {
        assert_eq!(response.header("date"), Some("Thu, 15 Jan 2026 08:09:10 GMT"));
        let body = Answer::of(response).body;
        let id = response.header("x-tt-logid").unwrap().to_owned();
        assert_eq!(body["ResponseMetadata"]["RequestId"], *id);
        id
    });
    assert_ne!(ids[0], ids[1]);
}
