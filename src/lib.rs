//! Puts an SSH public key into several clouds, and proves that it is there.

pub mod error;
pub mod encode;
pub mod wire;
pub mod key;
pub mod name;
pub mod secret;
pub mod sign;
pub mod doors;
pub mod credential;
pub mod provider;
pub mod retry;
pub mod import;
pub mod cli;
pub mod plan;
pub mod regions;
pub mod report;
pub mod sandbox;
pub mod io;
pub mod run;
