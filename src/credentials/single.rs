//! Files that hold one key, which older tools of the clouds write.

use super::Found;
use super::access_key::{self, Names};
use super::context::Look;
use super::fields::Fields;
use super::file::{Opened, Place, Text};
use super::ini;
use crate::error::Error;
use crate::ports::System;

/// One such file.
pub(super) struct KeyFile {
    /// Where it lies below the home directory.
    pub(super) below: &'static str,
    pub(super) form: Form,
    pub(super) names: Names,
}

/// How a file is written.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// An ini file with the key in a section, whose case does not matter.
    Ini(&'static str),
    /// A JSON object.
    Json,
}

/// Looks into the files in their order.
pub(super) fn look(system: &dyn System, files: &[KeyFile]) -> Result<Look, Error> {
    let mut notes = Vec::new();
    for KeyFile { below, form, names } in files {
        let place = Place::at_home(system, below);
        let text = match place.open(system)? {
            Opened::Nothing(note) => {
                notes.push(note);
                continue;
            }
            Opened::Text(text) => text,
        };
        let fields = fields(*form, &text, &place)?;
        match access_key::read(&place.shown, names, &fields)? {
            Some(credential) => {
                let warnings = text.warnings(&place);
                return Ok(Look::Found(Found { credential, source: place.shown, warnings }));
            }
            None => notes.push(format!("`{}` holds no key", place.shown)),
        }
    }
    Ok(Look::Nothing(notes))
}

fn fields(form: Form, text: &Text, place: &Place) -> Result<Fields, Error> {
    match form {
        Form::Json => text.json(place),
        Form::Ini(section) => Ok(ini::parse(text.text(place)?)
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(section))
            .map(|(_, fields)| fields)
            .unwrap_or_default()),
    }
}
