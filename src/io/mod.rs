//! The edge of the program: the only code that touches clock, environment, files, network and signals.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the only code that touches clock, environment, files and network"
)]

pub mod clock;
pub mod signals;
mod poll;
pub mod file;
pub mod http;
pub mod rlimit;
pub mod terminal;
pub mod ca;
mod verifier;
mod tls;
mod program;
pub mod system;
pub mod sandbox_server;
