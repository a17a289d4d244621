//! Scripted imports: every branch of the engine, held to the whole outcome and to every request it sent.
//!
//! A script is a list of answers; a request that no answer is left for fails the test, and so does an answer
//! that nobody asked for. Requests are written as `import`, `name` (a look-up by name) and `key` (one by key).

mod answers;
mod stage;

mod accepted; // what an import that was accepted has to prove
mod doubt; // answers that were lost or broken, and what they left behind
mod taken; // names and keys that are taken
mod look; // dry runs and checks, pages, look-ups that fail
mod limits; // attempts, pauses, deadlines, a user who stops, credentials that end
mod regions; // the list of regions
mod property; // what holds for every list, pause and refusal

pub(crate) use answers::{MINE, OTHER, Refusal, mine, other, refused, with_header};
pub(crate) use stage::{CLOUDS, NAME, action, job, nonce, region};
