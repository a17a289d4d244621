//! Settings of a role: fields of a profile, and environment variables that stand in for them.

use super::context::missing;
use super::env::{is_on, variable};
use super::fields::Fields;
use crate::error::Error;
use crate::ports::System;
use crate::provider::credential_spec::Setting;

/// The profile and the environment in which settings are looked up.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) fields: &'a Fields,
    pub(super) system: &'a dyn System,
}

impl Settings<'_> {
    /// Returns the first of several settings that is set: its name and value.
    pub(super) fn first(&self, settings: &[Setting]) -> Option<(&'static str, String)> {
        settings.iter().find_map(|setting| Some((name_of(*setting), self.text(*setting)?)))
    }

    /// Returns the value of the first of several settings that is set.
    pub(super) fn value(&self, settings: &[Setting]) -> Option<String> {
        self.first(settings).map(|(_, value)| value)
    }

    /// Returns the value of a setting that has to be set.
    pub(super) fn require(&self, setting: Setting) -> Result<String, Error> {
        self.text(setting).ok_or_else(|| missing(name_of(setting)))
    }

    /// Tells whether any of several settings is switched on.
    pub(super) fn any_on(&self, settings: &[Setting]) -> bool {
        settings.iter().any(|setting| match setting {
            Setting::Field(name) => self.fields.is_on(name),
            Setting::Env(name) => is_on(self.system, name),
        })
    }

    /// Returns the first of several settings that is a number.
    pub(super) fn number(&self, settings: &[Setting]) -> Option<i64> {
        settings.iter().find_map(|setting| match setting {
            Setting::Field(name) => self.fields.number(name),
            Setting::Env(name) => variable(self.system, name)?.parse().ok(),
        })
    }

    /// Returns the value of a setting.
    pub(super) fn text(&self, setting: Setting) -> Option<String> {
        match setting {
            Setting::Field(name) => self.fields.text(name).map(str::to_owned),
            Setting::Env(name) => variable(self.system, name).map(|value| value.to_string()),
        }
    }
}

/// Returns what messages call a setting.
pub(super) fn name_of(setting: Setting) -> &'static str {
    match setting {
        Setting::Field(name) | Setting::Env(name) => name,
    }
}
