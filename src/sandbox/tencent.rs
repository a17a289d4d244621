//! CVM of Tencent Cloud, version 2017-03-12.
//!
//! <https://cloud.tencent.com/document/api/213/15703> (import), <https://www.tencentcloud.com/document/api/213/33229> (list)
//!
//! Where the pages leave something open, this is the cloud that is harder to work with: names and keys are unique in the
//! account and not in the region, and the filter by name matches parts.

use serde_json::{Map, Value, json};

use super::cloud::{Account, Cloud, RequestContext, Scope, is_unknown};
use super::http::{ApiError, Result, refuse};
use super::store::{StoredPair, parse_key};
use super::verify::tc3;
use crate::wire::Response;

pub(super) static CLOUD: Cloud = Cloud {
    id: "tencent",
    owner: Account::permanent(
        "AKIDSandboxOwner00000000000000000000",
        "sandboxTencentOwnerSecret0000000",
    ),
    hosts: &[
        "cvm.tencentcloudapi.com",
        "cvm.intl.tencentcloudapi.com",
        "cvm.{region}.tencentcloudapi.com",
    ],
    is_signed: |request| {
        request.header("authorization").is_some_and(|value| value.starts_with("TC3-HMAC-SHA256 "))
    },
    respond,
};

/// How many key pairs an account holds: <https://cloud.tencent.com/document/product/213/6092>
const QUOTA: usize = 100;

/// The regions on the page of `DescribeKeyPairs`.
const REGIONS: [&str; 14] = [
    "ap-bangkok", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-guangzhou", "ap-hongkong",
    "ap-jakarta", "ap-nanjing", "ap-seoul", "ap-shanghai", "ap-shanghai-fsi", "ap-shenzhen-fsi",
    "ap-singapore", "ap-tokyo",
];

/// Responds with the status 200, whatever the result.
fn respond(context: &mut RequestContext<'_>) -> Response {
    let mut body = operate(context).unwrap_or_else(
        |ApiError { code, message, .. }| json!({"Error": {"Code": code, "Message": message}}),
    );
    if let Some(members) = body.as_object_mut() {
        let id = format!("5a4db0c5-0000-4000-8000-{:012x}", context.number);
        members.insert("RequestId".to_owned(), id.into());
    }
    // The vendor's SDK looks for an error only where the type is this one, to the letter.
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status: 200, headers, body: json!({"Response": body}).to_string().into_bytes() }
}

/// What an action does, in a region with parameters.
type Operation = fn(&mut RequestContext<'_>, &str, &Params) -> Result<Value>;

fn operate(context: &mut RequestContext<'_>) -> Result<Value> {
    let request = context.request;
    if request.method != "POST" || request.header("content-type") != Some("application/json") {
        return refuse(200, "UnsupportedProtocol", "Only JSON by POST is served here.");
    }
    if tc3::verify(request, context.accounts, context.now)? != "cvm" {
        return refuse(200, "NoSuchProduct", "The product does not exist.");
    }
    if request.header("x-tc-version") != Some("2017-03-12") {
        return refuse(200, "NoSuchVersion", "The API version does not exist.");
    }
    let body: Map<String, Value> = serde_json::from_slice(&request.body)
        .map_err(|_| ApiError::new(200, "InvalidParameter", "The body is not a JSON object."))?;
    let (operation, known): (Operation, &[&str]) =
        match request.header("x-tc-action").unwrap_or_default() {
            "ImportKeyPair" => (import, &["KeyName", "ProjectId", "PublicKey", "TagSpecification"]),
            "DescribeKeyPairs" => (describe, &["KeyIds", "Filters", "Offset", "Limit"]),
            "DescribeRegions" => return Ok(regions()),
            _ => return refuse(200, "InvalidAction", "The API does not exist."),
        };
    if let Some(unknown) = body.keys().find(|name| !known.contains(&name.as_str())) {
        let message = format!("The parameter `{unknown}` is not recognized.");
        return refuse(200, "UnknownParameter", message);
    }
    let region = region(context)?;
    operation(context, &region, &Params(body))
}

/// Returns the region of the request, if the host serves it.
fn region(context: &RequestContext<'_>) -> Result<String> {
    let region = context.request.header("x-tc-region").unwrap_or_default();
    let is_here = match &context.scope {
        Scope::Region(own) => own == region,
        Scope::Central => !region.ends_with("-fsi"),
        Scope::Any => true,
    };
    if region.is_empty() {
        return refuse(200, "MissingParameter", "The header X-TC-Region is missing.");
    }
    if is_unknown(CLOUD.id, region) || !is_here {
        return refuse(200, "UnsupportedRegion", "The API does not support the input region.");
    }
    Ok(region.to_owned())
}

/// The parameters of a request.
struct Params(Map<String, Value>);

impl Params {
    /// Returns a text that must be there.
    fn text(&self, name: &str) -> Result<&str> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| missing(name))
    }

    /// Returns a number from `least` to `most`: the default where there is none.
    fn number(&self, name: &str, default: usize, least: usize, most: usize) -> Result<usize> {
        let Some(value) = self.0.get(name) else { return Ok(default) };
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            let message = format!("The value of the parameter `{name}` is not valid.");
            ApiError::new(200, "InvalidParameterValue", message)
        })
    }

    fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

fn missing(name: &str) -> ApiError {
    let message = format!("The request is missing the required parameter `{name}`.");
    ApiError::new(200, "MissingParameter", message)
}

fn import(context: &mut RequestContext<'_>, region: &str, params: &Params) -> Result<Value> {
    let (name, line) = (params.text("KeyName")?, params.text("PublicKey")?);
    let project = params.0.get("ProjectId").ok_or_else(|| missing("ProjectId"))?;
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let refused = match name.len() {
        0 => Some(("InvalidKeyPairNameEmpty", "The key name cannot be empty.")),
        _ if !name.chars().all(is_allowed) => {
            Some(("InvalidKeyPairNameIncludeIllegalChar", "The key name has invalid characters."))
        }
        26.. => Some(("InvalidKeyPairNameTooLong", "The key name exceeds 25 characters.")),
        _ => None,
    };
    if let Some((code, message)) = refused {
        return refuse(200, code, message);
    }
    // The sandbox knows the default project and those below 1000000.
    let Some(project) = project.as_u64().filter(|number| *number < 1_000_000) else {
        return refuse(200, "InvalidProjectId.NotFound", "The project does not exist.");
    };
    let Some((_, blob)) = parse_key(line) else {
        let message = "The specified public key does not meet the `OpenSSH RSA` format.";
        return refuse(200, "InvalidPublicKey.Malformed", message);
    };
    let pairs = context.store.all_pairs(CLOUD.id);
    if pairs.iter().any(|pair| pair.name == name) {
        return refuse(200, "InvalidKeyPairName.Duplicate", "The key pair name already exists.");
    }
    let has_blob = |line| parse_key(line).is_some_and(|(_, other)| other == blob);
    if pairs.iter().any(|pair| has_blob(&pair.line)) {
        return refuse(200, "InvalidPublicKey.Duplicate", "The specified key already exists.");
    }
    if pairs.len() >= QUOTA {
        return refuse(200, "InvalidKeyPair.LimitExceeded", "There are too many key pairs.");
    }
    let id = format!("skey-{:08x}", context.store.next_serial());
    // The cloud replaces the comment by the id.
    let words: Vec<&str> = line.split_ascii_whitespace().take(2).chain([&*id]).collect();
    let pair = StoredPair {
        name: name.to_owned(),
        line: words.join(" "),
        id: id.clone(),
        created: context.now,
        tags: tags(params)?,
        group: project.to_string(),
        ..StoredPair::default()
    };
    context.store.add(CLOUD.id, region, pair);
    Ok(json!({"KeyId": id}))
}

/// Returns the tags of a key pair, each key once.
fn tags(params: &Params) -> Result<Vec<(String, String)>> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for specification in params.list("TagSpecification") {
        let listed = specification.get("Tags").and_then(Value::as_array);
        for tag in listed.into_iter().flatten() {
            let text = |name| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (key, value) = (text("Key"), text("Value"));
            if key.is_empty() || key.starts_with("qcs:") {
                return refuse(200, "FailedOperation.IllegalTagKey", "The tag key is not valid.");
            }
            if tags.iter().any(|(other, _)| *other == key) {
                let message = "The specified tag already exists.";
                return refuse(200, "InvalidParameterValue.DuplicateTags", message);
            }
            tags.push((key, value));
        }
    }
    Ok(tags)
}

fn describe(context: &mut RequestContext<'_>, _: &str, params: &Params) -> Result<Value> {
    let offset = params.number("Offset", 0, 0, usize::MAX)?;
    let limit = params.number("Limit", 20, 1, 100)?;
    let mut found = context.store.all_pairs(CLOUD.id);
    for filter in params.list("Filters") {
        if filter.get("Name").and_then(Value::as_str) != Some("key-name") {
            return refuse(200, "InvalidFilter", "The specified filter is not supported.");
        }
        let values = filter.get("Values").and_then(Value::as_array);
        let values: Vec<&str> = values.into_iter().flatten().filter_map(Value::as_str).collect();
        found.retain(|pair| values.iter().any(|part| pair.name.contains(part)));
    }
    let ids: Vec<&str> = params.list("KeyIds").iter().filter_map(Value::as_str).collect();
    if ids.iter().any(|id| !found.iter().any(|pair| pair.id == *id)) {
        return refuse(200, "InvalidKeyPairId.NotFound", "The key pair ID does not exist.");
    }
    found.retain(|pair| ids.is_empty() || ids.contains(&&*pair.id));
    let shown: Vec<Value> = found.iter().skip(offset).take(limit).map(|pair| model(pair)).collect();
    Ok(json!({"TotalCount": found.len(), "KeyPairSet": shown}))
}

fn model(pair: &StoredPair) -> Value {
    let tags: Vec<Value> =
        pair.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    json!({
        "KeyId": pair.id,
        "KeyName": pair.name,
        "ProjectId": pair.group.parse::<u64>().unwrap_or_default(),
        "PublicKey": pair.line,
        "CreatedTime": pair.created.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "Tags": tags,
    })
}

fn regions() -> Value {
    let regions: Vec<Value> =
        REGIONS.iter().map(|id| json!({"Region": id, "RegionState": "AVAILABLE"})).collect();
    json!({"TotalCount": regions.len(), "RegionSet": regions})
}
