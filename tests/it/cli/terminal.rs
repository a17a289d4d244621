//! What a person sees on a terminal, narrow or wide.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::keys;
use super::run::{Home, can_hear, signal, start, wait};
use super::screen::{Screen, Shown, show};
use crate::fake_cloud::{FakeCloud, Reply};

/// Three regions one after the other.
const THREE: &str = "--to aliyun/cn-beijing,cn-shanghai,cn-qingdao -j 1 key.pub";
/// As long as a name may be.
const LONG: &str = "a-name-of-sixty-four-letters-which-is-as-long-as-most-clouds-let";

/// Returns a command that imports into every region of these clouds.
fn every_region(home: &Home, clouds: &str, more: &str) -> Command {
    let mut command = home.command(&format!("--sandbox -p {clouds} --all-regions {more}"));
    for cloud in keyimport::provider::ALL {
        let info = cloud.info();
        if info.default_region.is_none() {
            command.env(info.region_variable(), info.home_region());
        }
    }
    command
}

/// Returns the lines of results: those behind the note on the sandbox.
fn results(shown: &Shown) -> &[String] {
    let note = shown.lines.iter().position(|line| line.starts_with("sandbox: "));
    let note = note.unwrap_or_else(|| panic!("{}", shown.text()));
    &shown.lines[note + 1..]
}

#[test]
fn the_key_stands_above_its_rows() {
    let home = Home::new();
    let shown = show(home.command("--sandbox --to baidu/bj --to aliyun/us-east-1 key.pub"), 80);
    let shown = shown.expect(0);
    let heading = format!("dev-laptop  ssh-rsa 2048  {}", keys::RSA_SHA256);
    assert_eq!(
        results(&shown),
        [
            &heading,
            "imported       baidu   bj         dev-laptop  (verified)",
            "imported       aliyun  us-east-1  dev-laptop  (verified)",
            "2 targets: 2 imported",
        ]
    );
}

#[test]
fn several_keys_have_a_group_each() {
    let home = Home::new();
    home.put("second.pub", keys::ED25519);
    let run = "--sandbox --to aliyun/cn-beijing,us-east-1 key.pub second.pub";
    let shown = show(home.command(run), 80).expect(0);
    let lines = results(&shown);
    assert!(lines[0].starts_with("dev-laptop  ssh-rsa 2048  SHA256:"), "{lines:#?}");
    assert_eq!(lines[1], "imported       aliyun  cn-beijing  dev-laptop  (verified)");
    assert_eq!(lines[2], "imported       aliyun  us-east-1   dev-laptop  (verified)");
    assert_eq!(lines[3], "");
    assert!(lines[4].starts_with("dev-ed  ssh-ed25519 256  SHA256:"), "{lines:#?}");
    assert_eq!(lines[5], "imported       aliyun  cn-beijing  dev-ed      (verified)");
    assert_eq!(lines[6], "imported       aliyun  us-east-1   dev-ed      (verified)");
    assert_eq!(lines[7..], ["4 targets: 4 imported"]);
}

#[test]
fn a_name_that_is_stored_is_shown_whole_where_there_is_room() {
    let home = Home::new();
    home.run("--sandbox=state -p baidu -n a-longer-name-than-the-comment key.pub").expect(0);
    let shown = show(home.command("--sandbox=state --to baidu/bj,gz key.pub"), 120).expect(0);
    assert_eq!(
        results(&shown)[1..3],
        [
            "already there  baidu  bj  a-longer-name-than-the-comment  (verified, under this name)",
            "imported       baidu  gz  dev-laptop  (verified)",
        ]
    );
}

#[test]
fn no_row_wraps() {
    let home = Home::new();
    home.put("long.pub", keys::RSA.replace("dev-laptop", LONG));
    let all: Vec<&str> = crate::cloud_ids().collect();
    let three = "aliyun,volcengine,baidu";
    for columns in [80, 100, 120] {
        for (command, least) in [
            (every_region(&home, &all.join(","), "long.pub"), 90),
            (every_region(&home, three, &format!("-n {LONG} key.pub")), 60),
            (every_region(&home, "aliyun", "-n 部署用的密钥部署用的密钥部署用的密钥 key.pub"), 30),
            (home.command(&format!("--sandbox --to aliyun/{} long.pub", "a".repeat(63))), 0),
        ] {
            let shown = show(command, columns);
            let rows = results(&shown);
            let rows = rows.iter().take_while(|line| !line.contains("error:"));
            let rows: Vec<_> =
                rows.filter(|line| line.contains('…') || line.contains("ed)")).collect();
            assert!(rows.len() > least, "{}", shown.text());
            for row in rows {
                assert!(!shown.wrapped.contains(row), "{columns}: {row}");
            }
        }
    }
}

#[test]
fn wide_letters_count_double() {
    let home = Home::new();
    let name = "部署用的密钥";
    let run = format!("--sandbox --to aliyun/cn-beijing,us-east-1 -n {name} key.pub");
    let shown = show(home.command(&run), 80).expect(0);
    let row = |region: &str| format!("imported       aliyun  {region}  {name}  (verified)");
    assert_eq!(results(&shown)[1..3], [row("cn-beijing"), row("us-east-1 ")]);
}

#[test]
fn a_narrow_terminal_breaks_rows_between_their_parts() {
    let home = Home::new();
    home.put("long.pub", keys::RSA.replace("dev-laptop", LONG));
    for columns in [40, 60] {
        let shown = show(every_region(&home, "aliyun,volcengine,baidu", "long.pub"), columns);
        let shown = shown.expect(0);
        let lines = results(&shown);
        // A fingerprint is left whole, so that it can be copied.
        let may_wrap = |line: &str| line.contains("SHA256:") || line.starts_with("sandbox: ");
        let wrapped: Vec<_> = shown.wrapped.iter().filter(|line| !may_wrap(line)).collect();
        assert!(wrapped.is_empty(), "{wrapped:#?}");
        for place in ["aliyun cn-hangzhou", "volcengine cn-shanghai-autodriving", "baidu bj"] {
            let count = lines
                .iter()
                .filter(|line| line.ends_with(place) || line.contains(&format!("{place}  ")));
            assert_eq!(count.count(), 1, "{place}: {}", shown.text());
        }
        let names =
            lines.iter().filter(|line| line.starts_with("  a-name-of-") && line.contains('…'));
        let verified = lines.iter().filter(|line| line.contains("(verified)"));
        assert_eq!((names.count(), verified.count()), (64, 64), "{}", shown.text());
    }
    // One that holds more than the others is broken alone.
    let run = "--sandbox --to tencent/ap-tokyo,ap-no-such -n dev key.pub";
    let shown = show(home.command(run), 52).expect(10);
    let rows = results(&shown);
    let broken = rows.iter().position(|row| row.starts_with("failed ")).unwrap();
    assert_eq!(rows[broken - 1], "imported       tencent  ap-tokyo    dev  (verified)");
    assert_eq!(rows[broken], "failed  tencent ap-no-such  region refused  dev");
    // Short rows keep their columns.
    let shown = show(home.command("--sandbox --to aliyun/cn-beijing,us-east-1 key.pub"), 60);
    let rows = results(&shown);
    assert!(rows.contains(&"imported       aliyun  us-east-1   dev-laptop  (verified)".to_owned()));
}

#[test]
fn failures_are_told_once_more_below_the_rows() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| match &*seen.host {
        host if host.contains("cn-shanghai") || host.contains("cn-beijing") => {
            let body = r#"{"Code":"Forbidden.RAM","Message":"not authorized","RequestId":"{id}"}"#;
            Reply::status(403, body.replace("{id}", host))
        }
        _ => Reply::Sandbox,
    });
    let run = "--to aliyun/cn-shanghai,cn-hangzhou,cn-beijing key.pub";
    let shown = show(clouds.command(&home, run), 100).expect(10);
    let rows = &shown.lines[1..4];
    assert!(
        rows[0].starts_with("failed         aliyun  cn-shanghai  dev-laptop  permission denied")
    );
    assert!(rows[1].starts_with("imported       aliyun  cn-hangzhou  "), "{rows:#?}");
    assert!(rows[2].starts_with("failed         aliyun  cn-beijing   "), "{rows:#?}");
    let errors: Vec<_> = shown.lines.iter().filter(|line| line.contains("error: ")).collect();
    assert_eq!(errors.len(), 1, "{}", shown.text());
    assert!(errors[0].starts_with("error: aliyun cn-shanghai, cn-beijing: "), "{}", shown.text());
    assert_eq!(shown.lines.last().unwrap(), "3 targets: 1 imported, 2 failed");
    assert!(shown.written.contains("\u{1b}[31mfailed"), "{:?}", shown.written);
}

#[test]
fn what_is_not_there_is_told_once_more_below_many_rows() {
    let home = Home::new();
    home.run("--sandbox=state -p aliyun --all-regions key.pub").expect(0);
    let run = "--sandbox=state -p baidu -r bj,gz key.pub";
    home.run(run).expect(0);
    let shown =
        show(home.command("--sandbox=state -p aliyun,baidu --all-regions --check key.pub"), 80);
    let shown = shown.expect(10);
    let told = shown.lines.iter().find(|line| line.starts_with("not there: ")).unwrap();
    assert_eq!(
        told,
        "not there: baidu bd, baidu su, baidu cd, baidu fwh, baidu fsh, baidu hkg, baidu sin"
    );
    // A few rows are seen at a glance.
    let shown =
        show(home.command("--sandbox=state --to baidu/bj,su --check key.pub"), 80).expect(10);
    assert!(!shown.text().contains("not there: "), "{}", shown.text());
}

#[test]
fn a_target_that_waits_is_shown() {
    for (mode, text) in [
        ("", "importing `dev-laptop` into Alibaba Cloud cn-hangzhou"),
        ("--check", "looking for `dev-laptop` in Alibaba Cloud cn-hangzhou"),
    ] {
        let home = Home::new();
        let clouds = FakeCloud::tls(|_| Reply::Silence);
        let screen = Screen::start(clouds.command(&home, &format!("{mode} -p aliyun key.pub")), 80);
        screen.wait_for(text);
        screen.signal("-INT");
        let shown = screen.finish().expect(130);
        assert!(!shown.text().contains(text), "{}", shown.text());
        assert_eq!(shown.wrapped.iter().filter(|line| line.contains(text)).count(), 0);
    }
}

#[test]
fn a_look_for_credentials_and_regions_is_shown() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Silence);
    let screen = Screen::start(clouds.command(&home, "-p aliyun --all-regions key.pub"), 80);
    screen.wait_for("asking Alibaba Cloud for its regions");
    screen.signal("-INT");
    screen.finish().expect(130).says("the run was stopped");

    let silent = FakeCloud::plain(|_| Reply::Silence);
    let mut command = home.command("-p aliyun key.pub");
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{}/", silent.addr));
    let screen = Screen::start(command, 80);
    screen.wait_for("looking for credentials for Alibaba Cloud");
    screen.signal("-INT");
    screen.finish().expect(130).says("the run was stopped");

    // Elsewhere the same is told with `-v`.
    let mut command = home.command("-p aliyun -v --timeout 2s key.pub");
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{}/", silent.addr));
    wait(start(&mut command)).expect(8).says("looking for credentials for Alibaba Cloud\n");
}

#[test]
fn a_retry_is_shown() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::with_headers(429, &[("retry-after", "30")], "{}"));
    let screen = Screen::start(clouds.command(&home, "-p aliyun key.pub"), 80);
    let line = screen.wait_for("throttled by Alibaba Cloud, retrying in 3");
    assert!(line.ends_with(" s, attempt 2 of 5"), "{line}");
    screen.signal("-INT");
    screen.finish().expect(130).says("skipped        aliyun  cn-hangzhou  dev-laptop");
}

#[test]
fn the_progress_of_several_targets_counts_failures() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| match &*seen.host {
        host if host.contains("cn-beijing") => Reply::status(403, "{}"),
        _ => Reply::Silence,
    });
    let screen = Screen::start(clouds.command(&home, THREE), 80);
    screen.wait_for("1/3 targets, 1 failed");
    screen.wait_for("importing `dev-laptop` into Alibaba Cloud cn-shanghai");
    screen.signal("-INT");
    screen.wait_for("stopping: settling 1 target, up to 3 s");
    let shown = screen.finish().expect(130).says("3 targets: 1 failed, 1 unknown, 1 skipped");
    assert!(!shown.text().contains("/3 targets"), "{}", shown.text());
    // A key that a check does not find is no failure.
    let clouds = FakeCloud::tls(|seen| match seen.number {
        0 => Reply::Sandbox,
        _ => Reply::Silence,
    });
    let screen = Screen::start(clouds.command(&home, &format!("--check {THREE}")), 80);
    let line = screen.wait_for("1/3 targets");
    assert!(!line.contains("failed"), "{line}");
    screen.signal("-INT");
    screen.finish().expect(130).says("3 targets: 1 not there, 2 skipped");
}

#[test]
fn a_second_signal_leaves_the_rows() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| match seen.number {
        0 => Reply::Sandbox,
        _ => Reply::Silence,
    });
    let screen = Screen::start(clouds.command(&home, THREE), 80);
    screen.wait_for("1/3 targets");
    screen.wait_for("imported       aliyun  cn-beijing");
    screen.signal("-INT");
    screen.wait_for("stopping: settling 1 target, up to 3 s; a second Ctrl-C stops at once");
    screen.signal("-INT");
    let shown = screen.finish().expect(130);
    let rows: Vec<&str> =
        shown.lines[1..4].iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(rows, ["imported", "unknown", "skipped"], "{}", shown.text());
    assert_eq!(shown.lines.last().unwrap(), "3 targets: 1 imported, 1 unknown, 1 skipped");
}

#[test]
fn results_go_to_a_pipe_while_the_terminal_shows_progress() {
    if !can_hear("-HUP") {
        return;
    }
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Silence);
    let rows = std::fs::File::create(home.path("rows")).unwrap();
    let screen = Screen::start_with(clouds.command(&home, THREE), Stdio::from(rows), 40);
    screen.wait_for("0/3 targets");
    screen.signal("-HUP");
    screen.finish().expect(129).says("3 targets: 1 unknown, 2 skipped");
    let rows = home.read("rows");
    assert_eq!(rows.matches('\t').count(), 15, "{rows}");
    assert!(!rows.contains('\u{1b}'), "{rows:?}");
}

#[test]
fn nothing_is_drawn_where_it_is_not_wanted() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| {
        thread::sleep(Duration::from_millis(900));
        Reply::Sandbox
    });
    for (flags, kind) in [("-q", "xterm"), ("-vv", "xterm"), ("", "dumb")] {
        let mut command = clouds.command(&home, &format!("--to aliyun/cn-beijing {flags} key.pub"));
        command.env("TERM", kind).env("NO_COLOR", "1");
        let shown = show(command, 80).expect(0);
        assert!(!shown.written.contains('\u{1b}'), "{flags}: {:?}", shown.written);
    }
    // Without color the line is drawn all the same.
    let mut command = clouds.command(&home, "--to aliyun/cn-beijing key.pub");
    command.env("NO_COLOR", "1");
    let shown = show(command, 80).expect(0);
    assert!(shown.written.contains("importing"), "{:?}", shown.written);
    assert!(!shown.written.contains("m\u{1b}[") && !shown.written.contains("[32m"));
}

#[test]
fn retries_and_the_shutdown_are_told_with_v() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| match seen.number {
        0 => Reply::with_headers(429, &[("retry-after", "1")], "{}"),
        _ => Reply::Silence,
    });
    for (flag, is_told) in [("-v", true), ("", false)] {
        let before = clouds.seen().len();
        let child = start(&mut clouds.command(&home, &format!("-p aliyun {flag} key.pub")));
        clouds.wait_for_requests(before + if is_told { 2 } else { 1 });
        signal(&child, "-INT");
        let stderr = wait(child).expect(130).stderr;
        let lines: Vec<&str> = stderr.lines().filter(|line| line.contains("ing ")).collect();
        for text in ["throttled by Alibaba Cloud, retrying in ", "stopping: settling 1 target, "] {
            assert_eq!(lines.iter().any(|line| line.starts_with(text)), is_told, "{stderr}");
        }
        assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
    }
}
