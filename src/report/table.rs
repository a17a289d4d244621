//! Results as text: aligned on a terminal, separated by tabs elsewhere.

use anstyle::{AnsiColor, Style};

use super::{clean, record};
use crate::import::{Outcome, Status, Verification};
use crate::provider::ImportJob;

/// The longest label of a status.
const LABEL: usize = 13;

/// How the columns of a run are laid out.
#[derive(Debug)]
pub struct Table {
    /// Widths of cloud, region and name; without them the columns are separated by tabs.
    widths: Option<[usize; 3]>,
}

impl Table {
    /// Lays out columns for a terminal, wide enough for every target.
    pub fn aligned<'a>(targets: impl IntoIterator<Item = (&'a str, &'a ImportJob)>) -> Self {
        let widths = targets.into_iter().fold([0; 3], |[cloud, region, name], (id, job)| {
            [
                cloud.max(id.len()),
                region.max(job.endpoint.region.len()),
                name.max(job.name.chars().count()),
            ]
        });
        Self { widths: Some(widths) }
    }

    /// Lays out columns for a pipe or a file: status, cloud, region, name, SHA-256, remark.
    pub fn tabbed() -> Self {
        Self { widths: None }
    }

    /// Formats one target.
    pub fn line(&self, cloud: &str, job: &ImportJob, outcome: &Outcome) -> String {
        let (label, style) = label(outcome.status);
        let region = &job.endpoint.region;
        let name = clean(record::name(job, outcome));
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
