//! Results as text: columns for a pipe, and the words that stand in them.

use anstyle::{AnsiColor, Style};

use super::record::Row;
use crate::import::{Outcome, Status, Verification};
use crate::lang::{ENGLISH, Texts};
use crate::redact::clean;

/// Formats a target for a pipe or a file: status, cloud, region, name, SHA-256, and what kind of failure it was or how the
/// key was verified. Programs read it, so that it is in English.
pub(super) fn tabbed(row: Row<'_>) -> String {
    let Row { provider, job, outcome } = row;
    let (region, name, sha256) = (&job.endpoint.region, clean(row.name()), job.key.sha256());
    let label = (ENGLISH.report.status)(outcome.status);
    let last_column = match &outcome.error {
        Some(error) => error.kind().name(),
        None => stored(outcome, &ENGLISH).unwrap_or("-").to_owned(),
    };
    format!("{label}\t{provider}\t{region}\t{name}\t{sha256}\t{last_column}\n")
}

/// Returns the color of a status.
pub(super) fn style(status: Status) -> Style {
    match status {
        Status::Imported
        | Status::AlreadyPresent
        | Status::AlreadyPresentAs
        | Status::WouldImport => AnsiColor::Green.on_default(),
        Status::Conflict | Status::Failed => AnsiColor::Red.on_default(),
        Status::Absent | Status::Unknown | Status::Skipped => AnsiColor::Yellow.on_default(),
    }
}

/// Returns what the last column says of a target on a terminal: in words, and nothing where there is nothing to say.
pub(super) fn last_column(outcome: &Outcome, texts: &Texts) -> &'static str {
    match &outcome.error {
        Some(error) => (texts.report.kind)(error.kind()),
        None => stored(outcome, texts).unwrap_or_default(),
    }
}

/// Returns what the last column says of a key that is there.
fn stored(outcome: &Outcome, texts: &Texts) -> Option<&'static str> {
    let is_verified = match outcome.verified {
        Verification::PublicKey | Verification::Fingerprint => true,
        Verification::None => false,
    };
    match outcome.status {
        Status::Imported | Status::AlreadyPresent => {
            Some((texts.report.stored)(is_verified, false))
        }
        Status::AlreadyPresentAs => Some((texts.report.stored)(is_verified, true)),
        Status::WouldImport
        | Status::Absent
        | Status::Conflict
        | Status::Failed
        | Status::Unknown
        | Status::Skipped => None,
    }
}

/// Names the targets where the key is not.
pub fn absent(targets: &[String], texts: &Texts) -> String {
    let (label, style) = ((texts.report.status)(Status::Absent), style(Status::Absent));
    let targets = targets.join(texts.comma);
    format!("{style}{label}{style:#}{}{}\n", texts.colon, clean(&targets))
}

/// Sums up a run of several targets.
pub fn summary<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>, texts: &Texts) -> String {
    let statuses: Vec<Status> = outcomes.into_iter().map(|outcome| outcome.status).collect();
    let counts: Vec<String> = Status::ALL
        .iter()
        .map(|status| (statuses.iter().filter(|other| *other == status).count(), status))
        .filter(|(count, _)| *count > 0)
        .map(|(count, status)| (texts.report.count)(count, *status))
        .collect();
    let (targets, counts) = ((texts.report.targets)(statuses.len()), counts.join(texts.comma));
    format!("{targets}{}{counts}\n", texts.colon)
}
