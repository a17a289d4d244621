//! The delivery of one request: whether and when the cloud processes it, and what its client gets.

use std::time::Duration;

use keyimport::ports::{Delivery, SendError};
use keyimport::wire::Response;

use super::answers::{self, Change};
use super::cloud_state::CloudState;
use super::schedule::Fault;
use crate::flow::{ONCE, Refusal, refused, with_header};

/// What comes back to the client, and when.
pub struct PlannedDelivery {
    pub fault: Option<Fault>,
    pub arrives: Arrival,
    /// When the client gets something; never, if the cloud is silent.
    pub back: Option<Duration>,
    pub reply: Reply,
}

/// When the cloud processes a request.
#[derive(Clone, Copy)]
pub enum Arrival {
    Never,
    At(Duration),
    /// After the client gave it up.
    Late,
}

pub enum Reply {
    /// What the cloud answered.
    Cloud,
    /// What the cloud answered, changed on its way.
    Changed(Change),
    /// Another answer than the cloud's.
    Instead(Response),
    SendError(SendError),
}

impl Reply {
    /// Returns what the client gets at a moment.
    pub fn response(
        self,
        state: &CloudState,
        answer: Option<Response>,
        at: Duration,
    ) -> Result<Response, SendError> {
        match (self, answer) {
            (Self::Cloud, Some(answer)) => Ok(answer),
            (Self::Changed(change), Some(answer)) => Ok(change(state.schedule.cloud, answer)),
            (Self::Instead(response), _) => {
                let date = state.time(at).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                Ok(state.dated(with_header(response, "date", &date)))
            }
            (Self::SendError(lost), _) => Err(lost),
            (Self::Cloud | Self::Changed(_), None) => panic!("an answer needs a request"),
        }
    }
}

impl CloudState {
    /// Draws what happens to a request.
    fn draw(&mut self, is_import: bool) -> Option<Fault> {
        let rate = if is_import { self.schedule.import_rate } else { self.schedule.look_rate };
        if self.schedule.faults.is_empty() || self.rng.f64() >= rate {
            return None;
        }
        let fault = self.schedule.faults[self.rng.usize(0..self.schedule.faults.len())];
        let is_possible = match fault {
            Fault::WrongKey | Fault::WrongPlace | Fault::Unproved | Fault::Swapped => is_import,
            Fault::RepeatedBefore | Fault::RepeatedAfter => ONCE.contains(&self.schedule.cloud),
            _ => true,
        };
        is_possible.then_some(fault)
    }

    /// Draws what happens to a connection.
    pub fn connection(&mut self) -> Option<Fault> {
        let faults = &self.schedule.connection_faults;
        let is_faulty = !faults.is_empty() && self.rng.f64() < self.schedule.import_rate / 2.0;
        is_faulty.then(|| faults[self.rng.usize(0..faults.len())])
    }

    /// Draws the delivery of a request that is sent at a moment, with a credential that was renewed or not.
    pub fn delivery(&mut self, is_import: bool, sent: Duration, renewed: bool) -> PlannedDelivery {
        let fault = self.draw(is_import);
        let cloud = self.schedule.cloud;
        let there = sent + Duration::from_millis(self.rng.u64(0..=self.schedule.latency));
        let heard = there + Duration::from_millis(self.rng.u64(0..=self.schedule.latency));
        let delivery = |arrives, back, reply| PlannedDelivery { fault, arrives, back, reply };
        let instead = |response| delivery(Arrival::Never, Some(heard), Reply::Instead(response));
        let after = |reply| delivery(Arrival::At(there), Some(heard), reply);
        let gone = |back, permanent, why| {
            let lost = lost(Delivery::Unsent, permanent, why);
            delivery(Arrival::Never, Some(back), Reply::SendError(lost))
        };
        let broken = |arrives, back| {
            delivery(arrives, back, Reply::SendError(lost(Delivery::Unknown, false, "it broke")))
        };
        let has_ended = self.schedule.expires_at.is_some_and(|ends| ends <= sent);
        if has_ended && !renewed {
            return instead(refused(cloud, Refusal::Expired));
        }
        if !is_import && self.schedule.denied_from.is_some_and(|from| from <= sent) {
            return instead(refused(cloud, Refusal::Denied));
        }
        let Some(fault) = fault else { return after(Reply::Cloud) };
        self.twice |= is_import && fault == Fault::Twice;
        self.unproved |= fault == Fault::Unproved;
        self.misplaced |= matches!(fault, Fault::WrongKey | Fault::WrongPlace | Fault::Swapped);
        let rng = &mut self.rng;
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
            // The state swaps what it stores, too.
            Fault::WrongKey | Fault::Swapped => after(Reply::Changed(answers::of_another_key)),
            Fault::Page => instead(answers::page(rng)),
            Fault::Denied => instead(refused(cloud, Refusal::Denied)),
        }
    }
}

pub fn lost(delivery: Delivery, permanent: bool, reason: &'static str) -> SendError {
    SendError { permanent, ..SendError::new(delivery, reason) }
}
