//! Names, regions, tags and endpoints: every limit.

use super::run::Home;

/// Checks names without sending anything: those that a cloud takes, those that it does not.
#[track_caller]
fn names(cloud: &str, good: &[String], bad: &[String], rule: &str) {
    let home = Home::new();
    for name in good {
        let ended = home.run_of(["--offline", "-p", cloud, "-n", name, "key.pub"]).expect(0);
        assert!(ended.stdout.starts_with(&format!("name    {name}\n")), "{}", ended.stdout);
    }
    for name in bad {
        let ended = home.run_of(["--offline", "-p", cloud, "-n", name, "key.pub"]).expect(2);
        assert_eq!(ended.stdout, "");
        assert!(
            ended.stderr.starts_with(&format!("error: {cloud}: the name `")),
            "{name:?}: {}",
            ended.stderr
        );
        assert!(ended.stderr.contains(rule), "{name:?}: {}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 2, "{}", ended.stderr);
        assert!(ended.stderr.contains("`--name`"), "{}", ended.stderr);
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
    names("baidu", &good, &bad, "must be 1 to 65 letters, digits, blanks, ");
}

#[test]
fn what_is_wrong_with_a_name_is_said() {
    let home = Home::new();
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
        let ended = home.run_of(["--offline", "-p", cloud, "-n", name, "key.pub"]).expect(2);
        ended.says(&format!(": {why}\n"));
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
    let home = Home::new();
    let hint = "  hint: a region id has 1 to 63 lower-case letters, digits and hyphens, such as `cn-beijing`\n";
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
        "cn beijing",
        "密",
        long.as_str(),
    ];
    for region in bad {
        let told = format!("error: aliyun: `{region}` cannot be a region id\n{hint}");
        home.run_of(["-p", "aliyun", "-r", region, "key.pub"]).refuses(2, &told);
        home.run_of(["--to", &format!("aliyun/{region}"), "key.pub"]).refuses(2, &told);
    }
    for arguments in [
        ["-p", "aliyun", "-r", ""],
        ["-p", "aliyun", "-r", "a,,b"],
        ["--to", "aliyun/", "-q", "-q"],
    ] {
        let ended =
            home.run_of(arguments.into_iter().filter(|word| *word != "-q").chain(["key.pub"]));
        ended.refuses(2, &format!("error: aliyun: a region id is empty\n{hint}"));
    }
    for region in ["a", "0", &"a".repeat(63), "xx-new-1"] {
        home.run_of(["--offline", "-p", "aliyun", "-r", region, "key.pub"]).expect(0);
    }
}

#[test]
fn an_unknown_region_is_tried_and_a_near_miss_is_told() {
    let home = Home::new();
    let ended = home.run("--sandbox -p aliyun -r cn-hangzou key.pub").expect(0);
    ended.says(
        "warning: aliyun: region `cn-hangzou` is in no document; did you mean `cn-hangzhou`?\n",
    );
    let ended = home.run("--sandbox -p aliyun -r xx-somewhere-9 key.pub").expect(0);
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
}

#[test]
fn a_region_in_a_variable_is_checked_too() {
    let home = Home::new();
    let mut command = home.command("-p aliyun key.pub");
    command.env("ALIBABA_CLOUD_REGION_ID", "evil.example/").env("ALIBABA_CLOUD_ACCESS_KEY_ID", "a");
    command.env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "b");
    let ended = super::run::finish(command).expect(2);
    ended.says("`ALIBABA_CLOUD_REGION_ID`: `evil.example/` cannot be a region id\n");
}

#[track_caller]
fn endpoint_is_refused(url: &str, why: &str) {
    let home = Home::new();
    for arguments in [
        vec!["-p", "aliyun", "--endpoint", url],
        vec!["--offline", "-p", "aliyun", "--endpoint", url],
    ] {
        let ended = home.run_of(arguments.into_iter().chain(["key.pub"])).expect(2);
        let told = format!(
            "error: `--endpoint {url}`: {why}\n  hint: write `https://HOST[:PORT]`; `{{region}}` in it is filled in\n"
        );
        assert_eq!(ended.stderr, told);
    }
}

#[test]
fn endpoints_that_are_none() {
    endpoint_is_refused("example.com", "it has no scheme");
    endpoint_is_refused("", "it has no scheme");
    endpoint_is_refused("ftp://example.com", "the scheme is neither https nor http");
    endpoint_is_refused("HTTPS://example.com", "the scheme is neither https nor http");
    endpoint_is_refused("https://example.com/path", "it has a path after the host");
    endpoint_is_refused("https://example.com//", "it has a path after the host");
    endpoint_is_refused("https://example.com?q=1", "it has a query or fragment after the host");
    endpoint_is_refused("https://example.com#f", "it has a query or fragment after the host");
    for port in ["0", "65536", "99999", "", "x", "-1", "80a", "+80"] {
        endpoint_is_refused(
            &format!("https://example.com:{port}"),
            "its port is not a number from 1 to 65535",
        );
    }
    for host in ["", "{region", "{zone}.x", "exa mple", "[::1", "[::g]", "密.cn", "a,b", "a_b"] {
        endpoint_is_refused(&format!("https://{host}"), "its host is no host name");
    }
    for host in [
        "example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "[::2]",
        "0.0.0.0",
    ] {
        endpoint_is_refused(&format!("http://{host}"), "plain http is for loopback only");
    }
}

#[test]
fn a_password_in_an_endpoint_is_not_repeated() {
    let home = Home::new();
    let told = "error: `--endpoint` holds a user name or a password\n  \
                hint: leave out all before the `@`: no flag takes a secret\n";
    for url in ["https://me:hunter2@example.com", "hunter2@x", "aliyun=https://hunter2=@x:1"] {
        home.run_of(["-p", "aliyun", "--endpoint", url, "key.pub"]).refuses(2, told);
    }
    let ended = home.run("-p aliyun,baidu --endpoint https://me:hunter2@x key.pub").expect(2);
    assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
}

#[test]
fn endpoints_that_are_good() {
    let home = Home::new();
    let goods = [
        ("https://example.com", "https://example.com/"),
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
        let arguments = ["--offline", "-p", "aliyun", "-r", "cn-beijing", "--endpoint", given];
        let ended = home.run_of(arguments.into_iter().chain(["key.pub"])).expect(0);
        assert!(ended.stdout.contains(&format!(": POST {shown}?Action=")), "{}", ended.stdout);
    }
}

#[test]
fn an_endpoint_belongs_to_one_cloud_of_the_run() {
    let home = Home::new();
    home.run("-p aliyun,baidu --endpoint https://x key.pub").refuses(
        2,
        "error: `--endpoint` does not say for which cloud\n  hint: write `--endpoint CLOUD=URL`\n",
    );
    home.run("-p aliyun --endpoint baidu=https://x key.pub").refuses(
        2,
        "error: `--endpoint` is for baidu, which this run does not go to\n  \
         hint: name the cloud with `--to baidu`, or leave its endpoint out\n",
    );
    home.run("-p aliyun --endpoint https://x --endpoint aliyun=https://y key.pub").refuses(
        2,
        "error: `--endpoint` is given twice for aliyun\n  \
         hint: give one; `{region}` in it makes it good for several regions\n",
    );
    home.run("-p aliyun --endpoint azure=https://x key.pub").refuses(
        2,
        "error: `--endpoint`: `azure` is no cloud that is known here\n  \
         hint: known are aliyun, volcengine, baidu\n",
    );
}

#[test]
fn tags() {
    let home = Home::new();
    let run = |cloud: &str, tags: &[&str]| {
        let tags = tags.iter().flat_map(|tag| ["--tag", tag]);
        home.run_of(["--offline", "-p", cloud].into_iter().chain(tags).chain(["key.pub"]))
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
        ("volcengine", "VOLC:x=y".to_owned(), "tag key `VOLC:x` must not begin with `volc:`"),
        ("volcengine", "x=a*b".to_owned(), "tag value `a*b` must be at most 256 letters"),
        ("volcengine", "a*b=x".to_owned(), "tag key `a*b` must be 1 to 128 letters"),
    ] {
        run(cloud, &[&tag]).expect(2).says(&format!("error: {cloud}: ")).says(told);
    }
    for cloud in ["aliyun", "volcengine"] {
        let many: Vec<String> = (0..21).map(|number| format!("k{number}=v")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        run(cloud, &many).expect(2).says("21 tags are too many; a key pair has at most 20\n");
        run(cloud, &many[..20]).expect(0);
        run(cloud, &["a=1", "a=2"]).expect(2).says("tag key `a` is given twice\n");
        run(cloud, &["a=", "b=x=y"]).expect(0);
    }
    run("aliyun", &["a"]).expect(2).says("error: `--tag a`: it has no `=`\n");
    run("aliyun", &["=a"]).expect(2).says("error: `--tag =a`: no key stands before its `=`\n");
}

#[test]
fn descriptions_and_ids() {
    let home = Home::new();
    let run = |words: &[&str]| home.run_of(["--offline"].iter().chain(words).chain(&["key.pub"]));
    let long = "d".repeat(141);
    run(&["-p", "baidu", "-d", &long]).expect(2).says("the description `").says("at most 140");
    run(&["-p", "baidu", "-d", &long[..140]]).expect(0);
    run(&["-p", "baidu", "-d", "a;b"]).expect(2).says("the description `a;b` must be");
    run(&["-p", "volc", "-d", "1st"]).expect(2).says("begin with a letter");
    run(&["-p", "volc", "-d", &"d".repeat(256)]).expect(2).says("1 to 255");
    run(&["-p", "volc", "--project", "a b"]).expect(2).says("the project `a b` must be 1 to 64");
    run(&["-p", "aliyun", "--resource-group", "rg/1"]).expect(2).says("the resource group `rg/1`");
    let ended = run(&["-p", "aliyun", "-n", "a\tb"]).expect(2);
    assert_eq!(
        ended.stderr,
        "error: `ab` holds a control character\n  hint: type the value anew, in one line\n"
    );
}
