//! Flags that make no sense, help, and what is made from the flags.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::run::{Home, finish};

const HELP: &str = "`keyimport --help` lists every option";

/// Runs with arguments that are separated by blanks and compares the message and its hint.
#[track_caller]
fn refuses(arguments: &str, message: &str, hint: &str) {
    let home = Home::new();
    home.run(arguments).refuses(2, &format!("error: {message}\n  hint: {hint}\n"));
    // The same, for programs.
    let ended = home.run(&format!("-o json {arguments}")).expect(2);
    let document = ended.json();
    assert_eq!(document["results"], serde_json::json!([]));
    assert_eq!(document["summary"]["exit_code"], 2);
    assert_eq!(document["error"]["kind"], "usage");
    assert_eq!(document["error"]["message"], message);
    assert_eq!(document["error"]["hint"], hint);
}

#[test]
fn unknown_flags() {
    refuses("--bogus", "`--bogus` is no option of this program", HELP);
    refuses("-x key.pub", "`-x` is no option of this program", HELP);
    refuses("--regoin x", "`--regoin` is no option of this program", "did you mean `--region`?");
    refuses("--secret-key x", "`--secret-key` is no option of this program", HELP);
}

#[test]
fn json_is_asked_for_in_any_form() {
    let home = Home::new();
    for form in ["-ojson", "-o=json", "--output=json", "--output json", "-vo json", "-qojson"] {
        let ended = home.run(&format!("{form} --bogus")).expect(2);
        assert_eq!(ended.json()["error"]["kind"], "usage", "{form}");
    }
    for form in ["-o text", "-ojsonl", "-v"] {
        assert_eq!(home.run(&format!("{form} --bogus")).expect(2).stdout, "", "{form}");
    }
}

#[test]
fn long_flags_are_not_abbreviated() {
    for (flag, meant) in [("--prov", "--provider"), ("--off", "--offline"), ("--dry", "--dry-run")]
    {
        let ended = Home::new().run(&format!("{flag} key.pub")).expect(2);
        let told = format!("error: `{flag}` is no option of this program\n  hint: ");
        assert!(ended.stderr.starts_with(&told), "{}", ended.stderr);
        if flag == "--prov" {
            ended.says(&format!("did you mean `{meant}`?"));
        }
    }
}

#[test]
fn values_that_are_missing() {
    refuses("-p", "`--provider` needs a value", "write one of aliyun, volcengine, baidu");
    refuses("key.pub --timeout", "`--timeout` needs a value", "write `--timeout TIME`");
    refuses("--sandbox= key.pub", "`--sandbox` needs a value", "write `--sandbox[=FILE]`");
    refuses("--color=", "`--color` needs a value", "write one of auto, always, never");
    refuses("--all-keys=yes", "`--all-keys` takes no value `yes`", "leave the value out");
}

#[test]
fn values_that_are_unknown() {
    let clouds = "write one of aliyun, volcengine, baidu";
    refuses("-p aliyu", "`--provider aliyu` is not known", "did you mean `--provider aliyun`?");
    refuses("-p aws", "`--provider aws` is not known", clouds);
    refuses("-p Aliyun", "`--provider Aliyun` is not known", "did you mean `--provider aliyun`?");
    refuses(
        "--to aws",
        "`--to`: `aws` is no cloud that is known here",
        "known are aliyun, volcengine, baidu",
    );
    refuses(
        "--to baiduu/bj",
        "`--to`: `baiduu` is no cloud that is known here",
        "did you mean `baidu`?",
    );
    refuses(
        "--color sometimes",
        "`--color sometimes` is not known",
        "write one of auto, always, never",
    );
    refuses(
        "--aliyun-signature v4",
        "`--aliyun-signature v4` is not known",
        "write one of auto, rpc, acs3",
    );
    let forms = "write one of man, complete-bash, complete-zsh, complete-fish, complete-powershell";
    refuses("--generate pdf", "`--generate pdf` is not known", forms);
}

#[test]
fn times_and_counts() {
    let form = "write a time such as `500ms`, `60s` or `2m`";
    for text in ["5x", "s", "1h", "1.5s", "60S", "99999999999999999999s"] {
        let message = format!("`--timeout {text}`: this is no time");
        refuses(&format!("--timeout {text}"), &message, form);
    }
    let ended = Home::new().run("--timeout=-1s").expect(2);
    assert_eq!(ended.stderr, format!("error: `--timeout -1s`: this is no time\n  hint: {form}\n"));
    let range = "write a time from `1ms` to `60m`";
    for text in ["0", "0ms", "61m", "3601s", "18446744073709551615m"] {
        let message = format!("`--connect-timeout {text}`: this is out of range");
        refuses(&format!("--connect-timeout {text}"), &message, range);
    }
    for text in ["0", "4097", "x", "1.0", "+"] {
        let message = format!("`--jobs {text}`: this is no number from 1 to 4096");
        refuses(&format!("-j {text}"), &message, "leave it out for the default, 64");
    }
    for text in ["0", "101", "many"] {
        let message = format!("`--attempts {text}`: this is no number from 1 to 100");
        refuses(&format!("--attempts {text}"), &message, "leave it out for the default, 5");
    }
    let home = Home::new();
    for good in ["--timeout 60m", "--timeout 60", "--timeout 3600000ms", "-j 4096 --attempts 100"] {
        home.run(&format!("--sandbox -p aliyun {good} key.pub")).expect(0);
    }
}

#[test]
fn flags_that_exclude_each_other() {
    let pairs = [
        ("--dry-run", "--check"),
        ("--dry-run", "--offline"),
        ("--check", "--offline"),
        ("--offline", "--sandbox"),
        ("--sandbox", "--endpoint"),
        ("--sandbox", "--profile"),
        ("--sandbox", "--ca-file"),
        ("--all-regions", "--region"),
        ("--verbose", "--quiet"),
    ];
    let with_value = |flag: &str| match flag {
        "--endpoint" => "--endpoint https://x".to_owned(),
        "--profile" | "--ca-file" | "--region" => format!("{flag} x"),
        _ => flag.to_owned(),
    };
    let home = Home::new();
    for (one, other) in pairs {
        let arguments = format!("-p aliyun {} {} key.pub", with_value(one), with_value(other));
        let ended = home.run(&arguments).expect(2);
        let lines: Vec<&str> = ended.stderr.lines().collect();
        let either = [
            format!("error: `{one}` and `{other}` exclude each other"),
            format!("error: `{other}` and `{one}` exclude each other"),
        ];
        assert!(either.iter().any(|line| line == lines[0]), "{}", ended.stderr);
        assert_eq!(lines[1..], ["  hint: leave one of them out"]);
        assert_eq!(ended.stdout, "");
    }
    refuses("-n a -n b", "`--name` is given twice", "give it once");
    refuses(
        "--generate man key.pub",
        "`--generate` stands alone, without other options",
        "leave the others out",
    );
}

#[test]
fn clouds_and_regions_together() {
    refuses("key.pub", "no cloud is named", "name one with `--provider`, or several with `--to`");
    for arguments in ["-r cn-beijing key.pub", "-p aliyun,volc -r cn-beijing key.pub"] {
        refuses(
            arguments,
            "`--region` needs exactly one `--provider`",
            "write `--to CLOUD/REGION,REGION` for each cloud",
        );
    }
}

#[test]
fn a_cloud_with_a_region_and_without_one() {
    let message = "baidu is named with a region and without one";
    let hint =
        "name every region, such as `--to baidu/bj,gz`, and leave out what names baidu alone";
    for arguments in [
        "--to baidu --to baidu/gz key.pub",
        "--to baidu/gz --to bce key.pub",
        "-p baidu --to baidu/gz key.pub",
        "-p baidu -r gz --to baidu key.pub",
        "--to baidu/bj,gz --to baidu key.pub",
    ] {
        refuses(arguments, message, hint);
    }
    let home = Home::new();
    for arguments in ["-p baidu -r gz", "-p baidu -r gz --to baidu/gz", "--to baidu/gz,gz"] {
        let ended = home.run(&format!("--sandbox {arguments} key.pub")).expect(0);
        assert_eq!(ended.column(2), ["gz"]);
    }
    for arguments in ["-p baidu --to baidu", "--to baidu --to baidu"] {
        let ended = home.run(&format!("--sandbox {arguments} key.pub")).expect(0);
        assert_eq!(ended.column(2), ["bj"]);
    }
}

#[test]
fn options_that_a_cloud_lacks() {
    let cases = [
        ("aliyun", "Alibaba Cloud", "--description x"),
        ("aliyun", "Alibaba Cloud", "--project x"),
        ("volcengine", "Volcengine", "--resource-group x"),
        ("baidu", "Baidu AI Cloud", "--tag a=b"),
        ("baidu", "Baidu AI Cloud", "--resource-group x"),
        ("baidu", "Baidu AI Cloud", "--project x"),
    ];
    for (cloud, title, option) in cases {
        let flag = option.split(' ').next().unwrap();
        refuses(
            &format!("-p {cloud} {option} key.pub"),
            &format!("{cloud}: {title} does not support `{flag}`"),
            &format!("leave out `{flag}` for {cloud}"),
        );
    }
    // One of several clouds is enough to refuse, and then none is written to.
    let home = Home::new();
    home.run("--sandbox=state -p volcengine,aliyun -d x key.pub").expect(2);
    assert!(!home.path("state").exists());
}

#[test]
fn nothing_at_all_is_answered_with_help() {
    let ended = Home::new().run("").expect(2);
    assert_eq!(ended.stdout, "");
    ended.says("Usage: keyimport [OPTIONS] --provider <CLOUD> [KEY]...").says("Exit codes:");
}

#[test]
fn help_and_version_go_to_standard_output() {
    let home = Home::new();
    for flag in ["-h", "--help", "-p aliyun --help"] {
        let ended = home.run(flag).expect(0);
        assert_eq!(ended.stderr, "");
        assert!(ended.stdout.contains("Usage: keyimport [OPTIONS] --provider <CLOUD> [KEY]..."));
        assert!(ended.stdout.lines().all(|line| line.chars().count() <= 100), "{}", ended.stdout);
    }
    for flag in ["-V", "--version"] {
        let ended = home.run(flag).expect(0);
        assert_eq!(ended.stdout, format!("keyimport {}\n", env!("CARGO_PKG_VERSION")));
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn help_names_every_exit_code() {
    let help = Home::new().run("--help").expect(0).stdout;
    let words: Vec<&str> = help.split_whitespace().collect();
    for kind in keyimport::error::ErrorKind::ALL {
        let code = kind.exit_code().to_string();
        assert!(words.contains(&code.as_str()), "{kind:?}");
    }
}

#[test]
fn the_manual_page() {
    let ended = Home::new().run("--generate man").expect(0);
    assert_eq!(ended.stderr, "");
    for part in [".TH keyimport 1", "\\-\\-provider", ".SH", "\\-\\-sandbox"] {
        assert!(ended.stdout.contains(part), "{part}");
    }
}

#[test]
fn completions() {
    let home = Home::new();
    let shells = [
        ("bash", "complete -F _keyimport"),
        ("zsh", "#compdef keyimport"),
        ("fish", "complete -c keyimport"),
        ("powershell", "Register-ArgumentCompleter"),
    ];
    for (shell, mark) in shells {
        let ended = home.run(&format!("--generate complete-{shell}")).expect(0);
        assert_eq!(ended.stderr, "");
        for part in [mark, "all-regions", "connect-timeout", "resource-group"] {
            assert!(ended.stdout.contains(part), "{shell}: {part}");
        }
    }
    let script = home.run("--generate complete-bash").expect(0).stdout;
    let bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut bash) = bash else { return }; // A machine without bash has no use for it.
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    super::run::wait(bash).expect(0);
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let bytes = OsStr::from_bytes(b"\xff\xfe.pub");
    for flag in ["-p", "-n", "-r", "--tag", "--endpoint"] {
        home.run_of([OsStr::new(flag), bytes]).refuses(
            2,
            "error: an option's value is not UTF-8\n  \
             hint: only paths of key files may hold other bytes\n",
        );
    }
    // A path may be any bytes; it is shown with what can be shown of it.
    std::fs::copy(home.path("key.pub"), home.path("").join(bytes)).unwrap();
    let arguments = ["--sandbox", "-p", "aliyun", "-o", "json"].map(OsStr::new);
    let ended = home.run_of(arguments.into_iter().chain([bytes])).expect(0);
    assert_eq!(ended.json()["results"][0]["key"]["source"], "\u{fffd}\u{fffd}.pub");
    home.run_of([OsStr::new("-paliyun"), OsStr::from_bytes(b"\xff")])
        .expect(2)
        .says("error: \u{fffd}: cannot be read\n");
}

#[test]
fn nothing_that_steers_a_terminal_comes_back() {
    let home = Home::new();
    let bad = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}x\r\u{202e}";
    home.put("odd.pub", super::keys::RSA.replace("dev-laptop", bad));
    let name = bad.replace('/', "") + ".pub";
    home.put(&name, super::keys::RSA);
    let flags = [
        "-p", "-r", "--to", "--endpoint", "-n", "-d", "--tag", "--resource-group", "--project",
        "--profile", "--aliyun-signature", "--timeout", "-j", "--attempts", "--ca-file", "-o",
        "--color", "--generate",
    ];
    let joined = |flag: &str| match flag.strip_prefix("--") {
        Some(_) => format!("{flag}={bad}"),
        None => format!("{flag}{bad}"),
    };
    let mut lines: Vec<Vec<String>> =
        flags.iter().map(|flag| vec!["-pvolc".into(), joined(flag), "key.pub".into()]).collect();
    lines.push(vec![format!("--{bad}")]);
    lines.push(vec![format!("-{bad}")]);
    lines.push(vec!["-paliyun".into(), bad.into()]);
    lines.push(vec!["-paliyun".into(), format!("--sandbox={bad}/{bad}"), "key.pub".into()]);
    lines.push(vec!["-paliyun".into(), "--sandbox".into(), "odd.pub".into(), "-vv".into()]);
    lines.push(vec!["-ojson".into(), format!("--{bad}")]);
    lines.push(vec!["-ojson".into(), "--offline".into(), "odd.pub".into()]);
    lines.push(vec!["-ojson".into(), "--offline".into(), name.clone()]);
    lines.push(vec!["-ojson".into(), "-pbaidu".into(), "--sandbox".into(), name]);
    for line in lines {
        let ended = finish(home.command_of(&line));
        let all = format!("{}{}", ended.stdout, ended.stderr);
        let harmful = |letter: char| {
            letter.is_control() && !matches!(letter, '\n' | '\t') || letter == '\u{202e}'
        };
        assert!(!all.contains(harmful), "{line:?}: {all:?}");
        assert!(!all.is_empty(), "{line:?}");
    }
}
