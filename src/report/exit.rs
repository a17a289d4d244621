//! The exit code of a run that imports or checks. The table of error kinds is [`ErrorKind::exit_code`].
//!
//! [`ErrorKind::exit_code`]: crate::error::ErrorKind::exit_code

use crate::error::{Error, ExitCode};
use crate::import::{Outcome, Status};

/// Returns the exit code of a run that errors ended before it had targets: the lowest of theirs. A signal takes
/// precedence.
pub fn of_errors(errors: &[Error], signal: Option<u8>) -> u8 {
    let lowest = errors.iter().map(|error| error.kind().exit_code()).min();
    signal.or(lowest).unwrap_or(1)
}

/// Returns the exit code of a run. A signal takes precedence; a sandbox that could not save its state counts
/// only when nothing else failed.
pub fn of_run(outcomes: &[Outcome], signal: Option<u8>, sandbox_failure: Option<&Error>) -> u8 {
    match (signal.unwrap_or_else(|| of_targets(outcomes)), sandbox_failure) {
        (0, Some(failure)) => failure.kind().exit_code(),
        (code, _) => code,
    }
}

/// Returns the exit code of a run whose results could not be written.
pub fn of_unwritten(code: u8) -> u8 {
    if code == 0 { ExitCode::Unexpected.number() } else { code }
}

/// Returns 0 when every target is as wanted, 10 when only some are, else the lowest code of all failures.
/// Skipped targets do not count.
fn of_targets(outcomes: &[Outcome]) -> u8 {
    let (wanted, failed): (Vec<_>, Vec<_>) = outcomes
        .iter()
        .filter(|outcome| outcome.status != Status::Skipped)
        .partition(|outcome| outcome.status.is_as_wanted());
    match failed.iter().map(|outcome| of_target(outcome)).min() {
        None => 0,
        Some(_) if !wanted.is_empty() => ExitCode::Mixed.number(),
        Some(lowest) => lowest,
    }
}

/// Returns the exit code of a run with this target only.
pub fn of_target(outcome: &Outcome) -> u8 {
    match (outcome.status, &outcome.error) {
        (Status::Absent, _) => ExitCode::Absent.number(),
        (_, Some(error)) => error.kind().exit_code(),
        (status, None) => u8::from(!status.is_as_wanted()),
    }
}
