//! `~/.aliyun/config.json`, the profiles of Alibaba Cloud's command-line tool.
//!
//! <https://github.com/aliyun/aliyun-cli>

use super::modes;
use crate::credentials::Found;
use crate::credentials::context::{Context, Look};
use crate::credentials::env::is_on;
use crate::credentials::file::Place;
use crate::credentials::profile::{self, Chosen, Profiles};
use crate::error::Error;
use crate::ports::System;

/// Variables that tell the tool, or the SDKs, to leave the file alone.
const SWITCHES: [&str; 2] = ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"];

/// Looks for the chosen profile and follows its mode.
pub(super) async fn look(chosen: &Chosen, ctx: Context<'_>) -> Result<Look, Error> {
    let place = place(ctx.system);
    if let Some(switch) = switched_off(chosen, ctx.system) {
        return Ok(Look::nothing(format!("`{}` is switched off by `{switch}`", place.shown)));
    }
    let profiles = match Profiles::open(place, modes::NAMES.secret, ctx.system)? {
        Ok(profiles) => profiles,
        Err(nothing) => return Ok(nothing),
    };
    let (name, profile) = match profiles.pick(chosen)? {
        Ok(picked) => picked,
        Err(nothing) => return Ok(nothing),
    };
    let source = profiles.called(name);
    let Some(mut found) = modes::follow(&profiles, name, profile, ctx).await? else {
        return Ok(Look::nothing(format!("{source} holds no key")));
    };
    found.warnings.extend(profiles.warnings);
    Ok(Look::Found(Found { source, ..found }))
}

/// Returns the region of the chosen profile, and where it was found.
pub(super) fn region(
    chosen: &Chosen,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    if switched_off(chosen, system).is_some() {
        return Ok(None);
    }
    profile::region(place(system), "region_id", chosen, system)
}

/// Tells which variable switches the file off. A profile that is asked for counts all the same.
fn switched_off(chosen: &Chosen, system: &dyn System) -> Option<&'static str> {
    match chosen {
        Chosen::Asked(_) => None,
        Chosen::Variable(..) | Chosen::Unsaid => {
            SWITCHES.into_iter().find(|name| is_on(system, name))
        }
    }
}

fn place(system: &dyn System) -> Place {
    Place::named(system, "ALIBABA_CLOUD_CONFIG_FILE", ".aliyun/config.json")
}
