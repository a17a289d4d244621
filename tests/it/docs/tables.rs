//! Tables that are made from the code.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use keyimport::cli;
use keyimport::key;
use keyimport::provider::credential_spec::KeyFields;
use keyimport::provider::{self, ImportJob, NameSource, Uniqueness};

use super::{hold, is_writing, read, root};
use crate::doubles::ERROR_KINDS;
use crate::flow::job;

/// Puts a table in the place of the one with the same heads.
pub(super) fn with_table(text: &str, table: &str) -> String {
    let heads = table.lines().next().unwrap();
    let (before, after) =
        text.split_once(&format!("{heads}\n")).unwrap_or_else(|| panic!("no table `{heads}`"));
    let rest = after.split_inclusive('\n').skip_while(|line| line.starts_with('|'));
    format!("{before}{table}{}", rest.collect::<String>())
}

fn head(columns: &[&str]) -> String {
    format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()))
}

fn clouds() -> String {
    let mut table =
        head(&["id", "also", "cloud", "default region", "variable of the region", "options"]);
    let code = |texts: &[&str]| {
        texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
    };
    for cloud in provider::ALL {
        let info = cloud.info();
        let (also, options) = (code(info.aliases), code(info.supports));
        let region = info.default_region.map_or_else(|| "none".to_owned(), |id| format!("`{id}`"));
        let (id, title, variable) = (info.id, info.title, info.region_variable());
        writeln!(table, "| `{id}` | {also} | {title} | {region} | `{variable}` | {options} |")
            .unwrap();
    }
    table
}

/// Key files of every type, and what the table calls the type.
const TYPES: [(&str, &str); 8] = [
    ("RSA", "rsa-2048.pub"),
    ("Ed25519", "ed25519.pub"),
    ("ECDSA P-256", "ecdsa-256.pub"),
    ("ECDSA P-384", "ecdsa-384.pub"),
    ("ECDSA P-521", "ecdsa-521.pub"),
    ("DSA", "dsa-1024.pub"),
    ("ECDSA of a security key", "sk-ecdsa.pub"),
    ("Ed25519 of a security key", "sk-ed25519.pub"),
];

fn key_types() -> String {
    let ids: Vec<&str> = crate::cloud_ids().collect();
    let mut table = head(&[&["type"], ids.as_slice()].concat());
    for (title, file) in TYPES {
        let bytes = fs::read(root().join("tests/keys/taken").join(file)).unwrap();
        let key = Arc::new(key::parse(&bytes).unwrap().remove(0));
        write!(table, "| {title} (`{}`) |", key.algorithm()).unwrap();
        for cloud in provider::ALL {
            let of = job(cloud.info().id, NameSource::Given);
            let answer = match cloud.check(&ImportJob { key: Arc::clone(&key), ..of }) {
                Ok(warnings) if warnings.is_empty() => "documented",
                Ok(_) => "sent, with a warning",
                Err(_) => "refused",
            };
            write!(table, " {answer} |").unwrap();
        }
        table.push('\n');
    }
    table
}

fn names() -> String {
    let mut table = head(&["cloud", "a name must be"]);
    for cloud in provider::ALL {
        let info = cloud.info();
        writeln!(table, "| {} | {} |", info.title, info.name.words).unwrap();
    }
    table
}

#[test]
fn the_tables_of_the_readme_are_what_the_code_says() {
    let text = read("README.md");
    let expected =
        [clouds(), key_types(), names()].iter().fold(text, |text, table| with_table(&text, table));
    hold("README.md", &expected);
}

#[test]
fn the_table_of_conflicts_is_what_the_code_says() {
    let text = read("README.md");
    for cloud in provider::ALL {
        let info = cloud.info();
        let other_key = match info.unique_names {
            Uniqueness::Enforced => "conflict",
            Uniqueness::NotEnforced => "conflict, found by looking first",
        };
        let other_name = match info.unique_keys {
            Uniqueness::Enforced => "already there, or a conflict if you gave the name",
            Uniqueness::NotEnforced => "stored again",
        };
        let (start, end) =
            (format!("| `{}` |", info.id), format!("| {other_key} | {other_name} |"));
        let is_row = |line: &str| line.starts_with(&start) && line.ends_with(&end);
        assert!(text.lines().any(is_row), "no row: {start} … {end}");
    }
}

#[test]
fn the_tables_of_credentials_name_every_place() {
    let text = read(".github/docs/credentials.md");
    for cloud in provider::ALL {
        let (info, spec) = (cloud.info(), cloud.info().credentials);
        let (_, table) = text
            .split_once(&format!("\n## {}\n\n", info.title))
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
        let region = format!("`{}`", info.region_variable());
        assert!(text.contains(&region), "{}: no {region}", info.title);
    }
}

#[test]
fn the_table_of_exit_codes_is_what_the_code_says() {
    let text = read("README.md");
    let help = cli::command(&keyimport::lang::ENGLISH).render_long_help().to_string();
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

/// Holds one table of a document, or writes it.
#[track_caller]
pub(super) fn hold_table(document: &str, table: &str) {
    let text = read(document);
    if is_writing() {
        hold(document, &with_table(&text, table));
    } else {
        assert!(text.contains(table), "{document}: the table is not\n{table}");
    }
}
