//! Regions of Tencent Cloud.
//!
//! <https://www.tencentcloud.com/document/product/213/6091>

use crate::provider::region::Area::{
    AsiaPacific, China, Europe, MiddleEast, NorthAmerica, SouthAmerica,
};
use crate::provider::region::Region;

pub(super) const REGIONS: &[Region] = &[
    Region::new("ap-guangzhou", "Guangzhou", China),
    Region::new("ap-bangkok", "Bangkok", AsiaPacific),
    Region::new("ap-beijing", "Beijing", China),
    Region::new("ap-beijing-fsi", "Beijing", China),
    Region::new("ap-chengdu", "Chengdu", China),
    Region::new("ap-chongqing", "Chongqing", China),
    Region::new("ap-hongkong", "Hong Kong", AsiaPacific),
    Region::new("ap-jakarta", "Jakarta", AsiaPacific),
    Region::new("ap-mumbai", "Mumbai", AsiaPacific),
    Region::new("ap-nanjing", "Nanjing", China),
    Region::new("ap-osaka", "Osaka", AsiaPacific),
    Region::new("ap-qingyuan", "Qingyuan", China),
    Region::new("ap-seoul", "Seoul", AsiaPacific),
    Region::new("ap-shanghai", "Shanghai", China),
    Region::new("ap-shanghai-adc", "Shanghai", China),
    Region::new("ap-shanghai-fsi", "Shanghai", China),
    Region::new("ap-shenzhen", "Shenzhen", China),
    Region::new("ap-shenzhen-fsi", "Shenzhen", China),
    Region::new("ap-singapore", "Singapore", AsiaPacific),
    Region::new("ap-taipei", "Taipei", AsiaPacific),
    Region::new("ap-tianjin", "Tianjin", China),
    Region::new("ap-tokyo", "Tokyo", AsiaPacific),
    Region::new("ap-zhongwei", "Zhongwei", China),
    Region::new("eu-frankfurt", "Frankfurt", Europe),
    Region::new("eu-moscow", "Moscow", Europe),
    Region::new("me-saudi-arabia", "Riyadh", MiddleEast),
    Region::new("na-ashburn", "Virginia", NorthAmerica),
    Region::new("na-siliconvalley", "Silicon Valley", NorthAmerica),
    Region::new("na-toronto", "Toronto", NorthAmerica),
    Region::new("sa-saopaulo", "São Paulo", SouthAmerica),
];
