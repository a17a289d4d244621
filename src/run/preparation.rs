//! What is done before anything is sent: keys are read, values checked, regions found. With `--offline` that is all.

use chrono::{DateTime, Utc};

use super::console::Console;
use super::keys;
use super::options::Options;
use crate::error::Error;
use crate::phrase::phrase;
use crate::plan::{self, Batch, Regions, Selection};
use crate::report::{HIDDEN, Outline};

/// Keys and values that every selected cloud accepts.
#[derive(Debug)]
pub(super) struct Preparation<'a> {
    pub options: &'a Options,
    pub console: &'a Console,
    pub batch: Batch,
}

impl<'a> Preparation<'a> {
    /// Reads the keys and checks everything against the rules of every cloud.
    pub(super) fn new(options: &'a Options, console: &'a Console) -> Result<Self, Error> {
        let batch = Batch {
            keys: keys::read(options, console)?,
            given_name: options.name.clone(),
            options: options.import.clone(),
        };
        console.warn(&plan::check(&options.selections, &batch)?);
        Ok(Self { options, console, batch })
    }

    /// Returns the regions of a cloud, without asking it: `None` for all that it lists.
    pub(super) fn regions(&self, selection: &Selection) -> Result<Option<Vec<String>>, Error> {
        match &selection.regions {
            Regions::Named(names) => Ok(Some(names.clone())),
            Regions::Unnamed => Ok(Some(vec![self.default_region(selection)?])),
            Regions::All => Ok(None),
        }
    }

    /// Describes every key and the request to each cloud and region, without opening a connection: `--offline`.
    pub(super) fn describe(&self, time: DateTime<Utc>) -> Result<String, Error> {
        let keys = self.batch.keys.iter();
        let mut outlines: Vec<Outline<'_>> = keys.map(Outline::new).collect();
        for selection in &self.options.selections {
            let info = selection.cloud.info();
            let regions = if let Some(regions) = self.regions(selection)? {
                regions
            } else {
                let region = self.options.start_region(selection)?;
                self.console.warn(&[phrase!(
                    "`--offline` does not ask the cloud for its regions; showing `{}` only",
                    region
                )
                .at(info.id)]);
                vec![region]
            };
            let names = self.batch.names(selection.cloud);
            for endpoint in regions.iter().map(|region| selection.endpoint(region)) {
                let keys = self.batch.keys.iter().zip(&names);
                for ((key, name), outline) in keys.zip(&mut outlines) {
                    let job = self.batch.job(key, name, endpoint.clone(), HIDDEN.to_owned());
                    outline.add(selection.cloud, &job, time);
                }
            }
        }
        Ok(self.console.format.outlines(&outlines, self.console.texts))
    }

    /// Returns the region that a credential is for: the first that is named, else the one that is asked first.
    pub(super) fn credential_region(&self, selection: &Selection) -> Result<String, Error> {
        match &selection.regions {
            Regions::Named(names) => Ok(names.first().cloned().unwrap_or_default()),
            Regions::All => self.options.start_region(selection),
            Regions::Unnamed => Ok(self.find_region(selection)?.0),
        }
    }

    /// Finds the region of a cloud that is given without one, and notes where it comes from.
    fn default_region(&self, selection: &Selection) -> Result<String, Error> {
        let info = selection.cloud.info();
        let (region, source) = self.find_region(selection)?;
        if let Some(source) = source {
            self.console.detail(&phrase!("using region {} from {}", region, source).at(info.id));
            let hint = plan::region_hint(selection.cloud, &region);
            let warning = |hint| plan::unknown_region(info.id, &region, hint);
            self.console.warn(&hint.map(warning).into_iter().collect::<Vec<_>>());
        } else {
            let (flag, variable) = (&selection.region_flag, info.region_variable());
            self.console.note(
                &phrase!(
                    "using region {}, the default; `{}` or `{}` sets another",
                    region,
                    flag,
                    variable
                )
                .at(info.id),
            );
        }
        Ok(region)
    }

    /// Finds the region of a cloud that is given without one, and where it comes from unless it is the default.
    fn find_region(&self, selection: &Selection) -> Result<(String, Option<String>), Error> {
        let info = selection.cloud.info();
        if let Some((region, source)) = self.options.configured_region(selection)? {
            return Ok((region, Some(source)));
        }
        let (flag, variable) = (&selection.region_flag, info.region_variable());
        let Some(default) = info.default_region else {
            return Err(Error::usage("no region is given").at(info.id).hinted(phrase!(
                "give one with `{}`, or set `{}`",
                flag,
                variable
            )));
        };
        Ok((default.to_owned(), None))
    }
}
