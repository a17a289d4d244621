//! Instance metadata of the three clouds: a credential for the role of a machine.
//!
//! <https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata>,
//! <https://cloud.baidu.com/doc/BCC/s/jm4bbrdmn>

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::sts::{ALIYUN_FORM, VOLCENGINE_FORM, aliyun_credentials, volcengine_credentials};
use super::{RequestContext, Sandbox, response};
use crate::wire::Response;

/// The role of the machine.
const ROLE: &str = "SandboxRole";

/// How long an issued credential lives.
const LIFE: TimeDelta = TimeDelta::hours(1);

/// The longest life of a metadata token, in seconds.
const LONGEST: i64 = 21600;

/// The tokens that were handed out, and whether there must be one.
#[derive(Debug, Default)]
pub(super) struct MetadataService {
    tokens: BTreeMap<String, DateTime<Utc>>,
    needs_token: bool,
}

impl MetadataService {
    pub(super) fn refuse_v1(&mut self) {
        self.needs_token = true;
    }

    /// Hands out a token for as long as the header asks.
    fn token(&mut self, context: &RequestContext<'_>, header: &str) -> Response {
        if context.request.method != "PUT" {
            return response::plain(405, "Method Not Allowed");
        }
        let seconds = context.request.header(header).and_then(|text| text.parse().ok());
        let Some(seconds) = seconds.filter(|seconds| (1..=LONGEST).contains(seconds)) else {
            return response::plain(400, "Bad Request");
        };
        let token = format!("sandbox-metadata-token-{}", context.number);
        self.tokens.insert(token.clone(), context.now + TimeDelta::seconds(seconds));
        response::plain(200, token)
    }

    /// Turns down a reading request without a token where there must be one, or with a bad one.
    fn refusal(&self, context: &RequestContext<'_>, header: &str) -> Option<Response> {
        if context.request.method != "GET" {
            return Some(response::plain(405, "Method Not Allowed"));
        }
        let is_good = match context.request.header(header) {
            Some(token) => self.tokens.get(token).is_some_and(|end| *end > context.now),
            None => !self.needs_token,
        };
        (!is_good).then(|| response::plain(403, "Forbidden"))
    }
}

/// Answers a request to 100.100.100.200.
pub(super) fn answer_aliyun(sandbox: &mut Sandbox, context: &RequestContext<'_>) -> Response {
    let path = context.request.path();
    if path == "/latest/api/token" {
        return sandbox.metadata.token(context, "x-aliyun-ecs-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = sandbox.metadata.refusal(context, "x-aliyun-ecs-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/latest/meta-data/ram/security-credentials") {
        Some("" | "/") => response::plain(200, ROLE),
        Some(role) if role.strip_prefix('/') == Some(ROLE) => {
            let ends = context.now + LIFE;
            let issued = sandbox.aliyun.issue(ALIYUN_FORM, context.number, ends);
            let mut body = aliyun_credentials(&issued);
            if let Some(members) = body.as_object_mut() {
                let now = context.now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                members.insert("LastUpdated".to_owned(), now.into());
                members.insert("Code".to_owned(), "Success".into());
            }
            response::json(200, &body)
        }
        Some(_) | None => response::plain(404, "Not Found"),
    }
}

/// Answers a request to 100.96.0.96.
pub(super) fn answer_volcengine(sandbox: &mut Sandbox, context: &RequestContext<'_>) -> Response {
    let path = context.request.path();
    if path == "/latest/api/token" {
        return sandbox.metadata.token(context, "x-volc-ecs-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = sandbox.metadata.refusal(context, "x-volc-ecs-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/volcstack/latest/iam/security_credentials") {
        Some("" | "/") => match context.request.query().get("format") {
            Some("json") => response::json(200, &json!([ROLE])),
            Some(_) | None => response::plain(200, format!("{ROLE}\n")),
        },
        Some(role) if role.strip_prefix('/') == Some(ROLE) => {
            let ends = context.now + LIFE;
            let issued = sandbox.volcengine.issue(VOLCENGINE_FORM, context.number, ends);
            response::json(200, &volcengine_credentials(&issued, context.now, "ExpiredTime"))
        }
        Some(_) | None => response::plain(404, "Not Found"),
    }
}

/// Answers a request to 169.254.169.254. The shape is the sandbox's own: the vendor's page does not show it.
pub(super) fn answer_baidu(sandbox: &mut Sandbox, context: &RequestContext<'_>) -> Response {
    match (&*context.request.method, &*context.request.path()) {
        ("GET", "/latest/meta-data/sts-credential") => {
            let form = ("sandboxissued", "sandbox+baidu/");
            let ends = context.now + LIFE;
            let issued = sandbox.baidu.issue(form, context.number, ends);
            let body = json!({
                "accessKeyId": issued.id,
                "secretAccessKey": issued.secret,
                "sessionToken": issued.token,
                "expiration": ends.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            });
            response::json(200, &body)
        }
        _ => response::plain(404, "Not Found"),
    }
}
