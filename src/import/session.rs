//! The exchange with one cloud about one key: signed anew for each request, with a tally and a deadline.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind, ErrorResponse};
use crate::ports::{Clock, Delivery, ProvideCredential, SendError, Transport};
use crate::provider::{
    self, DecodeError, ImportJob, KeyPair, LookupBy, Page, Provider, Uniqueness,
};
use crate::retry::Policy;
use crate::sign::Credential;
use crate::wire::{Request, Response};

use super::Limits;
use super::call_error::{CallError, ListError, NextStep};
use super::credentials::{self, left};

/// The longest that one request is waited for, so that a silent server leaves time to settle what it did.
const REQUEST_LIMIT: Duration = Duration::from_secs(15);
/// More pages than any region can fill.
const MOST_PAGES: u32 = 1000;

/// One target's exchange with its cloud.
pub(super) struct Session<'a> {
    pub cloud: &'a dyn Provider,
    pub job: &'a ImportJob,
    pub credentials: &'a dyn ProvideCredential,
    pub transport: &'a dyn Transport,
    pub clock: &'a dyn Clock,
    pub policy: Policy,
    pub started: Duration,
    pub deadline: Duration,
    pub request_ids: Vec<String>,
    pub requests: u32,
    /// The cloud's clock at its last answer.
    pub cloud_time: Option<DateTime<Utc>>,
    /// A credential that was renewed is not renewed again.
    renewed: bool,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        cloud: &'a dyn Provider,
        job: &'a ImportJob,
        limits: Limits,
        credentials: &'a dyn ProvideCredential,
        transport: &'a dyn Transport,
        clock: &'a dyn Clock,
    ) -> Self {
        let started = clock.now();
        Self {
            cloud,
            job,
            credentials,
            transport,
            clock,
            policy: Policy::new(limits.attempts),
            started,
            deadline: started.saturating_add(limits.timeout),
            request_ids: Vec::new(),
            requests: 0,
            cloud_time: None,
            renewed: false,
        }
    }

    /// Returns the time that is left: until the deadline, or until the user's patience ends.
    pub(super) fn left(&self) -> Duration {
        left(self.clock, self.deadline)
    }

    /// Waits before the next attempt of this number, unless there is none or no time for it.
    pub(super) async fn pause(&self, attempt: u32, asked: Option<Duration>) -> NextStep {
        let pause = self.policy.pause(attempt, self.clock.jitter(), asked);
        let until_deadline = self.deadline.saturating_sub(self.clock.now());
        match pause.filter(|pause| *pause < until_deadline) {
            None => NextStep::GiveUp,
            Some(pause) if pause >= self.left() => NextStep::Cancelled,
            Some(pause) => {
                self.clock.sleep(pause).await;
                NextStep::Retry
            }
        }
    }

    /// Says why nothing more is tried after a failure that is no answer of the cloud's: because the user's
    /// patience is over, or because of the failure.
    fn end(&self) -> NextStep {
        let is_over = |by: Duration| by <= self.clock.now() && by <= self.deadline;
        if self.clock.shutdown_deadline().is_some_and(is_over) {
            NextStep::Cancelled
        } else {
            NextStep::GiveUp
        }
    }

    /// A request that never left.
    fn unsent(&self, error: Error) -> CallError {
        CallError { error, delivery: Delivery::Unsent, next: self.end() }
    }

    /// Waits for a credential as long as there is time.
    async fn in_time<A>(
        &self,
        search: impl Future<Output = Result<A, Error>> + Send,
    ) -> Result<A, CallError> {
        let found = credentials::in_time(search, self.credentials, self.clock, self.deadline);
        found.await.map_err(|error| self.unsent(error))
    }

    /// Sends one request, signed now; an expired credential is renewed once.
    pub(super) async fn call(&mut self, request: &Request) -> Result<Response, CallError> {
        let credential = self.in_time(self.credentials.credential()).await?;
        let failed = match self.exchange(request, &credential).await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        let is_expired = failed.error.kind() == ErrorKind::CredentialsExpired;
        // A user who stops gets nothing sent a second time.
        if !is_expired || self.renewed || self.clock.shutdown_deadline().is_some() {
            return Err(failed);
        }
        self.renewed = true;
        match self.in_time(self.credentials.renew(&credential)).await? {
            Some(credential) => self.exchange(request, &credential).await,
            None => Err(failed),
        }
    }

    async fn exchange(
        &mut self,
        request: &Request,
        credential: &Credential,
    ) -> Result<Response, CallError> {
        let limit = self.left().min(REQUEST_LIMIT);
        if limit.is_zero() {
            let error = Error::new(ErrorKind::Network, "no time was left to ask the cloud");
            return Err(self.unsent(error));
        }
        let stamp = self.clock.stamp();
        let signed = self.cloud.sign(request.clone(), &self.job.endpoint, credential, &stamp);
        self.requests += 1;
        let answer = tokio::select! {
            answer = self.transport.send(&signed.request, limit) => answer,
            () = self.clock.cancelled() => Err(SendError::cancelled()),
        };
        let mut response = answer.map_err(|lost| self.lost(lost))?;
        // Clouds echo what was signed, the token included.
        credential.redactor().answer(&mut response);
        let id = self.cloud.read_request_id(&response);
        self.request_ids.extend(id.map(|id| self.without_key(&id)));
        self.cloud_time = response
            .header("date")
            .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
            .map(|date| date.to_utc())
            .or(self.cloud_time);
        match self.cloud.read_error(&response) {
            Some(error_response) => Err(self.refused(error_response)),
            None if (200..300).contains(&response.status) => Ok(response),
            None => {
                Err(self
                    .refused(ErrorResponse { status: response.status, ..ErrorResponse::default() }))
            }
        }
    }

    /// The one place where a refusal gets its kind.
    fn refused(&self, error_response: ErrorResponse) -> CallError {
        let error_response = error_response.map_texts(|text| self.without_key(text));
        let info = self.cloud.info();
        let kind = provider::classify(info.error_codes, &error_response);
        let message = format!("{} refused the request", info.title);
        let delivery = if kind.is_uncertain() { Delivery::Unknown } else { Delivery::Unsent };
        let mut error = Error::new(kind, message);
        if kind == ErrorKind::ClockSkew
            && let Some(theirs) = self.cloud_time
        {
            let ours = self.clock.time();
            error = error.hinted(format!(
                "set the clock of this machine: it says {}, the cloud {}",
                ours.format("%Y-%m-%d %H:%M:%SZ"),
                theirs.format("%Y-%m-%d %H:%M:%SZ")
            ));
        }
        if (300..400).contains(&error_response.status) {
            error = error.hinted("redirects are not followed; check `--endpoint` and proxies");
        }
        let next = if kind.is_transient() { NextStep::Retry } else { NextStep::GiveUp };
        CallError { error: error.with_response(error_response), delivery, next }
    }

    fn lost(&self, lost: SendError) -> CallError {
        let message = format!("no answer from {}", self.job.endpoint.origin.authority);
        let mut error = Error::new(ErrorKind::Network, message);
        if let Some(hint) = lost.hint {
            error = error.hinted(hint);
        }
        let next = match self.end() {
            NextStep::GiveUp if !lost.permanent => NextStep::Retry,
            end => end,
        };
        CallError { delivery: lost.delivery, error: error.caused_by(lost), next }
    }

    /// Takes the key out of a text of the cloud's, which may repeat what it was sent.
    fn without_key(&self, text: &str) -> String {
        self.job.key.redactor().text(text)
    }

    /// Reads the answer to an import.
    pub(super) fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        let stored = self.cloud.read_import(response)?;
        Ok(stored.map_texts(|text| self.without_key(text)))
    }

    /// Lists the stored pairs, all pages. Looking has no effect, so what fails for a while is asked again.
    pub(super) async fn look(&mut self, by: LookupBy) -> Result<Vec<KeyPair>, ListError> {
        let mut stored = Vec::new();
        let mut page: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let request = self.cloud.lookup(self.job, by, page.as_deref());
            let turned = self.ask(&request).await?;
            let pairs = turned.items.into_iter();
            stored.extend(pairs.map(|pair| pair.map_texts(|text| self.without_key(text))));
            if turned.next.is_none() {
                stored.retain(|pair| self.concerns(by, pair));
                return Ok(stored);
            }
            if turned.next == page {
                break;
            }
            page = turned.next;
        }
        let error = Error::new(ErrorKind::Unexpected, "the list of key pairs does not end");
        Err(ListError::Failed(error))
    }

    /// Leaves out what a list shows beyond what was asked for: pairs of another region, which a wrong host
    /// shows, and other names, which count only where a cloud keeps a key but once.
    fn concerns(&self, by: LookupBy, pair: &KeyPair) -> bool {
        let here = pair.region.as_ref().is_none_or(|region| *region == self.job.endpoint.region);
        let asked = match by {
            LookupBy::Name => pair.name == self.job.name,
            LookupBy::Key => true,
        };
        here && (asked || self.cloud.info().unique_keys == Uniqueness::Enforced)
    }

    async fn ask(&mut self, request: &Request) -> Result<Page<KeyPair>, ListError> {
        let mut attempt = 1;
        loop {
            let failed = match self.call(request).await {
                Ok(response) => match self.cloud.read_lookup(&response) {
                    Ok(page) => return Ok(page),
                    Err(unreadable) => CallError {
                        error: Error::new(
                            ErrorKind::Unavailable,
                            "the list of key pairs is broken",
                        )
                        .caused_by(unreadable),
                        delivery: Delivery::Unknown,
                        next: NextStep::Retry,
                    },
                },
                Err(failed) => failed,
            };
            match failed.wait(self, attempt).await {
                NextStep::Retry => attempt += 1,
                NextStep::GiveUp => return Err(ListError::Failed(failed.error)),
                NextStep::Cancelled => return Err(ListError::Cancelled(failed.error)),
            }
        }
    }
}
