//! Files of profiles: which profile counts, and who said so.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::context::{Look, broken};
use super::display;
use super::env::first;
use super::fields::Fields;
use super::file::{Opened, Place};
use crate::error::Error;
use crate::ports::System;

/// Who chose a profile.
pub(super) enum Chosen {
    /// The user, by `--profile`.
    Asked(String),
    /// A variable.
    Variable(&'static str, String),
    /// Nobody: the file tells which one is current.
    Unsaid,
}

impl Chosen {
    /// Finds out who chose: the flag stands before the variables, the first variable before the next.
    pub(super) fn by(asked: Option<&str>, variables: &[&'static str], system: &dyn System) -> Self {
        match (asked, first(system, variables)) {
            (Some(name), _) => Self::Asked(name.to_owned()),
            (None, Some((variable, name))) => Self::Variable(variable, name.as_str().to_owned()),
            (None, None) => Self::Unsaid,
        }
    }

    /// Returns the name that was chosen, if anybody chose.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Asked(name) | Self::Variable(_, name) => Some(name),
            Self::Unsaid => None,
        }
    }

    /// Ends the search in a cloud's files: a profile that somebody chose has to be there, since what comes
    /// next would be another identity.
    pub(super) fn end(&self, notes: Vec<String>) -> Result<Look, Error> {
        let choice = match self {
            Self::Asked(name) => format!("`--profile {}`", display::name("--profile", name)),
            Self::Variable(variable, name) => {
                format!("`{variable}` names the profile `{}`", display::name(variable, name))
            }
            Self::Unsaid => return Ok(Look::Nothing(notes)),
        };
        Err(broken(format!("{choice}: {}", notes.join("; ")))
            .hinted("name a profile that exists, or leave it out"))
    }

    /// Returns where the name of the profile stands.
    pub(super) fn field(&self) -> &'static str {
        match self {
            Self::Asked(_) => "--profile",
            Self::Variable(variable, _) => variable,
            Self::Unsaid => "current",
        }
    }

    /// Tells what is wrong with a file that lacks the profile. Where nobody chose, the file itself names
    /// one that it does not hold, which is an error unless it holds none at all.
    fn absent(&self, shown: &str, name: &str, others: &str) -> Result<Look, Error> {
        if others.is_empty() {
            return Ok(Look::nothing(format!("`{shown}` holds no profiles")));
        }
        let name = display::name(self.field(), name);
        let note = format!("`{shown}` holds no profile `{name}` (it holds {others})");
        match self {
            Self::Asked(_) | Self::Variable(..) => Ok(Look::nothing(note)),
            Self::Unsaid => Err(broken(format!("{note}, though it names it as the current one"))),
        }
    }
}

/// A file of profiles, as all three command-line tools keep one.
pub(super) struct Profiles {
    pub(super) place: Place,
    /// What the user should know about the file.
    pub(super) warnings: Vec<String>,
    current: Option<String>,
    list: List,
}

impl Profiles {
    /// Opens a file. A secret in any of its profiles, under the name given, is worth a warning when others
    /// may read it.
    pub(super) fn open(
        place: Place,
        secret: &str,
        system: &dyn System,
    ) -> Result<Result<Self, Look>, Error> {
        let text = match place.open(system)? {
            Opened::Nothing(note) => return Ok(Err(Look::nothing(note))),
            Opened::Text(text) => text,
        };
        let Content { current, profiles } = text.json(&place)?;
        let list = profiles.unwrap_or_default();
        let holds_secret = list.0.iter().any(|(_, profile)| profile.text(secret).is_some());
        let warnings = if holds_secret { text.warnings(&place) } else { Vec::new() };
        Ok(Ok(Self { place, warnings, current, list }))
    }

    /// Finds the profile that counts: the chosen one, else the current one, else the tools' own default.
    pub(super) fn pick<'a>(
        &'a self,
        chosen: &'a Chosen,
    ) -> Result<Result<(&'a str, &'a Fields), Look>, Error> {
        let current = self.current.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = chosen.name().or(current).unwrap_or("default");
        match self.get(name) {
            Some(profile) => Ok(Ok((name, profile))),
            None => chosen.absent(&self.place.shown, name, &self.names()).map(Err),
        }
    }

    /// Returns a profile by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Fields> {
        self.list.0.iter().find(|(other, _)| other == name).map(|(_, profile)| profile)
    }

    /// Returns the names of the profiles, as messages list them.
    pub(super) fn names(&self) -> String {
        let names: Vec<String> =
            self.list.0.iter().map(|(name, _)| display::name("name", name)).collect();
        names.join(", ")
    }

    /// Returns what messages call a profile.
    pub(super) fn called(&self, name: &str) -> String {
        format!("profile `{}` of {}", display::name("name", name), self.place.shown)
    }
}

/// Finds the region that the profile which counts names under `field`, and where that stands.
pub(super) fn region(
    place: Place,
    field: &str,
    chosen: &Chosen,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    let Ok(profiles) = Profiles::open(place, "", system)? else { return Ok(None) };
    let Ok((name, profile)) = profiles.pick(chosen)? else { return Ok(None) };
    Ok(profile.text(field).map(|region| (region.to_owned(), profiles.called(name))))
}

#[derive(serde::Deserialize)]
struct Content {
    #[serde(default)]
    current: Option<String>,
    #[serde(default)]
    profiles: Option<List>,
}

/// Profiles by name: a list of profiles with names, or a map from names to profiles.
#[derive(Default)]
struct List(Vec<(String, Fields)>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyList)
    }
}

struct AnyList;

impl<'de> Visitor<'de> for AnyList {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("profiles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List, A::Error> {
        let mut list = Vec::new();
        while let Some(profile) = items.next_element::<Fields>()? {
            list.push((profile.text("name").unwrap_or_default().to_owned(), profile));
        }
        Ok(List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<List, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_entry()? {
            list.push(item);
        }
        Ok(List(list))
    }
}
