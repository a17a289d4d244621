//! Which cloud a request is for, told by its host, or by its shape where the host is bare loopback.

use super::received::Received;

/// A service of a cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// ECS of Alibaba Cloud.
    Aliyun(Reach),
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
pub(super) enum Reach {
    /// One region.
    Region(String),
    /// The central host, for the regions that have no host of their own.
    Central,
    /// Any: the host is bare loopback.
    Any,
}

/// Finds the service that a request is for.
pub(super) fn place(request: &Received) -> Option<Place> {
    let host = request.host();
    match host.as_str() {
        "127.0.0.1" | "localhost" | "::1" => by_shape(request),
        "100.100.100.200" => Some(Place::AliyunMetadata),
        "100.96.0.96" => Some(Place::VolcengineMetadata),
        "169.254.169.254" => Some(Place::BaiduMetadata),
        "ecs.aliyuncs.com" => Some(Place::Aliyun(Reach::Central)),
        "ecs-cn-hangzhou.aliyuncs.com" => {
            Some(Place::Aliyun(Reach::Region("cn-hangzhou".to_owned())))
        }
        "open.volcengineapi.com" => Some(Place::Volcengine(None)),
        "sts.volcengineapi.com" => Some(Place::VolcengineSts),
        "bcc.baidubce.com" => Some(Place::Baidu(None)),
        _ => by_pattern(&host),
    }
}

fn by_pattern(host: &str) -> Option<Place> {
    let label = |prefix: &str, suffix: &str| {
        let label = host.strip_prefix(prefix)?.strip_suffix(suffix)?;
        is_region(label).then(|| label.to_owned())
    };
    if let Some("sts" | "sts-vpc") = host.strip_suffix(".aliyuncs.com").map(first_label) {
        return Some(Place::AliyunSts);
    }
    label("ecs.", ".aliyuncs.com")
        .or_else(|| label("ecs-vpc.", ".aliyuncs.com"))
        .map(|region| Place::Aliyun(Reach::Region(region)))
        .or_else(|| {
            label("ecs.", ".volcengineapi.com").map(|region| Place::Volcengine(Some(region)))
        })
        .or_else(|| label("bcc.", ".baidubce.com").map(|region| Place::Baidu(Some(region))))
}

fn first_label(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// Tells the cloud by what only its clients send.
fn by_shape(request: &Received) -> Option<Place> {
    let authorization = request.header("authorization").unwrap_or_default();
    if authorization.starts_with("bce-auth-v1/") {
        return Some(Place::Baidu(Some("bj".to_owned())));
    }
    let params = request.query().and(request.form());
    let version = params.get("Version").or_else(|| request.header("x-acs-version"));
    if let Some(place) = metadata(&request.path()) {
        return Some(place);
    }
    match version {
        Some("2015-04-01") => Some(Place::AliyunSts),
        Some("2018-01-01") => Some(Place::VolcengineSts),
        _ if authorization.starts_with("HMAC-SHA256 ") => Some(Place::Volcengine(None)),
        _ if authorization.starts_with("ACS3-") => Some(Place::Aliyun(Reach::Any)),
        _ if request.headers.iter().any(|(name, _)| name.starts_with("x-acs-")) => {
            Some(Place::Aliyun(Reach::Any))
        }
        _ if params.get("Action").is_some() && params.get("SignatureMethod").is_some() => {
            Some(Place::Aliyun(Reach::Any))
        }
        Some("2020-04-01") => Some(Place::Volcengine(None)),
        Some("2014-05-26") => Some(Place::Aliyun(Reach::Any)),
        _ if request.path().starts_with("/v2/") => Some(Place::Baidu(Some("bj".to_owned()))),
        _ => None,
    }
}

/// Tells instance metadata by its paths.
fn metadata(path: &str) -> Option<Place> {
    match path {
        "/latest/meta-data/sts-credential" => Some(Place::BaiduMetadata),
        _ if path.starts_with("/volcstack/") => Some(Place::VolcengineMetadata),
        _ if path.starts_with("/latest/") => Some(Place::AliyunMetadata),
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
