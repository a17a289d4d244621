//! What a run waits for, in one line each: the progress on a terminal, and lines with `-v` elsewhere.

use std::time::Duration;

use crate::error::ErrorKind;
use crate::import::Mode;
use crate::phrase::{Phrase, phrase};
use crate::ports::Retry;
use crate::redact::clean;

/// A credential is looked for.
pub fn looking_for_credentials(cloud: &str) -> Phrase {
    phrase!("looking for credentials for {}", cloud)
}

/// A cloud is asked for its regions.
pub fn listing_regions(cloud: &str) -> Phrase {
    phrase!("asking {} for its regions", cloud)
}

/// A target is under way.
pub fn working(mode: Mode, name: &str, cloud: &str, region: &str) -> Phrase {
    let name = clean(name);
    match mode {
        Mode::Import => phrase!("importing `{}` into {} {}", name, cloud, region),
        Mode::DryRun | Mode::Check => phrase!("looking for `{}` in {} {}", name, cloud, region),
    }
}

/// A request is sent again after a pause.
pub fn retrying(cloud: &str, retry: &Retry<'_>) -> Phrase {
    let Retry { error, pause, attempt, attempts } = retry;
    let pause = seconds(*pause);
    match error.kind() {
        ErrorKind::Throttled => phrase!(
            "throttled by {}, retrying in {}, attempt {} of {}",
            cloud,
            pause,
            attempt,
            attempts
        ),
        ErrorKind::Unavailable if error.response().is_some() => phrase!(
            "{} is unavailable, retrying in {}, attempt {} of {}",
            cloud,
            pause,
            attempt,
            attempts
        ),
        _ => phrase!(
            "{}, retrying in {}, attempt {} of {}",
            clean(error.headline()),
            pause,
            attempt,
            attempts
        ),
    }
}

/// The run was asked to stop, and settles the targets that are under way.
pub fn stopping(targets: usize, limit: Duration) -> Phrase {
    let limit = seconds(limit);
    let phrase = if targets == 1 {
        phrase!("stopping: settling {} target, up to {}", targets, limit)
    } else {
        phrase!("stopping: settling {} targets, up to {}", targets, limit)
    };
    phrase.and("a second Ctrl-C stops at once")
}

/// How far a run of several targets is.
pub fn progress(done: u64, targets: u64, failed: usize) -> Phrase {
    match failed {
        0 => phrase!("{}/{} targets", done, targets),
        failed => phrase!("{}/{} targets, {} failed", done, targets, failed),
    }
}

/// Formats a time in seconds, rounded up: with one decimal below two seconds, where that is not zero.
fn seconds(time: Duration) -> String {
    match time.as_millis().div_ceil(100) {
        tenths @ ..20 if tenths % 10 != 0 => format!("{}.{} s", tenths / 10, tenths % 10),
        tenths => format!("{} s", tenths.div_ceil(10)),
    }
}
