//! Puts an SSH public key into several clouds, and proves that it is there.
//!
//! This is the program as a library, for its own tests; it is not a stable interface.
//!
//! # The map
//! A *cloud* is a value of the trait [`provider::Provider`], whose methods are pure: it builds unsigned requests, picks
//! a signature and reads answers. A *signature* ([`sign`]) is a pure function of request, credential and stamp. One
//! engine ([`import`]), the same for every cloud, sends, retries, reconciles and verifies through the ports
//! ([`ports`]): `Transport` for the network, `Clock` for time, chance and patience, `System` for environment and files.
//! [`io`] implements them and is the only part that touches the world. [`run`] wires all of it together.
//!
//! The modules stand here in the order of their dependencies: each uses only what stands above it.
//!
//! # Invariants
//! 1. Nothing outside [`io`] reads the clock, the environment, files, randomness or the network (a lint).
//! 2. What is signed is what is sent: one encoder ([`encode`]), one authority for signature and connection.
//! 3. A signature is never reused, and a client token never changes within an import.
//! 4. A refusal gets its kind from the cloud's table, in one place, and nowhere else.
//! 5. No success without proof: `verified` says which, and "no" where the cloud shows nothing.
//! 6. Secrets are [`redact::Secret`]; no `Debug`, log or error shows one.
//! 7. Text from outside reaches a terminal only through [`report::clean`].
//! 8. Every cloud in [`provider::ALL`] has vectors, refusals, answers and a sandbox.

pub mod encode;
pub mod wire;
pub mod redact;
pub mod error;
pub mod key;

pub mod sign;
pub mod ports;
pub mod provider;
pub mod client;
pub mod credential;
pub mod import;
pub mod cli;
pub mod plan;
pub mod report;
pub mod sandbox;
pub mod io;
pub mod run;
