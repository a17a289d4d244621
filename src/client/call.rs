//! One call: a request that is built, signed and sent anew on every attempt, and its response.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::deadline::{time_left, within_deadline};
use super::error::{CallError, NextStep};
use super::retry::{OnShutdown, Policy};
use super::server_time::ServerTime;
use super::trace;
use crate::error::{Error, ErrorKind};
use crate::phrase::phrase;
use crate::ports::{Clock, Delivery, Ports, ProvideCredential, Retry, SendError};
use crate::provider::Page;
use crate::redact::{Redactor, Secret};
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::{Origin, Request, Response};

/// Sends the requests of one target, one listing or one credential source.
pub struct Client<'a> {
    ports: Ports<'a>,
    credentials: &'a dyn ProvideCredential,
    policy: Policy,
    /// Parameters and headers whose values a trace may show.
    traceable: &'a [&'a str],
    redactor: Redactor,
    requests: u32,
    server_time: Option<ServerTime>,
    /// A renewed credential is not renewed again.
    renewed: bool,
    /// A request with an effect may have left: the requests after it settle that, also during a shutdown.
    pub is_in_doubt: bool,
}

impl fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl<'a> Client<'a> {
    /// Makes a client that has sent nothing. A trace shows the values of `traceable` parameters and headers.
    pub fn new(
        ports: Ports<'a>,
        credentials: &'a dyn ProvideCredential,
        policy: Policy,
        traceable: &'a [&'a str],
    ) -> Self {
        Self {
            ports,
            credentials,
            policy,
            traceable,
            redactor: Redactor::default(),
            requests: 0,
            server_time: None,
            renewed: false,
            is_in_doubt: false,
        }
    }

    /// Replaces the redactor of all that is shown of responses.
    #[must_use]
    pub fn with_redactor(self, redactor: Redactor) -> Self {
        Self { redactor, ..self }
    }

    /// Returns what text from responses passes before it is shown.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Returns the number of requests sent.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// Returns the server's time in its last response.
    pub fn server_time(&self) -> Option<ServerTime> {
        self.server_time
    }

    /// Returns the clock.
    pub fn clock(&self) -> &'a dyn Clock {
        self.ports.clock
    }

    /// Returns the time until the deadline or the shutdown deadline.
    pub fn time_left(&self) -> Duration {
        time_left(self.ports.clock, self.policy.deadline)
    }

    /// Makes one attempt: signs the request, sends it and reads the response. A credential that the server calls expired
    /// is renewed once, and the request sent again.
    pub async fn attempt<A>(
        &mut self,
        build: &(impl Fn(&Credential, &Stamp) -> Signed + Sync),
        read: &mut (impl FnMut(&Response, &Redactor) -> Result<A, Error> + Send),
    ) -> Result<A, CallError> {
        let credential = self.wait_for(self.credentials.credential()).await?;
        let failed = match self.exchange(&credential, build, read).await {
            Ok(value) => return Ok(value),
            Err(failed) => failed,
        };
        let is_expired = failed.error.kind() == ErrorKind::CredentialsExpired;
        // During a shutdown nothing is sent a second time.
        if !is_expired || self.renewed || self.ports.clock.shutdown_deadline().is_some() {
            return Err(failed);
        }
        self.renewed = true;
        match self.wait_for(self.credentials.renew(&credential)).await? {
            Some(newer) => self.exchange(&newer, build, read).await,
            None => Err(failed.of_expired(&credential)),
        }
    }

    /// Makes attempts until one succeeds or nothing is left to do. Only for requests without an effect.
    pub async fn call<A>(
        &mut self,
        build: impl Fn(&Credential, &Stamp) -> Signed + Sync,
        mut read: impl FnMut(&Response, &Redactor) -> Result<A, Error> + Send,
    ) -> Result<A, CallError> {
        let mut attempt = 1;
        loop {
            let failed = match self.attempt(&build, &mut read).await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            match self.backoff(&failed, attempt).await {
                NextStep::Retry => attempt += 1,
                next => return Err(CallError { next, ..failed }),
            }
        }
    }

    /// Reads a list page by page and returns the items that `keep` accepts; it is given those kept so far, too. More
    /// pages than `max_pages`, more items than `max_items`, or a page that names itself as the next one is an error.
    pub async fn list<T>(
        &mut self,
        what: &str,
        max_pages: u32,
        max_items: usize,
        build: impl Fn(Option<&str>, &Credential, &Stamp) -> Signed + Sync,
        mut read: impl FnMut(Option<&str>, &Response, &Redactor) -> Result<Page<T>, Error> + Send,
        keep: impl Fn(&[T], &T) -> bool,
    ) -> Result<Vec<T>, CallError> {
        let mut kept = Vec::new();
        let mut page: Option<String> = None;
        for _ in 0..max_pages {
            let token = page.as_deref();
            let sign = |credential: &Credential, stamp: &Stamp| build(token, credential, stamp);
            let read = |response: &Response, redactor: &Redactor| read(token, response, redactor);
            let Page { items, next } = self.call(sign, read).await?;
            for item in items {
                if !keep(&kept, &item) {
                    continue;
                }
                // Item by item: `keep` may compare each with all before it, and a page has no limit of its own.
                if kept.len() == max_items {
                    let message = phrase!("{} is too long", what);
                    return Err(Error::new(ErrorKind::Unexpected, message).into());
                }
                kept.push(item);
            }
            if next.is_none() {
                return Ok(kept);
            }
            if next == page {
                break;
            }
            page = next;
        }
        Err(Error::new(ErrorKind::Unexpected, phrase!("{} does not end", what)).into())
    }

    /// Waits before the next attempt, if there is to be one, and says whether there is.
    pub async fn backoff(&self, failed: &CallError, attempt: u32) -> NextStep {
        let clock = self.ports.clock;
        if failed.next != NextStep::Retry {
            return failed.next;
        }
        if self.policy.on_shutdown == OnShutdown::Stop && clock.shutdown_deadline().is_some() {
            return NextStep::Cancelled;
        }
        let asked = failed.error.response().and_then(|response| response.retry_after);
        let pause = self.policy.pause(attempt, clock.jitter(), asked);
        let until_deadline = self.policy.deadline.saturating_sub(clock.now());
        let is_over =
            || !self.is_in_doubt && failed.is_unsent() && clock.shutdown_deadline().is_some();
        match pause.filter(|pause| *pause < until_deadline) {
            None => NextStep::GiveUp,
            Some(pause) if is_over() || pause >= self.time_left() => NextStep::Cancelled,
            Some(pause) => {
                let (attempt, attempts) = (attempt + 1, self.policy.attempts);
                let retry = Retry { error: &failed.error, pause, attempt, attempts };
                self.ports.observer.retrying(Some(&retry));
                clock.sleep(pause).await;
                self.ports.observer.retrying(None);
                if is_over() { NextStep::Cancelled } else { NextStep::Retry }
            }
        }
    }

    /// Waits for a credential as long as there is time.
    async fn wait_for<A>(
        &self,
        search: impl Future<Output = Result<A, Error>> + Send,
    ) -> Result<A, CallError> {
        within_deadline(search, self.credentials, self.ports.clock, self.policy.deadline).await
    }

    async fn exchange<A>(
        &mut self,
        credential: &Credential,
        build: &(impl Fn(&Credential, &Stamp) -> Signed + Sync),
        read: &mut (impl FnMut(&Response, &Redactor) -> Result<A, Error> + Send),
    ) -> Result<A, CallError> {
        let timeout = self.time_left().min(self.policy.request_timeout);
        if timeout.is_zero() {
            let error = Error::new(ErrorKind::Network, "no time was left to send the request");
            return Err(self.unsent(error));
        }
        let (clock, stamp) = (self.ports.clock, self.ports.clock.stamp());
        let signed = build(credential, &stamp);
        // Servers echo what was signed, the token included.
        self.redactor.add(credential.secret.expose());
        self.redactor.add(credential.token.as_ref().map_or("", Secret::expose));
        self.redactor.add(&signed.signature);
        let prepared = self.ports.transport.prepare(&signed.request.origin);
        for secret in prepared.map_err(|error| self.unsent(error))? {
            self.redactor.add(secret.expose());
        }
        self.requests += 1;
        let sent = clock.now();
        let response = self.send(&signed.request, timeout).await?;
        self.server_time = Some(ServerTime::new(&response, stamp.time, sent, clock.now()));
        let result = read(&response, &self.redactor);
        match &result {
            Err(error) if error.kind() == ErrorKind::Throttled => self.ports.observer.throttled(),
            _ => self.ports.observer.processed(),
        }
        result.map_err(CallError::from)
    }

    async fn send(&self, request: &Request, timeout: Duration) -> Result<Response, CallError> {
        let Ports { transport, clock, observer } = self.ports;
        if observer.traces() {
            observer.trace(&trace::request(request, self.traceable));
        }
        let sent = tokio::select! {
            sent = transport.send(request, timeout) => sent,
            () = clock.cancelled() => Err(SendError::cancelled(Delivery::Unknown)),
        };
        if observer.traces() {
            observer.trace(&match &sent {
                Ok(response) => trace::response(response, &self.redactor),
                Err(error) => format!("< no response: {error}\n"),
            });
        }
        sent.map_err(|error| self.no_response(&request.origin, error))
    }

    fn no_response(&self, origin: &Origin, cause: SendError) -> CallError {
        let message = phrase!("no response from {}", origin.shown_host());
        let mut error = Error::new(ErrorKind::Network, message);
        if let Some(hint) = cause.hint {
            error = error.hinted(hint);
        }
        let next = match self.end() {
            NextStep::GiveUp if cause.is_cancelled && !self.is_in_doubt => NextStep::Cancelled,
            NextStep::GiveUp if !cause.permanent => NextStep::Retry,
            end => end,
        };
        CallError { delivery: cause.delivery, error: error.caused_by(cause), next }
    }

    /// A request that never left.
    fn unsent(&self, error: Error) -> CallError {
        CallError { error, delivery: Delivery::Unsent, next: self.end() }
    }

    /// Why nothing more is tried after a failure without a response: the shutdown deadline, or the failure itself.
    fn end(&self) -> NextStep {
        let now = self.ports.clock.now();
        let is_over = |shutdown: Duration| shutdown <= now && shutdown <= self.policy.deadline;
        if self.ports.clock.shutdown_deadline().is_some_and(is_over) {
            NextStep::Cancelled
        } else {
            NextStep::GiveUp
        }
    }
}
