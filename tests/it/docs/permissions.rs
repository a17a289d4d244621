//! The document on permissions agrees with the program: names, policies, and what happens without one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use keyimport::error::ErrorKind;
use keyimport::import::{Mode, Verification};
use keyimport::ports::Delivery;
use keyimport::provider;
use serde_json::Value;

use super::read;
use super::tables::hold_table;
use crate::cli::cloud::identify;
use crate::cli::run::{Home, finish};
use crate::fake_cloud::{FakeCloud, Reply};
use crate::flow::{
    CLOUDS, Flow, NAME, Refusal, SHOW_IMPORTS, Shown, accepted, flow, pair, refused, regions,
};
use crate::services::identities;

const DOCUMENT: &str = ".github/docs/permissions.md";

#[test]
fn the_table_of_permissions_is_what_the_code_says() {
    let mut table = String::from(
        "| cloud | import | tags with it | look-up | list of regions |\n|---|---|---|---|---|\n",
    );
    for cloud in provider::ALL {
        let (title, actions) = (cloud.info().title, &cloud.info().actions);
        let tag = actions.tag.map(|tag| format!("`{tag}` ")).unwrap_or_default();
        let (import, lookup, regions) = (actions.import, actions.lookup, actions.regions);
        writeln!(table, "| {title} | `{import}` | {tag}| `{lookup}` | `{regions}` |").unwrap();
    }
    hold_table(DOCUMENT, &table);
}

/// Every string under the keys `Action` and `action`.
fn actions(policy: &Value) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (key, value) in policy.as_object().into_iter().flatten() {
        match value {
            Value::Array(items) if key.eq_ignore_ascii_case("action") => {
                found.extend(items.iter().map(|item| item.as_str().unwrap()));
            }
            Value::String(text) if key.eq_ignore_ascii_case("action") => {
                found.insert(text);
            }
            Value::Array(items) => found.extend(items.iter().flat_map(actions)),
            _ => {}
        }
    }
    found
}

#[test]
fn the_policies_allow_what_the_code_calls() {
    let text = read(DOCUMENT);
    let (_, policies) = text.split_once("\n## Policies\n").unwrap();
    let policies = policies.split("\n## ").next().unwrap();
    for cloud in provider::ALL {
        let (info, expected) = (cloud.info(), &cloud.info().actions);
        let (_, section) = policies.split_once(&format!("\n### {}\n", info.title)).unwrap();
        let section = section.split("\n### ").next().unwrap();
        let blocks = section.split("```json\n").skip(1);
        let blocks: Vec<Value> = blocks
            .map(|block| serde_json::from_str(block.split("```").next().unwrap()).unwrap())
            .collect();
        let Some([least, all]) = blocks.first_chunk() else {
            // Policies that name no calls are chosen in a console.
            assert!(!expected.import.contains(':'), "{}: no policies", info.id);
            continue;
        };
        assert_eq!(actions(least), BTreeSet::from([expected.import]), "{}", info.id);
        let every = BTreeSet::from([expected.import, expected.lookup, expected.regions]);
        assert_eq!(actions(all), every, "{}", info.id);
        if let Some(tag) = expected.tag {
            assert!(section.contains(&format!("`{tag}`")), "{}: no {tag}", info.id);
        }
    }
}

/// A script for one cloud.
type Script = fn(&'static str) -> Flow;

/// What is missing, when, and the script of it at clouds that look up first, and at the others.
const DENIALS: [(&str, &str, Script, Script); 5] = [
    (
        "import",
        "the key is new",
        |cloud| flow(cloud).way_free().refuse(Refusal::Denied),
        |cloud| flow(cloud).refuse(Refusal::Denied),
    ),
    ("look-up", "the key is new", first_look, |cloud| {
        // Where the response shows the key, nothing is looked up.
        let flow = flow(cloud).say(accepted(cloud, pair(NAME, Shown::Mine)));
        if SHOW_IMPORTS.contains(&cloud) { flow } else { flow.refuse(Refusal::Denied) }
    }),
    ("look-up", "the name is taken", first_look, |cloud| {
        flow(cloud).refuse(Refusal::Name).refuse(Refusal::Denied)
    }),
    ("look-up", "a response was lost", first_look, |cloud| {
        flow(cloud).lose(Delivery::Unknown).refuse(Refusal::Denied).refuse(Refusal::Denied)
    }),
    ("look-up", "`--dry-run` or `--check`", first_look, |cloud| {
        flow(cloud).mode(Mode::Check).refuse(Refusal::Denied)
    }),
];

fn first_look(cloud: &'static str) -> Flow {
    flow(cloud).refuse(Refusal::Denied)
}

#[test]
fn what_happens_without_a_permission_is_what_the_document_says() {
    let mut table = format!("| missing | when | {} |\n|", CLOUDS.join(" | "));
    table += &"---|".repeat(CLOUDS.len() + 2);
    table.push('\n');
    for (missing, when, looks_first, others) in DENIALS {
        write!(table, "| {missing} | {when} |").unwrap();
        for cloud in CLOUDS {
            let ran = if cloud == "baidu" { looks_first(cloud) } else { others(cloud) }.run();
            let record = ran.record();
            let status = record["status"].as_str().unwrap();
            write!(table, " `{status}`, exit {} |", ran.exit_code()).unwrap();
            let error = ran.outcome.error.as_ref();
            let actions = &provider::find(cloud).unwrap().info().actions;
            let names = if missing == "import" { actions.import } else { actions.lookup };
            let hint = error.map_or_else(|| format!("`{names}`"), |error| error.hint().to_string());
            assert!(hint.contains(&format!("`{names}`")), "{cloud}: {hint}");
            if status == "imported" {
                let is_proved = ran.outcome.verified != Verification::None;
                assert_eq!(is_proved, SHOW_IMPORTS.contains(&cloud), "{cloud}");
            }
        }
        table.push('\n');
    }
    hold_table(DOCUMENT, &table);
}

#[test]
fn a_denied_list_of_regions_names_its_permission() {
    for cloud in CLOUDS {
        let error = regions(cloud).say(refused(cloud, Refusal::Denied)).run().ended.unwrap_err();
        let action = provider::find(cloud).unwrap().info().actions.regions;
        let hint = format!("allow this identity `{action}`, or use another one");
        assert_eq!(
            (error.kind(), &**error.hint()),
            (ErrorKind::PermissionDenied, &*hint),
            "{cloud}"
        );
        assert_eq!(error.kind().exit_code(), 5);
    }
}

#[test]
fn without_the_list_of_regions_nothing_is_imported() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    for cloud in CLOUDS {
        let arguments = format!("--to {cloud} --all-regions -o json key.pub");
        let mut command = clouds.command(&home, &arguments);
        identify(&mut command, cloud, identities(cloud).unwrap().unauthorized);
        let ended = finish(command).expect(5);
        let statuses: Vec<Value> = ended.json()["results"].as_array().unwrap().clone();
        assert!(statuses.iter().all(|record| record["status"] == "failed"), "{}", ended.stdout);
        let region = provider::find(cloud).unwrap().info().home_region();
        assert_eq!(clouds.stored(cloud, region).len(), 0, "{cloud}");
        ended.says(&format!("`{}`", provider::find(cloud).unwrap().info().actions.regions));
    }
}
