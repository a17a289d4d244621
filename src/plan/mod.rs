//! What the flags mean together: which clouds and regions, at which addresses, for which keys and names.

mod batch;
mod endpoint;
mod keys;
mod selection;

pub use self::batch::{Batch, check, import_options};
pub use self::keys::{NamedKey, named_keys};
pub use self::selection::{Regions, Selection, has_many_targets, selections};
