//! ECS of Alibaba Cloud, version 2014-05-26.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-importkeypair>

use serde_json::{Value, json};

use super::aliyun_gateway::{Call, envelope, is_signed, need, no_such_action};
use super::cloud::{Account, Cloud, RequestContext, Scope, is_unknown};
use super::public_key;
use super::request::Params;
use super::response::ApiError;
use super::store::{QUOTA, StoredPair};
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

/// The regions of the vendor's endpoint list.
const REGIONS: [&str; 41] = [
    "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-southeast-8",
    "cn-beijing", "cn-beijing-finance-1", "cn-chengdu", "cn-fuzhou", "cn-guangzhou", "cn-hangzhou",
    "cn-hangzhou-finance", "cn-heyuan", "cn-heyuan-acdr-1", "cn-hongkong", "cn-huhehaote",
    "cn-nanjing", "cn-north-2-gov-1", "cn-qingdao", "cn-shanghai", "cn-shanghai-finance-1",
    "cn-shenzhen", "cn-shenzhen-finance-1", "cn-wuhan-lr", "cn-wulanchabu", "cn-zhangjiakou",
    "cn-zhengzhou-jva", "cn-zhongwei", "eu-central-1", "eu-west-1", "me-central-1", "me-east-1",
    "na-south-1", "us-east-1", "us-southeast-1", "us-west-1",
];

fn respond(context: &mut RequestContext<'_>) -> Response {
    let call = Call::read(context.request);
    let result = call.authenticate(context).and_then(|()| {
        if call.version != "2014-05-26" {
            return Err(ApiError::new(
                400,
                "InvalidVersion",
                "Specified parameter Version is not valid.",
            ));
        }
        let operation = match &*call.action {
            "ImportKeyPair" => import,
            "DescribeKeyPairs" => describe,
            "DescribeRegions" => return Ok(regions()),
            _ => return Err(no_such_action()),
        };
        let region = region(&call.params, &context.scope)?;
        operation(context, &call.params, &region)
    });
    envelope(context, result)
}

/// Returns the region of the request, if the host serves it.
fn region(params: &Params, scope: &Scope) -> Result<String, ApiError> {
    let region = need(params, "RegionId")?;
    let is_here = match scope {
        Scope::Region(own) => own == region && !CENTRAL.contains(&region),
        Scope::Central => CENTRAL.contains(&region),
        Scope::Any => true,
    };
    if is_unknown(region) {
        let message = "The specified RegionId does not exist.";
        return Err(ApiError::new(404, "InvalidRegionId.NotFound", message));
    }
    if !is_here {
        let message = "The specified endpoint cant operate this region. Please use API DescribeRegions to get the appropriate endpoint, or upgrade your SDK to latest version.";
        return Err(ApiError::new(404, "InvalidOperation.NotSupportedEndpoint", message));
    }
    Ok(region.to_owned())
}

fn import(
    context: &mut RequestContext<'_>,
    params: &Params,
    region: &str,
) -> Result<Value, ApiError> {
    let name = need(params, "KeyPairName")?;
    let line = need(params, "PublicKeyBody")?;
    if public_key::parse(line).is_none() {
        let message = "The PublicKeyBody format is not supported.";
        return Err(ApiError::new(400, "InvalidPublicKeyBody.Malformed", message));
    }
    let group = params.get("ResourceGroupId").unwrap_or_default();
    if !group.is_empty() && (!group.starts_with("rg-") || group.contains("missing")) {
        let message = "The ResourceGroup provided does not exist in our records.";
        return Err(ApiError::new(404, "InvalidResourceGroup.NotFound", message));
    }
    let pairs = context.store.pairs(CLOUD.id, region);
    if pairs.iter().any(|pair| pair.name == name) {
        return Err(ApiError::new(400, "KeyPair.AlreadyExist", "The key pair already exist."));
    }
    if pairs.len() >= QUOTA {
        return Err(ApiError::new(403, "QuotaExceed.KeyPair", "The key pair quota exceeds."));
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
    let fingerprint = public_key::fingerprint(&pair.line, "");
    context.store.add(CLOUD.id, region, pair);
    Ok(json!({"KeyPairName": name, "KeyPairFingerPrint": fingerprint}))
}

fn describe(
    context: &mut RequestContext<'_>,
    params: &Params,
    region: &str,
) -> Result<Value, ApiError> {
    let number = |name: &str, default: usize, most: usize| match params.get(name) {
        None => Ok(default),
        Some(text) => {
            text.parse().ok().filter(|value| (1..=most).contains(value)).ok_or_else(|| {
                let message = format!("The specified parameter \"{name}\" is not valid.");
                ApiError::new(400, "InvalidParameter", message)
            })
        }
    };
    let page = number("PageNumber", 1, usize::MAX)?;
    let size = number("PageSize", 10, 50)?;
    let wants_key =
        params.get("IncludePublicKey").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let found: Vec<&StoredPair> = context
        .store
        .pairs(CLOUD.id, region)
        .iter()
        .filter(|pair| params.get("KeyPairName").is_none_or(|name| pair.name == name))
        .filter(|pair| {
            let fingerprint = params.get("KeyPairFingerPrint");
            fingerprint.is_none_or(|wanted| public_key::fingerprint(&pair.line, "") == wanted)
        })
        .collect();
    let shown: Vec<Value> = found
        .iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .map(|pair| {
            let mut shown = json!({
                "KeyPairName": pair.name,
                "KeyPairFingerPrint": public_key::fingerprint(&pair.line, ""),
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
    let regions: Vec<Value> = REGIONS
        .iter()
        .map(|id| {
            let endpoint = if CENTRAL.contains(id) {
                "ecs.aliyuncs.com".to_owned()
            } else {
                format!("ecs.{id}.aliyuncs.com")
            };
            json!({"RegionId": id, "RegionEndpoint": endpoint, "LocalName": id, "Status": "available"})
        })
        .collect();
    json!({"Regions": {"Region": regions}})
}
