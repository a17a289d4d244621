//! Imports an SSH public key into several clouds, and proves that it is there.
//!
//! This is the program as a library, for its own tests; it is not a stable interface.
//!
//! # The map
//! A *provider* ([`provider`]) is a value of the trait [`provider::Provider`], whose methods are pure: it builds unsigned
//! requests, picks a signature and decodes responses. A *signature* ([`sign`]) is a pure function of request, credential
//! and stamp (time and nonce). One *client* ([`client`]) sends every signed call of the program: it signs anew on every
//! attempt, bounds, traces, retries and redacts. *Credentials* ([`credentials`]) are data per provider and one engine.
//! One *import engine* ([`import`]), the same for every provider, decides: look up, send, retry, reconcile, verify.
//! The core reaches the outside through *ports* ([`ports`]), which [`io`] implements; [`run`] wires everything together.
//!
//! The modules are listed in order of dependency: each uses only modules above it.
//!
//! # Invariants
//! 1. Nothing outside [`io`] reads the clock, the environment, files, randomness, signals or the network (lints hold it).
//! 2. What is signed is what is sent: encoded by one encoder ([`encode`]), for one authority.
//! 3. A signature is never reused, and a client token never changes within an import.
//! 4. An error response gets its kind in one function ([`client::check_response`]) from one table per provider, which
//!    holds the codes of gateway, compute and token services together; other services go by [`provider::by_status`].
//! 5. No success without proof: `verified` tells which, and `no` where the provider shows nothing.
//! 6. Secrets are [`redact::Secret`]; no `Debug`, log or error shows one.
//! 7. Text from outside is [`redact::Untrusted`] until [`redact::Redactor`] has bounded, decoded, sanitised and redacted
//!    it, in this order; only the resulting [`redact::SafeText`] can reach a terminal, a document, a trace or a file.
//! 8. Every provider in [`provider::ALL`] has vectors, error codes with cases, responses, credentials and a sandbox.

pub mod encode;
pub mod wire;
pub mod redact;
pub mod phrase;
pub mod error;
pub mod key;

pub mod sign;
pub mod ports;
pub mod provider;
pub mod client;
pub mod credentials;
pub mod import;
pub mod lang;
pub mod cli;
pub mod plan;
pub mod report;
pub mod sandbox;
pub mod io;
pub mod run;
