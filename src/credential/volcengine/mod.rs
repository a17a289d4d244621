//! Volcengine's places: variables, `~/.volcengine/config.json`, the older files.
//!
//! <https://www.volcengine.com/docs/6291/65568>

mod config;
mod older;

use super::environment::{self, Spelling, first, spelling};
use super::look::{Cloud, Doors, Look};
use super::profile::Chosen;
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

/// Volcengine.
pub(super) struct Volcengine;

const SPELLINGS: [Spelling; 4] = [
    spelling("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"),
    spelling("VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY", "VOLCSTACK_SESSION_TOKEN"),
    spelling("VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"),
    spelling("VOLC_ACCESSKEY", "VOLC_SECRETKEY", "VOLC_SESSIONTOKEN"),
];

/// Variables that choose a profile, as the SDKs order them.
const PROFILES: [&str; 2] = ["VOLCENGINE_PROFILE", "VOLCSTACK_PROFILE"];

const REGIONS: [&str; 2] = ["VOLCENGINE_REGION", "VOLCSTACK_REGION"];

impl Cloud for Volcengine {
    const ID: &'static str = "volcengine";
    const HINT: &'static str =
        "set `VOLCENGINE_ACCESS_KEY` and `VOLCENGINE_SECRET_KEY`, or run `ve login`";

    fn environment(world: &impl World) -> Result<Look, Error> {
        environment::look(world, &SPELLINGS)
    }

    async fn files<W: World, T: Transport, C: Clock>(
        profile: Option<&str>,
        doors: Doors<'_, W, T, C>,
    ) -> Result<Look, Error> {
        let chosen = Chosen::by(profile, &PROFILES, doors.world);
        let mut notes = match config::look(&chosen, doors).await? {
            Look::Found(found) => return Ok(Look::Found(found)),
            Look::Nothing(notes) => notes,
        };
        if chosen.name().is_none() {
            match older::look(doors.world)? {
                Look::Found(found) => return Ok(Look::Found(found)),
                Look::Nothing(more) => notes.extend(more),
            }
        }
        chosen.end(notes)
    }

    async fn exchange<W: World, T: Transport, C: Clock>(
        _doors: Doors<'_, W, T, C>,
    ) -> Result<Look, Error> {
        Ok(Look::Nothing(Vec::new()))
    }

    async fn instance<W: World, T: Transport, C: Clock>(
        _doors: Doors<'_, W, T, C>,
    ) -> Result<Look, Error> {
        Ok(Look::Nothing(Vec::new()))
    }

    fn region(
        profile: Option<&str>,
        world: &impl World,
    ) -> Result<Option<(String, String)>, Error> {
        if let Some((name, value)) = first(world, &REGIONS) {
            return Ok(Some((value.as_str().to_owned(), format!("`{name}`"))));
        }
        config::region(&Chosen::by(profile, &PROFILES, world), world)
    }
}
