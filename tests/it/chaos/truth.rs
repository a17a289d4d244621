//! The judge: what a report says, against what the cloud holds and what was sent.

use std::sync::Mutex;
use std::time::Duration;

use keyimport::error::{Error, ErrorKind};
use keyimport::import::{self, Credentials, Mode, Outcome, Proof, Status};
use keyimport::provider::{self, Job, Named};
use keyimport::report::Record;
use keyimport::sandbox::{Identity, StoredPair, identities};
use keyimport::secret::Credential;
use serde_json::Value;

use super::cloud::Network;
use super::plan::{Plan, Renewal, Scene};
use super::story::Story;
use crate::flow::{self, MINE, NAME, OTHER};
use crate::virtual_time::block_on;

/// A pair of the same name and key that is younger than this may be taken for the import's own.
const ROUNDING: Duration = Duration::from_secs(95);

struct Purse<'a> {
    plan: &'a Plan,
    renewed: &'a Mutex<bool>,
}

impl Purse<'_> {
    /// The first credential has a session token or the second one.
    fn hand_out(&self, is_first: bool) -> Credential {
        let known = identities(self.plan.cloud).unwrap();
        let Identity { id, secret, token } =
            if self.plan.temporary == is_first { known.temporary } else { known.owner };
        Credential::new(id, secret, token)
    }
}

impl Credentials for Purse<'_> {
    async fn credential(&self) -> Result<Credential, Error> {
        Ok(self.hand_out(!*self.renewed.lock().unwrap()))
    }

    async fn renew(&self, _: &Credential) -> Result<Option<Credential>, Error> {
        match self.plan.renewal {
            Renewal::Newer => {
                *self.renewed.lock().unwrap() = true;
                Ok(Some(self.hand_out(false)))
            }
            Renewal::Nothing => Ok(None),
            Renewal::Fails => Err(Error::new(ErrorKind::CredentialsInvalid, "no newer one")),
        }
    }
}

/// Runs a schedule and returns how it ended, or the lie that the report tells.
pub fn hold(plan: &Plan, story: &Story) -> Result<String, String> {
    let cloud = provider::find(plan.cloud).unwrap();
    let mut job = flow::job(plan.cloud, plan.named);
    job.place.aliyun_signature = plan.signature;
    let renewed = Mutex::new(false);
    let purse = Purse { plan, renewed: &renewed };
    let network = Network::new(plan, story, &renewed);
    let before = network.stored();
    let (limits, clock) = (plan.limits, &network.clock);
    let outcome = block_on(import::run(plan.mode, cloud, &job, limits, &purse, &network, clock));
    story.line(|| format!("reported: {outcome:?}"));
    network.come_to_rest();
    let after = network.stored();
    story.line(|| {
        let shown = |pair: &StoredPair| {
            format!("{} {}", pair.name, pair.line.get(150..).unwrap_or(&pair.line))
        };
        format!("stored: {:?}", after.iter().take(5).map(shown).collect::<Vec<_>>())
    });
    let renewed = *renewed.lock().unwrap();
    let (job, network, outcome) = (&job, &network, &outcome);
    Trial { plan, job, network, outcome, before, after, renewed }.hold()?;
    Ok(format!("{} {:?} {:?}", plan.cloud, plan.mode, outcome.status))
}

struct Trial<'a> {
    plan: &'a Plan,
    job: &'a Job,
    network: &'a Network<'a>,
    outcome: &'a Outcome,
    before: Vec<StoredPair>,
    after: Vec<StoredPair>,
    renewed: bool,
}

/// Tells whether a pair holds a key; comments do not count, and some clouds are not sent any.
fn is_key(pair: &StoredPair, line: &str) -> bool {
    pair.line.split(' ').nth(1) == line.split(' ').nth(1)
}

fn holds(pairs: &[StoredPair], name: &str, line: &str) -> bool {
    pairs.iter().any(|pair| pair.name == name && is_key(pair, line))
}

fn must(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.to_owned()) }
}

impl Trial<'_> {
    fn hold(&self) -> Result<(), String> {
        self.requests()?;
        self.effects()?;
        self.words()?;
        self.shape()?;
        let told = (self.outcome.status, self.outcome.error.as_ref().map(Error::kind));
        let expected = expected(self.plan);
        must(
            !self.plan.is_clean() || told == expected,
            &format!("nothing went wrong and it told {told:?}, not {expected:?}"),
        )
    }

    fn kind(&self) -> Option<ErrorKind> {
        self.outcome.error.as_ref().map(Error::kind)
    }

    /// What was sent, and how long it took.
    fn requests(&self) -> Result<(), String> {
        let world = self.network.world.lock().unwrap();
        if let Some(lie) = world.lies.first() {
            return Err(lie.clone());
        }
        let most = self.plan.limits.attempts + u32::from(self.renewed);
        must(world.imports <= most, "more imports than attempts")?;
        must(self.outcome.requests == world.requests, "the requests are miscounted")?;
        must(self.network.clock.nonces() == world.requests, "a stamp was used twice, or none")?;
        let end = self.outcome.elapsed;
        must(end <= self.plan.limits.timeout, "past the deadline")?;
        let patience = self.plan.stop_at.map(|moment| moment + Duration::from_secs(3));
        must(patience.is_none_or(|patience| end <= patience), "past the user's patience")?;
        must(self.plan.mode == Mode::Import || world.imports == 0, "a look that imports")
    }

    /// What the cloud holds now.
    fn effects(&self) -> Result<(), String> {
        let wrote = self.network.world.lock().unwrap().wrote;
        must(wrote <= 1, "stored twice")?;
        must(self.plan.mode == Mode::Import || wrote == 0, "a look that writes")?;
        must(wrote == 0 || self.is_here(), "what was stored is not this key under this name")?;
        let beside = wrote > 0 && holds(&self.before, NAME, OTHER);
        must(!beside, "stored beside another key of this name")
    }

    /// Tells whether this key is stored under this name.
    fn is_here(&self) -> bool {
        holds(&self.after, NAME, MINE)
    }

    /// What the report says, against what the cloud holds.
    fn words(&self) -> Result<(), String> {
        let world = self.network.world.lock().unwrap();
        let (wrote, plan) = (world.wrote == 1, self.plan);
        let was_here = holds(&self.before, NAME, MINE);
        let told = matches!(self.outcome.status, Status::Failed | Status::Unknown);
        must(
            !world.swapped || told || self.is_here(),
            "another key was stored and nothing tells so",
        )?;
        let by_rival = plan.rival.is_some_and(|(_, same)| same) && !was_here;
        match self.outcome.status {
            Status::Imported => {
                must(self.is_here(), "success told and the key is not there")?;
                let is_young = was_here && plan.scene_age < ROUNDING + self.outcome.elapsed;
                must(wrote || is_young || by_rival, "`changed` told and nothing was")
            }
            Status::AlreadyPresent => {
                must(self.is_here(), "success told and the key is not there")?;
                let unseen = world.twice && plan.cloud == "baidu";
                must(!wrote || unseen, "`changed` denied and this import stored it")
            }
            Status::AlreadyPresentAs => {
                let name = self.outcome.stored.as_ref().map_or("", |pair| &pair.name);
                must(holds(&self.after, name, MINE), "the key is not there under that name")?;
                must(name != NAME && plan.named == Named::Derived, "another name was not wanted")?;
                must(!wrote, "`changed` denied and this import stored it")
            }
            Status::WouldImport | Status::Absent => {
                let is_check = plan.mode == Mode::Check;
                must(
                    is_check == (self.outcome.status == Status::Absent),
                    "the word of another mode",
                )?;
                must(!was_here, "absence told and the key is there")?;
                let anywhere = self.before.iter().any(|pair| is_key(pair, MINE));
                must(plan.cloud != "baidu" || !anywhere, "absence told and the key is there")?;
                must(!holds(&self.before, NAME, OTHER), "a free way told and the name is taken")
            }
            Status::Conflict => {
                must(!wrote, "a conflict told and the key is there because of this import")?;
                must(!self.is_here() || by_rival, "a conflict told and the key is there")?;
                must(self.is_conflict(), "a conflict that is none")
            }
            Status::Failed => {
                must(!wrote, "failure told and the key is there because of this import")
            }
            Status::Unknown => must(world.imports > 0, "doubt about an import that was not sent"),
            Status::Skipped => {
                must(!wrote, "skipped and the key is there because of this import")?;
                must(plan.stop_at.is_some(), "skipped although nobody asked to stop")
            }
        }
    }

    /// Tells whether the conflict that was told is one.
    fn is_conflict(&self) -> bool {
        let kept_once = self.plan.cloud == "baidu" && self.plan.named == Named::Given;
        match self.kind() {
            Some(ErrorKind::NameTaken) => holds(&self.after, NAME, OTHER),
            Some(ErrorKind::KeyTaken) => {
                kept_once && self.after.iter().any(|pair| is_key(pair, MINE))
            }
            _ => false,
        }
    }

    /// Whether the parts of a report fit each other.
    fn shape(&self) -> Result<(), String> {
        let (outcome, kind) = (self.outcome, self.kind());
        let expected = match outcome.status {
            Status::Imported
            | Status::AlreadyPresent
            | Status::AlreadyPresentAs
            | Status::WouldImport => Some(0),
            Status::Absent => Some(12),
            Status::Conflict => Some(6),
            Status::Unknown => Some(9),
            Status::Failed | Status::Skipped => None,
        };
        let code = outcome.exit_code();
        must(expected.is_none_or(|expected| code == expected), "the exit code is another")?;
        must(
            outcome.status != Status::Failed || ![0, 6, 9, 12].contains(&code),
            "no failure's code",
        )?;
        let fails = matches!(outcome.status, Status::Conflict | Status::Failed | Status::Unknown);
        must(fails == kind.is_some(), "an error too many or too few")?;

        let record = Record::new(self.plan.cloud, self.job, outcome);
        let record: Value = serde_json::from_str(&record.line()).unwrap();
        must(record["changed"] == (outcome.status == Status::Imported), "`changed` is another")?;

        let is_there = matches!(
            outcome.status,
            Status::Imported | Status::AlreadyPresent | Status::AlreadyPresentAs
        );
        let world = self.network.world.lock().unwrap();
        let is_unproved = is_there && outcome.verified == Proof::None;
        must(!is_unproved || world.unproved, "a success without proof")?;
        must(!is_unproved || !outcome.warnings.is_empty(), "no proof and no warning")?;
        must(is_there || outcome.verified == Proof::None, "proof of nothing")?;
        // Another key is told only where the cloud spoke of one.
        must(kind != Some(ErrorKind::Mismatch) || world.misplaced, "a mismatch that is none")
    }
}

/// How an import ends when nothing goes wrong.
fn expected(plan: &Plan) -> (Status, Option<ErrorKind>) {
    let free = match plan.mode {
        Mode::Import => Status::Imported,
        Mode::DryRun => Status::WouldImport,
        Mode::Check => Status::Absent,
    };
    let conflict = |kind| (Status::Conflict, Some(kind));
    let is_derived = plan.named == Named::Derived;
    match plan.scene {
        Scene::Same | Scene::Both | Scene::FullWithSame => (Status::AlreadyPresent, None),
        Scene::SameElsewhere if plan.cloud != "baidu" => (free, None),
        Scene::SameElsewhere | Scene::OtherAndSameElsewhere if is_derived => {
            (Status::AlreadyPresentAs, None)
        }
        Scene::SameElsewhere => conflict(ErrorKind::KeyTaken),
        Scene::Other | Scene::OtherAndSameElsewhere => conflict(ErrorKind::NameTaken),
        Scene::Full if plan.mode == Mode::Import => {
            (Status::Failed, Some(ErrorKind::QuotaExceeded))
        }
        Scene::Nothing | Scene::Full => (free, None),
    }
}
