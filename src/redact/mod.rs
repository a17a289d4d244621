//! Secrets, and what may be shown of text that may hold one.

mod redactor;

use std::fmt;

use zeroize::Zeroizing;

pub use redactor::{Prepared, Redactor, redact, redact_all};

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
