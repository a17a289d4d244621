//! Credentials: secrets, and where they come from.

mod secret;

pub use secret::{Credential, Secret, scrub};
