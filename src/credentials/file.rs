//! The files in which the providers' own tools keep settings. They are read and never written.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::context::{Notes, invalid};
use super::display;
use super::env::variable;
use super::fields::Fields;
use crate::error::Error;
use crate::ports::{FileState, System};

/// The path of a file, and what messages call it.
pub(super) struct ConfigPath {
    pub(super) shown: String,
    path: Option<PathBuf>,
    named_by: Option<&'static str>,
}

pub(super) struct ConfigText {
    shown: String,
    bytes: Zeroizing<Vec<u8>>,
    shared: bool,
}

impl ConfigPath {
    pub(super) fn at_home(system: &dyn System, below: &str) -> Self {
        let path = system.home().map(|home| home.join(below));
        Self { shown: format!("~/{below}"), path, named_by: None }
    }

    /// Takes the path that a variable holds, if it is set. The file has to exist then.
    pub(super) fn from_env(system: &dyn System, name: &'static str) -> Option<Self> {
        let path = variable(system, name)?;
        Some(Self { named_by: Some(name), ..Self::new(name, &path) })
    }

    /// Takes a path as a variable or a field of a profile gives it; `~/` is the home directory.
    pub(super) fn given(system: &dyn System, field: &str, path: &str) -> Self {
        let given = Self::new(field, path);
        match path.strip_prefix("~/") {
            Some(below) => Self { shown: given.shown, ..Self::at_home(system, below) },
            None => given,
        }
    }

    fn new(field: &str, path: &str) -> Self {
        Self { shown: display::path(field, path), path: Some(PathBuf::from(path)), named_by: None }
    }

    pub(super) fn inside(&self, name: &str) -> Self {
        let path = self.path.as_deref().map(|folder| folder.join(name));
        Self { shown: format!("{}/{name}", self.shown), path, named_by: None }
    }

    /// Takes a path relative to the folder of this file.
    pub(super) fn beside(&self, name: &str) -> Self {
        let parent = self.path.as_deref().and_then(|path| path.parent());
        let shown = match self.shown.rsplit_once(['/', '\\']) {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        };
        Self { shown, path: parent.map(|parent| parent.join(name)), named_by: None }
    }

    /// Reads the file. When there is nothing to read, the reason goes to the notes; a file that a variable
    /// names and that does not exist is an error.
    pub(super) fn open(
        &self,
        system: &dyn System,
        notes: &Notes,
    ) -> Result<Option<ConfigText>, Error> {
        let shown = &self.shown;
        let state = self.path.as_deref().map(|path| system.read(path));
        let reason = match (state, self.named_by) {
            (None, _) => format!("`{shown}`: there is no home directory"),
            (Some(FileState::Missing), None) => format!("`{shown}` is not there"),
            (Some(FileState::Missing), Some(name)) => {
                return Err(invalid(format!("`{shown}`, which `{name}` names, is not there")));
            }
            (Some(FileState::Unreadable(why)), _) => {
                return Err(invalid(format!("`{shown}` cannot be read: {why}")));
            }
            (Some(FileState::Read { bytes, .. }), _)
                if bytes.iter().all(u8::is_ascii_whitespace) =>
            {
                format!("`{shown}` is empty")
            }
            (Some(FileState::Read { bytes, shared }), _) => {
                let (shown, bytes) = (shown.clone(), Zeroizing::new(bytes));
                return Ok(Some(ConfigText { shown, bytes, shared }));
            }
        };
        notes.add(reason);
        Ok(None)
    }

    /// Reads a file that has to exist, as text.
    pub(super) fn require(&self, system: &dyn System) -> Result<Zeroizing<String>, Error> {
        let notes = Notes::default();
        match self.open(system, &notes)? {
            Some(text) => Ok(Zeroizing::new(text.text()?.trim().to_owned())),
            None => Err(invalid(notes.all().concat())),
        }
    }
}

impl ConfigText {
    /// Returns the text, without the byte order mark that some editors write.
    fn text(&self) -> Result<&str, Error> {
        let text = str::from_utf8(&self.bytes)
            .map_err(|_| invalid(format!("`{}` is not UTF-8", self.shown)))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Reads the text as JSON. The error gives line and column and quotes nothing.
    pub(super) fn json(&self) -> Result<Fields, Error> {
        serde_json::from_str(self.text()?).map_err(|error| {
            let (shown, line, column) = (&self.shown, error.line(), error.column());
            invalid(format!(
                "`{shown}` is not the JSON it should be (line {line}, column {column})"
            ))
        })
    }

    /// Reads the text as INI: sections in their order. Keys are lower-cased; `#` or `;` at the start of a line, or
    /// `#` after white space within one, begins a comment; lines that are neither section nor pair are skipped.
    pub(super) fn ini(&self) -> Result<Vec<(String, Fields)>, Error> {
        let mut sections: Vec<(String, Fields)> = Vec::new();
        for line in self.text()?.lines().map(str::trim) {
            if line.starts_with(['#', ';']) {
                continue;
            }
            if let Some((name, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                sections.push((name.trim().to_owned(), Fields::default()));
                continue;
            }
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            if let Some((_, fields)) = sections.last_mut() {
                fields.insert(key.trim().to_ascii_lowercase(), ini_value(value));
            }
        }
        Ok(sections)
    }

    pub(super) fn warning(&self) -> Option<String> {
        let shown = &self.shown;
        self.shared.then(|| {
            format!("others on this machine may read `{shown}`, which holds a secret (`chmod 600`)")
        })
    }
}

/// Cuts off a comment and one pair of quotes.
fn ini_value(value: &str) -> &str {
    let value = value.trim();
    if value.starts_with('#') {
        return "";
    }
    let value = [" #", "\t#"].into_iter().fold(value, |value, mark| {
        value.split_once(mark).map_or(value, |(value, _)| value).trim_end()
    });
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}
