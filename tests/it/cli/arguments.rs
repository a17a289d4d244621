//! Key text in arguments: refused wherever it is, and never repeated.

use std::ffi::OsString;
use std::slice;

use clap::CommandFactory as _;
use keyimport::cli::Cli;
use keyimport::report::{Format, exit};
use keyimport::run::key_in_arguments;

use super::keys::{ECDSA, ED25519, PRIVATE, RSA};
use super::parse::shown;
use super::run::{Ended, Home};

/// Checks that no part of a key is in a text.
#[track_caller]
fn shows_nothing_of(key: &str, all: &str) {
    for word in key.split([' ', '\n', '\\']).filter(|word| word.len() > 16 && !word.contains('-')) {
        assert!(!all.contains(&word[1..12]), "{all}");
    }
}

/// Checks that arguments are refused, for people and for programs, without any part of a key.
#[track_caller]
fn refuses<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>, key: &str, codes: &[u8]) {
    let arguments = arguments.into_iter().map(Into::into);
    let arguments: Vec<OsString> =
        std::iter::once(OsString::from("keyimport")).chain(arguments).collect();
    let error = key_in_arguments(&arguments).unwrap_or_else(|| panic!("{arguments:?}"));
    let code = exit::of_errors(slice::from_ref(&error), None);
    assert!(codes.contains(&code), "{error:?}");
    let text = shown(&error);
    assert!(text.starts_with("error: argument "), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
    let document = Format::Json.document(&[], slice::from_ref(&error), code).unwrap();
    shows_nothing_of(key, &format!("{text}{document}"));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let kind = document["error"]["kind"].as_str().unwrap();
    assert_eq!(["private_key", "key_invalid"].contains(&kind), code == 3, "{document}");
    assert_eq!(document["summary"]["exit_code"], code);
}

/// Checks that a run was refused, without any part of a key.
#[track_caller]
fn is_refused(ended: &Ended, key: &str, code: i32) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    let all = format!("{}{}", ended.stdout, ended.stderr);
    shows_nothing_of(key, &all);
    assert!(ended.stderr.starts_with("error: argument "), "{all}");
    assert_eq!(ended.stderr.lines().count(), 2, "{all}");
}

/// A key without what frames it.
fn body(key: &str) -> String {
    let lines = key.lines().filter(|line| !line.starts_with("-----"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_program_repeats_no_key_that_it_is_given() {
    let home = Home::new();
    for (key, code, kind) in [(PRIVATE[0].1, 3, "private_key"), (RSA.trim_end(), 2, "usage")] {
        for arguments in [&["-paliyun", key][..], &["--jobs", key], &["--bogus", key, "-p"]] {
            let ended = home.run_of(arguments);
            is_refused(&ended, key, code);
            assert_eq!(ended.stdout, "");
            let ended = home.run_of(["-ojson"].iter().chain(arguments));
            is_refused(&ended, key, code);
            assert_eq!(ended.json()["error"]["kind"], kind);
            assert_eq!(ended.json()["summary"]["exit_code"], code);
        }
    }
}

#[test]
fn no_flag_takes_a_key() {
    let private = PRIVATE[0].1;
    for (key, code) in [(private, 3), (&*body(private), 3), (RSA.trim_end(), 2)] {
        for argument in Cli::command().get_arguments() {
            let mut forms = Vec::new();
            if let Some(long) = argument.get_long() {
                forms.push(vec![format!("--{long}={key}")]);
                forms.push(vec![format!("--{long}"), key.to_owned()]);
            }
            if let Some(short) = argument.get_short() {
                forms.push(vec![format!("-{short}{key}")]);
            }
            let is_sent = ["name", "description", "tag", "resource-group", "project"]
                .contains(&argument.get_id().as_str().replace('_', "-").as_str());
            let code = if is_sent { 3 } else { code };
            for form in forms {
                refuses(form.into_iter().chain(["key.pub".to_owned()]), key, &[code]);
            }
        }
        refuses(["-paliyun", key], key, &[code]);
        refuses(["--to", &format!("aliyun/{key}"), "key.pub"], key, &[code]);
        refuses(["--tag", &format!("key={key}"), "key.pub"], key, &[3]);
    }
}

#[test]
fn keys_in_every_form_are_refused_in_an_argument() {
    for (_, key) in PRIVATE {
        let escaped = key.replace('\n', "\\n");
        for text in [*key, &key.replace('\n', " "), &escaped] {
            refuses([&format!("--jobs={text}"), "key.pub"], key, &[3]);
        }
        // Without its frame a body may be like any other random data.
        refuses(["-j", &body(key), "key.pub"], key, &[2, 3]);
        // As the shell splits it into words when it is not quoted.
        let words = ["-p", "aliyun", "--timeout"].into_iter().chain(key.split_whitespace());
        refuses(words, key, &[2, 3]);
    }
    for key in [RSA, ED25519, ECDSA] {
        let base64 = key.split(' ').nth(1).unwrap();
        for text in [key.trim_end(), base64, &base64[..60], &format!("x,{base64}")] {
            refuses(["--timeout", text, "key.pub"], base64, &[2]);
        }
    }
}

/// Arguments hold no NUL, so a shell drops those of a file; what tells that it is private may be left.
#[cfg(unix)]
#[test]
fn a_binary_private_key_is_refused_in_an_argument() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/private");
    let mut bytes = std::fs::read(format!("{root}/pkcs8-encrypted.der")).unwrap();
    bytes.retain(|byte| *byte != 0);
    refuses([OsStr::new("-paliyun"), OsStr::from_bytes(&bytes)], "", &[3]);
}

#[test]
fn values_that_only_look_odd_are_taken() {
    let home = Home::new();
    let print = "SHA256:XYinO+jNlCaig9urFyghslyTPeZGlrzT+F7FvVKkX5k";
    let commit = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let prose = "The key of the build machine in Rack7, row B2; see Deploy/Keys2026 in the Wiki";
    for tag in [print, commit, prose, "ssh-rsa key"] {
        let tag = format!("about={tag}");
        home.run_of(["--offline", "-paliyun", "--tag", &tag, "key.pub"]).expect(0);
    }
    let host =
        format!("https://{}.{{region}}.Example-Of-A-Long-Name.com", "vpc2endpoint".repeat(5));
    home.run_of(["--offline", "-paliyun", "--endpoint", &host, "key.pub"]).expect(0);
    // A file is a file, whatever its name is.
    let path = "xT9/Qa2/Bv7/Lm4/Zs8/Kd1/Wp6/Rf3/Hj5/Gn0/Yc2/Ub9/Oe4/aB1cD2eF3gH4iJ5";
    let run = |arguments: &[&str]| home.run_of(["--offline", "-paliyun"].iter().chain(arguments));
    let flag = format!("--ca-file={path}");
    for arguments in [&[path][..], &["key.pub", &flag]] {
        run(arguments).expect(2).says(" contains what looks like key text\n");
    }
    home.put(path, RSA);
    for arguments in [&[path][..], &["key.pub", &flag]] {
        run(arguments).expect(0);
    }
}
