//! Answers that no cloud gives: gateways' pages, half documents, answers that were changed.

use fastrand::Rng;
use keyimport::key::{FingerprintForm, PublicKey};
use keyimport::wire::Response;

use crate::flow::{NAME, Refusal, mine, other, refused, with_header};

/// Changes an answer of a cloud.
pub type Change = fn(&str, Response) -> Response;

/// A key line without its comment.
pub fn bare(line: &str) -> &str {
    line.rsplit_once(' ').map_or(line, |(bare, _)| bare)
}

pub fn shown(response: &Response) -> String {
    let body: String = String::from_utf8_lossy(&response.body).chars().take(170).collect();
    format!("{} {body}", response.status)
}

fn text(rng: &mut Rng, statuses: &[u16], bodies: &[&str]) -> Response {
    let status = statuses[rng.usize(0..statuses.len())];
    let body = bodies[rng.usize(0..bodies.len())].as_bytes().to_vec();
    Response { status, headers: Vec::new(), body }
}

/// A gateway that got no answer, or a bad one.
pub fn gateway(rng: &mut Rng) -> Response {
    let bodies = ["", "<html><title>Bad Gateway</title></html>", "{}", "null", "{\"Code\":\"Inter"];
    text(rng, &[408, 500, 502, 503, 504, 520], &bodies)
}

/// A success that cannot be read.
pub fn garbage(rng: &mut Rng) -> Response {
    let page = "<html><title>Sign in</title></html>";
    text(rng, &[200, 200, 201, 204], &["", page, "{}", "null", "{\"KeyPairs\":{\"Ke", "[]"])
}

/// A firewall's page.
pub fn page(rng: &mut Rng) -> Response {
    text(rng, &[302, 403, 404, 405, 413], &["<html><title>no</title></html>"])
}

pub fn throttled(cloud: &str, rng: &mut Rng) -> Response {
    let response = refused(cloud, Refusal::Throttled);
    match rng.u32(0..4) {
        0 => with_header(response, "retry-after", &rng.u32(0..40).to_string()),
        1 if cloud == "aliyun" => {
            with_header(response, "x-acs-retry-after", &rng.u32(0..20_000).to_string())
        }
        1 if cloud == "aws" => {
            with_header(response, "x-amz-retry-after", &rng.u32(0..20_000).to_string())
        }
        _ => response,
    }
}

fn change(mut response: Response, changes: &[(String, String)]) -> Response {
    if (200..300).contains(&response.status) {
        let body = String::from_utf8(response.body).unwrap();
        let body = changes.iter().fold(body, |body, (from, to)| body.replace(from, to));
        response.body = body.into_bytes();
    }
    response
}

fn spki_md5(key: &PublicKey) -> String {
    key.fingerprint(FingerprintForm::SpkiMd5OrSha256).unwrap()
}

pub fn of_another_key(_: &str, response: Response) -> Response {
    let (mine, other) = (mine(), other());
    let changes = [
        (mine.md5(), other.md5()),
        (spki_md5(&mine), spki_md5(&other)),
        (mine.md5_colons(), other.md5_colons()),
        (mine.base64().to_owned(), other.base64().to_owned()),
    ];
    change(response, &changes)
}

pub fn of_another_place(cloud: &str, response: Response) -> Response {
    let (from, to) = match cloud {
        "baidu" => ("\"regionId\":\"bj\"".to_owned(), "\"regionId\":\"gz\""),
        "aws" => (format!(">{NAME}<"), ">another<"),
        _ => (format!("\"{NAME}\""), "\"another\""),
    };
    change(response, &[(from, to.to_owned())])
}

pub fn without_proof(_: &str, response: Response) -> Response {
    let (mine, odd) = (mine(), "sha1-0f1e2d3c".to_owned());
    let changes = [
        (mine.md5(), odd.clone()),
        (mine.md5_colons(), odd.clone()),
        (spki_md5(&mine), odd),
        (mine.line(), String::new()),
    ];
    change(response, &changes)
}
