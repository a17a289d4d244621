//! The clouds of a schedule on loopback: its deliveries, on real connections.

use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::DateTime;
use keyimport::wire::Response;

use super::run_schedule::RunSchedule;
use crate::chaos::answers;
use crate::chaos::cloud_state::CloudState;
use crate::chaos::delivery::{Arrival, PlannedDelivery};
use crate::chaos::log::Log;
use crate::chaos::schedule::{Fault, one};
use crate::fake_cloud::{Certificate, Connect, FakeCloud, Reply, Seen, Tls, cloud_of};

/// The clouds of a run, until this value is dropped.
pub struct Clouds {
    pub server: FakeCloud,
    states: Arc<CloudStates>,
}

struct CloudStates {
    started: Instant,
    of: Vec<Mutex<CloudState>>,
}

impl Clouds {
    pub fn start(schedule: &RunSchedule, log: &Log) -> Self {
        let now = DateTime::from(SystemTime::now());
        let of =
            schedule.targets.iter().map(|target| Mutex::new(CloudState::new(target, log, now)));
        let states = Arc::new(CloudStates { started: Instant::now(), of: of.collect() });
        let tls = schedule.is_tls.then(|| {
            let states = Arc::clone(&states);
            Tls::new().on_connect(move |host| states.connect(host))
        });
        let shared = Arc::clone(&states);
        let server = FakeCloud::start(tls, move |seen| CloudStates::exchange(&shared, seen));
        Self { server, states }
    }

    /// Returns the flags that name the addresses of the clouds, if these are not met under their own names.
    pub fn endpoints(&self) -> Vec<String> {
        if self.server.ca().is_some() {
            return Vec::new();
        }
        let clouds = self.states.of.iter().map(|state| state.lock().unwrap().schedule.cloud);
        clouds.flat_map(|cloud| self.server.endpoint(cloud)).collect()
    }

    /// Returns the state of a cloud.
    pub fn state(&self, cloud: &str) -> MutexGuard<'_, CloudState> {
        self.states.of_cloud(cloud)
    }

    /// Returns the time since the start.
    pub fn now(&self) -> Duration {
        self.states.started.elapsed()
    }
}

impl CloudStates {
    fn of_cloud(&self, cloud: &str) -> MutexGuard<'_, CloudState> {
        let states = self.of.iter().map(|state| state.lock().unwrap());
        states.into_iter().find(|state| state.schedule.cloud == cloud).unwrap()
    }

    fn state(&self, host: &str) -> MutexGuard<'_, CloudState> {
        self.of_cloud(cloud_of(host))
    }

    /// Says what the proxy does with a client that wants to be connected to a host.
    fn connect(&self, host: &str) -> Connect {
        let mut state = self.state(host);
        let (fault, is_other) = (state.connection(), state.rng.bool());
        match fault {
            Some(Fault::Refused) if is_other => Connect::Close,
            Some(Fault::Refused) => {
                Connect::Refuse(Response { status: 503, headers: Vec::new(), body: Vec::new() })
            }
            Some(Fault::NotConnected) => {
                state.may_have_left |= state.requests > 0 || state.schedule.stop_at.is_some();
                Connect::Silence
            }
            Some(Fault::NeverConnected) if is_other => Connect::To(Certificate::Expired),
            Some(Fault::NeverConnected) => Connect::To(Certificate::OtherName),
            _ => Connect::To(Certificate::Good),
        }
    }

    /// Delivers a request as its schedule says.
    fn exchange(states: &Arc<Self>, seen: &Seen) -> Reply {
        let sent = states.started.elapsed();
        let is_import = seen.is_import();
        let delivery = {
            let mut state = states.state(&seen.host);
            state.pass(sent);
            state.note(is_import, seen.raw("SignatureNonce"), seen.raw("ClientToken"));
            state.delivery(is_import, sent, false)
        };
        let mut answer = None;
        if let Arrival::At(moment) = delivery.arrives {
            states.wait_for(moment);
            let now = states.started.elapsed();
            let mut state = states.state(&seen.host);
            answer = Some(state.arrive(&seen.received(), is_import, delivery.fault, now));
        }
        let Some(back) = delivery.back else {
            // Nothing, or as little as possible, until the client gives up.
            let is_dripping = states.state(&seen.host).rng.bool();
            let (states, seen) = (Arc::clone(states), seen.clone());
            let silence = if is_dripping { Reply::Drip } else { Reply::Silence };
            return silence.then(move || {
                let _ = states.reply(&seen, (sent, is_import), delivery, answer);
            });
        };
        states.wait_for(back);
        states.reply(&seen.clone(), (sent, is_import), delivery, answer).unwrap_or_else(|| {
            let way = one(&mut states.state(&seen.host).rng, &Broken::ALL);
            way.reply()
        })
    }

    /// Ends an exchange, and returns what the client gets, if it gets anything.
    fn reply(
        &self,
        seen: &Seen,
        (sent, is_import): (Duration, bool),
        delivery: PlannedDelivery,
        answer: Option<Response>,
    ) -> Option<Reply> {
        let PlannedDelivery { fault, arrives, reply, .. } = delivery;
        let now = self.started.elapsed();
        let mut state = self.state(&seen.host);
        if is_import && matches!(arrives, Arrival::Late) {
            state.arrive_late(seen.received(), now, None);
        }
        let response = reply.response(&state, answer, now);
        state.log.line(|| {
            let what = if is_import { "import" } else { "look" };
            let shown = response.as_ref().map_or_else(|_| "nothing".to_owned(), answers::shown);
            let cloud = state.schedule.cloud;
            format!("{sent:>9.3?} {cloud} {what} [{fault:?}] -> {now:.3?} {shown}")
        });
        response.ok().map(Reply::Response)
    }

    fn wait_for(&self, moment: Duration) {
        thread::sleep(moment.saturating_sub(self.started.elapsed()));
    }
}

/// How an answer fails to come.
#[derive(Clone, Copy)]
enum Broken {
    Closed,
    Reset,
    InTheHead,
    InTheBody,
    NoHttp,
    BadChunk,
    Endless,
}

impl Broken {
    const ALL: [Self; 7] = [
        Self::Closed,
        Self::Reset,
        Self::InTheHead,
        Self::InTheBody,
        Self::NoHttp,
        Self::BadChunk,
        Self::Endless,
    ];

    fn reply(self) -> Reply {
        let page = Response { status: 200, headers: Vec::new(), body: vec![b' '; 300] };
        match self {
            Self::Closed => Reply::Cut(Vec::new()),
            Self::Reset => Reply::Reset,
            Self::InTheHead => Reply::cut_at(&page, 12),
            Self::InTheBody => Reply::cut_at(&page, 200),
            Self::NoHttp => Reply::Cut(Reply::NO_HTTP.to_vec()),
            Self::BadChunk => Reply::Cut(Reply::BAD_CHUNK.to_vec()),
            Self::Endless => Reply::Endless,
        }
    }
}
