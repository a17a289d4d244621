//! The key pairs of all clouds, and the client tokens that were used; as JSON, the state file.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Datelike as _, SubsecRound as _, Utc};
use md5::{Digest as _, Md5};
use serde::{Deserialize, Deserializer, Serialize};

use super::hex::hex;

/// How many key pairs a region holds, unless its cloud has another quota.
pub(super) const QUOTA: usize = 500;

/// The highest number that is read: it fits into the 12 hex digits of one cloud's ids. No run comes close to it.
const MAX_SERIAL: u64 = (1 << 48) - 1;

/// The version of the JSON format.
const SCHEMA: u32 = 1;

/// Base64 with or without padding and with unused bits set, which at least one vendor accepts.
const LAX: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A stored key pair. `Debug` does not show the key.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPair {
    /// The name.
    pub name: String,
    /// The public key as it was sent.
    pub line: String,
    /// The id; not every cloud shows it.
    pub id: String,
    /// When it was stored, in whole seconds.
    #[serde(deserialize_with = "read_time")]
    pub created: DateTime<Utc>,
    /// The tags.
    #[serde(default)]
    pub tags: Vec<(String, String)>,
    /// The description.
    #[serde(default)]
    pub description: String,
    /// The resource group or project.
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

/// An import with a client token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    /// The parameters, sorted.
    pub(super) request: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) fingerprint: String,
}

/// The key pairs of all clouds by provider and region, and the client tokens that were used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    schema: u32,
    /// The number of ids so far, [`MAX_SERIAL`] at most.
    #[serde(deserialize_with = "read_serial")]
    serial: u64,
    /// By provider and region, the oldest first.
    pairs: BTreeMap<String, BTreeMap<String, Vec<StoredPair>>>,
    tokens: BTreeMap<String, Import>,
}

impl Default for Store {
    fn default() -> Self {
        Self { schema: SCHEMA, serial: 0, pairs: BTreeMap::new(), tokens: BTreeMap::new() }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl Store {
    /// Reads what [`Self::to_json`] wrote.
    ///
    /// # Errors
    /// For another text, and for another version of the format.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        use serde::de::Error as _;
        let store: Self = serde_json::from_str(text)?;
        if store.schema == SCHEMA {
            return Ok(store);
        }
        let message = format!("schema {} is not known, only {SCHEMA} is", store.schema);
        Err(serde_json::Error::custom(message))
    }

    /// Writes the store, with the version of its format as `schema`.
    ///
    /// # Errors
    /// None that is known; without a `Result` a failure would be an empty state file.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// Returns the key pairs of a provider's region, the oldest first.
    pub fn pairs(&self, provider: &str, region: &str) -> &[StoredPair] {
        self.pairs.get(provider).and_then(|regions| regions.get(region)).map_or(&[], Vec::as_slice)
    }

    /// Returns the key pairs of all regions of a provider.
    pub(super) fn all_pairs(&self, provider: &str) -> Vec<&StoredPair> {
        self.pairs.get(provider).into_iter().flat_map(BTreeMap::values).flatten().collect()
    }

    /// Returns those of the key pairs that have this name and this fingerprint, in hex digits, where one is given.
    pub(super) fn find(
        &self,
        provider: &str,
        region: &str,
        name: Option<&str>,
        md5: Option<&str>,
    ) -> Vec<&StoredPair> {
        let pairs = self.pairs(provider, region).iter();
        let named = pairs.filter(|pair| name.is_none_or(|name| pair.name == name));
        named.filter(|pair| md5.is_none_or(|md5| fingerprint(&pair.line, "") == md5)).collect()
    }

    /// Returns a number that every change increases.
    pub fn version(&self) -> u64 {
        self.serial
    }

    /// Returns the next number for an id, which is never returned again.
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Adds a key pair to a provider's region.
    pub fn add(&mut self, provider: &str, region: &str, mut pair: StoredPair) {
        pair.created = pair.created.trunc_subsecs(0);
        let regions = self.pairs.entry(provider.to_owned()).or_default();
        regions.entry(region.to_owned()).or_default().push(pair);
    }

    /// Returns the import in a region that used a client token.
    pub(super) fn import_with(&self, region: &str, token: &str) -> Option<&Import> {
        self.tokens.get(&format!("{region}/{token}"))
    }

    /// Records the import in a region that used a client token.
    pub(super) fn record_import(&mut self, region: &str, token: &str, done: Import) {
        self.tokens.insert(format!("{region}/{token}"), done);
    }
}

fn read_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let time = DateTime::<Utc>::deserialize(deserializer)?;
    // A provider shows it in another time zone, and years have four digits in all their formats.
    if !(1..9999).contains(&time.year()) {
        return Err(serde::de::Error::custom("a year that no provider can show"));
    }
    Ok(time)
}

fn read_serial<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let serial = u64::deserialize(deserializer)?;
    if serial > MAX_SERIAL {
        return Err(serde::de::Error::custom("a number too large"));
    }
    Ok(serial)
}

/// Parses `type base64 [comment]` into type and blob. The blob is not parsed: the clouds store broken keys as well.
pub(super) fn parse_key(line: &str) -> Option<(&str, Vec<u8>)> {
    let line = line.trim();
    let mut fields = line.split_ascii_whitespace();
    let (key_type, base64) = (fields.next()?, fields.next()?);
    let is_type = key_type.starts_with(|first: char| first.is_ascii_lowercase());
    let blob = LAX.decode(base64).ok().filter(|blob| blob.len() >= 16)?;
    (is_type && !line.contains(['\r', '\n'])).then_some((key_type, blob))
}

/// Returns the MD5 of the key's blob as hex digits with a separator between the bytes. A line that is not a key has
/// an empty blob.
pub(super) fn fingerprint(line: &str, separator: &str) -> String {
    let blob = parse_key(line).map(|(_, blob)| blob).unwrap_or_default();
    hex(&Md5::digest(blob), separator)
}
