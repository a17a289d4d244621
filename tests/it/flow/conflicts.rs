//! Names and keys that are taken: by this key, by another one, by one that nobody can see.

use keyimport::error::ErrorKind;
use keyimport::import::{Status, Verification};

use super::accepted::{by_list, with_first_look};
use super::answers::{Refusal, Shown, pair};
use super::stage::{BY_KEY, BY_NAME, Flow, KEYS_REPEAT, NAME, flow};

const NAME_TAKEN: Option<ErrorKind> = Some(ErrorKind::NameTaken);
const KEY_TAKEN: Option<ErrorKind> = Some(ErrorKind::KeyTaken);

fn taken(cloud: &'static str) -> Flow {
    flow(cloud).refuse(Refusal::Name)
}

fn key_taken(cloud: &'static str) -> Flow {
    flow(cloud).way_free().refuse(Refusal::Key)
}

#[test]
fn the_same_key_was_there() {
    for cloud in BY_NAME {
        let ran = taken(cloud).list(&[pair(NAME, Shown::Mine)]).run();
        let ran = ran.ends(Status::AlreadyPresent, by_list(cloud), None, "import name");
        assert_eq!(ran.exit_code(), 0);
    }
    let ran = flow("baidu").list(&[pair(NAME, Shown::Mine)]).run();
    ran.ends(Status::AlreadyPresent, Verification::PublicKey, None, "name");
}

#[test]
fn the_same_key_was_there_and_shows_late() {
    for cloud in BY_NAME {
        let flow = taken(cloud).list(&[]).list(&[pair(NAME, Shown::Odd)]);
        let ran = flow.list(&[pair(NAME, Shown::Mine)]).run();
        ran.ends(Status::AlreadyPresent, by_list(cloud), None, "import name name name");
    }
}

#[test]
fn a_given_name_with_another_key_is_a_conflict() {
    for cloud in BY_NAME {
        let ran = taken(cloud).given().list(&[pair(NAME, Shown::Other)]).run();
        let ran = ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "import name");
        assert_eq!(ran.exit_code(), 6);
        // What the cloud said stays with the error.
        assert!(ran.error().response().is_some_and(|fault| !fault.code.is_empty()));
    }
    let ran = flow("baidu").given().list(&[pair(NAME, Shown::Other)]).run();
    ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "name");
}

#[test]
fn a_derived_name_with_another_key_gives_way_to_the_name_that_the_key_has() {
    let elsewhere = [pair("elsewhere", Shown::Mine)];
    for cloud in BY_NAME {
        let ran = taken(cloud).list(&[pair(NAME, Shown::Other)]).list(&elsewhere).run();
        let proof = by_list(cloud);
        let ran = ran.ends(Status::AlreadyPresentAs, proof, None, "import name key");
        assert_eq!(ran.record()["name"], "elsewhere");
    }
    let ran = flow("baidu").list(&[pair(NAME, Shown::Other)]).list(&elsewhere).run();
    let ran = ran.ends(Status::AlreadyPresentAs, Verification::PublicKey, None, "name key");
    assert_eq!(ran.record()["name"], "elsewhere");
}

#[test]
fn a_derived_name_with_another_key_is_a_conflict_when_the_key_is_nowhere() {
    for cloud in BY_NAME {
        let ran = taken(cloud).list(&[pair(NAME, Shown::Other)]).list(&[]).run();
        ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "import name key");
        let ran = taken(cloud).list(&[pair(NAME, Shown::Other)]).refuse(Refusal::Denied).run();
        ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "import name key");
    }
    let other = [pair(NAME, Shown::Other)];
    let ran = flow("baidu").list(&other).list(&other).run();
    let ran = ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "name key");
    assert!(ran.error().hint().contains(&format!("{NAME}-")), "{}", ran.error().hint());
}

#[test]
fn a_key_that_shows_under_the_name_in_the_second_list_is_there() {
    // Baidu keeps two pairs of one name, and the first list may show only one of them.
    let other = pair(NAME, Shown::Other);
    let ran = flow("baidu").list(&[other]).list(&[other, pair(NAME, Shown::Mine)]).run();
    ran.ends(Status::AlreadyPresent, Verification::PublicKey, None, "name key");
}

#[test]
fn a_name_with_a_key_that_cannot_be_compared_is_a_conflict() {
    for cloud in BY_NAME {
        for shown in [Shown::Odd, Shown::Nothing] {
            let ran = taken(cloud).list_times(5, &[pair(NAME, shown)]).run();
            let actions = "import name name name name name";
            let ran = ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, actions);
            assert!(ran.error().message().contains("does not show which key holds it"));
        }
    }
    let ran = flow("baidu").list(&[pair(NAME, Shown::Odd)]).run();
    ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "name");
}

#[test]
fn a_name_that_no_list_shows_may_have_been_deleted() {
    for cloud in BY_NAME {
        let ran = taken(cloud).list_times(5, &[]).run();
        let actions = "import name name name name name";
        let ran = ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, actions);
        assert!(ran.error().hint().contains("deleted"), "{}", ran.error().hint());
        assert!(ran.error().hint().contains("--name"), "{}", ran.error().hint());
    }
}

#[test]
fn a_name_whose_key_cannot_be_looked_up_is_unknown() {
    for cloud in BY_NAME {
        let ran = taken(cloud).refuse(Refusal::Denied).run();
        let unknown = Some(ErrorKind::OutcomeUnknown);
        let ran = ran.ends(Status::Unknown, Verification::None, unknown, "import name");
        // Running again alone would settle nothing.
        let action = ran.known.info().actions.lookup;
        let hint = format!("allow this identity `{action}`, then run again to settle it");
        assert_eq!(**ran.error().hint(), *hint);
    }
    for cloud in BY_KEY {
        let ran = key_taken(cloud).refuse(Refusal::Denied).run();
        let (unknown, actions) =
            (Some(ErrorKind::OutcomeUnknown), with_first_look(cloud, "import key"));
        ran.ends(Status::Unknown, Verification::None, unknown, &actions);
    }
}

#[test]
fn a_list_with_other_names_is_no_conflict_where_keys_may_repeat() {
    // The filters are documented to match whole names; were one of them loose, other names count for nothing.
    let near = [pair("deploy-2", Shown::Mine), pair("deploy-3", Shown::Other)];
    for cloud in KEYS_REPEAT {
        let flow = flow(cloud).given().refuse(Refusal::Unavailable).list(&near);
        let ran = flow.accept(Shown::Mine).run();
        ran.ends(Status::Imported, Verification::Fingerprint, None, "import name import");
    }
}

#[test]
fn a_key_that_is_taken_is_there_under_this_name() {
    for cloud in BY_KEY {
        let pairs = [pair("first", Shown::Other), pair(NAME, Shown::Mine)];
        let actions = with_first_look(cloud, "import key");
        let ran = key_taken(cloud).list(&pairs).run();
        ran.ends(Status::AlreadyPresent, Verification::PublicKey, None, &actions);
    }
}

#[test]
fn a_key_that_is_taken_is_there_under_another_name() {
    let elsewhere = [pair("elsewhere", Shown::Mine)];
    for cloud in BY_KEY {
        let actions = with_first_look(cloud, "import key");
        let ran = key_taken(cloud).list(&elsewhere).run();
        let ran = ran.ends(Status::AlreadyPresentAs, Verification::PublicKey, None, &actions);
        assert_eq!(ran.record()["name"], "elsewhere");
        assert_eq!(ran.exit_code(), 0);

        let ran = key_taken(cloud).given().list(&elsewhere).run();
        let ran = ran.ends(Status::Conflict, Verification::None, KEY_TAKEN, &actions);
        assert_eq!(ran.exit_code(), 6);
        assert!(ran.error().hint().contains("elsewhere"), "{}", ran.error().hint());
        assert!(ran.error().response().is_some());
    }
}

/// What a shell makes of the `--name` in a hint.
#[cfg(unix)]
fn name_in(hint: &str) -> Vec<String> {
    let (_, rest) = hint.split_once('`').unwrap();
    let end = "`, or leave `--name` out; nothing was changed";
    let command = rest.strip_suffix(end).or(rest.strip_suffix('`')).unwrap();
    let script = format!("set -f; printf '%s\\0' {command}");
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_terminator('\0').map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn names_in_hints_can_be_given_to_a_shell() {
    for name in ["evil'; echo x ~ #", "$(echo x)`echo x`", "a b", "--check", "plain", "*\"\\"] {
        let ran = key_taken("baidu").given().list(&[pair(name, Shown::Mine)]).run();
        let ran = ran.ends(Status::Conflict, Verification::None, KEY_TAKEN, "name import key");
        assert_eq!(name_in(ran.error().hint()), ["--name", name], "{}", ran.error().hint());
    }
    for shown in [Shown::Other, Shown::Odd] {
        let mut flow = flow("baidu").given();
        flow.job.name = "the home of b".to_owned();
        let ran = flow.list(&[pair("the home of b", shown)]).run();
        let ran = ran.ends(Status::Conflict, Verification::None, NAME_TAKEN, "name");
        let [flag, name] = &name_in(ran.error().hint())[..] else { panic!("several words") };
        assert_eq!(flag, "--name");
        assert!(name.starts_with("the home of b-"), "{name}");
    }
    // A cloud that shows what no argument can hold is no reason to give up.
    let ran = key_taken("baidu").given().list(&[pair("a\0b", Shown::Mine)]).run();
    assert!(ran.error().hint().starts_with("use `--name ab`, "), "{}", ran.error().hint());
}

#[test]
fn a_key_that_is_taken_may_not_be_listed() {
    for cloud in BY_KEY {
        let ran = key_taken(cloud).list_times(5, &[]).run();
        let actions = with_first_look(cloud, "import key key key key key");
        let ran = ran.ends(Status::Conflict, Verification::None, KEY_TAKEN, &actions);
        // Another name would not help: it is the key that is taken.
        assert!(!ran.error().hint().contains("--name"), "{}", ran.error().hint());

        let other = [pair(NAME, Shown::Other)];
        let ran = key_taken(cloud).list_times(5, &other).run();
        ran.ends(Status::Conflict, Verification::None, KEY_TAKEN, &actions);
    }
}

#[test]
fn a_key_that_is_taken_shows_later_than_another_one_under_its_name() {
    let other = pair(NAME, Shown::Other);
    for cloud in BY_KEY {
        let actions = with_first_look(cloud, "import key key");
        let ran = key_taken(cloud).list(&[other]).list(&[other, pair("x", Shown::Mine)]).run();
        ran.ends(Status::AlreadyPresentAs, Verification::PublicKey, None, &actions);
    }
}

#[test]
fn a_list_without_a_filter_is_read_all_the_same() {
    // The filter by name is in Baidu's SDKs and not in its documents.
    let all = [pair("elsewhere", Shown::Mine), pair("first", Shown::Other)];
    let ran = flow("baidu").list(&all).run();
    ran.ends(Status::AlreadyPresentAs, Verification::PublicKey, None, "name");
    let ran = flow("baidu").given().list(&all).run();
    ran.ends(Status::Conflict, Verification::None, KEY_TAKEN, "name");
    let ran = flow("baidu").list(&all[1..]).accept(Shown::Mine).run();
    ran.ends(Status::Imported, Verification::PublicKey, None, "name import");
}
