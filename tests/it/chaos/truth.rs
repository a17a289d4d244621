//! The judge: what a report says, against what the cloud holds and what was sent.

use std::time::Duration;

use keyimport::error::ErrorKind;
use keyimport::import::{Mode, Status, Verification};
use keyimport::provider::NameSource;
use keyimport::sandbox::StoredPair;
use serde::Serialize;
use serde_json::Value;

use super::plan::Plan;
use super::world::{MOST_PAIRS, World};
use crate::flow::{MINE, NAME, OTHER};

/// A pair of the same name and key that is younger than this may be taken for the import's own.
const ROUNDING: Duration = Duration::from_secs(95);

/// What a user is told of one target.
#[derive(Debug)]
pub struct Told {
    pub status: Status,
    pub kind: Option<ErrorKind>,
    pub verified: Verification,
    pub name: String,
    pub changed: bool,
    pub elapsed: Duration,
    /// The exit code, where this was the only target.
    pub exit_code: Option<u8>,
    /// Whether there was a warning.
    pub is_warned: bool,
}

impl Told {
    /// Reads a record.
    pub fn read(record: &Value) -> Self {
        let kind = &record["error"]["kind"];
        let proofs = [Verification::PublicKey, Verification::Fingerprint, Verification::None];
        Self {
            status: named(Status::ALL, &record["status"]),
            kind: (!kind.is_null()).then(|| named(ErrorKind::ALL, kind)),
            verified: named(&proofs, &record["verified"]),
            name: record["name"].as_str().unwrap().to_owned(),
            changed: record["changed"].as_bool().unwrap(),
            elapsed: Duration::from_millis(record["elapsed_ms"].as_u64().unwrap()),
            exit_code: None,
            is_warned: false,
        }
    }
}

/// Finds what has a name.
fn named<T: Serialize + Copy>(all: &[T], name: &Value) -> T {
    let found = all.iter().find(|one| serde_json::to_value(one).unwrap() == *name);
    *found.unwrap_or_else(|| panic!("nothing is called {name}"))
}

/// Returns the lie that is told of a world, which held this before.
pub fn hold(world: &World, told: &Told, before: &[StoredPair]) -> Result<(), String> {
    let after = world.stored();
    let trial = Trial { plan: &world.plan, world, told, before, after: &after };
    trial.effects()?;
    trial.words()?;
    trial.stop()?;
    trial.shape()?;
    if world.plan.is_clean() { trial.calm() } else { Ok(()) }
}

struct Trial<'a> {
    plan: &'a Plan,
    world: &'a World,
    told: &'a Told,
    before: &'a [StoredPair],
    after: &'a [StoredPair],
}

/// Tells whether a pair holds a key; comments do not count, and some clouds are not sent any.
fn is_key(pair: &StoredPair, line: &str) -> bool {
    pair.line.split(' ').nth(1) == line.split(' ').nth(1)
}

fn holds(pairs: &[StoredPair], name: &str, line: &str) -> bool {
    pairs.iter().any(|pair| pair.name == name && is_key(pair, line))
}

pub fn must(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.to_owned()) }
}

impl Trial<'_> {
    /// What the cloud holds now.
    fn effects(&self) -> Result<(), String> {
        let wrote = self.world.wrote;
        if let Some(lie) = self.world.lies.first() {
            return Err(lie.clone());
        }
        must(wrote <= 1, "stored twice")?;
        must(self.plan.mode == Mode::Import || wrote == 0, "a look that writes")?;
        must(wrote == 0 || self.is_here(), "what was stored is not this key under this name")?;
        let beside = wrote > 0 && holds(self.before, NAME, OTHER);
        must(!beside, "stored beside another key of this name")
    }

    /// Tells whether this key is stored under this name.
    fn is_here(&self) -> bool {
        holds(self.after, NAME, MINE)
    }

    /// What the report says, against what the cloud holds.
    fn words(&self) -> Result<(), String> {
        let (world, plan) = (self.world, self.plan);
        let wrote = world.wrote == 1;
        let was_here = holds(self.before, NAME, MINE);
        let is_failure = matches!(self.told.status, Status::Failed | Status::Unknown);
        must(
            !world.swapped || is_failure || self.is_here(),
            "another key was stored and nothing tells so",
        )?;
        let by_rival = plan.rival.is_some_and(|(_, same)| same) && !was_here;
        match self.told.status {
            Status::Imported => {
                must(self.is_here(), "success told and the key is not there")?;
                let is_young = was_here && plan.scene_age < ROUNDING + self.told.elapsed;
                must(wrote || is_young || by_rival, "`changed` told and nothing was")
            }
            Status::AlreadyPresent => {
                must(self.is_here(), "success told and the key is not there")?;
                let unseen = world.twice && plan.cloud == "baidu";
                must(!wrote || unseen, "`changed` denied and this import stored it")
            }
            Status::AlreadyPresentAs => {
                let name = &self.told.name;
                must(holds(self.after, name, MINE), "the key is not there under that name")?;
                must(
                    name != NAME && plan.named == NameSource::Derived,
                    "another name was not wanted",
                )?;
                must(!wrote, "`changed` denied and this import stored it")
            }
            Status::WouldImport | Status::Absent => {
                let is_check = plan.mode == Mode::Check;
                must(is_check == (self.told.status == Status::Absent), "the word of another mode")?;
                must(!was_here, "absence told and the key is there")?;
                let anywhere = self.before.iter().any(|pair| is_key(pair, MINE));
                must(plan.cloud != "baidu" || !anywhere, "absence told and the key is there")?;
                must(!holds(self.before, NAME, OTHER), "a free way told and the name is taken")
            }
            Status::Conflict => {
                must(!wrote, "a conflict told and the key is there because of this import")?;
                must(!self.is_here() || by_rival, "a conflict told and the key is there")?;
                must(self.is_conflict(), "a conflict that is none")
            }
            Status::Failed => {
                must(!wrote, "failure told and the key is there because of this import")
            }
            Status::Unknown => {
                must(world.imports > 0 || world.hazy, "doubt about an import that was not sent")
            }
            Status::Skipped => must(!wrote, "skipped and the key is there because of this import"),
        }
    }

    /// A look that the user cut short before anything was sent is no failure, unless a conflict was found.
    fn stop(&self) -> Result<(), String> {
        let ended = matches!(self.told.status, Status::Skipped | Status::Conflict);
        let is_other = self.world.cut && self.world.imports == 0 && !ended;
        must(!is_other, "what the user stopped is told as another end")
    }

    /// Tells whether the conflict that was told is one.
    fn is_conflict(&self) -> bool {
        let kept_once = self.plan.cloud == "baidu" && self.plan.named == NameSource::Given;
        match self.told.kind {
            Some(ErrorKind::NameTaken) => holds(self.after, NAME, OTHER),
            Some(ErrorKind::KeyTaken) => {
                kept_once && self.after.iter().any(|pair| is_key(pair, MINE))
            }
            _ => false,
        }
    }

    /// Whether the parts of a report fit each other.
    fn shape(&self) -> Result<(), String> {
        let Told { status, kind, verified, .. } = *self.told;
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
        if let Some(code) = self.told.exit_code {
            must(expected.is_none_or(|expected| code == expected), "the exit code is another")?;
            let is_other = status == Status::Failed && [0, 6, 9, 12].contains(&code);
            must(!is_other, "the exit code is no failure's")?;
        }
        let fails = matches!(status, Status::Conflict | Status::Failed | Status::Unknown);
        must(fails == kind.is_some(), "an error too many or too few")?;
        must(self.told.changed == (status == Status::Imported), "`changed` is another")?;

        let is_there =
            matches!(status, Status::Imported | Status::AlreadyPresent | Status::AlreadyPresentAs);
        let is_unproved = is_there && verified == Verification::None;
        must(!is_unproved || self.world.unproved, "a success without proof")?;
        must(!is_unproved || self.told.is_warned, "no proof and no warning")?;
        must(is_there || verified == Verification::None, "proof of nothing")?;
        // Another key is told only where the cloud spoke of one.
        let is_none = kind == Some(ErrorKind::Mismatch) && !self.world.misplaced;
        must(!is_none, "a mismatch that is none")
    }

    /// Whether it is told what was there, and no more.
    fn calm(&self) -> Result<(), String> {
        let told = (self.told.status, self.told.kind);
        let expected = expected(self.plan, self.before);
        must(
            told == expected,
            &format!("nothing went wrong and it told {told:?}, not {expected:?}"),
        )
    }
}

/// How an import into a region that holds this ends when nothing goes wrong.
fn expected(plan: &Plan, before: &[StoredPair]) -> (Status, Option<ErrorKind>) {
    let conflict = |kind| (Status::Conflict, Some(kind));
    let is_elsewhere = before.iter().any(|pair| is_key(pair, MINE));
    let is_taken = holds(before, NAME, OTHER);
    if holds(before, NAME, MINE) {
        return (Status::AlreadyPresent, None);
    }
    if is_elsewhere && (is_taken || plan.cloud == "baidu") && plan.named == NameSource::Derived {
        return (Status::AlreadyPresentAs, None);
    }
    if is_taken {
        return conflict(ErrorKind::NameTaken);
    }
    if is_elsewhere && plan.cloud == "baidu" {
        return conflict(ErrorKind::KeyTaken);
    }
    match plan.mode {
        Mode::DryRun => (Status::WouldImport, None),
        Mode::Check => (Status::Absent, None),
        Mode::Import if before.len() >= MOST_PAIRS => {
            (Status::Failed, Some(ErrorKind::QuotaExceeded))
        }
        Mode::Import => (Status::Imported, None),
    }
}
