//! Bounds: attempts, pauses, deadlines, a user who stops, credentials that end.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use keyimport::client::{CallError, NextStep, within_deadline};
use keyimport::error::{Error, ErrorKind, ErrorResponse};
use keyimport::import::{Mode, Status, Verification};
use keyimport::io::clock::{GRACE_PERIOD, SystemClock};
use keyimport::ports::{Clock as _, Delivery};
use keyimport::redact::Redactor;
use keyimport::sign::Credential;

use super::accepted::{by_answer, by_list, with_first_look, with_looks};
use super::answers::{Refusal, Shown, pair, refused, with_header};
use super::stage::{BY_KEY, BY_NAME, CLOUDS, Flow, NAME, SHOW_IMPORTS, flow, seconds};
use crate::doubles::{FakeClock, FakeCredentials, block_on};

const UNKNOWN: Option<ErrorKind> = Some(ErrorKind::OutcomeUnknown);
const NETWORK: Option<ErrorKind> = Some(ErrorKind::Network);
const THROTTLED: Option<ErrorKind> = Some(ErrorKind::Throttled);

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn a_throttle_to_the_end_is_a_failure_that_may_be_tried_again() {
    for cloud in CLOUDS {
        let mut down = flow(cloud).way_free();
        for _ in 0..5 {
            down = down.refuse(Refusal::Throttled);
        }
        let actions = with_first_look(cloud, "import import import import import");
        let ran = down.run().ends(Status::Failed, Verification::None, THROTTLED, &actions);
        assert_eq!(ran.exit_code(), 8);
        assert_eq!(ran.record()["error"]["retryable"], true);
        assert_eq!(ran.slept(), [500, 1000, 2000, 4000].map(millis));
    }
}

#[test]
fn only_a_throttled_request_slows_the_other_targets_down() {
    for cloud in CLOUDS {
        let counts = |flow: Flow| {
            let stage = flow.run().stage;
            let count = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
            (count(&stage.counts.throttled), count(&stage.counts.processed))
        };
        let looks = u32::from(cloud == "baidu");
        let begin = || flow(cloud).way_free();
        assert_eq!(counts(begin().refuse(Refusal::Quota)), (0, looks + 1), "{cloud}");
        assert_eq!(counts(begin().attempts(1).refuse(Refusal::Throttled)), (1, looks), "{cloud}");
        assert_eq!(counts(begin().attempts(1).lose(Delivery::Unsent)), (0, looks), "{cloud}");
    }
}

#[test]
fn pauses_double_up_to_their_cap() {
    let mut down = flow("aliyun").attempts(9).timeout(seconds(100));
    for _ in 0..9 {
        down = down.refuse(Refusal::Throttled);
    }
    let slept = down.run().slept();
    assert_eq!(slept, [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000].map(millis));
}

#[test]
fn what_the_cloud_asks_is_the_least_pause() {
    for (header, value, asked) in
        [("x-acs-retry-after", "1500", 1500), ("retry-after", "2", 2000), ("retry-after", "0", 0)]
    {
        let wait = || with_header(refused("aliyun", Refusal::Throttled), header, value);
        for (jitter, more) in [(0.0, 0), (1.0, 125)] {
            let ran = flow("aliyun").jitter(jitter).say(wait()).accept(Shown::Mine).run();
            let ran = ran.ends(Status::Imported, Verification::Fingerprint, None, "import import");
            assert_eq!(ran.slept(), [millis(asked + more)]);
        }
    }
    for (cloud, header, value) in [
        ("volcengine", "retry-after", "3"),
        ("baidu", "retry-after", "3"),
        ("aws", "retry-after", "3"),
        ("aws", "x-amz-retry-after", "3000"),
    ] {
        let wait = with_header(refused(cloud, Refusal::Throttled), header, value);
        let ran = flow(cloud).jitter(0.0).way_free().say(wait).accept(Shown::Mine).run();
        let actions = with_first_look(cloud, "import import");
        let ran = ran.ends(Status::Imported, by_answer(cloud), None, &actions);
        assert_eq!(ran.slept(), [seconds(3)]);
    }
}

#[test]
fn an_unreadable_wish_is_no_wish() {
    for value in ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "99999999999999999999"] {
        let wait = with_header(refused("aliyun", Refusal::Throttled), "retry-after", value);
        let ran = flow("aliyun").say(wait).accept(Shown::Mine).run();
        let ran = ran.ends(Status::Imported, Verification::Fingerprint, None, "import import");
        assert_eq!(ran.slept(), [millis(500)]);
    }
}

#[test]
fn a_wish_beyond_the_deadline_ends_it_at_once() {
    for value in ["60", "3600", "18446744073709551615"] {
        let wait = with_header(refused("aliyun", Refusal::Throttled), "retry-after", value);
        let ran = flow("aliyun").say(wait).run();
        let ran = ran.ends(Status::Failed, Verification::None, THROTTLED, "import");
        assert_eq!(ran.outcome.elapsed, Duration::ZERO);
    }
}

#[test]
fn one_attempt_is_one_import() {
    for cloud in CLOUDS {
        let once = || flow(cloud).attempts(1).way_free();
        let actions = with_first_look(cloud, "import");
        once().refuse(Refusal::Throttled).run().ends(
            Status::Failed,
            Verification::None,
            THROTTLED,
            &actions,
        );
        once().lose(Delivery::Unsent).run().ends(
            Status::Failed,
            Verification::None,
            NETWORK,
            &actions,
        );
        let found = once().lose(Delivery::Unknown).list(&[pair(NAME, Shown::Mine)]).run();
        let actions = with_first_look(cloud, "import name");
        found.ends(Status::Imported, by_list(cloud), None, &actions);
        let nowhere = once().lose(Delivery::Unknown).list_times(5, &[]).run();
        let actions = with_first_look(cloud, "import name name name name name");
        nowhere.ends(Status::Failed, Verification::None, NETWORK, &actions);
    }
}

#[test]
fn a_deadline_during_the_first_look_sends_nothing() {
    let ran = flow("baidu").timeout(seconds(10)).hang().run();
    let ran = ran.ends(Status::Failed, Verification::None, NETWORK, "name");
    assert_eq!(ran.outcome.elapsed, seconds(10));
    let ran = flow("baidu").timeout(seconds(10)).after(seconds(10)).list(&[]).run();
    ran.ends(Status::Failed, Verification::None, NETWORK, "name");
}

#[test]
fn a_deadline_during_the_import_is_unknown() {
    for cloud in CLOUDS {
        let ran = flow(cloud).timeout(seconds(10)).way_free().hang().run();
        let actions = with_first_look(cloud, "import");
        let ran = ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
        assert_eq!(ran.outcome.elapsed, seconds(10));
        assert_eq!(ran.exit_code(), 9);
    }
}

#[test]
fn a_silent_cloud_leaves_time_to_look() {
    for cloud in CLOUDS {
        let ran = flow(cloud).way_free().hang().list(&[pair(NAME, Shown::Mine)]).run();
        let actions = with_first_look(cloud, "import name");
        let ran = ran.ends(Status::Imported, by_list(cloud), None, &actions);
        assert_eq!(ran.outcome.elapsed, millis(15_500));
    }
}

#[test]
fn a_deadline_while_looking_after_a_lost_answer_is_unknown() {
    for cloud in CLOUDS {
        let begin = || flow(cloud).timeout(seconds(10)).way_free().after(seconds(8));
        let ran = begin().lose(Delivery::Unknown).hang().run();
        let actions = with_first_look(cloud, "import name");
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);

        // The refusal is clear and comes too early: lists had no time to show what the first attempt did.
        let refused = begin().lose(Delivery::Unknown).list(&[]).refuse(Refusal::Denied);
        let ran = refused.list_times(2, &[]).run();
        let actions = with_first_look(cloud, "import name import name name");
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
    }
}

#[test]
fn a_deadline_while_proving_an_acceptance_is_told_as_unproved() {
    for cloud in CLOUDS {
        let ran = flow(cloud).timeout(seconds(10)).way_free().accept(Shown::Odd).hang().run();
        let actions = with_first_look(cloud, "import name");
        let ran = ran.ends(Status::Imported, Verification::None, None, &actions);
        assert_eq!(ran.outcome.warnings.len(), 1);
        if !SHOW_IMPORTS.contains(&cloud) {
            continue;
        }
        let ran = flow(cloud).timeout(seconds(10)).way_free().accept(Shown::Other).hang().run();
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
    }
}

#[test]
fn a_deadline_while_asking_who_took_the_name_is_unknown() {
    for cloud in BY_NAME {
        let ran = flow(cloud).timeout(seconds(10)).refuse(Refusal::Name).hang().run();
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, "import name");
    }
    for cloud in BY_KEY {
        let ran = flow(cloud).timeout(seconds(10)).way_free().refuse(Refusal::Key).hang().run();
        let actions = with_first_look(cloud, "import key");
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
    }
}

#[test]
fn a_deadline_between_attempts_that_had_no_effect_is_a_failure() {
    for cloud in CLOUDS {
        let begin = || flow(cloud).timeout(seconds(10)).way_free();
        let ran = begin()
            .after(seconds(5))
            .lose(Delivery::Unsent)
            .after(millis(4400))
            .lose(Delivery::Unsent)
            .run();
        let actions = with_first_look(cloud, "import import");
        ran.ends(Status::Failed, Verification::None, NETWORK, &actions);
        let ran = begin().after(seconds(10)).refuse(Refusal::Throttled).run();
        let actions = with_first_look(cloud, "import");
        ran.ends(Status::Failed, Verification::None, THROTTLED, &actions);
    }
}

#[test]
fn a_deadline_during_a_dry_run_is_a_failure() {
    for cloud in CLOUDS {
        let ran = flow(cloud).mode(Mode::DryRun).timeout(seconds(10)).hang().run();
        ran.ends(Status::Failed, Verification::None, NETWORK, "name");
    }
}

#[test]
fn a_user_who_stopped_before_gets_nothing_sent() {
    for cloud in CLOUDS {
        let ran = flow(cloud).stop_at(seconds(0)).run();
        ran.ends(Status::Skipped, Verification::None, None, "");
    }
}

#[test]
fn a_user_who_stops_between_attempts_gets_no_other_one() {
    for cloud in CLOUDS {
        for skipped in [
            flow(cloud).way_free().stop().refuse(Refusal::Throttled),
            flow(cloud).way_free().stop().lose(Delivery::Unsent),
            flow(cloud).way_free().stop_at(millis(200)).lose(Delivery::Unsent),
        ] {
            let actions = with_first_look(cloud, "import");
            skipped.run().ends(Status::Skipped, Verification::None, None, &actions);
        }
    }
}

#[test]
fn a_user_who_stops_during_an_import_still_hears_of_its_answer() {
    for cloud in CLOUDS {
        let ran = flow(cloud).way_free().stop().after(seconds(1)).accept(Shown::Mine).run();
        let actions = with_looks(cloud, "import");
        ran.ends(Status::Imported, by_answer(cloud), None, &actions);
        let actions = with_first_look(cloud, "import");
        let ran = flow(cloud).way_free().stop().after(seconds(1)).refuse(Refusal::Quota).run();
        ran.ends(Status::Failed, Verification::None, Some(ErrorKind::QuotaExceeded), &actions);
    }
}

#[test]
fn a_user_who_stops_during_an_import_does_not_wait_long() {
    for cloud in CLOUDS {
        let ran = flow(cloud).way_free().stop().hang().run();
        let actions = with_first_look(cloud, "import");
        let ran = ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
        assert_eq!(ran.outcome.elapsed, seconds(3));
    }
}

#[test]
fn a_user_who_stops_gets_what_was_sent_settled() {
    for cloud in CLOUDS {
        let lost = || flow(cloud).way_free().stop().lose(Delivery::Unknown);
        let ran = lost().list(&[pair(NAME, Shown::Mine)]).run();
        let actions = with_first_look(cloud, "import name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);

        // Lists may lag, so the grace period is used to look again.
        let ran = lost().list_times(3, &[]).list(&[pair(NAME, Shown::Mine)]).run();
        let actions = with_first_look(cloud, "import name name name name");
        let ran = ran.ends(Status::Imported, by_list(cloud), None, &actions);
        assert_eq!(ran.outcome.elapsed, seconds(2));

        // So is a look-up that did not leave: there is something to settle.
        let ran = lost().lose(Delivery::Unsent).list(&[pair(NAME, Shown::Mine)]).run();
        let looks = with_first_look(cloud, "import name name");
        ran.ends(Status::Imported, by_list(cloud), None, &looks);

        let ran = lost().list_times(4, &[]).run();
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
    }
}

#[test]
fn a_user_who_stops_during_a_dry_run_gets_the_answer_or_none() {
    for cloud in CLOUDS {
        let (flow, actions) = flow(cloud).mode(Mode::DryRun).stop().list(&[]).key_free("name");
        flow.run().ends(Status::WouldImport, Verification::None, None, &actions);
    }
    for (cloud, mode) in first_looks() {
        let ran = flow(cloud).mode(mode).stop().hang().run();
        let ran = ran.ends(Status::Skipped, Verification::None, None, "name");
        assert_eq!(ran.outcome.elapsed, seconds(3));
    }
    for (cloud, mode) in
        BY_KEY.into_iter().flat_map(|cloud| [(cloud, Mode::DryRun), (cloud, Mode::Check)])
    {
        let ran = flow(cloud).mode(mode).list(&[]).stop().hang().run();
        ran.ends(Status::Skipped, Verification::None, None, "name key");
        // The first list comes when there is no time to ask for the second.
        let ran = flow(cloud).mode(mode).stop().after(seconds(3)).list(&[]).run();
        ran.ends(Status::Skipped, Verification::None, None, "name");
    }
}

/// Everything that looks before anything is sent.
fn first_looks() -> impl Iterator<Item = (&'static str, Mode)> {
    let looks = |cloud| [(cloud, Mode::DryRun), (cloud, Mode::Check)];
    CLOUDS.into_iter().flat_map(looks).chain([("baidu", Mode::Import)])
}

#[test]
fn a_first_look_that_the_user_stops_is_skipped_however_it_breaks_off() {
    let wait = |cloud| with_header(refused(cloud, Refusal::Throttled), "retry-after", "30");
    for (cloud, mode) in first_looks() {
        let begin = |attempts| flow(cloud).mode(mode).attempts(attempts);
        for (skipped, actions) in [
            // Retried within the grace period, and then no longer.
            (begin(5).stop().lose(Delivery::Unknown).hang(), "name name"),
            (begin(5).refuse(Refusal::Throttled).stop_at(millis(200)).hang(), "name name"),
            (begin(5).stop().say(wait(cloud)), "name"),
            // It was the last attempt, and what it would have brought is not known.
            (begin(1).stop().hang(), "name"),
            (begin(1).stop().after(seconds(3)).lose(Delivery::Unknown), "name"),
            // The response comes when the grace period has no time for another request.
            (begin(5).stop().after(seconds(3)).refuse(Refusal::Throttled), "name"),
            // The look is over, the search for a newer credential is not.
            (
                begin(5)
                    .refuse(Refusal::Expired)
                    .stop_at(millis(200))
                    .renewal(Err(ErrorKind::Network))
                    .renewal_takes(millis(3200)),
                "name",
            ),
        ] {
            let ran = skipped.run().ends(Status::Skipped, Verification::None, None, actions);
            assert!(ran.outcome.elapsed <= millis(3200), "{:?}", ran.outcome);
        }
    }
}

#[test]
fn a_renewal_ends_with_the_time_of_the_target() {
    for cloud in CLOUDS {
        let begin = || flow(cloud).way_free().refuse(Refusal::Expired).renewal_hangs();
        let actions = with_first_look(cloud, "import");
        let ran = begin().timeout(seconds(3)).run();
        let ran = ran.ends(Status::Failed, Verification::None, NETWORK, &actions);
        assert_eq!((ran.outcome.elapsed, ran.exit_code()), (seconds(3), 8));
        assert_eq!(
            ran.error().message(),
            "no credential was found before the timeout: no response from sts.example.com"
        );
        let ran = begin().stop_at(seconds(1)).run();
        let ran = ran.ends(Status::Skipped, Verification::None, None, &actions);
        assert_eq!(ran.outcome.elapsed, seconds(1));
    }
}

#[test]
fn a_search_that_the_user_stops_is_told_as_stopped_however_little_time_is_left() {
    for stopped in [seconds(1), seconds(59)] {
        let (clock, credentials) = (FakeClock::new(), FakeCredentials::new(newer()));
        clock.stop_at(stopped);
        let search = std::future::pending::<Result<(), Error>>();
        let failed = block_on(within_deadline(search, &credentials, &clock, seconds(60)));
        let failed = failed.unwrap_err();
        let message = "no response from sts.example.com: the run was stopped";
        assert_eq!((&*failed.error.message(), failed.next), (message, NextStep::Cancelled));
    }
}

#[test]
fn an_error_response_is_of_the_request_that_it_answers() {
    let refused = || {
        let response = ErrorResponse::default().display(&Redactor::default());
        Error::new(ErrorKind::CredentialsRejected, "refused").with_response(response)
    };
    let answered = CallError::from(refused());
    assert_eq!((answered.delivery, answered.is_unsent()), (Delivery::Answered, false));
    // Refused was a request for the credential, and the one that was to be signed never left.
    let (clock, credentials) = (FakeClock::new(), FakeCredentials::new(newer()));
    let search = std::future::ready(Err::<(), _>(refused()));
    let failed = block_on(within_deadline(search, &credentials, &clock, seconds(60)));
    assert!(failed.unwrap_err().is_unsent());
}

#[test]
fn a_renewal_that_hangs_leaves_the_import_unknown() {
    for cloud in CLOUDS {
        let ran = flow(cloud)
            .timeout(seconds(10))
            .way_free()
            .lose(Delivery::Unknown)
            .refuse(Refusal::Expired)
            .renewal_hangs()
            .run();
        let actions = with_first_look(cloud, "import name");
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
    }
}

#[test]
fn a_refusal_is_told_although_the_user_stopped() {
    for (cloud, mode) in first_looks() {
        let begin = |attempts| flow(cloud).mode(mode).attempts(attempts).stop().after(seconds(1));
        let denied = Some(ErrorKind::PermissionDenied);
        begin(5).refuse(Refusal::Denied).run().ends(
            Status::Failed,
            Verification::None,
            denied,
            "name",
        );
        begin(5).break_down().run().ends(Status::Failed, Verification::None, NETWORK, "name");
        let ran = begin(5).refuse(Refusal::Expired).renewal(Ok(Some(newer()))).run();
        let expired = Some(ErrorKind::CredentialsExpired);
        ran.ends(Status::Failed, Verification::None, expired, "name");
        // There were attempts enough, and each had its time.
        let ran = begin(1).refuse(Refusal::Throttled).run();
        ran.ends(Status::Failed, Verification::None, THROTTLED, "name");
        let ran = begin(1).lose(Delivery::Unsent).run();
        ran.ends(Status::Failed, Verification::None, NETWORK, "name");
        let ran = flow(cloud).mode(mode).timeout(seconds(2)).stop().hang().run();
        ran.ends(Status::Failed, Verification::None, NETWORK, "name");
    }
}

#[test]
fn a_conflict_is_told_although_the_user_stopped_the_search_for_the_key() {
    for (cloud, mode) in first_looks() {
        let ran = flow(cloud).mode(mode).list(&[pair(NAME, Shown::Other)]).stop().hang().run();
        let taken = Some(ErrorKind::NameTaken);
        ran.ends(Status::Conflict, Verification::None, taken, "name key");
    }
}

fn newer() -> Credential {
    Credential::new("id-two", "secret-two", None)
}

#[test]
fn an_expired_credential_is_renewed_once() {
    let expired = Some(ErrorKind::CredentialsExpired);
    for cloud in CLOUDS {
        let begin = || flow(cloud).attempts(1).way_free().refuse(Refusal::Expired);
        let ran = begin().renewal(Ok(Some(newer()))).accept(Shown::Mine).run();
        let actions = with_looks(cloud, "import import");
        let ran = ran.ends(Status::Imported, by_answer(cloud), None, &actions);
        assert_eq!(ran.renewals, 1);
        let actions = with_first_look(cloud, "import import");

        let ran = begin().renewal(Ok(Some(newer()))).refuse(Refusal::Expired).run();
        let ran = ran.ends(Status::Failed, Verification::None, expired, &actions);
        assert_eq!(ran.renewals, 1);
        assert_eq!(ran.exit_code(), 4);
    }
}

#[test]
fn an_expired_credential_without_a_newer_one_is_reported() {
    for cloud in CLOUDS {
        let actions = with_first_look(cloud, "import");
        let ran = flow(cloud).way_free().refuse(Refusal::Expired).renewal(Ok(None)).run();
        ran.ends(Status::Failed, Verification::None, Some(ErrorKind::CredentialsExpired), &actions);
        let gone = Err(ErrorKind::CredentialsInvalid);
        let ran = flow(cloud).way_free().refuse(Refusal::Expired).renewal(gone).run();
        ran.ends(Status::Failed, Verification::None, Some(ErrorKind::CredentialsInvalid), &actions);
    }
}

#[test]
fn a_credential_that_ends_between_import_and_look_is_renewed_for_the_look() {
    for cloud in CLOUDS {
        let begin = || flow(cloud).way_free().lose(Delivery::Unknown).refuse(Refusal::Expired);
        let ran = begin().renewal(Ok(Some(newer()))).list(&[pair(NAME, Shown::Mine)]).run();
        let actions = with_first_look(cloud, "import name name");
        ran.ends(Status::Imported, by_list(cloud), None, &actions);

        let ran = begin().refuse(Refusal::Expired).run();
        ran.ends(Status::Unknown, Verification::None, UNKNOWN, &actions);
    }
}

#[test]
fn a_user_who_stops_while_the_credential_ends_gets_no_other_import() {
    for cloud in CLOUDS {
        let ran =
            flow(cloud).way_free().stop().refuse(Refusal::Expired).renewal(Ok(Some(newer()))).run();
        let actions = with_first_look(cloud, "import");
        ran.ends(Status::Failed, Verification::None, Some(ErrorKind::CredentialsExpired), &actions);
    }
}

#[test]
fn pauses_of_the_real_clock_end_with_a_stop_and_pass_after_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let clock = SystemClock::default();
        let stop = async {
            tokio::time::sleep(millis(20)).await;
            clock.request_shutdown(GRACE_PERIOD);
        };
        tokio::join!(clock.sleep(seconds(3600)), stop);
        let stopped = clock.now();
        clock.sleep(millis(60)).await;
        assert!(clock.now().saturating_sub(stopped) >= millis(60));
    });
}
