//! The README and the documents beside it agree with the program: tables with the code, sessions with what is printed.

mod permissions; // what a policy has to allow, and what happens where it does not

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use keyimport::cli::Cli;
use keyimport::import::Status;
use keyimport::provider;
use keyimport::provider::credential_spec::KeyFields;

use crate::cli::run::Home;
use crate::doubles::ERROR_KINDS;
use crate::registry::files;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

#[test]
fn the_table_of_clouds_is_what_the_code_says() {
    let text = readme();
    for cloud in provider::ALL {
        let info = cloud.info();
        let aliases: Vec<String> = info.aliases.iter().map(|name| format!("`{name}`")).collect();
        let row = format!("| `{}` | {} | {}", info.id, aliases.join(", "), info.title);
        let line = text
            .lines()
            .find(|line| line.starts_with(&row))
            .unwrap_or_else(|| panic!("no row: {row}"));
        assert!(line.contains(&format!("| {} |", info.default_region.unwrap_or("none"))), "{line}");
    }
}

#[test]
fn the_tables_of_credentials_name_every_place() {
    let text = readme();
    for cloud in provider::ALL {
        let (info, spec) = (cloud.info(), cloud.info().credentials);
        let (_, table) = text
            .split_once(&format!("\n**{}**\n\n", info.title))
            .unwrap_or_else(|| panic!("no credentials of {}", info.title));
        let table = table.split("\n\n").next().unwrap();
        let files = spec.profile_files.iter();
        let mut places: Vec<&str> = spec.env.iter().take(1).flat_map(KeyFields::names).collect();
        places.extend(files.clone().filter_map(|file| file.paths.first().copied()));
        places.extend(files.flat_map(|file| file.path_env));
        places.extend(spec.key_files.iter().map(|file| file.path));
        places.extend(spec.profile_env);
        places.extend(spec.credentials_uri.map(|(variable, _)| variable));
        for place in places {
            assert!(table.contains(&format!("{place}`")), "{}: no `{place}`", info.title);
        }
        let region = format!("`{}`", info.region_variable);
        assert!(text.contains(&region), "{}: no {region}", info.title);
    }
}

#[test]
fn the_table_of_exit_codes_is_what_the_code_says() {
    let text = readme();
    let help = Cli::command().render_long_help().to_string();
    for code in ERROR_KINDS.iter().map(|kind| kind.exit_code()).chain([0, 10, 12]) {
        assert!(
            text.lines().any(|line| line.starts_with(&format!("| {code} |"))
                || line.contains(&format!("| {code} | "))),
            "exit code {code} is not in the README"
        );
        let in_help =
            help.lines().any(|line| line.split_whitespace().any(|word| word == code.to_string()));
        assert!(in_help, "exit code {code} is not in the help");
    }
}

#[test]
fn every_status_is_explained() {
    let text = readme();
    for status in Status::ALL {
        let name = serde_json::to_value(status).unwrap();
        assert!(text.contains(&format!("`{}`", name.as_str().unwrap())), "{name}");
    }
}

#[test]
fn every_flag_that_the_readme_names_exists() {
    let command = Cli::command();
    let known: Vec<String> = command
        .get_arguments()
        .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
        .collect();
    let others = ["--release", "--path", "--help", "--open", "--test"];
    for word in readme().split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')) {
        if word.starts_with("--") && word.len() > 2 && !word.starts_with("---") {
            assert!(
                known.iter().any(|flag| flag == word) || others.contains(&word),
                "{word} is unknown"
            );
        }
    }
}

/// Runs the sessions of the README as they stand and compares what is printed, blanks aside: a terminal
/// aligns what a pipe separates by tabs.
#[test]
fn the_session_prints_what_the_readme_shows() {
    let home = Home::new();
    let keys = root().join("tests/keys");
    for (from, to) in [
        ("taken/rsa-2048.pub", "rsa-2048.pub"),
        ("taken/ecdsa-256.pub", "ecdsa-256.pub"),
        ("taken/rsa-2048.pub", "id_rsa.pub"),
        ("private/openssh-rsa", "id_rsa"),
    ] {
        home.put(to, fs::read(keys.join(from)).unwrap());
    }
    let text = readme();
    let mut shown = 0;
    for session in text.split("```console\n").skip(1) {
        let session = session.split("```").next().unwrap();
        for exchange in session.split("$ keyimport ").skip(1) {
            let (arguments, expected) = exchange.split_once('\n').unwrap();
            let printed = home.run(arguments).all();
            assert_eq!(words(&printed), words(expected), "{arguments}");
            shown += 1;
        }
    }
    assert!(shown >= 4, "the README shows {shown} commands");
}

/// Returns the words of each line; two targets may end in either order.
fn words(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    lines.sort();
    lines
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = fs::read_to_string(root().join(".github/SECURITY.md")).unwrap();
    let (_, promises) = text.split_once("| Promise | Held by |").unwrap();
    let rows: Vec<&str> =
        promises.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 15, "{rows:?}");
    let sources: Vec<PathBuf> =
        ["tests/it", "src"].iter().flat_map(|folder| files(&root().join(folder))).collect();
    let texts: Vec<String> = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for row in rows {
        let (_, held_by) = row.trim_end_matches([' ', '|']).rsplit_once('|').unwrap();
        let names: Vec<&str> = held_by.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{row}");
        for name in names {
            let last = name.rsplit("::").next().unwrap();
            let exists = if name.contains('/') || name.contains('.') {
                root().join(name).is_file()
            } else {
                texts.iter().any(|text| {
                    text.contains(&format!("fn {last}("))
                        || text.contains(&format!("struct {last}"))
                }) || sources.iter().any(|path| path.ends_with(name.replace("::", "/") + ".rs"))
                    || root().join(format!("tests/fuzz/targets/{name}.rs")).is_file()
                    || manifest.contains(name)
            };
            assert!(exists, "`{name}` in: {row}");
        }
    }
}
