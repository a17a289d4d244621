//! `~/.volcengine/config.json`, the profiles of Volcengine's command-line tool, with its modes.
//!
//! <https://github.com/volcengine/volcengine-cli>

use std::collections::BTreeMap;

use serde::Deserialize;

use super::sts::{self, Role};
use super::{instance, login};
use crate::credential::Found;
use crate::credential::fields::Fields;
use crate::credential::file::{Opened, Place};
use crate::credential::look::{Doors, Look, broken, missing};
use crate::credential::metadata::Call;
use crate::credential::oidc;
use crate::credential::pair::{self, Names};
use crate::credential::profile::Chosen;
use crate::doors::{Clock, Transport, World};
use crate::error::Error;
use crate::secret::Credential;

/// What a profile calls the parts of a credential.
pub(super) const NAMES: Names =
    Names { id: "access-key", secret: "secret-key", token: "session-token" };

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
    match follow(profile, &source, &place, doors).await? {
        Some(credential) => Ok(Look::Found(Found { credential, source, warnings })),
        None => Ok(Look::nothing(format!("{source} holds no key"))),
    }
}

/// Follows the mode of a profile, whose case the tool does not mind; `None` when it holds nothing.
async fn follow<W: World, T: Transport, C: Clock>(
    profile: &Fields,
    source: &str,
    place: &Place,
    doors: Doors<'_, W, T, C>,
) -> Result<Option<Credential>, Error> {
    let need = |name: &str| profile.text(name).ok_or_else(|| missing(source, name));
    let mode = profile.text("mode").unwrap_or("ak");
    match mode.to_ascii_lowercase().as_str() {
        "ak" => pair::read(source, &NAMES, profile),
        "ststoken" => pair::read_temporary(source, &NAMES, profile).map(Some),
        "ramrolearn" => {
            let trn = format!("trn:iam::{}:role/{}", need("account-id")?, need("role-name")?);
            let credential =
                pair::read(source, &NAMES, profile)?.ok_or_else(|| missing(source, NAMES.id))?;
            sts::assume(&role(trn, profile), &credential, source, doors).await.map(Some)
        }
        "oidc" => {
            let trn = need("role-trn")?.to_owned();
            let token = oidc::token(source, need("oidc-token-file")?, doors.world)?;
            sts::assume_with_oidc(&role(trn, profile), &token, source, doors).await.map(Some)
        }
        "ecsrole" => match instance::look(profile.text("role-name"), Call::Set, doors).await {
            Ok(Look::Found(found)) => Ok(Some(found.credential)),
            Ok(Look::Nothing(notes)) => Err(broken(format!("{source}: {}", notes.join("; ")))),
            Err(error) => Err(error.at(source)),
        },
        "sso" => login::sso(profile, source, doors.clock).map(Some),
        "console-login" => {
            login::console(profile, source, place, doors.world, doors.clock).map(Some)
        }
        _ => Err(broken(format!("{source}: mode `{mode}` is not supported")).hinted(
            "supported are ak, StsToken, RamRoleArn, OIDC, EcsRole, sso and console-login",
        )),
    }
}

fn role(trn: String, profile: &Fields) -> Role {
    let policy = profile.text("policy").map(str::to_owned);
    Role { trn, session: None, policy, host: sts::HOST.to_owned() }
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
