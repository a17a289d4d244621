//! Ctrl-C, TERM and HUP while a cloud is silent.

use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::run::{Home, can_hear, signal, start, wait};
use crate::fake_cloud::{Certificate, Connect, FakeCloud, Reply, Tls, listen};

/// The grace period is three seconds, and a request that nobody stops takes fifteen.
const SOON: Duration = Duration::from_secs(12);

/// Three regions one after the other; the first request is never answered.
const ARGUMENTS: &str = "--to aliyun/cn-beijing,cn-shanghai,cn-qingdao -j 1";

#[test]
fn the_first_signal_settles_and_reports() {
    thread::scope(|scope| {
        let signals = [("-INT", 130), ("-TERM", 143), ("-HUP", 129)];
        for (name, code) in signals.into_iter().filter(|(name, _)| can_hear(name)) {
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

/// Less than the grace period: nothing has to be settled.
const AT_ONCE: Duration = Duration::from_millis(2500);

/// Reads standard error as far as a text.
fn wait_for(child: &mut Child, text: &str) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(text.as_bytes()) {
        child.stderr.as_mut().unwrap().read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
}

/// Listens with a queue that is full: the kernel lets no other connection in.
pub(super) fn full_queue() -> (SocketAddr, Vec<TcpStream>, TcpListener) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let listener = TcpListener::from(socket);
    let addr = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&addr, Duration::from_millis(300)).ok();
    (addr, std::iter::from_fn(connect).take(16).collect(), listener)
}

#[test]
fn what_was_never_sent_is_skipped_at_once() {
    let silent = listen(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let (full, _waiting, _listener) = full_queue();
    let endpoints = [format!("https://{silent}"), format!("http://{full}")];
    let clouds = FakeCloud::tls(|_| Reply::Silence);
    // While it connects, and between two attempts.
    for timeout in ["20s", "50ms"] {
        thread::scope(|scope| {
            for (endpoint, cloud) in endpoints.iter().flat_map(|endpoint| {
                keyimport::provider::ALL.iter().map(move |cloud| (endpoint, cloud.info().id))
            }) {
                for mode in ["", "--check"] {
                    let clouds = &clouds;
                    scope.spawn(move || {
                        let home = Home::new();
                        let arguments = format!(
                            "{mode} -p {cloud} -r one,two -j 1 --endpoint {endpoint} --attempts 99 -vv \
                             --connect-timeout {timeout} -o json key.pub"
                        );
                        let mut command = clouds.command(&home, &arguments);
                        let mut child = start(command.env_remove("HTTPS_PROXY"));
                        wait_for(&mut child, " one: > ");
                        thread::sleep(Duration::from_millis(300));
                        let sent = Instant::now();
                        signal(&child, "-INT");
                        let ended = wait(child).expect(130);
                        assert!(sent.elapsed() < AT_ONCE, "{arguments}: {:?}", sent.elapsed());
                        for record in ended.json()["results"].as_array().unwrap() {
                            assert_eq!(record["status"], "skipped", "{arguments}: {record}");
                            assert_eq!(record["error"], serde_json::Value::Null, "{arguments}");
                        }
                    });
                }
            }
        });
    }
}

#[test]
fn a_second_connection_that_is_never_made_leaves_no_doubt() {
    let home = Home::new();
    let connects = AtomicUsize::new(0);
    let tls = Tls::new().on_connect(move |_| match connects.fetch_add(1, Ordering::SeqCst) {
        0 => Connect::To(Certificate::Good),
        _ => Connect::Silence,
    });
    // The look before the import is answered, and its connection closed.
    let clouds = FakeCloud::start(Some(tls), |_| {
        let nothing = r#"{"keypairs":[],"isTruncated":false,"maxKeys":1000}"#;
        Reply::with_headers(200, &[("connection", "close")], nothing)
    });
    let arguments = "-p baidu --connect-timeout 20s -o json key.pub";
    let child = start(&mut clouds.command(&home, arguments));
    while clouds.connects().len() < 2 {
        thread::sleep(Duration::from_millis(5));
    }
    let sent = Instant::now();
    signal(&child, "-TERM");
    let ended = wait(child).expect(143);
    assert!(sent.elapsed() < AT_ONCE, "{:?}", sent.elapsed());
    assert_eq!(ended.json()["results"][0]["status"], "skipped");
    assert_eq!(clouds.seen().len(), 1);
}

#[test]
fn the_second_signal_reports_at_once() {
    thread::scope(|scope| {
        for form in ["", "-o json", "-o jsonl"] {
            scope.spawn(move || {
                let home = Home::new();
                // The first target is imported, and the second one waits.
                let clouds = FakeCloud::tls(|seen| match seen.number {
                    0 => Reply::Sandbox,
                    _ => Reply::Silence,
                });
                let child =
                    start(&mut clouds.command(&home, &format!("{ARGUMENTS} {form} key.pub")));
                clouds.wait_for_requests(2);
                signal(&child, "-INT");
                thread::sleep(Duration::from_millis(300));
                let sent = Instant::now();
                signal(&child, "-TERM");
                let ended = wait(child).expect(143);
                // The first signal alone would end the run after three seconds, with another code.
                assert!(sent.elapsed() < Duration::from_millis(2500), "{:?}", sent.elapsed());
                let mut statuses = match form {
                    "" => ended.column(0),
                    "-o json" => statuses(ended.json()["results"].as_array().unwrap()),
                    _ => statuses(&ended.records()),
                };
                statuses.sort();
                assert_eq!(statuses, ["imported", "skipped", "unknown"], "{form}");
                ended.says("3 targets: 1 imported, 1 unknown, 1 skipped\n");
            });
        }
    });
}

/// Returns the statuses of results in JSON.
fn statuses(records: &[serde_json::Value]) -> Vec<String> {
    records.iter().map(|record| record["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_hangup_after_another_signal_asks_for_nothing_new() {
    if !can_hear("-HUP") {
        return;
    }
    let home = Home::new();
    // The answer comes late, but within the three seconds.
    let clouds = FakeCloud::tls(|_| {
        thread::sleep(Duration::from_millis(900));
        Reply::Sandbox
    });
    let child = start(&mut clouds.command(&home, &format!("{ARGUMENTS} key.pub")));
    clouds.wait_for_requests(1);
    signal(&child, "-HUP");
    thread::sleep(Duration::from_millis(200));
    signal(&child, "-HUP");
    let ended = wait(child).expect(129);
    assert_eq!(ended.column(0), ["imported", "skipped", "skipped"]);
}

#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| {
        thread::sleep(Duration::from_millis(600));
        Reply::Sandbox
    });
    let run = clouds.command(&home, "");
    let mut command = home.command_in("nohup");
    command.args([super::run::PROGRAM, "-p", "aliyun", "-q", "-o", "text", "key.pub"]);
    command.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = start(&mut command);
    clouds.wait_for_requests(1);
    signal(&child, "-HUP");
    assert_eq!(wait(child).expect(0).column(0), ["imported"]);
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
    assert!(sent.elapsed() < AT_ONCE, "{:?}", sent.elapsed());
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

#[test]
fn a_list_of_regions_that_is_stopped_asks_no_other_cloud() {
    thread::scope(|scope| {
        // The first cloud says nothing, or it responds late, but within the three seconds.
        for responds in [false, true] {
            scope.spawn(move || {
                let home = Home::new();
                let clouds = FakeCloud::tls(move |_| {
                    if !responds {
                        return Reply::Silence;
                    }
                    thread::sleep(Duration::from_millis(900));
                    Reply::Sandbox
                });
                let child = start(&mut clouds.command(&home, "--list-regions"));
                clouds.wait_for_requests(1);
                let sent = Instant::now();
                signal(&child, "-INT");
                let ended = wait(child).expect(130);
                assert!(sent.elapsed() < SOON, "{:?}", sent.elapsed());
                assert_eq!(clouds.seen().len(), 1, "{ended:?}");
                assert_eq!(ended.stdout.is_empty(), !responds, "{ended:?}");
            });
        }
    });
}
