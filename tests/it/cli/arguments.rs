//! Keys in arguments, where none belongs: refused whatever flag they stand at, and never repeated.

use clap::CommandFactory as _;
use keyimport::cli::Cli;

use super::keys::{ECDSA, ED25519, PRIVATE, RSA};
use super::run::{Ended, Home};

/// Checks that a run was refused, in valid JSON if that was asked for, without any part of a key.
#[track_caller]
fn is_refused(ended: &Ended, key: &str, codes: &[i32]) {
    let code = ended.code.unwrap_or_default();
    assert!(codes.contains(&code), "{ended:?}");
    let all = format!("{}{}", ended.stdout, ended.stderr);
    for word in key.split([' ', '\n', '\\']).filter(|word| word.len() > 16 && !word.contains('-')) {
        assert!(!all.contains(&word[1..12]), "{all}");
    }
    assert!(ended.stderr.starts_with("error: argument "), "{all}");
    assert_eq!(ended.stderr.lines().count(), 2, "{all}");
    if !ended.stdout.is_empty() {
        let kind = if code == 3 { "private_key" } else { "usage" };
        assert_eq!(ended.json()["error"]["kind"], kind);
        assert_eq!(ended.json()["summary"]["exit_code"], code);
    }
}

/// A key without what frames it.
fn body(key: &str) -> String {
    let lines = key.lines().filter(|line| !line.starts_with("-----"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_flag_repeats_a_key_that_it_is_given() {
    let home = Home::new();
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
            for form in forms {
                for output in [&["-ojson"][..], &[]] {
                    let line = output.iter().map(|word| (*word).to_owned()).chain(form.clone());
                    let ended = home.run_of(line.chain(["key.pub".to_owned()]));
                    assert_eq!(ended.stdout.is_empty(), output.is_empty());
                    is_refused(&ended, key, &[code]);
                }
            }
        }
        is_refused(&home.run_of(["-paliyun", key]), key, &[code]);
        is_refused(&home.run_of(["--to", &format!("aliyun/{key}"), "key.pub"]), key, &[code]);
        is_refused(&home.run_of(["--tag", &format!("key={key}"), "key.pub"]), key, &[code]);
    }
}

#[test]
fn keys_in_every_form_are_refused_in_an_argument() {
    let home = Home::new();
    for (_, key) in PRIVATE {
        let escaped = key.replace('\n', "\\n");
        for text in [*key, &key.replace('\n', " "), &escaped] {
            is_refused(&home.run_of([&format!("--jobs={text}"), "key.pub"]), key, &[3]);
        }
        // Without its frame a body may be like any other random data.
        is_refused(&home.run_of(["-j", &body(key), "key.pub"]), key, &[2, 3]);
        // As the shell cuts it into words when it is not quoted.
        let words = ["-p", "aliyun", "--timeout"].into_iter().chain(key.split_whitespace());
        is_refused(&home.run_of(words), key, &[2, 3]);
    }
    for key in [RSA, ED25519, ECDSA] {
        let base64 = key.split(' ').nth(1).unwrap();
        for text in [key.trim_end(), base64, &base64[..60], &format!("x,{base64}")] {
            is_refused(&home.run_of(["--timeout", text, "key.pub"]), base64, &[2]);
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
    let ended = Home::new().run_of([OsStr::new("-paliyun"), OsStr::from_bytes(&bytes)]);
    is_refused(&ended, "", &[3]);
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
        run(arguments).expect(2).says(" holds what looks like the text of a key\n");
    }
    home.put(path, RSA);
    for arguments in [&[path][..], &["key.pub", &flag]] {
        run(arguments).expect(0);
    }
}
