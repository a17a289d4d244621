//! The credential that requests are signed with.

use chrono::{DateTime, Utc};

use crate::redact::Secret;

/// An access key id, its secret, and for temporary credentials a session token. It never changes: a renewed credential
/// is a new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The access key id, which is not a secret.
    pub id: String,
    /// The access key secret.
    pub secret: Secret,
    /// The session token of a temporary credential.
    pub token: Option<Secret>,
    /// When a temporary credential expires, if its source tells.
    pub expires: Option<DateTime<Utc>>,
}

impl Credential {
    /// Makes a credential; white space around the values is removed, a blank token counts as none.
    pub fn new(id: &str, secret: &str, token: Option<&str>) -> Self {
        let token = token.map(str::trim).filter(|token| !token.is_empty()).map(Secret::new);
        Self { id: id.trim().to_owned(), secret: Secret::new(secret), token, expires: None }
    }

    /// Sets the expiration, if it is known.
    #[must_use]
    pub fn until(self, expires: Option<DateTime<Utc>>) -> Self {
        Self { expires, ..self }
    }

    /// Returns the shortened access key id, for messages.
    pub fn short_id(&self) -> String {
        let letters: Vec<char> = self.id.chars().collect();
        match letters.len() {
            0..=8 => "…".to_owned(),
            count => {
                let head: String = letters.iter().take(4).collect();
                let tail: String = letters.iter().skip(count - 3).collect();
                format!("{head}…{tail}")
            }
        }
    }
}
