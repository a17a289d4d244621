//! Credentials: where they come from.

pub use crate::secret::{Credential, Secret, scrub};
