//! Scripted imports: every branch of the engine, compared with the whole outcome and with every request.
//!
//! A script is a list of responses. A request for which none is left fails the test, and so does a response that is
//! left over. Requests are written as `import`, `name` (a look-up by name) and `key` (one by key).

mod answers;
mod stage;

mod accepted; // what an import that was accepted has to prove
mod lost_responses; // responses that were lost or broken, and what their requests did
mod conflicts; // names and keys that are taken
mod lookups; // dry runs and checks, pages, look-ups that fail
mod limits; // attempts, pauses, deadlines, a user who stops, credentials that end
mod regions; // the list of regions
mod property; // what holds for every list, pause and refusal

pub(crate) use answers::{
    MINE, OTHER, Refusal, Shown, accepted, mine, other, pair, refused, with_header,
};
pub(crate) use stage::{
    BY_KEY, BY_NAME, CLOUDS, Flow, NAME, ONCE, SHOW_IMPORTS, action, flow, job, nonce, region,
    regions,
};
