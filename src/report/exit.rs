//! The exit code of a run.

use crate::import::{Outcome, Status};

/// Returns 0 when every target is as wanted, 10 when some are, the code of the one class of failure when all
/// failures share it, else the lowest. A target that was skipped has no class.
pub fn exit_code<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> u8 {
    let (wanted, failed): (Vec<_>, Vec<_>) = outcomes
        .into_iter()
        .filter(|outcome| outcome.status != Status::Skipped)
        .partition(|outcome| outcome.status.is_as_wanted());
    match failed.iter().map(|outcome| outcome.exit_code()).min() {
        None => 0,
        Some(_) if !wanted.is_empty() => 10,
        Some(lowest) => lowest,
    }
}
