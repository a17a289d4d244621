//! The program itself under a schedule: arguments in, real connections, real signals, and what its user reads held
//! against what the clouds hold.

mod schedule;
mod wire;

use std::process::Child;
use std::time::{Duration, Instant};

use keyimport::import::Status;
use keyimport::sandbox::StoredPair;
use serde_json::{Value, json};

use self::schedule::Schedule;
use self::wire::Clouds;
use super::answers::bare;
use super::story::Story;
use super::truth::{self, Told, must};
use crate::cli::cloud::identify;
use crate::cli::run::{Ended, Home, start, wait_and};
use crate::doubles::GRACE_PERIOD;
use crate::flow::{MINE, NAME};
use crate::services::{Identity, identities};

/// What a busy machine may add to any time.
const SLACK: Duration = Duration::from_secs(3);

/// Runs the schedule of a seed and returns how it ended, or the lie that was told.
pub fn tell(seed: u64, story: &Story) -> Result<String, String> {
    let mut schedule = Schedule::draw(seed);
    story.line(|| format!("{schedule:#?}"));
    let home = Home::new();
    home.put(&format!("{NAME}.pub"), bare(MINE));
    let clouds = Clouds::start(&schedule, story);
    let mut run = Run { schedule: &schedule, clouds: &clouds, home: &home };
    let told = run.hold(story)?;
    schedule.calm_down();
    for plan in &schedule.plans {
        clouds.world(plan.cloud).calm_down();
    }
    run = Run { schedule: &schedule, clouds: &clouds, home: &home };
    run.hold(story).map_err(|lie| format!("run again: {lie}"))?;
    let statuses: Vec<String> = told.iter().map(|told| format!("{:?}", told.status)).collect();
    Ok(statuses.join(" "))
}

struct Run<'a> {
    schedule: &'a Schedule,
    clouds: &'a Clouds,
    home: &'a Home,
}

impl Run<'_> {
    /// Runs the program, and holds all that it says against the clouds.
    fn hold(&self, story: &Story) -> Result<Vec<Told>, String> {
        let clouds: Vec<&str> = self.schedule.plans.iter().map(|plan| plan.cloud).collect();
        let stored = |cloud: &&str| self.clouds.world(cloud).stored();
        let before: Vec<Vec<StoredPair>> = clouds.iter().map(stored).collect();
        let (ended, stopped) = self.run(story);
        self.clouds.server.wait_until_idle();
        story.line(|| format!("{:?} {}{}", ended.code, ended.stdout, ended.stderr));
        let records = self.records(&ended)?;
        self.times(&ended, stopped)?;
        self.silence(&ended)?;
        let mut all = Vec::new();
        for (cloud, before) in clouds.iter().zip(&before) {
            let mut world = self.clouds.world(cloud);
            world.come_to_rest();
            world.tell_stored();
            let record = records.iter().find(|record| record["provider"] == *cloud);
            let record = record.ok_or_else(|| format!("{cloud}: no record"))?;
            let told = Told {
                is_warned: ended.stderr.contains("nothing that proves"),
                ..Told::read(record)
            };
            let at = |lie: String| format!("{cloud}: {lie}");
            let requests = record["attempts"].as_u64().unwrap();
            let limits = world.plan.limits;
            must(u64::from(world.requests) <= requests, "requests are not counted").map_err(at)?;
            must(world.imports <= limits.attempts, "more imports than attempts").map_err(at)?;
            must(told.elapsed <= limits.timeout + SLACK, "past the deadline").map_err(at)?;
            truth::hold(&world, &told, before).map_err(at)?;
            all.push(told);
        }
        self.exit_code(&ended, stopped.is_some(), &all)?;
        Ok(all)
    }

    /// Runs the program to its end, and returns when the user pressed Ctrl-C.
    fn run(&self, story: &Story) -> (Ended, Option<Instant>) {
        let arguments = self.schedule.arguments(&self.clouds.endpoints());
        story.line(|| format!("keyimport {}", arguments.join(" ")));
        let mut command = self.home.command_of(&arguments);
        for plan in &self.schedule.plans {
            identify(&mut command, plan.cloud, identity(plan.cloud, plan.temporary));
        }
        if self.schedule.is_tls {
            self.clouds.server.reach(&mut command, self.home);
        }
        let mut stopped = None;
        let press = |child: &Child| {
            let since = self.clouds.server.since_first_connection();
            let Some((moment, since)) = self.schedule.stop_at.zip(since) else { return };
            if stopped.is_none() && since >= moment {
                story.line(|| format!("{:>9.3?} Ctrl-C", self.clouds.now()));
                stopped = Some(Instant::now());
                interrupt(child);
            }
        };
        let child = start(command.stdin(std::process::Stdio::null()));
        (wait_and(child, press), stopped)
    }

    /// Reads one record for each cloud.
    fn records(&self, ended: &Ended) -> Result<Vec<Value>, String> {
        let unreadable = |error: serde_json::Error| format!("no JSON: {error}: {}", ended.stdout);
        let read = |line: &str| serde_json::from_str::<Value>(line).map_err(unreadable);
        let records = if self.schedule.output == "json" {
            let document = read(&ended.stdout)?;
            must(document.get("error").is_none(), "the run did not start")?;
            must(document["summary"]["exit_code"] == json!(ended.code), "two exit codes")?;
            document["results"].as_array().cloned().unwrap_or_default()
        } else {
            ended.stdout.lines().map(read).collect::<Result<_, _>>()?
        };
        must(records.len() == self.schedule.plans.len(), "not one record a target")?;
        Ok(records)
    }

    /// How long it took.
    fn times(&self, ended: &Ended, stopped: Option<Instant>) -> Result<(), String> {
        let rounds = if self.schedule.jobs == 1 { self.schedule.plans.len() } else { 1 };
        let most = self.schedule.plans[0].limits.timeout * u32::try_from(rounds).unwrap();
        must(ended.took <= most + SLACK, "the run takes too long")?;
        let since = stopped.map(|stopped| stopped.elapsed());
        must(since.is_none_or(|since| since <= GRACE_PERIOD + SLACK), "past the user's patience")
    }

    /// No panic, no secret, no key.
    fn silence(&self, ended: &Ended) -> Result<(), String> {
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        must(!shown.contains("panicked"), "it panicked")?;
        let data = MINE.split(' ').nth(1).unwrap();
        must(!shown.contains(&data[40..]), "the key is shown")?;
        for plan in &self.schedule.plans {
            let Identity { secret, token, .. } = identity(plan.cloud, plan.temporary);
            let is_shown = |hidden: &str| shown.contains(hidden);
            must(!is_shown(secret), "a secret is shown")?;
            must(!token.is_some_and(is_shown), "a token is shown")?;
        }
        Ok(())
    }

    /// The exit code, from what the records say.
    fn exit_code(&self, ended: &Ended, was_stopped: bool, all: &[Told]) -> Result<(), String> {
        let was_skipped = |told: &Told| told.status == Status::Skipped;
        let failed: Vec<u8> =
            all.iter().filter(|told| !was_skipped(told)).filter_map(code).collect();
        let is_any_well = all.iter().any(|told| told.status.is_as_wanted());
        let expected = match failed.iter().min() {
            None => 0,
            Some(_) if is_any_well => 10,
            Some(lowest) => *lowest,
        };
        if !was_stopped {
            let may_skip = self.schedule.is_fail_fast && !failed.is_empty();
            must(may_skip || !all.iter().any(was_skipped), "a target is skipped for no reason")?;
        }
        let told = ended.code.unwrap_or(-1);
        must(
            told == i32::from(expected) || was_stopped && told == 130,
            &format!("the exit code is {told}, not {expected}"),
        )
    }
}

/// Returns the exit code of a failure.
fn code(told: &Told) -> Option<u8> {
    match told.status {
        Status::Absent => Some(12),
        Status::Conflict => Some(6),
        Status::Unknown => Some(9),
        _ => told.kind.map(keyimport::error::ErrorKind::exit_code),
    }
}

fn identity(cloud: &str, is_temporary: bool) -> Identity {
    let known = identities(cloud).unwrap();
    if is_temporary { known.temporary } else { known.owner }
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    crate::cli::run::signal(child, "-INT");
}

#[cfg(not(unix))]
fn interrupt(_: &Child) {}
