//! The files in which the clouds' own tools keep settings. They are read and never written.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::context::broken;
use super::display;
use super::env::variable;
use crate::error::Error;
use crate::ports::{FileState, System};

/// Where a file should lie, and how messages call it.
pub(super) struct Place {
    pub(super) shown: String,
    path: Option<PathBuf>,
    named_by: Option<&'static str>,
}

/// What lies there.
pub(super) enum Opened {
    Nothing(String),
    Text(Text),
}

/// What a file holds.
pub(super) struct Text {
    bytes: Zeroizing<Vec<u8>>,
    shared: bool,
}

impl Place {
    /// Takes a path below the home directory.
    pub(super) fn at_home(system: &dyn System, below: &str) -> Self {
        let path = system.home().map(|home| home.join(below));
        Self { shown: format!("~/{below}"), path, named_by: None }
    }

    /// Takes the path that a variable names, else one below the home directory.
    pub(super) fn named(system: &dyn System, name: &'static str, below: &str) -> Self {
        match variable(system, name) {
            Some(path) => Self { named_by: Some(name), ..Self::by_path(name, &path) },
            None => Self::at_home(system, below),
        }
    }

    /// Takes a path as a variable or a field of a profile gives it; `~/` is the home directory's.
    pub(super) fn given(system: &dyn System, field: &str, path: &str) -> Self {
        let given = Self::by_path(field, path);
        match path.strip_prefix("~/") {
            Some(below) => Self { shown: given.shown, ..Self::at_home(system, below) },
            None => given,
        }
    }

    /// Takes a file in this folder.
    pub(super) fn inside(&self, name: &str) -> Self {
        let path = self.path.as_deref().map(|folder| folder.join(name));
        Self { shown: format!("{}/{name}", self.shown), path, named_by: None }
    }

    /// Takes a file that lies where this one lies, some folders down.
    pub(super) fn beside(&self, name: &str) -> Self {
        let parent = self.path.as_deref().and_then(|path| path.parent());
        let shown = match self.shown.rsplit_once(['/', '\\']) {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        };
        Self { shown, path: parent.map(|parent| parent.join(name)), named_by: None }
    }

    /// Reads the file. One that a variable names and that is not there is an error.
    pub(super) fn open(&self, system: &dyn System) -> Result<Opened, Error> {
        let shown = &self.shown;
        let Some(path) = &self.path else {
            return Ok(Opened::Nothing(format!("`{shown}`: there is no home directory")));
        };
        match system.read(path) {
            FileState::Missing => match self.named_by {
                None => Ok(Opened::Nothing(format!("`{shown}` is not there"))),
                Some(name) => Err(broken(format!("`{shown}`, which `{name}` names, is not there"))),
            },
            FileState::DecodeError(why) => Err(broken(format!("`{shown}` cannot be read: {why}"))),
            FileState::Read { bytes, shared } => {
                let bytes = Zeroizing::new(bytes);
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    return Ok(Opened::Nothing(format!("`{shown}` is empty")));
                }
                Ok(Opened::Text(Text { bytes, shared }))
            }
        }
    }

    /// Reads a file that has to be there, as a text.
    pub(super) fn require(&self, system: &dyn System) -> Result<Zeroizing<String>, Error> {
        match self.open(system)? {
            Opened::Nothing(note) => Err(broken(note)),
            Opened::Text(text) => Ok(Zeroizing::new(text.text(self)?.trim().to_owned())),
        }
    }

    fn by_path(field: &str, path: &str) -> Self {
        Self { shown: display::path(field, path), path: Some(PathBuf::from(path)), named_by: None }
    }
}

impl Text {
    /// Returns the text, without the byte order mark that some editors write.
    pub(super) fn text(&self, place: &Place) -> Result<&str, Error> {
        let text = str::from_utf8(&self.bytes)
            .map_err(|_| broken(format!("`{}` is not UTF-8", place.shown)))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Reads the text as JSON. The error gives the place of the fault and quotes nothing.
    pub(super) fn json<A: DeserializeOwned>(&self, place: &Place) -> Result<A, Error> {
        serde_json::from_str(self.text(place)?).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let shown = &place.shown;
            broken(format!("`{shown}` is not the JSON it should be (line {line}, column {column})"))
        })
    }

    /// Warns when others may read a file that holds a secret.
    pub(super) fn warnings(&self, place: &Place) -> Vec<String> {
        let shown = &place.shown;
        let warning = format!(
            "others on this machine may read `{shown}`, which holds a secret (`chmod 600`)"
        );
        if self.shared { vec![warning] } else { Vec::new() }
    }
}
