//! The region of a cloud that is named without one: what the settings say, else the cloud's default.

use crate::cli::Cli;
use crate::credential;
use crate::error::Error;
use crate::io::system::OsSystem;
use crate::io::terminal::Terminal;
use crate::plan::{self, Selection};
use crate::report;

/// Returns the region, and says where it comes from. A rehearsal goes where the run would go.
pub(super) fn region(
    cli: &Cli,
    terminal: &Terminal,
    selection: &Selection,
    is_only: bool,
) -> Result<String, Error> {
    let info = selection.cloud.info();
    let found = credential::region(info.id, cli.profile.as_deref(), &OsSystem)?;
    let (region, story, is_shown) = if let Some((region, source)) = found {
        plan::check_region(&region).map_err(|error| error.at(&source))?;
        let story = format!("using region {region} from {source}");
        (region, story, cli.verbose > 0)
    } else {
        let region = info.default_region;
        let (flag, variable) = (flag(cli, info.id, is_only), info.region_variable);
        let story =
            format!("using region {region}, the default; `{flag}` or `{variable}` sets another");
        (region.to_owned(), story, !cli.quiet)
    };
    if is_shown {
        terminal.message(&report::note(&format!("{}: {story}", info.id)));
    }
    Ok(region)
}

/// Returns the flag that sets the region of a cloud in this run.
fn flag(cli: &Cli, id: &str, is_only: bool) -> String {
    if is_only && !cli.provider.is_empty() {
        "--region".to_owned()
    } else {
        format!("--to {id}/REGION")
    }
}
