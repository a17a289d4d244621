//! What a run waits for, in one line each: the progress on a terminal, and lines with `-v` elsewhere.

use std::time::Duration;

use crate::error::ErrorKind;
use crate::import::Mode;
use crate::ports::Retry;
use crate::redact::clean;

/// A credential is looked for.
pub fn looking_for_credentials(cloud: &str) -> String {
    format!("looking for credentials for {cloud}")
}

/// A cloud is asked for its regions.
pub fn listing_regions(cloud: &str) -> String {
    format!("asking {cloud} for its regions")
}

/// A target is under way.
pub fn working(mode: Mode, name: &str, cloud: &str, region: &str) -> String {
    let name = clean(name);
    match mode {
        Mode::Import => format!("importing `{name}` into {cloud} {region}"),
        Mode::DryRun | Mode::Check => format!("looking for `{name}` in {cloud} {region}"),
    }
}

/// A request is sent again after a pause.
pub fn retrying(cloud: &str, retry: &Retry<'_>) -> String {
    let Retry { error, pause, attempt, attempts } = retry;
    let why = match error.kind() {
        ErrorKind::Throttled => format!("throttled by {cloud}"),
        ErrorKind::Unavailable if error.response().is_some() => format!("{cloud} is unavailable"),
        _ => clean(error.headline()).into_owned(),
    };
    format!("{why}, retrying in {}, attempt {attempt} of {attempts}", seconds(*pause))
}

/// The run was asked to stop, and settles what is in flight.
pub fn stopping(requests: usize, limit: Duration) -> String {
    let plural = if requests == 1 { "" } else { "s" };
    let limit = seconds(limit);
    format!(
        "stopping: settling {requests} request{plural}, up to {limit}; press again to stop at once"
    )
}

/// How far a run of several targets is.
pub fn progress(done: u64, targets: u64, failed: usize) -> String {
    match failed {
        0 => format!("{done}/{targets} targets"),
        failed => format!("{done}/{targets} targets, {failed} failed"),
    }
}

/// Formats a time in seconds, rounded up: with one decimal below two seconds, where that is not zero.
fn seconds(time: Duration) -> String {
    match time.as_millis().div_ceil(100) {
        tenths @ ..20 if tenths % 10 != 0 => format!("{}.{} s", tenths / 10, tenths % 10),
        tenths => format!("{} s", tenths.div_ceil(10)),
    }
}
