//! The clouds, regions and addresses that the flags select.

use std::collections::HashSet;

use super::endpoint::origin;
use super::lists::{items, target_hint};
use crate::cli::{Signatures, TargetArgs, is_separator};
use crate::credentials::{QUOTES_HINT, is_quoted};
use crate::error::Error;
use crate::phrase::{Phrase, phrase};
use crate::ports::System;
use crate::provider::{self, Endpoint, EndpointEnv, Provider, check_region};
use crate::wire::Origin;

/// The regions of one cloud that a user asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regions {
    /// None was given: the environment, the profile or the cloud's default decides.
    Unnamed,
    /// These.
    Named(Vec<String>),
    /// All that the cloud lists.
    All,
}

/// One cloud that a user asked for.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The cloud.
    pub cloud: &'static dyn Provider,
    /// Its regions.
    pub regions: Regions,
    /// The address given instead of the cloud's own; `{region}` in its authority is not filled in yet.
    pub origin: Option<Origin>,
    /// The name of the chosen signature, where the cloud has a choice.
    pub signature: Option<&'static str>,
    /// The flag that would set the region, for hints.
    pub region_flag: String,
}

impl Selection {
    /// Selects regions of a cloud, at its own addresses.
    fn new(cloud: &'static dyn Provider, regions: Regions, signatures: &Signatures) -> Self {
        let id = cloud.info().id;
        let (signature, region_flag) = (signatures.of(id), format!("--to {id}/REGION"));
        Self { cloud, regions, origin: None, signature, region_flag }
    }

    /// Returns the endpoint of a region.
    pub fn endpoint(&self, region: &str) -> Endpoint {
        let origin = match &self.origin {
            Some(origin) => Origin {
                plain: origin.plain,
                authority: origin.authority.replace("{region}", region),
            },
            None => Origin::https(self.cloud.host(region)),
        };
        Endpoint { region: region.to_owned(), origin, signature: self.signature }
    }
}

/// Returns the clouds and regions that the flags select, in the order given, without repeats.
pub fn selections(args: &TargetArgs, signatures: &Signatures) -> Result<Vec<Selection>, Error> {
    let mut selections: Vec<Selection> = Vec::new();
    let ids = args.provider.iter().flat_map(|list| items(list));
    for cloud in ids.filter_map(provider::find) {
        let regions = match (args.all_regions, args.region.is_empty()) {
            (true, _) => Regions::All,
            (false, true) => Regions::Unnamed,
            (false, false) => Regions::Named(checked(cloud, &args.region.join(","))?),
        };
        add(&mut selections, Selection::new(cloud, regions, signatures))?;
    }
    if !args.region.is_empty() && selections.len() != 1 {
        return Err(Error::usage("`--region` needs exactly one `--provider`")
            .hinted("write `--to CLOUD/REGION,REGION` for each cloud"));
    }
    for text in &args.to {
        let (id, regions) = match text.split_once('/') {
            Some((id, regions)) => (id, Some(regions)),
            None => (text.as_str(), None),
        };
        let cloud = find_cloud(id.trim_matches(is_separator), "--to")?;
        let regions = match regions {
            Some(list) => Regions::Named(checked(cloud, list)?),
            None if args.all_regions => Regions::All,
            None => Regions::Unnamed,
        };
        if args.all_regions && regions != Regions::All {
            let message =
                phrase!("`--all-regions` cannot be used with the regions of `--to {}`", text);
            return Err(Error::usage(message).hinted("leave one of them out"));
        }
        add(&mut selections, Selection::new(cloud, regions, signatures))?;
    }
    for selection in &mut selections {
        if let Regions::Named(names) = &mut selection.regions {
            remove_repeats(names);
        }
    }
    if !args.provider.is_empty()
        && let [selection] = &mut *selections
    {
        selection.region_flag = String::from("--region");
    }
    for text in &args.endpoint {
        set_endpoint(&mut selections, text)?;
    }
    Ok(selections)
}

/// Returns every cloud, without a region.
pub fn every_cloud(signatures: &Signatures) -> Vec<Selection> {
    let selection =
        |cloud: &&'static dyn Provider| Selection::new(*cloud, Regions::Unnamed, signatures);
    provider::ALL.iter().map(selection).collect()
}

/// Whether a key may have more than one target.
pub fn has_many_targets(selections: &[Selection]) -> bool {
    match selections {
        [] | [Selection { regions: Regions::Unnamed, .. }] => false,
        [Selection { regions: Regions::Named(names), .. }] => names.len() > 1,
        _ => true,
    }
}

/// Adds a cloud, or regions to a cloud that is there already.
fn add(selections: &mut Vec<Selection>, added: Selection) -> Result<(), Error> {
    let cloud = added.cloud;
    let id = cloud.info().id;
    let Some(selection) = selections.iter_mut().find(|selection| selection.cloud.info().id == id)
    else {
        selections.push(added);
        return Ok(());
    };
    match (&mut selection.regions, added.regions) {
        (Regions::Named(names), Regions::Named(more)) => names.extend(more),
        (Regions::Named(names), Regions::Unnamed) => return Err(mixed_regions(cloud, names)),
        (Regions::Unnamed, Regions::Named(names)) => return Err(mixed_regions(cloud, &names)),
        // `--all-regions` is for every cloud or none.
        (Regions::Unnamed | Regions::All, _) | (_, Regions::All) => {}
    }
    Ok(())
}

/// Refuses `--to X --to X/REGION`: the region of the first would be silently dropped or added.
fn mixed_regions(cloud: &dyn Provider, others: &[String]) -> Error {
    let id = cloud.info().id;
    let default = cloud.info().default_region.map(str::to_owned);
    let mut names: Vec<String> = default.into_iter().chain(others.iter().cloned()).collect();
    remove_repeats(&mut names);
    Error::usage(phrase!("`{}` is given both with and without regions", id)).hinted(phrase!(
        "name every region, such as `--to {}/{}`",
        id,
        names.join(",")
    ))
}

/// Takes the address of each cloud that is given none from the environment. Returns notes on what was found.
pub fn configure_endpoints(
    selections: &mut [Selection],
    system: &dyn System,
) -> Result<Vec<Phrase>, Error> {
    let variable = |name: &str| {
        let value = system.var(name)?.trim().to_owned();
        Some(value).filter(|value| !value.is_empty())
    };
    let mut notes = Vec::new();
    for selection in selections.iter_mut().filter(|selection| selection.origin.is_none()) {
        let info = selection.cloud.info();
        let Some(EndpointEnv { names, disable }) = info.endpoint_env else { continue };
        let mut set = names.iter().filter_map(|name| Some((name, variable(name)?)));
        let is_disabled = variable(disable).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let Some((name, url)) = set.next().filter(|_| !is_disabled) else { continue };
        let origin = origin(&format!("{name}="), &url).map_err(|error: Error| error.at(info.id))?;
        notes.push(phrase!("using endpoint {} from `{}`", origin, name).at(info.id));
        selection.origin = Some(origin);
    }
    Ok(notes)
}

fn remove_repeats(names: &mut Vec<String>) {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
}

fn find_cloud(id: &str, flag: &str) -> Result<&'static dyn Provider, Error> {
    let ids = || provider::infos().map(|info| info.id);
    provider::find(id).ok_or_else(|| {
        let error = Error::usage(phrase!("`{}`: unknown cloud `{}`", flag, id));
        if let Some(hint) = separator_hint(id).filter(|_| flag == "--to") {
            return error.hinted(hint);
        }
        error.hinted(match near(id, ids()) {
            Some(near) => phrase!("did you mean `{}`?", near),
            None if id.contains(is_separator) => {
                phrase!("give one cloud at a time, and repeat `{}`", flag)
            }
            None => phrase!("choose from {}", ids().collect::<Vec<_>>().join(", ")),
        })
    })
}

/// Explains a cloud and a region with something else than `/` between them.
fn separator_hint(text: &str) -> Option<Phrase> {
    let (id, region) = text.split_once([':', '='])?;
    let cloud = provider::find(id)?;
    Some(phrase!("write `{}`", format!("--to {}/{region}", cloud.info().id)))
}

/// Returns the known text that an unknown one was probably meant to be: at most two typing errors away.
pub(super) fn near<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // In a short text two wrong letters are another word.
    let most = if text.len() < 5 { 1 } else { 2 };
    let length = text.chars().count();
    known
        // The distance is slow to compute, and at least the difference of the lengths.
        .filter(|known| known.chars().count().abs_diff(length) <= most)
        .map(|known| (strsim::damerau_levenshtein(text, known), known))
        .min()
        .filter(|(distance, _)| (1..=most).contains(distance))
        .map(|(_, known)| known)
}

/// Checks a list of region IDs, which become part of host names.
fn checked(cloud: &dyn Provider, list: &str) -> Result<Vec<String>, Error> {
    let mut names: Vec<&str> = items(list).collect();
    if names.is_empty() {
        // Refused in the words for any region id.
        names.push("");
    }
    let checked = names.into_iter().map(|name| match check_region(name) {
        Ok(()) => Ok(name.to_owned()),
        Err(error) if is_quoted(name) => Err(error.hinted(QUOTES_HINT)),
        Err(error) => Err(match target_hint(name) {
            Some(hint) => error.hinted(hint),
            None => error,
        }),
    });
    checked.collect::<Result<_, _>>().map_err(|error| error.at(cloud.info().id))
}

/// Reads an `--endpoint`, and makes it the address of its cloud.
fn set_endpoint(selections: &mut [Selection], text: &str) -> Result<(), Error> {
    let (id, url) = match (text.split_once('='), &*selections) {
        (Some((cloud, url)), _) if !cloud.contains(':') => {
            (find_cloud(cloud, "--endpoint")?.info().id, url)
        }
        (_, [selection]) => (selection.cloud.info().id, text),
        _ => {
            return Err(Error::usage("`--endpoint` does not name its cloud")
                .hinted("write `--endpoint CLOUD=URL`"));
        }
    };
    let origin = origin("--endpoint ", url)?;
    let Some(selection) = selections.iter_mut().find(|selection| selection.cloud.info().id == id)
    else {
        return Err(Error::usage(phrase!("`--endpoint` is for {}, which is not selected", id))
            .hinted(phrase!("select it with `--to {}`, or leave its endpoint out", id)));
    };
    if selection.origin.replace(origin).is_some() {
        return Err(Error::usage(phrase!("`--endpoint` is given twice for {}", id))
            .hinted("give it once; `{region}` in it stands for each region"));
    }
    Ok(())
}
