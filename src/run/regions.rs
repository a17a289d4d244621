//! `--list-regions`: the regions of each cloud, as it tells them or as this version knows them.

use std::sync::Arc;

use super::console::{Console, Failures};
use super::discovery::Discovery;
use super::options::Options;
use crate::error::{Error, ErrorKind};
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::phrase::phrase;
use crate::plan::{Regions, Selection};
use crate::ports::Clock as _;
use crate::report::{RegionRow, RegionSource};

/// Returns the regions that this version knows: of a cloud with partitions, those of the one that a named region is in.
pub(super) fn known(selections: &[Selection]) -> Vec<RegionRow> {
    selections.iter().flat_map(known_of).collect()
}

fn known_of(selection: &Selection) -> impl Iterator<Item = RegionRow> {
    let info = selection.cloud.info();
    let partition = named(selection).map(|region| selection.cloud.partition(region));
    let is_in = move |id: &str| partition.is_none_or(|one| selection.cloud.partition(id) == one);
    let ids = info.regions.iter().map(|region| region.id).filter(move |id| is_in(id));
    ids.map(|id| RegionRow::new(info, id, RegionSource::Program))
}

/// Asks each cloud for its regions, until the run is asked to stop. Without a credential the regions that this version
/// knows take their place.
pub(super) async fn ask(
    options: &Options,
    console: &Console,
    network: &Arc<Network>,
    clock: &Arc<SystemClock>,
) -> Result<Vec<RegionRow>, Failures> {
    let discovery = Discovery::start(options, console, network, clock).await?;
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for selection in &options.selections {
        if clock.shutdown_deadline().is_some() {
            break;
        }
        match ask_one(&discovery, options, selection).await {
            Ok(found) => rows.extend(found),
            Err(error) if error.kind() == ErrorKind::NoCredentials => {
                let id = selection.cloud.info().id;
                console.warn(&[phrase!(
                    "no credentials found; these regions are the ones that this version knows"
                )
                .at(id)]);
                rows.extend(known_of(selection));
            }
            Err(error) => failed.push(error),
        }
    }
    if failed.is_empty() { Ok(rows) } else { Err(Failures(failed)) }
}

async fn ask_one(
    discovery: &Discovery<'_>,
    options: &Options,
    selection: &Selection,
) -> Result<Vec<RegionRow>, Error> {
    let info = selection.cloud.info();
    let start = match named(selection) {
        Some(region) => region.to_owned(),
        None => options.start_region(selection)?,
    };
    let at_cloud = |error: Error| error.at(info.id);
    let credentials = discovery.credentials(selection, &start).await.map_err(at_cloud)?;
    let regions = discovery.all_regions(selection, &start, &credentials).await.map_err(at_cloud)?;
    Ok(regions.iter().map(|id| RegionRow::new(info, id, RegionSource::Cloud)).collect())
}

/// Returns the first region that is named.
fn named(selection: &Selection) -> Option<&str> {
    match &selection.regions {
        Regions::Named(names) => names.first().map(String::as_str),
        Regions::Unnamed | Regions::All => None,
    }
}
