//! Results as text: columns for a pipe, and the words that stand in them.

use anstyle::{AnsiColor, Style};

use super::record::Row;
use crate::import::{Outcome, Status, Verification};
use crate::redact::clean;

/// Formats a target for a pipe or a file: status, cloud, region, name, SHA-256, remark.
pub(super) fn tabbed(row: Row<'_>) -> String {
    let Row { provider, job, outcome } = row;
    let (region, name, sha256) = (&job.endpoint.region, clean(row.name()), job.key.sha256());
    let ((label, _), remark) = (label(outcome.status), remark(outcome));
    format!("{label}\t{provider}\t{region}\t{name}\t{sha256}\t{remark}\n")
}

/// Returns the word for a status, and its color.
pub(super) fn label(status: Status) -> (&'static str, Style) {
    let good = AnsiColor::Green.on_default();
    let bad = AnsiColor::Red.on_default();
    let unsure = AnsiColor::Yellow.on_default();
    match status {
        Status::Imported => ("imported", good),
        Status::AlreadyPresent | Status::AlreadyPresentAs => ("already there", good),
        Status::WouldImport => ("would import", good),
        Status::Absent => ("not there", unsure),
        Status::Conflict => ("conflict", bad),
        Status::Failed => ("failed", bad),
        Status::Unknown => ("unknown", unsure),
        Status::Skipped => ("skipped", unsure),
    }
}

/// Returns the remark on a target for a terminal: in words, and nothing where there is nothing to say.
pub(super) fn short_remark(outcome: &Outcome) -> String {
    match &outcome.error {
        Some(error) => error.kind().name().replace('_', " "),
        None => remark(outcome).trim_matches('-').to_owned(),
    }
}

fn remark(outcome: &Outcome) -> String {
    if let Some(error) = &outcome.error {
        return error.kind().name();
    }
    let proof = match outcome.verified {
        Verification::PublicKey | Verification::Fingerprint => "verified",
        Verification::None => "not verified",
    };
    match outcome.status {
        Status::Imported | Status::AlreadyPresent => format!("({proof})"),
        Status::AlreadyPresentAs => format!("({proof}, under this name)"),
        Status::WouldImport
        | Status::Absent
        | Status::Conflict
        | Status::Failed
        | Status::Unknown
        | Status::Skipped => "-".to_owned(),
    }
}

/// Names the targets where the key is not.
pub fn absent(targets: &[String]) -> String {
    let (label, style) = label(Status::Absent);
    format!("{style}{label}{style:#}: {}\n", clean(&targets.join(", ")))
}

/// Sums up a run of several targets.
pub fn summary<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> String {
    let statuses: Vec<Status> = outcomes.into_iter().map(|outcome| outcome.status).collect();
    let counts: Vec<String> = Status::ALL
        .iter()
        .map(|status| (statuses.iter().filter(|other| *other == status).count(), status))
        .filter(|(count, _)| *count > 0)
        .map(|(count, status)| match status {
            Status::AlreadyPresentAs => format!("{count} already there under another name"),
            other => format!("{count} {}", label(*other).0),
        })
        .collect();
    format!("{} targets: {}\n", statuses.len(), counts.join(", "))
}
