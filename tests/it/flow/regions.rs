//! The list of regions: all pages, repeated while the cloud fails, refused where it makes no sense.

use std::time::Instant;

use keyimport::error::{Error, ErrorKind};
use keyimport::ports::Delivery;
use keyimport::wire::Response;
use serde_json::{Value, json};

use super::answers::{Refusal, refused, with_header};
use super::stage::{CLOUDS, Regions, regions, seconds};

fn page(cloud: &str, ids: &[&str], next: Option<&str>) -> Response {
    let of = |key: &str| -> Vec<Value> { ids.iter().map(|id| json!({key: id})).collect() };
    if cloud == "aws" {
        let item = |id: &&str| format!("<item><regionName>{id}</regionName></item>");
        let items: String = ids.iter().map(item).collect();
        let body = format!(
            "<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
        );
        return Response { status: 200, headers: Vec::new(), body: body.into_bytes() };
    }
    let body = match cloud {
        "aliyun" => json!({"Regions": {"Region": of("RegionId")}}),
        "volcengine" => json!({
            "ResponseMetadata": {"RequestId": "V1"},
            "Result": {"Regions": of("RegionId"), "NextToken": next.unwrap_or_default()},
        }),
        "tencent" => json!({"Response": {"RegionSet": of("Region"), "RequestId": "T1"}}),
        _ => json!({"regions": of("regionId")}),
    };
    Response { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn kind(ended: &Result<Vec<String>, Error>) -> ErrorKind {
    ended.as_ref().expect_err("an error").kind()
}

#[test]
fn one_page_in_the_clouds_order() {
    for cloud in CLOUDS {
        let ran = regions(cloud).say(page(cloud, &["b-2", "a-1", "b-2"], None)).run();
        assert_eq!(ran.ended.unwrap(), ["b-2", "a-1"]);
        assert_eq!(ran.actions, "regions");
    }
}

#[test]
fn every_page_is_read() {
    let ran = regions("volcengine")
        .say(page("volcengine", &["a-1"], Some("t1")))
        .say(page("volcengine", &[], Some("t2")))
        .say(page("volcengine", &["a-2"], None))
        .run();
    assert_eq!(ran.ended.unwrap(), ["a-1", "a-2"]);
    assert_eq!(ran.actions, "regions regions@t1 regions@t2");
}

#[test]
fn pages_without_end_are_an_error() {
    let mut endless = regions("volcengine");
    for number in 0..100 {
        endless = endless.say(page("volcengine", &["a-1"], Some(&format!("t{number}"))));
    }
    let ran = endless.run();
    assert_eq!(kind(&ran.ended), ErrorKind::Unexpected);
    assert_eq!(ran.actions.split(' ').count(), 100);
}

#[test]
fn a_page_that_points_to_itself_is_no_end() {
    let ran = regions("volcengine")
        .say(page("volcengine", &["a-1"], Some("t1")))
        .say(page("volcengine", &["a-2"], Some("t1")))
        .run();
    let error = ran.ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.message().contains("does not end"));
}

#[test]
fn what_fails_for_a_while_is_asked_again() {
    for cloud in CLOUDS {
        let ran = regions(cloud)
            .lose(Delivery::Unknown)
            .lose(Delivery::Unsent)
            .say(with_header(refused(cloud, Refusal::Throttled), "retry-after", "3"))
            .say(Response { status: 200, headers: Vec::new(), body: b"<html>".to_vec() })
            .say(page(cloud, &["a-1"], None))
            .run();
        assert_eq!(ran.ended.unwrap(), ["a-1"]);
        assert_eq!(ran.actions, "regions regions regions regions regions");
        assert_eq!(ran.slept[2], seconds(3) + seconds(2) / 4);
    }
}

#[test]
fn what_keeps_failing_is_reported() {
    for cloud in CLOUDS {
        let mut down = regions(cloud);
        for _ in 0..5 {
            down = down.say(refused(cloud, Refusal::Unavailable));
        }
        let ran = down.run();
        assert_eq!(kind(&ran.ended), ErrorKind::Unavailable);
        assert_eq!(ran.actions, "regions regions regions regions regions");
    }
}

#[test]
fn a_clear_refusal_is_not_repeated() {
    for cloud in CLOUDS {
        for (refusal, expected) in [
            (Refusal::Denied, ErrorKind::PermissionDenied),
            (Refusal::Skewed, ErrorKind::ClockSkew),
        ] {
            let ran = regions(cloud).say(refused(cloud, refusal)).run();
            assert_eq!(kind(&ran.ended), expected);
            assert!(ran.ended.unwrap_err().response().is_some());
            assert_eq!(ran.actions, "regions");
        }
    }
}

#[test]
fn a_break_down_is_not_repeated() {
    for cloud in CLOUDS {
        let ran = regions(cloud).break_down().run();
        assert_eq!(kind(&ran.ended), ErrorKind::Network);
        assert_eq!(ran.actions, "regions");
    }
}

#[test]
fn an_expired_credential_is_renewed_once() {
    for cloud in CLOUDS {
        let begin = || regions(cloud).renewable().say(refused(cloud, Refusal::Expired));
        let ran = begin().say(page(cloud, &["a-1"], None)).run();
        assert_eq!(ran.ended.unwrap(), ["a-1"]);
        let ran = begin().say(refused(cloud, Refusal::Expired)).run();
        assert_eq!(kind(&ran.ended), ErrorKind::CredentialsExpired);
        assert_eq!(ran.actions, "regions regions");
    }
}

#[test]
fn regions_that_cannot_be_are_refused() {
    for cloud in CLOUDS {
        for bad in ["", "a/b", "evil.example.com", "-a", "A-1", "a b", "a:80", "a@b"] {
            let ran = regions(cloud).say(page(cloud, &["a-1", bad], None)).run();
            assert_eq!(kind(&ran.ended), ErrorKind::Unexpected, "{cloud} {bad:?}");
        }
        let ran = regions(cloud).say(page(cloud, &[], None)).run();
        assert_eq!(kind(&ran.ended), ErrorKind::Unexpected, "{cloud}: no region at all");
    }
}

#[test]
fn a_list_of_more_regions_than_any_cloud_has_is_refused() {
    let ids: Vec<String> = (0..80_000).map(|number| format!("a-{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for cloud in CLOUDS {
        let ran = regions(cloud).say(page(cloud, &ids[..2000], None)).run();
        assert_eq!(ran.ended.unwrap().len(), 2000, "{cloud}");
        for count in [2001, 2002, 80_000] {
            let started = Instant::now();
            let ran = regions(cloud).say(page(cloud, &ids[..count], None)).run();
            assert_eq!(kind(&ran.ended), ErrorKind::Unexpected, "{cloud}");
            // To compare all of a long page with each other would take much longer.
            assert!(started.elapsed() < seconds(10), "{cloud}: {:?}", started.elapsed());
        }
    }
}

#[test]
fn the_deadline_holds() {
    for cloud in CLOUDS {
        let ran = regions(cloud).timeout(seconds(20)).hang().hang().run();
        assert_eq!(kind(&ran.ended), ErrorKind::Network);
        assert_eq!(ran.actions, "regions regions");
        assert_eq!(ran.elapsed, seconds(20));
        let expired = regions(cloud).say(refused(cloud, Refusal::Expired));
        let ran = expired.renewal_hangs().timeout(seconds(20)).run();
        assert_eq!(kind(&ran.ended), ErrorKind::Network);
        assert_eq!(ran.elapsed, seconds(20));
    }
}

#[test]
fn a_user_who_stops_is_not_asked_for_again() {
    for cloud in CLOUDS {
        let stopped: Regions = regions(cloud).stop().lose(Delivery::Unknown);
        let ran = stopped.run();
        assert_eq!(kind(&ran.ended), ErrorKind::Network);
        assert_eq!(ran.actions, "regions");
        let ran = regions(cloud).stop().hang().run();
        assert_eq!(ran.elapsed, seconds(3));
    }
}
