//! `~/.aliyun/config.json`, the profiles of Alibaba Cloud's command-line tool, with its modes.
//!
//! <https://www.alibabacloud.com/help/en/cli/configure-credentials>

use serde::Deserialize;

use crate::credential::Found;
use crate::credential::environment::is_on;
use crate::credential::fields::Fields;
use crate::credential::file::{Opened, Place};
use crate::credential::look::{Doors, Look, broken};
use crate::credential::pair::{self, Names};
use crate::credential::profile::Chosen;
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

const NAMES: Names = Names { id: "access_key_id", secret: "access_key_secret", token: "sts_token" };

/// A key without a token: in mode `AK` the tool does not look at the token, which may be left over.
const NAMES_OF_AK: Names = Names { token: "", ..NAMES };

/// Variables that tell the tool, or the SDKs, to leave the file alone.
const SWITCHES: [&str; 2] = ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"];

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    current: Option<String>,
    #[serde(default)]
    profiles: Option<Vec<Fields>>,
}

impl Config {
    fn profiles(&self) -> &[Fields] {
        self.profiles.as_deref().unwrap_or_default()
    }

    fn names(&self) -> Vec<&str> {
        self.profiles().iter().filter_map(|profile| profile.text("name")).collect()
    }

    fn profile(&self, name: &str) -> Option<&Fields> {
        self.profiles().iter().find(|profile| profile.text("name") == Some(name))
    }

    /// Returns the name that counts: the chosen one, else the current one, else the tool's own default.
    fn name<'a>(&'a self, chosen: &'a Chosen) -> &'a str {
        let current = self.current.as_deref().map(str::trim).filter(|name| !name.is_empty());
        chosen.name().or(current).unwrap_or("default")
    }

    fn holds_secret(&self) -> bool {
        self.profiles().iter().any(|profile| profile.text(NAMES.secret).is_some())
    }
}

/// Looks for the chosen profile and follows its mode.
pub(super) async fn look<W: World, T: Transport, C: Clock>(
    chosen: &Chosen,
    doors: Doors<'_, W, T, C>,
) -> Result<Look, Error> {
    let place = place(doors.world);
    let shown = &place.shown;
    if let Some(switch) = SWITCHES.iter().find(|name| is_on(doors.world, name)) {
        if !matches!(chosen, Chosen::Asked(_)) {
            return Ok(Look::nothing(format!("`{shown}` is switched off by `{switch}`")));
        }
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
    let source = format!("profile `{name}` of {shown}");
    let warnings = if config.holds_secret() { text.warnings(&place) } else { Vec::new() };
    let names = match profile.text("mode") {
        Some("AK") => NAMES_OF_AK,
        None | Some("StsToken") => NAMES,
        Some(mode) => return Err(broken(format!("{source}: mode `{mode}` is not supported"))),
    };
    match pair::read(&source, &names, profile)? {
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
    let region = config.profile(name).and_then(|profile| profile.text("region_id"));
    let source = format!("profile `{name}` of {}", place.shown);
    Ok(region.map(|region| (region.to_owned(), source)))
}

fn place(world: &impl World) -> Place {
    Place::named(world, "ALIBABA_CLOUD_CONFIG_FILE", ".aliyun/config.json")
}
