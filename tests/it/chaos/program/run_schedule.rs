//! The schedule of a whole run: a schedule for each of its clouds, in times that a test can wait for.

use std::time::Duration;

use fastrand::Rng;
use keyimport::client::Limits;
use keyimport::import::Mode;
use keyimport::provider::NameSource;

use crate::chaos::schedule::{Fault, Schedule, chance, one};
use crate::flow::{CLOUDS, NAME, region};

/// Far enough below the time that the engine waits for lists to settle, on a busy machine too.
const LAG: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct RunSchedule {
    pub targets: Vec<Schedule>,
    /// Whether the clouds are met under their own names, by TLS and a proxy.
    pub is_tls: bool,
    pub is_fail_fast: bool,
    pub is_traced: bool,
    pub jobs: u32,
    pub output: &'static str,
    /// When the user presses Ctrl-C, from the first request on.
    pub stop_at: Option<Duration>,
}

impl RunSchedule {
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ 0x0070_726f_6772_616d);
        let rng = &mut rng;
        let count = rng.usize(1..=CLOUDS.len());
        let mut clouds = rng.choose_multiple(CLOUDS, count);
        clouds.sort_unstable();
        let targets = clouds.into_iter().map(|cloud| Schedule::of_cloud(cloud, rng.u64(..), rng));
        let mut schedule = Self {
            targets: targets.collect(),
            is_tls: rng.bool(),
            is_fail_fast: chance(rng, 0.2),
            is_traced: chance(rng, 0.3),
            jobs: one(rng, &[1, 64]),
            output: one(rng, &["json", "jsonl"]),
            stop_at: chance(rng, 0.2).then(|| Duration::from_millis(rng.u64(0..2500))),
        };
        let mut shared = schedule.targets[0].clone();
        let longest = if schedule.jobs == 1 { 3000 } else { one(rng, &[3000, 9000]) };
        shared.limits = Limits {
            timeout: Duration::from_millis(rng.u64(1000..longest)),
            attempts: rng.u32(1..=4),
        };
        for target in &mut schedule.targets {
            target.share(&shared);
            target.limit_to_seconds(rng);
            target.connect(schedule.is_tls);
            target.stop_at = schedule.stop_at;
        }
        schedule
    }

    /// Returns the arguments of the program.
    pub fn arguments(&self, endpoints: &[String]) -> Vec<String> {
        let target = &self.targets[0];
        let mut words: Vec<String> = Vec::new();
        let mut say = |flag: &str, value: &str| words.extend([flag.to_owned(), value.to_owned()]);
        for target in &self.targets {
            say("--to", &format!("{}/{}", target.cloud, region(target.cloud)));
        }
        say("-o", self.output);
        say("-j", &self.jobs.to_string());
        say("--attempts", &target.limits.attempts.to_string());
        say("--timeout", &format!("{}ms", target.limits.timeout.as_millis()));
        say("--connect-timeout", "500ms");
        if target.name_source == NameSource::Given {
            say("--name", NAME);
        }
        if self.targets.iter().any(|target| target.cloud == "aliyun") {
            say("--aliyun-signature", target.signature.unwrap_or("auto"));
        }
        words.extend(match target.mode {
            Mode::Import => None,
            Mode::DryRun => Some("--dry-run".to_owned()),
            Mode::Check => Some("--check".to_owned()),
        });
        words.extend(self.is_fail_fast.then(|| "--fail-fast".to_owned()));
        words.extend(self.is_traced.then(|| "-vv".to_owned()));
        words.extend_from_slice(endpoints);
        words.push(format!("{NAME}.pub"));
        words
    }

    /// Ends all faults.
    pub fn disable_faults(&mut self) {
        self.stop_at = None;
        self.is_fail_fast = false;
        self.targets.iter_mut().for_each(Schedule::disable_faults);
    }
}

impl Schedule {
    /// Takes over what all targets of a run share.
    fn share(&mut self, other: &Self) {
        self.mode = other.mode;
        self.name_source = other.name_source;
        self.signature = other.signature;
        self.temporary = other.temporary;
        self.limits = other.limits;
    }

    /// Makes it a schedule of seconds, without clock jumps.
    fn limit_to_seconds(&mut self, rng: &mut Rng) {
        self.jumps.clear();
        self.expires_at = None;
        self.latency = one(rng, &[0, 5, 40]);
        self.longest_lag = LAG;
        // A busy machine may take any time: as long as the run took.
        self.longest_way = Duration::MAX;
        self.lag = self.lag.min(LAG);
        let soon = |moment: Duration| moment / 8;
        self.denied_from = self.denied_from.map(soon);
        self.other_client = self.other_client.map(|(moment, same)| (soon(moment), same));
    }

    /// Keeps the faults of connections apart from those of requests.
    fn connect(&mut self, is_tls: bool) {
        let of_connections = [Fault::Refused, Fault::NotConnected, Fault::NeverConnected];
        let (connection, request) =
            self.faults.iter().partition(|fault| of_connections.contains(fault));
        self.faults = request;
        if is_tls {
            self.connection_faults = connection;
        } else if !Vec::is_empty(&connection) && self.faults.is_empty() {
            self.faults = vec![Fault::ResetBefore];
        }
    }
}
