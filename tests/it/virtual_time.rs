//! A clock on which time passes only while somebody sleeps or a request takes its time, and a runner that
//! needs no runtime: nothing here ever waits for the real world.

use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::ports::Clock;

/// How long a run may still take once it was asked to stop, as the real clock has it.
pub const GRACE_PERIOD: Duration = Duration::from_secs(3);

/// Polls a future to its end. What is still not ready after very many polls waits for something that
/// never comes.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the import hangs");
}

/// Time, chance and the user's patience, all of them by plan.
pub struct VirtualClock {
    now: Mutex<Duration>,
    stop_at: Mutex<Option<Duration>>,
    /// From which moment on the time of day is wrong, and by how much.
    pub jumps: Vec<(Duration, TimeDelta)>,
    chance: Mutex<fastrand::Rng>,
    /// What every draw of chance is; drawn from a seed if it is not set.
    pub jitter: Option<f64>,
    slept: Mutex<Vec<Duration>>,
    drawn: AtomicU64,
    stamped: AtomicU32,
}

impl VirtualClock {
    pub fn new(seed: u64) -> Self {
        Self {
            now: Mutex::default(),
            stop_at: Mutex::default(),
            jumps: Vec::new(),
            chance: Mutex::new(fastrand::Rng::with_seed(seed)),
            jitter: None,
            slept: Mutex::default(),
            drawn: AtomicU64::new(0),
            stamped: AtomicU32::new(0),
        }
    }

    /// When every such clock starts.
    pub fn start() -> DateTime<Utc> {
        "2026-01-15T08:09:10Z".parse().unwrap()
    }

    /// The time of day by the clouds' clock, which never jumps.
    pub fn true_time(&self) -> DateTime<Utc> {
        Self::start() + TimeDelta::from_std(self.now()).unwrap()
    }

    pub fn advance(&self, step: Duration) {
        *self.now.lock().unwrap() += step;
    }

    /// Makes the user ask to stop at a moment.
    pub fn stop_at(&self, moment: Duration) {
        *self.stop_at.lock().unwrap() = Some(moment);
    }

    /// Puts the time of day right, and lets the user be patient.
    pub fn calm_down(&mut self) {
        self.jumps.clear();
        *self.stop_at.get_mut().unwrap() = None;
    }

    /// Returns when the user has asked to stop, if that moment has come.
    pub fn asked_to_stop(&self) -> Option<Duration> {
        self.stop_at.lock().unwrap().filter(|moment| *moment <= self.now())
    }

    /// Returns the moment at which waiting for an answer ends if the user has asked, or will ask, to stop.
    pub fn cut_at(&self) -> Option<Duration> {
        self.stop_at.lock().unwrap().map(|moment| moment + GRACE_PERIOD)
    }

    /// Returns every pause as it was asked for.
    pub fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }

    /// Returns how many nonces were drawn.
    pub fn nonces(&self) -> u32 {
        self.stamped.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn time(&self) -> DateTime<Utc> {
        let now = self.now();
        let jump = self.jumps.iter().rev().find(|(from, _)| *from <= now);
        self.true_time() + jump.map_or(TimeDelta::zero(), |(_, jump)| *jump)
    }

    fn nonce(&self) -> String {
        self.stamped.fetch_add(1, Ordering::SeqCst);
        format!("{:032x}", self.drawn.fetch_add(1, Ordering::SeqCst))
    }

    fn jitter(&self) -> f64 {
        self.jitter.unwrap_or_else(|| self.chance.lock().unwrap().f64())
    }

    async fn sleep(&self, pause: Duration) {
        self.slept.lock().unwrap().push(pause);
        let (begin, end) = (self.now(), self.now() + pause);
        let stop = self.stop_at.lock().unwrap().filter(|stop| *stop > begin && *stop < end);
        *self.now.lock().unwrap() = stop.unwrap_or(end);
        tokio::task::yield_now().await;
    }

    fn shutdown_deadline(&self) -> Option<Duration> {
        self.asked_to_stop().map(|moment| moment + GRACE_PERIOD)
    }

    async fn cancelled(&self) {
        while self.shutdown_deadline().is_none_or(|by| self.now() < by) {
            tokio::task::yield_now().await;
        }
    }
}
