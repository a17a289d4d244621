//! The tests of the library, one binary: a module a topic.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "a test fails by panicking and reads its own data"
)]

/// Signatures, stage by stage, against vectors that the vendors' own SDKs made.
mod vectors;
/// What has to hold for every request: encoders that come back, signatures that nothing escapes.
mod property_sign;
mod doubles; // worlds, clocks and networks that follow a script
mod credentials; // every source of credentials, their order, their failures
/// What the clouds' refusals mean, every code of their tables and answers that are broken.
mod faults;
// Keys in every form: taken as ssh-keygen reads them, or refused.
mod keys;
/// The sandbox: signatures told apart, rules kept, state kept.
mod sandbox;
