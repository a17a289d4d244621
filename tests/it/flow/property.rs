//! What holds for every list, every pause and every refusal.

use std::time::Duration;

use keyimport::client::{Limits, OnShutdown, Policy};
use keyimport::error::{ErrorKind, ErrorResponse};
use keyimport::import::{Mode, Status};
use keyimport::provider;
use keyimport::wire::Response;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::answers::{Pair, Shown, pair};
use super::stage::{CLOUDS, NAME, flow};
use crate::doubles::ERROR_KINDS;

fn any_pair() -> impl Strategy<Value = Pair> {
    let names = select(vec![NAME, "a", "b", "elsewhere"]);
    let shown = select(vec![Shown::Mine, Shown::Other, Shown::Odd, Shown::Nothing]);
    (names, shown).prop_map(|(name, shown)| pair(name, shown))
}

/// What a check makes of a list: status, proof, name and kind of error.
fn judged(cloud: &'static str, named: bool, pairs: &[Pair]) -> (Status, String) {
    let check = flow(cloud).mode(Mode::Check).list(pairs);
    let check = if named { check.given() } else { check };
    // Two looks are the most, and the second one finds the same list.
    let ran = check.list(pairs).run();
    let outcome = &ran.outcome;
    let name = outcome.stored.as_ref().map(|pair| pair.name.clone());
    let error = outcome.error.as_ref().map(|error| (error.kind(), error.to_string()));
    (outcome.status, format!("{:?} {name:?} {error:?}", outcome.verified))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_a_list_does_not_count(
        (pairs, shuffled) in proptest::collection::vec(any_pair(), 0..6)
            .prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle())),
        cloud in select(CLOUDS.to_vec()),
        named: bool,
    ) {
        prop_assert_eq!(judged(cloud, named, &pairs), judged(cloud, named, &shuffled));
    }

    #[test]
    fn this_key_under_this_name_counts_before_all_others(
        mut pairs in proptest::collection::vec(any_pair(), 0..6),
        place in 0_usize..7,
        cloud in select(CLOUDS.to_vec()),
        named: bool,
    ) {
        pairs.insert(place.min(pairs.len()), pair(NAME, Shown::Mine));
        prop_assert_eq!(judged(cloud, named, &pairs).0, Status::AlreadyPresent);
    }

    #[test]
    fn other_keys_under_other_names_do_not_count(
        pairs in proptest::collection::vec(any_pair(), 0..6),
        cloud in select(CLOUDS.to_vec()),
        named: bool,
    ) {
        let others: Vec<Pair> = pairs
            .into_iter()
            .filter(|pair| pair.name != NAME && pair.shown != Shown::Mine)
            .collect();
        prop_assert_eq!(judged(cloud, named, &others).0, Status::Absent);
    }

    #[test]
    fn pauses_stay_within_bounds(
        attempts in 0_u32..50,
        attempt in 1_u32..60,
        jitter in prop_oneof![0.0..=1.0, any::<f64>()],
        asked in proptest::option::of(any::<u64>()),
    ) {
        let limits = Limits { timeout: Duration::from_secs(60), attempts };
        let policy = Policy::of_target(limits, OnShutdown::Settle, Duration::ZERO);
        let asked = asked.map(Duration::from_millis);
        let pause = policy.pause(attempt, jitter, asked);
        prop_assert_eq!(pause.is_some(), attempt < attempts);
        if let Some(pause) = pause {
            let exponent = i32::try_from(attempt).unwrap() - 1;
            let top = Duration::from_secs_f64((0.5 * 2_f64.powi(exponent)).min(10.0));
            match asked {
                None => prop_assert!(pause <= top),
                Some(asked) => prop_assert!((asked..=asked + top / 4).contains(&pause)),
            }
        }
    }

    #[test]
    fn every_refusal_has_a_kind_and_every_answer_is_read(
        status in 100_u16..600,
        code in prop_oneof!["[A-Za-z.]{0,40}", ".{0,40}"],
        message in ".{0,80}",
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "[{}\\[\\]\",:a-zA-Z0-9 ]{0,80}".prop_map(String::into_bytes),
        ],
    ) {
        for cloud in provider::ALL {
            let table = cloud.info().error_codes;
            let fault = ErrorResponse { status, code: code.as_str().into(), message: message.as_str().into(), ..ErrorResponse::default() };
            let kind = provider::classify(table, &fault);
            prop_assert!(ERROR_KINDS.contains(&kind));
            prop_assert!(kind.exit_code() > 0 && !kind.hint().is_empty());

            let response = Response { status, headers: Vec::new(), body: body.clone() };
            let fault = cloud.read_error(&response);
            // What is no success is a refusal.
            prop_assert!(fault.is_some() || (200..300).contains(&status));
            let _ = (cloud.read_import(&response), cloud.read_lookup(&response, None));
            let _ = (cloud.read_regions(&response), cloud.read_request_id(&response));
        }
    }

    #[test]
    fn what_a_table_holds_is_found_whatever_is_said(
        index: proptest::sample::Index,
        status in 400_u16..600,
        words in subsequence(vec!["expire", "Action or Version", "x", "time"], 0..4),
    ) {
        for cloud in provider::ALL {
            let table = cloud.info().error_codes;
            let row = &table[index.index(table.len())];
            let code = row.code.replace('*', "Anything");
            let fault = ErrorResponse { status, code: code.as_str().into(), message: words.join(" ").into(), ..ErrorResponse::default() };
            let kind = provider::classify(table, &fault);
            // Some row of this code, or a pattern that covers it, says so; never the status.
            let covers = |other: &&provider::ErrorRule| match other.code.strip_suffix('*') {
                Some(prefix) => code.starts_with(prefix),
                None => other.code == code,
            };
            let kinds: Vec<ErrorKind> = table.iter().filter(covers).map(|row| row.kind).collect();
            let says = !row.message_contains.is_empty();
            prop_assert!(kinds.contains(&kind) || says, "{fault:?} {kind:?}");
        }
    }
}
