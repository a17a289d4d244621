//! The sandbox at the other end of a network that fails as the schedule says.
//!
//! There are two copies of the clouds: what is true, and what lists show, which gets every stored pair after a
//! while. Time passes on the virtual clock alone, and whatever is under way happens in the order of its moments.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use keyimport::doors::{Clock as _, Delivery, Lost, Transport};
use keyimport::sandbox::{Received, Sandbox, StoredPair};
use keyimport::wire::{Request, Response};

use super::answers::{self, Change};
use super::plan::{Fault, LAG, Plan, Scene};
use super::story::Story;
use crate::doubles::received;
use crate::flow::{MINE, NAME, OTHER, Refusal, action, nonce, refused, region, with_header};
use crate::virtual_time::VirtualClock;

const ELSEWHERE: &str = "elsewhere";

/// What is under way.
enum Event {
    /// An import that its client has given up; lists show what it stores after this time at most.
    Arrives(Received, Duration),
    /// Another client stores a key.
    Rival(&'static str),
    /// Lists begin to show what an import stored at that time.
    Shows(Received, DateTime<Utc>),
    /// Lists begin to show what the other client stored.
    ShowsRival(&'static str, DateTime<Utc>),
}

#[allow(clippy::struct_excessive_bools, reason = "each says something else of what happened")]
pub struct World {
    truth: Sandbox,
    lists: Sandbox,
    events: Vec<(Duration, Event)>,
    rng: Rng,
    /// How many pairs the requests of this import stored.
    pub wrote: usize,
    pub imports: u32,
    pub requests: u32,
    /// An import was delivered twice, was answered without proof, or with another key or place.
    pub twice: bool,
    pub unproved: bool,
    pub misplaced: bool,
    /// What this import stored is another key.
    pub swapped: bool,
    pub lies: Vec<String>,
    nonces: BTreeSet<String>,
    tokens: BTreeSet<String>,
}

pub struct Network<'a> {
    pub plan: &'a Plan,
    pub story: &'a Story,
    pub clock: VirtualClock,
    pub renewed: &'a Mutex<bool>,
    pub world: Mutex<World>,
}

/// What comes back to the client, and when.
struct Course {
    arrives: Arrival,
    /// When the client hears something; never, if the cloud is silent.
    back: Option<Duration>,
    reply: Reply,
}

/// When the cloud processes a request.
enum Arrival {
    Never,
    At(Duration),
    /// After the client gave it up.
    Late,
}

enum Reply {
    /// What the cloud answered.
    Cloud,
    /// What the cloud answered, changed on its way.
    Changed(Change),
    /// Something else than the cloud's answer.
    Instead(Response),
    Lost(Delivery, bool, &'static str),
}

impl<'a> Network<'a> {
    pub fn new(plan: &'a Plan, story: &'a Story, renewed: &'a Mutex<bool>) -> Self {
        let mut clock = VirtualClock::new(plan.seed);
        clock.jumps.clone_from(&plan.jumps);
        if let Some(moment) = plan.stop_at {
            clock.stop_at(moment);
        }
        let mut world = World {
            truth: Sandbox::new(),
            lists: Sandbox::new(),
            events: Vec::new(),
            rng: Rng::with_seed(plan.seed),
            wrote: 0,
            imports: 0,
            requests: 0,
            twice: false,
            unproved: false,
            misplaced: false,
            swapped: false,
            lies: Vec::new(),
            nonces: BTreeSet::new(),
            tokens: BTreeSet::new(),
        };
        let created = VirtualClock::start() - TimeDelta::from_std(plan.scene_age).unwrap();
        for (name, line) in scene(plan.scene) {
            for copy in [&mut world.truth, &mut world.lists] {
                copy.put(plan.cloud, region(plan.cloud), &name, line, created);
            }
        }
        if let Some((moment, same)) = plan.rival {
            world.events.push((moment, Event::Rival(if same { MINE } else { OTHER })));
        }
        Self { plan, story, clock, renewed, world: Mutex::new(world) }
    }

    /// Returns what the region holds.
    pub fn stored(&self) -> Vec<StoredPair> {
        self.world.lock().unwrap().truth.stored(self.plan.cloud, region(self.plan.cloud))
    }

    /// Lets the requests that are still under way arrive.
    pub fn come_to_rest(&self) {
        let mut world = self.world.lock().unwrap();
        world.events.retain(|(_, event)| matches!(event, Event::Arrives(..)));
        self.pass(&mut world, Duration::MAX);
    }

    /// Lets happen what is to happen until a moment, in order.
    fn pass(&self, world: &mut World, until: Duration) {
        loop {
            let due = world.events.iter().enumerate().filter(|(_, (at, _))| *at <= until);
            let Some((index, _)) = due.min_by_key(|(_, (at, _))| *at) else { return };
            let (at, event) = world.events.remove(index);
            self.happen(world, at, event);
        }
    }

    fn happen(&self, world: &mut World, at: Duration, event: Event) {
        let (cloud, region) = (self.plan.cloud, region(self.plan.cloud));
        match event {
            Event::Arrives(received, most) => {
                let response = self.import(world, &received, at, most);
                let shown = answers::shown(&response);
                self.story.line(|| format!("{at:>9.3?} a late import arrives and gets {shown}"));
            }
            Event::Rival(line) => {
                let clashes = |pair: &StoredPair| {
                    if cloud == "baidu" { pair.line == line } else { pair.name == NAME }
                };
                if world.truth.stored(cloud, region).iter().any(clashes) {
                    return;
                }
                self.story.line(|| format!("{at:>9.3?} another client stores {}", &line[150..]));
                world.truth.put(cloud, region, NAME, line, time(at));
                let lag = share(&mut world.rng, self.plan.lag);
                world.events.push((at + lag, Event::ShowsRival(line, time(at))));
            }
            Event::Shows(received, then) => {
                self.story.line(|| format!("{at:>9.3?} lists show what was stored"));
                world.lists.answer(&received, then);
            }
            Event::ShowsRival(line, then) => world.lists.put(cloud, region, NAME, line, then),
        }
    }

    /// Lets the cloud process an import; lists show what it stored after `most` at the latest.
    fn import(
        &self,
        world: &mut World,
        received: &Received,
        at: Duration,
        most: Duration,
    ) -> Response {
        let (cloud, region) = (self.plan.cloud, region(self.plan.cloud));
        let before = world.truth.stored(cloud, region).len();
        let response = world.truth.answer(received, time(at));
        let stored = world.truth.stored(cloud, region).len() - before;
        if stored > 0 {
            world.wrote += stored;
            let lag = share(&mut world.rng, self.plan.lag).min(most);
            world.events.push((at + lag, Event::Shows(received.clone(), time(at))));
        }
        response
    }

    /// Puts another key in the place of what this import stored.
    fn swap(&self, world: &mut World) {
        let (cloud, region) = (self.plan.cloud, region(self.plan.cloud));
        let mine = answers::bare(MINE);
        for copy in [&mut world.truth, &mut world.lists] {
            let state = copy.to_json().replace(mine, answers::bare(OTHER));
            copy.restore(&state).unwrap();
        }
        world.events.retain(|(_, event)| !matches!(event, Event::Shows(..)));
        world.lists.restore(&world.truth.to_json()).unwrap();
        self.story.line(|| format!("          the cloud holds another key in {cloud} {region}"));
        (world.wrote, world.swapped) = (0, true);
    }

    /// Lets the cloud process a request.
    fn process(
        &self,
        world: &mut World,
        received: &Received,
        is_import: bool,
        at: Duration,
    ) -> Response {
        if is_import {
            return self.import(world, received, at, LAG);
        }
        let is_stale = world.rng.f64() < self.plan.stale_rate;
        let copy = if is_stale { &mut world.lists } else { &mut world.truth };
        copy.answer(received, time(at))
    }

    /// Notes what a request must not be: an import too late, a stamp that was used.
    fn watch(&self, world: &mut World, request: &Request, limit: Duration, is_import: bool) {
        world.requests += 1;
        let mut lie = |text: &str| world.lies.push(text.to_owned());
        if limit.is_zero() || limit > Duration::from_secs(15) {
            lie("a request may take no time, or too long");
        }
        if self.clock.now() > self.plan.limits.timeout {
            lie("a request was sent after the deadline");
        }
        if is_import && self.clock.asked_to_stop().is_some() {
            lie("an import was sent after the user asked to stop");
        }
        if self.plan.cloud == "aliyun" && !world.nonces.insert(nonce(request)) {
            lie("a nonce was used twice");
        }
        if is_import {
            world.imports += 1;
            let token = request.query.iter().find(|(name, _)| name == "ClientToken");
            world.tokens.extend(token.map(|(_, token)| token.clone()));
        }
        if world.tokens.len() > 1 {
            world.lies.push("the token of the import changed".to_owned());
        }
    }

    /// Draws what happens to a request.
    fn draw(&self, world: &mut World, is_import: bool) -> Option<Fault> {
        let rate = if is_import { self.plan.import_rate } else { self.plan.look_rate };
        if self.plan.faults.is_empty() || world.rng.f64() >= rate {
            return None;
        }
        let fault = self.plan.faults[world.rng.usize(0..self.plan.faults.len())];
        let is_possible = match fault {
            Fault::WrongKey | Fault::WrongPlace | Fault::Unproved | Fault::Swapped => is_import,
            // Baidu has neither nonce nor token.
            Fault::RepeatedBefore | Fault::RepeatedAfter => self.plan.cloud != "baidu",
            _ => true,
        };
        is_possible.then_some(fault)
    }

    /// Decides what becomes of a request that is sent now, and when.
    fn course(&self, world: &mut World, fault: Option<Fault>, is_import: bool) -> Course {
        let (cloud, sent) = (self.plan.cloud, self.clock.now());
        let there = sent + Duration::from_millis(world.rng.u64(0..=self.plan.latency));
        let heard = there + Duration::from_millis(world.rng.u64(0..=self.plan.latency));
        let instead = |response| Course {
            arrives: Arrival::Never,
            back: Some(heard),
            reply: Reply::Instead(response),
        };
        let after = |reply| Course { arrives: Arrival::At(there), back: Some(heard), reply };
        let gone = |back, lasting, why| Course {
            arrives: Arrival::Never,
            back: Some(back),
            reply: Reply::Lost(Delivery::Unsent, lasting, why),
        };
        let broken = |arrives, back| Course {
            arrives,
            back,
            reply: Reply::Lost(Delivery::Unknown, false, "the connection broke"),
        };
        let has_ended = self.plan.expires_at.is_some_and(|ends| ends <= sent);
        if has_ended && !*self.renewed.lock().unwrap() {
            return instead(refused(cloud, Refusal::Expired));
        }
        if !is_import && self.plan.denied_from.is_some_and(|from| from <= sent) {
            return instead(refused(cloud, Refusal::Denied));
        }
        let Some(fault) = fault else { return after(Reply::Cloud) };
        world.twice |= is_import && fault == Fault::Twice;
        world.unproved |= fault == Fault::Unproved;
        world.misplaced |= matches!(fault, Fault::WrongKey | Fault::WrongPlace | Fault::Swapped);
        let rng = &mut world.rng;
        match fault {
            Fault::Refused => gone(heard, false, "refused"),
            Fault::NotConnected => gone(sent + Duration::from_secs(5), false, "not connected"),
            Fault::NeverConnected => gone(heard, true, "the certificate is wrong"),
            Fault::ResetBefore => broken(Arrival::Never, Some(heard)),
            Fault::ResetAfter | Fault::CutOff => broken(Arrival::At(there), Some(heard)),
            Fault::SilentBefore => broken(Arrival::Never, None),
            Fault::SilentAfter => broken(Arrival::At(there), None),
            Fault::Late => broken(Arrival::Late, None),
            Fault::LateAfterReset => broken(Arrival::Late, Some(heard)),
            Fault::GatewayBefore => instead(answers::gateway(rng)),
            Fault::GatewayAfter => after(Reply::Instead(answers::gateway(rng))),
            Fault::UnavailableBefore => instead(refused(cloud, Refusal::Unavailable)),
            Fault::UnavailableAfter => after(Reply::Instead(refused(cloud, Refusal::Unavailable))),
            Fault::RepeatedBefore => instead(refused(cloud, Refusal::Repeated)),
            Fault::RepeatedAfter => after(Reply::Instead(refused(cloud, Refusal::Repeated))),
            Fault::Twice => after(Reply::Cloud),
            Fault::Throttled => instead(answers::throttled(cloud, rng)),
            Fault::GarbageBefore => instead(answers::garbage(rng)),
            Fault::GarbageAfter => after(Reply::Instead(answers::garbage(rng))),
            Fault::WrongPlace => after(Reply::Changed(answers::of_another_place)),
            Fault::Unproved => after(Reply::Changed(answers::without_proof)),
            // What is swapped, `follow` stores so.
            Fault::WrongKey | Fault::Swapped => after(Reply::Changed(answers::of_another_key)),
            Fault::Page => instead(answers::page(rng)),
            Fault::Denied => instead(refused(cloud, Refusal::Denied)),
        }
    }

    /// Follows a request until its client hears something or gives up, and returns when that is and what it
    /// hears.
    fn follow(
        &self,
        world: &mut World,
        (received, is_import): (Received, bool),
        fault: Option<Fault>,
        course: Course,
        given_up: Duration,
    ) -> (Duration, Option<Result<Response, Lost>>) {
        let ends = course.back.map_or(given_up, |back| back.min(given_up));
        let is_heard = course.back.is_some_and(|back| back <= given_up);
        let mut answer = None;
        match course.arrives {
            Arrival::At(at) if at <= ends => {
                self.pass(world, at);
                let before = world.wrote;
                for _ in 0..=u32::from(fault == Some(Fault::Twice)) {
                    answer = Some(self.process(world, &received, is_import, at));
                }
                if fault == Some(Fault::Swapped) && world.wrote > before {
                    self.swap(world);
                }
            }
            // Still under way when the client gives up. What a late look-up finds reaches nobody.
            Arrival::At(_) | Arrival::Late if is_import => {
                let late = match course.arrives {
                    Arrival::At(at) => at.min(ends + LAG),
                    Arrival::Late | Arrival::Never => ends + share(&mut world.rng, LAG),
                };
                world
                    .events
                    .push((late, Event::Arrives(received, (ends + LAG).saturating_sub(late))));
            }
            Arrival::At(_) | Arrival::Late | Arrival::Never => {}
        }
        self.pass(world, ends);
        if !is_heard {
            return (ends, None);
        }
        let told = match (course.reply, answer) {
            (Reply::Cloud, Some(answer)) => Ok(answer),
            (Reply::Changed(change), Some(answer)) => Ok(change(self.plan.cloud, answer)),
            (Reply::Instead(response), _) => {
                let date = time(ends).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                Ok(with_header(response, "date", &date))
            }
            (Reply::Lost(delivery, lasting, why), _) => Err(lost(delivery, lasting, why)),
            (Reply::Cloud | Reply::Changed(_), None) => panic!("an answer needs a request"),
        };
        (ends, Some(told))
    }
}

impl Transport for Network<'_> {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, Lost> {
        let is_import = action(request) == "import";
        let sent = self.clock.now();
        let (ends, told) = {
            let mut world = self.world.lock().unwrap();
            let world = &mut *world;
            self.watch(world, request, limit, is_import);
            self.pass(world, sent);
            let fault = self.draw(world, is_import);
            let course = self.course(world, fault, is_import);
            let given_up = sent + limit;
            let given_up = self.clock.cut_at().map_or(given_up, |cut| cut.min(given_up));
            let sending = (received(request), is_import);
            let (ends, told) = self.follow(world, sending, fault, course, given_up);
            self.story.line(|| {
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
            None if self.clock.cut_at().is_some_and(|cut| cut <= ends) => {
                std::future::pending().await
            }
            None => Err(lost(Delivery::Unknown, false, "no answer in time")),
        }
    }
}

/// Draws a part of a time: every other one is the whole, where bounds are tried.
fn share(rng: &mut Rng, most: Duration) -> Duration {
    if rng.bool() { most } else { most.mul_f64(rng.f64()) }
}

/// The time of day at a moment, by the clouds' clock.
fn time(at: Duration) -> DateTime<Utc> {
    VirtualClock::start() + TimeDelta::from_std(at).unwrap()
}

fn scene(scene: Scene) -> Vec<(String, &'static str)> {
    let pair = |name: &str, line| (name.to_owned(), line);
    let mut pairs = match scene {
        Scene::Nothing | Scene::Full => Vec::new(),
        Scene::Same | Scene::FullWithSame => vec![pair(NAME, MINE)],
        Scene::SameElsewhere => vec![pair(ELSEWHERE, MINE)],
        Scene::Other => vec![pair(NAME, OTHER)],
        Scene::OtherAndSameElsewhere => vec![pair(NAME, OTHER), pair(ELSEWHERE, MINE)],
        Scene::Both => vec![pair(NAME, OTHER), pair(NAME, MINE)],
    };
    if matches!(scene, Scene::Full | Scene::FullWithSame) {
        let strangers = pairs.len()..500;
        pairs.extend(strangers.map(|number| (format!("stranger-{number}"), "ssh-rsa AAAA")));
    }
    pairs
}

fn lost(delivery: Delivery, lasting: bool, reason: &str) -> Lost {
    Lost { delivery, reason: reason.to_owned(), hint: None, lasting }
}
