//! What a client reaches the outside by.

use std::fmt;

use crate::ports::{Clock, Observer, Transport};

/// The ports that a client uses.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// Sends the requests.
    pub transport: &'a dyn Transport,
    /// Tells time, sleeps, and knows of a shutdown.
    pub clock: &'a dyn Clock,
    /// Sees every exchange.
    pub observer: &'a dyn Observer,
}

impl fmt::Debug for Ports<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}
