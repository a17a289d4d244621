//! What lasts: key pairs by cloud and region, and the client tokens that were used.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many key pairs each of the clouds keeps in a region.
pub(super) const QUOTA: usize = 500;

/// The form of the state that is written; another one is not read.
const SCHEMA: u32 = 1;

/// A stored key pair. `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPair {
    /// The name.
    pub name: String,
    /// The public key line as it was sent.
    pub line: String,
    /// The id, which Alibaba Cloud does not show.
    pub id: String,
    /// When it was stored.
    #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
    pub created: DateTime<Utc>,
    /// Tags as they were sent.
    #[serde(default)]
    pub tags: Vec<(String, String)>,
    /// The description.
    #[serde(default)]
    pub description: String,
    /// The resource group (Alibaba Cloud) or project (Volcengine).
    #[serde(default)]
    pub group: String,
}

impl fmt::Debug for StoredPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredPair")
            .field("name", &self.name)
            .field("id", &self.id)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// What an import with a client token did.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Remembered {
    /// The parameters, in one order.
    pub(super) request: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) fingerprint: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    schema: u32,
    /// Counts what was ever stored; ids are made from it.
    serial: u64,
    pairs: BTreeMap<String, BTreeMap<String, Vec<StoredPair>>>,
    tokens: BTreeMap<String, Remembered>,
}

impl Default for Store {
    fn default() -> Self {
        Self { schema: SCHEMA, serial: 0, pairs: BTreeMap::new(), tokens: BTreeMap::new() }
    }
}

impl Store {
    pub(super) fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        use serde::de::Error as _;
        let store: Self = serde_json::from_str(text)?;
        if store.schema == SCHEMA {
            return Ok(store);
        }
        let message = format!("schema {} is not known, only {SCHEMA} is", store.schema);
        Err(serde_json::Error::custom(message))
    }

    pub(super) fn to_json(&self) -> String {
        // Strings and numbers in maps with text keys: nothing here can fail to be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub(super) fn pairs(&self, cloud: &str, region: &str) -> &[StoredPair] {
        self.pairs.get(cloud).and_then(|regions| regions.get(region)).map_or(&[], Vec::as_slice)
    }

    /// Returns a number that every change makes larger.
    pub(super) fn version(&self) -> u64 {
        self.serial
    }

    /// Returns the next number, from which an id is made.
    pub(super) fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn add(&mut self, cloud: &str, region: &str, pair: StoredPair) {
        let regions = self.pairs.entry(cloud.to_owned()).or_default();
        regions.entry(region.to_owned()).or_default().push(pair);
    }

    pub(super) fn remembered(&self, region: &str, token: &str) -> Option<&Remembered> {
        self.tokens.get(&format!("{region}/{token}"))
    }

    pub(super) fn remember(&mut self, region: &str, token: &str, done: Remembered) {
        self.tokens.insert(format!("{region}/{token}"), done);
    }
}

fn write_time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format("%Y-%m-%dT%H:%M:%SZ"))
}

fn read_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
    Ok(time.with_timezone(&Utc))
}
