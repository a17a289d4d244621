//! The role of an ECS instance.
//!
//! <https://www.alibabacloud.com/help/en/ecs/user-guide/attach-an-instance-ram-role-to-an-ecs-instance>

use super::sts;
use crate::credentials::imds::Service;

/// The metadata service.
pub(super) const SERVICE: Service = Service {
    host: "100.100.100.200",
    role: "ALIBABA_CLOUD_ECS_METADATA",
    switch: "ALIBABA_CLOUD_ECS_METADATA_DISABLED",
    newer_only: Some("ALIBABA_CLOUD_IMDSV1_DISABLED"),
    session: ("x-aliyun-ecs-metadata-token-ttl-seconds", "x-aliyun-ecs-metadata-token"),
    roles: "/latest/meta-data/ram/security-credentials/",
    list: &[],
    names: sts::NAMES,
    ends: sts::ENDS,
};
