//! Results on a terminal: the key once, and below it a row for each target, none wider than the terminal.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::record::Row;
use super::text::{last_column, style};
use crate::import::Status;
use crate::key::PublicKey;
use crate::lang::Texts;
use crate::provider::ImportJob;
use crate::redact::clean;

/// What stands between two columns.
const GAP: &str = "  ";
/// From this width on, rows are one line each, whatever they hold.
const WIDE: usize = 80;
/// The width that is kept free for the last column. A longer text, that of a failure, takes more from the name.
const LAST_WIDTH: usize = 10;
/// What is left of a name when there is no room.
const LEAST: usize = 5;

/// The columns of a run. They are fixed before its first target ends, so that rows can be written as targets end.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    texts: &'static Texts,
    terminal_width: usize,
    status_width: usize,
    provider_width: usize,
    region_width: usize,
    name_width: usize,
    /// Else every row is broken into lines.
    are_aligned: bool,
}

impl Columns {
    /// Fits the columns of these targets, each with the id of its cloud, to the width of a terminal.
    pub fn new<'a>(
        targets: impl IntoIterator<Item = (&'static str, &'a ImportJob)>,
        terminal_width: usize,
        texts: &'static Texts,
    ) -> Self {
        let widths = Status::ALL.iter().map(|status| (texts.report.status)(*status).width());
        let status_width = widths.max().unwrap_or_default();
        let (mut provider_width, mut region_width, mut name_width) = (0, 0, 0);
        for (id, job) in targets {
            provider_width = provider_width.max(id.width());
            region_width = region_width.max(job.endpoint.region.width());
            name_width = name_width.max(clean(&job.name).width());
        }
        let gaps = 4 * GAP.len();
        let room = terminal_width.saturating_sub(status_width + provider_width + LAST_WIDTH + gaps);
        let are_aligned = terminal_width >= WIDE || region_width + name_width <= room;
        name_width = name_width.min(room.saturating_sub(region_width).max(LEAST));
        region_width = region_width.min(room.saturating_sub(name_width));
        Self {
            texts,
            terminal_width,
            status_width,
            provider_width,
            region_width,
            name_width,
            are_aligned,
        }
    }

    /// Formats what stands above the rows of a key: name, type, bits, SHA-256.
    pub fn heading(&self, name: &str, key: &PublicKey) -> String {
        let kind = format!("{} {}", key.algorithm(), key.bits());
        let name = clean(name);
        // A fingerprint is never broken here, so that it can be copied from a narrow terminal, too.
        self.broken(&[shorten(&name, self.terminal_width), kind.into(), key.sha256().into()])
    }

    /// Formats a target.
    pub fn row(&self, row: Row<'_>) -> String {
        let status = row.outcome.status;
        let (text, style) = ((self.texts.report.status)(status), style(status));
        let region = &row.job.endpoint.region;
        let (name, last) = (clean(row.name()), last_column(row.outcome, self.texts));
        let before_name =
            self.status_width + self.provider_width + self.region_width + 3 * GAP.len();
        let least_width = before_name + LEAST.min(self.name_width) + GAP.len() + last.width();
        let is_broken = !self.are_aligned || self.terminal_width < WIDE.min(least_width);
        if is_broken {
            let room = self.terminal_width.saturating_sub(GAP.len());
            let place = format!("{} {region}", row.provider);
            let lines = self.broken(&[text, &place, last, &name].map(|part| shorten(part, room)));
            let behind = lines.strip_prefix(text).unwrap_or_default();
            return format!("{style}{text}{style:#}{behind}");
        }
        let room = self.terminal_width.saturating_sub(before_name);
        let last = shorten(last, room.saturating_sub(LEAST.min(self.name_width) + GAP.len()));
        let behind = if last.is_empty() { 0 } else { GAP.len() + last.width() };
        let room = room.saturating_sub(behind);
        let name = pad(&shorten(&name, room), self.name_width.min(room));
        let line = format!(
            "{style}{}{style:#}{GAP}{}{GAP}{}{GAP}{name}{GAP}{last}",
            pad(text, self.status_width),
            pad(row.provider, self.provider_width),
            pad(&shorten(region, self.region_width), self.region_width)
        );
        format!("{}\n", line.trim_end())
    }

    /// Writes parts one after the other, and begins a new line where the next one does not fit.
    fn broken(&self, parts: &[Cow<'_, str>]) -> String {
        let (mut text, mut used) = (String::new(), 0);
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let fits = used + GAP.len() + part.width() <= self.terminal_width;
            if used > 0 {
                text.push_str(if fits { "" } else { "\n" });
                used = if fits { used } else { 0 };
                text.push_str(GAP);
                used += GAP.len();
            }
            text.push_str(part);
            used += part.width();
        }
        text.push('\n');
        text
    }
}

/// Fills a text up with spaces.
fn pad(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(text.width()))
}

/// Takes characters out of the middle of a text that is too wide. Wide ones count double.
fn shorten(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let room = width.saturating_sub(1);
    let head: String = fitting(text.chars(), room - room / 2).collect();
    let tail: Vec<char> = fitting(text.chars().rev(), room / 2).collect();
    Cow::Owned(head.chars().chain(['…']).chain(tail.into_iter().rev()).collect())
}

/// Returns the first characters that fit.
fn fitting(letters: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    letters.scan(0, move |used, letter| {
        *used += letter.width().unwrap_or_default();
        (*used <= width).then_some(letter)
    })
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::{pad, shorten};

    #[test]
    fn a_text_loses_its_middle_and_keeps_its_ends() {
        for (text, width, shown) in [
            ("deploy-laptop", 13, "deploy-laptop"),
            ("deploy-laptop", 12, "deploy…aptop"),
            ("deploy-laptop", 3, "d…p"),
            ("deploy-laptop", 1, "…"),
            ("部署用的密钥", 12, "部署用的密钥"),
            ("部署用的密钥", 9, "部署…密钥"),
            ("部署用的密钥", 8, "部署…钥"),
        ] {
            assert_eq!(shorten(text, width), shown, "{width}");
            assert!(shown.width() <= width, "{shown}");
        }
        assert_eq!(pad("密钥", 6), "密钥  ");
    }
}
