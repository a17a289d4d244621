//! Region ids: what can be one, and which one may be meant.

use super::usage;
use crate::error::Error;
use crate::provider::Provider;

/// Refuses a text that cannot be a region id: lower-case letters, digits and inner hyphens, 63 at most.
pub fn check_region(name: &str) -> Result<(), Error> {
    let fits = (1..=63).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with('-')
        && !name.ends_with('-');
    if fits {
        return Ok(());
    }
    let message = if name.is_empty() {
        "a region id is empty".to_owned()
    } else {
        let shown: String = name.chars().take(80).collect();
        format!("`{shown}` cannot be a region id")
    };
    Err(usage(message).hinted(
        "a region id has 1 to 63 lower-case letters, digits and hyphens, such as `cn-beijing`",
    ))
}

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
