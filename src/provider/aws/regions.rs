//! Regions of AWS: `partitions.json` of botocore 1.44.8, without the closed partitions. Ningxia's is in Zhongwei.
//!
//! <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>

use crate::provider::region::Area::{
    Africa, AsiaPacific, China, Europe, MiddleEast, NorthAmerica, SouthAmerica,
};
use crate::provider::region::Region;

pub(super) const REGIONS: &[Region] = &[
    Region::new("us-east-1", "Virginia", NorthAmerica),
    Region::new("us-east-2", "Ohio", NorthAmerica),
    Region::new("us-west-1", "Silicon Valley", NorthAmerica),
    Region::new("us-west-2", "Oregon", NorthAmerica),
    Region::new("af-south-1", "Cape Town", Africa),
    Region::new("ap-east-1", "Hong Kong", AsiaPacific),
    Region::new("ap-east-2", "Taipei", AsiaPacific),
    Region::new("ap-northeast-1", "Tokyo", AsiaPacific),
    Region::new("ap-northeast-2", "Seoul", AsiaPacific),
    Region::new("ap-northeast-3", "Osaka", AsiaPacific),
    Region::new("ap-south-1", "Mumbai", AsiaPacific),
    Region::new("ap-south-2", "Hyderabad", AsiaPacific),
    Region::new("ap-southeast-1", "Singapore", AsiaPacific),
    Region::new("ap-southeast-2", "Sydney", AsiaPacific),
    Region::new("ap-southeast-3", "Jakarta", AsiaPacific),
    Region::new("ap-southeast-4", "Melbourne", AsiaPacific),
    Region::new("ap-southeast-5", "Malaysia", AsiaPacific),
    Region::new("ap-southeast-6", "New Zealand", AsiaPacific),
    Region::new("ap-southeast-7", "Thailand", AsiaPacific),
    Region::new("ca-central-1", "Canada Central", NorthAmerica),
    Region::new("ca-west-1", "Calgary", NorthAmerica),
    Region::new("eu-central-1", "Frankfurt", Europe),
    Region::new("eu-central-2", "Zurich", Europe),
    Region::new("eu-north-1", "Stockholm", Europe),
    Region::new("eu-south-1", "Milan", Europe),
    Region::new("eu-south-2", "Spain", Europe),
    Region::new("eu-west-1", "Ireland", Europe),
    Region::new("eu-west-2", "London", Europe),
    Region::new("eu-west-3", "Paris", Europe),
    Region::new("il-central-1", "Tel Aviv", MiddleEast),
    Region::new("me-central-1", "UAE", MiddleEast),
    Region::new("me-south-1", "Bahrain", MiddleEast),
    Region::new("me-west-1", "Saudi Arabia", MiddleEast),
    Region::new("mx-central-1", "Mexico", NorthAmerica),
    Region::new("sa-east-1", "São Paulo", SouthAmerica),
    Region::new("sa-west-1", "Chile", SouthAmerica),
    Region::new("cn-north-1", "Beijing", China),
    Region::new("cn-northwest-1", "Zhongwei", China),
    Region::new("us-gov-east-1", "", NorthAmerica),
    Region::new("us-gov-west-1", "", NorthAmerica),
    Region::new("eusc-de-east-1", "Germany", Europe),
];
