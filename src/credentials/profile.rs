//! Files of profiles, and which profile of them counts.

use super::context::{Notes, invalid};
use super::display;
use super::env::{first, is_on};
use super::fields::{Field, Fields};
use super::file::ConfigPath;
use crate::error::Error;
use crate::ports::System;
use crate::provider::credential_spec::{ProfileFile, ProfileFormat};

/// What chose the profile.
pub(super) enum ProfileChoice {
    /// `--profile`.
    Flag(String),
    /// An environment variable.
    Env(&'static str, String),
    /// Nothing: the file names the current profile.
    Default,
}

impl ProfileChoice {
    /// Finds out what chose: the flag, else the first of the variables that is set.
    pub(super) fn new(flag: Option<&str>, names: &[&'static str], system: &dyn System) -> Self {
        match (flag, first(system, names)) {
            (Some(name), _) => Self::Flag(name.to_owned()),
            (None, Some((variable, name))) => Self::Env(variable, name.as_str().to_owned()),
            (None, None) => Self::Default,
        }
    }

    /// Returns the name that was chosen.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Flag(name) | Self::Env(_, name) => Some(name),
            Self::Default => None,
        }
    }

    /// Tells which variable disables a file for this choice.
    pub(super) fn disabled_by(&self, file: &ProfileFile, system: &dyn System) -> Option<&str> {
        match self {
            Self::Flag(_) => None,
            Self::Env(..) | Self::Default => {
                file.disable_env.iter().copied().find(|name| is_on(system, name))
            }
        }
    }

    /// Makes the error of a chosen profile that no file holds: what comes next would be another identity.
    pub(super) fn not_found(&self, notes: &[String]) -> Result<(), Error> {
        let choice = match self {
            Self::Flag(name) => format!("`--profile {}`", display::name("--profile", name)),
            Self::Env(variable, name) => {
                format!("`{variable}` names the profile `{}`", display::name(variable, name))
            }
            Self::Default => return Ok(()),
        };
        Err(invalid(format!("{choice}: {}", notes.join("; ")))
            .hinted("name a profile that exists, or leave it out"))
    }

    /// Returns the flag, variable or field that holds the name of the profile.
    fn field(&self) -> &'static str {
        match self {
            Self::Flag(_) => "--profile",
            Self::Env(variable, _) => variable,
            Self::Default => "current",
        }
    }
}

/// The profiles of one file.
pub(super) struct Profiles {
    pub(super) file: &'static ProfileFile,
    pub(super) path: ConfigPath,
    /// The warning that others may read a secret in the file.
    pub(super) warning: Option<String>,
    current: Option<String>,
    list: Vec<(String, Fields)>,
}

impl Profiles {
    /// Returns the paths of a file: the one that a variable holds, else those below the home directory.
    pub(super) fn paths(file: &ProfileFile, system: &dyn System) -> Vec<ConfigPath> {
        match file.path_env.and_then(|name| ConfigPath::from_env(system, name)) {
            Some(path) => vec![path],
            None => file.paths.iter().map(|path| ConfigPath::at_home(system, path)).collect(),
        }
    }

    /// Reads a file; `None` when there is nothing to read.
    pub(super) fn open(
        file: &'static ProfileFile,
        path: ConfigPath,
        system: &dyn System,
        notes: &Notes,
    ) -> Result<Option<Self>, Error> {
        let Some(text) = path.open(system, notes)? else { return Ok(None) };
        let (current, list) = match file.format {
            ProfileFormat::Json => {
                let mut fields: Fields = text.json(&path)?;
                (fields.text("current").map(str::to_owned), take_profiles(&mut fields))
            }
            ProfileFormat::Ini => (None, text.ini(&path)?),
        };
        let holds_secret = list.iter().any(|(_, profile)| profile.text(file.key.secret).is_some());
        let warning = text.warning(&path).filter(|_| holds_secret);
        Ok(Some(Self { file, path, warning, current, list }))
    }

    /// Finds the profile that counts: the chosen one, else the current one, else `default`.
    pub(super) fn pick<'a>(
        &'a self,
        choice: &'a ProfileChoice,
        notes: &Notes,
    ) -> Result<Option<(&'a str, &'a Fields)>, Error> {
        let name = choice.name().or(self.current.as_deref()).unwrap_or("default");
        if let Some(profile) = self.get(name) {
            return Ok(Some((name, profile)));
        }
        let (path, shown) = (&self.path.shown, display::name(choice.field(), name));
        let names = self.names();
        let note = match self.file.format {
            ProfileFormat::Ini => format!("`{path}` holds no section `{shown}`"),
            ProfileFormat::Json if names.is_empty() => format!("`{path}` holds no profiles"),
            ProfileFormat::Json => {
                let note = format!("`{path}` holds no profile `{shown}` (it holds {names})");
                if let ProfileChoice::Default = choice {
                    return Err(invalid(format!("{note}, though it names it as the current one")));
                }
                note
            }
        };
        notes.add(note);
        Ok(None)
    }

    /// Returns a profile by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Fields> {
        self.list.iter().find(|(other, _)| other == name).map(|(_, profile)| profile)
    }

    /// Returns the names of the profiles, as messages list them.
    pub(super) fn names(&self) -> String {
        let names = self.list.iter().map(|(name, _)| display::name("name", name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Returns what messages call a profile.
    pub(super) fn label(&self, name: &str) -> String {
        let noun = match self.file.format {
            ProfileFormat::Json => "profile",
            ProfileFormat::Ini => "section",
        };
        format!("{noun} `{}` of {}", display::name("name", name), self.path.shown)
    }
}

/// Takes `profiles` out of a file, a list of profiles that hold their names or a map from names to profiles.
fn take_profiles(file: &mut Fields) -> Vec<(String, Fields)> {
    match file.take("profiles") {
        Some(Field::Nested(map)) => map.into_nested(),
        Some(Field::List(list)) => {
            let name = |profile: &Fields| profile.text("name").unwrap_or_default().to_owned();
            list.into_iter().map(|profile| (name(&profile), profile)).collect()
        }
        _ => Vec::new(),
    }
}
