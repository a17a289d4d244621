//! One target's calls to its provider: the import and the look-ups, with a tally for the report.

use crate::client::{
    CallError, Client, Limits, NextStep, OnShutdown, Policy, Ports, ServerTime, check_response,
};
use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, ProvideCredential};
use crate::provider::{ImportJob, KeyPair, LookupBy, Provider, Uniqueness};
use crate::redact::{Redactor, SafeText};
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::{Request, Response};

/// More pages than any region can fill.
const MAX_PAGES: u32 = 1000;
/// More key pairs than a look-up has to keep, whatever a list says.
const MAX_PAIRS: usize = 5000;

/// One target's calls.
pub(super) struct Session<'a> {
    pub provider: &'a dyn Provider,
    pub job: &'a ImportJob,
    pub request_ids: Vec<SafeText>,
    client: Client<'a>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        provider: &'a dyn Provider,
        job: &'a ImportJob,
        limits: Limits,
        credentials: &'a dyn ProvideCredential,
        ports: Ports<'a>,
    ) -> Self {
        let policy = Policy::of_target(limits, OnShutdown::Settle, ports.clock.now());
        let client = Client::new(ports, credentials, policy, provider.info().traceable)
            .with_redactor(Redactor::clone(&job.redactor));
        Self { provider, job, request_ids: Vec::new(), client }
    }

    pub(super) fn clock(&self) -> &'a dyn Clock {
        self.client.clock()
    }

    pub(super) fn redactor(&self) -> &Redactor {
        self.client.redactor()
    }

    /// Returns the number of requests sent.
    pub(super) fn requests(&self) -> u32 {
        self.client.requests()
    }

    /// Returns the provider's time in its last response.
    pub(super) fn server_time(&self) -> Option<ServerTime> {
        self.client.server_time()
    }

    /// Returns the time until the deadline or the shutdown deadline.
    pub(super) fn time_left(&self) -> std::time::Duration {
        self.client.time_left()
    }

    /// Waits before the next attempt, if there is to be one, and says whether there is.
    pub(super) async fn backoff(&self, failed: &CallError, attempt: u32) -> NextStep {
        self.client.backoff(failed, attempt).await
    }

    /// Sends the import once and reads the response.
    pub(super) async fn import(&mut self) -> Result<KeyPair, CallError> {
        let Self { provider, job, request_ids, client } = self;
        let (provider, job, clock) = (*provider, *job, client.clock());
        let build = signed(provider, job, provider.import(job));
        let actions = provider.info().actions.of_import(&job.options);
        let mut read = |response: &Response, redactor: &Redactor| {
            check(provider, response, redactor, clock, &actions, request_ids)?;
            provider.read_import(response).map_err(|cause| {
                Error::new(ErrorKind::Unavailable, "the response to the import cannot be read")
                    .caused_by(cause)
            })
        };
        let result = client.attempt(&build, &mut read).await;
        client.is_in_doubt |= !result.as_ref().is_err_and(CallError::is_unsent);
        result
    }

    /// Lists the stored key pairs that concern this import. A look-up has no effect, so it is retried.
    pub(super) async fn look_up(&mut self, by: LookupBy) -> Result<Vec<KeyPair>, CallError> {
        let Self { provider, job, request_ids, client } = self;
        let (provider, job, clock) = (*provider, *job, client.clock());
        let action = provider.info().actions.lookup;
        let mut pairs = Vec::new();
        client
            .list(
                "the list of key pairs",
                MAX_PAGES,
                |page, credential, stamp| {
                    signed(provider, job, provider.lookup(job, by, page))(credential, stamp)
                },
                |page, response, redactor| {
                    check(provider, response, redactor, clock, &[action], request_ids)?;
                    provider.read_lookup(response, page).map_err(|cause| {
                        Error::new(ErrorKind::Unavailable, "the list of key pairs cannot be read")
                            .caused_by(cause)
                    })
                },
                |pair| {
                    if concerns(provider, job, by, &pair) {
                        pairs.push(pair);
                    }
                    if pairs.len() > MAX_PAIRS {
                        let message = "the list of key pairs is too long";
                        return Err(Error::new(ErrorKind::Unexpected, message));
                    }
                    Ok(())
                },
            )
            .await?;
        Ok(pairs)
    }
}

/// Signs a request of a job anew for every attempt.
fn signed(
    provider: &dyn Provider,
    job: &ImportJob,
    request: Request,
) -> impl Fn(&Credential, &Stamp) -> Signed + Sync {
    move |credential, stamp| provider.sign(request.clone(), &job.endpoint, credential, stamp)
}

/// Notes the request id of a response and returns the error of an error response.
fn check(
    provider: &dyn Provider,
    response: &Response,
    redactor: &Redactor,
    clock: &dyn Clock,
    actions: &[&str],
    request_ids: &mut Vec<SafeText>,
) -> Result<(), Error> {
    request_ids.extend(provider.read_request_id(response).map(|id| redactor.display(&id)));
    check_response(provider, response, redactor, clock.time(), actions)
}

/// Whether a listed pair counts: not one of another region, which a wrong host lists, and not one of another name
/// unless the provider stores a key only once.
fn concerns(provider: &dyn Provider, job: &ImportJob, by: LookupBy, pair: &KeyPair) -> bool {
    let is_here = pair.region.as_ref().is_none_or(|region| *region == job.endpoint.region);
    let is_asked_for = match by {
        LookupBy::Name => pair.name == job.name,
        LookupBy::Key => true,
    };
    is_here && (is_asked_for || provider.info().unique_keys == Uniqueness::Enforced)
}
