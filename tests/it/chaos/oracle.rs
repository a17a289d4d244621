//! The oracle: compares what a report says with what the cloud holds and what was sent.

use std::time::Duration;

use keyimport::error::ErrorKind;
use keyimport::import::{Mode, Status, Verification};
use keyimport::provider::NameSource;
use keyimport::sandbox::StoredPair;
use serde::Serialize;
use serde_json::Value;

use super::cloud_state::{CloudState, is_key, most_pairs};
use super::schedule::Schedule;
use crate::doubles::ERROR_KINDS;
use crate::flow::{BY_KEY, MINE, NAME, ONCE, OTHER};

/// A pair of the same name and key that is younger than this may count as stored by the import.
const YOUNG: Duration = Duration::from_secs(3);

/// What `Date` and a time in seconds leave out together.
const TWO_SECONDS: Duration = Duration::from_secs(2);

/// How far the clock of a client whose requests are accepted may be off.
const CLIENT_SKEW: Duration = Duration::from_secs(30 * 60);

/// What the program reports of one target.
#[derive(Debug)]
pub struct Report {
    pub status: Status,
    pub kind: Option<ErrorKind>,
    pub verified: Verification,
    pub name: String,
    /// `None` where the report does not say.
    pub changed: Option<bool>,
    pub elapsed: Duration,
    /// The exit code, where this was the only target.
    pub exit_code: Option<u8>,
    /// Whether there was a warning.
    pub is_warned: bool,
}

impl Report {
    /// Reads a record.
    pub fn read(record: &Value) -> Self {
        let kind = &record["error"]["kind"];
        let proofs = [Verification::PublicKey, Verification::Fingerprint, Verification::None];
        Self {
            status: named(Status::ALL, &record["status"]),
            kind: (!kind.is_null()).then(|| named(ERROR_KINDS, kind)),
            verified: named(&proofs, &record["verified"]),
            name: record["name"].as_str().unwrap().to_owned(),
            changed: record["changed"].as_bool(),
            elapsed: Duration::from_millis(record["elapsed_ms"].as_u64().unwrap()),
            exit_code: None,
            is_warned: false,
        }
    }
}

/// Finds the value that is serialized as this.
fn named<T: Serialize + Copy>(all: &[T], name: &Value) -> T {
    let found = all.iter().find(|one| serde_json::to_value(one).unwrap() == *name);
    *found.unwrap_or_else(|| panic!("nothing is called {name}"))
}

/// Checks a report against the state of its cloud, which held these pairs before. An error is a violation.
pub fn check(state: &CloudState, report: &Report, before: &[StoredPair]) -> Result<(), String> {
    let after = state.stored();
    let oracle = Oracle { schedule: &state.schedule, state, report, before, after: &after };
    oracle.effects()?;
    oracle.status()?;
    oracle.cancelled()?;
    oracle.consistent()?;
    if state.schedule.is_clean() { oracle.exact() } else { Ok(()) }
}

struct Oracle<'a> {
    schedule: &'a Schedule,
    state: &'a CloudState,
    report: &'a Report,
    before: &'a [StoredPair],
    after: &'a [StoredPair],
}

fn holds(pairs: &[StoredPair], name: &str, line: &str) -> bool {
    pairs.iter().any(|pair| pair.name == name && is_key(pair, line))
}

pub fn require(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.to_owned()) }
}

impl Oracle<'_> {
    /// Checks what the import did to the cloud.
    fn effects(&self) -> Result<(), String> {
        let wrote = self.state.wrote;
        if let Some(violation) = self.state.violations.first() {
            return Err(violation.clone());
        }
        require(wrote <= 1, "stored twice")?;
        require(self.schedule.mode == Mode::Import || wrote == 0, "a look-up that writes")?;
        require(wrote == 0 || self.is_stored(), "what was stored is not this key under this name")?;
        let beside = wrote > 0 && holds(self.before, NAME, OTHER);
        require(!beside, "stored beside another key of this name")
    }

    /// Tells whether this key is stored under this name.
    fn is_stored(&self) -> bool {
        holds(self.after, NAME, MINE)
    }

    /// Tells whether Tencent accepted the import and no look came through: its answer proves nothing.
    fn is_unproved_import(&self) -> bool {
        self.schedule.cloud == "tencent"
            && self.report.status == Status::Imported
            && self.report.verified == Verification::None
    }

    /// Compares the status with what the cloud holds.
    fn status(&self) -> Result<(), String> {
        let (state, schedule) = (self.state, self.schedule);
        let wrote = state.wrote == 1;
        let was_stored = holds(self.before, NAME, MINE);
        let is_failure = matches!(self.report.status, Status::Failed | Status::Unknown);
        let is_told = is_failure || self.is_unproved_import();
        require(
            !state.swapped || is_told || self.is_stored(),
            "another key was stored and not reported",
        )?;
        let by_other_client = schedule.other_client.is_some_and(|(_, same)| same) && !was_stored;
        match self.report.status {
            Status::Imported if state.swapped && self.is_unproved_import() => Ok(()),
            Status::Imported => {
                require(self.is_stored(), "success reported and the key is not there")?;
                let is_young = was_stored && schedule.initial_age <= YOUNG;
                require(wrote || is_young || by_other_client, "`changed` reported and nothing was")
            }
            Status::AlreadyPresent => {
                require(self.is_stored(), "success reported and the key is not there")?;
                if self.report.changed.is_none() {
                    return self.undecided(was_stored);
                }
                let unseen = state.twice && !ONCE.contains(&schedule.cloud);
                require(!wrote || unseen, "`changed` denied and this import stored it")
            }
            Status::AlreadyPresentAs => {
                let name = &self.report.name;
                require(holds(self.after, name, MINE), "the key is not there under that name")?;
                require(
                    name != NAME && schedule.name_source == NameSource::Derived,
                    "another name was not wanted",
                )?;
                require(!wrote, "`changed` denied and this import stored it")
            }
            Status::WouldImport | Status::Absent => {
                let is_check = schedule.mode == Mode::Check;
                require(
                    is_check == (self.report.status == Status::Absent),
                    "the status of another mode",
                )?;
                require(!was_stored, "absence reported and the key is there")?;
                let anywhere = self.before.iter().any(|pair| is_key(pair, MINE));
                require(
                    !BY_KEY.contains(&schedule.cloud) || !anywhere,
                    "absence reported and the key is there",
                )?;
                require(!holds(self.before, NAME, OTHER), "a free name reported and it is taken")
            }
            Status::Conflict => {
                require(!wrote, "a conflict reported and the key is there because of this import")?;
                require(
                    !self.is_stored() || by_other_client,
                    "a conflict reported and the key is there",
                )?;
                require(self.is_conflict(), "a conflict reported and there is none")
            }
            Status::Failed => {
                require(!wrote, "failure reported and the key is there because of this import")
            }
            Status::Unknown => require(
                state.imports > 0 || state.may_have_left,
                "an unknown outcome of an import that was not sent",
            ),
            Status::Skipped => {
                require(!wrote, "skipped and the key is there because of this import")
            }
        }
    }

    /// Checks a report that leaves open whether this import stored the key: nothing may decide it.
    fn undecided(&self, was_stored: bool) -> Result<(), String> {
        let (state, schedule) = (self.state, self.schedule);
        require(state.imports > 0 && schedule.mode == Mode::Import, "undecided without an import")?;
        require(self.report.is_warned, "undecided and no warning")?;
        require(!self.has_token_left(), "undecided and the token was not sent again")?;
        let Some(precision) = schedule.times.precision(schedule.cloud) else { return Ok(()) };
        let way = schedule.longest_way.min(self.report.elapsed);
        let skew = if schedule.has_date { Duration::ZERO } else { 2 * CLIENT_SKEW };
        let is_old = was_stored && schedule.initial_age >= precision + TWO_SECONDS + way + skew;
        require(!is_old, "undecided and the time shows that the key was there before")?;
        let left_out = state.written_at.and_then(|at| schedule.times.left_out(schedule.cloud, at));
        let is_ours = left_out.is_some_and(|left_out| left_out + way < TWO_SECONDS);
        require(
            !(is_ours && schedule.has_date),
            "undecided and the time shows that this import stored the key",
        )
    }

    /// Tells whether the one import that was sent had to be sent again with its client token, for nothing was in the way.
    fn has_token_left(&self) -> bool {
        let (state, schedule) = (self.state, self.schedule);
        schedule.cloud == "volcengine"
            && state.imports == 1
            && schedule.limits.attempts > 1
            && self.report.elapsed + Duration::from_secs(20) < schedule.limits.timeout
            && schedule.look_rate == 0.0
            && schedule.connection_faults.is_empty()
            && schedule.stop_at.is_none()
            && schedule.denied_from.is_none()
            && schedule.expires_at.is_none()
            && schedule.jumps.is_empty()
            && schedule.other_client.is_none()
    }

    /// Checks that a look-up which was cancelled before an import was sent counts as skipped, unless it found a conflict.
    fn cancelled(&self) -> Result<(), String> {
        let ended = matches!(self.report.status, Status::Skipped | Status::Conflict);
        let is_other = self.state.cut && self.state.imports == 0 && !ended;
        require(!is_other, "what the user stopped is reported as something else")
    }

    /// Tells whether the conflict that was reported is one.
    fn is_conflict(&self) -> bool {
        let kept_once =
            BY_KEY.contains(&self.schedule.cloud) && self.schedule.name_source == NameSource::Given;
        match self.report.kind {
            Some(ErrorKind::NameTaken) => holds(self.after, NAME, OTHER),
            Some(ErrorKind::KeyTaken) => {
                kept_once && self.after.iter().any(|pair| is_key(pair, MINE))
            }
            _ => false,
        }
    }

    /// Checks that the parts of a report agree.
    fn consistent(&self) -> Result<(), String> {
        let Report { status, kind, verified, .. } = *self.report;
        let expected = match status {
            Status::Imported
            | Status::AlreadyPresent
            | Status::AlreadyPresentAs
            | Status::WouldImport => Some(0),
            Status::Absent => Some(12),
            Status::Conflict => Some(6),
            Status::Unknown => Some(9),
            Status::Failed | Status::Skipped => None,
        };
        if let Some(code) = self.report.exit_code {
            require(
                expected.is_none_or(|expected| code == expected),
                "the exit code is that of another status",
            )?;
            let is_other = status == Status::Failed && [0, 6, 9, 12].contains(&code);
            require(!is_other, "the exit code is no failure's")?;
        }
        let fails = matches!(status, Status::Conflict | Status::Failed | Status::Unknown);
        require(fails == kind.is_some(), "an error too many or too few")?;
        let changed = match (status, self.report.changed) {
            (Status::AlreadyPresent, None) | (Status::Unknown, _) => None,
            _ => Some(status == Status::Imported),
        };
        require(self.report.changed == changed, "`changed` is another")?;

        let is_there =
            matches!(status, Status::Imported | Status::AlreadyPresent | Status::AlreadyPresentAs);
        let is_unproved = is_there && verified == Verification::None;
        require(
            !is_unproved || self.state.unproved || self.is_unproved_import(),
            "a success without proof",
        )?;
        require(!is_unproved || self.report.is_warned, "no proof and no warning")?;
        require(is_there || verified == Verification::None, "proof of nothing")?;
        // A mismatch needs an answer with another key or place.
        let is_none = kind == Some(ErrorKind::Mismatch) && !self.state.misplaced;
        require(!is_none, "a mismatch reported and there is none")
    }

    /// Checks the exact status where there were no faults.
    fn exact(&self) -> Result<(), String> {
        let reported = (self.report.status, self.report.kind);
        let expected = expected(self.schedule, self.before);
        require(
            reported == expected,
            &format!("there were no faults and it reported {reported:?}, not {expected:?}"),
        )
    }
}

/// How an import into a region that holds these pairs ends without faults.
fn expected(schedule: &Schedule, before: &[StoredPair]) -> (Status, Option<ErrorKind>) {
    let conflict = |kind| (Status::Conflict, Some(kind));
    let is_elsewhere = before.iter().any(|pair| is_key(pair, MINE));
    let is_taken = holds(before, NAME, OTHER);
    if holds(before, NAME, MINE) {
        return (Status::AlreadyPresent, None);
    }
    if is_elsewhere
        && (is_taken || BY_KEY.contains(&schedule.cloud))
        && schedule.name_source == NameSource::Derived
    {
        return (Status::AlreadyPresentAs, None);
    }
    if is_taken {
        return conflict(ErrorKind::NameTaken);
    }
    if is_elsewhere && BY_KEY.contains(&schedule.cloud) {
        return conflict(ErrorKind::KeyTaken);
    }
    match schedule.mode {
        Mode::DryRun => (Status::WouldImport, None),
        Mode::Check => (Status::Absent, None),
        Mode::Import if before.len() >= most_pairs(schedule.cloud) => {
            (Status::Failed, Some(ErrorKind::QuotaExceeded))
        }
        Mode::Import => (Status::Imported, None),
    }
}
