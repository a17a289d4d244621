//! One region of a cloud under a schedule: the sandbox, what is on its way to it, and what lists show of it.
//!
//! There are two copies of the cloud: what is stored, and what lists show, which gets every stored pair later. Times
//! count from the beginning of the schedule, by whatever clock; what is under way happens in the order of its moments.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use keyimport::sandbox::{RawRequest, Sandbox, Store, StoredPair};
use keyimport::wire::Response;

use super::answers;
use super::log::Log;
use super::schedule::{Fault, InitialState, Schedule};
use crate::flow::{BY_KEY, BY_NAME, MINE, NAME, OTHER, region};
use crate::services;

const ELSEWHERE: &str = "elsewhere";

/// What is under way.
enum Event {
    /// An import that its client has given up; lists show what it stores after this time at most.
    Arrives(RawRequest, Duration),
    /// Another client stores a key.
    OtherClient(&'static str),
    /// Lists begin to show what an import stored at that time.
    Shows(RawRequest, DateTime<Utc>),
    /// Lists begin to show what the other client stored.
    ShowsOtherClient(&'static str, DateTime<Utc>),
}

#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct CloudState {
    pub schedule: Schedule,
    pub log: Log,
    pub rng: Rng,
    /// When the schedule began, by the cloud's clock.
    start: DateTime<Utc>,
    stored: Sandbox,
    lists: Sandbox,
    events: Vec<(Duration, Event)>,
    /// How many pairs the requests of this import stored.
    pub wrote: usize,
    /// When that was, by the cloud's clock.
    pub written_at: Option<DateTime<Utc>>,
    pub imports: u32,
    /// An import came to the cloud itself.
    pub arrived: bool,
    /// The grace period ended while a request was under way.
    pub cut: bool,
    /// A connection was not made, and the client may not know that no request was sent: another connection was made
    /// before, or the user stopped it.
    pub may_have_left: bool,
    pub requests: u32,
    /// An import was delivered twice, was answered without proof, or with another key or place.
    pub twice: bool,
    pub unproved: bool,
    pub misplaced: bool,
    /// What this import stored is another key.
    pub swapped: bool,
    pub violations: Vec<String>,
    nonces: BTreeSet<String>,
    tokens: BTreeSet<String>,
}

impl CloudState {
    pub fn new(schedule: &Schedule, log: &Log, start: DateTime<Utc>) -> Self {
        let mut state = Self {
            schedule: schedule.clone(),
            log: log.clone(),
            rng: Rng::with_seed(schedule.seed),
            start: start + schedule.server_skew,
            stored: services::sandbox(),
            lists: services::sandbox(),
            events: Vec::new(),
            wrote: 0,
            written_at: None,
            imports: 0,
            arrived: false,
            cut: false,
            may_have_left: false,
            requests: 0,
            twice: false,
            unproved: false,
            misplaced: false,
            swapped: false,
            violations: Vec::new(),
            nonces: BTreeSet::new(),
            tokens: BTreeSet::new(),
        };
        let created = state.start - TimeDelta::from_std(schedule.initial_age).unwrap();
        for (name, line) in initial(schedule) {
            for copy in [&mut state.stored, &mut state.lists] {
                services::put(
                    &mut copy.store,
                    schedule.cloud,
                    region(schedule.cloud),
                    &name,
                    line,
                    created,
                );
            }
        }
        if let Some((moment, same)) = schedule.other_client {
            state.events.push((moment, Event::OtherClient(if same { MINE } else { OTHER })));
        }
        state
    }

    /// Ends all faults, and forgets what happened: the next import meets the cloud as it is.
    pub fn disable_faults(&mut self) {
        self.lists.store = self.stored.store.clone();
        self.events.clear();
        self.schedule.disable_faults();
        (self.wrote, self.imports, self.requests) = (0, 0, 0);
        self.written_at = None;
        (self.arrived, self.cut, self.may_have_left) = (false, false, false);
        (self.twice, self.unproved, self.misplaced, self.swapped) = (false, false, false, false);
        self.tokens.clear();
    }

    /// Returns what the region holds.
    pub fn stored(&self) -> Vec<StoredPair> {
        self.stored.store.pairs(self.schedule.cloud, region(self.schedule.cloud)).to_vec()
    }

    /// The time of day at a moment, by the cloud's clock.
    pub fn time(&self, at: Duration) -> DateTime<Utc> {
        self.start + TimeDelta::from_std(at).unwrap()
    }

    /// Lets the requests that are still under way arrive.
    pub fn drain(&mut self) {
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
        let (cloud, region) = (self.schedule.cloud, region(self.schedule.cloud));
        let time = self.time(at);
        match event {
            Event::Arrives(received, most) => {
                let response = self.import(&received, at, most);
                let shown = answers::shown(&response);
                self.log.line(|| format!("{at:>9.3?} a late import arrives and gets {shown}"));
            }
            Event::OtherClient(line) => {
                let clashes = |pair: &StoredPair| {
                    let is_key = BY_KEY.contains(&cloud) && is_key(pair, line);
                    is_key || BY_NAME.contains(&cloud) && pair.name == NAME
                };
                if self.stored().iter().any(clashes) {
                    return;
                }
                self.log.line(|| format!("{at:>9.3?} another client stores {}", &line[150..]));
                services::put(&mut self.stored.store, cloud, region, NAME, line, time);
                let lag = share(&mut self.rng, self.schedule.lag);
                self.events.push((at + lag, Event::ShowsOtherClient(line, time)));
            }
            Event::Shows(received, then) => {
                self.log.line(|| format!("{at:>9.3?} lists show what was stored"));
                self.lists.respond(&received, then);
            }
            Event::ShowsOtherClient(line, then) => {
                services::put(&mut self.lists.store, cloud, region, NAME, line, then);
            }
        }
    }

    /// Lets the cloud process an import; lists show what it stored after `most` at the latest.
    fn import(&mut self, received: &RawRequest, at: Duration, most: Duration) -> Response {
        let before = self.stored().len();
        let time = self.time(at);
        let response = self.stored.respond(received, time);
        self.arrived = true;
        let stored = self.stored().len() - before;
        if stored > 0 {
            self.wrote += stored;
            self.written_at = Some(time);
            let lag = share(&mut self.rng, self.schedule.lag).min(most);
            self.events.push((at + lag, Event::Shows(received.clone(), time)));
        }
        response
    }

    /// Replaces the key that this import stored by another one.
    fn swap(&mut self) {
        let mine = answers::bare(MINE);
        let state = self.stored.store.to_json().unwrap().replace(mine, answers::bare(OTHER));
        self.stored.store = Store::from_json(&state).unwrap();
        self.events.retain(|(_, event)| !matches!(event, Event::Shows(..)));
        self.lists.store = self.stored.store.clone();
        self.log.line(|| format!("          {} holds another key", self.schedule.cloud));
        (self.wrote, self.written_at, self.swapped) = (0, None, true);
    }

    /// Lets the cloud process a request, twice or wrongly if that is the fault.
    pub fn arrive(
        &mut self,
        received: &RawRequest,
        is_import: bool,
        fault: Option<Fault>,
        at: Duration,
    ) -> Response {
        self.pass(at);
        if !is_import {
            let is_stale = self.rng.f64() < self.schedule.stale_rate;
            let time = self.time(at);
            let copy = if is_stale { &mut self.lists } else { &mut self.stored };
            let response = copy.respond(received, time);
            let cloud = self.schedule.cloud;
            let pairs = copy.store.pairs(cloud, region(cloud));
            let response = self.schedule.times.rewrite(response, |shown| {
                let name =
                    ["name", "KeyPairName", "KeyName"].iter().find_map(|name| shown.get(*name))?;
                // Baidu's names may repeat.
                let id = shown.get("keypairId");
                let is_shown =
                    |pair: &&StoredPair| *name == pair.name && id.is_none_or(|id| *id == pair.id);
                pairs.iter().find(is_shown).map(|pair| pair.created)
            });
            return self.dated(response);
        }
        let before = self.wrote;
        let mut answer = self.import(received, at, self.schedule.longest_lag);
        if fault == Some(Fault::Twice) {
            answer = self.import(received, at, self.schedule.longest_lag);
        }
        if fault == Some(Fault::Swapped) && self.wrote > before {
            self.swap();
        }
        self.dated(answer)
    }

    /// Takes the date out of an answer, if this cloud does not show it.
    pub fn dated(&self, mut response: Response) -> Response {
        response.headers.retain(|(name, _)| self.schedule.has_date || name != "date");
        response
    }

    /// Lets an import that its client gave up arrive later: at that moment, or at any that is not too late.
    pub fn arrive_late(&mut self, received: RawRequest, given_up: Duration, at: Option<Duration>) {
        let longest = self.schedule.longest_lag;
        let late = match at {
            Some(at) => at.min(given_up + longest),
            None => given_up + share(&mut self.rng, longest),
        };
        let most = (given_up + longest).saturating_sub(late);
        self.events.push((late, Event::Arrives(received, most)));
    }

    pub fn log_stored(&self) {
        self.log.line(|| {
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
            self.violation("a nonce was used twice");
        }
        if is_import {
            self.imports += 1;
            self.tokens.extend(token.map(str::to_owned));
        }
        if self.tokens.len() > 1 {
            self.violation("the token of the import changed");
        }
    }

    pub fn violation(&mut self, text: &str) {
        self.violations.push(text.to_owned());
    }
}

/// Draws a part of a time; half of the draws are the whole, which tests the bounds.
fn share(rng: &mut Rng, most: Duration) -> Duration {
    if rng.bool() { most } else { most.mul_f64(rng.f64()) }
}

fn initial(Schedule { cloud, initial, .. }: &Schedule) -> Vec<(String, &'static str)> {
    let pair = |name: &str, line| (name.to_owned(), line);
    let mut pairs = match *initial {
        InitialState::Nothing | InitialState::Full => Vec::new(),
        InitialState::Same | InitialState::FullWithSame => vec![pair(NAME, MINE)],
        InitialState::SameElsewhere => vec![pair(ELSEWHERE, MINE)],
        InitialState::Other => vec![pair(NAME, OTHER)],
        InitialState::OtherAndSameElsewhere => vec![pair(NAME, OTHER), pair(ELSEWHERE, MINE)],
        InitialState::Both => vec![pair(NAME, OTHER), pair(NAME, MINE)],
    };
    if matches!(initial, InitialState::Full | InitialState::FullWithSame) {
        let others = pairs.len()..most_pairs(cloud);
        pairs.extend(others.map(|number| (format!("other-{number}"), "ssh-rsa AAAA")));
    }
    pairs
}

/// As many pairs as fit into a region.
pub fn most_pairs(cloud: &str) -> usize {
    match cloud {
        "aws" => 5000,
        "tencent" => 100,
        _ => 500,
    }
}

/// Tells whether a pair holds a key; comments do not count, and some clouds are not sent any.
pub fn is_key(pair: &StoredPair, line: &str) -> bool {
    pair.line.split(' ').nth(1) == line.split(' ').nth(1)
}
