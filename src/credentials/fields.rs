//! Named values as files and responses hold them, wiped when dropped.

use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroize;

use crate::provider::xml;

/// The values of one profile, section or response. Real files carry empty texts, nulls and numbers where a
/// text is expected, so nothing is refused here: what is not usable counts as not there.
#[derive(Default, Deserialize)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads JSON; anything but an object holds nothing.
    pub(super) fn of_json(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// Reads the texts of the elements inside the first one of a name in XML; `None` if there is none.
    pub(super) fn of_xml(bytes: &[u8], name: &str) -> Option<Self> {
        let document = xml::parse(str::from_utf8(bytes).ok()?).ok()?;
        let mut fields = Self::default();
        for child in xml::find(&document, name)?.children() {
            if let Some(text) = child.text() {
                fields.insert(child.tag_name().name().to_owned(), text);
            }
        }
        Some(fields)
    }

    /// Returns a text without white space around it; a blank one counts as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// Tells whether one of several texts is there.
    pub(super) fn holds(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.text(name).is_some())
    }

    /// Returns a number, or a text that is one.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// Tells whether something is switched on, as a flag or as the text `true`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
            || self.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Returns the values inside a value.
    pub(super) fn nested(&self, name: &str) -> Option<Self> {
        self.0.get(name)?.as_object().cloned().map(Self)
    }

    /// Takes out the `profiles` of a file: a list of profiles that hold their names, or a map from names to profiles.
    pub(super) fn take_profiles(&mut self) -> Vec<(String, Self)> {
        let profile = |value| match value {
            Value::Object(map) => Some(Self(map)),
            _ => None,
        };
        match self.0.remove("profiles") {
            Some(Value::Object(map)) => {
                map.into_iter().filter_map(|(name, value)| Some((name, profile(value)?))).collect()
            }
            Some(Value::Array(list)) => list
                .into_iter()
                .filter_map(profile)
                .map(|fields| (fields.text("name").unwrap_or_default().to_owned(), fields))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Adds the values of other fields that are not there.
    pub(super) fn add(&mut self, mut others: Self) {
        for (name, mut value) in std::mem::take(&mut others.0) {
            if self.0.contains_key(&name) {
                wipe(&mut value);
            } else {
                self.0.insert(name, value);
            }
        }
    }

    pub(super) fn remove(&mut self, names: impl Iterator<Item = &'static str>) {
        names.filter_map(|name| self.0.remove(name)).for_each(|mut value| wipe(&mut value));
    }

    pub(super) fn insert(&mut self, name: String, text: &str) {
        self.0.insert(name, text.into()).iter_mut().for_each(wipe);
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(list) => list.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
