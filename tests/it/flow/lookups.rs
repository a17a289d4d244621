//! Dry runs and checks, lists of many pages, look-ups that fail.

use keyimport::error::ErrorKind;
use keyimport::import::{Mode, Status, Verification};
use keyimport::ports::Delivery;
use keyimport::wire::Response;

use super::accepted::by_list;
use super::answers::{Refusal, Shown, listed, listed_with, pair};
use super::stage::{BY_KEY, BY_NAME, CLOUDS, KEYS_REPEAT, NAME, PAGED, flow, seconds};

const MODES: [(Mode, Status); 2] =
    [(Mode::DryRun, Status::WouldImport), (Mode::Check, Status::Absent)];

#[test]
fn nothing_there() {
    for (mode, absent) in MODES {
        for cloud in CLOUDS {
            let (flow, actions) = flow(cloud).mode(mode).list(&[]).key_free("name");
            let ran = flow.run().ends(absent, Verification::None, None, &actions);
            assert_eq!(ran.exit_code(), if mode == Mode::Check { 12 } else { 0 });
        }
        for cloud in BY_KEY {
            let ran = flow(cloud).mode(mode).list(&[]).list(&[pair("x", Shown::Other)]).run();
            ran.ends(absent, Verification::None, None, "name key");
        }
    }
}

#[test]
fn the_same_key_there() {
    for (mode, _) in MODES {
        for cloud in CLOUDS {
            let ran = flow(cloud).mode(mode).list(&[pair(NAME, Shown::Mine)]).run();
            ran.ends(Status::AlreadyPresent, by_list(cloud), None, "name");
        }
    }
}

#[test]
fn the_same_key_elsewhere() {
    let elsewhere = [pair("elsewhere", Shown::Mine)];
    for (mode, absent) in MODES {
        for cloud in BY_KEY {
            let begin = || flow(cloud).mode(mode).list(&[]).list(&elsewhere);
            let ran = begin().run();
            let ran = ran.ends(Status::AlreadyPresentAs, Verification::PublicKey, None, "name key");
            assert_eq!(ran.record()["name"], "elsewhere");
            let ran = begin().given().run();
            ran.ends(Status::Conflict, Verification::None, Some(ErrorKind::KeyTaken), "name key");
        }
        // Where keys may repeat, one elsewhere is nothing in the way.
        for cloud in KEYS_REPEAT {
            let ran = flow(cloud).given().mode(mode).list(&elsewhere).run();
            ran.ends(absent, Verification::None, None, "name");
        }
    }
}

#[test]
fn another_key_there() {
    let taken = Some(ErrorKind::NameTaken);
    for (mode, _) in MODES {
        for cloud in CLOUDS {
            let begin = || flow(cloud).mode(mode).list(&[pair(NAME, Shown::Other)]);
            let ran = begin().given().run();
            let ran = ran.ends(Status::Conflict, Verification::None, taken, "name");
            assert_eq!(ran.exit_code(), 6);
            let ran = begin().list(&[]).run();
            ran.ends(Status::Conflict, Verification::None, taken, "name key");
            let ran = begin().list(&[pair("elsewhere", Shown::Mine)]).run();
            ran.ends(Status::AlreadyPresentAs, by_list(cloud), None, "name key");
        }
    }
}

#[test]
fn a_key_there_that_cannot_be_compared() {
    for (mode, _) in MODES {
        for cloud in CLOUDS {
            let ran = flow(cloud).mode(mode).list(&[pair(NAME, Shown::Odd)]).run();
            ran.ends(Status::Conflict, Verification::None, Some(ErrorKind::NameTaken), "name");
        }
    }
}

#[test]
fn a_lookup_is_retried_after_every_transient_failure() {
    for (mode, absent) in MODES {
        for cloud in BY_NAME {
            let (flow, actions) = flow(cloud)
                .mode(mode)
                .lose(Delivery::Unknown)
                .lose(Delivery::Unsent)
                .refuse(Refusal::Throttled)
                .body(200, "<html>")
                .list(&[])
                .key_free("name name name name name");
            flow.run().ends(absent, Verification::None, None, &actions);
        }
    }
}

#[test]
fn a_lookup_that_keeps_failing_is_a_failure() {
    for (mode, _) in MODES {
        for cloud in CLOUDS {
            let ran = flow(cloud).mode(mode).attempts(2).body(200, "{}").body(200, "[").run();
            let kind = Some(ErrorKind::Unavailable);
            let ran = ran.ends(Status::Failed, Verification::None, kind, "name name");
            assert_eq!(ran.exit_code(), 8);

            let ran = flow(cloud).mode(mode).refuse(Refusal::Denied).run();
            let kind = Some(ErrorKind::PermissionDenied);
            let ran = ran.ends(Status::Failed, Verification::None, kind, "name");
            assert_eq!(ran.exit_code(), 5);

            let ran = flow(cloud).mode(mode).break_down().run();
            ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Network), "name");
        }
    }
}

#[test]
fn nothing_is_written_when_the_first_lookup_fails() {
    let ran = flow("baidu").refuse(Refusal::Denied).run();
    ran.ends(Status::Failed, Verification::None, Some(ErrorKind::PermissionDenied), "name");
    let ran = flow("baidu").attempts(2).lose(Delivery::Unknown).lose(Delivery::Unknown).run();
    ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Network), "name name");
}

#[test]
fn nothing_is_looked_up_after_a_stop() {
    for (mode, _) in MODES {
        for cloud in CLOUDS {
            let ran = flow(cloud).mode(mode).stop_at(seconds(0)).run();
            ran.ends(Status::Skipped, Verification::None, None, "");
        }
    }
}

#[test]
fn every_page_is_read() {
    let other_pair = [pair(NAME, Shown::Odd)];
    for cloud in PAGED {
        let ran = flow(cloud)
            .mode(Mode::Check)
            .say(listed_with(cloud, &other_pair, Some("2")))
            .say(listed_with(cloud, &[], Some("3")))
            .list(&[pair(NAME, Shown::Mine)])
            .run();
        ran.ends(Status::AlreadyPresent, by_list(cloud), None, "name name@2 name@3");
    }
}

#[test]
fn only_the_page_that_fails_is_retried() {
    for cloud in PAGED {
        let ran = flow(cloud)
            .mode(Mode::Check)
            .say(listed_with(cloud, &[], Some("2")))
            .refuse(Refusal::Throttled)
            .list(&[pair(NAME, Shown::Mine)])
            .run();
        ran.ends(Status::AlreadyPresent, by_list(cloud), None, "name name@2 name@2");
    }
}

#[test]
fn a_page_that_names_itself_as_the_next_is_an_error() {
    for cloud in ["volcengine", "baidu"] {
        let ran = flow(cloud)
            .mode(Mode::Check)
            .say(listed_with(cloud, &[], Some("2")))
            .say(listed_with(cloud, &[], Some("2")))
            .run();
        let (failed, kind) = (Status::Failed, Some(ErrorKind::Unexpected));
        let ran = ran.ends(failed, Verification::None, kind, "name name@2");
        assert!(ran.error().message().contains("does not end"));
    }
}

#[test]
fn a_truncated_list_without_a_marker_is_an_error() {
    let cut = listed("baidu", &[]);
    let body = String::from_utf8(cut.body).unwrap();
    assert!(body.contains("\"isTruncated\":false"));
    let body = body.replace("\"isTruncated\":false", "\"isTruncated\":true");
    let cut = Response { body: body.into_bytes(), ..cut };
    let ran = flow("baidu").mode(Mode::Check).attempts(1).say(cut).run();
    ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Unavailable), "name");
}

#[test]
fn a_list_without_end_is_an_error() {
    for cloud in PAGED {
        let mut endless = flow(cloud).mode(Mode::Check);
        let mut actions = vec!["name".to_owned()];
        for page in 2..1002 {
            endless = endless.say(listed_with(cloud, &[], Some(&page.to_string())));
            actions.push(format!("name@{page}"));
        }
        actions.pop();
        let actions = actions.join(" ");
        let ran = endless.run();
        let ran =
            ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Unexpected), &actions);
        assert!(ran.error().message().contains("does not end"));
    }
}

#[test]
fn a_list_of_more_pairs_than_an_account_can_have_is_an_error() {
    let pairs = vec![pair(NAME, Shown::Other); 5002];
    for (count, error) in
        [(5000, ErrorKind::NameTaken), (5001, ErrorKind::Unexpected), (5002, ErrorKind::Unexpected)]
    {
        let ran = flow("volcengine").given().mode(Mode::Check).list(&pairs[..count]).run();
        assert_eq!(ran.error().kind(), error, "{count}");
    }
}

#[test]
fn pages_without_end_after_a_lost_response_leave_it_unknown() {
    let mut endless = flow("volcengine").timeout(seconds(20)).attempts(1).lose(Delivery::Unknown);
    let mut actions = vec!["import name".to_owned()];
    for page in 0..10 {
        let more = listed_with("volcengine", &[], Some(&format!("p{page}")));
        endless = endless.after(seconds(2)).say(more);
        actions.push(format!("name@p{page}"));
    }
    actions.pop();
    let actions = actions.join(" ");
    let ran = endless.run();
    ran.ends(Status::Unknown, Verification::None, Some(ErrorKind::OutcomeUnknown), &actions);
}
