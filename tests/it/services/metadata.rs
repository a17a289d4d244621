//! Instance metadata of the clouds: a credential for the role of a machine.
//!
//! <https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata>,
//! <https://cloud.baidu.com/doc/BCC/s/jm4bbrdmn>

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::wire::Response;
use serde_json::json;

use super::sts::{aliyun_credentials, tencent_credentials, volcengine_credentials};
use super::{Context, Services, query, text};

/// The role of the machine.
const ROLE: &str = "SandboxRole";

/// How long an issued credential lives, in seconds.
const LIFE: i64 = 3600;

/// The longest life of a metadata token, in seconds.
const LONGEST: i64 = 21600;

/// The tokens that were handed out, and whether there must be one.
#[derive(Default)]
pub(super) struct Metadata {
    tokens: BTreeMap<String, DateTime<Utc>>,
    needs_token: bool,
}

impl Metadata {
    pub(super) fn refuse_v1(&mut self) {
        self.needs_token = true;
    }

    /// Hands out a token, whose life in seconds is in the header.
    fn token(&mut self, context: &Context<'_>, header: &str) -> Response {
        if context.request.method != "PUT" {
            return text(405, "Method Not Allowed");
        }
        let seconds = context.request.header(header).and_then(|text| text.parse().ok());
        let Some(seconds) = seconds.filter(|seconds| (1..=LONGEST).contains(seconds)) else {
            return text(400, "Bad Request");
        };
        let token = format!("sandbox-metadata-token-{}", context.number);
        self.tokens.insert(token.clone(), context.now + TimeDelta::seconds(seconds));
        text(200, token)
    }

    /// Refuses a request without a token where there must be one, or with a bad one.
    fn refusal(&self, context: &Context<'_>, header: &str) -> Option<Response> {
        if context.request.method != "GET" {
            return Some(text(405, "Method Not Allowed"));
        }
        let is_good = match context.request.header(header) {
            Some(token) => self.tokens.get(token).is_some_and(|end| *end > context.now),
            None => !self.needs_token,
        };
        (!is_good).then(|| text(403, "Forbidden"))
    }
}

/// Responds for 100.100.100.200.
pub(super) fn aliyun(services: &mut Services, context: &Context<'_>) -> Response {
    let path = context.request.path();
    if path == "/latest/api/token" {
        return services.metadata.token(context, "x-aliyun-ecs-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = services.metadata.refusal(context, "x-aliyun-ecs-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/latest/meta-data/ram/security-credentials") {
        Some("" | "/") => text(200, ROLE),
        Some(role) if role.strip_prefix('/') == Some(ROLE) => {
            let issued = services.issue("aliyun", context, LIFE);
            let mut body = aliyun_credentials(&issued);
            body["LastUpdated"] = context.now.format("%Y-%m-%dT%H:%M:%SZ").to_string().into();
            body["Code"] = "Success".into();
            super::json(200, &body)
        }
        Some(_) | None => text(404, "Not Found"),
    }
}

/// Responds for 100.96.0.96.
pub(super) fn volcengine(services: &mut Services, context: &Context<'_>) -> Response {
    let path = context.request.path();
    if path == "/latest/api/token" {
        return services.metadata.token(context, "x-volc-ecs-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = services.metadata.refusal(context, "x-volc-ecs-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/volcstack/latest/iam/security_credentials") {
        Some("" | "/") => match query(context.request).get("format").map(String::as_str) {
            Some("json") => super::json(200, &json!([ROLE])),
            Some(_) | None => text(200, format!("{ROLE}\n")),
        },
        Some(role) if role.strip_prefix('/') == Some(ROLE) => {
            let issued = services.issue("volcengine", context, LIFE);
            super::json(200, &volcengine_credentials(&issued, context.now, "ExpiredTime"))
        }
        Some(_) | None => text(404, "Not Found"),
    }
}

/// Responds for metadata.tencentyun.com, which has no tokens.
pub(super) fn tencent(services: &mut Services, context: &Context<'_>) -> Response {
    let path = context.request.path();
    match path.strip_prefix("/latest/meta-data/cam/security-credentials/") {
        Some("") if context.request.method == "GET" => text(200, ROLE),
        Some(ROLE) if context.request.method == "GET" => {
            let issued = services.issue("tencent", context, LIFE);
            let mut body = tencent_credentials(&issued);
            body["ExpiredTime"] = issued.end.timestamp().into();
            body["Expiration"] = issued.end.format("%Y-%m-%dT%H:%M:%SZ").to_string().into();
            body["Code"] = "Success".into();
            super::json(200, &body)
        }
        _ => text(404, "not found"),
    }
}

/// Responds for 169.254.169.254, which two clouds use.
pub(super) fn shared(services: &mut Services, context: &Context<'_>) -> Response {
    match &*context.request.path() {
        "/latest/meta-data/sts-credential" => baidu(services, context),
        _ => aws(services, context),
    }
}

fn aws(services: &mut Services, context: &Context<'_>) -> Response {
    let path = context.request.path();
    if path == "/latest/api/token" {
        return services.metadata.token(context, "x-aws-ec2-metadata-token-ttl-seconds");
    }
    if let Some(refusal) = services.metadata.refusal(context, "x-aws-ec2-metadata-token") {
        return refusal;
    }
    match path.strip_prefix("/latest/meta-data/iam/security-credentials/") {
        Some("") => text(200, ROLE),
        Some(ROLE) => {
            let mut body = super::aws::issued(&services.issue("aws", context, LIFE));
            body["Code"] = "Success".into();
            super::json(200, &body)
        }
        Some(_) | None => text(404, "Not Found"),
    }
}

/// The vendor's page does not show the response; this one is made up.
fn baidu(services: &mut Services, context: &Context<'_>) -> Response {
    match (&*context.request.method, &*context.request.path()) {
        ("GET", "/latest/meta-data/sts-credential") => {
            let issued = services.issue("baidu", context, LIFE);
            let body = json!({
                "accessKeyId": issued.account.id,
                "secretAccessKey": issued.account.secret,
                "sessionToken": issued.account.token,
                "expiration": issued.end.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            });
            super::json(200, &body)
        }
        _ => text(404, "Not Found"),
    }
}
