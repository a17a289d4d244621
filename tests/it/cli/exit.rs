//! The exit-code policy, as plain functions.

use std::slice;

use keyimport::error::{Error, ErrorKind, ExitCode};
use keyimport::import::Outcome;
use keyimport::report::exit::{of_errors, of_run, of_unwritten};

use crate::doubles::ERROR_KINDS;

fn failed(kinds: &[ErrorKind]) -> Vec<Outcome> {
    kinds.iter().map(|kind| Outcome::failed(Error::new(*kind, "failed"))).collect()
}

#[test]
fn the_lowest_class_of_all_failures_counts() {
    assert_eq!(of_run(&[], None, None), 0);
    for kind in ERROR_KINDS {
        assert_eq!(of_run(&failed(&[*kind]), None, None), kind.exit_code());
        assert_eq!(of_errors(&[Error::new(*kind, "failed")], None), kind.exit_code());
    }
    let several = [ErrorKind::Network, ErrorKind::PermissionDenied, ErrorKind::QuotaExceeded];
    assert_eq!(of_run(&failed(&several), None, None), 5);
}

#[test]
fn skipped_targets_do_not_count() {
    let mut outcomes = failed(&[ErrorKind::QuotaExceeded]);
    outcomes.push(Outcome::skipped());
    assert_eq!(of_run(&outcomes, None, None), 7);
    assert_eq!(of_run(&[Outcome::skipped()], None, None), 0);
}

#[test]
fn a_signal_comes_first_and_other_failures_last() {
    let outcomes = failed(&[ErrorKind::OutcomeUnknown]);
    let failure = Error::new(ErrorKind::Unexpected, "the state could not be saved");
    for signal in [ExitCode::Interrupted, ExitCode::Terminated].map(ExitCode::number) {
        assert_eq!(of_run(&outcomes, Some(signal), None), signal);
        assert_eq!(of_run(&[], Some(signal), Some(&failure)), signal);
        assert_eq!(of_errors(slice::from_ref(&failure), Some(signal)), signal);
        assert_eq!(of_unwritten(signal), signal);
    }
    assert_eq!(of_run(&[], None, Some(&failure)), 1);
    assert_eq!(of_run(&outcomes, None, Some(&failure)), 9);
    assert_eq!((of_unwritten(0), of_unwritten(12)), (1, 12));
}
