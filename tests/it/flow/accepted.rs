//! An import that was accepted: proved by the answer, by a look, or not at all.

use keyimport::error::ErrorKind;
use keyimport::import::{Status, Verification};
use keyimport::ports::Delivery;
use keyimport::provider;

use super::answers::{Refusal, Shown, accepted, pair};
use super::stage::{BY_NAME, CLOUDS, NAME, Ran, SHOW_IMPORTS, flow};

/// What a list of this cloud proves the key with.
pub(super) fn by_list(cloud: &str) -> Verification {
    if cloud == "volcengine" { Verification::Fingerprint } else { Verification::PublicKey }
}

/// What proves the key of an import that was accepted: the answer, or a list where the answer shows nothing.
pub(super) fn by_answer(cloud: &str) -> Verification {
    match cloud {
        "baidu" | "tencent" => Verification::PublicKey,
        _ => Verification::Fingerprint,
    }
}

/// Puts Baidu's look before the first import before the other requests.
pub(super) fn with_first_look(cloud: &str, actions: &str) -> String {
    if cloud == "baidu" { format!("name {actions}") } else { actions.to_owned() }
}

/// Does the same, and puts Tencent's look for the proof after them.
pub(super) fn with_looks(cloud: &str, actions: &str) -> String {
    let actions = with_first_look(cloud, actions);
    if cloud == "tencent" { format!("{actions} name") } else { actions }
}

#[test]
fn a_good_answer_ends_it() {
    for cloud in CLOUDS {
        let ran = flow(cloud).way_free().accept(Shown::Mine).run();
        let actions = with_looks(cloud, "import");
        let ran = ran.ends(Status::Imported, by_answer(cloud), None, &actions);
        assert_eq!(ran.exit_code(), 0);
        assert!(ran.outcome.warnings.is_empty());
        assert_eq!(ran.record()["name"], NAME);
    }
}

#[test]
fn a_wrong_fingerprint_is_looked_after() {
    for cloud in SHOW_IMPORTS {
        let mine = [pair(NAME, Shown::Mine)];
        let ran = flow(cloud).way_free().accept(Shown::Other).list(&mine).run();
        ran.ends(Status::Imported, by_list(cloud), None, &with_first_look(cloud, "import name"));
    }
}

#[test]
fn a_name_that_was_not_sent_is_looked_after() {
    for cloud in SHOW_IMPORTS {
        let answer = accepted(cloud, pair("another", Shown::Mine));
        let ran = flow(cloud).way_free().say(answer).list(&[pair(NAME, Shown::Mine)]).run();
        ran.ends(Status::Imported, by_list(cloud), None, &with_first_look(cloud, "import name"));
    }
}

#[test]
fn another_key_in_answer_and_list_is_an_error() {
    for cloud in BY_NAME {
        let other = [pair(NAME, Shown::Other)];
        let ran = flow(cloud).accept(Shown::Other).list(&other).run();
        let ran =
            ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), "import name");
        assert_eq!(ran.exit_code(), 1);
        let message = ran.error().message();
        assert!(message.starts_with("the cloud holds another key as `deploy`"), "{message}");
    }
    // At Baidu the other pair may be one of two of this name, so the second gets its time to appear.
    let other = [pair(NAME, Shown::Other)];
    let ran = flow("baidu").way_free().accept(Shown::Other).list_times(5, &other).run();
    let actions = "name import name name name name name";
    ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), actions);
    let both = [pair(NAME, Shown::Other), pair(NAME, Shown::Mine)];
    let ran = flow("baidu").way_free().accept(Shown::Other).list(&other).list(&both).run();
    ran.ends(Status::Imported, Verification::PublicKey, None, "name import name name");
}

#[test]
fn this_key_under_another_name_is_told_as_that() {
    for cloud in SHOW_IMPORTS {
        let actions = with_first_look(cloud, "import name name name name name");
        let elsewhere = accepted(cloud, pair("another", Shown::Mine));
        let ran = flow(cloud).way_free().say(elsewhere).list_times(5, &[]).run();
        let ran = ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), &actions);
        let message = "the cloud stored the key as `another`, not as `deploy`";
        assert_eq!(ran.error().message(), message);
    }
}

#[test]
fn another_key_in_the_answer_and_none_in_the_list_is_an_error() {
    for cloud in SHOW_IMPORTS {
        let ran = flow(cloud).way_free().accept(Shown::Other).list_times(5, &[]).run();
        let actions = with_first_look(cloud, "import name name name name name");
        ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), &actions);
    }
}

#[test]
fn another_key_in_the_answer_and_no_look_is_unknown() {
    for cloud in SHOW_IMPORTS {
        let ran = flow(cloud).way_free().accept(Shown::Other).refuse(Refusal::Denied).run();
        let actions = with_first_look(cloud, "import name");
        let ran = ran.ends(
            Status::Unknown,
            Verification::None,
            Some(ErrorKind::OutcomeUnknown),
            &actions,
        );
        assert_eq!(ran.exit_code(), 9);
    }
}

#[test]
fn another_region_is_looked_after() {
    let there = accepted("baidu", pair(NAME, Shown::Mine).in_region("gz"));
    let here = [pair(NAME, Shown::Mine)];
    let ran = flow("baidu").way_free().say(there.clone()).list(&here).run();
    ran.ends(Status::Imported, Verification::PublicKey, None, "name import name");

    let ran = flow("baidu").way_free().say(there).list_times(5, &[]).run();
    let actions = "name import name name name name name";
    let ran = ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), actions);
    assert!(ran.error().message().contains("`gz`"), "{}", ran.error());
}

#[test]
fn a_key_that_a_list_shows_in_another_region_is_not_here() {
    let there = [pair(NAME, Shown::Mine).in_region("gz")];
    let answer = accepted("baidu", there[0]);
    let ran = flow("baidu").way_free().say(answer).list_times(5, &there).run();
    let actions = "name import name name name name name";
    ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), actions);
}

#[test]
fn an_unknown_fingerprint_is_looked_after() {
    for cloud in CLOUDS {
        for shown in [Shown::Odd, Shown::Nothing] {
            let mine = [pair(NAME, Shown::Mine)];
            let ran = flow(cloud).way_free().accept(shown).list(&[]).list(&mine).run();
            let actions = with_first_look(cloud, "import name name");
            ran.ends(Status::Imported, by_list(cloud), None, &actions);
        }
    }
}

#[test]
fn what_nothing_proves_is_told() {
    for cloud in CLOUDS {
        let odd = [pair(NAME, Shown::Odd)];
        let ran = flow(cloud).way_free().accept(Shown::Odd).list_times(5, &odd).run();
        let actions = with_first_look(cloud, "import name name name name name");
        let ran = ran.ends(Status::Imported, Verification::None, None, &actions);
        let warning = "the cloud accepted the key and shows nothing that proves which key it holds";
        assert_eq!(warnings(&ran), [warning]);
        assert_eq!(ran.record()["verified"], "no");
    }
}

fn warnings(ran: &Ran) -> Vec<&str> {
    ran.outcome.warnings.iter().map(|warning| &**warning).collect()
}

#[test]
fn a_look_that_fails_after_an_import_is_told() {
    for cloud in CLOUDS {
        let action = provider::find(cloud).unwrap().info().actions.lookup;
        let denied = format!("allow this identity `{action}`, then run again to settle it");
        let begin = || flow(cloud).attempts(1).way_free().accept(Shown::Odd);
        for (flow, why) in [
            (begin().refuse(Refusal::Denied), &*denied),
            (begin().body(500, ""), "HTTP"),
            (begin().lose(Delivery::Unsent), "no response from "),
        ] {
            let ran = flow.run();
            let actions = with_first_look(cloud, "import name");
            let ran = ran.ends(Status::Imported, Verification::None, None, &actions);
            assert_eq!(ran.record()["verified"], "no");
            let [warning] = warnings(&ran)[..] else { panic!("{:?}", ran.outcome) };
            let told = "the cloud accepted the key; what it holds could not be looked up; ";
            let reason = warning.strip_prefix(told).unwrap();
            assert!(reason.starts_with(why), "{reason}");
        }
    }
}

#[test]
fn what_is_accepted_unproved_and_listed_nowhere_is_unknown() {
    for cloud in CLOUDS {
        let ran = flow(cloud).way_free().accept(Shown::Odd).list_times(5, &[]).run();
        let actions = with_first_look(cloud, "import name name name name name");
        ran.ends(Status::Unknown, Verification::None, Some(ErrorKind::OutcomeUnknown), &actions);
    }
}

#[test]
fn an_unproved_acceptance_with_another_key_in_the_list_is_an_error() {
    for cloud in BY_NAME {
        let other = [pair(NAME, Shown::Other)];
        let ran = flow(cloud).accept(Shown::Odd).list(&other).run();
        ran.ends(Status::Failed, Verification::None, Some(ErrorKind::Mismatch), "import name");
    }
}
