//! The command line, resolved once: everything after this reads [`Options`] and not the flags.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::cli::{Cli, TargetArgs};
use crate::client::Limits;
use crate::credentials;
use crate::error::Error;
use crate::import::Mode;
use crate::io::http::Settings;
use crate::io::system::OsSystem;
use crate::phrase::phrase;
use crate::plan::{self, Selection};
use crate::ports::System as _;
use crate::provider::{self, ImportOptions, check_region};

/// The options of a run.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are on or off are bools")]
pub struct Options {
    /// What to do with each target.
    pub mode: Mode,
    /// Only show what would be sent.
    pub offline: bool,
    /// Only list the regions of the clouds.
    pub list_regions: bool,
    /// Paths of the keys; empty for the one in `~/.ssh`.
    pub key_paths: Vec<OsString>,
    /// The flags for clouds and regions as they were given, for a hint where a key is no file.
    pub targets: TargetArgs,
    /// A file may hold several keys.
    pub all_keys: bool,
    /// The name, with `{}` not filled in yet.
    pub name: Option<String>,
    /// Clouds, regions and addresses.
    pub selections: Vec<Selection>,
    /// Optional values of the key pair.
    pub import: ImportOptions,
    /// The profile to take credentials and region from.
    pub profile: Option<String>,
    /// Run against the sandbox, with or without a file that keeps its state.
    pub sandbox: Option<Option<PathBuf>>,
    /// Bounds of each target.
    pub limits: Limits,
    /// How to connect.
    pub network: Settings,
    /// The most targets in flight at once.
    pub jobs: usize,
    /// Start no target after the first failure.
    pub fail_fast: bool,
}

impl Options {
    /// Resolves the flags and checks them together.
    pub fn new(cli: Cli) -> Result<Self, Error> {
        let mut selections = plan::selections(&cli.targets, &cli.signatures)?;
        let import = plan::import_options(&cli.values)?;
        if selections.is_empty() && cli.list_regions {
            selections = plan::every_cloud(&cli.signatures);
        } else if selections.is_empty() && !cli.offline {
            let error = Error::usage("no cloud is given");
            if let Some(cloud) = cli.keys.iter().find_map(|key| provider::find(key.to_str()?)) {
                let flag = format!("--provider {}", cloud.info().id);
                return Err(error.hinted(phrase!("write `{}`", flag)));
            }
            let ids: Vec<&str> = provider::infos().map(|info| info.id).collect();
            return Err(error.hinted(phrase!(
                "give one with `--provider`, or several with `--to`: {}",
                ids.join(", ")
            )));
        }
        // A shell leaves `~` alone in quotes and behind `=`.
        let expand = |path: PathBuf| OsSystem.expand(&path).unwrap_or(path);
        let key_paths = cli.keys.into_iter().map(|key| expand(key.into()).into()).collect();
        let ca_file = cli.ca_file.map(expand);
        Ok(Self {
            mode: match (cli.dry_run, cli.check) {
                (true, _) => Mode::DryRun,
                (false, true) => Mode::Check,
                (false, false) => Mode::Import,
            },
            offline: cli.offline,
            list_regions: cli.list_regions,
            key_paths,
            targets: cli.targets,
            all_keys: cli.all_keys,
            name: cli.values.name,
            selections,
            import,
            profile: cli.profile,
            sandbox: cli.sandbox.map(|file| file.map(expand)),
            limits: Limits { timeout: cli.timeout, attempts: cli.attempts },
            network: Settings { connect_timeout: cli.connect_timeout, ca_file },
            jobs: usize::from(cli.jobs),
            fail_fast: cli.fail_fast,
        })
    }

    /// Returns the region that is asked for all others of its cloud: the default, else that of environment or profile,
    /// since regions of its partition are listed, else any that is known.
    pub(super) fn start_region(&self, selection: &Selection) -> Result<String, Error> {
        let info = selection.cloud.info();
        let found = match info.default_region {
            Some(_) => None,
            None => self.configured_region(selection)?,
        };
        Ok(found.map_or_else(|| info.home_region().to_owned(), |(region, _)| region))
    }

    /// Returns the region of the environment or the profile, and where it comes from.
    pub(super) fn configured_region(
        &self,
        selection: &Selection,
    ) -> Result<Option<(String, String)>, Error> {
        let id = selection.cloud.info().id;
        let profile = self.profile.as_deref();
        let found = credentials::region(selection.cloud, profile, &OsSystem);
        let found = found.map_err(|error| error.at(id))?;
        if let Some((region, source)) = &found {
            check_region(region).map_err(|error| error.at(source).at(id))?;
        }
        Ok(found)
    }
}
