//! The real engine on a fake clock, with a network that fails as the schedule says.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use fastrand::Rng;
use keyimport::error::{Error, ErrorKind};
use keyimport::import::{self, Outcome, Status};
use keyimport::ports::{Clock as _, Delivery, Ports, SendError, Transport};
use keyimport::provider::{self, ImportJob};
use keyimport::report::{Format, Row, exit};
use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::wire::{Request, Response};

use super::answers;
use super::cloud_state::CloudState;
use super::delivery::{Arrival, PlannedDelivery, lost};
use super::log::Log;
use super::oracle::{self, Report, require};
use super::schedule::{Renewal, Schedule};
use crate::doubles::{FakeClock, FakeCredentials, GRACE_PERIOD, NoObserver, block_on, received};
use crate::flow::{self, action, nonce};
use crate::services::{Identity, identities};

/// Runs the schedule of a seed and returns how it ended, or the violation.
pub fn run_seed(seed: u64, log: &Log) -> Result<String, String> {
    let schedule = Schedule::draw(seed);
    log.line(|| format!("{schedule:?}"));
    let mut jitter = Rng::with_seed(seed);
    let mut clock = FakeClock::with_jitter_of(move || jitter.f64());
    clock.set_jumps(&schedule.jumps);
    if let Some(moment) = schedule.stop_at {
        clock.stop_at(moment);
    }
    let state = Mutex::new(CloudState::new(&schedule, log, FakeClock::start()));
    let credentials = credentials(&schedule);
    let mut network = Network { clock, state, credentials, begins: Duration::ZERO };
    let before = network.state().stored();
    let report = network.import()?;
    oracle::check(&network.state(), &report, &before)?;

    let before = network.state().stored();
    network.state().disable_faults();
    network.clock.reset();
    network.begins = network.clock.now();
    let again = network.import();
    again
        .and_then(|report| oracle::check(&network.state(), &report, &before))
        .map_err(|violation| format!("run again: {violation}"))?;
    let is_undecided = report.status == Status::AlreadyPresent && report.changed.is_none();
    let undecided = if is_undecided { "undecided " } else { "" };
    Ok(format!("{} {:?} {undecided}{:?}", schedule.cloud, schedule.mode, report.status))
}

/// The cloud, the network in front of it, and the credential that signs.
struct Network {
    clock: FakeClock,
    state: Mutex<CloudState>,
    credentials: FakeCredentials,
    /// When the import began, by the clock.
    begins: Duration,
}

impl Network {
    fn state(&self) -> MutexGuard<'_, CloudState> {
        self.state.lock().unwrap()
    }

    /// Runs one import to its end and checks that it kept its limits.
    fn import(&self) -> Result<Report, String> {
        let schedule = self.state().schedule.clone();
        let cloud = provider::find(schedule.cloud).unwrap();
        let mut job = flow::job(schedule.cloud, schedule.name_source);
        job.endpoint.signature = schedule.signature;
        let nonces = self.clock.nonces();
        job.client_token = format!("token-of-the-import-after-{nonces}");
        let ports = Ports { transport: self, clock: &self.clock, observer: &NoObserver };
        let run =
            import::run(schedule.mode, cloud, &job, schedule.limits, &self.credentials, ports);
        let outcome = block_on(run);
        let is_renewed = self.is_renewed();
        let mut state = self.state();
        state.log.line(|| format!("reported: {outcome:?}"));
        state.drain();
        state.log_stored();
        let most = schedule.limits.attempts + u32::from(is_renewed);
        require(state.imports <= most, "more imports than attempts")?;
        require(outcome.requests == state.requests, "the requests are miscounted")?;
        let nonces = self.clock.nonces() - nonces;
        require(nonces == state.requests, "a nonce was used twice, or none")?;
        let end = outcome.elapsed;
        require(end <= schedule.limits.timeout, "past the deadline")?;
        let most = schedule.stop_at.map(|moment| moment + GRACE_PERIOD);
        require(most.is_none_or(|most| end <= most), "past the grace period")?;
        let is_skipped = outcome.status == Status::Skipped;
        let asked = schedule.stop_at.is_some_and(|moment| moment <= end);
        require(!is_skipped || asked, "skipped although nobody asked to stop")?;
        Ok(report(schedule.cloud, &job, &outcome))
    }

    fn is_renewed(&self) -> bool {
        self.credentials.renewals() > 0 && self.state().schedule.renewal == Renewal::Newer
    }

    /// Notes a request and what is wrong with it: an import too late, a nonce that was used.
    fn watch(&self, state: &mut CloudState, request: &Request, limit: Duration, is_import: bool) {
        if limit.is_zero() || limit > Duration::from_secs(15) {
            state.violation("a request may take no time, or too long");
        }
        if is_import && self.clock.is_stopped() {
            state.violation("an import was sent after the user asked to stop");
        }
        if self.clock.now() > state.schedule.limits.timeout + self.begins {
            state.violation("a request was sent after the deadline");
        }
        let token = request.query.iter().find(|(name, _)| name == "ClientToken");
        let nonce = (state.schedule.cloud == "aliyun").then(|| nonce(request));
        state.note(is_import, nonce.as_deref(), token.map(|(_, token)| token.as_str()));
    }

    /// Follows a request until its client gets something or gives up; returns when that is, and what it gets.
    fn follow(
        state: &mut CloudState,
        (received, is_import): (RawRequest, bool),
        delivery: PlannedDelivery,
        given_up: Duration,
    ) -> (Duration, Option<Result<Response, SendError>>) {
        let ends = delivery.back.map_or(given_up, |back| back.min(given_up));
        let is_answered = delivery.back.is_some_and(|back| back <= given_up);
        let mut answer = None;
        match delivery.arrives {
            Arrival::At(at) if at <= ends => {
                answer = Some(state.arrive(&received, is_import, delivery.fault, at));
            }
            // Still under way when the client gives up. The result of a late look-up reaches nobody.
            Arrival::At(at) if is_import => state.arrive_late(received, ends, Some(at)),
            Arrival::Late if is_import => state.arrive_late(received, ends, None),
            Arrival::At(_) | Arrival::Late | Arrival::Never => {}
        }
        state.pass(ends);
        (ends, is_answered.then(|| delivery.reply.response(state, answer, ends)))
    }
}

#[async_trait::async_trait]
impl Transport for Network {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, SendError> {
        let is_import = action(request) == "import";
        let sent = self.clock.now();
        let is_renewed = self.is_renewed();
        let (ends, response) = {
            let mut state = self.state();
            let state = &mut *state;
            self.watch(state, request, limit, is_import);
            state.pass(sent);
            let delivery = state.delivery(is_import, sent, is_renewed);
            let fault = delivery.fault;
            let given_up = sent + limit;
            let given_up = self.clock.cancelled_at().map_or(given_up, |cut| cut.min(given_up));
            let sending = (received(request), is_import);
            let (ends, response) = Self::follow(state, sending, delivery, given_up);
            state.log.line(|| {
                let shown = match &response {
                    Some(Ok(response)) => answers::shown(response),
                    Some(Err(lost)) => format!("{:?}, {}", lost.delivery, lost.reason),
                    None => "nothing: the client gives up".to_owned(),
                };
                format!("{sent:>9.3?} {} [{fault:?}] -> {ends:.3?} {shown}", action(request))
            });
            (ends, response)
        };
        self.clock.advance(ends.saturating_sub(sent));
        match response {
            Some(response) => response,
            // The engine polls the cancellation next.
            None if self.clock.cancelled_at().is_some_and(|cut| cut <= ends) => {
                self.state().cut = true;
                std::future::pending().await
            }
            None => Err(lost(Delivery::Unknown, false, "no answer in time")),
        }
    }
}

/// The first credential of a schedule has a session token, or the one that its renewal brings.
fn credentials(schedule: &Schedule) -> FakeCredentials {
    let known = identities(schedule.cloud).unwrap();
    let [first, second] = if schedule.temporary {
        [known.temporary, known.owner]
    } else {
        [known.owner, known.temporary]
    }
    .map(|Identity { id, secret, token }| Credential::new(id, secret, token));
    let renewal = schedule.renewal;
    FakeCredentials::renewed_by(first, move || {
        Some(match renewal {
            Renewal::Newer => Ok(Some(second.clone())),
            Renewal::Nothing => Ok(None),
            Renewal::Fails => Err(Error::new(ErrorKind::CredentialsInvalid, "no newer one")),
        })
    })
}

/// Reads an outcome as a user reads its record.
fn report(cloud: &'static str, job: &ImportJob, outcome: &Outcome) -> Report {
    let record = Format::Jsonl.each(Row { provider: cloud, job, outcome }).unwrap();
    Report {
        exit_code: Some(exit::of_target(outcome)),
        is_warned: !outcome.warnings.is_empty(),
        ..Report::read(&serde_json::from_str(&record).unwrap())
    }
}
