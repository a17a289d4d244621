//! Results as text, in columns.

use anstyle::{AnsiColor, Style};

use super::record::Row;
use crate::import::{Outcome, Status, Verification};
use crate::redact::clean;

/// The width of the longest label of a status.
const LABEL: usize = 13;

/// The layout of the columns.
#[derive(Debug)]
pub(super) struct Table {
    /// Widths of cloud, region and name; without them the columns are separated by tabs.
    widths: Option<[usize; 3]>,
}

impl Table {
    /// Lays out columns for a terminal, wide enough for all that is printed.
    pub(super) fn aligned(rows: &[Row<'_>]) -> Self {
        let widths = rows.iter().fold([0; 3], |[cloud, region, name], row| {
            [
                cloud.max(row.provider.len()),
                region.max(row.job.endpoint.region.len()),
                name.max(clean(row.name()).chars().count()),
            ]
        });
        Self { widths: Some(widths) }
    }

    /// Lays out columns for a pipe or a file: status, cloud, region, name, SHA-256, remark.
    pub(super) fn tabbed() -> Self {
        Self { widths: None }
    }

    /// Formats one target.
    pub(super) fn line(&self, row: Row<'_>) -> String {
        let Row { provider: cloud, job, outcome } = row;
        let (label, style) = label(outcome.status);
        let region = &job.endpoint.region;
        let name = clean(row.name());
        let sha256 = job.key.sha256();
        let remark = remark(outcome);
        match self.widths {
            None => format!("{label}\t{cloud}\t{region}\t{name}\t{sha256}\t{remark}\n"),
            Some([a, b, c]) => format!(
                "{style}{label:LABEL$}{style:#}  {cloud:a$}  {region:b$}  {name:c$}  {sha256}  {remark}\n"
            ),
        }
    }
}

fn label(status: Status) -> (&'static str, Style) {
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
