//! Secrets, and the credential that a signer takes.

use std::fmt;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use crate::error::ErrorResponse;
use crate::scrub::{Prepared, Scrubber};

/// A text that must not be shown. It has no `Display`, its `Debug` is `***`, and it is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text; white space around it, which a copied value often carries, is cut off.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// Returns the text. Only signers, and the requests that exchange one credential for another, call this.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Who signs: an access key id, its secret, and for temporary credentials a session token. None of these
/// changes: a renewed credential is a new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The access key id, which is not a secret.
    pub id: String,
    /// The access key secret.
    pub secret: Secret,
    /// The session token of a temporary credential.
    pub token: Option<Secret>,
    /// When a temporary credential ends, where its source says so.
    pub expires: Option<DateTime<Utc>>,
    scrubber: Prepared,
}

impl Credential {
    /// Makes a credential from texts as they were found; a blank token counts as none.
    pub fn new(id: &str, secret: &str, token: Option<&str>) -> Self {
        let token = token.map(str::trim).filter(|token| !token.is_empty()).map(Secret::new);
        Self {
            id: id.trim().to_owned(),
            secret: Secret::new(secret),
            token,
            expires: None,
            scrubber: Prepared::default(),
        }
    }

    /// Says when this credential ends, if that is known.
    #[must_use]
    pub fn until(self, expires: Option<DateTime<Utc>>) -> Self {
        Self { expires, ..self }
    }

    /// Returns the id with its middle left out, for messages.
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

    /// Returns what takes the secrets of this credential out of texts from outside, in every form in which
    /// somebody may repeat them.
    pub fn scrubber(&self) -> &Scrubber {
        let token = self.token.as_ref().map_or("", Secret::expose);
        self.scrubber.of(&[self.secret.expose(), token])
    }
}

impl ErrorResponse {
    /// Changes every text that the cloud chose, so that what it repeats can be taken out.
    #[must_use]
    pub fn map_texts(self, change: impl Fn(&str) -> String) -> Self {
        let request_id = self.request_id.as_deref().map(&change);
        Self { code: change(&self.code), message: change(&self.message), request_id, ..self }
    }
}
