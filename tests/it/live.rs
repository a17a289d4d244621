//! The script that tries the program against real accounts, tried against the clouds of the sandbox.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keyimport::provider;
use serde_json::Value;

use crate::cli::run::{Ended, Home, PROGRAM, finish, skip};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/run");

/// Runs the script in a home; `None` where this machine has no Python.
fn run(home: &Home, arguments: &str) -> Option<Ended> {
    let mut python = home.command_in("python3");
    if python.arg("--version").output().is_err() {
        skip("python3 is not installed");
        return None;
    }
    let mut command = home.command_in("python3");
    command.arg(SCRIPT).args(["--program", PROGRAM]).args(arguments.split_whitespace());
    Some(finish(command))
}

fn questions() -> Value {
    let file = Path::new(SCRIPT).with_file_name("questions.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn nothing_is_done_without_a_yes() {
    let home = Home::new();
    let arguments = "--provider aliyun --region cn-hangzhou --sandbox state.json";
    let Some(ended) = run(&home, arguments) else { return };
    ended.expect(2).says("Nothing was done. Run again with --yes to go on.\n");
    assert!(!home.path("state.json").exists());
}

#[test]
fn every_question_of_every_cloud_is_answered() {
    let questions = questions();
    for cloud in provider::ALL {
        let home = Home::new();
        let (id, regions) = (cloud.info().id, cloud.info().regions);
        let (first, second) = (cloud.info().home_region(), regions[regions.len() - 1].id);
        let arguments = format!(
            "--yes --provider {id} --region {first} --second-region {second} --sandbox state.json --report report.md"
        );
        let Some(ended) = run(&home, &arguments) else { return };
        let report = ended.expect(0).stdout;
        assert_eq!(report, home.read("report.md"));
        let asked = questions[id]["questions"].as_array().unwrap();
        assert!(asked.len() >= 10, "{id}: {} questions", asked.len());
        for question in asked {
            let (id, text) = (&question["id"], &question["question"]);
            let row = format!("| {}: {} | ", id.as_str().unwrap(), text.as_str().unwrap());
            let row = report.lines().find(|line| line.starts_with(&row)).expect("a row");
            assert!(row.contains("exit ") || row.contains("by hand") || row.contains("not tried"));
        }
        for step in ["absent", "dry-run", "import", "re-run", "check", "conflict"] {
            let row = report.lines().find(|line| line.starts_with(&format!("| {step} | ")));
            assert!(row.unwrap().ends_with("| yes |"), "{row:?}");
        }
        check_removal(&home, id, &report);
        assert!(!report.contains("AAAA"), "{id}: the report shows key text");
    }
}

/// Checks that the command at the end names every pair that is there, by its name or by its id.
fn check_removal(home: &Home, cloud: &str, report: &str) {
    let command = report.split("```sh\n").nth(1).unwrap().split("\n```").next().unwrap();
    assert_eq!(command.lines().count(), 1, "{command}");
    let state: Value = serde_json::from_str(&home.read("state.json")).unwrap();
    let words: BTreeSet<&str> = command.split([' ', '\'', '"', '[', ']', ',', ';']).collect();
    let mut count = 0;
    for (region, pairs) in state["pairs"][cloud].as_object().unwrap() {
        for pair in pairs.as_array().unwrap() {
            let (name, id) = (pair["name"].as_str().unwrap(), pair["id"].as_str().unwrap());
            let quoted = [format!("'{name}'"), format!("\"{name}\"")];
            let is_named = words.contains(name) || quoted.iter().any(|name| command.contains(name));
            assert!(
                is_named || words.contains(id),
                "{cloud} {region}: `{name}` is not in {command}"
            );
            assert!(words.contains(region.as_str()), "{region} is not in {command}");
            count += 1;
        }
    }
    assert!(count > 5, "{cloud}: {count} pairs");
}

#[test]
fn the_questions_are_those_of_the_clouds() {
    let questions = questions();
    let known: BTreeSet<&str> = crate::cloud_ids().collect();
    let asked: BTreeSet<&str> = questions.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(asked, known);
    for cloud in provider::ALL {
        // The credential that no account has goes where the cloud's own tools keep one.
        let variables = questions[cloud.info().id]["no_such_key"].as_object().unwrap();
        let names: Vec<&str> = cloud.info().credentials.env[0].names().collect();
        assert!(variables.keys().all(|name| names.contains(&name.as_str())), "{variables:?}");
    }
}

#[test]
fn what_may_be_secret_is_left_out_of_the_report() {
    let home = Home::new();
    let python = "import importlib.machinery, importlib.util, sys; \
        loader = importlib.machinery.SourceFileLoader('live', sys.argv[1]); \
        live = importlib.util.module_from_spec(importlib.util.spec_from_loader('live', loader)); \
        loader.exec_module(live); \
        print(live.without_secrets('s3cr3t-of-mine 123456789012 (HTTP 403)'))";
    let mut command = home.command_in("python3");
    command.env("SOME_SECRET_KEY", "s3cr3t-of-mine").env("PYTHONDONTWRITEBYTECODE", "1");
    command.args(["-c", python, SCRIPT]);
    if home.command_in("python3").arg("--version").output().is_err() {
        return skip("python3 is not installed");
    }
    assert_eq!(finish(command).expect(0).stdout, "[secret] [number] (HTTP 403)\n");
}
