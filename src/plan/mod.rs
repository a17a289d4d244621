//! What the flags mean together: which clouds and regions, at which addresses, for which keys and names.

mod batch;
mod endpoint;
mod lists;
mod region_hint;
mod selection;

pub use self::batch::{
    Batch, InputKey, NamedKey, check, import_options, named_keys, source_label, unknown_region,
};
pub use self::lists::list_hint;
pub use self::region_hint::region_hint;
pub use self::selection::{
    Regions, Selection, configure_endpoints, every_cloud, has_many_targets, selections,
};
