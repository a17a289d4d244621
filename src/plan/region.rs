//! Region ids: what can be one, and which one may be meant.

use crate::provider::Provider;

/// Says which region may be meant by one that no document names.
pub fn near_region(cloud: &dyn Provider, region: &str) -> Option<&'static str> {
    let info = cloud.info();
    if info.regions.contains(&region) {
        return None;
    }
    near(region, info.regions.iter().copied())
}

/// Returns the text that one with a typing error or two may stand for.
pub(super) fn near<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // In a short text two wrong letters are another word.
    let most = if text.len() < 5 { 1 } else { 2 };
    let length = text.chars().count();
    known
        // The measure takes long, and is never less than the difference of the lengths.
        .filter(|known| known.chars().count().abs_diff(length) <= most)
        .map(|known| (strsim::damerau_levenshtein(text, known), known))
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min()
        .map(|(_, known)| known)
}
