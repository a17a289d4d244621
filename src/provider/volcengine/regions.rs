//! Regions of Volcengine: those of the documents, and others that its SDKs name.
//!
//! <https://www.volcengine.com/docs/6645/1275704>

use crate::provider::region::Area::{AsiaPacific, China};
use crate::provider::region::Region;

pub(super) const REGIONS: &[Region] = &[
    Region::new("cn-beijing", "Beijing", China),
    Region::new("cn-beijing2", "Beijing", China),
    Region::new("cn-beijing-autodriving", "Beijing", China),
    Region::new("cn-beijing-selfdrive", "Beijing", China),
    Region::new("cn-datong", "Datong", China),
    Region::new("cn-guangzhou", "Guangzhou", China),
    Region::new("cn-hongkong", "Hong Kong", AsiaPacific),
    Region::new("cn-hongkong-pop", "Hong Kong", AsiaPacific),
    Region::new("cn-shanghai", "Shanghai", China),
    Region::new("cn-shanghai-autodriving", "Shanghai", China),
    Region::new("cn-wulanchabu", "Ulanqab", China),
    Region::new("ap-southeast-1", "Johor", AsiaPacific),
    Region::new("ap-southeast-2", "", AsiaPacific),
    Region::new("ap-southeast-3", "Jakarta", AsiaPacific),
];
