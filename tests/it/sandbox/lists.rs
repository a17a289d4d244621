//! Good signatures over the wrong headers, which the client's signers never make.

use hmac::{Hmac, Mac as _};
use keyimport::sandbox::RawRequest;
use sha2::{Digest as _, Sha256};

use super::{Answer, Scene};
use crate::services::{ALIYUN, VOLCENGINE};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// The hash of the canonical form that both algorithms share.
fn hash(query: &str, headers: &[(&str, &str)], names: &str) -> String {
    let lines: Vec<String> = names
        .split(';')
        .map(|name| {
            let (_, value) = headers.iter().find(|(other, _)| *other == name).unwrap();
            format!("{name}:{value}\n")
        })
        .collect();
    let body = hex(&Sha256::digest(b""));
    let canonical = format!("GET\n/\n{query}\n{}\n{names}\n{body}", lines.concat());
    hex(&Sha256::digest(canonical))
}

fn request(query: &str, headers: &[(&str, &str)], authorization: String) -> RawRequest {
    let mut headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.push(("authorization".to_owned(), authorization));
    RawRequest { method: "GET".to_owned(), target: format!("/?{query}"), headers, body: Vec::new() }
}

fn refusal(request: &RawRequest) -> (u16, String) {
    let answer = Answer::of(&Scene::new().send(request));
    let (status, code) = answer.refusal();
    (status, code.to_owned())
}

/// A call of Alibaba Cloud that signs the headers named, in the order in which they are named.
fn acs3(names: &str, id: &str) -> RawRequest {
    let body = hex(&Sha256::digest(b""));
    let headers = [
        ("host", "ecs.aliyuncs.com"),
        ("x-acs-accesskey-id", id),
        ("x-acs-action", "DescribeRegions"),
        ("x-acs-content-sha256", &body),
        ("x-acs-date", "2026-01-15T08:09:10Z"),
        ("x-acs-signature-nonce", "n"),
        ("x-acs-version", "2014-05-26"),
    ];
    let text = format!("ACS3-HMAC-SHA256\n{}", hash("", &headers, names));
    let signature = hex(&mac(ALIYUN.owner.secret.as_bytes(), &text));
    let own = ALIYUN.owner.id;
    let authorization =
        format!("ACS3-HMAC-SHA256 Credential={own},SignedHeaders={names},Signature={signature}");
    request("", &headers, authorization)
}

#[test]
fn alibaba_requires_all_its_headers_signed_in_order() {
    let all = "host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    let (own, incomplete) = (ALIYUN.owner.id, (400, "IncompleteSignature".to_owned()));
    assert_eq!(refusal(&acs3(all, own)), (200, String::new()));
    assert_eq!(refusal(&acs3(all, "LTAIother")), incomplete);
    for name in ["host;", "x-acs-action;", "x-acs-date;", ";x-acs-version"] {
        assert_eq!(refusal(&acs3(&all.replace(name, ""), own)), incomplete, "{name}");
    }
    let turned = all.replace("host;x-acs-accesskey-id", "x-acs-accesskey-id;host");
    assert_eq!(refusal(&acs3(&turned, own)), incomplete);
}

/// A call of Volcengine with the token of the temporary identity that signs the headers named.
fn v4(names: &str) -> RawRequest {
    let headers = [
        ("host", "open.volcengineapi.com"),
        ("x-date", "20260115T080910Z"),
        ("x-security-token", VOLCENGINE.temporary.token.unwrap()),
    ];
    let query = "Action=DescribeKeyPairs&Version=2020-04-01";
    let scope = "20260115/cn-beijing/ecs/request";
    let text = format!("HMAC-SHA256\n20260115T080910Z\n{scope}\n{}", hash(query, &headers, names));
    let secret = VOLCENGINE.temporary.secret.as_bytes().to_vec();
    let key = scope.split('/').fold(secret, |key, part| mac(&key, part));
    let authorization = format!(
        "HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
        VOLCENGINE.temporary.id,
        hex(&mac(&key, &text))
    );
    request(query, &headers, authorization)
}

#[test]
fn volcengine_requires_host_date_and_token_signed() {
    assert_eq!(refusal(&v4("host;x-date;x-security-token")), (200, String::new()));
    for names in ["x-date;x-security-token", "host;x-security-token", "host;x-date"] {
        assert_eq!(refusal(&v4(names)), (401, "SignatureDoesNotMatch".to_owned()), "{names}");
    }
}
