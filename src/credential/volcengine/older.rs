//! The files of Volcengine's first SDKs: `~/.volc/credentials`, `~/.volc/config`, `~/.volcengine/credentials`.

use crate::credential::Found;
use crate::credential::fields::Fields;
use crate::credential::file::{Opened, Place, Text};
use crate::credential::ini;
use crate::credential::look::Look;
use crate::credential::pair::{self, Names};
use crate::doors::World;
use crate::error::Error;

/// How a file is written.
enum Form {
    Ini,
    Json,
}

struct File {
    below: &'static str,
    form: Form,
    names: Names,
}

const FILES: [File; 3] = [
    File {
        below: ".volc/credentials",
        form: Form::Ini,
        names: Names { id: "access_key_id", secret: "secret_access_key", token: "session_token" },
    },
    File {
        below: ".volc/config",
        form: Form::Json,
        names: Names { id: "ak", secret: "sk", token: "session_token" },
    },
    File {
        below: ".volcengine/credentials",
        form: Form::Ini,
        names: Names {
            id: "volcstack_access_key_id",
            secret: "volcstack_secret_access_key",
            token: "volcstack_session_token",
        },
    },
];

/// Looks into the files in the order in which the SDKs prefer them.
pub(super) fn look(world: &impl World) -> Result<Look, Error> {
    let mut notes = Vec::new();
    for File { below, form, names } in FILES {
        let place = Place::at_home(world, below);
        let text = match place.open(world)? {
            Opened::Nothing(note) => {
                notes.push(note);
                continue;
            }
            Opened::Text(text) => text,
        };
        let source = place.shown.clone();
        let fields = fields(&form, &text, &place)?;
        match pair::read(&source, &names, &fields)? {
            Some(credential) => {
                let warnings = text.warnings(&place);
                return Ok(Look::Found(Found { credential, source, warnings }));
            }
            None => notes.push(format!("`{source}` holds no key")),
        }
    }
    Ok(Look::Nothing(notes))
}

fn fields(form: &Form, text: &Text, place: &Place) -> Result<Fields, Error> {
    match form {
        Form::Json => text.json(place),
        Form::Ini => Ok(ini::parse(text.text(place)?)
            .into_iter()
            .find(|(name, _)| name == "default")
            .map(|(_, fields)| fields)
            .unwrap_or_default()),
    }
}
