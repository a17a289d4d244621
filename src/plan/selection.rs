//! The clouds, regions and addresses that the flags select.

use std::collections::{HashMap, HashSet};

use super::endpoint::origin;
use super::region::near;
use crate::cli::{Signatures, TargetArgs};
use crate::error::Error;
use crate::provider::{self, Endpoint, Provider, check_region};
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

    /// Whether requests are sent over TLS.
    pub fn needs_tls(&self) -> bool {
        self.origin.as_ref().is_none_or(|origin| !origin.plain)
    }
}

/// Returns the clouds and regions that the flags select, in the order given, without repeats.
pub fn selections(args: &TargetArgs, signatures: &Signatures) -> Result<Vec<Selection>, Error> {
    let mut selections: Vec<Selection> = Vec::new();
    for cloud in args.provider.iter().filter_map(|id| provider::find(id)) {
        let regions = match (args.all_regions, args.region.is_empty()) {
            (true, _) => Regions::All,
            (false, true) => Regions::Unnamed,
            (false, false) => Regions::Named(checked(cloud, args.region.iter())?),
        };
        add(&mut selections, cloud, regions)?;
    }
    if !args.region.is_empty() && selections.len() != 1 {
        return Err(Error::usage("`--region` needs exactly one `--provider`")
            .hinted("write `--to CLOUD/REGION,REGION` for each cloud"));
    }
    for text in &args.to {
        let (cloud, regions) = target(text)?;
        if args.all_regions && regions != Regions::Unnamed {
            let message =
                format!("`--all-regions` cannot be used with the regions of `--to {text}`");
            return Err(Error::usage(message).hinted("leave one of them out"));
        }
        add(&mut selections, cloud, if args.all_regions { Regions::All } else { regions })?;
    }
    let endpoints = endpoints(args, &selections)?;
    let takes_region_flag = selections.len() == 1 && !args.provider.is_empty();
    for selection in &mut selections {
        let id = selection.cloud.info().id;
        selection.origin = endpoints.get(id).cloned();
        selection.signature = signatures.of(id);
        selection.region_flag =
            if takes_region_flag { "--region".to_owned() } else { format!("--to {id}/REGION") };
    }
    Ok(selections)
}

/// Whether a key may have more than one target.
pub fn has_many_targets(selections: &[Selection]) -> bool {
    let is_many = |regions: &Regions| match regions {
        Regions::All => true,
        Regions::Named(names) => names.len() > 1,
        Regions::Unnamed => false,
    };
    selections.len() > 1 || selections.iter().any(|selection| is_many(&selection.regions))
}

/// Adds a cloud, or regions to a cloud that is there already.
fn add(
    selections: &mut Vec<Selection>,
    cloud: &'static dyn Provider,
    regions: Regions,
) -> Result<(), Error> {
    let id = cloud.info().id;
    let Some(selection) = selections.iter_mut().find(|selection| selection.cloud.info().id == id)
    else {
        let regions = match regions {
            Regions::Named(names) => Regions::Named(without_repeats(names)),
            other => other,
        };
        selections.push(Selection {
            cloud,
            regions,
            origin: None,
            signature: None,
            region_flag: String::new(),
        });
        return Ok(());
    };
    selection.regions = match (std::mem::replace(&mut selection.regions, Regions::Unnamed), regions)
    {
        (Regions::All, _) | (_, Regions::All) => Regions::All,
        (Regions::Named(mut names), Regions::Named(more)) => {
            names.extend(more);
            Regions::Named(without_repeats(names))
        }
        (Regions::Named(names), Regions::Unnamed) | (Regions::Unnamed, Regions::Named(names)) => {
            return Err(mixed_regions(cloud, names));
        }
        (Regions::Unnamed, Regions::Unnamed) => Regions::Unnamed,
    };
    Ok(())
}

/// Refuses `--to X --to X/REGION`: the default region would be silently dropped or added.
fn mixed_regions(cloud: &dyn Provider, mut names: Vec<String>) -> Error {
    let (id, default) = (cloud.info().id, cloud.info().default_region);
    names.insert(0, default.to_owned());
    let all = without_repeats(names).join(",");
    Error::usage(format!("`{id}` is given both with and without regions"))
        .hinted(format!("name every region, such as `--to {id}/{all}`"))
}

fn without_repeats(names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

/// Reads `CLOUD[/REGION,…]`.
fn target(text: &str) -> Result<(&'static dyn Provider, Regions), Error> {
    let (id, regions) = match text.split_once('/') {
        Some((id, regions)) => (id, Some(regions)),
        None => (text, None),
    };
    let cloud = find(id, "--to")?;
    let regions = match regions {
        None => Regions::Unnamed,
        Some(list) => Regions::Named(checked(cloud, list.split(','))?),
    };
    Ok((cloud, regions))
}

fn find(id: &str, flag: &str) -> Result<&'static dyn Provider, Error> {
    let ids = || provider::ALL.iter().map(|cloud| cloud.info().id);
    provider::find(id).ok_or_else(|| {
        let error = Error::usage(format!("`{flag}`: unknown cloud `{id}`"));
        error.hinted(match near(id, ids()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("choose from {}", ids().collect::<Vec<_>>().join(", ")),
        })
    })
}

/// Checks region IDs, which become part of host names. Spaces around an ID are dropped.
fn checked(
    cloud: &dyn Provider,
    names: impl Iterator<Item = impl AsRef<str>>,
) -> Result<Vec<String>, Error> {
    let checked = names.map(|name| {
        let name = name.as_ref().trim();
        check_region(name).map(|()| name.to_owned())
    });
    checked.collect::<Result<_, _>>().map_err(|error| error.at(cloud.info().id))
}

/// Reads every `--endpoint`, by the id of its cloud.
fn endpoints(
    args: &TargetArgs,
    selections: &[Selection],
) -> Result<HashMap<&'static str, Origin>, Error> {
    let mut endpoints = HashMap::new();
    for text in &args.endpoint {
        let (id, url) = match text.split_once('=') {
            Some((cloud, url)) if !cloud.contains(':') => {
                (find(cloud, "--endpoint")?.info().id, url)
            }
            _ => match selections {
                [selection] => (selection.cloud.info().id, text.as_str()),
                _ => {
                    return Err(Error::usage("`--endpoint` does not name its cloud")
                        .hinted("write `--endpoint CLOUD=URL`"));
                }
            },
        };
        if endpoints.insert(id, origin(url)?).is_some() {
            return Err(Error::usage(format!("`--endpoint` is given twice for {id}"))
                .hinted("give it once; `{region}` in it stands for each region"));
        }
        if !selections.iter().any(|selection| selection.cloud.info().id == id) {
            return Err(Error::usage(format!("`--endpoint` is for {id}, which is not selected"))
                .hinted(format!("select it with `--to {id}`, or leave its endpoint out")));
        }
    }
    Ok(endpoints)
}
