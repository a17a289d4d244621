//! `~/.alibabacloud/credentials`, the file that Alibaba Cloud's SDKs share.

use crate::credential::Found;
use crate::credential::file::{Opened, Place};
use crate::credential::ini;
use crate::credential::look::{Doors, Look};
use crate::credential::pair::{self, Names};
use crate::credential::profile::Chosen;
use crate::doors::{Clock, Transport, World};
use crate::error::Error;

const NAMES: Names =
    Names { id: "access_key_id", secret: "access_key_secret", token: "security_token" };

/// Where the SDKs look: Go without an ending, Python with one.
const FILES: [&str; 2] = [".alibabacloud/credentials", ".alibabacloud/credentials.ini"];

/// Looks for the chosen section, or `default`, in the first of the files that is there.
pub(super) async fn look<W: World, T: Transport, C: Clock>(
    chosen: &Chosen,
    doors: Doors<'_, W, T, C>,
) -> Result<Look, Error> {
    let mut notes = Vec::new();
    for file in FILES {
        let place = Place::named(doors.world, "ALIBABA_CLOUD_CREDENTIALS_FILE", file);
        let text = match place.open(doors.world)? {
            Opened::Nothing(note) => {
                notes.push(note);
                continue;
            }
            Opened::Text(text) => text,
        };
        let sections = ini::parse(text.text(&place)?);
        let name = chosen.name().unwrap_or("default");
        let Some((_, section)) = sections.iter().find(|(section, _)| section == name) else {
            notes.push(format!("`{}` holds no section `{name}`", place.shown));
            continue;
        };
        let source = format!("section `{name}` of {}", place.shown);
        match pair::read(&source, &NAMES, section)? {
            Some(credential) => {
                let warnings = text.warnings(&place);
                return Ok(Look::Found(Found { credential, source, warnings }));
            }
            None => notes.push(format!("{source} holds no key")),
        }
    }
    notes.dedup();
    Ok(Look::Nothing(notes))
}
