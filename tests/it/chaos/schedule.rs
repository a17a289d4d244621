//! A schedule: all that is drawn from the seed before the import begins.

use std::time::Duration;

use chrono::TimeDelta;
use fastrand::Rng;
use keyimport::client::Limits;
use keyimport::import::Mode;
use keyimport::provider::NameSource;

use super::times::TimeForm;
use crate::flow::CLOUDS;

/// Just below the time that the engine waits for lists to settle.
const LAG: Duration = Duration::from_millis(4900);

/// Long enough for every import without faults.
const LONG: Duration = Duration::from_secs(60);

/// What the region holds before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialState {
    Nothing,
    /// This key under this name.
    Same,
    /// This key under another name.
    SameElsewhere,
    /// Another key under this name.
    Other,
    /// Another key under this name, and this key under another one.
    OtherAndSameElsewhere,
    /// Two pairs of this name, one with this key. Only Baidu allows it.
    Both,
    /// As many pairs as fit.
    Full,
    /// As many pairs as fit, this key under this name among them.
    FullWithSame,
}

/// What may happen to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is refused, or not made in time, or can never be made.
    Refused,
    NotConnected,
    NeverConnected,
    /// The connection breaks before, or after, the cloud read the request.
    ResetBefore,
    ResetAfter,
    /// No answer comes; the cloud did not, or did, process the request.
    SilentBefore,
    SilentAfter,
    /// The client gives up, and the cloud processes the request later.
    Late,
    /// The same after a reset, which the client sees at once.
    LateAfterReset,
    /// A gateway's page or an empty body with 408 or 5xx.
    GatewayBefore,
    GatewayAfter,
    /// The cloud's own error code for a service that is not available now.
    UnavailableBefore,
    UnavailableAfter,
    /// The nonce was used, or the token is being worked on.
    RepeatedBefore,
    RepeatedAfter,
    /// The request is delivered twice, and the second answer comes back.
    Twice,
    /// The cloud limits the rate of requests.
    Throttled,
    /// The answer is cut off or does not end; the cloud processed the request.
    CutOff,
    /// A page or half a document with a 2xx, by a gateway before, or instead of, the cloud's.
    GarbageBefore,
    GarbageAfter,
    /// An import's answer names another key, another region or name, or shows an unknown fingerprint.
    WrongKey,
    WrongPlace,
    Unproved,
    /// The cloud stores another key than it was sent, and says so.
    Swapped,
    /// A firewall's page, or the cloud itself, refuses.
    Page,
    Denied,
}

impl Fault {
    const ALL: [Self; 26] = [
        Self::Refused,
        Self::NotConnected,
        Self::NeverConnected,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::SilentBefore,
        Self::SilentAfter,
        Self::Late,
        Self::LateAfterReset,
        Self::GatewayBefore,
        Self::GatewayAfter,
        Self::UnavailableBefore,
        Self::UnavailableAfter,
        Self::RepeatedBefore,
        Self::RepeatedAfter,
        Self::Twice,
        Self::Throttled,
        Self::CutOff,
        Self::GarbageBefore,
        Self::GarbageAfter,
        Self::WrongKey,
        Self::WrongPlace,
        Self::Unproved,
        Self::Swapped,
        Self::Page,
        Self::Denied,
    ];
}

/// What a renewal of the credential brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    Newer,
    Nothing,
    Fails,
}

/// A schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub seed: u64,
    pub cloud: &'static str,
    pub signature: Option<&'static str>,
    pub mode: Mode,
    pub name_source: NameSource,
    /// Whether the first credential has a session token.
    pub temporary: bool,
    pub initial: InitialState,
    /// How long before the import it was stored.
    pub initial_age: Duration,
    /// In which form lists show when a pair was stored.
    pub times: TimeForm,
    /// How far the cloud's clock is ahead of the true time, and whether its answers show it.
    pub server_skew: TimeDelta,
    pub has_date: bool,
    pub limits: Limits,
    /// The faults of this schedule, and how often an import and a look-up have one.
    pub faults: Vec<Fault>,
    /// The faults of connections, where there are any.
    pub connection_faults: Vec<Fault>,
    pub import_rate: f64,
    pub look_rate: f64,
    /// The longest time that a request, and that its answer, is under way, in milliseconds.
    pub latency: u64,
    /// The longest time that a request or its answer is under way, or the whole run where it is not known.
    pub longest_way: Duration,
    /// How long after its client gave a request up it may still be stored, and shown by lists.
    pub longest_lag: Duration,
    /// How long a list lags at most, and how often a list is an old one while it does.
    pub lag: Duration,
    pub stale_rate: f64,
    pub stop_at: Option<Duration>,
    pub jumps: Vec<(Duration, TimeDelta)>,
    pub expires_at: Option<Duration>,
    pub renewal: Renewal,
    /// From when on look-ups are denied.
    pub denied_from: Option<Duration>,
    /// When another client stores a key under this name, and whether it is this key.
    pub other_client: Option<(Duration, bool)>,
}

pub fn chance(rng: &mut Rng, rate: f64) -> bool {
    rng.f64() < rate
}

pub fn one<T: Copy>(rng: &mut Rng, of: &[T]) -> T {
    of[rng.usize(0..of.len())]
}

fn moment(rng: &mut Rng) -> Duration {
    // Most of what matters happens early.
    let most = one(rng, &[500, 3000, 20_000, 60_000]);
    Duration::from_millis(rng.u64(0..most))
}

fn initial(rng: &mut Rng, cloud: &str) -> InitialState {
    match rng.u32(0..100) {
        45..60 => InitialState::Same,
        60..72 => InitialState::SameElsewhere,
        72..84 => InitialState::Other,
        84..92 => InitialState::OtherAndSameElsewhere,
        92..95 if cloud == "baidu" => InitialState::Both,
        95..97 => InitialState::Full,
        97 => InitialState::FullWithSame,
        _ => InitialState::Nothing,
    }
}

fn limits(rng: &mut Rng) -> Limits {
    let timeout = match rng.u32(0..10) {
        0..5 => 60_000,
        5..9 => rng.u64(200..25_000),
        _ => 300_000,
    };
    let attempts = if rng.bool() { 5 } else { rng.u32(1..=8) };
    Limits { timeout: Duration::from_millis(timeout), attempts }
}

fn jumps(rng: &mut Rng) -> Vec<(Duration, TimeDelta)> {
    if !chance(rng, 0.08) {
        return Vec::new();
    }
    let jump = TimeDelta::minutes(one(rng, &[-600, -20, -2, 2, 20, 600]));
    let mut jumps = vec![(moment(rng), jump)];
    if rng.bool() {
        jumps.push((moment(rng), TimeDelta::zero()));
    }
    jumps.sort();
    jumps
}

impl Schedule {
    /// Draws the schedule of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ 0x006b_6579_696d_706f);
        let cloud = one(&mut rng, &CLOUDS);
        Self::of_cloud(cloud, seed, &mut rng)
    }

    /// Draws the schedule of a region of a cloud.
    pub fn of_cloud(cloud: &'static str, seed: u64, rng: &mut Rng) -> Self {
        let mode = match rng.u32(0..10) {
            0 => Mode::DryRun,
            1 => Mode::Check,
            _ => Mode::Import,
        };
        let signatures = [None, Some("rpc"), Some("acs3")];
        let ages = [
            rng.u64(0..8000),
            rng.u64(8000..90_000),
            rng.u64(90_000..240_000),
            rng.u64(240_000..100_000_000),
            40_000_000_000,
        ];
        let latency = one(rng, &[0, 50, 400, 2500]);
        let is_skewed = chance(rng, 0.4);
        let kinds = rng.usize(1..=6);
        let lags = chance(rng, 0.6);
        let mut schedule = Self {
            seed,
            cloud,
            signature: one(rng, &signatures),
            mode,
            name_source: if rng.bool() { NameSource::Given } else { NameSource::Derived },
            temporary: rng.bool(),
            initial: initial(rng, cloud),
            initial_age: Duration::from_millis(one(rng, &ages)),
            times: if rng.bool() { TimeForm::Documented } else { one(rng, &TimeForm::ALL) },
            server_skew: TimeDelta::milliseconds(if is_skewed {
                // Tencent's clock refuses what is five minutes off.
                rng.i64(-600_000..600_000) / if cloud == "tencent" { 3 } else { 1 }
            } else {
                0
            }),
            has_date: chance(rng, 0.9),
            limits: limits(rng),
            faults: rng.choose_multiple(Fault::ALL, kinds),
            connection_faults: Vec::new(),
            import_rate: one(rng, &[0.15, 0.4, 0.7, 0.95]),
            look_rate: one(rng, &[0.0, 0.1, 0.3, 0.6]),
            latency,
            longest_way: Duration::from_millis(latency),
            longest_lag: LAG,
            lag: if lags { LAG.mul_f64(one(rng, &[0.1, 0.5, 1.0, 1.0])) } else { Duration::ZERO },
            stale_rate: one(rng, &[0.3, 0.8, 1.0]),
            stop_at: chance(rng, 0.12).then(|| moment(rng)),
            jumps: jumps(rng),
            expires_at: chance(rng, 0.12).then(|| moment(rng)),
            renewal: one(rng, &[Renewal::Newer, Renewal::Nothing, Renewal::Fails]),
            denied_from: chance(rng, 0.08).then(|| moment(rng)),
            other_client: chance(rng, 0.06).then(|| (moment(rng), rng.bool())),
        };
        if chance(rng, 0.05) {
            schedule.disable_faults();
        }
        schedule
    }

    /// Makes it a schedule without faults.
    pub fn disable_faults(&mut self) {
        self.faults.clear();
        self.connection_faults.clear();
        self.jumps.clear();
        self.lag = Duration::ZERO;
        (self.stop_at, self.expires_at, self.denied_from, self.other_client) =
            (None, None, None, None);
        self.limits = Limits { timeout: LONG, attempts: 5 };
    }

    /// Tells whether this schedule has no faults.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.connection_faults.is_empty() && self.limits.timeout >= LONG
    }
}
