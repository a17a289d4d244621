//! Region ids: likely typing errors, and the region of a cloud that is given without one.

use crate::credentials;
use crate::error::Error;
use crate::ports::System;
use crate::provider::{Provider, check_region};

/// Returns the documented region that an undocumented one was probably meant to be.
pub fn near_region(cloud: &dyn Provider, region: &str) -> Option<&'static str> {
    let info = cloud.info();
    if info.regions.contains(&region) {
        return None;
    }
    near(region, info.regions.iter().copied())
}

/// Returns the region of a cloud that is given without one: from the environment, the profile, else the cloud's
/// default. With it comes the source it was found in; `None` for the default.
pub fn default_region(
    cloud: &dyn Provider,
    profile: Option<&str>,
    system: &dyn System,
) -> Result<(String, Option<String>), Error> {
    let info = cloud.info();
    match credentials::region(cloud, profile, system)? {
        Some((region, source)) => {
            check_region(&region).map_err(|error| error.at(&source))?;
            Ok((region, Some(source)))
        }
        None => Ok((info.default_region.to_owned(), None)),
    }
}

/// Returns the known text that is at most two typing errors away.
pub(super) fn near<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // In a short text two wrong letters are another word.
    let most = if text.len() < 5 { 1 } else { 2 };
    let length = text.chars().count();
    known
        // The distance is slow to compute, and at least the difference of the lengths.
        .filter(|known| known.chars().count().abs_diff(length) <= most)
        .map(|known| (strsim::damerau_levenshtein(text, known), known))
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min()
        .map(|(_, known)| known)
}
