//! One target's calls to its provider: the import and the look-ups, with a tally for the report.

use crate::client::{CallError, Client, Limits, OnShutdown, Policy, check_response};
use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, Ports, ProvideCredential};
use crate::provider::{ImportJob, KeyPair, LookupBy, Provider, Uniqueness};
use crate::redact::{Redactor, SafeText};
use crate::sign::{Credential, Stamp};
use crate::wire::Response;

/// More pages than any region can fill.
const MAX_PAGES: u32 = 1000;
/// More key pairs than a look-up has to keep, whatever a list says.
const MAX_PAIRS: usize = 5000;

/// One target's calls.
pub(super) struct Session<'a> {
    pub provider: &'a dyn Provider,
    pub job: &'a ImportJob,
    pub request_ids: Vec<SafeText>,
    pub client: Client<'a>,
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

    /// Sends the import once and reads the response.
    pub(super) async fn import(&mut self) -> Result<KeyPair, CallError> {
        let Self { provider, job, request_ids, client } = self;
        let (provider, job, clock) = (*provider, *job, client.clock());
        let request = provider.import(job);
        let build = |credential: &Credential, stamp: &Stamp| {
            provider.sign(request.clone(), &job.endpoint, credential, stamp)
        };
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
        client
            .list(
                "the list of key pairs",
                MAX_PAGES,
                MAX_PAIRS,
                |page, credential, stamp| {
                    provider.sign(provider.lookup(job, by, page), &job.endpoint, credential, stamp)
                },
                |page, response, redactor| {
                    check(provider, response, redactor, clock, &[action], request_ids)?;
                    provider.read_lookup(response, page).map_err(|cause| {
                        Error::new(ErrorKind::Unavailable, "the list of key pairs cannot be read")
                            .caused_by(cause)
                    })
                },
                |_, pair| concerns(provider, job, by, pair),
            )
            .await
    }
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
