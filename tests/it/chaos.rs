//! Chaos: imports into the sandbox under faults drawn from a seed. After each schedule the report is compared with
//! what the cloud holds; a report that says something else is a violation. Then the same import runs again without
//! faults, and its report must be exact.
//!
//! `chaos/engine.rs` runs the engine on a fake clock, one target a schedule. One command runs a million:
//! `KEYIMPORT_CHAOS_RUNS=1000000 cargo test --test it chaos::the_engine_reports_what_the_cloud_holds`
//! (`KEYIMPORT_CHAOS_FROM=5000` begins with that seed). A violation prints its seed and its log;
//! `KEYIMPORT_CHAOS_SEED=123` and `-- --nocapture` print the log of one seed.
//!
//! `chaos/program.rs` runs the program itself in real time, one to three clouds a schedule, over plain HTTP or by TLS
//! and a proxy, with a Ctrl-C now and then:
//! `KEYIMPORT_CHAOS_PROGRAM_RUNS=10000 cargo test --test it chaos::the_program_reports_what_the_clouds_hold`, and
//! `_FROM` and `_SEED` likewise. Time is real there: a seed draws the same faults again, but not at the same moments.
//!
//! Drawn are: the cloud, its signature, the mode, whether the name was given, what the region holds before, limits,
//! a user who stops the run, clock jumps, how far the cloud's clock is off and in which form it shows times, a
//! credential that expires, look-ups that are denied, another client that
//! stores a key meanwhile, how late lists show what was stored, and for each request a fault or none.
//!
//! `chaos/oracle.rs` says what a violation is. Where the clouds give no means to know, these assumptions hold:
//!
//! - A request without an answer has had its effect, and lists show it, within five seconds after the client gave it
//!   up (three where time is real). No bound is long enough for a network that delivers later; then the report may
//!   say "failed".
//! - Whether a key that is found after a lost answer was stored by this import follows from its creation time, by the
//!   cloud's clock. A pair of the same name and key that is less than three seconds older than the import may count as
//!   this import's, and so may one that another client stores meanwhile. Where the time that the cloud shows decides,
//!   `changed` must not be `null`.
//! - A network that delivers one request twice makes Baidu and Tencent refuse the second one, which has neither nonce
//!   nor token: the key counts as there before, and `changed` may be false although this import stored it.
//! - A dry run and a check report what lists show. They know neither a full quota, which no look-up shows, nor what
//!   another client stored in the last seconds.
//! - An expired credential is refused before anything is done, so its renewal may send one import more than
//!   `--attempts`.

mod answers;
mod cloud_state;
mod delivery;
mod engine;
mod log;
mod oracle;
mod program;
mod schedule;
mod times;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use self::log::Log;

/// How the schedule of a seed is run, and which variables control it.
struct Chaos {
    run_seed: fn(u64, &Log) -> Result<String, String>,
    /// What the names of the variables begin with.
    prefix: &'static str,
    /// How many schedules a plain `cargo test` runs, and how many at a time.
    runs: u64,
    threads: usize,
}

impl Chaos {
    fn number(&self, variable: &str) -> Option<u64> {
        let variable = format!("{}_{variable}", self.prefix);
        let text = std::env::var(&variable).ok()?;
        let number = text.parse();
        Some(number.unwrap_or_else(|_| panic!("`{variable}` must be a number, not `{text}`")))
    }

    /// Runs the schedule of a seed and returns how it ended, or the violation.
    fn run_seed(&self, seed: u64, verbose: bool) -> (Log, Result<String, String>) {
        let log = Log::new(verbose);
        let ended = catch_unwind(AssertUnwindSafe(|| (self.run_seed)(seed, &log)));
        let ended = ended.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            Err(format!("panic: {}", text.unwrap_or_else(|| "without a message".to_owned())))
        });
        (log, ended)
    }

    /// Runs the schedules that the variables ask for, and returns how many ended in which way.
    fn run(&self) -> BTreeMap<String, u64> {
        if let Some(seed) = self.number("SEED") {
            let (log, ended) = self.run_seed(seed, true);
            println!("{log}");
            let end = ended.unwrap_or_else(|violation| panic!("seed {seed}: {violation}"));
            return BTreeMap::from([(end, 1)]);
        }
        let runs = self.number("RUNS").unwrap_or(self.runs);
        let from = self.number("FROM").unwrap_or(0);
        let next = AtomicU64::new(from);
        let violations: Mutex<Vec<(u64, String)>> = Mutex::default();
        let ends: Mutex<BTreeMap<String, u64>> = Mutex::default();
        let work = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= from + runs {
                    return;
                }
                match self.run_seed(seed, false).1 {
                    Ok(end) => *ends.lock().unwrap().entry(end).or_default() += 1,
                    Err(violation) => violations.lock().unwrap().push((seed, violation)),
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(work);
            }
        });
        let ends = ends.into_inner().unwrap();
        println!("{runs} schedules from seed {from}: {ends:#?}");
        let mut violations = violations.into_inner().unwrap();
        violations.sort();
        if let Some((seed, _)) = violations.first() {
            let (log, ended) = self.run_seed(*seed, true);
            let again = ended
                .map_or_else(|violation| violation, |end| format!("no violation this time: {end}"));
            let all: Vec<String> = violations
                .iter()
                .take(30)
                .map(|(seed, violation)| format!("seed {seed}: {violation}"))
                .collect();
            let count = violations.len();
            panic!("{log}seed {seed}: {again}\n{count} violations:\n{}", all.join("\n"));
        }
        ends
    }
}

#[test]
fn the_engine_reports_what_the_cloud_holds() {
    let cores = std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
    let engine =
        Chaos { run_seed: engine::run_seed, prefix: "KEYIMPORT_CHAOS", runs: 3000, threads: cores };
    let ends = engine.run();
    if ends.values().sum::<u64>() >= engine.runs {
        // Chaos that never gets anywhere would find nothing.
        for status in keyimport::import::Status::ALL {
            let found = ends.keys().any(|end| end.ends_with(&format!("{status:?}")));
            assert!(found, "no schedule ended as {status:?}");
        }
        assert!(ends.keys().any(|end| end.contains("undecided")), "no schedule ended undecided");
    }
}

#[test]
fn the_program_reports_what_the_clouds_hold() {
    let program = Chaos {
        run_seed: program::run_seed,
        prefix: "KEYIMPORT_CHAOS_PROGRAM",
        runs: 100,
        // They wait most of the time.
        threads: 16,
    };
    let ends = program.run();
    if ends.values().sum::<u64>() >= program.runs {
        for status in ["Imported", "AlreadyPresent", "Conflict", "Failed", "Unknown"] {
            assert!(ends.keys().any(|end| end.contains(status)), "no run ended as {status}");
        }
    }
}
