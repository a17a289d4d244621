//! ECS of Volcengine, version 2020-04-01.
//!
//! <https://www.volcengine.com/docs/6396/120444> and, for its gateway, <https://www.volcengine.com/docs/6369/68677>

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::cloud::{Account, Cloud, RequestContext, Scope, documented, is_unknown};
use super::http::{self, ApiError, Params, Result, refuse};
use super::store::{Import, QUOTA, StoredPair, fingerprint, parse_key};
use super::verify::v4;
use crate::wire::Response;

pub(super) static CLOUD: Cloud = Cloud {
    id: "volcengine",
    owner: Account::permanent("AKLTSandboxOwner", "c2FuZGJveC12b2xjZW5naW5lLW93bmVy=="),
    hosts: &["open.volcengineapi.com", "ecs.{region}.volcengineapi.com"],
    is_signed: |request| {
        request.header("authorization").is_some_and(|value| value.starts_with("HMAC-SHA256 "))
    },
    respond,
};

/// The regions that have a host of their own.
const BOOTSTRAP: [&str; 5] = [
    "cn-beijing-autodriving", "ap-southeast-2", "ap-southeast-3", "cn-shanghai-autodriving",
    "cn-beijing-selfdrive",
];

fn respond(context: &mut RequestContext<'_>) -> Response {
    let params = context.request.query();
    let mut region = String::new();
    let result = operate(context, &params, &mut region);
    envelope(context, &params, &region, result)
}

fn operate(
    context: &mut RequestContext<'_>,
    params: &Params,
    region: &mut String,
) -> Result<Value> {
    let (action, version) =
        (need(params, "Action", "MissingParameter")?, need(params, "Version", "MissingParameter")?);
    let signed = v4::VOLCENGINE.verify(context.request, context.accounts, context.now)?;
    *region = signed.region;
    let is_here = match &context.scope {
        Scope::Region(own) => own == region,
        Scope::Central => !BOOTSTRAP.contains(&region.as_str()),
        Scope::Any => true,
    };
    if signed.service != "ecs" || is_unknown(CLOUD.id, region) || !is_here {
        let message = format!("Service {} is not found in region {region}.", signed.service);
        return refuse(404, "ServiceNotFound", message);
    }
    if context.request.method != "GET" {
        return refuse(405, "MethodNotAllowed", "The method is not allowed.");
    }
    let operation = match (action, version) {
        ("ImportKeyPair", "2020-04-01") => import,
        ("DescribeKeyPairs", "2020-04-01") => describe,
        ("DescribeRegions", "2020-04-01") => regions,
        _ => {
            let message = format!("Could not find operation {action} for version {version}.");
            return refuse(404, "InvalidActionOrVersion", message);
        }
    };
    operation(context, params, region)
}

/// Makes the response from a result.
fn envelope(
    context: &RequestContext<'_>,
    params: &Params,
    region: &str,
    result: Result<Value>,
) -> Response {
    let id = format!("{}{:018X}", context.now.format("%Y%m%d%H%M%S"), context.number);
    let mut metadata = json!({
        "RequestId": id,
        "Action": params.get("Action").unwrap_or_default(),
        "Version": params.get("Version").unwrap_or_default(),
        "Service": "ecs",
        "Region": region,
    });
    let (status, body) = match result {
        Ok(result) => (200, json!({"ResponseMetadata": metadata, "Result": result})),
        Err(ApiError { status, code, message }) => {
            if let Some(members) = metadata.as_object_mut() {
                members.insert("Error".to_owned(), json!({"Code": code, "Message": message}));
            }
            (status, json!({"ResponseMetadata": metadata}))
        }
    };
    let mut response = http::json(status, &body);
    response.headers.push(("x-tt-logid".to_owned(), id));
    response
}

/// Returns a parameter that must be there and not empty.
fn need<'a>(params: &'a Params, name: &str, code: &str) -> Result<&'a str> {
    params.get(name).ok_or_else(|| {
        let message = format!("The required parameter {name} is not supplied.");
        ApiError::new(400, code, message)
    })
}

fn import(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<Value> {
    let token = params.get("ClientToken");
    if token.is_some_and(|token| token.len() > 64 || !token.is_ascii()) {
        return Err(malformed("ClientToken"));
    }
    let mut sorted = params.0.clone();
    sorted.sort();
    let this = json!(sorted).to_string();
    if let Some(done) = token.and_then(|token| context.store.import_with(region, token)) {
        if done.request != this {
            let message = "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical.";
            return refuse(400, "IdempotentParameterMismatch", message);
        }
        return Ok(imported(done));
    }
    let pair = new_pair(context, params, region)?;
    let done = Import {
        request: this,
        id: pair.id.clone(),
        name: pair.name.clone(),
        fingerprint: fingerprint(&pair.line, ""),
    };
    context.store.add(CLOUD.id, region, pair);
    let result = imported(&done);
    if let Some(token) = token {
        context.store.record_import(region, token, done);
    }
    Ok(result)
}

fn imported(done: &Import) -> Value {
    json!({"KeyPairId": done.id, "KeyPairName": done.name, "FingerPrint": done.fingerprint})
}

/// Checks the parameters of an import, and returns the key pair to store.
fn new_pair(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<StoredPair> {
    let name = need(params, "KeyPairName", "MissingParameter.KeyPairName")?;
    let line = need(params, "PublicKey", "MissingParameter.PublicKey")?;
    if parse_key(line).is_none() {
        return Err(malformed("KeyPairPublicKey"));
    }
    let project = params.get("ProjectName").unwrap_or("default");
    if project.contains("missing") {
        // As some error responses of Volcengine, this one has the status 200: a client that looks at the status alone
        // takes it for a success.
        return refuse(200, "InvalidProject.NotFound", "The specified Project does not exist.");
    }
    let pairs = context.store.pairs(CLOUD.id, region);
    if pairs.iter().any(|pair| pair.name == name) {
        let message = "The specified KeyPairName already exists.";
        return refuse(409, "InvalidKeyPairName.Conflict", message);
    }
    if pairs.len() >= QUOTA {
        let message = "You've reached the limit on the number of KeyPairs that you can create.";
        return refuse(400, "LimitExceeded.MaximumKeyPairs", message);
    }
    Ok(StoredPair {
        name: name.to_owned(),
        line: line.trim().to_owned(),
        id: format!("kp-sandbox{:012x}", context.store.next_serial()),
        created: context.now,
        tags: params.tags("Tags"),
        description: params.get("Description").unwrap_or_default().to_owned(),
        group: project.to_owned(),
    })
}

fn describe(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<Value> {
    let (name, md5) = (params.get("KeyPairNames.1"), params.get("FingerPrint"));
    let found = context.store.find(CLOUD.id, region, name, md5);
    let (shown, next) = page(params, &found, 500, || malformed("MaxResults"))?;
    let shown: Vec<Value> = shown
        .iter()
        .map(|pair| {
            json!({
                "KeyPairId": pair.id,
                "KeyPairName": pair.name,
                "FingerPrint": fingerprint(&pair.line, ""),
                "Description": pair.description,
                "ProjectName": pair.group,
                "CreatedAt": in_china(pair.created),
                "UpdatedAt": in_china(pair.created),
            })
        })
        .collect();
    Ok(json!({"KeyPairs": shown, "NextToken": next}))
}

fn regions(_: &mut RequestContext<'_>, params: &Params, _: &str) -> Result<Value> {
    let invalid_size =
        || ApiError::new(400, "InvalidArgument", "The argument MaxResults is invalid.");
    let all = documented(CLOUD.id);
    let (shown, next) = page(params, &all, 20, invalid_size)?;
    let shown: Vec<Value> = shown.iter().map(|id| json!({"RegionId": id})).collect();
    Ok(json!({"Regions": shown, "NextToken": next}))
}

/// Returns the error response to a malformed value.
fn malformed(field: &str) -> ApiError {
    let message = format!("The specified {field} is malformed.");
    ApiError::new(400, format!("Invalid{field}.Malformed"), message)
}

/// Formats a time as Volcengine does, in the time zone of China.
fn in_china(time: DateTime<Utc>) -> String {
    (time + TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// Returns the page that the parameters name, and the token of the next one, empty for the last page.
fn page<'a, T>(
    params: &Params,
    all: &'a [T],
    most: usize,
    invalid_size: impl Fn() -> ApiError,
) -> Result<(&'a [T], String)> {
    let size = params.number("MaxResults", 10, most).ok_or_else(invalid_size)?;
    let start = match params.get("NextToken") {
        None => 0,
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|start| start.parse().ok())
            .ok_or_else(|| malformed("NextToken"))?,
    };
    let rest = all.get(start..).unwrap_or_default();
    let shown = rest.get(..size).unwrap_or(rest);
    let next = start + shown.len();
    let token = if next < all.len() { format!("page-{next}") } else { String::new() };
    Ok((shown, token))
}
