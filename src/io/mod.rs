//! The edge: the only code that touches the world.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the edge: the only code that touches the world"
)]

pub mod clock;
pub mod file;
pub mod http;
pub mod rlimit;
pub mod terminal;
mod ca;
mod tls;
pub mod system;
pub mod sandbox_server;
