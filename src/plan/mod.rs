//! What the flags mean together: which clouds and regions, at which addresses, for which keys and names.

mod batch;
mod endpoint;
mod lists;
mod selection;

pub use self::batch::{Batch, InputKey, NamedKey, check, import_options, named_keys};
pub use self::lists::{list_hint, open_list};
pub use self::selection::{Regions, Selection, configure_endpoints, has_many_targets, selections};
