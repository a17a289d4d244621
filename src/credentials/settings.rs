//! Settings of a role: fields of a profile, and environment variables that stand in for them.

use super::context::missing;
use super::env::{is_on, variable};
use super::fields::Fields;
use crate::error::Error;
use crate::ports::System;
use crate::provider::credential_spec::Setting::{self, Env, Field};

/// The profile and the environment in which settings are looked up.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) fields: &'a Fields,
    pub(super) system: &'a dyn System,
}

impl Settings<'_> {
    /// Returns the first of several settings that is set: its name and value.
    pub(super) fn first(&self, settings: &[Setting]) -> Option<(&'static str, String)> {
        settings.iter().find_map(|setting| match *setting {
            Field(name) => Some((name, self.fields.text(name)?.to_owned())),
            Env(name) => Some((name, variable(self.system, name)?.to_string())),
        })
    }

    /// Returns the value of the first of several settings that is set.
    pub(super) fn value(&self, settings: &[Setting]) -> Option<String> {
        self.first(settings).map(|(_, value)| value)
    }

    pub(super) fn require(&self, setting: Setting) -> Result<String, Error> {
        self.value(&[setting]).ok_or_else(|| missing(setting.name()))
    }

    pub(super) fn any_on(&self, settings: &[Setting]) -> bool {
        settings.iter().any(|setting| match setting {
            Field(name) => self.fields.is_on(name),
            Env(name) => is_on(self.system, name),
        })
    }
}
