//! Requests without a certain response: looked up before anything is sent again, and never reported as failed while
//! the key may be there.

use keyimport::error::ErrorKind;
use keyimport::import::{Status, Verification};
use keyimport::ports::Delivery;

use super::accepted::{by_answer, by_list, with_first_look};
use super::answers::{Refusal, Shown, at_time, listed, pair, refused};
use super::stage::{BY_NAME, CLOUDS, Flow, NAME, flow};

/// Every way in which an import can end without a certain response.
fn uncertain(cloud: &'static str) -> Vec<Flow> {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    let begin = || flow(cloud).way_free();
    let mut all = vec![
        begin().lose(Delivery::Unknown),
        begin().hang(),
        begin().refuse(Refusal::Unavailable),
        begin().body(500, ""),
        begin().body(502, page),
        begin().body(504, page),
        begin().body(408, ""),
        begin().body(200, ""),
        begin().body(200, page),
        begin().body(200, "{}"),
        begin().body(200, "null"),
        begin().body(200, "{\"KeyPairName\":\"depl"),
        begin().body(201, "[]"),
        begin().body(204, ""),
    ];
    if cloud != "baidu" {
        all.push(begin().refuse(Refusal::Repeated));
    }
    all
}

#[test]
fn lost_but_stored_is_a_success() {
    for cloud in CLOUDS {
        for flow in uncertain(cloud) {
            let ran = flow.list(&[pair(NAME, Shown::Mine)]).run();
            let actions = with_first_look(cloud, "import name");
            ran.ends(Status::Imported, by_list(cloud), None, &actions);
        }
    }
}

#[test]
fn lost_and_not_stored_is_sent_again() {
    for cloud in CLOUDS {
        for flow in uncertain(cloud) {
            let ran = flow.list(&[]).accept(Shown::Mine).run();
            let actions = with_first_look(cloud, "import name import");
            ran.ends(Status::Imported, by_answer(cloud), None, &actions);
        }
    }
}

#[test]
fn an_unsent_request_is_sent_again_without_a_lookup() {
    for cloud in CLOUDS {
        let flow = flow(cloud).way_free().lose(Delivery::Unsent).refuse(Refusal::Throttled);
        let ran = flow.accept(Shown::Mine).run();
        let actions = with_first_look(cloud, "import import import");
        ran.ends(Status::Imported, by_answer(cloud), None, &actions);
    }
}

#[test]
fn a_permanent_failure_is_not_retried() {
    for cloud in CLOUDS {
        let ran = flow(cloud).way_free().break_down().run();
        let actions = with_first_look(cloud, "import");
        let ran = ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Network), &actions);
        assert_eq!(ran.exit_code(), 8);
    }
}

#[test]
fn a_cloud_that_stays_down_is_a_failure_after_the_list_lag() {
    for cloud in CLOUDS {
        let mut down = flow(cloud).way_free();
        for _ in 0..4 {
            down = down.refuse(Refusal::Unavailable).list(&[]);
        }
        let ran = down.refuse(Refusal::Unavailable).list_times(5, &[]).run();
        let actions = with_first_look(
            cloud,
            "import name import name import name import name import name name name name name",
        );
        let ran =
            ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Unavailable), &actions);
        assert_eq!(ran.exit_code(), 8);
        let pauses: Vec<u128> = ran.slept().iter().map(std::time::Duration::as_millis).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 500, 1000, 2000, 1500]);
    }
}

#[test]
fn a_key_that_is_listed_late_is_found() {
    for cloud in CLOUDS {
        let ran = flow(cloud)
            .attempts(1)
            .way_free()
            .lose(Delivery::Unknown)
            .list_times(4, &[])
            .list(&[pair(NAME, Shown::Mine)])
            .run();
        let actions = with_first_look(cloud, "import name name name name name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);
    }
}

#[test]
fn a_certain_refusal_after_a_lost_response_is_settled_first() {
    let refusals = [
        (Refusal::Denied, ErrorKind::PermissionDenied),
        (Refusal::BadKey, ErrorKind::KeyRefused),
        (Refusal::Quota, ErrorKind::QuotaExceeded),
        (Refusal::Skewed, ErrorKind::ClockSkew),
        (Refusal::Expired, ErrorKind::CredentialsExpired),
    ];
    for cloud in CLOUDS {
        for (refusal, kind) in refusals {
            let begin = || flow(cloud).way_free().lose(Delivery::Unknown).list(&[]).refuse(refusal);

            let ran = begin().list(&[]).list(&[pair(NAME, Shown::Mine)]).run();
            let actions = with_first_look(cloud, "import name import name name");
            ran.ends(Status::Imported, by_list(cloud), None, &actions);

            let ran = begin().list_times(5, &[]).run();
            let actions = with_first_look(cloud, "import name import name name name name name");
            ran.ends(Status::Failed, Verification::None, Some(kind), &actions);

            let ran = begin().refuse(Refusal::Denied).run();
            let actions = with_first_look(cloud, "import name import name");
            let unknown = Some(ErrorKind::OutcomeUnknown);
            ran.ends(Status::Unknown, Verification::None, unknown, &actions);
        }
    }
}

#[test]
fn a_permanent_failure_after_a_lost_response_is_settled_first() {
    for cloud in CLOUDS {
        let begin = || flow(cloud).way_free().lose(Delivery::Unknown).list(&[]).break_down();
        let ran = begin().list(&[pair(NAME, Shown::Mine)]).run();
        let actions = with_first_look(cloud, "import name import name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);
    }
}

#[test]
fn a_denied_lookup_after_a_lost_response_leaves_it_unknown() {
    for cloud in CLOUDS {
        let flow = flow(cloud).way_free().lose(Delivery::Unknown);
        let ran = flow.refuse(Refusal::Denied).refuse(Refusal::Denied).run();
        let actions = with_first_look(cloud, "import name name");
        let ran = ran.ends(
            Status::Unknown,
            Verification::None,
            Some(ErrorKind::OutcomeUnknown),
            &actions,
        );
        assert_eq!(ran.exit_code(), 9);
        assert_eq!(ran.record()["error"]["retryable"], true);
        assert!(ran.error().hint().starts_with("let this identity list key pairs"));
    }
}

#[test]
fn a_name_conflict_after_a_lost_response_may_be_with_this_import() {
    for cloud in BY_NAME {
        let begin = || flow(cloud).lose(Delivery::Unknown).list(&[]).refuse(Refusal::Name);
        let ran = begin().list(&[pair(NAME, Shown::Mine)]).run();
        ran.ends(Status::Imported, by_list(cloud), None, "import name import name");

        let unknown = Some(ErrorKind::OutcomeUnknown);
        let actions = "import name import name name name name name";
        let ran = begin().list_times(5, &[]).run();
        ran.ends(Status::Unknown, Verification::None, unknown, actions);
        let ran = begin().list_times(5, &[pair(NAME, Shown::Odd)]).run();
        ran.ends(Status::Unknown, Verification::None, unknown, actions);
        let ran = begin().refuse(Refusal::Denied).run();
        ran.ends(Status::Unknown, Verification::None, unknown, "import name import name");

        let ran = begin().list(&[pair(NAME, Shown::Other)]).list(&[]).run();
        let taken = Some(ErrorKind::NameTaken);
        ran.ends(Status::Conflict, Verification::None, taken, "import name import name key");
    }
}

#[test]
fn a_key_conflict_after_a_lost_response_may_be_with_this_import() {
    let begin = || flow("baidu").way_free().lose(Delivery::Unknown).list(&[]).refuse(Refusal::Key);
    let ran = begin().list(&[]).list(&[pair(NAME, Shown::Mine)]).run();
    ran.ends(Status::Imported, Verification::PublicKey, None, "name import name import key key");

    let unknown = Some(ErrorKind::OutcomeUnknown);
    let ran = begin().list_times(5, &[]).run();
    let actions = "name import name import key key key key key";
    ran.ends(Status::Unknown, Verification::None, unknown, actions);
    // Another client's pair of this name says nothing about where the key is.
    let ran = begin().list_times(5, &[pair(NAME, Shown::Other)]).run();
    ran.ends(Status::Unknown, Verification::None, unknown, actions);
}

#[test]
fn another_key_that_took_the_name_meanwhile_is_a_conflict() {
    for cloud in BY_NAME {
        let other = [pair(NAME, Shown::Other)];
        let ran = flow(cloud).lose(Delivery::Unknown).list(&other).list(&other).run();
        let taken = Some(ErrorKind::NameTaken);
        ran.ends(Status::Conflict, Verification::None, taken, "import name name");
    }
}

#[test]
fn a_key_that_cannot_be_compared_after_a_lost_response_is_unknown() {
    for cloud in CLOUDS {
        let odd = [pair(NAME, Shown::Odd)];
        let ran = flow(cloud).way_free().lose(Delivery::Unknown).list_times(6, &odd).run();
        let actions = with_first_look(cloud, "import name name name name name name");
        ran.ends(Status::Unknown, Verification::None, Some(ErrorKind::OutcomeUnknown), &actions);
    }
}

/// The status after a lost response when a look-up shows a pair of this age, by the cloud's clock.
fn of_age(cloud: &'static str, age: i64) -> Status {
    let found = listed(cloud, &[pair(NAME, Shown::Mine).aged(age)]);
    let flow = flow(cloud).way_free().lose(Delivery::Unknown);
    flow.say(at_time(found, 1)).run().outcome.status
}

#[test]
fn the_creation_time_tells_who_stored_the_key() {
    for cloud in CLOUDS {
        assert_eq!(of_age(cloud, -1), Status::Imported, "{cloud}");
        // Alibaba Cloud leaves the seconds out, so what is younger than that may be ours.
        assert_eq!(of_age(cloud, 20), Status::Imported, "{cloud}");
        assert_eq!(of_age(cloud, 150), Status::AlreadyPresent, "{cloud}");
        assert_eq!(of_age(cloud, 86_400 * 400), Status::AlreadyPresent, "{cloud}");
        // The cloud's machines need not agree among themselves.
        assert_eq!(of_age(cloud, -30), Status::Imported, "{cloud}");
    }
}

#[test]
fn the_creation_time_decides_a_name_conflict_after_a_lost_response() {
    for cloud in BY_NAME {
        let old = at_time(listed(cloud, &[pair(NAME, Shown::Mine).aged(3600)]), 1);
        let flow = flow(cloud).lose(Delivery::Unknown).list(&[]).refuse(Refusal::Name);
        let ran = flow.say(old).run();
        let actions = "import name import name";
        ran.ends(Status::AlreadyPresent, by_list(cloud), None, actions);
    }
}

#[test]
fn without_a_creation_time_a_key_found_after_a_lost_response_counts_as_imported() {
    for cloud in CLOUDS {
        let timeless = at_time(listed(cloud, &[pair(NAME, Shown::Mine).timeless()]), 1);
        let ran = flow(cloud).way_free().lose(Delivery::Unknown).say(timeless).run();
        let actions = with_first_look(cloud, "import name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);
    }
}

#[test]
fn without_a_server_time_this_clock_may_be_half_an_hour_off() {
    for cloud in CLOUDS {
        let actions = with_first_look(cloud, "import name");
        for (age, status) in [(1800, Status::Imported), (3600, Status::AlreadyPresent)] {
            let old = [pair(NAME, Shown::Mine).aged(age)];
            let ran = flow(cloud).way_free().lose(Delivery::Unknown).list(&old).run();
            ran.ends(status, by_list(cloud), None, &actions);
        }
    }
}

#[test]
fn a_key_stored_early_in_a_long_run_is_imported() {
    // The first request stored it; it shows more than a minute later, after a long throttle.
    for cloud in CLOUDS {
        let throttled =
            super::answers::with_header(refused(cloud, Refusal::Throttled), "retry-after", "200");
        let found = at_time(listed(cloud, &[pair(NAME, Shown::Mine).aged(0)]), 201);
        let ran = flow(cloud)
            .timeout(super::stage::seconds(600))
            .way_free()
            .lose(Delivery::Unknown)
            .list(&[])
            .say(throttled)
            .refuse(Refusal::Denied)
            .say(found)
            .run();
        let actions = with_first_look(cloud, "import name import import name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);
    }
}
