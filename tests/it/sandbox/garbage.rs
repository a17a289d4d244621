//! No request makes the clouds panic, and none without a good signature changes them.

use keyimport::sandbox::{RawRequest, Sandbox};
use proptest::prelude::*;

fn hosts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("ecs.cn-hangzhou.aliyuncs.com".to_owned()),
        Just("open.volcengineapi.com".to_owned()),
        Just("bcc.bj.baidubce.com".to_owned()),
        Just("[::1]:80".to_owned()),
        ".*",
    ]
}

fn authorizations() -> impl Strategy<Value = String> {
    prop_oneof![
        "bce-auth-v1/[a-z0-9/:TZ;-]{0,60}",
        "HMAC-SHA256 (Credential=[a-z0-9/]{0,30}|, |SignedHeaders=[a-z;-]{0,20}|Signature=[a-f0-9]{0,9}){0,5}",
        "ACS3-HMAC-SHA256 (Credential=[a-z0-9]{0,9}|,|SignedHeaders=[a-z;-]{0,20}|Signature=[a-f0-9]{0,9}){0,5}",
        ".*",
    ]
}

proptest! {
    #[test]
    fn no_request_makes_the_clouds_panic(
        method in "GET|POST|PUT|[A-Z]{1,9}",
        target in "/(v2/keypair|latest/.{0,9})?(\\?(Action=|Version=|Tag\\.|%|&|=|\\+|PageNumber=|.){0,40})?",
        host in hosts(),
        authorization in authorizations(),
        date in "[0-9TZ:-]{0,20}",
        body in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut clouds = Sandbox::default();
        let before = clouds.store.to_json().unwrap();
        let headers = [
            ("host", host),
            ("authorization", authorization),
            ("x-date", date.clone()),
            ("x-acs-date", date),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let now = "2026-01-15T08:09:10Z".parse().unwrap();
        let response = clouds.respond(&RawRequest { method, target, headers, body }, now);
        prop_assert!((200..600).contains(&response.status));
        prop_assert_eq!(clouds.store.to_json().unwrap(), before);
    }
}
