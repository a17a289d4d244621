//! What becomes of one request: whether and when the cloud processes it, and what its client hears.

use std::time::Duration;

use keyimport::ports::{Delivery, SendError};
use keyimport::wire::Response;

use super::answers::{self, Change};
use super::plan::ErrorResponse;
use super::world::World;
use crate::flow::{Refusal, refused, with_header};

/// What comes back to the client, and when.
pub struct Course {
    pub fault: Option<ErrorResponse>,
    pub arrives: Arrival,
    /// When the client hears something; never, if the cloud is silent.
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
    /// Something else than the cloud's answer.
    Instead(Response),
    SendError(SendError),
}

impl Reply {
    /// Returns what the client hears at a moment.
    pub fn told(
        self,
        world: &World,
        answer: Option<Response>,
        at: Duration,
    ) -> Result<Response, SendError> {
        match (self, answer) {
            (Self::Cloud, Some(answer)) => Ok(answer),
            (Self::Changed(change), Some(answer)) => Ok(change(world.plan.cloud, answer)),
            (Self::Instead(response), _) => {
                let date = world.time(at).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                Ok(with_header(response, "date", &date))
            }
            (Self::SendError(lost), _) => Err(lost),
            (Self::Cloud | Self::Changed(_), None) => panic!("an answer needs a request"),
        }
    }
}

impl World {
    /// Draws what happens to a request.
    fn draw(&mut self, is_import: bool) -> Option<ErrorResponse> {
        let rate = if is_import { self.plan.import_rate } else { self.plan.look_rate };
        if self.plan.faults.is_empty() || self.rng.f64() >= rate {
            return None;
        }
        let fault = self.plan.faults[self.rng.usize(0..self.plan.faults.len())];
        let is_possible = match fault {
            ErrorResponse::WrongKey
            | ErrorResponse::WrongPlace
            | ErrorResponse::Unproved
            | ErrorResponse::Swapped => is_import,
            // Baidu has neither nonce nor token.
            ErrorResponse::RepeatedBefore | ErrorResponse::RepeatedAfter => {
                self.plan.cloud != "baidu"
            }
            _ => true,
        };
        is_possible.then_some(fault)
    }

    /// Draws what happens to a connection.
    pub fn connection(&mut self) -> Option<ErrorResponse> {
        let faults = &self.plan.connection_faults;
        let strikes = !faults.is_empty() && self.rng.f64() < self.plan.import_rate / 2.0;
        strikes.then(|| faults[self.rng.usize(0..faults.len())])
    }

    /// Decides what becomes of a request that is sent at a moment, by a credential that was renewed or not.
    pub fn course(&mut self, is_import: bool, sent: Duration, renewed: bool) -> Course {
        let fault = self.draw(is_import);
        let cloud = self.plan.cloud;
        let there = sent + Duration::from_millis(self.rng.u64(0..=self.plan.latency));
        let heard = there + Duration::from_millis(self.rng.u64(0..=self.plan.latency));
        let course = |arrives, back, reply| Course { fault, arrives, back, reply };
        let instead = |response| course(Arrival::Never, Some(heard), Reply::Instead(response));
        let after = |reply| course(Arrival::At(there), Some(heard), reply);
        let gone = |back, permanent, why| {
            let lost = lost(Delivery::Unsent, permanent, why);
            course(Arrival::Never, Some(back), Reply::SendError(lost))
        };
        let broken = |arrives, back| {
            course(arrives, back, Reply::SendError(lost(Delivery::Unknown, false, "it broke")))
        };
        let has_ended = self.plan.expires_at.is_some_and(|ends| ends <= sent);
        if has_ended && !renewed {
            return instead(refused(cloud, Refusal::Expired));
        }
        if !is_import && self.plan.denied_from.is_some_and(|from| from <= sent) {
            return instead(refused(cloud, Refusal::Denied));
        }
        let Some(fault) = fault else { return after(Reply::Cloud) };
        self.twice |= is_import && fault == ErrorResponse::Twice;
        self.unproved |= fault == ErrorResponse::Unproved;
        self.misplaced |= matches!(
            fault,
            ErrorResponse::WrongKey | ErrorResponse::WrongPlace | ErrorResponse::Swapped
        );
        let rng = &mut self.rng;
        match fault {
            ErrorResponse::Refused => gone(heard, false, "refused"),
            ErrorResponse::NotConnected => {
                gone(sent + Duration::from_secs(5), false, "not connected")
            }
            ErrorResponse::NeverConnected => gone(heard, true, "the certificate is wrong"),
            ErrorResponse::ResetBefore => broken(Arrival::Never, Some(heard)),
            ErrorResponse::ResetAfter | ErrorResponse::CutOff => {
                broken(Arrival::At(there), Some(heard))
            }
            ErrorResponse::SilentBefore => broken(Arrival::Never, None),
            ErrorResponse::SilentAfter => broken(Arrival::At(there), None),
            ErrorResponse::Late => broken(Arrival::Late, None),
            ErrorResponse::LateAfterReset => broken(Arrival::Late, Some(heard)),
            ErrorResponse::GatewayBefore => instead(answers::gateway(rng)),
            ErrorResponse::GatewayAfter => after(Reply::Instead(answers::gateway(rng))),
            ErrorResponse::UnavailableBefore => instead(refused(cloud, Refusal::Unavailable)),
            ErrorResponse::UnavailableAfter => {
                after(Reply::Instead(refused(cloud, Refusal::Unavailable)))
            }
            ErrorResponse::RepeatedBefore => instead(refused(cloud, Refusal::Repeated)),
            ErrorResponse::RepeatedAfter => {
                after(Reply::Instead(refused(cloud, Refusal::Repeated)))
            }
            ErrorResponse::Twice => after(Reply::Cloud),
            ErrorResponse::Throttled => instead(answers::throttled(cloud, rng)),
            ErrorResponse::GarbageBefore => instead(answers::garbage(rng)),
            ErrorResponse::GarbageAfter => after(Reply::Instead(answers::garbage(rng))),
            ErrorResponse::WrongPlace => after(Reply::Changed(answers::of_another_place)),
            ErrorResponse::Unproved => after(Reply::Changed(answers::without_proof)),
            // What is swapped, the world stores so.
            ErrorResponse::WrongKey | ErrorResponse::Swapped => {
                after(Reply::Changed(answers::of_another_key))
            }
            ErrorResponse::Page => instead(answers::page(rng)),
            ErrorResponse::Denied => instead(refused(cloud, Refusal::Denied)),
        }
    }
}

pub fn lost(delivery: Delivery, permanent: bool, reason: &str) -> SendError {
    SendError { delivery, reason: reason.to_owned(), hint: None, permanent }
}
