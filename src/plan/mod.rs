//! What the flags mean together: which clouds and regions, at which addresses, for which keys and names.

mod endpoint;
mod keys;
mod region;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub use self::keys::{NamedKey, named_keys};
pub use self::region::near_region;
pub use crate::provider::check_region;

use self::endpoint::origin;
use self::region::near;
use crate::cli::Cli;
use crate::error::{Error, ErrorKind};
use crate::provider::{self, Endpoint, ImportJob, ImportOptions, NameSource, Provider};
use crate::wire::Origin;

/// The regions of one cloud that a user asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regions {
    /// None was named: the cloud's settings or its default decide.
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
}

impl Selection {
    /// Returns where a region of this cloud is to be reached.
    pub fn endpoint(&self, region: &str, signature: provider::AliyunSignature) -> Endpoint {
        let origin = match &self.origin {
            Some(origin) => Origin {
                plain: origin.plain,
                authority: origin.authority.replace("{region}", region),
            },
            None => Origin::https(self.cloud.host(region)),
        };
        Endpoint { region: region.to_owned(), origin, aliyun_signature: signature }
    }

    /// Tells whether requests go out by TLS.
    pub fn needs_tls(&self) -> bool {
        self.origin.as_ref().is_none_or(|origin| !origin.plain)
    }
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// Reads which clouds and regions the flags ask for; repeats collapse, the order stays.
pub fn selections(cli: &Cli) -> Result<Vec<Selection>, Error> {
    let mut selections: Vec<Selection> = Vec::new();
    let providers = cli.provider.iter().filter_map(|id| provider::find(id));
    for cloud in providers {
        let regions = match (cli.all_regions, cli.region.is_empty()) {
            (true, _) => Regions::All,
            (false, true) => Regions::Unnamed,
            (false, false) => Regions::Named(checked(cloud, cli.region.iter())?),
        };
        add(&mut selections, cloud, regions)?;
    }
    if !cli.region.is_empty() && selections.len() != 1 {
        return Err(usage("`--region` needs exactly one `--provider`")
            .hinted("write `--to CLOUD/REGION,REGION` for each cloud"));
    }
    for text in &cli.to {
        let (cloud, regions) = target(text)?;
        if cli.all_regions && regions != Regions::Unnamed {
            return Err(usage(format!(
                "`--all-regions` and the regions of `--to {text}` exclude each other"
            ))
            .hinted("leave one of them out"));
        }
        add(&mut selections, cloud, if cli.all_regions { Regions::All } else { regions })?;
    }
    let endpoints = endpoints(cli, &selections)?;
    for selection in &mut selections {
        selection.origin = endpoints.get(selection.cloud.info().id).cloned();
    }
    Ok(selections)
}

/// Tells whether a key may have more than one target.
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
        selections.push(Selection { cloud, regions, origin: None });
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

/// Refuses a cloud that stands once with regions and once for its usual one, which would be left out or added
/// without a word.
fn mixed_regions(cloud: &dyn Provider, mut names: Vec<String>) -> Error {
    let (id, usual) = (cloud.info().id, cloud.info().default_region);
    names.insert(0, usual.to_owned());
    let all = without_repeats(names).join(",");
    usage(format!("{id} is named with a region and without one")).hinted(format!(
        "name every region, such as `--to {id}/{all}`, and leave out what names {id} alone"
    ))
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
        let error = usage(format!("`{flag}`: `{id}` is no cloud that is known here"));
        error.hinted(match near(id, ids()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", ids().collect::<Vec<_>>().join(", ")),
        })
    })
}

/// Refuses what cannot be a region id: it becomes a part of a host name. Blanks around an id are dropped.
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
fn endpoints(cli: &Cli, selections: &[Selection]) -> Result<HashMap<&'static str, Origin>, Error> {
    let mut endpoints = HashMap::new();
    for text in &cli.endpoint {
        let (id, url) = match text.split_once('=') {
            Some((cloud, url)) if !cloud.contains(':') => {
                (find(cloud, "--endpoint")?.info().id, url)
            }
            _ => match selections {
                [selection] => (selection.cloud.info().id, text.as_str()),
                _ => {
                    return Err(usage("`--endpoint` does not say for which cloud")
                        .hinted("write `--endpoint CLOUD=URL`"));
                }
            },
        };
        if endpoints.insert(id, origin(url)?).is_some() {
            return Err(usage(format!("`--endpoint` is given twice for {id}"))
                .hinted("give one; `{region}` in it makes it good for several regions"));
        }
        if !selections.iter().any(|selection| selection.cloud.info().id == id) {
            return Err(usage(format!("`--endpoint` is for {id}, which this run does not go to"))
                .hinted(format!("name the cloud with `--to {id}`, or leave its endpoint out")));
        }
    }
    Ok(endpoints)
}

/// Makes the job of one key at one endpoint.
pub fn job(
    key: &NamedKey,
    endpoint: Endpoint,
    named: NameSource,
    options: &ImportOptions,
    client_token: String,
) -> ImportJob {
    ImportJob {
        key: Arc::clone(&key.key),
        source: key.source.clone(),
        name: key.name.clone(),
        named,
        endpoint,
        options: options.clone(),
        client_token,
    }
}

/// Reads the optional values; control characters have no place in any of them.
pub fn options(cli: &Cli) -> Result<ImportOptions, Error> {
    let texts =
        cli.description.iter().chain(&cli.resource_group).chain(&cli.project).chain(&cli.name);
    let tags = cli.tag.iter().flat_map(|(key, value)| [key, value]);
    let mut values = texts.chain(tags);
    if let Some(text) = values.find(|text| text.chars().any(char::is_control)) {
        let shown: String = text.chars().filter(|letter| !letter.is_control()).take(40).collect();
        return Err(usage(format!("`{shown}` holds a control character"))
            .hinted("type the value anew, in one line"));
    }
    Ok(ImportOptions {
        description: cli.description.clone(),
        tags: cli.tag.clone(),
        resource_group: cli.resource_group.clone(),
        project: cli.project.clone(),
    })
}
