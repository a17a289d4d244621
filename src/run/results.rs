//! The results of a run, written as its targets end.

use std::collections::HashMap;
use std::error::Error as _;

use super::console::{Console, Verbosity};
use super::targets::Target;
use crate::error::Error;
use crate::import::{Outcome, Status};
use crate::plan::NamedKey;
use crate::report::{self, Columns, Format, Row};

/// Up to so many rows fit on a screen with what follows them.
const FEW: usize = 10;

/// Writes the results of a run.
///
/// On a terminal rows stand in the order of the targets, below their key: a row is written once all before it are, as the
/// progress line shows meanwhile what the run waits for. Rows in the order in which targets end could not be found
/// again, nor compared with another run. What went wrong follows below all rows, so that it does not tear them apart.
/// Elsewhere a result is written as soon as its target ends.
pub(super) struct Results<'a> {
    console: &'a Console,
    keys: &'a [NamedKey],
    targets: &'a [Target],
    /// On a terminal.
    columns: Option<Columns>,
    /// The targets in the order of their rows.
    order: Vec<usize>,
    /// How many rows are written.
    written: usize,
}

impl<'a> Results<'a> {
    pub(super) fn new(console: &'a Console, keys: &'a [NamedKey], targets: &'a [Target]) -> Self {
        let jobs = targets.iter().map(|target| (target.id(), &*target.job));
        let is_aligned = console.format == Format::Aligned;
        let columns = is_aligned.then(|| Columns::new(jobs, console.width(), console.texts));
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.sort_by_key(|index| targets.get(*index).map(|target| target.key));
        Self { console, keys, targets, columns, order, written: 0 }
    }

    /// Writes what can be written now that a target has ended.
    pub(super) fn ended(&mut self, index: usize, outcomes: &HashMap<usize, Outcome>) {
        if let Some(columns) = self.columns {
            self.write_rows(columns, outcomes);
        } else if let (Some(target), Some(outcome)) =
            (self.targets.get(index), outcomes.get(&index))
        {
            if let Some(row) = self.console.format.each(target.row(outcome)) {
                self.console.results(&row);
            }
            if let Some(error) = &outcome.error {
                self.console.error(&target.label(), error);
            }
            self.write_notes(target, outcome);
        }
    }

    fn write_rows(&mut self, columns: Columns, outcomes: &HashMap<usize, Outcome>) {
        while let Some(index) = self.order.get(self.written)
            && let Some(outcome) = outcomes.get(index)
            && let Some(target) = self.targets.get(*index)
        {
            let before = self.written.checked_sub(1).and_then(|before| self.order.get(before));
            let before = before.and_then(|before| self.targets.get(*before));
            if before.is_none_or(|before| before.key != target.key)
                && let Some(NamedKey { name, key, .. }) = self.keys.get(target.key)
            {
                let gap = if before.is_some() { "\n" } else { "" };
                self.console.results(&format!("{gap}{}", columns.heading(name, key)));
            }
            self.console.results(&columns.row(target.row(outcome)));
            self.written += 1;
        }
    }

    /// Writes what follows when all targets have ended.
    pub(super) fn end(&self, outcomes: &[Outcome], exit_code: u8) {
        let pairs = || self.targets.iter().zip(outcomes);
        let rows: Vec<Row<'_>> = pairs().map(|(target, outcome)| target.row(outcome)).collect();
        if let Some(document) = self.console.format.document(&rows, &[], exit_code) {
            self.console.results(&document);
        }
        if self.columns.is_some() {
            pairs().for_each(|(target, outcome)| self.write_notes(target, outcome));
            for failure in failures(pairs()) {
                self.console.error(&failure.label(), failure.error);
            }
            let absent = pairs().filter(|(_, outcome)| outcome.status == Status::Absent);
            let absent: Vec<String> = absent.map(|(target, _)| target.label()).collect();
            if rows.len() > FEW && !absent.is_empty() {
                self.console
                    .message(Verbosity::Normal, &report::absent(&absent, self.console.texts));
            }
        }
        if rows.len() > 1 {
            self.console.message(Verbosity::Normal, &report::summary(outcomes, self.console.texts));
        }
    }

    /// Writes what else is to be told of a target: its remark and warnings.
    fn write_notes(&self, target: &Target, outcome: &Outcome) {
        let label = target.label();
        if let Some(remark) = &outcome.remark {
            self.console.note(&remark.clone().at(&label));
        }
        let warnings = outcome.warnings.iter().map(|warning| warning.clone().at(&label));
        self.console.warn(&warnings.collect::<Vec<_>>());
    }
}

/// An error, and the targets of one cloud and key that failed with it.
struct Failure<'a> {
    targets: Vec<&'a Target>,
    error: &'a Error,
}

impl Failure<'_> {
    fn label(&self) -> String {
        let Some(first) = self.targets.first() else { return String::new() };
        let regions: Vec<&str> =
            self.targets.iter().map(|target| &*target.job.endpoint.region).collect();
        first.label_in(&regions.join(", "))
    }
}

/// Collects targets that failed with the same error, which differs by no more than the id of a request.
fn failures<'a>(pairs: impl Iterator<Item = (&'a Target, &'a Outcome)>) -> Vec<Failure<'a>> {
    let mut failures: Vec<Failure<'a>> = Vec::new();
    for (target, outcome) in pairs {
        let Some(error) = &outcome.error else { continue };
        let is_same = |failure: &&mut Failure<'a>| {
            let first = failure.targets.first();
            first.is_some_and(|first| first.id() == target.id() && first.key == target.key)
                && says_the_same(failure.error, error)
        };
        match failures.iter_mut().find(is_same) {
            Some(failure) => failure.targets.push(target),
            None => failures.push(Failure { targets: vec![target], error }),
        }
    }
    failures
}

fn says_the_same(one: &Error, other: &Error) -> bool {
    let response =
        |error: &Error| error.response().map(|error| (error.status, error.code.to_string()));
    let source = |error: &Error| error.source().map(ToString::to_string);
    one.message() == other.message()
        && one.details() == other.details()
        && source(one) == source(other)
        && one.hint() == other.hint()
        && response(one) == response(other)
}
