//! Which cloud a request is for, told by its host, or by its shape where the host is bare loopback.

use super::request::RawRequest;

/// A service of a cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// ECS of Alibaba Cloud.
    Aliyun(Scope),
    /// ECS of Volcengine; a region's own host, or the one for most regions.
    Volcengine(Option<String>),
    /// BCC of Baidu AI Cloud in a region, or its global host.
    Baidu(Option<String>),
    AliyunSts,
    VolcengineSts,
    AliyunMetadata,
    VolcengineMetadata,
    BaiduMetadata,
}

/// Which regions a host of Alibaba Cloud answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// One region.
    Region(String),
    /// The central host, for the regions that have no host of their own.
    Central,
    /// Any: the host is bare loopback.
    Any,
}

/// Finds the service that a request is for.
pub(super) fn service(request: &RawRequest) -> Option<Service> {
    let host = request.host();
    match host.as_str() {
        "127.0.0.1" | "localhost" | "::1" => by_shape(request),
        "100.100.100.200" => Some(Service::AliyunMetadata),
        "100.96.0.96" => Some(Service::VolcengineMetadata),
        "169.254.169.254" => Some(Service::BaiduMetadata),
        "ecs.aliyuncs.com" => Some(Service::Aliyun(Scope::Central)),
        "ecs-cn-hangzhou.aliyuncs.com" => {
            Some(Service::Aliyun(Scope::Region("cn-hangzhou".to_owned())))
        }
        "open.volcengineapi.com" => Some(Service::Volcengine(None)),
        "sts.volcengineapi.com" => Some(Service::VolcengineSts),
        "bcc.baidubce.com" => Some(Service::Baidu(None)),
        _ => by_pattern(&host),
    }
}

fn by_pattern(host: &str) -> Option<Service> {
    let label = |prefix: &str, suffix: &str| {
        let label = host.strip_prefix(prefix)?.strip_suffix(suffix)?;
        is_region(label).then(|| label.to_owned())
    };
    if let Some("sts" | "sts-vpc") = host.strip_suffix(".aliyuncs.com").map(first_label) {
        return Some(Service::AliyunSts);
    }
    label("ecs.", ".aliyuncs.com")
        .or_else(|| label("ecs-vpc.", ".aliyuncs.com"))
        .map(|region| Service::Aliyun(Scope::Region(region)))
        .or_else(|| {
            label("ecs.", ".volcengineapi.com").map(|region| Service::Volcengine(Some(region)))
        })
        .or_else(|| label("bcc.", ".baidubce.com").map(|region| Service::Baidu(Some(region))))
}

fn first_label(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// Tells the cloud by what only its clients send.
fn by_shape(request: &RawRequest) -> Option<Service> {
    let authorization = request.header("authorization").unwrap_or_default();
    if authorization.starts_with("bce-auth-v1/") {
        return Some(Service::Baidu(Some("bj".to_owned())));
    }
    let params = request.query().and(request.form());
    let version = params.get("Version").or_else(|| request.header("x-acs-version"));
    if let Some(service) = metadata(&request.path()) {
        return Some(service);
    }
    match version {
        Some("2015-04-01") => Some(Service::AliyunSts),
        Some("2018-01-01") => Some(Service::VolcengineSts),
        _ if authorization.starts_with("HMAC-SHA256 ") => Some(Service::Volcengine(None)),
        _ if authorization.starts_with("ACS3-") => Some(Service::Aliyun(Scope::Any)),
        _ if request.headers.iter().any(|(name, _)| name.starts_with("x-acs-")) => {
            Some(Service::Aliyun(Scope::Any))
        }
        _ if params.get("Action").is_some() && params.get("SignatureMethod").is_some() => {
            Some(Service::Aliyun(Scope::Any))
        }
        Some("2020-04-01") => Some(Service::Volcengine(None)),
        Some("2014-05-26") => Some(Service::Aliyun(Scope::Any)),
        _ if request.path().starts_with("/v2/") => Some(Service::Baidu(Some("bj".to_owned()))),
        _ => None,
    }
}

/// Tells instance metadata by its paths.
fn metadata(path: &str) -> Option<Service> {
    match path {
        "/latest/meta-data/sts-credential" => Some(Service::BaiduMetadata),
        _ if path.starts_with("/volcstack/") => Some(Service::VolcengineMetadata),
        _ if path.starts_with("/latest/") => Some(Service::AliyunMetadata),
        _ => None,
    }
}

/// Tells whether a text may be a region id, and so a part of a host name.
pub(super) fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Tells whether the sandbox plays that no such region exists.
pub(super) fn is_unknown(region: &str) -> bool {
    !is_region(region) || region.starts_with("no-such")
}
