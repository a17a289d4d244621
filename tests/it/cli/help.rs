//! Help texts and the manual page: their size, that they are complete, and that their examples run.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use keyimport::error::ExitCode;
use keyimport::provider;

use super::run::{Home, skip, wait};
use crate::doubles::ERROR_KINDS;

const USAGE: &str = "Usage: keyimport [OPTIONS] --provider <CLOUD> [KEY]...";
const COLUMNS: usize = 80;

fn help(flag: &str) -> String {
    let ended = Home::new().run(flag).expect(0);
    assert_eq!(ended.stderr, "");
    ended.stdout
}

/// Returns the commands that a help text shows.
fn examples(help: &str) -> Vec<&str> {
    let (_, examples) = help.split_once("\nExamples:\n").unwrap();
    examples.lines().map(str::trim).filter(|line| line.starts_with("keyimport ")).collect()
}

#[test]
fn the_short_help_fits_a_screen() {
    let help = help("-h");
    assert!(help.contains(USAGE), "{help}");
    assert!(help.lines().count() <= 45, "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= COLUMNS), "{help}");
    assert_eq!(examples(&help).len(), 3);
    for cloud in crate::cloud_ids() {
        assert!(help.contains(cloud), "{cloud}");
    }
}

#[test]
fn nothing_at_all_is_answered_with_the_short_help() {
    let ended = Home::new().run("").refuses(2, &help("-h"));
    assert!(ended.stderr.contains(USAGE));
}

#[test]
fn the_version_goes_to_standard_output() {
    for flag in ["-V", "--version"] {
        assert_eq!(help(flag), format!("keyimport {}\n", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn the_long_help_has_everything() {
    let help = help("-p aliyun --help");
    assert!(help.contains(USAGE));
    assert!(help.lines().all(|line| line.chars().count() <= COLUMNS), "{help}");
    for flag in flags() {
        assert!(help.contains(&flag), "{flag}");
    }
    let (_, codes) = help.split_once("\nExit codes:\n").unwrap();
    let codes: BTreeSet<&str> =
        codes.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let known = ExitCode::ALL.map(ExitCode::number);
    for code in known {
        assert!(codes.contains(&*code.to_string()), "{code}");
    }
    for kind in ERROR_KINDS {
        assert!(known.contains(&kind.exit_code()), "{kind:?}");
    }
}

fn flags() -> Vec<String> {
    let command = keyimport::cli::command(&keyimport::lang::ENGLISH);
    let longs = command.get_arguments().filter_map(|flag| flag.get_long());
    let flags: Vec<String> = longs.map(|long| format!("--{long}")).collect();
    assert!(flags.len() > 25, "{flags:?}");
    flags
}

/// Returns the texts in a source that look like variables: capitals with underscores.
fn variables(source: &str) -> BTreeSet<&str> {
    let is_variable = |text: &&str| {
        text.contains('_')
            && text.starts_with(|letter: char| letter.is_ascii_uppercase())
            && text.chars().all(|letter| {
                letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'
            })
    };
    source.split('"').skip(1).step_by(2).filter(is_variable).collect()
}

#[test]
fn help_and_manual_page_name_every_variable_and_file() {
    let (help, page) = (help("--help"), plain(&help("--generate man")));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for cloud in provider::ALL {
        let info = cloud.info();
        let folder = root.join("src/provider").join(info.id);
        let source = fs::read_to_string(folder.join("credentials.rs")).unwrap();
        let mut names = variables(&source);
        names.extend(info.endpoint_env.iter().flat_map(|env| env.names));
        names.insert(info.region_variable());
        assert!(names.len() > 5, "{names:?}");
        for name in names {
            assert!(help.contains(name), "{name} is not in the help");
            assert!(page.contains(name), "{name} is not in the manual page");
        }
        let spec = info.credentials;
        let paths = spec.profile_files.iter().flat_map(|file| file.paths);
        for path in paths.copied().chain(spec.key_files.iter().map(|file| file.path)) {
            assert!(page.contains(&path.replace("{profile}", "PROFILE")), "{path}");
        }
    }
    for name in ["HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "NO_COLOR", "METADATA_DISABLED"] {
        assert!(help.contains(name) && page.contains(name), "{name}");
    }
}

/// Runs every example of both help texts, one after another, against the sandbox.
#[cfg(unix)]
#[test]
fn every_example_runs() {
    let home = Home::new();
    home.put(".ssh/id_rsa.pub", super::keys::RSA);
    let (short, long) = (help("-h"), help("--help"));
    let (short, long) = (examples(&short), examples(&long));
    assert!(short.iter().all(|example| long.contains(example)));
    assert!(long.len() >= 8, "{long:?}");
    let page = plain(&help("--generate man"));
    for example in long {
        assert!(page.contains(example), "{example}");
        let is_away = example.contains("--sandbox") || example.contains("--offline");
        let sandbox = if is_away { "" } else { "--sandbox=state.json" };
        home.shell(&format!("keyimport() {{ \"$K\" {sandbox} \"$@\"; }}; {example}")).expect(0);
    }
}

/// Returns the text of a manual page without the marks of its format.
fn plain(page: &str) -> String {
    page.replace("\\-", "-").replace("\\fB", "").replace("\\fI", "").replace("\\fR", "")
}

#[test]
fn the_manual_page_has_its_sections() {
    let page = help("--generate man");
    assert!(page.is_ascii(), "every formatter reads it the same");
    let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
    let wanted = [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES",
        "EXAMPLES", "SECURITY", "\"SEE ALSO\"",
    ];
    assert_eq!(sections, wanted);
    let page = plain(&page);
    for part in flags().into_iter().chain(ExitCode::ALL.map(|code| code.number().to_string())) {
        assert!(page.contains(&part), "{part}");
    }
}

#[test]
fn formatters_take_the_manual_page_without_a_warning() {
    let page = help("--generate man");
    let format = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        let child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut child) = child.stderr(Stdio::piped()).spawn() else {
            skip(&format!("{program} is not installed"));
            return None;
        };
        child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
        Some(wait(child))
    };
    // `-P -c`: overstrikes, which are easy to remove, instead of escapes.
    let groff = ["-ww", "-man", "-Tutf8", "-P-cbou", "-rLL=80n", "-rHY=0"];
    if let Some(ended) = format("groff", &groff).map(|ended| ended.expect(0)) {
        assert_eq!(ended.stderr, "");
        assert!(ended.stdout.lines().count() > 150, "{}", ended.stdout);
        assert!(ended.stdout.lines().all(|line| line.chars().count() <= COLUMNS));
    }
    if let Some(ended) = format("mandoc", &["-Tlint", "-Wwarning"]) {
        // A release has no date that a build could know.
        let is_about_date = |line: &str| line.contains("missing date");
        assert!(ended.stdout.lines().all(is_about_date), "{}", ended.stdout);
    }
}
