//! Named values as files and responses hold them: texts that are wiped when dropped, numbers, and the rest.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// The values of one profile, section or response. Real files carry empty texts, nulls and numbers where a
/// text is expected, so nothing is refused here: what is not usable counts as not there.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, Field>);

/// One value.
pub(super) enum Field {
    Text(Zeroizing<String>),
    Number(i64),
    Flag(bool),
    Nested(Fields),
    List(Vec<Fields>),
    Other,
}

impl Fields {
    /// Returns a text without white space around it; a blank one counts as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Field::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Returns a number, or a text that is one.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Field::Number(number) => Some(*number),
            Field::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Tells whether something is switched on, as a flag or as the text `true`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Field::Flag(true)))
            || self.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Returns the values inside a value.
    pub(super) fn nested(&self, name: &str) -> Option<&Self> {
        match self.0.get(name)? {
            Field::Nested(fields) => Some(fields),
            _ => None,
        }
    }

    /// Reads JSON; anything but an object holds nothing.
    pub(super) fn of_json(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// Takes a value out.
    pub(super) fn take(&mut self, name: &str) -> Option<Field> {
        self.0.remove(name)
    }

    /// Returns the values that hold values themselves, by their names.
    pub(super) fn into_nested(self) -> Vec<(String, Self)> {
        let nested = |(name, field)| match field {
            Field::Nested(fields) => Some((name, fields)),
            _ => None,
        };
        self.0.into_iter().filter_map(nested).collect()
    }

    /// Adds a text.
    pub(super) fn insert(&mut self, name: String, text: &str) {
        self.0.insert(name, Field::Text(Zeroizing::new(text.to_owned())));
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        Self(map.into_iter().map(|(name, value)| (name, value.into())).collect())
    }
}

impl From<Value> for Field {
    fn from(value: Value) -> Self {
        let object = |value| match value {
            Value::Object(map) => Some(map.into()),
            _ => None,
        };
        match value {
            Value::String(text) => Self::Text(Zeroizing::new(text)),
            Value::Number(number) => number.as_i64().map_or(Self::Other, Self::Number),
            Value::Bool(flag) => Self::Flag(flag),
            Value::Object(map) => Self::Nested(map.into()),
            Value::Array(list) => Self::List(list.into_iter().filter_map(object).collect()),
            Value::Null => Self::Other,
        }
    }
}
