//! What the user reads: results, messages, exit code. Everything from outside passes the sanitiser here.

mod exit;
mod json;
mod message;
mod record;
mod sanitize;
mod table;
mod trace;

pub use self::exit::exit_code;
pub use self::json::json;
pub use self::message::{error, note, warning};
pub use self::record::{Document, Record, SCHEMA, failure};
pub use self::sanitize::clean;
pub use self::table::{Table, summary};
pub use self::trace::{labelled, request, response};
