//! The role of an ECS instance.
//!
//! <https://github.com/volcengine/volcengine-python-sdk>

use super::sts;
use crate::credentials::imds::Service;

/// The metadata service.
pub(super) const SERVICE: Service = Service {
    host: "100.96.0.96",
    role: "VOLCENGINE_ECS_METADATA",
    switch: "VOLCENGINE_ECS_METADATA_DISABLED",
    newer_only: None,
    session: ("x-volc-ecs-metadata-token-ttl-seconds", "x-volc-ecs-metadata-token"),
    roles: "/volcstack/latest/iam/security_credentials",
    list: &[("type", "user"), ("format", "json")],
    names: sts::NAMES,
    ends: "ExpiredTime",
};
