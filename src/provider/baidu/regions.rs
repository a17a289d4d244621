//! Regions of Baidu AI Cloud.
//!
//! <https://cloud.baidu.com/doc/BCC/s/0jwvyo603>

use crate::provider::region::Area::{AsiaPacific, China};
use crate::provider::region::Region;

pub(super) const REGIONS: &[Region] = &[
    Region::new("bj", "Beijing", China),
    Region::new("bd", "Baoding", China),
    Region::new("gz", "Guangzhou", China),
    Region::new("su", "Suzhou", China),
    Region::new("fwh", "Wuhan", China),
    Region::new("hkg", "Hong Kong", AsiaPacific),
    Region::new("cd", "Chengdu", China),
    Region::new("fsh", "Shanghai", China),
    Region::new("sin", "Singapore", AsiaPacific),
    Region::new("nj", "Nanjing", China),
    Region::new("yq", "Yangquan", China),
];
