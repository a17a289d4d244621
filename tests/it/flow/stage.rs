//! One import against a cloud that answers by script, on a fake clock, and a reading of what was sent.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use keyimport::client::{Limits, list_regions};
use keyimport::error::{Error, ErrorKind};
use keyimport::import::{self, Mode, Outcome, Status, Verification};
use keyimport::ports::{Clock as _, Delivery, Observer, Ports, Retry, SendError};
use keyimport::provider::{self, Endpoint, ImportJob, ImportOptions, NameSource, Provider};
use keyimport::redact::Redactor;
use keyimport::report::{Format, Row, exit};
use keyimport::sign::Credential;
use keyimport::wire::{Origin, Request, Response};
use serde_json::Value;

use super::answers::{self, Pair, Refusal, Shown, date, with_header};
use crate::doubles::{FakeClock, FakeCredentials, FakeTransport, block_on};

pub const CLOUDS: [&str; 5] = ["aliyun", "volcengine", "baidu", "aws", "tencent"];
/// The clouds that refuse a name that is taken.
pub const BY_NAME: [&str; 4] = ["aliyun", "volcengine", "aws", "tencent"];
/// The clouds that refuse a key that is there under another name.
pub const BY_KEY: [&str; 2] = ["baidu", "tencent"];
/// The clouds that store a key again under another name.
pub const KEYS_REPEAT: [&str; 3] = ["aliyun", "volcengine", "aws"];
/// The clouds that show name and key, or its fingerprint, in the answer to an import.
pub const SHOW_IMPORTS: [&str; 4] = ["aliyun", "volcengine", "baidu", "aws"];
/// The clouds whose lists have pages.
pub const PAGED: [&str; 3] = ["aliyun", "volcengine", "baidu"];
/// The clouds that refuse a nonce or a client token that they know.
pub const ONCE: [&str; 2] = ["aliyun", "volcengine"];
/// The clouds that know no client token.
pub const WITHOUT_TOKEN: [&str; 4] = ["aliyun", "baidu", "aws", "tencent"];
pub const NAME: &str = "deploy";

pub fn start() -> DateTime<Utc> {
    FakeClock::start()
}

pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub fn region(cloud: &str) -> &'static str {
    match cloud {
        "aliyun" => "cn-hangzhou",
        "volcengine" => "cn-beijing",
        "aws" => "us-east-1",
        "tencent" => "ap-guangzhou",
        _ => "bj",
    }
}

pub fn job(cloud: &str, name_source: NameSource) -> ImportJob {
    let known = provider::find(cloud).unwrap();
    let region = region(cloud);
    ImportJob {
        key: answers::mine(),
        redactor: Arc::new(Redactor::new([answers::mine().base64()])),
        source: "deploy.pub".to_owned(),
        name: NAME.to_owned(),
        name_source,
        endpoint: Endpoint {
            region: region.to_owned(),
            origin: Origin::https(known.host(region)),
            signature: None,
        },
        options: ImportOptions::default(),
        client_token: "token-of-this-import".to_owned(),
    }
}

/// Says what a request asks: `import`, `name` or `key` for a look-up, `regions`; with `@page` beyond the first.
pub fn action(request: &Request) -> String {
    let form = form(request);
    let query = |name: &str| {
        let mut pairs = request.query.iter().chain(&form);
        pairs.find(|(other, _)| other == name).map(|(_, value)| value.clone())
    };
    let header = |name: &str| {
        request.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    };
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let is_tencent = header("x-tc-action").is_some();
    let what = match query("Action")
        .or_else(|| header("x-acs-action"))
        .or_else(|| header("x-tc-action"))
    {
        Some(action) if action == "ImportKeyPair" => "import",
        Some(action) if action == "DescribeRegions" => "regions",
        Some(_) if query("KeyPairFingerPrint").or_else(|| query("FingerPrint")).is_some() => "key",
        Some(_) if query("Filter.1.Name").is_some_and(|name| name == "fingerprint") => "key",
        Some(_) if is_tencent && body.get("Filters").is_none() => "key",
        Some(_) => "name",
        None if request.method == "PUT" => "import",
        None if request.method == "POST" => "regions",
        None if query("name").is_some() => "name",
        None => "key",
    };
    let page = query("PageNumber").filter(|page| page != "1");
    // Pages of a hundred.
    let offset = body["Offset"].as_u64().filter(|offset| *offset > 0);
    let page = page.or_else(|| offset.map(|offset| (offset / 100 + 1).to_string()));
    match page.or_else(|| query("NextToken")).or_else(|| query("marker")) {
        Some(page) => format!("{what}@{page}"),
        None => what.to_owned(),
    }
}

/// The pairs of a form in the body.
fn form(request: &Request) -> Vec<(String, String)> {
    let is_form = |(name, kind): &(String, String)| name == "content-type" && kind.contains("form");
    if !request.headers.iter().any(is_form) {
        return Vec::new();
    }
    let body = String::from_utf8(request.body.clone()).unwrap();
    let url = reqwest::Url::parse(&format!("http://host/?{body}")).unwrap();
    url.query_pairs().into_owned().collect()
}

enum Step {
    Say(Response),
    Lose(SendError),
    Hang,
    Stop,
}

/// What the cloud does, and whether its answers have a date.
struct Script {
    steps: Mutex<VecDeque<(Duration, Step)>>,
    has_date: bool,
}

/// A network that answers in the order of a script, which a request beyond its end fails, and its clock.
pub struct Stage {
    script: Arc<Script>,
    pub transport: FakeTransport,
    pub clock: Arc<FakeClock>,
    pub counts: Counts,
}

/// An observer that counts what decides how many targets are in flight.
#[derive(Default)]
pub struct Counts {
    pub throttled: AtomicU32,
    pub processed: AtomicU32,
}

impl Observer for Counts {
    fn traces(&self) -> bool {
        false
    }

    fn trace(&self, _: &str) {}

    fn throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    fn processed(&self) {
        self.processed.fetch_add(1, Ordering::Relaxed);
    }

    fn retrying(&self, _: Option<&Retry<'_>>) {}
}

impl Stage {
    fn new(steps: VecDeque<(Duration, Step)>, has_date: bool, clock: Arc<FakeClock>) -> Self {
        let script = Arc::new(Script { steps: Mutex::new(steps), has_date });
        let (steps, time) = (Arc::clone(&script), Arc::clone(&clock));
        let transport =
            FakeTransport::with(move |request, limit| respond(&steps, &time, request, limit));
        Self { script, transport, clock, counts: Counts::default() }
    }

    fn actions(&self) -> String {
        let seen = self.transport.seen();
        seen.iter().map(|(request, _)| action(request)).collect::<Vec<_>>().join(" ")
    }

    fn is_over(&self) -> bool {
        self.script.steps.lock().unwrap().is_empty()
    }
}

fn respond(
    script: &Script,
    clock: &FakeClock,
    request: &Request,
    limit: Duration,
) -> Option<Result<Response, SendError>> {
    loop {
        let next = script.steps.lock().unwrap().pop_front();
        let (takes, step) = next.unwrap_or_else(|| panic!("nobody answers `{}`", action(request)));
        clock.advance(takes);
        match step {
            Step::Say(response) if script.has_date => {
                return Some(Ok(with_header(response, "date", &date(clock.now()))));
            }
            Step::Say(response) => return Some(Ok(response)),
            Step::Lose(lost) => return Some(Err(lost)),
            Step::Stop => clock.stop(),
            Step::Hang => {
                let end = clock.now() + limit;
                if let Some(cancelled) = clock.cancelled_at().filter(|moment| *moment <= end) {
                    clock.advance(cancelled.saturating_sub(clock.now()));
                    return None;
                }
                clock.advance(limit);
                return Some(Err(lost(Delivery::Unknown, false)));
            }
        }
    }
}

impl Stage {
    fn ports(&self) -> Ports<'_> {
        Ports { transport: &self.transport, clock: &*self.clock, observer: &self.counts }
    }
}

fn lost(delivery: Delivery, permanent: bool) -> SendError {
    SendError { permanent, ..SendError::new(delivery, "no answer") }
}

/// An import that is being set up; the methods that answer are the script, in order.
pub struct Flow {
    pub cloud: &'static str,
    pub job: ImportJob,
    mode: Mode,
    limits: Limits,
    script: VecDeque<(Duration, Step)>,
    has_date: bool,
    clock: Arc<FakeClock>,
    takes: Duration,
    renewed: Result<Option<Credential>, ErrorKind>,
    renewal_takes: Option<Duration>,
}

/// An import of a derived name, with the limits of the command line.
pub fn flow(cloud: &'static str) -> Flow {
    Flow {
        cloud,
        job: job(cloud, NameSource::Derived),
        mode: Mode::Import,
        limits: Limits { timeout: seconds(60), attempts: 5 },
        script: VecDeque::new(),
        has_date: true,
        clock: Arc::default(),
        takes: Duration::ZERO,
        renewed: Ok(None),
        renewal_takes: Some(Duration::ZERO),
    }
}

impl Flow {
    pub fn given(mut self) -> Self {
        self.job.name_source = NameSource::Given;
        self
    }

    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    pub fn attempts(mut self, attempts: u32) -> Self {
        self.limits.attempts = attempts;
        self
    }

    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    pub fn jitter(mut self, jitter: f64) -> Self {
        self.clock = Arc::new(FakeClock::with_jitter(jitter));
        self
    }

    /// Leaves the date out of the answers.
    pub fn dateless(mut self) -> Self {
        self.has_date = false;
        self
    }

    /// Makes the user ask to stop at a moment.
    pub fn stop_at(self, moment: Duration) -> Self {
        self.clock.stop_at(moment);
        self
    }

    /// Makes a renewal end so.
    pub fn renewal(mut self, newer: Result<Option<Credential>, ErrorKind>) -> Self {
        self.renewed = newer;
        self
    }

    /// Makes a renewal take this long.
    pub fn renewal_takes(mut self, takes: Duration) -> Self {
        self.renewal_takes = Some(takes);
        self
    }

    /// Makes a renewal never end.
    pub fn renewal_hangs(mut self) -> Self {
        self.renewal_takes = None;
        self
    }

    /// Makes the next answer take this long.
    pub fn after(mut self, takes: Duration) -> Self {
        self.takes = takes;
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.script.push_back((std::mem::take(&mut self.takes), step));
        self
    }

    pub fn say(self, response: Response) -> Self {
        self.step(Step::Say(response))
    }

    pub fn body(self, status: u16, body: &str) -> Self {
        self.say(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
    }

    pub fn lose(self, delivery: Delivery) -> Self {
        self.step(Step::Lose(lost(delivery, false)))
    }

    /// Loses a request in a way that another attempt cannot change.
    pub fn break_down(self) -> Self {
        self.step(Step::Lose(lost(Delivery::Unsent, true)))
    }

    /// Never answers: the client's time limit ends the wait.
    pub fn hang(self) -> Self {
        self.step(Step::Hang)
    }

    /// Makes the user ask to stop while the next request is under way.
    pub fn stop(self) -> Self {
        self.step(Step::Stop)
    }

    pub fn accept(self, shown: Shown) -> Self {
        let mine = answers::pair(NAME, shown);
        let answer = answers::accepted(self.cloud, mine);
        // Tencent's answer shows nothing, so that a list has to.
        match (self.cloud, shown) {
            ("tencent", Shown::Mine) => self.say(answer).list(&[mine]),
            _ => self.say(answer),
        }
    }

    /// Lets a look by key find nothing, after one by name found nothing, where keys are stored once; returns what was
    /// asked then.
    pub fn key_free(self, actions: &str) -> (Self, String) {
        if BY_KEY.contains(&self.cloud) {
            (self.list(&[]), format!("{actions} key"))
        } else {
            (self, actions.to_owned())
        }
    }

    pub fn list(self, pairs: &[Pair]) -> Self {
        let answer = answers::listed(self.cloud, pairs);
        self.say(answer)
    }

    /// Answers many look-ups with the same list.
    pub fn list_times(mut self, times: usize, pairs: &[Pair]) -> Self {
        for _ in 0..times {
            self = self.list(pairs);
        }
        self
    }

    pub fn refuse(self, what: Refusal) -> Self {
        let answer = answers::refused(self.cloud, what);
        self.say(answer)
    }

    /// Lets Baidu's first look find nothing; the other clouds are not looked at first.
    pub fn way_free(self) -> Self {
        if self.cloud == "baidu" { self.list(&[]) } else { self }
    }

    pub fn run(self) -> Ran {
        let known = provider::find(self.cloud).unwrap();
        let stage = Stage::new(self.script, self.has_date, self.clock);
        let credentials = credentials(&stage.clock, self.renewed, self.renewal_takes);
        let ports = stage.ports();
        let run = import::run(self.mode, known, &self.job, self.limits, &credentials, ports);
        let outcome = block_on(run);
        let renewals = credentials.renewals();
        Ran {
            cloud: self.cloud,
            known,
            job: self.job,
            limits: self.limits,
            stage,
            outcome,
            renewals,
        }
    }
}

/// An import that has ended.
pub struct Ran {
    pub cloud: &'static str,
    pub known: &'static dyn Provider,
    pub job: ImportJob,
    limits: Limits,
    pub stage: Stage,
    pub outcome: Outcome,
    pub renewals: u32,
}

impl Ran {
    /// Returns the exit code of a run with this target only.
    pub fn exit_code(&self) -> u8 {
        exit::of_target(&self.outcome)
    }

    /// Holds the whole outcome and the requests, in order, against what is expected; and what holds for
    /// every import.
    pub fn ends(
        self,
        status: Status,
        verified: Verification,
        error: Option<ErrorKind>,
        actions: &str,
    ) -> Self {
        let changed = (status != Status::Unknown).then_some(status == Status::Imported);
        self.ends_changed(status, changed, verified, error, actions)
    }

    /// The same for a key that is there, where the cloud cannot tell whether this import stored it.
    pub fn ends_undecided(self, verified: Verification, actions: &str) -> Self {
        let ran = self.ends_changed(Status::AlreadyPresent, None, verified, None, actions);
        assert!(ran.outcome.warnings[0].contains("cannot tell whether this run stored it"));
        assert_eq!(ran.exit_code(), 0);
        ran
    }

    fn ends_changed(
        self,
        status: Status,
        changed: Option<bool>,
        verified: Verification,
        error: Option<ErrorKind>,
        actions: &str,
    ) -> Self {
        let place = format!("{}: {:?}", self.cloud, self.outcome);
        assert_eq!(self.stage.actions(), actions, "{place}");
        assert_eq!(self.outcome.status, status, "{place}");
        assert_eq!(self.outcome.verified, verified, "{place}");
        assert_eq!(self.outcome.error.as_ref().map(Error::kind), error, "{place}");
        let sent = actions.split_whitespace().count();
        assert_eq!(usize::try_from(self.outcome.requests).unwrap(), sent, "{place}");

        let record = self.record();
        assert_eq!(record["changed"], serde_json::json!(changed), "{place}");
        assert_eq!(record["attempts"], sent, "{place}");
        assert!(self.stage.is_over(), "answers were left over: {place}");
        self.check_nonces();
        assert!(self.outcome.elapsed <= self.limits.timeout, "past the deadline: {place}");
        self
    }

    /// Returns the record that JSON shows.
    pub fn record(&self) -> Value {
        let provider = self.known.info().id;
        let row = Row { provider, job: &self.job, outcome: &self.outcome };
        serde_json::from_str(&Format::Jsonl.each(row).unwrap()).unwrap()
    }

    /// Checks that every request has a nonce of its own, and that all imports of Volcengine have the same token.
    fn check_nonces(&self) {
        let seen = self.stage.transport.seen();
        assert_eq!(
            self.stage.clock.nonces() as usize,
            seen.len(),
            "a nonce was used twice, or none"
        );
        if self.cloud == "aliyun" {
            let nonces: BTreeSet<String> = seen.iter().map(|(request, _)| nonce(request)).collect();
            assert_eq!(nonces.len(), seen.len(), "a nonce was used twice");
        }
        for (request, _) in seen.iter().filter(|(request, _)| action(request) == "import") {
            let token = request.query.iter().find(|(name, _)| name == "ClientToken");
            let expected = (self.cloud == "volcengine").then_some(&*self.job.client_token);
            assert_eq!(token.map(|(_, token)| &**token), expected);
        }
        assert!(seen.iter().all(|(_, limit)| !limit.is_zero() && *limit <= seconds(15)));
    }

    pub fn error(&self) -> &Error {
        self.outcome.error.as_ref().expect("an error")
    }

    pub fn slept(&self) -> Vec<Duration> {
        self.stage.clock.slept()
    }
}

/// Returns the nonce that Alibaba Cloud gets.
pub fn nonce(request: &Request) -> String {
    let pairs = request.query.iter().chain(&request.headers);
    let found = pairs
        .into_iter()
        .find(|(name, _)| name == "SignatureNonce" || name == "x-acs-signature-nonce");
    found.map(|(_, nonce)| nonce.clone()).expect("a nonce")
}

/// A list of regions that is being set up; the methods that answer are the script, in order.
pub struct Regions(Flow);

/// A question for the regions of a cloud, with the limits of the command line.
pub fn regions(cloud: &'static str) -> Regions {
    Regions(flow(cloud))
}

impl Regions {
    pub fn say(self, response: Response) -> Self {
        Self(self.0.say(response))
    }

    pub fn lose(self, delivery: Delivery) -> Self {
        Self(self.0.lose(delivery))
    }

    pub fn break_down(self) -> Self {
        Self(self.0.break_down())
    }

    pub fn hang(self) -> Self {
        Self(self.0.hang())
    }

    pub fn stop(self) -> Self {
        Self(self.0.stop())
    }

    pub fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }

    /// Lets a newer credential be had, once.
    pub fn renewable(self) -> Self {
        Self(self.0.renewal(Ok(Some(Credential::new("id-two", "secret-two", None)))))
    }

    pub fn renewal_hangs(self) -> Self {
        Self(self.0.renewal_hangs())
    }

    pub fn run(self) -> Listed {
        let flow = self.0;
        let known = provider::find(flow.cloud).unwrap();
        let place = Endpoint {
            origin: Origin::https(known.regions_host(&flow.job.endpoint.region)),
            ..flow.job.endpoint
        };
        let stage = Stage::new(flow.script, flow.has_date, flow.clock);
        let credentials = credentials(&stage.clock, flow.renewed, flow.renewal_takes);
        let list = list_regions(known, &place, flow.limits, &credentials, stage.ports());
        let ended = block_on(list);
        assert!(stage.is_over(), "answers were left over: {ended:?}");
        let sent = stage.transport.seen().len();
        assert_eq!(stage.clock.nonces() as usize, sent, "a nonce was used twice, or none");
        let (slept, elapsed) = (stage.clock.slept(), stage.clock.now());
        Listed { ended, actions: stage.actions(), slept, elapsed }
    }
}

/// A list of regions that has ended.
pub struct Listed {
    pub ended: Result<Vec<String>, Error>,
    pub actions: String,
    pub slept: Vec<Duration>,
    pub elapsed: Duration,
}

/// The first credential of an import, and its renewal.
fn credentials(
    clock: &Arc<FakeClock>,
    renewed: Result<Option<Credential>, ErrorKind>,
    takes: Option<Duration>,
) -> FakeCredentials {
    let clock = Arc::clone(clock);
    FakeCredentials::renewed_by(
        Credential::new("id-one", "secret-one", Some("token-one")),
        move || {
            clock.advance(takes?);
            Some(renewed.clone().map_err(|kind| Error::new(kind, "no newer credential can be had")))
        },
    )
}
