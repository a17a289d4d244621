//! The real engine on a virtual clock, at the end of a network that fails as the schedule says.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use fastrand::Rng;
use keyimport::client::Ports;
use keyimport::error::{Error, ErrorKind};
use keyimport::import::{self, Outcome, Status};
use keyimport::ports::{Clock as _, Delivery, SendError, Transport};
use keyimport::provider::{self, ImportJob};
use keyimport::report::Record;
use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::wire::{Request, Response};

use super::answers;
use super::course::{Arrival, Course, lost};
use super::plan::{Plan, Renewal};
use super::story::Story;
use super::truth::{self, Told, must};
use super::world::World;
use crate::doubles::{FakeClock, FakeCredentials, GRACE_PERIOD, block_on, received};
use crate::flow::{self, action, nonce};
use crate::services::{Identity, identities};

/// Runs the schedule of a seed and returns how it ended, or the lie that was told.
pub fn tell(seed: u64, story: &Story) -> Result<String, String> {
    let plan = Plan::draw(seed);
    story.line(|| format!("{plan:?}"));
    let mut jitter = Rng::with_seed(seed);
    let mut clock = FakeClock::with_jitter_of(move || jitter.f64());
    clock.set_jumps(&plan.jumps);
    if let Some(moment) = plan.stop_at {
        clock.stop_at(moment);
    }
    let world = Mutex::new(World::new(&plan, story, FakeClock::start()));
    let credentials = credentials(&plan);
    let mut network = Network { clock, world, credentials, begins: Duration::ZERO };
    let before = network.world().stored();
    let told = network.import()?;
    truth::hold(&network.world(), &told, &before)?;

    let before = network.world().stored();
    network.world().calm_down();
    network.clock.reset();
    network.begins = network.clock.now();
    let settled = network.import();
    settled
        .and_then(|settled| truth::hold(&network.world(), &settled, &before))
        .map_err(|lie| format!("run again: {lie}"))?;
    Ok(format!("{} {:?} {:?}", plan.cloud, plan.mode, told.status))
}

/// The cloud, the way there, and the credential that signs.
struct Network {
    clock: FakeClock,
    world: Mutex<World>,
    credentials: FakeCredentials,
    /// When the import began.
    begins: Duration,
}

impl Network {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Runs one import to its end and holds it to its limits.
    fn import(&self) -> Result<Told, String> {
        let plan = self.world().plan.clone();
        let cloud = provider::find(plan.cloud).unwrap();
        let mut job = flow::job(plan.cloud, plan.named);
        job.endpoint.aliyun_signature = plan.signature;
        let stamps = self.clock.nonces();
        job.client_token = format!("token-of-the-import-after-{stamps}");
        let ports = Ports { transport: self, clock: &self.clock, observer: &() };
        let run = import::run(plan.mode, cloud, &job, plan.limits, &self.credentials, ports);
        let outcome = block_on(run);
        let is_renewed = self.is_renewed();
        let mut world = self.world();
        world.story.line(|| format!("reported: {outcome:?}"));
        world.come_to_rest();
        world.tell_stored();
        let most = plan.limits.attempts + u32::from(is_renewed);
        must(world.imports <= most, "more imports than attempts")?;
        must(outcome.requests == world.requests, "the requests are miscounted")?;
        let stamps = self.clock.nonces() - stamps;
        must(stamps == world.requests, "a stamp was used twice, or none")?;
        let end = outcome.elapsed;
        must(end <= plan.limits.timeout, "past the deadline")?;
        let patience = plan.stop_at.map(|moment| moment + GRACE_PERIOD);
        must(patience.is_none_or(|patience| end <= patience), "past the user's patience")?;
        let is_skipped = outcome.status == Status::Skipped;
        let asked = plan.stop_at.is_some_and(|moment| moment <= end);
        must(!is_skipped || asked, "skipped although nobody asked to stop")?;
        Ok(told(plan.cloud, &job, &outcome))
    }

    fn is_renewed(&self) -> bool {
        self.credentials.renewals() > 0 && self.world().plan.renewal == Renewal::Newer
    }

    /// Notes what a request must not be: an import too late, a stamp that was used.
    fn watch(&self, world: &mut World, request: &Request, limit: Duration, is_import: bool) {
        if limit.is_zero() || limit > Duration::from_secs(15) {
            world.lie("a request may take no time, or too long");
        }
        if is_import && self.clock.is_stopped() {
            world.lie("an import was sent after the user asked to stop");
        }
        if self.clock.now() > world.plan.limits.timeout + self.begins {
            world.lie("a request was sent after the deadline");
        }
        let token = request.query.iter().find(|(name, _)| name == "ClientToken");
        let nonce = (world.plan.cloud == "aliyun").then(|| nonce(request));
        world.note(is_import, nonce.as_deref(), token.map(|(_, token)| token.as_str()));
    }

    /// Follows a request until its client hears something or gives up, and returns when that is and what it
    /// hears.
    fn follow(
        world: &mut World,
        (received, is_import): (RawRequest, bool),
        course: Course,
        given_up: Duration,
    ) -> (Duration, Option<Result<Response, SendError>>) {
        let ends = course.back.map_or(given_up, |back| back.min(given_up));
        let is_heard = course.back.is_some_and(|back| back <= given_up);
        let mut answer = None;
        match course.arrives {
            Arrival::At(at) if at <= ends => {
                answer = Some(world.arrive(&received, is_import, course.fault, at));
            }
            // Still under way when the client gives up. What a late look-up finds reaches nobody.
            Arrival::At(at) if is_import => world.arrive_late(received, ends, Some(at)),
            Arrival::Late if is_import => world.arrive_late(received, ends, None),
            Arrival::At(_) | Arrival::Late | Arrival::Never => {}
        }
        world.pass(ends);
        (ends, is_heard.then(|| course.reply.told(world, answer, ends)))
    }
}

#[async_trait::async_trait]
impl Transport for Network {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, SendError> {
        let is_import = action(request) == "import";
        let sent = self.clock.now();
        let is_renewed = self.is_renewed();
        let (ends, told) = {
            let mut world = self.world();
            let world = &mut *world;
            self.watch(world, request, limit, is_import);
            world.pass(sent);
            let course = world.course(is_import, sent, is_renewed);
            let fault = course.fault;
            let given_up = sent + limit;
            let given_up = self.clock.cancelled_at().map_or(given_up, |cut| cut.min(given_up));
            let sending = (received(request), is_import);
            let (ends, told) = Self::follow(world, sending, course, given_up);
            world.story.line(|| {
                let told = match &told {
                    Some(Ok(response)) => answers::shown(response),
                    Some(Err(lost)) => format!("{:?}, {}", lost.delivery, lost.reason),
                    None => "nothing: the client gives up".to_owned(),
                };
                format!("{sent:>9.3?} {} [{fault:?}] -> {ends:.3?} {told}", action(request))
            });
            (ends, told)
        };
        self.clock.advance(ends.saturating_sub(sent));
        match told {
            Some(told) => told,
            // The one who waits for the cut is polled next.
            None if self.clock.cancelled_at().is_some_and(|cut| cut <= ends) => {
                self.world().cut = true;
                std::future::pending().await
            }
            None => Err(lost(Delivery::Unknown, false, "no answer in time")),
        }
    }
}

/// The first credential of a schedule has a session token, or the one that its renewal brings.
fn credentials(plan: &Plan) -> FakeCredentials {
    let known = identities(plan.cloud).unwrap();
    let [first, second] = if plan.temporary {
        [known.temporary, known.owner]
    } else {
        [known.owner, known.temporary]
    }
    .map(|Identity { id, secret, token }| Credential::new(id, secret, token));
    let renewal = plan.renewal;
    FakeCredentials::renewed_by(first, move || {
        Some(match renewal {
            Renewal::Newer => Ok(Some(second.clone())),
            Renewal::Nothing => Ok(None),
            Renewal::Fails => Err(Error::new(ErrorKind::CredentialsInvalid, "no newer one")),
        })
    })
}

/// Reads an outcome as a user reads its record.
fn told(cloud: &'static str, job: &ImportJob, outcome: &Outcome) -> Told {
    let record = Record::new(cloud, job, outcome).line();
    Told {
        exit_code: Some(outcome.exit_code()),
        is_warned: !outcome.warnings.is_empty(),
        ..Told::read(&serde_json::from_str(&record).unwrap())
    }
}
