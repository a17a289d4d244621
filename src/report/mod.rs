//! What the user reads: results, messages, exit code. Everything from outside passes the sanitiser here.

mod exit;
mod json;
mod message;
mod record;
mod table;

pub use self::exit::exit_code;
pub use self::json::json;
pub use self::message::{error, note, warning};
pub use self::record::{Document, Record, SCHEMA, failure};
pub use self::table::{Table, summary};
pub use crate::redact::clean;
