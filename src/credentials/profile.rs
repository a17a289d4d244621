//! Files of profiles, and which profile of them counts.

use std::path::Path;

use super::access_key::check_quotes;
use super::context::{Tried, invalid};
use super::display;
use super::env::{first, is_on};
use super::fields::Fields;
use super::file::ConfigPath;
use crate::error::{Detail, Error};
use crate::phrase::{Phrase, phrase};
use crate::ports::System;
use crate::provider::credential_spec::{ProfileFile, ProfileFormat, SettingsFile};

const FLAG: &str = "--profile";
/// The profile that counts when nothing names one.
const DEFAULT: &str = "default";

/// What chose the profile.
pub(super) struct ProfileChoice {
    /// The flag, the variable, or the field of a file that names its current profile.
    field: &'static str,
    /// The name, unless the choice is the file's.
    pub(super) name: Option<String>,
}

impl ProfileChoice {
    /// Finds out what chose: the flag, else the first of the variables that is set.
    pub(super) fn new(
        flag: Option<&str>,
        names: &[&'static str],
        system: &dyn System,
    ) -> Result<Self, Error> {
        let choice = match (flag, first(system, names)) {
            (Some(name), _) => Self { field: FLAG, name: Some(name.to_owned()) },
            (None, Some((field, name))) => Self { field, name: Some(name.to_string()) },
            (None, None) => Self { field: "current", name: None },
        };
        check_quotes(choice.field, choice.name.as_deref().unwrap_or_default())?;
        Ok(choice)
    }

    /// Returns a file below the home directory, in whose path `{profile}` stands for the name of the profile.
    pub(super) fn path(&self, system: &dyn System, path: &str) -> Result<ConfigPath, Error> {
        let name = self.name.as_deref().unwrap_or(DEFAULT);
        if path.contains("{profile}") && name.contains(['/', '\\']) {
            let shown = display::name(self.field, name);
            return Err(invalid(phrase!("`{}` cannot be the name of a profile", shown)));
        }
        Ok(ConfigPath::at_home(system, &path.replace("{profile}", name)))
    }

    /// Fails if a profile was chosen: no file holds it, and what comes next would be another identity.
    pub(super) fn fail_if_chosen(&self, tried: impl Iterator<Item = Detail>) -> Result<(), Error> {
        let Some(name) = &self.name else { return Ok(()) };
        let (field, shown) = (self.field, display::name(self.field, name));
        let choice = match field {
            FLAG => phrase!("no credentials for `{} {}`", FLAG, shown),
            _ => phrase!("`{}` names the profile `{}`", field, shown),
        };
        Err(invalid(choice)
            .with_details(tried)
            .hinted("name a profile that exists, or leave it out"))
    }
}

/// Returns the names of the profiles in a file. What cannot be read has none.
pub(super) fn names(file: &'static ProfileFile, system: &dyn System) -> Vec<String> {
    if file.format == ProfileFormat::FilePerProfile {
        let home = system.home();
        let each = file.paths.iter().flat_map(|path| names_of_files(path, home.as_deref(), system));
        return each.collect();
    }
    let (choice, tried) = (ProfileChoice { field: FLAG, name: None }, Tried::default());
    let files = Profiles::open_each(file, &choice, system, &tried).into_iter().flatten().flatten();
    files.flat_map(|file| file.list).map(|(name, _)| name).collect()
}

/// Returns what stands for `{profile}` in the names of the files that are there.
fn names_of_files(path: &str, home: Option<&Path>, system: &dyn System) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (Some(home), Some((before, after))) = (home, file.split_once("{profile}")) else {
        return Vec::new();
    };
    let found = system.list(&home.join(folder));
    let name = |file: &String| Some(file.strip_prefix(before)?.strip_suffix(after)?.to_owned());
    found.iter().filter_map(name).collect()
}

/// The profiles of one file, with those of the file of settings that belongs to it.
pub(super) struct Profiles {
    pub(super) file: &'static ProfileFile,
    pub(super) path: ConfigPath,
    /// What errors call the file, or both.
    subject: String,
    /// What labels call the file, or both.
    shown: String,
    /// The warning that others may read a secret in the file.
    pub(super) warning: Option<Phrase>,
    current: Option<String>,
    list: Vec<(String, Fields)>,
    /// Sections of the file of settings that are something else.
    sections: Vec<(String, Fields)>,
}

/// One profile of a file.
#[derive(Clone)]
pub(super) struct Profile<'a> {
    pub(super) name: &'a str,
    pub(super) fields: &'a Fields,
    /// What messages call it.
    pub(super) label: String,
}

impl Profiles {
    /// Reads a file, one after another at the places where it may be: the path that a variable holds, else those below
    /// the home directory. A place with nothing to read, or disabled for this choice, is left out.
    pub(super) fn open_each(
        file: &'static ProfileFile,
        choice: &ProfileChoice,
        system: &dyn System,
        tried: &Tried,
    ) -> Result<impl Iterator<Item = Result<Self, Error>>, Error> {
        let paths: Vec<_> = if let Some((name, _)) = first(system, file.path_env) {
            ConfigPath::from_env(system, name)?.into_iter().collect()
        } else {
            let path = |path: &&str| choice.path(system, path);
            file.paths.iter().map(path).collect::<Result<_, _>>()?
        };
        let name = choice.name.clone().unwrap_or_else(|| DEFAULT.to_owned());
        let mut disable_env = file.disable_env.iter().filter(|_| choice.field != FLAG);
        let disabled_by = disable_env.find(|name| is_on(system, name));
        Ok(paths.into_iter().filter_map(move |path| match disabled_by {
            Some(name) => {
                tried.add(Detail::tried(path.subject(), phrase!("is disabled by `{}`", name)));
                None
            }
            None => Self::open_with_settings(file, path, &name, system, tried).transpose(),
        }))
    }

    fn open_with_settings(
        file: &'static ProfileFile,
        path: ConfigPath,
        name: &str,
        system: &dyn System,
        tried: &Tried,
    ) -> Result<Option<Self>, Error> {
        let profiles = Self::open(file, path, name, system, tried)?;
        match file.settings {
            Some(settings) => Self::add_settings(profiles, file, settings, system, tried),
            None => Ok(profiles),
        }
    }

    fn open(
        file: &'static ProfileFile,
        path: ConfigPath,
        name: &str,
        system: &dyn System,
        tried: &Tried,
    ) -> Result<Option<Self>, Error> {
        let Some(text) = path.open(system, tried)? else { return Ok(None) };
        let file = file.as_json.filter(|_| text.is_json()).unwrap_or(file);
        let (current, list) = match file.format {
            ProfileFormat::Json => {
                let mut fields = text.json()?;
                (fields.text("current").map(str::to_owned), fields.take_profiles())
            }
            ProfileFormat::Ini => (None, text.ini()?),
            ProfileFormat::FilePerProfile => (None, vec![(name.to_owned(), text.json()?)]),
        };
        let holds_secret = list.iter().any(|(_, profile)| profile.text(file.key.secret).is_some());
        let warning = text.warning().filter(|_| holds_secret);
        let (subject, shown) = (path.subject(), path.shown.clone());
        let sections = Vec::new();
        Ok(Some(Self { file, path, subject, shown, warning, current, list, sections }))
    }

    /// Reads the file of settings and adds what the profiles lack.
    fn add_settings(
        profiles: Option<Self>,
        file: &'static ProfileFile,
        settings: &SettingsFile,
        system: &dyn System,
        tried: &Tried,
    ) -> Result<Option<Self>, Error> {
        let path = ConfigPath::from_env(system, settings.path_env)?;
        let path = path.unwrap_or_else(|| ConfigPath::at_home(system, settings.path));
        let Some(text) = path.open(system, tried)? else { return Ok(profiles) };
        let mut all = match profiles {
            Some(profiles) => Self {
                subject: format!("{} with {}", profiles.subject, path.subject()),
                shown: format!("{} with {}", profiles.shown, path.shown),
                ..profiles
            },
            None => Self {
                file,
                subject: path.subject(),
                shown: path.shown.clone(),
                path: path.optional(),
                warning: None,
                current: None,
                list: Vec::new(),
                sections: Vec::new(),
            },
        };
        let key = &file.key;
        for (section, mut fields) in text.ini()? {
            if all.warning.is_none() && fields.holds(&[key.secret]) {
                all.warning = text.warning();
            }
            let name =
                if section == DEFAULT { Some(DEFAULT) } else { named(&section, settings.prefix) };
            let Some(name) = name else {
                all.sections.push((section, fields));
                continue;
            };
            let mut own = all.list.iter_mut().filter(|(other, _)| other == name);
            let own = own.next().map(|(_, own)| own);
            let comes_first = own.as_ref().is_some_and(|own| {
                own.holds(&[key.id, key.secret]) || own.holds(settings.before_key)
            });
            if comes_first || fields.holds(settings.before_key) {
                fields.remove(key.names());
            }
            match own {
                Some(own) => own.add(fields),
                None => all.list.push((name.to_owned(), fields)),
            }
        }
        Ok(Some(all))
    }

    /// Finds the profile that counts: the chosen one, else the current one, else `default`.
    pub(super) fn pick(
        &self,
        choice: &ProfileChoice,
        tried: &Tried,
    ) -> Result<Option<Profile<'_>>, Error> {
        let name = choice.name.as_deref().or(self.current.as_deref()).unwrap_or(DEFAULT);
        if let Some(profile) = self.get(name) {
            return Ok(Some(profile));
        }
        let (subject, shown) = (&self.subject, display::name(choice.field, name));
        let (noun, names) = (self.noun(), self.names());
        let is_chosen = choice.name.is_some();
        let state = if names.is_empty() {
            phrase!("holds no {}s", noun)
        } else if is_chosen || self.file.format == ProfileFormat::Ini {
            phrase!("holds no {} `{}` (it holds {})", noun, shown, names)
        } else if self.current.is_some() {
            phrase!(
                "holds no {} `{}` (it holds {}), though it names it as the current one",
                noun,
                shown,
                names
            )
        } else {
            phrase!("names no current profile and holds no `{}` (it holds {})", shown, names)
        };
        if self.file.format == ProfileFormat::Json && !names.is_empty() && !is_chosen {
            return Err(invalid(format!("{subject} {state}")));
        }
        self.path.pass_over(subject, state, tried).map(|()| None)
    }

    fn noun(&self) -> &'static str {
        match self.file.format {
            ProfileFormat::Ini if self.file.settings.is_none() => "section",
            ProfileFormat::Ini | ProfileFormat::Json | ProfileFormat::FilePerProfile => "profile",
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Profile<'_>> {
        let (name, fields) = self.list.iter().find(|(other, _)| other == name)?;
        let (noun, shown) = (self.noun(), display::name("name", name));
        let label = format!("{noun} `{shown}` of {}", self.shown);
        Some(Profile { name, fields, label })
    }

    /// Finds a section of the file of settings by its kind and name.
    pub(super) fn section(&self, kind: &str, name: &str) -> Option<&Fields> {
        let mut sections = self.sections.iter();
        sections.find(|(section, _)| named(section, kind) == Some(name)).map(|(_, fields)| fields)
    }

    /// Returns the names of the profiles, as messages list them.
    pub(super) fn names(&self) -> String {
        let names = self.list.iter().map(|(name, _)| display::name("name", name));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Returns the name in a section such as `[profile ci]`; `None` if it is of another kind.
fn named<'a>(section: &'a str, kind: &str) -> Option<&'a str> {
    let name = section.strip_prefix(kind)?;
    name.starts_with(char::is_whitespace).then(|| name.trim().trim_matches(['"', '\'']))
}
