//! Wrong arguments.

use keyimport::plan::{Regions, Selection};

use super::parse::{clouds, error_of, options, refuses, refuses_all, shown};
use super::run::{Home, finish};

const HELP: &str = "`keyimport --help` lists every option";

#[test]
fn an_error_in_the_arguments_goes_to_standard_error_and_into_a_document() {
    let home = Home::new();
    for (arguments, message) in [
        // Found by the parser, by the options, and by the check of all values.
        ("--bogus key.pub", "unknown option `--bogus`"),
        ("key.pub", "no cloud is given"),
        ("-p baidu --tag a=b key.pub", "baidu: Baidu AI Cloud does not support `--tag`"),
    ] {
        let ended = home.run(arguments).expect(2);
        assert!(ended.stderr.starts_with(&format!("error: {message}\n  hint: ")), "{ended:?}");
        assert_eq!((ended.stderr.lines().count(), &*ended.stdout), (2, ""));
        let document = home.run(&format!("-o json {arguments}")).expect(2).json();
        assert_eq!(document["results"], serde_json::json!([]));
        assert_eq!(document["summary"]["exit_code"], 2);
        assert_eq!(document["error"]["message"], message);
    }
}

#[test]
fn unknown_flags() {
    refuses("--bogus", "unknown option `--bogus`", HELP);
    refuses("-x key.pub", "unknown option `-x`", HELP);
    refuses("--regoin x", "unknown option `--regoin`", "did you mean `--region`?");
    refuses("--secret-key x", "unknown option `--secret-key`", HELP);
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
        let error = error_of([flag, "key.pub"]);
        assert_eq!(error.message(), format!("unknown option `{flag}`"));
        if flag == "--prov" {
            assert_eq!(**error.hint(), *format!("did you mean `{meant}`?"));
        }
    }
}

#[test]
fn values_that_are_missing() {
    refuses("-p", "`--provider` needs a value", &clouds());
    refuses("key.pub --timeout", "`--timeout` needs a value", "write `--timeout TIME`");
    refuses("--sandbox= key.pub", "`--sandbox` needs a value", "write `--sandbox[=FILE]`");
    refuses("--color=", "`--color` needs a value", "choose from auto, always, never");
    refuses(
        "--all-keys=yes",
        "`--all-keys` takes no value, but `yes` is given",
        "leave the value out",
    );
}

#[test]
fn values_that_are_unknown() {
    let clouds = &clouds();
    refuses(
        "-p aliyu",
        "invalid value `aliyu` for `--provider`",
        "did you mean `--provider aliyun`?",
    );
    refuses("-p azure", "invalid value `azure` for `--provider`", clouds);
    refuses(
        "-p Aliyun",
        "invalid value `Aliyun` for `--provider`",
        "did you mean `--provider aliyun`?",
    );
    refuses("--to azure", "`--to`: unknown cloud `azure`", clouds);
    refuses(
        "--to aliyun,baidu",
        "`--to`: unknown cloud `aliyun,baidu`",
        "give one cloud at a time, and repeat `--to`",
    );
    for separator in [":", "="] {
        let target = format!("aliyun{separator}cn-beijing");
        let message = format!("`--to`: unknown cloud `{target}`");
        refuses(&format!("--to {target}"), &message, "write `--to aliyun/cn-beijing`");
    }
    refuses("--to baiduu/bj", "`--to`: unknown cloud `baiduu`", "did you mean `baidu`?");
    refuses("--to baixx/bj", "`--to`: unknown cloud `baixx`", "did you mean `baidu`?");
    refuses(
        "--color sometimes",
        "invalid value `sometimes` for `--color`",
        "choose from auto, always, never",
    );
    refuses(
        "--aliyun-signature v4",
        "invalid value `v4` for `--aliyun-signature`",
        "choose from auto, rpc, acs3",
    );
    let forms = "choose from man, complete-bash, complete-zsh, complete-fish, complete-powershell";
    refuses("--generate pdf", "invalid value `pdf` for `--generate`", forms);
}

#[test]
fn times_and_counts() {
    let form = "write a duration such as `500ms`, `60s` or `2m`";
    for text in ["5x", "s", "1h", "1.5s", "60S", "99999999999999999999s"] {
        let message = format!("`--timeout {text}`: not a duration");
        refuses(&format!("--timeout {text}"), &message, form);
    }
    refuses("--timeout=-1s", "`--timeout -1s`: not a duration", form);
    let range = "write a duration from `1ms` to `60m`";
    for text in ["0", "0ms", "61m", "3601s", "18446744073709551615m"] {
        let message = format!("`--connect-timeout {text}`: out of range");
        refuses(&format!("--connect-timeout {text}"), &message, range);
    }
    for text in ["0", "4097", "x", "1.0", "+"] {
        let message = format!("`--jobs {text}`: must be a number from 1 to 4096");
        refuses(&format!("-j {text}"), &message, "the default is 64");
    }
    for text in ["0", "101", "many"] {
        let message = format!("`--attempts {text}`: must be a number from 1 to 100");
        refuses(&format!("--attempts {text}"), &message, "the default is 5");
    }
    let good = |arguments: &str| options(format!("-p aliyun {arguments}").split(' ')).unwrap();
    for (arguments, seconds) in
        [("--timeout 60m", 3600), ("--timeout 60", 60), ("--timeout 3600000ms", 3600)]
    {
        assert_eq!(good(arguments).limits.timeout.as_secs(), seconds);
    }
    let most = good("-j 4096 --attempts 100");
    assert_eq!((most.jobs, most.limits.attempts), (4096, 100));
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
    for (one, other) in pairs {
        let arguments = format!("-p aliyun {} {} key.pub", with_value(one), with_value(other));
        let error = error_of(arguments.split(' '));
        let either = [
            format!("`{one}` cannot be used with `{other}`"),
            format!("`{other}` cannot be used with `{one}`"),
        ];
        assert!(either.iter().any(|line| **line == *error.message()), "{error:?}");
        assert_eq!(shown(&error).lines().count(), 2);
        assert_eq!(error.hint(), "leave one of them out");
    }
    refuses("-n a -n b", "`--name` is given twice", "give it once");
    refuses(
        "--generate man key.pub",
        "`--generate` cannot be used with other arguments",
        "leave the others out",
    );
}

#[test]
fn clouds_and_regions_together() {
    refuses(
        "key.pub",
        "no cloud is given",
        "give one with `--provider`, or several with `--to`: aliyun, volcengine, baidu, aws, tencent",
    );
    refuses("--sandbox volc key.pub", "no cloud is given", "write `--provider volcengine`");
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
    let message = "`baidu` is given both with and without regions";
    let hint = "name every region, such as `--to baidu/bj,gz`";
    for arguments in [
        "--to baidu --to baidu/gz key.pub",
        "--to baidu/gz --to bce key.pub",
        "-p baidu --to baidu/gz key.pub",
        "-p baidu -r gz --to baidu key.pub",
        "--to baidu/bj,gz --to baidu key.pub",
    ] {
        refuses(arguments, message, hint);
    }
    let regions = |arguments: &str| {
        let [selection]: [Selection; 1] =
            options(arguments.split(' ')).unwrap().selections.try_into().unwrap();
        selection.regions
    };
    for arguments in ["-p baidu -r gz", "-p baidu -r gz --to baidu/gz", "--to baidu/gz,gz"] {
        assert_eq!(regions(arguments), Regions::Named(vec!["gz".to_owned()]));
    }
    for arguments in ["-p baidu --to baidu", "--to baidu --to baidu"] {
        assert_eq!(regions(arguments), Regions::Unnamed);
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
        ("aws", "AWS", "--description x"),
        ("aws", "AWS", "--resource-group x"),
        ("aws", "AWS", "--project x"),
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

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let bytes = OsStr::from_bytes(b"\xff\xfe.pub");
    for flag in ["-p", "-n", "-r", "--tag", "--endpoint"] {
        refuses_all(
            [OsStr::new(flag), bytes],
            "the value of an option is not UTF-8",
            "only paths may contain other bytes",
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
