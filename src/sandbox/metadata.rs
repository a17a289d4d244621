//! Instance metadata of the three clouds: a credential for the role of a machine.
//!
//! <https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata>,
//! <https://cloud.baidu.com/doc/BCC/s/jm4bbrdmn>

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::sts::{ALIYUN_FORM, VOLCENGINE_FORM, aliyun_credentials, volcengine_credentials};
use super::{Exchange, Sandbox, answer};
use crate::wire::Response;

/// The role of the machine.
const ROLE: &str = "SandboxRole";

/// How long an issued credential lives.
const LIFE: TimeDelta = TimeDelta::hours(1);

/// The longest life of a metadata token, in seconds.
const LONGEST: i64 = 21600;

/// The tokens that were handed out, and whether there must be one.
#[derive(Debug, Default)]
pub(super) struct Service {
    tokens: BTreeMap<String, DateTime<Utc>>,
    needs_token: bool,
}

impl Service {
    pub(super) fn refuse_v1(&mut self) {
        self.needs_token = true;
    }

    /// Hands out a token for as long as the header asks.
    fn token(&mut self, exchange: &Exchange<'_>, header: &str) -> Response {
        if exchange.request.method != "PUT" {
            return answer::plain(405, "Method Not Allowed");
        }
        let seconds = exchange.request.header(header).and_then(|text| text.parse().ok());
        let Some(seconds) = seconds.filter(|seconds| (1..=LONGEST).contains(seconds)) else {
            return answer::plain(400, "Bad Request");
        };
        let token = format!("sandbox-metadata-token-{}", exchange.number);
        self.tokens.insert(token.clone(), exchange.now + TimeDelta::seconds(seconds));
        answer::plain(200, token)
    }

    /// Turns down a reading request without a token where there must be one, or with a bad one.
    fn refusal(&self, exchange: &Exchange<'_>, header: &str) -> Option<Response> {
        if exchange.request.method != "GET" {
            return Some(answer::plain(405, "Method Not Allowed"));
        }
        let is_good = match exchange.request.header(header) {
            Some(token) => self.tokens.get(token).is_some_and(|end| *end > exchange.now),
            None => !self.needs_token,
        };
        (!is_good).then(|| answer::plain(403, "Forbidden"))
    }
}

/// Answers a request to 100.100.100.200.
pub(super) fn answer_aliyun(sandbox: &mut Sandbox, exchange: &Exchange<'_>) -> Response {
    let path = exchange.request.path();
    if path == "/latest/api/token" {
        return sandbox.metadata.token(exchange, "x-aliyun-ecs-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = sandbox.metadata.refusal(exchange, "x-aliyun-ecs-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/latest/meta-data/ram/security-credentials") {
        Some("" | "/") => answer::plain(200, ROLE),
        Some(role) if role.strip_prefix('/') == Some(ROLE) => {
            let ends = exchange.now + LIFE;
            let issued = sandbox.aliyun.issue(ALIYUN_FORM, exchange.number, ends);
            let mut body = aliyun_credentials(&issued);
            if let Some(members) = body.as_object_mut() {
                let now = exchange.now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                members.insert("LastUpdated".to_owned(), now.into());
                members.insert("Code".to_owned(), "Success".into());
            }
            answer::json(200, &body)
        }
        Some(_) | None => answer::plain(404, "Not Found"),
    }
}

/// Answers a request to 100.96.0.96.
pub(super) fn answer_volcengine(sandbox: &mut Sandbox, exchange: &Exchange<'_>) -> Response {
    let path = exchange.request.path();
    if path == "/latest/api/token" {
        return sandbox.metadata.token(exchange, "x-volc-ecs-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = sandbox.metadata.refusal(exchange, "x-volc-ecs-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/volcstack/latest/iam/security_credentials") {
        Some("" | "/") => match exchange.request.query().get("format") {
            Some("json") => answer::json(200, &json!([ROLE])),
            Some(_) | None => answer::plain(200, format!("{ROLE}\n")),
        },
        Some(role) if role.strip_prefix('/') == Some(ROLE) => {
            let ends = exchange.now + LIFE;
            let issued = sandbox.volcengine.issue(VOLCENGINE_FORM, exchange.number, ends);
            answer::json(200, &volcengine_credentials(&issued, exchange.now, "ExpiredTime"))
        }
        Some(_) | None => answer::plain(404, "Not Found"),
    }
}

/// Answers a request to 169.254.169.254. The shape is the sandbox's own: the vendor's page does not show it.
pub(super) fn answer_baidu(sandbox: &mut Sandbox, exchange: &Exchange<'_>) -> Response {
    match (&*exchange.request.method, &*exchange.request.path()) {
        ("GET", "/latest/meta-data/sts-credential") => {
            let form = ("sandboxissued", "sandbox+baidu/");
            let ends = exchange.now + LIFE;
            let issued = sandbox.baidu.issue(form, exchange.number, ends);
            let body = json!({
                "accessKeyId": issued.id,
                "secretAccessKey": issued.secret,
                "sessionToken": issued.token,
                "expiration": ends.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            });
            answer::json(200, &body)
        }
        _ => answer::plain(404, "Not Found"),
    }
}
