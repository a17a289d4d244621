//! Calls that fetch a credential, sent by the client.

use std::error::Error as _;
use std::time::Duration;

use async_trait::async_trait;

use super::context::Context;
use crate::client::{Client, Policy};
use crate::error::{Error, ErrorKind};
use crate::ports::ProvideCredential;
use crate::redact::Redactor;
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::Response;

/// The credential of calls that the client does not sign: there is none.
struct Anonymous;

#[async_trait]
impl ProvideCredential for Anonymous {
    async fn credential(&self) -> Result<Credential, Error> {
        Ok(Credential::new("", "", None))
    }

    async fn renew(&self, _: &Credential) -> Result<Option<Credential>, Error> {
        Ok(None)
    }
}

/// The service that is called.
#[derive(Clone, Copy)]
pub(super) enum Service {
    /// A security token service or a credentials URI.
    Token,
    /// The instance metadata service, which responds at once where there is one.
    Metadata,
    /// The same, when it is not known whether there is one.
    MetadataProbe,
}

impl Service {
    fn policy(self, attempts: u32) -> Policy {
        match self {
            Self::Token => Policy::of_credential(attempts, Duration::from_secs(10)),
            Self::Metadata => Policy::of_credential(attempts, Duration::from_secs(1)),
            Self::MetadataProbe => Policy::of_credential(1, Duration::from_secs(1)),
        }
    }
}

impl Context<'_> {
    /// Calls a service until it responds or no retry can help. A trace shows the values of `traceable` parameters.
    pub(super) async fn call<A>(
        &self,
        service: Service,
        traceable: &[&str],
        secrets: &[&str],
        build: impl Fn(&Stamp) -> Signed + Sync,
        read: impl FnMut(&Response, &Redactor) -> Result<A, Error> + Send,
    ) -> Result<A, Error> {
        let client = Client::new(self.ports, &Anonymous, service.policy(self.attempts), traceable);
        let mut client = secrets.iter().fold(client, |client, secret| client.redacting(secret));
        let build = |_: &_, stamp: &Stamp| {
            let signed = build(stamp);
            self.contact(&signed.request.origin.authority);
            signed
        };
        client.call(build, read).await.map_err(|failed| with_cause(failed.error))
    }
}

/// Puts the cause of a network error into its message, since notes hold nothing but messages.
fn with_cause(error: Error) -> Error {
    match error.source() {
        Some(cause) if error.kind() == ErrorKind::Network => {
            let message = format!("{}: {cause}", error.message());
            Error::new(error.kind(), message).hinted(error.hint())
        }
        _ => error,
    }
}
