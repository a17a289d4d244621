//! The program itself under a schedule: arguments, real connections, real signals, and its output compared with what
//! the clouds hold.

mod run_schedule;
mod wire;

use std::process::Child;
use std::time::{Duration, Instant};

use keyimport::import::Status;
use keyimport::sandbox::StoredPair;
use serde_json::{Value, json};

use self::run_schedule::RunSchedule;
use self::wire::Clouds;
use super::answers::bare;
use super::log::Log;
use super::oracle::{self, Report, require};
use crate::cli::cloud::identify;
use crate::cli::run::{Ended, Home, start, wait_and};
use crate::doubles::GRACE_PERIOD;
use crate::flow::{MINE, NAME};
use crate::services::{Identity, identities};

/// What a busy machine may add to any time.
const SLACK: Duration = Duration::from_secs(3);

/// Runs the schedule of a seed and returns how it ended, or the violation.
pub fn run_seed(seed: u64, log: &Log) -> Result<String, String> {
    let mut schedule = RunSchedule::draw(seed);
    log.line(|| format!("{schedule:#?}"));
    let home = Home::new();
    home.put(&format!("{NAME}.pub"), bare(MINE));
    let clouds = Clouds::start(&schedule, log);
    let mut run = Run { schedule: &schedule, clouds: &clouds, home: &home };
    let reports = run.check(log)?;
    schedule.disable_faults();
    for target in &schedule.targets {
        clouds.state(target.cloud).disable_faults();
    }
    run = Run { schedule: &schedule, clouds: &clouds, home: &home };
    run.check(log).map_err(|violation| format!("run again: {violation}"))?;
    let statuses: Vec<String> =
        reports.iter().map(|report| format!("{:?}", report.status)).collect();
    Ok(statuses.join(" "))
}

struct Run<'a> {
    schedule: &'a RunSchedule,
    clouds: &'a Clouds,
    home: &'a Home,
}

impl Run<'_> {
    /// Runs the program, and checks its output against the clouds.
    fn check(&self, log: &Log) -> Result<Vec<Report>, String> {
        let clouds: Vec<&str> = self.schedule.targets.iter().map(|target| target.cloud).collect();
        let stored = |cloud: &&str| self.clouds.state(cloud).stored();
        let before: Vec<Vec<StoredPair>> = clouds.iter().map(stored).collect();
        let (ended, stopped) = self.run(log);
        self.clouds.server.wait_until_idle();
        log.line(|| format!("{:?} {}{}", ended.code, ended.stdout, ended.stderr));
        let records = self.records(&ended)?;
        self.times(&ended, stopped)?;
        self.secrecy(&ended)?;
        let mut reports = Vec::new();
        for (cloud, before) in clouds.iter().zip(&before) {
            let mut state = self.clouds.state(cloud);
            state.drain();
            state.log_stored();
            let record = records.iter().find(|record| record["provider"] == *cloud);
            let record = record.ok_or_else(|| format!("{cloud}: no record"))?;
            let report = Report {
                is_warned: [
                    "nothing that proves",
                    "what it holds could not be looked up",
                    "cannot tell whether this run stored it",
                ]
                .iter()
                .any(|warning| ended.stderr.contains(warning)),
                ..Report::read(record)
            };
            let at = |violation: String| format!("{cloud}: {violation}");
            let requests = record["attempts"].as_u64().unwrap();
            let limits = state.schedule.limits;
            require(u64::from(state.requests) <= requests, "requests are not counted")
                .map_err(at)?;
            require(state.imports <= limits.attempts, "more imports than attempts").map_err(at)?;
            require(report.elapsed <= limits.timeout + SLACK, "past the deadline").map_err(at)?;
            oracle::check(&state, &report, before).map_err(at)?;
            reports.push(report);
        }
        self.exit_code(&ended, stopped.is_some(), &reports)?;
        Ok(reports)
    }

    /// Runs the program to its end, and returns when the user pressed Ctrl-C.
    fn run(&self, log: &Log) -> (Ended, Option<Instant>) {
        let arguments = self.schedule.arguments(&self.clouds.endpoints());
        log.line(|| format!("keyimport {}", arguments.join(" ")));
        let mut command = self.home.command_of(&arguments);
        for target in &self.schedule.targets {
            identify(&mut command, target.cloud, identity(target.cloud, target.temporary));
        }
        if self.schedule.is_tls {
            self.clouds.server.reach(&mut command, self.home);
        }
        let mut stopped = None;
        let press = |child: &Child| {
            let since = self.clouds.server.since_first_connection();
            let Some((moment, since)) = self.schedule.stop_at.zip(since) else { return };
            if stopped.is_none() && since >= moment {
                log.line(|| format!("{:>9.3?} Ctrl-C", self.clouds.now()));
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
            require(document.get("error").is_none(), "the run did not start")?;
            require(document["summary"]["exit_code"] == json!(ended.code), "two exit codes")?;
            document["results"].as_array().cloned().unwrap_or_default()
        } else {
            ended.stdout.lines().map(read).collect::<Result<_, _>>()?
        };
        require(records.len() == self.schedule.targets.len(), "not one record a target")?;
        Ok(records)
    }

    /// Checks how long it took.
    fn times(&self, ended: &Ended, stopped: Option<Instant>) -> Result<(), String> {
        let rounds = if self.schedule.jobs == 1 { self.schedule.targets.len() } else { 1 };
        let most = self.schedule.targets[0].limits.timeout * u32::try_from(rounds).unwrap();
        require(ended.took <= most + SLACK, "the run takes too long")?;
        let since = stopped.map(|stopped| stopped.elapsed());
        require(since.is_none_or(|since| since <= GRACE_PERIOD + SLACK), "past the grace period")
    }

    /// Checks that the output has no panic, no secret and no key.
    fn secrecy(&self, ended: &Ended) -> Result<(), String> {
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        require(!shown.contains("panicked"), "it panicked")?;
        let data = MINE.split(' ').nth(1).unwrap();
        require(!shown.contains(&data[40..]), "the key is shown")?;
        for target in &self.schedule.targets {
            let Identity { secret, token, .. } = identity(target.cloud, target.temporary);
            let is_shown = |hidden: &str| shown.contains(hidden);
            require(!is_shown(secret), "a secret is shown")?;
            require(!token.is_some_and(is_shown), "a token is shown")?;
        }
        Ok(())
    }

    /// Checks the exit code by the records.
    fn exit_code(&self, ended: &Ended, was_stopped: bool, all: &[Report]) -> Result<(), String> {
        let was_skipped = |report: &Report| report.status == Status::Skipped;
        let failed: Vec<u8> =
            all.iter().filter(|report| !was_skipped(report)).filter_map(code).collect();
        let is_any_well = all.iter().any(|report| report.status.is_as_wanted());
        let expected = match failed.iter().min() {
            None => 0,
            Some(_) if is_any_well => 10,
            Some(lowest) => *lowest,
        };
        if !was_stopped {
            let may_skip = self.schedule.is_fail_fast && !failed.is_empty();
            require(may_skip || !all.iter().any(was_skipped), "a target is skipped for no reason")?;
        }
        let code = ended.code.unwrap_or(-1);
        require(
            code == i32::from(expected) || was_stopped && code == 130,
            &format!("the exit code is {code}, not {expected}"),
        )
    }
}

/// Returns the exit code of a failure.
fn code(report: &Report) -> Option<u8> {
    match report.status {
        Status::Absent => Some(12),
        Status::Conflict => Some(6),
        Status::Unknown => Some(9),
        _ => report.kind.map(keyimport::error::ErrorKind::exit_code),
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
