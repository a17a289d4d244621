//! The rules of Baidu AI Cloud.

use chrono::TimeDelta;
use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::sign::bce;
use keyimport::wire::{Origin, Request};
use serde_json::{Value, json};

use super::{Answer, ED25519, RSA, Scene, credential, received};
use crate::services::{BAIDU, put};

type Headers = Vec<(String, String)>;

fn owner() -> Credential {
    credential(&BAIDU.owner)
}

fn at(host: &str, method: &'static str, path: &str) -> Request {
    Request::new(method, Origin::https(host), path)
}

fn list() -> Request {
    at("bcc.bj.baidubce.com", "GET", "/v2/keypair")
}

fn import_at(host: &str, body: &Value) -> Request {
    let mut request = at(host, "PUT", "/v2/keypair").with("import", "");
    request.body = body.to_string().into_bytes();
    request.header("content-type", "application/json")
}

fn import(name: &str, line: &str) -> Request {
    import_at("bcc.bj.baidubce.com", &json!({"name": name, "publicKey": line}))
}

fn refusal(request: Request) -> (u16, String) {
    let answer = Scene::new().bce(request, &owner());
    let (status, code) = answer.refusal();
    (status, code.to_owned())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The RSA key with other bytes, as many as are wanted.
fn rsa(number: usize) -> String {
    RSA.replace("AAAADAQABAAABAQDDty", &format!("AAAADAQABAAABAQ{number:04}"))
}

#[test]
fn an_imported_key_is_listed() {
    let mut scene = Scene::new();
    let line = format!("{RSA} me@host");
    let body = json!({"name": "my key/1.0", "publicKey": line, "description": "部署, key: a=b"});
    let answer = scene.bce(import_at("bcc.bj.baidubce.com", &body), &owner()).ok();
    let pair = &answer["keypair"];
    assert_eq!(pair["name"], "my key/1.0");
    assert_eq!(pair["publicKey"], line);
    assert_eq!(pair["regionId"], "bj");
    assert_eq!(pair["createdTime"], "2026-01-15T08:09:10Z");
    assert_eq!(pair["fingerPrint"].as_str().unwrap().split(':').count(), 16);

    let answer = scene.bce(list(), &owner()).ok();
    let listed = &answer["keypairs"][0];
    assert_eq!(listed["keypairId"], pair["keypairId"]);
    assert_eq!(listed["createTime"], pair["createdTime"]);
    assert_eq!(listed["description"], "部署, key: a=b");
    assert_eq!(answer["isTruncated"], false);
    assert!(answer.get("nextMarker").is_none());
}

#[test]
fn a_key_is_unique_in_a_region_and_a_name_is_not() {
    let mut scene = Scene::new();
    scene.bce(import("my-key", RSA), &owner()).ok();
    let with_comment = format!("{RSA} other@host");
    let answer = scene.bce(import("other-name", &with_comment), &owner());
    assert_eq!(answer.refusal(), (400, "Keypair.KeypairPublicKeyExist"));
    scene.bce(import("my-key", &rsa(1)), &owner()).ok();
    let elsewhere = json!({"name": "my-key", "publicKey": RSA});
    scene.bce(import_at("bcc.gz.baidubce.com", &elsewhere), &owner()).ok();
    assert_eq!(scene.services.clouds.store.pairs("baidu", "bj").len(), 2);
    assert_eq!(scene.services.clouds.store.pairs("baidu", "gz").len(), 1);
}

#[test]
fn keys_and_bodies_follow_the_rules() {
    for bad in ["", "ssh-rsa", "your-publicKey", "ssh-rsa ***", ED25519] {
        let refused = is(400, "Keypair.PublicKeyFormatInvalid");
        assert_eq!(refusal(import("key", bad)), refused, "{bad}");
    }
    let mut broken = import("key", RSA);
    broken.body.pop();
    assert_eq!(refusal(broken), is(400, "MalformedJSON"));
    for body in [json!([]), json!({"name": 1, "publicKey": RSA})] {
        let request = import_at("bcc.bj.baidubce.com", &body);
        assert_eq!(refusal(request), is(400, "InappropriateJSON"));
    }
}

#[test]
fn a_region_keeps_five_hundred() {
    let mut scene = Scene::new();
    for number in 0..500 {
        put(&mut scene.services.clouds.store, "baidu", "bj", "same-name", &rsa(number), scene.now);
    }
    let answer = scene.bce(import("one-more", RSA), &owner());
    assert_eq!(answer.refusal(), (413, "Keypair.KeypairQuotaExceedLimit"));
}

#[test]
fn lists_are_filtered_and_paged() {
    let mut scene = Scene::new();
    for number in 0..5 {
        put(
            &mut scene.services.clouds.store,
            "baidu",
            "bj",
            &format!("key-{}", number % 4),
            &rsa(number),
            scene.now,
        );
    }
    let mut page = |pairs: &[(&str, &str)]| {
        let request = pairs.iter().fold(list(), |request, (k, v)| request.with(*k, *v));
        let body = scene.bce(request, &owner()).ok();
        let pairs = body["keypairs"].as_array().unwrap().clone();
        let names: Vec<String> =
            pairs.iter().map(|pair| pair["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(body["isTruncated"] == true, body.get("nextMarker").is_some());
        (names, body["nextMarker"].as_str().unwrap_or_default().to_owned())
    };
    let (first, marker) = page(&[("maxKeys", "2")]);
    let (second, marker) = page(&[("maxKeys", "2"), ("marker", &marker)]);
    let (third, last) = page(&[("maxKeys", "2"), ("marker", &marker)]);
    assert_eq!([first, second, third].concat(), ["key-0", "key-1", "key-2", "key-3", "key-0"]);
    assert_eq!(last, "");
    assert_eq!(page(&[("maxKeys", "5")]).1, "");
    assert_eq!(page(&[("name", "key-0")]).0, ["key-0", "key-0"]);
    assert_eq!(page(&[("name", "key")]).0, [""; 0]);
    for (name, value) in [("maxKeys", "0"), ("maxKeys", "1001"), ("marker", "k-nonsense")] {
        assert_eq!(refusal(list().with(name, value)), is(400, "InvalidHTTPRequest"), "{value}");
    }
}

#[test]
fn regions_are_listed_at_the_global_host_and_in_a_region() {
    for host in ["bcc.baidubce.com", "bcc.bj.baidubce.com"] {
        let mut request = at(host, "POST", "/v2/region/describeRegions");
        assert_eq!(refusal(request.clone()), is(400, "MalformedJSON"));
        request.body = b"{}".to_vec();
        let answer = Scene::new().bce(request, &owner()).ok();
        assert_eq!(answer["regions"].as_array().unwrap().len(), 9);
        assert_eq!(answer["regions"][2]["regionEndpoint"], "bcc.gz.baidubce.com");
    }
}

#[test]
fn paths_and_hosts_follow_the_rules() {
    let slip = Request { method: "POST", ..import("key", RSA) };
    assert_eq!(refusal(slip), is(400, "InvalidHTTPRequest"));
    let mut plain = import("key", RSA);
    plain.query.clear();
    assert_eq!(refusal(plain), is(400, "InvalidHTTPRequest"));
    assert_eq!(refusal(at("bcc.bj.baidubce.com", "GET", "/v9/x")), is(400, "InvalidURI"));
    let global = at("bcc.baidubce.com", "GET", "/v2/keypair");
    assert_eq!(refusal(global), is(400, "InvalidHTTPRequest"));
    assert_eq!(refusal(at("localhost:4123", "GET", "/v2/keypair")), is(200, ""));
    let other = at("bcc.r7.baidubce.com.localhost:1", "GET", "/v2/keypair");
    assert_eq!(refusal(other), is(200, ""));

    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let nowhere = at("bcc.no-such-1.baidubce.com", "GET", "/v2/keypair");
    let response = scene.send(&received(&bce::sign(nowhere, &owner(), &stamp)));
    assert_eq!(response.status, 404);
    assert!(serde_json::from_slice::<Value>(&response.body).is_err());
}

#[test]
fn credentials_follow_the_rules() {
    let own = &BAIDU.temporary;
    Scene::new().bce(list(), &credential(own)).ok();
    for (who, code, text) in [
        (credential(&BAIDU.expired), "IamSignatureInvalid", "is expired"),
        (Credential::new(own.id, own.secret, None), "IamSignatureInvalid", "token does not match"),
        (
            Credential::new("nobody", "secret", None),
            "IamSignatureInvalid",
            "Could not find credential.",
        ),
        (
            Credential::new(own.id, "wrong", own.token),
            "IamSignatureInvalid",
            "Signature does not match",
        ),
        (credential(&BAIDU.unauthorized), "AccessDenied", "Access denied."),
    ] {
        let answer = Scene::new().bce(list(), &who);
        assert_eq!(answer.refusal(), (403, code));
        assert!(answer.body["message"].as_str().unwrap().ends_with(text), "{}", answer.body);
    }
}

#[test]
fn headers_follow_the_rules() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let signed = received(&bce::sign(list(), &owner(), &stamp));
    let mut refusal = |change: &dyn Fn(&mut Headers)| {
        let mut request: RawRequest = signed.clone();
        change(&mut request.headers);
        let answer = Answer::of(&scene.send(&request));
        let message = answer.body["message"].as_str().unwrap_or_default().to_owned();
        let (status, code) = answer.refusal();
        (status, code.to_owned(), message)
    };
    let edit = |from: &'static str, to: &'static str| {
        move |headers: &mut Headers| {
            let place = headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
            place.1 = place.1.replace(from, to);
        }
    };
    assert_eq!(refusal(&|_| {}).0, 200);
    let (status, code, _) = refusal(&|headers| headers.retain(|(name, _)| name != "authorization"));
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
    for (from, to) in [("bce-auth-v1", "bce-auth-v2"), ("/1800/", "/soon/"), ("/host;", "/")] {
        let (status, code, message) = refusal(&edit(from, to));
        let is_host = from == "/host;";
        let wanted =
            if is_host { (403, "IamSignatureInvalid") } else { (400, "InvalidHTTPAuthHeader") };
        assert_eq!((status, code.as_str()), wanted, "{from}");
        assert!(!is_host || message.ends_with("Missing headers required by signing: host"));
    }
    let (status, code, message) =
        refusal(&|headers| headers.retain(|(name, _)| name != "x-bce-date"));
    assert_eq!((status, code.as_str()), (403, "IamSignatureInvalid"));
    assert!(message.ends_with("Missing headers required by signing: x-bce-date"), "{message}");
}

#[test]
fn a_signature_is_good_as_long_as_it_says() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let signed = received(&bce::sign(list(), &owner(), &stamp));
    for (minutes, status) in [(-31, 400), (-30, 200), (0, 200), (30, 200), (31, 400)] {
        let now = scene.now + TimeDelta::minutes(minutes);
        let answer = Answer::of(&scene.services.respond(&signed, now));
        assert_eq!(answer.status, status, "{minutes}: {}", answer.body);
        if status == 400 {
            assert_eq!(answer.refusal().1, "RequestExpired");
        }
    }
}

#[test]
fn the_request_id_is_in_header_and_body() {
    let mut scene = Scene::new();
    let stamp = scene.stamp();
    let nobody = Credential::new("nobody", "secret", None);
    let response = scene.send(&received(&bce::sign(list(), &nobody, &stamp)));
    let body = Answer::of(&response).body;
    assert_eq!(body["requestId"].as_str(), response.header("x-bce-request-id"));
    assert!(response.header("date").is_some());
}
