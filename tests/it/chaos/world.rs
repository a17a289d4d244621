//! One region of a cloud under a schedule: the sandbox, what is on its way to it, and what lists show of it.
//!
//! There are two copies of the cloud: what is true, and what lists show, which gets every stored pair after a
//! while. Times count from the beginning of the schedule, by whatever clock; what is under way happens in the
//! order of its moments.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use keyimport::sandbox::{RawRequest, Sandbox, Store, StoredPair};
use keyimport::wire::Response;

use super::answers;
use super::plan::{ErrorResponse, Plan, Scene};
use super::story::Story;
use crate::flow::{MINE, NAME, OTHER, region};
use crate::services;

const ELSEWHERE: &str = "elsewhere";

/// What is under way.
enum Event {
    /// An import that its client has given up; lists show what it stores after this time at most.
    Arrives(RawRequest, Duration),
    /// Another client stores a key.
    Rival(&'static str),
    /// Lists begin to show what an import stored at that time.
    Shows(RawRequest, DateTime<Utc>),
    /// Lists begin to show what the other client stored.
    ShowsRival(&'static str, DateTime<Utc>),
}

#[allow(clippy::struct_excessive_bools, reason = "each says something else of what happened")]
pub struct World {
    pub plan: Plan,
    pub story: Story,
    pub rng: Rng,
    /// When the schedule began.
    start: DateTime<Utc>,
    truth: Sandbox,
    lists: Sandbox,
    events: Vec<(Duration, Event)>,
    /// How many pairs the requests of this import stored.
    pub wrote: usize,
    pub imports: u32,
    /// An import came to the cloud itself.
    pub arrived: bool,
    /// The user's patience ended while a request was under way.
    pub cut: bool,
    /// A connection was not made, and the client may not know that nothing left: another one was made before, or
    /// the user stopped it.
    pub hazy: bool,
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

impl World {
    pub fn new(plan: &Plan, story: &Story, start: DateTime<Utc>) -> Self {
        let mut world = Self {
            plan: plan.clone(),
            story: story.clone(),
            rng: Rng::with_seed(plan.seed),
            start,
            truth: services::sandbox(),
            lists: services::sandbox(),
            events: Vec::new(),
            wrote: 0,
            imports: 0,
            arrived: false,
            cut: false,
            hazy: false,
            requests: 0,
            twice: false,
            unproved: false,
            misplaced: false,
            swapped: false,
            lies: Vec::new(),
            nonces: BTreeSet::new(),
            tokens: BTreeSet::new(),
        };
        let created = start - TimeDelta::from_std(plan.scene_age).unwrap();
        for (name, line) in scene(plan.scene) {
            for copy in [&mut world.truth, &mut world.lists] {
                services::put(
                    &mut copy.store,
                    plan.cloud,
                    region(plan.cloud),
                    &name,
                    line,
                    created,
                );
            }
        }
        if let Some((moment, same)) = plan.rival {
            world.events.push((moment, Event::Rival(if same { MINE } else { OTHER })));
        }
        world
    }

    /// Ends all that goes wrong, and forgets what happened: the next import meets the cloud as it is.
    pub fn calm_down(&mut self) {
        self.lists.store = self.truth.store.clone();
        self.events.clear();
        self.plan.calm_down();
        (self.wrote, self.imports, self.requests) = (0, 0, 0);
        (self.arrived, self.cut, self.hazy) = (false, false, false);
        (self.twice, self.unproved, self.misplaced, self.swapped) = (false, false, false, false);
        self.tokens.clear();
    }

    /// Returns what the region holds.
    pub fn stored(&self) -> Vec<StoredPair> {
        self.truth.store.pairs(self.plan.cloud, region(self.plan.cloud)).to_vec()
    }

    /// The time of day at a moment, by the cloud's clock.
    pub fn time(&self, at: Duration) -> DateTime<Utc> {
        self.start + TimeDelta::from_std(at).unwrap()
    }

    /// Lets the requests that are still under way arrive.
    pub fn come_to_rest(&mut self) {
        self.events.retain(|(_, event)| matches!(event, Event::Arrives(..)));
        self.pass(Duration::MAX);
    }

    /// Lets happen what is to happen until a moment, in order.
    pub fn pass(&mut self, until: Duration) {
        loop {
            let due = self.events.iter().enumerate().filter(|(_, (at, _))| *at <= until);
            let Some((index, _)) = due.min_by_key(|(_, (at, _))| *at) else { return };
            let (at, event) = self.events.remove(index);
            self.happen(at, event);
        }
    }

    fn happen(&mut self, at: Duration, event: Event) {
        let (cloud, region) = (self.plan.cloud, region(self.plan.cloud));
        let time = self.time(at);
        match event {
            Event::Arrives(received, most) => {
                let response = self.import(&received, at, most);
                let shown = answers::shown(&response);
                self.story.line(|| format!("{at:>9.3?} a late import arrives and gets {shown}"));
            }
            Event::Rival(line) => {
                let clashes = |pair: &StoredPair| {
                    if cloud == "baidu" { pair.line == line } else { pair.name == NAME }
                };
                if self.stored().iter().any(clashes) {
                    return;
                }
                self.story.line(|| format!("{at:>9.3?} another client stores {}", &line[150..]));
                services::put(&mut self.truth.store, cloud, region, NAME, line, time);
                let lag = share(&mut self.rng, self.plan.lag);
                self.events.push((at + lag, Event::ShowsRival(line, time)));
            }
            Event::Shows(received, then) => {
                self.story.line(|| format!("{at:>9.3?} lists show what was stored"));
                self.lists.respond(&received, then);
            }
            Event::ShowsRival(line, then) => {
                services::put(&mut self.lists.store, cloud, region, NAME, line, then);
            }
        }
    }

    /// Lets the cloud process an import; lists show what it stored after `most` at the latest.
    fn import(&mut self, received: &RawRequest, at: Duration, most: Duration) -> Response {
        let before = self.stored().len();
        let time = self.time(at);
        let response = self.truth.respond(received, time);
        self.arrived = true;
        let stored = self.stored().len() - before;
        if stored > 0 {
            self.wrote += stored;
            let lag = share(&mut self.rng, self.plan.lag).min(most);
            self.events.push((at + lag, Event::Shows(received.clone(), time)));
        }
        response
    }

    /// Puts another key in the place of what this import stored.
    fn swap(&mut self) {
        let mine = answers::bare(MINE);
        let state = self.truth.store.to_json().unwrap().replace(mine, answers::bare(OTHER));
        self.truth.store = Store::from_json(&state).unwrap();
        self.events.retain(|(_, event)| !matches!(event, Event::Shows(..)));
        self.lists.store = self.truth.store.clone();
        self.story.line(|| format!("          {} holds another key", self.plan.cloud));
        (self.wrote, self.swapped) = (0, true);
    }

    /// Lets the cloud process a request, twice or wrongly if that is the fault.
    pub fn arrive(
        &mut self,
        received: &RawRequest,
        is_import: bool,
        fault: Option<ErrorResponse>,
        at: Duration,
    ) -> Response {
        self.pass(at);
        if !is_import {
            let is_stale = self.rng.f64() < self.plan.stale_rate;
            let time = self.time(at);
            let copy = if is_stale { &mut self.lists } else { &mut self.truth };
            return copy.respond(received, time);
        }
        let before = self.wrote;
        let mut answer = self.import(received, at, self.plan.longest_lag);
        if fault == Some(ErrorResponse::Twice) {
            answer = self.import(received, at, self.plan.longest_lag);
        }
        if fault == Some(ErrorResponse::Swapped) && self.wrote > before {
            self.swap();
        }
        answer
    }

    /// Lets an import that its client gave up arrive later: at that moment, or at any that is not too late.
    pub fn arrive_late(&mut self, received: RawRequest, given_up: Duration, at: Option<Duration>) {
        let longest = self.plan.longest_lag;
        let late = match at {
            Some(at) => at.min(given_up + longest),
            None => given_up + share(&mut self.rng, longest),
        };
        let most = (given_up + longest).saturating_sub(late);
        self.events.push((late, Event::Arrives(received, most)));
    }

    pub fn tell_stored(&self) {
        self.story.line(|| {
            let shown = |pair: &StoredPair| {
                format!("{} {}", pair.name, pair.line.get(150..).unwrap_or(&pair.line))
            };
            let stored: Vec<String> = self.stored().iter().take(5).map(shown).collect();
            format!("stored: {stored:?}")
        });
    }

    /// Notes a request, and that no two share a nonce and all imports share a token.
    pub fn note(&mut self, is_import: bool, nonce: Option<&str>, token: Option<&str>) {
        self.requests += 1;
        if nonce.is_some_and(|nonce| !self.nonces.insert(nonce.to_owned())) {
            self.lie("a nonce was used twice");
        }
        if is_import {
            self.imports += 1;
            self.tokens.extend(token.map(str::to_owned));
        }
        if self.tokens.len() > 1 {
            self.lie("the token of the import changed");
        }
    }

    pub fn lie(&mut self, text: &str) {
        self.lies.push(text.to_owned());
    }
}

/// Draws a part of a time: every other one is the whole, where bounds are tried.
fn share(rng: &mut Rng, most: Duration) -> Duration {
    if rng.bool() { most } else { most.mul_f64(rng.f64()) }
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
        let strangers = pairs.len()..MOST_PAIRS;
        pairs.extend(strangers.map(|number| (format!("stranger-{number}"), "ssh-rsa AAAA")));
    }
    pairs
}

/// As many pairs as fit into a region.
pub const MOST_PAIRS: usize = 500;
