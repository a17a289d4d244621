//! The client: every signed call of the program (imports, look-ups, region lists, token services, instance metadata).
//!
//! It signs a request anew on every attempt, bounds it in time, traces it, retries it while that can help, renews an
//! expired credential once, and gives an error response its kind.

mod call;
mod deadline;
mod error;
mod regions;
mod retry;
mod server_time;
mod trace;

pub use self::call::Client;
pub use self::deadline::within_deadline;
pub use self::error::{CallError, NextStep, check_response};
pub use self::regions::list_regions;
pub use self::retry::{Limits, OnShutdown, Policy, RetryAfter};
pub use self::server_time::ServerTime;
pub use self::trace::{request as trace_request, response as trace_response};
