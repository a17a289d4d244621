//! The result of `--list-regions`.

use serde::Serialize;

use super::record::{SCHEMA, json};
use crate::provider::{ProviderInfo, Region};

/// Who tells the regions of a cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionSource {
    /// The cloud was asked.
    Cloud,
    /// The table of this version.
    Program,
}

/// A region in a list.
#[derive(Debug, Serialize)]
pub struct RegionRow {
    provider: &'static str,
    region: String,
    /// Where it is, if that is known.
    city: Option<&'static str>,
    source: RegionSource,
}

impl RegionRow {
    /// Describes a region of a cloud.
    pub fn new(info: &'static ProviderInfo, region: &str, source: RegionSource) -> Self {
        let city = info.region(region).map(|region: &Region| region.city);
        let city = city.filter(|city| !city.is_empty());
        Self { provider: info.id, region: region.to_owned(), city, source }
    }
}

/// Formats regions for a pipe or a file: cloud and region.
pub(super) fn tabbed(rows: &[RegionRow]) -> String {
    let line = |row: &RegionRow| format!("{}\t{}\n", row.provider, row.region);
    rows.iter().map(line).collect()
}

/// Formats regions for a terminal, each with its city.
pub(super) fn aligned(rows: &[RegionRow]) -> String {
    let provider = rows.iter().map(|row| row.provider.len()).max().unwrap_or_default();
    let region = rows.iter().map(|row| row.region.len()).max().unwrap_or_default();
    let line = |row: &RegionRow| {
        let city = row.city.unwrap_or_default();
        let line = format!("{:provider$}  {:region$}  {city}", row.provider, row.region);
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

pub(super) fn document(rows: &[RegionRow]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: u32,
        regions: &'a [RegionRow],
    }
    json(&Document { schema: SCHEMA, regions: rows })
}
