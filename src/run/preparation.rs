//! What a run and `--offline` do alike before anything is sent: keys are read, values checked, regions found.

use std::sync::Arc;

use super::console::Console;
use super::keys;
use super::options::Options;
use crate::error::Error;
use crate::io::system::OsSystem;
use crate::plan::{self, Batch, NamedKey, Regions, Selection};
use crate::provider::{Endpoint, ImportJob};

/// Keys and values that every selected cloud accepts.
#[derive(Debug)]
pub(super) struct Preparation<'a> {
    pub options: &'a Options,
    pub console: &'a Console,
    batch: Batch,
}

impl<'a> Preparation<'a> {
    /// Reads the keys and checks everything against the rules of every cloud.
    pub(super) fn new(options: &'a Options, console: &'a Console) -> Result<Self, Error> {
        let batch = Batch {
            keys: keys::read(options, console)?,
            name_source: options.name_source(),
            options: options.import.clone(),
        };
        console.warn(&plan::check(&options.selections, &batch)?);
        Ok(Self { options, console, batch })
    }

    /// Returns the keys.
    pub(super) fn keys(&self) -> &[NamedKey] {
        &self.batch.keys
    }

    /// Returns the regions of a cloud, without asking it: `None` for all that it lists.
    pub(super) fn regions(&self, selection: &Selection) -> Result<Option<Vec<String>>, Error> {
        match &selection.regions {
            Regions::Named(names) => Ok(Some(names.clone())),
            Regions::Unnamed => Ok(Some(vec![self.default_region(selection)?])),
            Regions::All => Ok(None),
        }
    }

    /// Makes the job of a key at an endpoint.
    pub(super) fn job(&self, key: &NamedKey, endpoint: &Endpoint, token: String) -> Arc<ImportJob> {
        Arc::new(self.batch.job(key, endpoint.clone(), token))
    }

    /// Finds the region of a cloud that is given without one, and notes where it comes from.
    fn default_region(&self, selection: &Selection) -> Result<String, Error> {
        let info = selection.cloud.info();
        let profile = self.options.profile.as_deref();
        let (region, source) = plan::default_region(selection.cloud, profile, &OsSystem)
            .map_err(|error| error.at(info.id))?;
        match source {
            Some(source) => {
                self.console.detail(&format!("{}: using region {region} from {source}", info.id));
            }
            None => self.console.note(&format!(
                "{}: using region {region}, the default; `{}` or `{}` sets another",
                info.id, selection.region_flag, info.region_variable
            )),
        }
        Ok(region)
    }
}
