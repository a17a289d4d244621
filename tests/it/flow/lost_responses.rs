//! Requests without a certain response: looked up before anything is sent again, and never reported as failed while
//! the key may be there.

use keyimport::error::ErrorKind;
use keyimport::import::{Status, Verification};
use keyimport::ports::Delivery;

use super::accepted::{by_answer, by_list, with_first_look, with_looks};
use super::answers::{Pair, Refusal, Shown, listed, pair, refused, with_header};
use super::stage::{BY_KEY, BY_NAME, CLOUDS, Flow, NAME, ONCE, WITHOUT_TOKEN, flow, seconds};

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
    if ONCE.contains(&cloud) {
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
            let ran = ran.ends(Status::Imported, by_list(cloud), None, &actions);
            let remark = ran.outcome.remark.as_deref().unwrap();
            assert!(remark.ends_with("; looked up and found"), "{remark}");
            assert_eq!(ran.record()["remark"], remark);
        }
    }
}

#[test]
fn lost_and_not_stored_is_sent_again() {
    for cloud in CLOUDS {
        for flow in uncertain(cloud) {
            let ran = flow.list(&[]).accept(Shown::Mine).run();
            let actions = with_looks(cloud, "import name import");
            let ran = ran.ends(Status::Imported, by_answer(cloud), None, &actions);
            let remark = ran.outcome.remark.as_deref().unwrap();
            assert!(remark.ends_with("; looked up, not found, and sent again"), "{remark}");
        }
    }
}

#[test]
fn only_a_response_that_is_lost_is_called_so() {
    for cloud in CLOUDS {
        let stored = |flow: Flow| flow.list(&[pair(NAME, Shown::Mine)]).run().outcome.remark;
        let begin = || flow(cloud).way_free();
        let lost = "the response was lost; looked up and found";
        assert_eq!(stored(begin().lose(Delivery::Unknown)).as_deref(), Some(lost));
        let open = "the response left it open; looked up and found";
        assert_eq!(stored(begin().body(500, "")).as_deref(), Some(open));
        let ran = begin().accept(Shown::Mine).run();
        assert_eq!(ran.outcome.remark, None);
        assert_eq!(ran.record().get("remark"), None);
    }
}

#[test]
fn an_unsent_request_is_sent_again_without_a_lookup() {
    for cloud in CLOUDS {
        let flow = flow(cloud).way_free().lose(Delivery::Unsent).refuse(Refusal::Throttled);
        let ran = flow.accept(Shown::Mine).run();
        let actions = with_looks(cloud, "import import import");
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
        let action = ran.known.info().actions.lookup;
        let hint = format!("allow this identity `{action}`, then run again to settle it");
        assert_eq!(**ran.error().hint(), *hint);
    }
}

#[test]
fn a_name_conflict_after_a_lost_response_may_be_with_this_import() {
    for cloud in BY_NAME {
        let begin = || flow(cloud).lose(Delivery::Unknown).list(&[]).refuse(Refusal::Name);
        let ran = begin().list(&[pair(NAME, Shown::Mine)]).run();
        if cloud == "volcengine" {
            // The time says yes, and the same client token no.
            ran.ends_undecided(by_list(cloud), "import name import name");
        } else {
            ran.ends(Status::Imported, by_list(cloud), None, "import name import name");
        }

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
    for cloud in BY_KEY {
        let begin =
            || flow(cloud).way_free().lose(Delivery::Unknown).list(&[]).refuse(Refusal::Key);
        let actions = with_first_look(cloud, "import name import key key");
        let ran = begin().list(&[]).list(&[pair(NAME, Shown::Mine)]).run();
        ran.ends(Status::Imported, Verification::PublicKey, None, &actions);

        let unknown = Some(ErrorKind::OutcomeUnknown);
        let ran = begin().list_times(5, &[]).run();
        let actions = with_first_look(cloud, "import name import key key key key key");
        ran.ends(Status::Unknown, Verification::None, unknown, &actions);
        // Another client's pair of this name says nothing about where the key is.
        let ran = begin().list_times(5, &[pair(NAME, Shown::Other)]).run();
        ran.ends(Status::Unknown, Verification::None, unknown, &actions);
    }
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

/// An import whose response is lost, and a look-up that then shows this pair.
fn found(cloud: &'static str, pair: Pair) -> Flow {
    flow(cloud).way_free().lose(Delivery::Unknown).list(&[pair])
}

fn mine(age: i64) -> Pair {
    pair(NAME, Shown::Mine).aged(age)
}

/// The unit of the creation times in each cloud's documents, in seconds.
fn unit(cloud: &str) -> i64 {
    if cloud == "aliyun" { 60 } else { 1 }
}

#[test]
fn the_creation_time_tells_who_stored_the_key() {
    for cloud in CLOUDS {
        let actions = with_first_look(cloud, "import name");
        let is = |age, status| {
            found(cloud, mine(age)).run().ends(status, by_list(cloud), None, &actions);
        };
        is(-1, Status::Imported);
        is(0, Status::Imported);
        // Older than the unit and 3 s it is not from this run.
        for age in [4, 20, 60, 150, 86_400, 86_400 * 400] {
            is(age + unit(cloud), Status::AlreadyPresent);
        }
    }
}

#[test]
fn a_creation_time_without_seconds_does_not_decide() {
    // Stored less than a minute before the import, or with it.
    let forms = ["%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M+00:00", "%Y-%m-%d %H:%M +0000"];
    for cloud in WITHOUT_TOKEN {
        let actions = with_first_look(cloud, "import name");
        for (age, form) in [4, 20, 59].into_iter().flat_map(|age| forms.map(|form| (age, form))) {
            found(cloud, mine(age).in_form(form)).run().ends_undecided(by_list(cloud), &actions);
        }
        for form in forms {
            let ran = found(cloud, mine(0).in_form(form)).run();
            ran.ends(Status::Imported, by_list(cloud), None, &actions);
            let ran = found(cloud, mine(121).in_form(form)).run();
            ran.ends(Status::AlreadyPresent, by_list(cloud), None, &actions);
        }
    }
}

#[test]
fn a_creation_time_decides_in_every_form_with_seconds() {
    let forms = [
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S+00:00",
        "%Y-%m-%d %H:%M:%S +0000",
        "%Y-%m-%dT%H:%M:%S.000Z",
        "%Y-%m-%dT%H:%M:%S.123456789+00:00",
    ];
    for cloud in CLOUDS {
        let actions = with_first_look(cloud, "import name");
        for form in forms {
            let ran = found(cloud, mine(1).in_form(form)).run();
            ran.ends(Status::Imported, by_list(cloud), None, &actions);
            let ran = found(cloud, mine(5).in_form(form)).run();
            ran.ends(Status::AlreadyPresent, by_list(cloud), None, &actions);
        }
    }
}

#[test]
fn without_a_creation_time_nothing_decides() {
    for cloud in WITHOUT_TOKEN {
        let actions = with_first_look(cloud, "import name");
        for pair in [mine(0).timeless(), mine(0).in_form("yesterday"), mine(86_400).timeless()] {
            let ran = found(cloud, pair).run().ends_undecided(by_list(cloud), &actions);
            assert!(ran.outcome.warnings[0].ends_with("has no readable creation time"));
        }
    }
}

#[test]
fn a_creation_time_of_an_unknown_place_decides_after_a_day() {
    for cloud in WITHOUT_TOKEN {
        let actions = with_first_look(cloud, "import name");
        let in_form = |age: i64| found(cloud, mine(age).in_form("%Y-%m-%d %H:%M:%S"));
        // In China such a pair is eight hours older than it is in London.
        for age in [0, 8 * 3600, -8 * 3600] {
            in_form(age).run().ends_undecided(by_list(cloud), &actions);
        }
        let ran = in_form(14 * 3600).run();
        ran.ends(Status::AlreadyPresent, by_list(cloud), None, &actions);
    }
}

#[test]
fn clocks_of_one_cloud_that_disagree_do_not_decide() {
    for cloud in WITHOUT_TOKEN {
        let actions = with_first_look(cloud, "import name");
        found(cloud, mine(-90)).run().ends_undecided(by_list(cloud), &actions);
    }
    // Baidu shows whole seconds, and so does the date of this look-up: up to three of them are no disagreement.
    let actions = with_first_look("baidu", "import name");
    let shown = |age| found("baidu", mine(age)).run();
    shown(-3).ends(Status::Imported, by_list("baidu"), None, &actions);
    shown(-4).ends_undecided(by_list("baidu"), &actions);
}

#[test]
fn impossible_times_do_not_decide() {
    let date = |year: &str| format!("Fri, 31 Dec {year} 23:59:59 GMT");
    for cloud in WITHOUT_TOKEN {
        let actions = with_first_look(cloud, "import name");
        for (year, form) in [
            ("262142", "-262142-01-01T00:00:00Z"),
            ("262142", "+262142-12-31T23:59:59Z"),
            ("0000", "+262142-12-31T23:59:59Z"),
            ("soon", "+262142-12-31T23:59:59"),
        ] {
            let list = listed(cloud, &[mine(0).in_form(form)]);
            let flow = flow(cloud).dateless().way_free().lose(Delivery::Unknown);
            let ran = flow.say(with_header(list, "date", &date(year))).run();
            assert_eq!(ran.stage.transport.seen().len(), actions.split(' ').count());
            assert_eq!(ran.outcome.status, Status::AlreadyPresent);
        }
    }
}

#[test]
fn a_slow_lookup_does_not_make_a_pair_younger() {
    // The date may be that of any moment of the 14 s.
    let actions = with_first_look("baidu", "import name");
    let slow = |age| {
        let flow = flow("baidu").way_free().lose(Delivery::Unknown).after(seconds(14));
        flow.list(&[mine(age)]).run()
    };
    slow(-14).ends(Status::Imported, by_list("baidu"), None, &actions);
    slow(0).ends_undecided(by_list("baidu"), &actions);
    slow(3).ends(Status::AlreadyPresent, by_list("baidu"), None, &actions);
}

#[test]
fn the_same_client_token_tells_where_the_creation_time_does_not() {
    let pairs = [
        mine(20).in_form("%Y-%m-%dT%H:%M+00:00"),
        mine(20).in_form("%Y-%m-%d %H:%M:%S"),
        mine(20).timeless(),
        mine(-90),
    ];
    let ends = |flow: Flow, status| {
        flow.run().ends(status, Verification::Fingerprint, None, "import name import");
    };
    let undecided = |flow: Flow| {
        flow.run().ends_undecided(Verification::Fingerprint, "import name import");
    };
    for pair in pairs {
        let lost = || found("volcengine", pair);
        ends(lost().accept(Shown::Mine), Status::Imported);
        ends(lost().refuse(Refusal::Name), Status::AlreadyPresent);
        // The key is there whatever comes of the question.
        undecided(lost().accept(Shown::Other));
        undecided(lost().lose(Delivery::Unknown));
        undecided(lost().break_down());
        for refusal in [Refusal::Throttled, Refusal::Unavailable, Refusal::Repeated, Refusal::Quota]
        {
            undecided(lost().refuse(refusal));
        }
    }
}

#[test]
fn the_client_token_is_not_sent_again_in_vain() {
    let unclear = mine(20).timeless();
    let proof = Verification::Fingerprint;
    // The time decides.
    let ran = found("volcengine", mine(0)).run();
    ran.ends(Status::Imported, proof, None, "import name");
    let ran = found("volcengine", mine(20)).run();
    ran.ends(Status::AlreadyPresent, proof, None, "import name");
    // No attempt is left.
    let ran = found("volcengine", unclear).attempts(1).run();
    ran.ends_undecided(proof, "import name");
    // The user asked to stop.
    let flow = flow("volcengine").stop().lose(Delivery::Unknown).list(&[unclear]);
    flow.run().ends_undecided(proof, "import name");
}

#[test]
fn the_creation_time_decides_a_conflict_after_a_lost_response() {
    let refused_after = |cloud: &'static str, refusal, pair| {
        let flow = flow(cloud).way_free().lose(Delivery::Unknown).list(&[]).refuse(refusal);
        flow.list(&[pair]).run()
    };
    let in_minutes = mine(20).in_form("%Y-%m-%dT%H:%MZ");
    for (cloud, refusal, actions) in [
        ("aliyun", Refusal::Name, "import name import name"),
        ("aws", Refusal::Name, "import name import name"),
        ("tencent", Refusal::Name, "import name import name"),
        ("tencent", Refusal::Key, "import name import key"),
        ("baidu", Refusal::Key, "name import name import key"),
    ] {
        let is = |age, status| {
            let ran = refused_after(cloud, refusal, mine(age));
            ran.ends(status, by_list(cloud), None, actions);
        };
        is(0, Status::Imported);
        is(3600, Status::AlreadyPresent);
        let ran = refused_after(cloud, refusal, in_minutes);
        ran.ends_undecided(by_list(cloud), actions);
    }
    // Volcengine refuses a name that the same token did not take.
    let (proof, actions) = (Verification::Fingerprint, "import name import name");
    for pair in [in_minutes, mine(3600)] {
        let ran = refused_after("volcengine", Refusal::Name, pair);
        ran.ends(Status::AlreadyPresent, proof, None, actions);
    }
}

#[test]
fn without_a_server_time_this_clock_may_be_half_an_hour_off() {
    for cloud in WITHOUT_TOKEN {
        let actions = with_first_look(cloud, "import name");
        let of_age = |age| found(cloud, mine(age)).dateless().run();
        for age in [0, 20, 1700] {
            of_age(age).ends_undecided(by_list(cloud), &actions);
        }
        of_age(3600).ends(Status::AlreadyPresent, by_list(cloud), None, &actions);
    }
}

#[test]
fn a_key_stored_early_in_a_long_run_is_imported() {
    // The first request stored it; it shows more than a minute later, after a long throttle.
    for cloud in CLOUDS {
        let throttled = with_header(refused(cloud, Refusal::Throttled), "retry-after", "200");
        let ran = flow(cloud)
            .timeout(seconds(600))
            .way_free()
            .lose(Delivery::Unknown)
            .list(&[])
            .say(throttled)
            .refuse(Refusal::Denied)
            .list(&[mine(0)])
            .run();
        let actions = with_first_look(cloud, "import name import import name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);
    }
}
