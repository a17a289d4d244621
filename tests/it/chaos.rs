//! Chaos: imports into the sandbox under faults drawn from a seed. After each schedule the report is held against
//! what the cloud holds. A report that says something else is a lie. Then the same import runs once more and
//! nothing goes wrong: it must tell what is there, to the word.
//!
//! `chaos/engine.rs` runs the engine on a virtual clock, one target a schedule. One command runs a million:
//! `KEYIMPORT_CHAOS_RUNS=1000000 cargo test --test it chaos::no_schedule_makes_the_report_lie`
//! (`KEYIMPORT_CHAOS_FROM=5000` begins with that seed). A lie prints its seed and its story;
//! `KEYIMPORT_CHAOS_SEED=123` and `-- --nocapture` tell the story of one seed.
//!
//! `chaos/program.rs` runs the program itself in real time, one to three clouds a schedule, over plain HTTP or by TLS
//! and a proxy, with a Ctrl-C now and then:
//! `KEYIMPORT_CHAOS_PROGRAM_RUNS=10000 cargo test --test it chaos::no_schedule_makes_the_program_lie`, and `_FROM` and
//! `_SEED` likewise. Time is real there, so a seed draws the same faults again, but not the same moments.
//!
//! What is drawn: the cloud, its signature, the mode, whether the name was given, what the region holds before,
//! limits, a user who stops, clock jumps, a credential that ends, look-ups that are denied, another client who
//! stores something meanwhile, how late lists show what was stored, and for each request a fault or none.
//!
//! What counts as a lie stands in `chaos/truth.rs`. Where the clouds give no means to know, these hold instead:
//!
//! - A request that nobody answered has had its effect, and lists show it, within five seconds after the client
//!   gave it up (three where time is real). No bound is long enough for a network that delivers later; then the report may say "failed".
//! - Whether a key that is found after a lost answer was stored by this import is told by its time of storing.
//!   Alibaba Cloud leaves the seconds out and clocks differ, so a pair of the same name and key that is less
//!   than two minutes older than the import counts as this import's: `changed` may be true although nothing was.
//!   The same holds for another client who stores this key under this name meanwhile.
//! - A network that delivers one request twice makes Baidu refuse the second one, which has neither nonce nor
//!   token: the key counts as there before, and `changed` may be false although this import stored it.
//! - A dry run and a check tell what lists show. They do not know a full quota, which no look-up shows, nor what
//!   another client stored in the last seconds.
//! - An expired credential is refused before anything is done, so its renewal may send one import more than
//!   `--attempts`.

mod answers;
mod course;
mod engine;
mod plan;
mod program;
mod story;
mod truth;
mod world;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use self::story::Story;

/// One kind of chaos: how a seed's schedule is run, and which variables steer it.
struct Chaos {
    tell: fn(u64, &Story) -> Result<String, String>,
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

    /// Runs the schedule of a seed and returns how it ended, or the lie.
    fn tell(&self, seed: u64, verbose: bool) -> (Story, Result<String, String>) {
        let story = Story::new(verbose);
        let ended = catch_unwind(AssertUnwindSafe(|| (self.tell)(seed, &story)));
        let ended = ended.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            Err(format!("panic: {}", text.unwrap_or_else(|| "without words".to_owned())))
        });
        (story, ended)
    }

    /// Runs the schedules that the variables ask for, and returns how many ended in which way.
    fn run(&self) -> BTreeMap<String, u64> {
        if let Some(seed) = self.number("SEED") {
            let (story, ended) = self.tell(seed, true);
            println!("{story}");
            let end = ended.unwrap_or_else(|lie| panic!("seed {seed}: {lie}"));
            return BTreeMap::from([(end, 1)]);
        }
        let runs = self.number("RUNS").unwrap_or(self.runs);
        let from = self.number("FROM").unwrap_or(0);
        let next = AtomicU64::new(from);
        let lies: Mutex<Vec<(u64, String)>> = Mutex::default();
        let ends: Mutex<BTreeMap<String, u64>> = Mutex::default();
        let work = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= from + runs {
                    return;
                }
                match self.tell(seed, false).1 {
                    Ok(end) => *ends.lock().unwrap().entry(end).or_default() += 1,
                    Err(lie) => lies.lock().unwrap().push((seed, lie)),
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
        let mut lies = lies.into_inner().unwrap();
        lies.sort();
        if let Some((seed, _)) = lies.first() {
            let (story, ended) = self.tell(*seed, true);
            let again = ended.map_or_else(|lie| lie, |end| format!("no lie this time: {end}"));
            let all: Vec<String> =
                lies.iter().take(30).map(|(seed, lie)| format!("seed {seed}: {lie}")).collect();
            let count = lies.len();
            panic!("{story}seed {seed}: {again}\n{count} lies:\n{}", all.join("\n"));
        }
        ends
    }
}

#[test]
fn no_schedule_makes_the_report_lie() {
    let cores = std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
    let engine =
        Chaos { tell: engine::tell, prefix: "KEYIMPORT_CHAOS", runs: 3000, threads: cores };
    let ends = engine.run();
    if ends.values().sum::<u64>() >= engine.runs {
        // Chaos that never gets anywhere would find nothing.
        for status in keyimport::import::Status::ALL {
            let found = ends.keys().any(|end| end.ends_with(&format!("{status:?}")));
            assert!(found, "no schedule ended as {status:?}");
        }
    }
}

#[test]
fn no_schedule_makes_the_program_lie() {
    let program = Chaos {
        tell: program::tell,
        prefix: "KEYIMPORT_CHAOS_PROGRAM",
        runs: 100,
        // They wait most of the time.
        threads: 16,
    };
    let ends = program.run();
    if ends.values().sum::<u64>() >= program.runs {
        for status in ["Imported", "AlreadyPresent", "Conflict", "Failed", "Unknown"] {
            assert!(ends.keys().any(|end| end.contains(status)), "no run tells {status}");
        }
    }
}
