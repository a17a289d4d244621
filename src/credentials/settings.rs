//! Settings of a profile, of the environment and of the run.

use super::access_key;
use super::context::{Context, missing};
use super::env::{is_on, variable};
use super::fields::Fields;
use crate::error::Error;
use crate::ports::System;
use crate::provider::credential_spec::Setting::{self, Env, Field, Region};

/// Where settings are looked up.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    fields: &'a Fields,
    system: &'a dyn System,
    region: Option<&'a str>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(fields: &'a Fields, ctx: &Context<'a>) -> Self {
        Self { fields, system: ctx.system, region: ctx.region }
    }

    /// Returns the first of several settings that is set: its name and value.
    pub(super) fn first(
        &self,
        settings: &[Setting],
    ) -> Result<Option<(&'static str, String)>, Error> {
        for setting in settings {
            let value = match setting {
                Field(name) => self.fields.text(name).map(str::to_owned),
                Env(name) => variable(self.system, name)?.map(|value| value.to_string()),
                Region => self.region.map(str::to_owned),
            };
            if let Some(value) = value {
                access_key::check_quotes(setting.name(), &value)?;
                return Ok(Some((setting.name(), value)));
            }
        }
        Ok(None)
    }

    /// Returns the value of the first of several settings that is set.
    pub(super) fn value(&self, settings: &[Setting]) -> Result<Option<String>, Error> {
        Ok(self.first(settings)?.map(|(_, value)| value))
    }

    pub(super) fn require(&self, setting: Setting) -> Result<String, Error> {
        self.value(&[setting])?.ok_or_else(|| missing(setting.name()))
    }

    /// Returns the number in a field of the profile.
    pub(super) fn number(&self, field: &str) -> Option<i64> {
        self.fields.number(field)
    }

    pub(super) fn any_on(&self, settings: &[Setting]) -> bool {
        settings.iter().any(|setting| match setting {
            Field(name) => self.fields.is_on(name),
            Env(name) => is_on(self.system, name),
            Region => false,
        })
    }
}
