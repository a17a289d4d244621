//! What an unknown region was probably meant to be: a typing error, the id that another cloud has for a place, or the
//! name of the place.

use super::selection::near;
use crate::phrase::{Phrase, phrase};
use crate::provider::{self, Provider, Region};

/// How many regions of an area a hint names.
const MOST: usize = 3;

/// Returns a hint for a region that a cloud does not document; `None` if it does, or if nothing is near.
pub fn region_hint(cloud: &dyn Provider, id: &str) -> Option<Phrase> {
    let info = cloud.info();
    if info.region(id).is_some() {
        return None;
    }
    let place = named_place(id);
    let in_same_city = |place: &Region| {
        let own = info.regions.iter().find(|own| own.city == place.city)?;
        Some(phrase!("{}'s region for {} is `{}`", info.title, own.city, own.id))
    };
    if let Some(hint) = place.and_then(in_same_city) {
        return Some(hint);
    }
    // Another cloud's id is no typing error.
    let is_known = all().any(|region| region.id == id);
    if let Some(near) = near(id, info.regions.iter().map(|region| region.id)).filter(|_| !is_known)
    {
        return Some(phrase!("did you mean `{}`?", near));
    }
    let place = place.or_else(|| misspelled_place(id))?;
    if let Some(hint) = in_same_city(place) {
        return Some(hint);
    }
    let in_area = info.regions.iter().filter(|own| own.area == place.area && !own.city.is_empty());
    let ids: Vec<String> =
        in_area.take(MOST).map(|own| format!("`{}` ({})", own.id, own.city)).collect();
    let (title, Region { city, area, .. }) = (info.title, place);
    (!ids.is_empty()).then(|| {
        phrase!("{} has no region in {}; in {} it has {}", title, city, area, ids.join(", "))
    })
}

/// Returns the region whose id this is, at whatever cloud, or whose city is in it.
fn named_place(id: &str) -> Option<&'static Region> {
    let letters: String = id.chars().filter(char::is_ascii_alphabetic).collect();
    let is_in = |city: &str| {
        let city: String = city.to_lowercase().chars().filter(|letter| *letter != ' ').collect();
        city.len() >= 4 && letters.contains(&city)
    };
    all().find(|region| region.id == id).or_else(|| all().find(|region| is_in(region.city)))
}

fn misspelled_place(id: &str) -> Option<&'static Region> {
    let near = near(id, all().map(|region| region.id))?;
    all().find(|region| region.id == near)
}

/// Returns the regions of all clouds that are somewhere.
fn all() -> impl Iterator<Item = &'static Region> {
    let regions = provider::infos().flat_map(|info| info.regions);
    regions.filter(|region| !region.city.is_empty())
}
