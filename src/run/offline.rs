//! `--offline`: what would be sent, without opening a connection.

use super::preparation::Preparation;
use crate::error::Error;
use crate::report::Outline;

/// Describes every key, with its request to each selected cloud and region.
pub(super) fn describe(preparation: &Preparation<'_>) -> Result<String, Error> {
    let mut endpoints = Vec::new();
    for selection in &preparation.options.selections {
        let info = selection.cloud.info();
        let regions = preparation.regions(selection)?.unwrap_or_else(|| {
            preparation.console.warn(&[format!(
                "{}: `--offline` does not ask the cloud for its regions; showing `{}` only",
                info.id, info.default_region
            )]);
            vec![info.default_region.to_owned()]
        });
        endpoints
            .extend(regions.iter().map(|region| (selection.cloud, selection.endpoint(region))));
    }
    let outlines: Vec<Outline<'_>> = preparation
        .keys()
        .iter()
        .map(|key| {
            let mut outline = Outline::new(key);
            for (cloud, endpoint) in &endpoints {
                outline.add(*cloud, &preparation.job(key, endpoint, String::new()));
            }
            outline
        })
        .collect();
    Ok(preparation.console.format.outlines(&outlines))
}
