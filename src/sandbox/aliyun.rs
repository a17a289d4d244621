//! ECS of Alibaba Cloud, version 2014-05-26.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-importkeypair> and, for its gateway,
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::cloud::{Account, Cloud, RequestContext, Scope, documented, is_unknown};
use super::http::{self, ApiError, Params, RawRequest, Result, refuse};
use super::store::{QUOTA, StoredPair, fingerprint, parse_key};
use super::verify::acs;
use crate::wire::Response;

pub(super) static CLOUD: Cloud = Cloud {
    id: "aliyun",
    owner: Account::permanent("LTAI5tSandboxOwner", "sandbox-aliyun-owner-secret"),
    hosts: &[
        "ecs.{region}.aliyuncs.com",
        "ecs-vpc.{region}.aliyuncs.com",
        "ecs-{region}.aliyuncs.com",
        "ecs.aliyuncs.com",
    ],
    is_signed,
    respond,
};

/// The regions that only the central host serves.
const CENTRAL: [&str; 2] = ["cn-hangzhou-finance", "cn-north-2-gov-1"];

/// How long a nonce is remembered: as long as the time beside it is accepted.
const NONCE_LIFE: TimeDelta = TimeDelta::minutes(30);

fn respond(context: &mut RequestContext<'_>) -> Response {
    let result = operate(context);
    envelope(context, result)
}

fn operate(context: &mut RequestContext<'_>) -> Result<Value> {
    let request = context.request;
    let params = request.query();
    let is_acs3 = request.header("authorization").is_some()
        || request.headers.iter().any(|(name, _)| name.starts_with("x-acs-"));
    authenticate(context, &params, is_acs3)?;
    let (action, version) = if is_acs3 {
        (request.header("x-acs-action"), request.header("x-acs-version"))
    } else {
        (params.get("Action"), params.get("Version"))
    };
    if version != Some("2014-05-26") {
        return refuse(400, "InvalidVersion", "Specified parameter Version is not valid.");
    }
    let operation = match action.unwrap_or_default() {
        "ImportKeyPair" => import,
        "DescribeKeyPairs" => describe,
        "DescribeRegions" => return Ok(regions()),
        _ => {
            let message = "Specified api is not found, please check your url and method.";
            return refuse(404, "InvalidApi.NotFound", message);
        }
    };
    let region = region(&params, &context.scope)?;
    operation(context, &params, &region)
}

/// Verifies method, signature and nonce.
fn authenticate(context: &mut RequestContext<'_>, params: &Params, is_acs3: bool) -> Result<()> {
    if !matches!(&*context.request.method, "GET" | "POST") {
        return refuse(403, "UnsupportedHTTPMethod", "This http method is not supported.");
    }
    if is_acs3 && params.contains("Signature") {
        return Err(acs::incomplete("There is more than one signature."));
    }
    let verify = if is_acs3 { acs::verify_acs3 } else { acs::verify_rpc };
    let used = verify(context.request, context.accounts, context.now)?;
    if !context.nonces.insert(used, context.now, NONCE_LIFE) {
        return refuse(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    }
    Ok(())
}

/// Makes the response from a result, for ECS.
fn envelope(context: &RequestContext<'_>, result: Result<Value>) -> Response {
    let id = format!("5A4DB0C5-0000-4000-8000-{:012X}", context.number);
    let (status, mut body) = match result {
        Ok(body) => (200, body),
        Err(ApiError { status, code, message }) => {
            let host = context.request.host();
            (status, json!({"HostId": host, "Code": code, "Message": message}))
        }
    };
    if let Some(members) = body.as_object_mut() {
        members.insert("RequestId".to_owned(), id.clone().into());
    }
    let mut response = http::json(status, &body);
    response.headers.push(("x-acs-request-id".to_owned(), id));
    response
}

/// Returns whether a request has one of the two signatures.
fn is_signed(request: &RawRequest) -> bool {
    request.header("authorization").is_some_and(|value| value.starts_with("ACS3-"))
        || request.query().get("SignatureMethod").is_some()
}

/// Returns a parameter that must be there and not empty.
fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str> {
    params.get(name).ok_or_else(|| {
        let message = format!(
            "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
        );
        ApiError::new(400, "MissingParameter", message)
    })
}

/// Returns the region of the request, if the host serves it.
fn region(params: &Params, scope: &Scope) -> Result<String> {
    let region = need(params, "RegionId")?;
    let is_here = match scope {
        Scope::Region(own) => own == region && !CENTRAL.contains(&region),
        Scope::Central => CENTRAL.contains(&region),
        Scope::Any => true,
    };
    if is_unknown(CLOUD.id, region) {
        return refuse(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
    }
    if !is_here {
        let message = "The specified endpoint cant operate this region. Please use API DescribeRegions to get the appropriate endpoint, or upgrade your SDK to latest version.";
        return refuse(404, "InvalidOperation.NotSupportedEndpoint", message);
    }
    Ok(region.to_owned())
}

fn import(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<Value> {
    let name = need(params, "KeyPairName")?;
    let line = need(params, "PublicKeyBody")?;
    if parse_key(line).is_none() {
        let message = "The PublicKeyBody format is not supported.";
        return refuse(400, "InvalidPublicKeyBody.Malformed", message);
    }
    let group = params.get("ResourceGroupId").unwrap_or_default();
    if !group.is_empty() && (!group.starts_with("rg-") || group.contains("missing")) {
        let message = "The ResourceGroup provided does not exist in our records.";
        return refuse(404, "InvalidResourceGroup.NotFound", message);
    }
    let pairs = context.store.pairs(CLOUD.id, region);
    if pairs.iter().any(|pair| pair.name == name) {
        return refuse(400, "KeyPair.AlreadyExist", "The key pair already exist.");
    }
    if pairs.len() >= QUOTA {
        return refuse(403, "QuotaExceed.KeyPair", "The key pair quota exceeds.");
    }
    let pair = StoredPair {
        name: name.to_owned(),
        line: line.trim().to_owned(),
        id: format!("ssh-{}", context.store.next_serial()),
        created: context.now,
        tags: params.tags("Tag"),
        group: group.to_owned(),
        ..StoredPair::default()
    };
    let md5 = fingerprint(&pair.line, "");
    context.store.add(CLOUD.id, region, pair);
    Ok(json!({"KeyPairName": name, "KeyPairFingerPrint": md5}))
}

fn describe(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<Value> {
    let number = |name: &str, default: usize, most: usize| {
        params.number(name, default, most).ok_or_else(|| {
            let message = format!("The specified parameter \"{name}\" is not valid.");
            ApiError::new(400, "InvalidParameter", message)
        })
    };
    let page = number("PageNumber", 1, usize::MAX)?;
    let size = number("PageSize", 10, 50)?;
    let wants_key =
        params.get("IncludePublicKey").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let (name, md5) = (params.get("KeyPairName"), params.get("KeyPairFingerPrint"));
    let found = context.store.find(CLOUD.id, region, name, md5);
    let shown: Vec<Value> = found
        .iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .map(|pair| {
            let mut shown = json!({
                "KeyPairName": pair.name,
                "KeyPairFingerPrint": fingerprint(&pair.line, ""),
                "CreationTime": pair.created.format("%Y-%m-%dT%H:%MZ").to_string(),
                "ResourceGroupId": pair.group,
            });
            if let (true, Some(members)) = (wants_key, shown.as_object_mut()) {
                members.insert("PublicKey".to_owned(), pair.line.clone().into());
            }
            shown
        })
        .collect();
    Ok(json!({
        "PageNumber": page,
        "PageSize": size,
        "TotalCount": found.len(),
        "KeyPairs": {"KeyPair": shown},
    }))
}

fn regions() -> Value {
    let regions: Vec<Value> = documented(CLOUD.id)
        .into_iter()
        .map(|id| {
            let endpoint = if CENTRAL.contains(&id) {
                "ecs.aliyuncs.com".to_owned()
            } else {
                format!("ecs.{id}.aliyuncs.com")
            };
            json!({"RegionId": id, "RegionEndpoint": endpoint})
        })
        .collect();
    json!({"Regions": {"Region": regions}})
}
