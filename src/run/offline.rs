//! What would be sent, without sending it: names, fingerprints in each cloud's form, requests without secrets.

use std::fmt::Write as _;

use serde::Serialize;

use super::region;
use super::targets::at;
use super::warn;
use crate::cli::{Cli, Output};
use crate::client;
use crate::error::Error;
use crate::io::terminal::Terminal;
use crate::plan::{self, NamedKey, Regions, Selection};
use crate::provider::{self, ImportJob, ImportOptions, NameSource};
use crate::report::{self, SCHEMA};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    keys: Vec<Key<'a>>,
}

/// One key on a line of its own.
#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    #[serde(flatten)]
    key: &'a Key<'a>,
}

#[derive(Serialize)]
struct Key<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    algorithm: &'a str,
    bits: u32,
    sha256: &'a str,
    md5: String,
    source: &'a str,
    requests: Vec<Outline>,
}

/// One request that would go out.
#[derive(Serialize)]
struct Outline {
    provider: &'static str,
    region: String,
    /// The fingerprint as this cloud prints it, where that is known.
    provider_fingerprint: Option<String>,
    method: &'static str,
    url: String,
}

/// Describes every key, with its request to each cloud that the flags name.
pub(super) fn describe(
    cli: &Cli,
    terminal: &Terminal,
    selections: &[Selection],
    keys: &[NamedKey],
    options: &ImportOptions,
) -> Result<String, Error> {
    warn(cli, terminal, &checked(cli, selections, keys, options)?);
    let mut places = Vec::new();
    let is_only = selections.len() == 1;
    for selection in selections {
        for region in
            regions(cli, terminal, selection, is_only).map_err(|error| at(error, selection))?
        {
            places.push((selection, region));
        }
    }
    let mut described = Vec::new();
    for key in keys {
        let requests = places
            .iter()
            .map(|(selection, region)| {
                outline(selection.cloud, &job(cli, selection, region, key, options))
            })
            .collect();
        described.push(Key {
            name: &key.name,
            algorithm: key.key.algorithm(),
            bits: key.key.bits(),
            sha256: key.key.sha256(),
            md5: key.key.md5_colons(),
            source: &key.source,
            requests,
        });
    }
    Ok(match cli.output {
        Output::Text => described.iter().map(text).collect::<Vec<_>>().join("\n"),
        Output::Json => report::json(&Document { schema: SCHEMA, keys: described }),
        Output::Jsonl => {
            described.iter().map(|key| report::json(&Line { schema: SCHEMA, key })).collect()
        }
    })
}

/// Checks every key and value against the rules of every cloud, and returns what there is to warn about.
fn checked(
    cli: &Cli,
    selections: &[Selection],
    keys: &[NamedKey],
    options: &ImportOptions,
) -> Result<Vec<String>, Error> {
    let mut warnings = Vec::new();
    for selection in selections {
        let info = selection.cloud.info();
        if selection.regions == Regions::All {
            warnings.push(format!(
                "{}: the cloud is not asked for its regions here, `{}` stands for all of them",
                info.id, info.default_region
            ));
        }
        for key in keys {
            let job = job(cli, selection, info.default_region, key, options);
            warnings.extend(selection.cloud.check(&job).map_err(|error| at(error, selection))?);
        }
    }
    Ok(warnings)
}

/// Returns the regions of a cloud. Where it would have to be asked for them its default stands for all.
fn regions(
    cli: &Cli,
    terminal: &Terminal,
    selection: &Selection,
    is_only: bool,
) -> Result<Vec<String>, Error> {
    match &selection.regions {
        Regions::Named(names) => Ok(names.clone()),
        Regions::Unnamed => Ok(vec![region::region(cli, terminal, selection, is_only)?]),
        Regions::All => Ok(vec![selection.cloud.info().default_region.to_owned()]),
    }
}

fn job(
    cli: &Cli,
    selection: &Selection,
    region: &str,
    key: &NamedKey,
    options: &ImportOptions,
) -> ImportJob {
    let endpoint = selection.endpoint(region, cli.aliyun_signature.into());
    let named = if cli.name.is_some() { NameSource::Given } else { NameSource::Derived };
    plan::job(key, endpoint, named, options, "…".to_owned())
}

fn outline(cloud: &'static dyn provider::Provider, job: &ImportJob) -> Outline {
    let request = cloud.import(job);
    let url = client::url(&request, cloud.info().traceable);
    Outline {
        provider: cloud.info().id,
        region: job.endpoint.region.clone(),
        provider_fingerprint: cloud.info().prints_md5.then(|| job.key.md5()),
        method: request.method,
        url,
    }
}

fn text(key: &Key<'_>) -> String {
    let mut text = format!(
        "name    {}\nkey     {} {} bits, from {}\nsha256  {}\nmd5     {}\n",
        report::clean(key.name),
        key.algorithm,
        key.bits,
        report::clean(key.source),
        key.sha256,
        key.md5
    );
    for request in &key.requests {
        let _ = writeln!(
            text,
            "{} {}: {} {}",
            request.provider, request.region, request.method, request.url
        );
        if let Some(fingerprint) = &request.provider_fingerprint {
            let _ = writeln!(text, "  fingerprint there: {fingerprint}");
        }
    }
    text
}
