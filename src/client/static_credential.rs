//! Credentials that are given and never renewed.

use async_trait::async_trait;

use crate::error::Error;
use crate::ports::ProvideCredential;
use crate::sign::Credential;

/// Credentials of calls that are not signed.
#[derive(Debug)]
pub struct Anonymous;

#[async_trait]
impl ProvideCredential for Anonymous {
    async fn credential(&self) -> Result<Credential, Error> {
        Ok(Credential::new("", "", None))
    }

    async fn renew(&self, _: &Credential) -> Result<Option<Credential>, Error> {
        Ok(None)
    }
}

/// A static credential, which is never renewed.
#[async_trait]
impl ProvideCredential for Credential {
    async fn credential(&self) -> Result<Credential, Error> {
        Ok(self.clone())
    }

    async fn renew(&self, _: &Credential) -> Result<Option<Credential>, Error> {
        Ok(None)
    }
}
