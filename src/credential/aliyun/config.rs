//! `~/.aliyun/config.json`, the profiles of Alibaba Cloud's command-line tool.
//!
//! <https://github.com/aliyun/aliyun-cli>

use serde::Deserialize;

use super::modes;
use crate::credential::Found;
use crate::credential::environment::is_on;
use crate::credential::fields::Fields;
use crate::credential::file::{Opened, Place};
use crate::credential::look::{Doors, Look};
use crate::credential::profile::Chosen;
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

/// Variables that tell the tool, or the SDKs, to leave the file alone.
const SWITCHES: [&str; 2] = ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"];

/// What the file holds.
#[derive(Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    current: Option<String>,
    #[serde(default)]
    profiles: Option<Vec<Fields>>,
}

impl Config {
    fn profiles(&self) -> &[Fields] {
        self.profiles.as_deref().unwrap_or_default()
    }

    /// Returns the names of the profiles in their order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.profiles().iter().filter_map(|profile| profile.text("name")).collect()
    }

    /// Returns a profile by its name.
    pub(super) fn profile(&self, name: &str) -> Option<&Fields> {
        self.profiles().iter().find(|profile| profile.text("name") == Some(name))
    }

    /// Returns the name that counts: the chosen one, else the current one, else the tool's own default.
    fn name<'a>(&'a self, chosen: &'a Chosen) -> &'a str {
        let current = self.current.as_deref().map(str::trim).filter(|name| !name.is_empty());
        chosen.name().or(current).unwrap_or("default")
    }

    fn holds_secret(&self) -> bool {
        self.profiles().iter().any(|profile| profile.text("access_key_secret").is_some())
    }
}

/// Looks for the chosen profile and follows its mode.
pub(super) async fn look<W: World, T: Transport, C: Clock>(
    chosen: &Chosen,
    doors: Doors<'_, W, T, C>,
) -> Result<Look, Error> {
    let place = place(doors.world);
    let shown = &place.shown;
    if let Some(switch) = switched_off(chosen, doors.world) {
        return Ok(Look::nothing(format!("`{shown}` is switched off by `{switch}`")));
    }
    let text = match place.open(doors.world)? {
        Opened::Nothing(note) => return Ok(Look::nothing(note)),
        Opened::Text(text) => text,
    };
    let config: Config = text.json(&place)?;
    let name = config.name(chosen);
    let Some(profile) = config.profile(name) else {
        return chosen.absent(shown, name, &config.names());
    };
    let Some(mut found) = modes::follow(&config, name, profile, shown, doors).await? else {
        return Ok(Look::nothing(format!("{} holds no key", modes::called(name, shown))));
    };
    if config.holds_secret() {
        found.warnings.extend(text.warnings(&place));
    }
    Ok(Look::Found(Found { source: modes::called(name, shown), ..found }))
}

/// Returns the region of the chosen profile, and where it was found.
pub(super) fn region(
    chosen: &Chosen,
    world: &impl World,
) -> Result<Option<(String, String)>, Error> {
    if switched_off(chosen, world).is_some() {
        return Ok(None);
    }
    let place = place(world);
    let Opened::Text(text) = place.open(world)? else { return Ok(None) };
    let config: Config = text.json(&place)?;
    let name = config.name(chosen);
    let region = config.profile(name).and_then(|profile| profile.text("region_id"));
    let source = modes::called(name, &place.shown);
    Ok(region.map(|region| (region.to_owned(), source)))
}

/// Tells which variable switches the file off. A profile that is asked for counts all the same.
fn switched_off(chosen: &Chosen, world: &impl World) -> Option<&'static str> {
    match chosen {
        Chosen::Asked(_) => None,
        Chosen::Variable(..) | Chosen::Unsaid => {
            SWITCHES.into_iter().find(|name| is_on(world, name))
        }
    }
}

fn place(world: &impl World) -> Place {
    Place::named(world, "ALIBABA_CLOUD_CONFIG_FILE", ".aliyun/config.json")
}
