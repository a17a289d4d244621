//! Names, regions, tags and endpoints: every limit.

use keyimport::error::ErrorKind;
use keyimport::plan::Regions;
use keyimport::provider;

use super::keys;
use super::parse::{check, clouds, error_of, refuses, refuses_all, shown};
use super::run::{Home, finish, set_credential};
use crate::fake_cloud::{FakeCloud, Reply};

/// Checks names: those that a cloud accepts, and those that it does not.
#[track_caller]
fn names(cloud: &str, good: &[String], bad: &[String], rule: &str) {
    for name in good {
        let (_, batch, _) = check(["-p", cloud, "-n", name]).unwrap();
        assert_eq!(batch.keys[0].name, *name);
    }
    for name in bad {
        let error = error_of(["-p", cloud, "-n", name]);
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().starts_with(&format!("{cloud}: the name `")), "{error:?}");
        assert!(error.message().contains(rule), "{name:?}: {error:?}");
        assert_eq!(shown(&error).lines().count(), 2, "{error:?}");
        assert!(error.hint().contains("`--name`"), "{error:?}");
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn long(length: usize) -> String {
    "n".repeat(length)
}

#[test]
fn names_at_alibaba() {
    let mut good = owned(&["ab", "a1:_.-", "密钥", "a密", "a..b", "a--b", "a-"]);
    good.extend([long(64), long(65), long(128), "密".repeat(128)]);
    let mut bad = owned(&["", "a", "1a", "-a", "_a", ".a", ":a", "a b", "a/b", "a*", "a@b", "a♥"]);
    bad.extend([long(129), "密".repeat(129)]);
    let rule = "must be 2 to 128 letters, digits, `:`, `_`, `.` or `-`, and begin with a letter";
    names("aliyun", &good, &bad, rule);
}

#[test]
fn names_at_volcengine() {
    let mut good = owned(&["ab", "1a", "a.b", "a-b", "a_b"]);
    good.extend([long(2), long(64)]);
    let mut bad = owned(&["", "a", "-a", ".a", "a b", "a/b", "密钥", "a:b", "_a"]);
    bad.extend([long(65), long(128), long(129)]);
    names("volcengine", &good, &bad, "must be 2 to 64 ASCII letters, digits, `-`");
    let bad = owned(&["a-", "a.", "a--b", "a..b"]);
    names("volcengine", &[], &bad, "must not end in `-` or `.`, nor repeat them in a row");
}

#[test]
fn names_at_baidu() {
    let mut good = owned(&["a", "ab", "a1-_/. b", "密钥", "a-"]);
    good.extend([long(64), long(65), "密".repeat(65)]);
    let mut bad = owned(&["", "1", "1a", "-a", "/a", "a:b", "a*b", "a@b"]);
    bad.extend([long(66), long(128), long(129)]);
    names("baidu", &good, &bad, "must be 1 to 65 letters, digits, spaces, ");
}

#[test]
fn names_at_tencent() {
    let good = [owned(&["a", "1", "_", "A_1", "deploy_2026"]), vec![long(25)]].concat();
    let bad =
        [owned(&["", "a-b", "a.b", "a b", "密钥", "a/b"]), vec![long(26), long(128)]].concat();
    names("tencent", &good, &bad, "must be 1 to 25 ASCII letters, digits or `_`");
}

#[test]
fn what_is_wrong_with_a_name_is_said() {
    for (cloud, name, why) in [
        ("baidu", "aüb", "`ü` is not allowed"),
        ("baidu", "a*b", "`*` is not allowed"),
        ("baidu", "a♥", "`♥` (U+2665) is not allowed"),
        ("baidu", "a\u{202e}b", "`` (U+202E) is not allowed"),
        ("baidu", "1a", "it begins with `1`"),
        ("baidu", "", "it is empty"),
        ("baidu", &long(66), "it has 66"),
        ("volcengine", "a b", "a space is not allowed"),
        ("volcengine", "a", "it has 1"),
        ("aliyun", "密♥", "`♥` (U+2665) is not allowed"),
        ("aliyun", "-a", "it begins with `-`"),
    ] {
        let error = error_of(["-p", cloud, "-n", name]);
        assert!(shown(&error).contains(&format!(": {why}\n")), "{error:?}");
    }
}

#[test]
fn a_name_is_checked_by_every_cloud_before_anything_is_written() {
    let home = Home::new();
    home.run_of(["--sandbox=state", "-paliyun,volcengine", "-n", &long(65), "key.pub"]).expect(2);
    assert!(!home.path("state").exists());
}

#[test]
fn regions_become_host_names_and_are_checked_as_such() {
    let hint =
        "a region id has 1 to 63 lower-case letters, digits and hyphens, such as `cn-beijing`";
    let long = "a".repeat(64);
    let bad = [
        "CN-beijing",
        "cn.beijing",
        "cn/beijing",
        "../x",
        "cn-",
        "cn_beijing",
        "x@evil",
        "x:1",
        "cn-beijing#",
        "密",
        long.as_str(),
    ];
    for region in bad {
        let message = format!("aliyun: `{region}` cannot be a region id");
        refuses_all(["-p", "aliyun", "-r", region], &message, hint);
        refuses_all(["--to", &format!("aliyun/{region}")], &message, hint);
    }
    for arguments in
        [&["-p", "aliyun", "-r", ""][..], &["-p", "aliyun", "-r", ",, "], &["--to", "aliyun/"]]
    {
        refuses_all(arguments, "aliyun: a region id is empty", hint);
    }
    for region in ["a", "0", &"a".repeat(63), "xx-new-1"] {
        let (options, ..) = check(["-p", "aliyun", "-r", region]).unwrap();
        assert_eq!(options.selections[0].regions, Regions::Named(vec![region.to_owned()]));
    }
}

#[test]
fn lists_have_commas_or_spaces_between_their_items() {
    let regions = |arguments: &[&str]| -> Vec<(String, Regions)> {
        let (options, ..) = check(arguments.iter().copied()).unwrap();
        let selections = options.selections.into_iter();
        selections.map(|one| (one.cloud.info().id.to_owned(), one.regions)).collect()
    };
    let named = |cloud: &str, names: &[&str]| (cloud.to_owned(), Regions::Named(owned(names)));
    for list in [
        "a,b", "a b", "a, b", " a,b ", "a,b,", ",a,b", "a,,b", "a\tb", "a\nb", "a , b,a", "a;b",
        "a; b;", "a，b", "a、 b", "a；b",
    ] {
        assert_eq!(
            regions(&["-p", "aliyun", "-r", list]),
            [named("aliyun", &["a", "b"])],
            "{list}"
        );
        let to = format!("aliyun/{list}");
        assert_eq!(regions(&["--to", &to]), [named("aliyun", &["a", "b"])], "{list}");
    }
    assert_eq!(regions(&["-p", "aliyun", "-r", "a,", "-r", "b"]), [named("aliyun", &["a", "b"])]);
    for list in [
        "aliyun,baidu", "aliyun baidu", "aliyun, baidu", "aliyun,,bce,", " aliyun bce ",
        "aliyun;bce", "aliyun，bce",
    ] {
        let clouds = regions(&["-p", list]);
        let both = ["aliyun", "baidu"].map(|id| (id.to_owned(), Regions::Unnamed));
        assert_eq!(clouds, both, "{list}");
    }
    for list in ["baidu,", "baidu，", ";baidu\t", "baidu、 "] {
        let baidu = [("baidu".to_owned(), Regions::Unnamed)];
        assert_eq!(regions(&["--to", list]), baidu, "{list}");
    }
    for list in ["aliyun baidu", "aliyun,baidu", "aliyun，baidu", "aliyun；baidu", "aliyun、baidu"]
    {
        refuses_all(
            ["--to", list],
            &format!("`--to`: unknown cloud `{list}`"),
            "give one cloud at a time, and repeat `--to`",
        );
    }
    for (flags, target) in [
        (&["--to", "aliyun/a baidu/bj"][..], "baidu/bj"),
        (&["-p", "aliyun", "-r", "aliyun/a"], "aliyun/a"),
    ] {
        let message = format!("aliyun: `{target}` cannot be a region id");
        let hint = format!("write `--to {target}`: each cloud has a `--to` of its own");
        refuses_all(flags.iter().copied(), &message, &hint);
    }
    refuses_all(
        ["-p", "aliyun", "-r", "'a,b'"],
        "aliyun: `'a` cannot be a region id",
        "remove the quotes: a shell takes them off, but here they are part of the value",
    );
    refuses_all(["-p", "aliyun azure"], "invalid value `azure` for `--provider`", &clouds());
    refuses_all(
        ["-p", ","],
        "no cloud is given",
        "give one with `--provider`, or several with `--to`: aliyun, volcengine, baidu, aws, tencent",
    );
}

#[test]
fn a_list_that_the_shell_splits_is_shown_with_commas() {
    let home = Home::new();
    for (arguments, list) in [
        ("-p aliyun -r cn-beijing, cn-hongkong key.pub", "--region cn-beijing,cn-hongkong"),
        ("-p aliyun -r a,b, zz-new-1, c key.pub", "--region a,b,zz-new-1"),
        ("-p aliyun, baidu key.pub", "--provider aliyun,baidu"),
        ("--to aliyun/cn-beijing, cn-hongkong key.pub", "--to aliyun/cn-beijing,cn-hongkong"),
        ("-p aliyun -r cn-beijing cn-hongkong key.pub", "--region cn-beijing,cn-hongkong"),
        ("-p aliyun baidu key.pub", "--provider aliyun,baidu"),
        ("cn-hongkong key.pub", "--region REGION,cn-hongkong"),
        ("-p aliyun -r cn-beijing， cn-hongkong key.pub", "--region cn-beijing,cn-hongkong"),
        ("-p aliyun -r a,b； zz-new-1， key.pub", "--region a,b,zz-new-1"),
        ("-p aliyun、 baidu key.pub", "--provider aliyun,baidu"),
        ("--to aliyun/cn-beijing， cn-hongkong key.pub", "--to aliyun/cn-beijing,cn-hongkong"),
    ] {
        let hint =
            format!("  hint: write a list with commas and without spaces, such as `{list}`\n");
        home.run(&format!("--offline {arguments}")).expect(2).says(&hint);
    }
    for (arguments, flags) in [
        ("--to aliyun/cn-beijing, baidu/bj key.pub", "--to aliyun/cn-beijing --to baidu/bj"),
        ("--to aliyun/bj volc/cn-beijing key.pub", "--to aliyun/bj --to volc/cn-beijing"),
        ("--to aliyun, baidu key.pub", "--to aliyun --to baidu"),
        ("--to aliyun， baidu； key.pub", "--to aliyun --to baidu"),
        ("--to aliyun baidu key.pub", "--to aliyun --to baidu"),
        ("--to aliyun --to aws tencent key.pub", "--to aliyun --to aws --to tencent"),
        ("-p aliyun baidu/bj key.pub", "--to baidu/bj"),
    ] {
        let hint = format!("  hint: write `{flags}`: each cloud has a `--to` of its own\n");
        home.run(&format!("--offline {arguments}")).expect(2).says(&hint);
    }
    // A file is a file.
    home.put("cn-hongkong", keys::RSA);
    home.run("--offline -p aliyun -r cn-beijing, cn-hongkong").expect(0);
    let other = home.run("--offline -p aliyun -r cn-beijing, no.pub").expect(2);
    assert!(!other.stderr.contains("commas"), "{}", other.stderr);
}

#[test]
fn no_value_that_is_sent_may_be_a_part_of_a_key() {
    let home = Home::new();
    let line = "AAAECN5aRa92yOGTl6rJjB3MaIQJ302D5XTbgyerk0YAxIyZFlFlxRHi8UNTkESpjS9cgU";
    let short = &line[8..40];
    let spaced = line.as_bytes().chunks(10).map(|part| str::from_utf8(part).unwrap());
    let spaced = spaced.collect::<Vec<_>>().join(" ");
    let blob = keys::RSA.split(' ').nth(1).unwrap();
    for text in [line, short, &spaced, &line.replace('I', "/"), blob] {
        for arguments in [
            vec!["-p", "volcengine", "-n", text],
            vec!["-p", "volcengine", "--name", text],
            vec!["-p", "baidu", "-d", text],
            vec!["-p", "baidu", &format!("--description={text}")],
            vec!["-p", "aliyun", "--tag", &format!("a={text}")],
            vec!["-p", "aliyun", &format!("--tag={text}=a")],
            vec!["-p", "aliyun", "-n", &format!("ci-{{}}-{text}")],
        ] {
            let ended = home.run_of(["--offline", "key.pub"].iter().chain(&arguments)).expect(3);
            let shown = ended.all();
            assert!(!shown.contains(&text[..10]) && !shown.contains(&text[text.len() - 10..]));
        }
        if text == blob {
            continue; // Too long for a file's name.
        }
        let file = text.replace('/', "-");
        home.put(&file, uncommented(keys::RSA));
        home.run_of(["--offline", "-paliyun", &file])
            .expect(3)
            .says("error: the name of the key's file looks like a part of a key\n");
    }
}

/// A key without its comment.
fn uncommented(key: &str) -> String {
    key.rsplit_once(' ').unwrap().0.to_owned()
}

#[test]
fn an_unknown_region_is_tried_and_a_near_miss_is_told() {
    let home = Home::new();
    let warning = "warning: aliyun: unknown region `cn-hangzou`; did you mean `cn-hangzhou`?\n";
    // It has no host, as in the world, and the last line says what was meant.
    let ended = home.run("--sandbox -p aliyun -r cn-hangzou key.pub").expect(11).says(warning);
    ended
        .says("cause: the name `ecs.cn-hangzou.aliyuncs.com` does not exist\n")
        .says("  hint: did you mean `cn-hangzhou`?\n");
    // `--offline` says the same.
    assert_eq!(home.run("--offline -p aliyun -r cn-hangzou key.pub").expect(0).stderr, warning);
    let (_, _, warnings) = check(["--to", "baidu/bx,gz", "-p", "aliyun"]).unwrap();
    assert_eq!(warnings, ["baidu: unknown region `bx`; did you mean `bd`?"]);
    // Two errors are many in a short id and few in a long one.
    let (_, _, warnings) = check(["--to", "baidu/xx", "--to", "aliyun/cn-hngzou"]).unwrap();
    assert_eq!(warnings, ["aliyun: unknown region `cn-hngzou`; did you mean `cn-hangzhou`?"]);
    let ended = home.run("--sandbox -p aliyun -r xx-somewhere-9 key.pub").expect(11);
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    ended.says("  hint: check the region; `keyimport --list-regions --to aliyun` lists them\n");
}

#[test]
fn a_region_of_another_cloud_leads_to_the_place() {
    let home = Home::new();
    // One letter from a region of Volcengine, but no typing error.
    let ended = home.run("--offline --to volcengine/cn-hangzhou key.pub").expect(0);
    ended.says(
        "unknown region `cn-hangzhou`; Volcengine has no region in Hangzhou; in China it has `",
    );
    for (arguments, hint) in [
        ("--to baidu/cn-beijing", "Baidu AI Cloud's region for Beijing is `bj`"),
        ("--to baidu/cn-beijng", "Baidu AI Cloud's region for Beijing is `bj`"),
        ("--to baidu/cn-guangzhuo", "Baidu AI Cloud's region for Guangzhou is `gz`"),
        ("--to aliyun/bj", "Alibaba Cloud's region for Beijing is `cn-beijing`"),
        ("--to tencent/us-east-1", "Tencent Cloud's region for Virginia is `na-ashburn`"),
        ("--to aws/hongkong", "AWS's region for Hong Kong is `ap-east-1`"),
        ("--to volcengine/cn-shanghai-2", "Volcengine's region for Shanghai is `cn-shanghai`"),
        (
            "--to aws/ap-shanghai",
            "AWS has no region in Shanghai; in China it has `cn-north-1` (Beijing), \
             `cn-northwest-1` (Zhongwei)",
        ),
    ] {
        let (cloud, region) = arguments["--to ".len()..].split_once('/').unwrap();
        let warning = format!("warning: {cloud}: unknown region `{region}`; {hint}\n");
        home.run(&format!("--offline {arguments} key.pub")).expect(0).says(&warning);
        let ended = home.run(&format!("--sandbox {arguments} key.pub"));
        assert!([Some(1), Some(8), Some(11)].contains(&ended.code), "{arguments} {ended:?}");
        assert!(ended.stderr.ends_with(&format!("  hint: {hint}\n")), "{}", ended.stderr);
    }
    // What the environment names is looked at too.
    let mut command = home.command("--offline -p baidu key.pub");
    command.env("BCE_REGION", "cn-suzhou");
    let warning =
        "warning: baidu: unknown region `cn-suzhou`; Baidu AI Cloud's region for Suzhou is `su`\n";
    finish(command).expect(0).says(warning);
}

#[test]
fn every_known_region_is_served_by_the_sandbox() {
    let home = Home::new();
    for cloud in provider::ALL {
        let info = cloud.info();
        let ids: Vec<&str> = info.regions.iter().map(|region| region.id).collect();
        let ended = home.run(&format!("--sandbox --to {}/{} key.pub", info.id, ids.join(",")));
        assert_eq!(ended.column(0).len(), ids.len());
        assert!(!ended.stderr.contains("error: "), "{}", ended.stderr);
    }
}

#[test]
fn a_region_in_a_variable_is_checked_too() {
    let home = Home::new();
    let mut command = home.command("-p aliyun key.pub");
    command.env("ALIBABA_CLOUD_REGION_ID", "evil.example/").env("ALIBABA_CLOUD_ACCESS_KEY_ID", "a");
    command.env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "b");
    let ended = finish(command).expect(2);
    ended.says("`ALIBABA_CLOUD_REGION_ID`: `evil.example/` cannot be a region id\n");
}

#[track_caller]
fn endpoint_is_refused(url: &str, why: &str) {
    let hint = "write `https://HOST[:PORT]`; `{region}` in it is filled in";
    for mode in [&[][..], &["--offline"]] {
        let arguments = [&["-p", "aliyun", "--endpoint", url], mode].concat();
        refuses_all(arguments, &format!("`--endpoint {url}`: {why}"), hint);
    }
}

#[test]
fn endpoints_that_are_none() {
    endpoint_is_refused("example.com", "the scheme is missing");
    endpoint_is_refused("", "the scheme is missing");
    endpoint_is_refused("ftp://example.com", "the scheme is neither https nor http");
    endpoint_is_refused("https://example.com/path", "a path is not allowed");
    endpoint_is_refused("https://example.com//", "a path is not allowed");
    endpoint_is_refused("https://example.com?q=1", "a query or fragment is not allowed");
    endpoint_is_refused("https://example.com#f", "a query or fragment is not allowed");
    for port in ["0", "65536", "99999", "", "x", "-1", "80a", "+80"] {
        endpoint_is_refused(
            &format!("https://example.com:{port}"),
            "the port must be a number from 1 to 65535",
        );
    }
    for host in ["", "{region", "{zone}.x", "exa mple", "[::1", "[::g]", "密.cn", "a,b", "a_b"] {
        endpoint_is_refused(&format!("https://{host}"), "invalid host name");
    }
    for host in [
        "example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "[::2]",
        "0.0.0.0",
    ] {
        endpoint_is_refused(&format!("http://{host}"), "plain http is allowed on loopback only");
    }
}

#[test]
fn a_password_in_an_endpoint_is_not_repeated() {
    let message = "`--endpoint` contains a user name or password";
    let hint = "leave out everything before the `@`: no address takes a secret";
    for url in ["https://me:hunter2@example.com", "hunter2@x", "aliyun=https://hunter2=@x:1"] {
        refuses_all(["-p", "aliyun", "--endpoint", url], message, hint);
    }
    let error = error_of(["-p", "aliyun,baidu", "--endpoint", "https://me:hunter2@x"]);
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn endpoints_that_are_good() {
    let goods = [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://example.com", "https://example.com/"),
        ("Http://localhost:1", "http://localhost:1/"),
        ("https://example.com/", "https://example.com/"),
        ("https://EXAMPLE.com:443", "https://example.com/"),
        ("https://example.com:8443", "https://example.com:8443/"),
        // What is signed is the port that the client sends.
        ("https://example.com:08443", "https://example.com:8443/"),
        ("https://example.com:0443", "https://example.com/"),
        ("https://{region}.example.com", "https://cn-beijing.example.com/"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/"),
        ("http://127.0.0.1:80", "http://127.0.0.1/"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
        ("http://localhost:1", "http://localhost:1/"),
        ("http://x.localhost:65535", "http://x.localhost:65535/"),
        ("aliyun=https://example.com", "https://example.com/"),
        ("alibaba=https://example.com", "https://example.com/"),
    ];
    for (given, shown) in goods {
        let (options, ..) = check(["-p", "aliyun", "--endpoint", given]).unwrap();
        let endpoint = options.selections[0].endpoint("cn-beijing");
        assert_eq!(format!("{}/", endpoint.origin), shown);
    }
}

/// Found by the fuzz target `values`.
#[test]
fn a_host_that_would_be_sent_in_another_form_is_refused() {
    let why = "the host is not in canonical form, such as `127.0.0.1` for `127.1`";
    for host in [
        "0x7f.1", "127.1", "2130706433", "127.0.0.010", "1.2.3.{region}", "{region}", "xn--a",
        "[0:0:0:0:0:0:0:1]",
    ] {
        endpoint_is_refused(&format!("https://{host}"), why);
    }
    for host in
        ["127.0.0.1", "[::1]:8443", "ecs-{region}", "ecs.{region}.example.com", "ECS.example.com."]
    {
        let endpoint = format!("https://{host}");
        let (options, ..) = check(["-p", "baidu", "-r", "bj", "--endpoint", &endpoint]).unwrap();
        let written = host.to_ascii_lowercase().replace("{region}", "bj");
        assert_eq!(options.selections[0].endpoint("bj").origin.authority, written);
    }
}

#[test]
fn an_endpoint_belongs_to_one_cloud_of_the_run() {
    refuses(
        "-p aliyun,baidu --endpoint https://x",
        "`--endpoint` does not name its cloud",
        "write `--endpoint CLOUD=URL`",
    );
    refuses(
        "-p aliyun --endpoint baidu=https://x",
        "`--endpoint` is for baidu, which is not selected",
        "select it with `--to baidu`, or leave its endpoint out",
    );
    refuses(
        "-p aliyun --endpoint https://x --endpoint aliyun=https://y",
        "`--endpoint` is given twice for aliyun",
        "give it once; `{region}` in it stands for each region",
    );
    refuses(
        "-p aliyun --endpoint azure=https://x",
        "`--endpoint`: unknown cloud `azure`",
        &clouds(),
    );
}

#[test]
fn the_environment_gives_an_endpoint() {
    let home = Home::new();
    let offline = |variables: &[(&str, &str)], arguments: &str| {
        let mut command = home.command(&format!("{arguments} -v key.pub"));
        command.envs(variables.iter().copied());
        finish(command)
    };
    let run = "--offline -p aws -r us-east-1";
    let own = "POST https://ec2.us-east-1.amazonaws.com/\n";
    let (of_all, of_ec2) =
        (("AWS_ENDPOINT_URL", "https://all.example"), ("AWS_ENDPOINT_URL_EC2", "http://[::1]:1/"));
    let ended = offline(&[of_all], run).expect(0);
    assert!(ended.stdout.contains("POST https://all.example/\n"), "{}", ended.stdout);
    ended.says("aws: using endpoint https://all.example from `AWS_ENDPOINT_URL`\n");
    let ended = offline(&[of_all, of_ec2], run).expect(0);
    assert!(ended.stdout.contains("POST http://[::1]:1/\n"), "{}", ended.stdout);
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True");
    for variables in [&[of_all, of_ec2, ignore][..], &[("AWS_ENDPOINT_URL", " ")]] {
        let ended = offline(variables, run).expect(0);
        assert!(ended.stdout.contains(own) && ended.stderr.is_empty(), "{}", ended.all());
    }
    // A flag counts more, the sandbox has its own addresses, and no other cloud reads the variables.
    let ended = offline(&[of_ec2], &format!("{run} --endpoint https://flag.example")).expect(0);
    assert!(ended.stdout.contains("POST https://flag.example/\n"), "{}", ended.stdout);
    offline(&[("AWS_ENDPOINT_URL", "nonsense")], "--sandbox -p aws -r us-east-1").expect(0);
    offline(&[("AWS_ENDPOINT_URL", "nonsense")], "--offline -p baidu").expect(0);

    let ended = offline(&[("AWS_ENDPOINT_URL", "http://example.com")], run).expect(2);
    ended.says(
        "error: aws: `AWS_ENDPOINT_URL=http://example.com`: plain http is allowed on loopback only\n",
    );
    let ended = offline(&[("AWS_ENDPOINT_URL", "https://me:secret@example.com")], run).expect(2);
    assert!(!ended.all().contains("secret@"), "{}", ended.all());
    ended.says("error: aws: `AWS_ENDPOINT_URL` contains a user name or password\n");
}

#[test]
fn a_cloud_without_a_default_region_needs_one() {
    let home = Home::new();
    for mode in ["", "--offline", "--sandbox"] {
        let mut command = home.command(&format!("{mode} -p aws key.pub"));
        set_credential(&mut command, "aws", "AKIA", "secret", None);
        let hint = "  hint: give one with `--region`, or set `AWS_REGION`\n";
        finish(command).expect(2).says(&format!("error: aws: no region is given\n{hint}"));
    }
    for (variables, host) in [
        (&[("AWS_DEFAULT_REGION", "cn-north-1")][..], "ec2.cn-north-1.amazonaws.com.cn"),
        (
            &[("AWS_DEFAULT_REGION", "a-1"), ("AWS_REGION", "us-gov-west-1")],
            "ec2.us-gov-west-1.amazonaws.com",
        ),
        (&[("AWS_REGION", "eusc-de-east-1")], "ec2.eusc-de-east-1.amazonaws.eu"),
        (&[("AWS_REGION", "ap-new-9")], "ec2.ap-new-9.amazonaws.com"),
    ] {
        let mut command = home.command("--offline -p ec2 key.pub");
        command.envs(variables.iter().copied());
        let ended = finish(command).expect(0);
        assert!(ended.stdout.contains(&format!("POST https://{host}/\n")), "{}", ended.stdout);
    }
}

#[test]
fn all_regions_need_no_region_to_ask() {
    let home = Home::new();
    for (cloud, variable, some) in
        [("aws", "AWS_REGION", "us-east-1"), ("tencent", "TENCENTCLOUD_REGION", "ap-guangzhou")]
    {
        let arguments = format!("--sandbox -p {cloud} --all-regions -o jsonl key.pub");
        let ended = home.run(&arguments).expect(0);
        let records = ended.records();
        assert!(records.len() > 10, "{cloud}: {}", ended.stdout);
        assert!(records.iter().any(|record| record["region"] == some), "{}", ended.stdout);
        let offline = format!("--offline -p {cloud} --all-regions key.pub");
        home.run(&offline).expect(0).says("`--offline` does not ask the cloud for its regions");
        let mut command = home.command(&arguments);
        command.env(variable, "no region");
        finish(command).expect(2).says(&format!("error: {cloud}: `{variable}`: `… (region, "));
    }
}

#[test]
fn all_regions_are_those_of_one_partition() {
    let home = Home::new();
    for (region, count) in
        [("cn-north-1", 2), ("us-gov-west-1", 2), ("eusc-de-east-1", 1), ("us-east-1", 17)]
    {
        let mut command = home.command("--sandbox -p aws --all-regions -o jsonl key.pub");
        command.env("AWS_REGION", region);
        let ended = finish(command).expect(0);
        let records = ended.records();
        assert_eq!(records.len(), count, "{region}");
        assert!(records.iter().any(|record| record["region"] == region));
    }
    // A server that lists the regions of another partition is not followed there.
    let list = "<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item>\
        <item><regionName>cn-northwest-1</regionName></item></regionInfo></DescribeRegionsResponse>";
    let clouds = FakeCloud::tls(move |seen| match seen.number {
        0 => Reply::status(200, list),
        _ => Reply::Sandbox,
    });
    let mut command = clouds.command(&home, "-p aws --all-regions -o jsonl key.pub");
    command.env("AWS_REGION", "cn-north-1");
    let ended = finish(command).expect(0);
    assert_eq!(ended.records().len(), 1);
    let other = "<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item></regionInfo></DescribeRegionsResponse>";
    let elsewhere = FakeCloud::tls(move |_| Reply::status(200, other));
    let mut command = elsewhere.command(&home, "-p aws --all-regions key.pub");
    command.env("AWS_REGION", "cn-north-1");
    let message = "aws: the list of regions holds none of the partition of `cn-north-1`\n";
    finish(command).expect(1).says(message);
    let hosts = ["ec2.cn-north-1.amazonaws.com.cn:443", "ec2.cn-northwest-1.amazonaws.com.cn:443"];
    assert_eq!(clouds.connects(), hosts);
}

#[test]
fn keys_that_aws_has_not_are_refused_before_anything_is_sent() {
    let home = Home::new();
    home.put("ec.pub", keys::ECDSA);
    let dsa = include_str!("../../keys/taken/dsa-1024.pub");
    home.put("dsa.pub", dsa);
    for (file, kind) in [("ec.pub", "ecdsa-sha2-nistp256"), ("dsa.pub", "ssh-dss")] {
        let ended = home.run(&format!("--sandbox=state -p aws -r us-east-1 {file}")).expect(3);
        ended.says(&format!("error: aws: AWS has no `{kind}` keys, only RSA and Ed25519\n"));
        assert!(!home.path("state").exists());
    }
    home.put("ed.pub", keys::ED25519);
    let ended = home.run("--sandbox -p aws -r us-east-1 ed.pub").expect(0);
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    // The user guide names three sizes of RSA keys.
    home.put("odd.pub", include_str!("../../keys/taken/rsa-1025.pub"));
    let ended = home.run("--sandbox -p aws -r us-east-1 odd.pub").expect(0);
    ended.says("this one of 1025 bits is sent all the same\n");
}

#[test]
fn names_at_aws() {
    let mut good = owned(&["a", "1", "-", "a b", "a/b*?\\:~!", "_"]);
    good.push(long(255));
    let mut bad = owned(&["", " a", "密钥", "aü", "a\u{a0}"]);
    bad.push(long(256));
    let rule = "must be 1 to 255 ASCII characters without a space at either end";
    names("aws", &good, &bad, rule);
    names("aws", &[], &owned(&["a "]), "must not end in a space");
}

#[test]
fn tags() {
    let arguments = |cloud: &str, tags: &[&str]| -> Vec<String> {
        let tags = tags.iter().flat_map(|tag| ["--tag", tag]);
        ["-p", cloud].into_iter().chain(tags).map(str::to_owned).collect()
    };
    let refused = |cloud: &str, tags: &[&str], why: &str| {
        let error = error_of(arguments(cloud, tags));
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().contains(why), "{error:?}");
        error
    };
    let taken = |cloud: &str, tags: &[&str]| {
        let (options, ..) = check(arguments(cloud, tags)).unwrap();
        assert_eq!(options.import.tags.len(), tags.len());
    };
    let long = "k".repeat(129);
    for (cloud, tag, told) in [
        ("aliyun", format!("{long}=x"), "tag key `"),
        ("aliyun", format!("x={long}"), "tag value `"),
        (
            "aliyun",
            "aliyun-x=y".to_owned(),
            "tag `aliyun-x` must not begin with `aliyun` or `acs:`",
        ),
        ("aliyun", "acs:x=y".to_owned(), "tag `acs:x` must not begin with `aliyun` or `acs:`"),
        ("aliyun", "x=http://y".to_owned(), "tag `x` must not begin with"),
        ("aws", format!("{long}=x"), "tag key `"),
        ("aws", format!("x={long}{long}"), "tag value `"),
        ("aws", "AWS:x=y".to_owned(), "tag key `AWS:x` must not begin with `aws:`"),
        ("volcengine", "VOLC:x=y".to_owned(), "tag key `VOLC:x` must not begin with `volc:`"),
        ("volcengine", "x=a*b".to_owned(), "tag value `a*b` must be at most 256 letters"),
        ("volcengine", "a*b=x".to_owned(), "tag key `a*b` must be 1 to 128 letters"),
        ("tencent", "x=".to_owned(), "tag value `` must be 1 to 255 letters"),
        ("tencent", "a*b=x".to_owned(), "tag key `a*b` must be 1 to 127 letters"),
        ("tencent", "qcs:x=y".to_owned(), "tag `qcs:x` must not begin with `qcs:` or `project:`"),
        ("tencent", "x=y ".to_owned(), "tag `x` must not begin with"),
    ] {
        let error = refused(cloud, &[&tag], told);
        assert!(error.message().starts_with(&format!("{cloud}: ")), "{error:?}");
    }
    for (cloud, most) in [("aliyun", 20), ("volcengine", 20), ("aws", 50)] {
        let many: Vec<String> = (0..=most).map(|number| format!("k{number}=v")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let count = many.len();
        refused(cloud, &many, &format!("{count} tags are too many; a key pair has at most {most}"));
        taken(cloud, &many[..most]);
        refused(cloud, &["a=1", "a=2"], "tag key `a` is given twice");
        taken(cloud, &["a=", "b=x=y"]);
    }
    let hint = "write `--tag KEY=VALUE`";
    refuses("-p aliyun --tag a", "`--tag a`: `=` is missing", hint);
    refuses("-p aliyun --tag =a", "`--tag =a`: the key before `=` is empty", hint);
}

#[test]
fn descriptions_and_ids() {
    let refused = |cloud: &str, flag: &str, value: &str, parts: &[&str]| {
        let error = error_of(["-p", cloud, flag, value]);
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(parts.iter().all(|part| error.message().contains(part)), "{error:?}");
    };
    let long = "d".repeat(141);
    refused("baidu", "-d", &long, &["the description `", "at most 140"]);
    let (options, ..) = check(["-p", "baidu", "-d", &long[..140]]).unwrap();
    assert_eq!(options.import.description.as_deref(), Some(&long[..140]));
    refused("baidu", "-d", "a;b", &["the description `a;b` must be"]);
    refused("volc", "-d", "1st", &["begin with a letter"]);
    refused("volc", "-d", &"d".repeat(256), &["1 to 255"]);
    refused("volc", "--project", "a b", &["the project `a b` must be 1 to 64"]);
    for project in ["web", "1-", "1.5", "1234567890123456"] {
        refused("tencent", "--project", project, &["the project `", "must be its number"]);
    }
    refused("aliyun", "--resource-group", "rg/1", &["the resource group `rg/1`"]);
    refuses_all(
        ["-p", "aliyun", "-n", "a\tb"],
        "the value of `--name` contains a control character",
        "type the value again, on one line",
    );
}
