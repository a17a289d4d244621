//! BCC of Baidu AI Cloud, version 2.
//!
//! <https://cloud.baidu.com/doc/BCC/s/8kckircr4> (import), <https://cloud.baidu.com/doc/BCC/s/Fkckjd8sh> (list)

use serde_json::{Value, json};

use super::cloud::{Account, Cloud, RequestContext, Scope};
use super::http::{self, ApiError, RawRequest, Result, refuse};
use super::store::{QUOTA, StoredPair, fingerprint, parse_key};
use super::verify::bce;
use crate::wire::Response;

pub(super) static CLOUD: Cloud = Cloud {
    id: "baidu",
    owner: Account::permanent(
        "sandbox0000000000000000000owner0",
        "sandbox000000000000baidu0secret0",
    ),
    hosts: &["bcc.{region}.baidubce.com", "bcc.baidubce.com"],
    is_signed: |request| {
        request.header("authorization").is_some_and(|value| value.starts_with("bce-auth-v1/"))
    },
    respond,
};

/// The regions with a BCC host in a document or an SDK.
const REGIONS: [&str; 9] = ["bj", "bd", "gz", "su", "cd", "fwh", "fsh", "hkg", "sin"];

/// The key types on the page of the import; its `ecdsa` stands for OpenSSH's three names.
const KEY_TYPES: [&str; 8] = [
    "rsa", "dsa", "ssh-rsa", "ssh-dss", "ecdsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
];

fn respond(context: &mut RequestContext<'_>) -> Response {
    let region = match &context.scope {
        Scope::Region(region) => Some(region.clone()),
        Scope::Central => None,
        Scope::Any => Some("bj".to_owned()),
    };
    let id = format!("5a4db0c5-0000-4000-8000-{:012x}", context.number);
    let mut response = match operate(context, region.as_deref()) {
        Ok(body) => http::json(200, &body),
        Err(ApiError { status, code, message }) => {
            http::json(status, &json!({"requestId": id, "code": code, "message": message}))
        }
    };
    response.headers.push(("x-bce-request-id".to_owned(), id));
    response
}

fn operate(context: &mut RequestContext<'_>, region: Option<&str>) -> Result<Value> {
    let request = context.request;
    bce::verify(request, context.accounts, context.now)?;
    let is_import = request.query().contains("import");
    match (&*request.method, &*request.path(), region) {
        ("POST", "/v2/region/describeRegions", _) => regions(request),
        ("PUT", "/v2/keypair", Some(region)) if is_import => import(context, region),
        ("GET", "/v2/keypair", Some(region)) => list(context, region),
        (_, "/v2/keypair" | "/v2/region/describeRegions", _) => {
            let message = "There was an error in the body of your HTTP request.";
            refuse(400, "InvalidHTTPRequest", message)
        }
        _ => refuse(400, "InvalidURI", "Could not parse the specified URI."),
    }
}

/// Parses the body, a JSON object.
fn body(request: &RawRequest) -> Result<Value> {
    let message = "The JSON you provided was not well-formed.";
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| ApiError::new(400, "MalformedJSON", message))?;
    if body.is_object() { Ok(body) } else { Err(inappropriate()) }
}

/// Returns a member that is a string; without it, an empty one.
fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(value) => value.as_str().ok_or_else(inappropriate),
    }
}

fn inappropriate() -> ApiError {
    let message =
        "The JSON you provided was well-formed and valid, but not appropriate for this operation.";
    ApiError::new(400, "InappropriateJSON", message)
}

fn import(context: &mut RequestContext<'_>, region: &str) -> Result<Value> {
    let body = body(context.request)?;
    let (name, line) = (text(&body, "name")?, text(&body, "publicKey")?);
    let description = text(&body, "description")?;
    let key = parse_key(line).filter(|(key_type, _)| KEY_TYPES.contains(key_type));
    let Some((_, blob)) = key else {
        return refuse(400, "Keypair.PublicKeyFormatInvalid", "Public key format is invalid.");
    };
    let pairs = context.store.pairs(CLOUD.id, region);
    let has_blob = |line| parse_key(line).is_some_and(|(_, other)| other == blob);
    if pairs.iter().any(|pair| has_blob(&pair.line)) {
        return refuse(400, "Keypair.KeypairPublicKeyExist", "Keypair already exist.");
    }
    if pairs.len() >= QUOTA {
        return refuse(413, "Keypair.KeypairQuotaExceedLimit", "Keypair number exceeds the limit.");
    }
    let pair = StoredPair {
        name: name.to_owned(),
        line: line.to_owned(),
        id: format!("k-{:08X}", context.store.next_serial()),
        created: context.now,
        description: description.to_owned(),
        ..StoredPair::default()
    };
    let shown = json!({"keypair": model(&pair, region, "createdTime")});
    context.store.add(CLOUD.id, region, pair);
    Ok(shown)
}

/// Shows a key pair. The time is `createdTime` in the response to an import and `createTime` in a list.
fn model(pair: &StoredPair, region: &str, time: &str) -> Value {
    json!({
        "instanceCount": 0,
        "name": pair.name,
        "description": pair.description,
        time: pair.created.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "publicKey": pair.line,
        "fingerPrint": fingerprint(&pair.line, ":"),
        "regionId": region,
        "keypairId": pair.id,
    })
}

fn list(context: &mut RequestContext<'_>, region: &str) -> Result<Value> {
    let params = context.request.query();
    let invalid = || {
        let message = "There was an error in the body of your HTTP request.";
        ApiError::new(400, "InvalidHTTPRequest", message)
    };
    let size = params.number("maxKeys", 1000, 1000).ok_or_else(invalid)?;
    let found = context.store.find(CLOUD.id, region, params.get("name"), None);
    // A marker is the id of the first pair of its page.
    let start = match params.get("marker") {
        None => 0,
        Some(marker) => found.iter().position(|pair| pair.id == marker).ok_or_else(invalid)?,
    };
    let rest = found.get(start..).unwrap_or_default();
    let shown: Vec<Value> =
        rest.iter().take(size).map(|pair| model(pair, region, "createTime")).collect();
    let mut page = json!({
        "marker": params.get("marker").unwrap_or_default(),
        "isTruncated": false,
        "maxKeys": size,
        "keypairs": shown,
    });
    if let (Some(next), Some(members)) = (rest.get(size), page.as_object_mut()) {
        members.insert("isTruncated".to_owned(), true.into());
        members.insert("nextMarker".to_owned(), next.id.clone().into());
    }
    Ok(page)
}

fn regions(request: &RawRequest) -> Result<Value> {
    body(request)?;
    let regions: Vec<Value> = REGIONS
        .iter()
        .map(|id| json!({"regionId": id, "regionEndpoint": format!("bcc.{id}.baidubce.com")}))
        .collect();
    Ok(json!({"regions": regions}))
}
