//! The role of an ECS instance.
//!
//! <https://www.alibabacloud.com/help/en/ecs/user-guide/attach-an-instance-ram-role-to-an-ecs-instance>

use super::sts;
use crate::credential::environment::is_on;
use crate::credential::look::{Doors, Look, broken};
use crate::credential::metadata::{self, Call, Older, Service};
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

/// The variable that names the role.
pub(super) const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";

const SWITCH: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";

const SERVICE: Service = Service {
    host: "100.100.100.200",
    session: ("x-aliyun-ecs-metadata-token-ttl-seconds", "x-aliyun-ecs-metadata-token"),
    roles: "/latest/meta-data/ram/security-credentials/",
    list: &[],
    names: sts::NAMES,
    ends: sts::ENDS,
};

/// Asks the metadata service, by its newer protocol and then by the older one unless that is forbidden.
pub(super) async fn look<W: World, T: Transport, C: Clock>(
    role: Option<&str>,
    call: Call,
    doors: Doors<'_, W, T, C>,
) -> Result<Look, Error> {
    if is_on(doors.world, SWITCH) {
        let note = format!("the instance role is switched off by `{SWITCH}`");
        return match call {
            Call::Chance => Ok(Look::nothing(note)),
            Call::Set => Err(broken(note)),
        };
    }
    let is_forbidden = is_on(doors.world, "ALIBABA_CLOUD_IMDSV1_DISABLED");
    let older = if is_forbidden { Older::Forbidden } else { Older::Allowed };
    metadata::look(&SERVICE, role, call, older, doors).await
}
