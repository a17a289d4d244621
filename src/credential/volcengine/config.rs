//! `~/.volcengine/config.json`, the profiles of Volcengine's command-line tool, with its modes.
//!
//! <https://github.com/volcengine/volcengine-cli>

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::credential::Found;
use crate::credential::fields::Fields;
use crate::credential::file::{Opened, Place};
use crate::credential::look::{Doors, Look, broken};
use crate::credential::pair::{self, Names};
use crate::credential::profile::Chosen;
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

const NAMES: Names = Names { id: "access-key", secret: "secret-key", token: "session-token" };

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    current: Option<String>,
    #[serde(default)]
    profiles: Option<BTreeMap<String, Fields>>,
}

impl Config {
    fn names(&self) -> Vec<&str> {
        self.profiles.iter().flat_map(BTreeMap::keys).map(String::as_str).collect()
    }

    fn profile(&self, name: &str) -> Option<&Fields> {
        self.profiles.as_ref()?.get(name)
    }

    /// Returns the name that counts: the chosen one, else the current one, else the SDKs' own default.
    fn name<'a>(&'a self, chosen: &'a Chosen) -> &'a str {
        let current = self.current.as_deref().map(str::trim).filter(|name| !name.is_empty());
        chosen.name().or(current).unwrap_or("default")
    }

    fn holds_secret(&self) -> bool {
        self.profiles
            .iter()
            .flat_map(BTreeMap::values)
            .any(|profile| profile.text(NAMES.secret).is_some())
    }
}

/// Looks for the chosen profile and follows its mode.
pub(super) async fn look<W: World, T: Transport, C: Clock>(
    chosen: &Chosen,
    doors: Doors<'_, W, T, C>,
) -> Result<Look, Error> {
    let place = place(doors.world);
    let shown = &place.shown;
    let text = match place.open(doors.world)? {
        Opened::Nothing(note) => return Ok(Look::nothing(note)),
        Opened::Text(text) => text,
    };
    let config: Config = text.json(&place)?;
    let name = config.name(chosen);
    let Some(profile) = config.profile(name) else {
        return chosen.absent(shown, name, &config.names());
    };
    let source = format!("profile `{name}` of {shown}");
    let warnings = if config.holds_secret() { text.warnings(&place) } else { Vec::new() };
    if let Some(mode) = profile.text("mode").filter(|mode| !mode.eq_ignore_ascii_case("ak")) {
        return Err(broken(format!("{source}: mode `{mode}` is not supported")));
    }
    match pair::read(&source, &NAMES, profile)? {
        Some(credential) => Ok(Look::Found(Found { credential, source, warnings })),
        None => Ok(Look::nothing(format!("{source} holds no key"))),
    }
}

/// Returns the region of the chosen profile, and where it was found.
pub(super) fn region(
    chosen: &Chosen,
    world: &impl World,
) -> Result<Option<(String, String)>, Error> {
    let place = place(world);
    let Opened::Text(text) = place.open(world)? else { return Ok(None) };
    let config: Config = text.json(&place)?;
    let name = config.name(chosen);
    let region = config.profile(name).and_then(|profile| profile.text("region"));
    let source = format!("profile `{name}` of {}", place.shown);
    Ok(region.map(|region| (region.to_owned(), source)))
}

fn place(world: &impl World) -> Place {
    Place::named(world, "VOLCENGINE_CLI_CONFIG_FILE", ".volcengine/config.json")
}
