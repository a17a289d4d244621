//! Ctrl-C and TERM while a cloud is silent.

use std::io::Read as _;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::run::{Home, signal, start, wait};
use crate::fake_cloud::{FakeCloud, Reply, listen};

/// The grace period is three seconds, and a request that nobody stops takes fifteen.
const SOON: Duration = Duration::from_secs(12);

/// Three regions one after the other; the first request is never answered.
const ARGUMENTS: &str = "--to aliyun/cn-beijing,cn-shanghai,cn-qingdao -j 1";

#[test]
fn the_first_signal_settles_and_reports() {
    thread::scope(|scope| {
        for (name, code) in [("-INT", 130), ("-TERM", 143)] {
            scope.spawn(move || {
                let home = Home::new();
                let clouds = FakeCloud::tls(|_| Reply::Silence);
                let arguments = format!("{ARGUMENTS} -o json key.pub");
                let child = start(&mut clouds.command(&home, &arguments));
                clouds.wait_for_requests(1);
                let sent = Instant::now();
                signal(&child, name);
                let ended = wait(child).expect(code);
                assert!(sent.elapsed() < SOON, "{:?}", sent.elapsed());
                let document = ended.json();
                let statuses: Vec<&str> = document["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|record| record["status"].as_str().unwrap())
                    .collect();
                assert_eq!(statuses, ["unknown", "skipped", "skipped"]);
                assert_eq!(document["summary"]["exit_code"], code);
                assert_eq!(document["results"][0]["error"]["kind"], "outcome_unknown");
                assert_eq!(clouds.seen().len(), 1);
                ended.says("3 targets: 1 unknown, 2 skipped\n");
            });
        }
    });
}

#[test]
fn what_was_sent_is_settled_before_the_end() {
    let home = Home::new();
    // The answer comes late, but within the three seconds.
    let clouds = FakeCloud::tls(|seen| {
        if seen.target().contains("ImportKeyPair") {
            thread::sleep(Duration::from_millis(600));
        }
        Reply::Sandbox
    });
    let child = start(&mut clouds.command(&home, &format!("{ARGUMENTS} key.pub")));
    clouds.wait_for_requests(1);
    signal(&child, "-INT");
    let ended = wait(child).expect(130);
    assert_eq!(ended.column(0), ["imported", "skipped", "skipped"]);
    assert_eq!(clouds.stored("aliyun", "cn-beijing"), ["dev-laptop"]);
    assert!(clouds.stored("aliyun", "cn-shanghai").is_empty());
}

#[test]
fn a_look_that_is_stopped_before_anything_was_sent_is_skipped() {
    thread::scope(|scope| {
        // Baidu is looked at before an import.
        for (mode, target) in [("", "baidu"), ("--dry-run", "aliyun"), ("--check", "volcengine")] {
            scope.spawn(move || {
                let home = Home::new();
                let clouds = FakeCloud::tls(|_| Reply::Silence);
                let arguments = format!("{mode} -p {target} -o json key.pub");
                let child = start(&mut clouds.command(&home, &arguments));
                clouds.wait_for_requests(1);
                let sent = Instant::now();
                signal(&child, "-INT");
                let ended = wait(child).expect(130);
                assert!(sent.elapsed() < SOON, "{:?}", sent.elapsed());
                let record = &ended.json()["results"][0];
                assert_eq!(record["status"], "skipped");
                assert_eq!(record["attempts"], 1);
                assert_eq!(record["error"], serde_json::Value::Null);
                assert_eq!(ended.json()["summary"]["skipped"], 1);
            });
        }
    });
}

#[test]
fn the_second_signal_ends_at_once() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Silence);
    let child = start(&mut clouds.command(&home, &format!("{ARGUMENTS} key.pub")));
    clouds.wait_for_requests(1);
    signal(&child, "-INT");
    thread::sleep(Duration::from_millis(300));
    let sent = Instant::now();
    signal(&child, "-TERM");
    let ended = wait(child).expect(143);
    // The first signal alone would end the run after three seconds, with a report and another code.
    assert!(sent.elapsed() < Duration::from_millis(2500), "{:?}", sent.elapsed());
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_run_that_is_stopped_while_it_looks_for_a_credential() {
    let home = Home::new();
    let (asked, heard) = mpsc::channel();
    let silent = listen(move |mut stream| {
        let _ = asked.send(());
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut command = home.command("-p aliyun -o json key.pub");
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{silent}/"));
    let child = start(&mut command);
    heard.recv_timeout(Duration::from_secs(30)).unwrap();
    let sent = Instant::now();
    signal(&child, "-INT");
    let ended = wait(child).expect(130);
    assert!(sent.elapsed() < SOON, "{:?}", sent.elapsed());
    assert_eq!(ended.json()["results"], serde_json::json!([]));
    ended.says(&format!("no response from {silent}: the run was stopped\n"));
}

#[test]
fn a_run_that_is_stopped_while_it_asks_for_regions() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Silence);
    let child =
        start(&mut clouds.command(&home, "-p aliyun --all-regions -o json --attempts 1 key.pub"));
    clouds.wait_for_requests(1);
    signal(&child, "-INT");
    let ended = wait(child).expect(130);
    let document = ended.json();
    assert_eq!(document["results"], serde_json::json!([]));
    assert_eq!(document["summary"]["exit_code"], 130);
    ended.says("  cause: the run was stopped\n");
}
