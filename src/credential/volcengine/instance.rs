//! The role of an ECS instance.
//!
//! <https://github.com/volcengine/volcengine-python-sdk>

use super::sts;
use crate::credential::environment::is_on;
use crate::credential::look::{Doors, Look, broken};
use crate::credential::metadata::{self, Call, Older, Service};
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

/// The variable that names the role.
pub(super) const ROLE: &str = "VOLCENGINE_ECS_METADATA";

const SWITCH: &str = "VOLCENGINE_ECS_METADATA_DISABLED";

const SERVICE: Service = Service {
    host: "100.96.0.96",
    session: ("x-volc-ecs-metadata-token-ttl-seconds", "x-volc-ecs-metadata-token"),
    roles: "/volcstack/latest/iam/security_credentials",
    list: &[("type", "user"), ("format", "json")],
    names: sts::NAMES,
    ends: "ExpiredTime",
};

/// Asks the metadata service.
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
    metadata::look(&SERVICE, role, call, Older::Forbidden, doors).await
}
