//! Chaos: the real engine against the real sandbox, under faults drawn from a seed, on a virtual clock. After
//! each schedule the report is held against what the cloud holds. A report that says something else is a lie.
//!
//! One command runs a million schedules: `KEYIMPORT_CHAOS_RUNS=1000000 cargo test --test it chaos`
//! (`KEYIMPORT_CHAOS_FROM=5000` begins with that seed). A lie prints its seed and its story;
//! `KEYIMPORT_CHAOS_SEED=123 cargo test --test it chaos -- --nocapture` tells the story of one seed.
//!
//! What is drawn: the cloud, its signature, the mode, whether the name was given, what the region holds before,
//! limits, a user who stops, clock jumps, a credential that ends, look-ups that are denied, another client who
//! stores something meanwhile, how late lists show what was stored, and for each request a fault or none.
//!
//! What counts as a lie stands in `chaos/truth.rs`. Where the clouds give no means to know, these hold instead:
//!
//! - A request that nobody answered has had its effect, and lists show it, within five seconds after the client
//!   gave it up. No bound is long enough for a network that delivers later; then the report may say "failed".
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
mod story;
mod truth;
mod world;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use self::story::Story;

/// How many schedules a plain `cargo test` runs.
const RUNS: u64 = 3000;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("`{variable}` must be a number, not `{text}`")))
}

/// Runs the schedule of a seed and returns how it ended, or the lie.
fn tell(seed: u64, verbose: bool) -> (Story, Result<String, String>) {
    let story = Story::new(verbose);
    let ended = catch_unwind(AssertUnwindSafe(|| engine::tell(seed, &story)));
    let ended = ended.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(format!("panic: {}", text.unwrap_or_else(|| "without words".to_owned())))
    });
    (story, ended)
}

fn expose(seed: u64) -> String {
    let (story, ended) = tell(seed, true);
    format!("{story}seed {seed}: {}", ended.map_or_else(|lie| lie, |end| format!("no lie: {end}")))
}

#[test]
fn no_schedule_makes_the_report_lie() {
    if let Some(seed) = number("KEYIMPORT_CHAOS_SEED") {
        let (story, ended) = tell(seed, true);
        println!("{story}");
        println!("{}", ended.unwrap_or_else(|lie| panic!("seed {seed}: {lie}")));
        return;
    }
    let runs = number("KEYIMPORT_CHAOS_RUNS").unwrap_or(RUNS);
    let from = number("KEYIMPORT_CHAOS_FROM").unwrap_or(0);
    let next = AtomicU64::new(0);
    let lies: Mutex<Vec<(u64, String)>> = Mutex::default();
    let ends: Mutex<BTreeMap<String, u64>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |count| count.get().min(4)) {
            scope.spawn(|| {
                let mut mine: BTreeMap<String, u64> = BTreeMap::new();
                loop {
                    let seed = from + next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + runs {
                        break;
                    }
                    match tell(seed, false).1 {
                        Ok(end) => *mine.entry(end).or_default() += 1,
                        Err(lie) => {
                            lies.lock().unwrap_or_else(PoisonError::into_inner).push((seed, lie));
                        }
                    }
                }
                let mut ends = ends.lock().unwrap_or_else(PoisonError::into_inner);
                for (end, count) in mine {
                    *ends.entry(end).or_default() += count;
                }
            });
        }
    });
    let ends = ends.into_inner().unwrap();
    println!("{runs} schedules from seed {from}: {ends:#?}");
    let mut lies = lies.into_inner().unwrap();
    lies.sort();
    if let Some((seed, _)) = lies.first() {
        let others: Vec<String> =
            lies.iter().take(30).map(|(seed, lie)| format!("seed {seed}: {lie}")).collect();
        panic!("{}\n{} lies:\n{}", expose(*seed), lies.len(), others.join("\n"));
    }
    if runs >= RUNS {
        // Chaos that never gets anywhere would find nothing.
        for status in keyimport::import::Status::ALL {
            let found = ends.keys().any(|end| end.ends_with(&format!("{status:?}")));
            assert!(found, "no schedule ended as {status:?}");
        }
    }
}
