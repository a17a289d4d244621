//! Redaction: secrets, and the one way in which text from outside comes to be shown.

mod encodings;
mod known;
mod letters;
mod projection;
mod random_data;
mod redactor;
mod sanitize;
mod text;

use std::fmt;

use zeroize::Zeroizing;

pub use random_data::holds_random_data;
pub use redactor::Redactor;
pub use sanitize::{clean, is_harmful};
pub use text::{SafeText, Untrusted};

/// A text that must not be shown. It has no `Display`, its `Debug` is `***`, and it is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text; white space around it, which a copied value often carries, is cut off.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// Returns the text. Only signers, redactors and requests that exchange one credential for another call this.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
