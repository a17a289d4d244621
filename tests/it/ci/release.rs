//! The scripts of a release, run in a repository of their own.

use std::fs;

use super::outside::sha256;
use super::runner::{Runner, root};
use crate::cli::run::{Ended, list, skip};

const TARGETS: [&str; 7] = [
    "x86_64-unknown-linux-gnu.tar.gz",
    "x86_64-unknown-linux-musl.tar.gz",
    "aarch64-unknown-linux-gnu.tar.gz",
    "aarch64-unknown-linux-musl.tar.gz",
    "x86_64-apple-darwin.tar.gz",
    "aarch64-apple-darwin.tar.gz",
    "x86_64-pc-windows-msvc.zip",
];

/// Returns a machine with a repository of version 1.2.3.
fn repository() -> Runner {
    let runner = Runner::new();
    for script in list(&root().join(".ci/release")) {
        let file = format!(".ci/release/{script}");
        runner.home.put(&file, "");
        fs::copy(root().join(&file), runner.home.path(&file)).unwrap();
    }
    runner.home.put("Cargo.toml", "[package]\nname = \"keyimport\"\nversion = \"1.2.3\"\n");
    runner
}

/// Runs a line of shell, with the programs that the machine has.
fn run(runner: &Runner, line: &str) -> Ended {
    let folders: Vec<String> = runner.paths.iter().map(|folder| format!("{folder}:")).collect();
    runner.home.shell(&format!("PATH={}$PATH; {line}", folders.concat()))
}

#[test]
fn a_tag_is_the_version_and_in_the_changelog() {
    let runner = repository();
    for (tag, changelog, error) in [
        ("v1.2.3", "## 1.2.3\n", ""),
        ("v1.2.3", "# Changes\n\n## [1.2.3] - 2026-11-26\n", ""),
        (
            "1.2.3",
            "## 1.2.3\n",
            "error: the tag is 1.2.3, but Cargo.toml has version 1.2.3: expected v1.2.3\n",
        ),
        (
            "v1.2.4",
            "## 1.2.4\n",
            "error: the tag is v1.2.4, but Cargo.toml has version 1.2.3: expected v1.2.3\n",
        ),
        (
            "v1.2.3",
            "## 1.2.30\n## 11.2.3\n## 1x2.3\n",
            "error: .github/CHANGELOG.md has no section `## 1.2.3`\n",
        ),
        (
            "v1.2.3",
            "1.2.3\n## Unreleased\n",
            "error: .github/CHANGELOG.md has no section `## 1.2.3`\n",
        ),
    ] {
        runner.home.put(".github/CHANGELOG.md", changelog);
        let ended = run(&runner, &format!(".ci/release/check {tag}"));
        assert_eq!((ended.code, &*ended.stderr), (Some(i32::from(!error.is_empty())), error));
    }
}

/// Puts what three machines made into the folder `machines`.
fn machines(runner: &Runner) {
    let put = |machine: &str, name: &str, text: &str| {
        runner.home.put(&format!("machines/package-{machine}/{name}"), text);
    };
    for target in TARGETS {
        let machine = match target {
            _ if target.contains("linux") => format!("linux-{}", target.split('-').next().unwrap()),
            _ if target.contains("darwin") => "macos".to_owned(),
            _ => "windows".to_owned(),
        };
        put(&machine, &format!("keyimport-1.2.3-{target}"), target);
        put(&machine, "SHA256SUMS", "of one machine");
        put(&machine, "keyimport-1.2.3.tgz", &machine);
        put(&machine, "keyimport-1.2.3.cdx.json", &machine);
    }
    for name in
        ["keyimport_1.2.3_amd64.deb", "keyimport-1.2.3-1.x86_64.rpm", "keyimport-1.2.3-x.whl"]
    {
        put("linux-x86_64", name, name);
    }
}

#[test]
fn what_the_machines_made_is_collected() {
    let runner = repository();
    machines(&runner);
    run(&runner, ".ci/release/collect machines files").expect(0);
    let names = list(&runner.home.path("files"));
    assert_eq!(names.len(), TARGETS.len() + 5 + 2, "{names:?}");
    // Files for no system in particular are those of Linux on x86-64.
    assert_eq!(runner.home.read("files/keyimport-1.2.3.tgz"), "linux-x86_64");
    let sums = runner.home.read("files/SHA256SUMS");
    for name in names.iter().filter(|name| *name != "SHA256SUMS") {
        let bytes = fs::read(runner.home.path(&format!("files/{name}"))).unwrap();
        let line = format!("{}  {name}", sha256(&bytes));
        assert_eq!(sums.lines().filter(|sum| **sum == line).count(), 1, "{line} in {sums}");
    }
    assert_eq!(sums.lines().count(), names.len() - 1);

    runner.home.put("machines/package-windows/keyimport_1.2.3_amd64.deb", "another");
    let ended = run(&runner, ".ci/release/collect machines files").expect(1);
    assert_eq!(
        ended.stderr,
        "error: keyimport_1.2.3_amd64.deb was made on two machines, and differs\n"
    );
    fs::remove_file(runner.home.path("machines/package-windows/keyimport_1.2.3_amd64.deb"))
        .unwrap();

    for (missing, error) in [
        (
            "package-macos/keyimport-1.2.3-aarch64-apple-darwin.tar.gz",
            "archive for aarch64-apple-darwin",
        ),
        ("package-linux-x86_64/keyimport-1.2.3-x.whl", ".whl"),
    ] {
        machines(&runner);
        fs::remove_file(runner.home.path(&format!("machines/{missing}"))).unwrap();
        let ended = run(&runner, ".ci/release/collect machines files").expect(1);
        assert_eq!(ended.stderr, format!("error: there is no {error}\n"));
    }
}

#[test]
fn the_formula_has_the_checksum_of_every_archive() {
    let runner = repository();
    let sum = |target: &str| sha256(target.as_bytes());
    let lines = TARGETS.map(|target| format!("{}  keyimport-1.2.3-{target}\n", sum(target)));
    runner.home.put("SHA256SUMS", lines.concat());
    let formula = run(&runner, ".ci/release/formula SHA256SUMS").expect(0).stdout;
    for target in TARGETS.iter().filter(|name| name.contains("-musl.") || name.contains("-darwin."))
    {
        let url = "https://github.com/keyimport/keyimport/releases/download/v1.2.3";
        let pair = format!(
            "      url \"{url}/keyimport-1.2.3-{target}\"\n      sha256 \"{}\"\n    end\n",
            sum(target)
        );
        assert!(formula.contains(&pair), "no {pair} in {formula}");
    }
    runner.home.put("SHA256SUMS", lines[1..4].concat());
    let ended = run(&runner, ".ci/release/formula SHA256SUMS").expect(1);
    assert_eq!(
        ended.stderr,
        "error: SHA256SUMS has no checksum of keyimport-1.2.3-aarch64-apple-darwin.tar.gz\n"
    );
    if run(&runner, "command -v ruby").code != Some(0) {
        return skip("ruby is not installed");
    }
    runner.home.put("keyimport.rb", formula);
    assert_eq!(run(&runner, "ruby -wc keyimport.rb").expect(0).stdout, "Syntax OK\n");
}

#[test]
fn packages_of_npm_are_published_in_the_order_of_their_dependencies() {
    let mut runner = repository();
    for (file, name) in [
        ("keyimport-1.2.3.tgz", "keyimport"),
        ("keyimport-linux-x64-1.2.3.tgz", "@keyimport/linux-x64"),
        ("keyimport-darwin-arm64-1.2.3.tgz", "@keyimport/darwin-arm64"),
    ] {
        runner.home.put("package/package.json", format!("{{\"name\":\"{name}\"}}"));
        run(&runner, &format!("mkdir -p files && tar -czf files/{file} package")).expect(0);
    }
    // One of them is there already, from a run that was cut off.
    runner.install(
        "npm",
        "#!/bin/sh\n\
         case \"$1 $2\" in\n\
         'view @keyimport/linux-x64@1.2.3') echo 1.2.3 ;;\n\
         view*) echo 'npm error code E404' >&2; exit 1 ;;\n\
         publish*) echo \"$*\" >>\"$HOME/published\" ;;\n\
         esac\n",
    );
    let ended = run(&runner, ".ci/release/npm files").expect(0);
    assert_eq!(ended.stdout, "@keyimport/linux-x64@1.2.3 is there already\n");
    assert_eq!(
        runner.home.read("published"),
        "publish --access public files/keyimport-darwin-arm64-1.2.3.tgz\n\
         publish --access public files/keyimport-1.2.3.tgz\n"
    );
}
