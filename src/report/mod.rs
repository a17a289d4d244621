//! What the user reads: results, messages and exit codes. Text from outside is sanitised here.

pub mod exit;
mod format;
mod message;
mod outline;
mod record;
mod table;

pub use self::format::Format;
pub use self::message::{error, note, warning};
pub use self::outline::Outline;
pub use self::record::{Record, Row};
pub use self::table::summary;
