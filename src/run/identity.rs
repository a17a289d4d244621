//! Who signs the requests of one cloud: the credential of its chain, or the sandbox's made-up one.

use std::sync::Arc;

use crate::credentials::CredentialCache;
use crate::error::Error;
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::io::system::OsSystem;
use crate::ports::ProvideCredential;
use crate::provider::Provider;
use crate::sign::Credential;

/// The credential of one cloud.
#[derive(Debug)]
pub(super) enum Identity {
    /// Found where the cloud's own tools look.
    Real(Box<CredentialCache>),
    /// Made up for the sandbox.
    MadeUp(Credential),
}

impl Identity {
    /// Makes the identity of a real cloud; nothing is looked for yet.
    pub(super) fn real(
        provider: &'static dyn Provider,
        profile: Option<&str>,
        network: &Arc<Network>,
        clock: &Arc<SystemClock>,
    ) -> Self {
        let (network, clock) = (Arc::clone(network), Arc::clone(clock));
        Self::Real(Box::new(CredentialCache::new(
            provider,
            profile,
            Arc::new(OsSystem),
            network,
            clock,
        )))
    }

    /// Says where the credential comes from, and what else is to be known of it.
    pub(super) async fn story(&self) -> (String, Vec<String>) {
        match self {
            Self::Real(cache) => (cache.source().await.unwrap_or_default(), cache.warnings().await),
            Self::MadeUp(_) => ("the sandbox".to_owned(), Vec::new()),
        }
    }
}

#[async_trait::async_trait]
impl ProvideCredential for Identity {
    async fn credential(&self) -> Result<Credential, Error> {
        match self {
            Self::Real(cache) => cache.credential().await,
            Self::MadeUp(credential) => Ok(credential.clone()),
        }
    }

    async fn renew(&self, expired: &Credential) -> Result<Option<Credential>, Error> {
        match self {
            Self::Real(cache) => cache.renew(expired).await,
            Self::MadeUp(_) => Ok(None),
        }
    }

    fn last_contacted(&self) -> Option<String> {
        match self {
            Self::Real(cache) => cache.last_contacted(),
            Self::MadeUp(_) => None,
        }
    }
}
