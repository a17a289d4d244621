//! The README and the documents beside it agree with the program: tables with the code, sessions with what is printed.
//!
//! With `KEYIMPORT_WRITE=1` tables, sessions and pictures are written instead of compared.

mod permissions; // what a policy has to allow, and what happens where it does not
mod tables; // tables that are made from the code
#[cfg(unix)]
mod sessions; // the first run, as a terminal shows it, and its picture
mod plot; // the picture of the numbers of many targets
mod translation; // the README in Chinese

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use keyimport::cli::Cli;
use keyimport::import::Status;

use crate::registry::files;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    let text = fs::read_to_string(root().join(document));
    // Git may write the line ends of the system.
    text.unwrap_or_else(|error| panic!("{document}: {error}")).replace("\r\n", "\n")
}

/// Whether documents are to be written.
fn is_writing() -> bool {
    std::env::var_os("KEYIMPORT_WRITE").is_some()
}

/// Holds a document against what it has to be, or writes it.
#[track_caller]
fn hold(document: &str, expected: &str) {
    if is_writing() {
        // Another test may read it meanwhile.
        let part = root().join(format!("{document}.part"));
        fs::write(&part, expected).unwrap();
        fs::rename(part, root().join(document)).unwrap();
    } else {
        let again =
            "`KEYIMPORT_WRITE=1 cargo test --test it docs:: -- --test-threads=1` makes it anew";
        let text = read(document);
        let (now, wanted) = text
            .lines()
            .zip(expected.lines())
            .find(|(now, wanted)| now != wanted)
            .unwrap_or(("its end", "another end"));
        assert!(
            text == expected,
            "{document} is not true any more; {again}\n     now: {now}\n  wanted: {wanted}"
        );
    }
}

/// Every document in Markdown, by its path.
fn documents() -> Vec<String> {
    let beside = files(&root().join(".github"));
    let is_text = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().display().to_string();
    let names = beside.iter().filter(is_text).map(name);
    std::iter::once("README.md".to_owned()).chain(names).collect()
}

#[test]
fn every_status_is_explained() {
    let text = read("README.md");
    for status in Status::ALL {
        let name = serde_json::to_value(status).unwrap();
        assert!(text.contains(&format!("`{}`", name.as_str().unwrap())), "{name}");
    }
}

#[test]
fn every_flag_that_a_document_names_exists() {
    let command = Cli::command();
    let known: Vec<String> = command
        .get_arguments()
        .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
        .collect();
    // Those of cargo, of the vendors' tools, and of the script for real accounts.
    let others = [
        "--all-targets", "--check", "--erase", "--git", "--global", "--help", "--install",
        "--locked", "--open", "--path", "--program", "--report", "--rm", "--second-region",
        "--test", "--test-threads", "--version", "--yes",
    ];
    for document in documents() {
        let text = read(&document);
        for word in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')) {
            if word.starts_with("--") && word.len() > 2 && !word.starts_with("---") {
                let is_known = known.iter().any(|flag| flag == word) || others.contains(&word);
                assert!(is_known, "{document}: {word} is unknown");
            }
        }
    }
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        _ if letter.is_alphanumeric() || matches!(letter, '-' | '_') => Some(letter),
        _ => None,
    });
    kept.collect::<String>().to_lowercase()
}

/// The anchors of a document; those that repeat are numbered.
fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        if line.starts_with('#') && !is_code {
            let plain = anchor(line);
            let mut name = plain.clone();
            let mut number = 0;
            while found.contains(&name) {
                number += 1;
                name = format!("{plain}-{number}");
            }
            found.push(name);
        }
    }
    found
}

#[test]
fn every_link_leads_somewhere() {
    for document in documents() {
        let text = read(&document);
        let folder = root().join(&document).parent().unwrap().to_owned();
        let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
        for link in links.filter(|link| !link.starts_with("http")) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { root().join(&document) } else { folder.join(path) };
            assert!(target.exists(), "{document}: {link}");
            if !heading.is_empty() {
                let known = anchors(&read(target.to_str().unwrap()));
                assert!(
                    known.iter().any(|anchor| anchor == heading),
                    "{document}: {link}: {known:?}"
                );
            }
        }
    }
}

#[test]
fn the_changelog_knows_this_version() {
    let heading = format!("\n## [{}] - ", env!("CARGO_PKG_VERSION"));
    assert!(read(".github/CHANGELOG.md").contains(&heading), "no `{}`", heading.trim());
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = read(".github/SECURITY.md");
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
