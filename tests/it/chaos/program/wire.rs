//! The clouds of a schedule on loopback: what a plan says of a request, done to a real connection.

use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::DateTime;
use keyimport::wire::Response;

use super::schedule::Schedule;
use crate::chaos::answers;
use crate::chaos::course::{Arrival, Course};
use crate::chaos::plan::{ErrorResponse, one};
use crate::chaos::story::Story;
use crate::chaos::world::World;
use crate::fake_cloud::{Certificate, Connect, FakeCloud, Reply, Seen, Tls, cloud_of};

/// The clouds of a run, until this value is dropped.
pub struct Clouds {
    pub server: FakeCloud,
    worlds: Arc<Worlds>,
}

struct Worlds {
    started: Instant,
    of: Vec<Mutex<World>>,
}

impl Clouds {
    pub fn start(schedule: &Schedule, story: &Story) -> Self {
        let now = DateTime::from(SystemTime::now());
        let of = schedule.plans.iter().map(|plan| Mutex::new(World::new(plan, story, now)));
        let worlds = Arc::new(Worlds { started: Instant::now(), of: of.collect() });
        let tls = schedule.is_tls.then(|| {
            let worlds = Arc::clone(&worlds);
            Tls::new().on_connect(move |host| worlds.connect(host))
        });
        let shared = Arc::clone(&worlds);
        let server = FakeCloud::start(tls, move |seen| Worlds::exchange(&shared, seen));
        Self { server, worlds }
    }

    /// Returns the flags that name the addresses of the clouds, if these are not met under their own names.
    pub fn endpoints(&self) -> Vec<String> {
        if self.server.ca().is_some() {
            return Vec::new();
        }
        let clouds = self.worlds.of.iter().map(|world| world.lock().unwrap().plan.cloud);
        clouds.flat_map(|cloud| self.server.endpoint(cloud)).collect()
    }

    /// Returns the world of a cloud.
    pub fn world(&self, cloud: &str) -> MutexGuard<'_, World> {
        self.worlds.of_cloud(cloud)
    }

    /// Returns the time since the start.
    pub fn now(&self) -> Duration {
        self.worlds.started.elapsed()
    }
}

impl Worlds {
    fn of_cloud(&self, cloud: &str) -> MutexGuard<'_, World> {
        let worlds = self.of.iter().map(|world| world.lock().unwrap());
        worlds.into_iter().find(|world| world.plan.cloud == cloud).unwrap()
    }

    fn world(&self, host: &str) -> MutexGuard<'_, World> {
        self.of_cloud(cloud_of(host))
    }

    /// Says what the proxy does with a client that wants to be connected to a host.
    fn connect(&self, host: &str) -> Connect {
        let mut world = self.world(host);
        let (fault, is_other) = (world.connection(), world.rng.bool());
        match fault {
            Some(ErrorResponse::Refused) if is_other => Connect::Close,
            Some(ErrorResponse::Refused) => {
                Connect::Refuse(Response { status: 503, headers: Vec::new(), body: Vec::new() })
            }
            Some(ErrorResponse::NotConnected) => {
                world.hazy |= world.requests > 0 || world.plan.stop_at.is_some();
                Connect::Silence
            }
            Some(ErrorResponse::NeverConnected) if is_other => Connect::To(Certificate::Expired),
            Some(ErrorResponse::NeverConnected) => Connect::To(Certificate::OtherName),
            _ => Connect::To(Certificate::Good),
        }
    }

    /// Does to a request what the plan says.
    fn exchange(worlds: &Arc<Self>, seen: &Seen) -> Reply {
        let sent = worlds.started.elapsed();
        let is_import = seen.is_import();
        let course = {
            let mut world = worlds.world(&seen.host);
            world.pass(sent);
            world.note(is_import, seen.raw("SignatureNonce"), seen.raw("ClientToken"));
            world.course(is_import, sent, false)
        };
        let mut answer = None;
        if let Arrival::At(moment) = course.arrives {
            worlds.wait_for(moment);
            let now = worlds.started.elapsed();
            let mut world = worlds.world(&seen.host);
            answer = Some(world.arrive(&seen.received(), is_import, course.fault, now));
        }
        let Some(back) = course.back else {
            // Nothing, or as little as possible, until the client has had enough.
            let is_dripping = worlds.world(&seen.host).rng.bool();
            let (worlds, seen) = (Arc::clone(worlds), seen.clone());
            let silence = if is_dripping { Reply::Drip } else { Reply::Silence };
            return silence.then(move || {
                let _ = worlds.reply(&seen, (sent, is_import), course, answer);
            });
        };
        worlds.wait_for(back);
        worlds.reply(&seen.clone(), (sent, is_import), course, answer).unwrap_or_else(|| {
            let way = one(&mut worlds.world(&seen.host).rng, &Broken::ALL);
            way.reply()
        })
    }

    /// Ends an exchange, and returns what the client hears, if it hears anything.
    fn reply(
        &self,
        seen: &Seen,
        (sent, is_import): (Duration, bool),
        course: Course,
        answer: Option<Response>,
    ) -> Option<Reply> {
        let Course { fault, arrives, reply, .. } = course;
        let now = self.started.elapsed();
        let mut world = self.world(&seen.host);
        if is_import && matches!(arrives, Arrival::Late) {
            world.arrive_late(seen.received(), now, None);
        }
        let told = reply.told(&world, answer, now);
        world.story.line(|| {
            let what = if is_import { "import" } else { "look" };
            let told = told.as_ref().map_or_else(|_| "nothing".to_owned(), answers::shown);
            let cloud = world.plan.cloud;
            format!("{sent:>9.3?} {cloud} {what} [{fault:?}] -> {now:.3?} {told}")
        });
        told.ok().map(Reply::Response)
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
