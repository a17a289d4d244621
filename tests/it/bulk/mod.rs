//! Many keys, regions and clouds in one run of the binary.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use keyimport::sandbox::owner;
use keyimport::wire::Response;
use serde_json::Value;

use crate::cli::run::{Ended, Home, finish, set_credential};
use crate::fake_cloud::{FakeCloud, Reply};

const ALIYUN_REGIONS: &str = "cn-beijing,cn-hangzhou,cn-shanghai,eu-west-1";

fn key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/taken").join(name)
}

fn keys() -> Vec<PathBuf> {
    ["rsa-2048.pub", "ecdsa-256.pub", "ecdsa-384.pub"].map(key).to_vec()
}

/// Runs the program with the sandbox's credentials against a server.
fn run(server: &FakeCloud, arguments: &[&str], keys: &[PathBuf]) -> (i32, Vec<Value>, Ended) {
    run_at(&server.endpoints(), arguments, keys)
}

fn run_at(endpoints: &[String], arguments: &[&str], keys: &[PathBuf]) -> (i32, Vec<Value>, Ended) {
    // An address for a cloud that is not selected is an error.
    let named = arguments.join(" ");
    let endpoints = endpoints.chunks(2).filter(|pair| {
        let (cloud, _) = pair[1].split_once('=').unwrap();
        named.contains(cloud)
    });
    let home = Home::new();
    let mut command = home.command("-o jsonl");
    for cloud in crate::cloud_ids() {
        let owner = owner(cloud).unwrap();
        set_credential(&mut command, cloud, &owner.id, &owner.secret, None);
    }
    command.args(endpoints.flatten()).args(arguments).args(keys);
    let ended = finish(command);
    (ended.code.unwrap(), ended.records(), ended)
}

fn statuses(records: &[Value]) -> Vec<&str> {
    let mut statuses: Vec<&str> =
        records.iter().map(|record| record["status"].as_str().unwrap()).collect();
    statuses.sort_unstable();
    statuses
}

fn throttled() -> Response {
    Response {
        status: 400,
        headers: vec![("x-acs-retry-after".to_owned(), "50".to_owned())],
        body: br#"{"Code":"Throttling.User","Message":"Request was denied due to user flow control."}"#
            .to_vec(),
    }
}

#[test]
fn all_regions_of_three_clouds_take_three_keys_and_keep_them() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    let clouds = ["-p", "aliyun", "-p", "volcengine", "-p", "baidu", "--all-regions"];
    let (code, records, output) = run_at(&server.central_endpoints(), &clouds, &keys());
    assert_eq!(code, 0, "{}", output.stderr);
    assert!(records.len() > 150, "{} targets", records.len());
    assert!(records.iter().all(|record| record["status"] == "imported"
        && record["changed"] == true
        && record["verified"] != "no"));
    let before = server.to_json();
    let (code, again, _) = run_at(&server.central_endpoints(), &clouds, &keys());
    assert_eq!((code, again.len()), (0, records.len()));
    assert!(again.iter().all(|record| record["status"] == "already_present"
        && record["changed"] == false
        && record["verified"] != "no"));
    assert_eq!(server.to_json(), before);
}

#[test]
fn one_region_fails_one_throttles_one_is_silent_and_the_others_finish() {
    let server = FakeCloud::plain(|seen| match seen.host.as_str() {
        "ecs.cn-beijing.aliyuncs.com" => Reply::Response(Response {
            status: 403,
            headers: Vec::new(),
            body: br#"{"Code":"Forbidden.RAM","Message":"User not authorized."}"#.to_vec(),
        }),
        "ecs.cn-hangzhou.aliyuncs.com" if seen.before < 3 => Reply::Response(throttled()),
        "ecs.cn-shanghai.aliyuncs.com" => Reply::Silence,
        "bcc.gz.baidubce.com" if seen.before == 1 => Reply::SandboxThenClose,
        _ => Reply::Sandbox,
    });
    let to = format!("aliyun/{ALIYUN_REGIONS}");
    let started = Instant::now();
    let arguments =
        ["--to", &to, "--to", "baidu/bj,gz", "--to", "volcengine/cn-beijing", "--timeout", "3s"];
    let (code, records, _) = run(&server, &arguments, &keys()[..1]);
    // Without `--timeout` the silent request would end after 15 seconds.
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    assert_eq!(code, 10);
    let status = |region: &str| {
        let record = records.iter().find(|record| record["region"] == region).unwrap();
        (record["status"].as_str().unwrap(), record["error"]["kind"].as_str().unwrap_or("none"))
    };
    assert_eq!(records.len(), 7);
    assert_eq!(status("cn-hangzhou"), ("imported", "none"));
    assert_eq!(status("eu-west-1"), ("imported", "none"));
    assert_eq!(status("bj"), ("imported", "none"));
    assert_eq!(status("gz"), ("imported", "none"));
    assert_eq!(status("cn-shanghai"), ("unknown", "outcome_unknown"));
    let beijing: Vec<&Value> =
        records.iter().filter(|record| record["region"] == "cn-beijing").collect();
    assert_eq!(beijing.len(), 2);
    for record in beijing {
        let expected = if record["provider"] == "aliyun" { "permission_denied" } else { "" };
        assert_eq!(record["error"]["kind"].as_str().unwrap_or(""), expected);
    }
    for (cloud, region, count) in [
        ("aliyun", "cn-beijing", 0),
        ("aliyun", "cn-hangzhou", 1),
        ("aliyun", "cn-shanghai", 0),
        ("baidu", "gz", 1),
    ] {
        assert_eq!(server.stored(cloud, region).len(), count, "{cloud} {region}");
    }
}

#[test]
fn repeats_collapse_and_nothing_runs_twice() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    let arguments = ["--to", "aliyun/cn-beijing,cn-beijing", "--to", "alibaba/cn-beijing"];
    let twice = [key("rsa-2048.pub"), key("rsa-2048.spki.pem")];
    let (code, records, _) = run(&server, &arguments, &twice);
    assert_eq!((code, statuses(&records)), (0, vec!["imported"]));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn nothing_is_sent_anywhere_while_one_target_is_wrong() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    for (arguments, code) in [
        // Baidu takes no tag, Alibaba Cloud no description.
        (vec!["--to", "aliyun/cn-beijing", "--to", "baidu/bj", "--tag", "a=b"], 2),
        (vec!["--to", "baidu/bj", "--to", "aliyun/cn-beijing", "-d", "text"], 2),
        (vec!["--to", "aliyun/cn-beijing", "--to", "baidu/BJ"], 2),
        (vec!["--to", "aliyun/cn-beijing", "--to", "volcengine", "-n", "a--b"], 2),
        (vec!["--to", "aliyun/cn-beijing", "-n", "one-name-for-three"], 2),
    ] {
        let (found, records, output) = run(&server, &arguments, &keys());
        assert_eq!((found, records.len()), (code, 0), "{arguments:?}: {output:?}");
    }
    let private = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/private/openssh-ed25519");
    let (code, records, _) =
        run(&server, &["--to", "aliyun/cn-beijing"], &[key("rsa-2048.pub"), private]);
    assert_eq!((code, records.len()), (3, 0));
    assert_eq!(server.connections(), 0);
}

#[test]
fn names_of_several_keys_are_filled_in() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    let (code, records, _) = run(&server, &["--to", "aliyun/cn-beijing", "-n", "ci-{}"], &keys());
    assert_eq!(code, 0);
    let mut names: Vec<&str> =
        records.iter().map(|record| record["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ci-ecdsa-256", "ci-ecdsa-384", "ci-rsa-2048"]);
}

#[test]
fn no_more_are_in_flight_than_jobs_allow() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    let regions: Vec<String> = (0..60).map(|number| format!("r{number}")).collect();
    let to = format!("aliyun/{}", regions.join(","));
    let (code, records, _) = run(&server, &["--to", &to, "-j", "3"], &keys()[..1]);
    assert_eq!((code, records.len()), (0, 60));
    assert!(server.most_in_flight() <= 3);
}

#[test]
fn one_at_a_time_begins_with_the_first_and_takes_turns() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    let to = ["--to", "aliyun/cn-beijing,cn-shanghai", "--to", "baidu/bj,gz", "-j", "1"];
    let (code, records, _) = run(&server, &to, &keys()[..1]);
    assert_eq!(code, 0);
    let regions: Vec<&str> =
        records.iter().map(|record| record["region"].as_str().unwrap()).collect();
    assert_eq!(regions, ["cn-beijing", "bj", "cn-shanghai", "gz"]);
}

#[test]
fn a_cloud_that_throttles_slows_down_alone_and_recovers() {
    // Alibaba Cloud throttles until Volcengine has had a request for every region: if its targets held the others up,
    // their attempts would be used up.
    let count = AtomicUsize::new(0);
    let server = FakeCloud::plain(move |seen| {
        if !seen.host.ends_with("aliyuncs.com") {
            count.fetch_add(1, Ordering::SeqCst);
        } else if count.load(Ordering::SeqCst) < 20 {
            return Reply::Response(throttled());
        }
        Reply::Sandbox
    });
    let regions: Vec<String> = (0..20).map(|number| format!("r{number}")).collect();
    let aliyun = format!("aliyun/{}", regions.join(","));
    let volcengine = format!("volcengine/{}", regions.join(","));
    let arguments = ["--to", &aliyun, "--to", &volcengine, "-j", "16", "--attempts", "8"];
    let (code, records, output) = run(&server, &arguments, &keys()[..1]);
    // The sandbox does not know these regions at Volcengine; what counts is which cloud ends first.
    let ended: Vec<&str> =
        records.iter().map(|record| record["provider"].as_str().unwrap()).collect();
    let quick = ended[..20].iter().filter(|cloud| **cloud == "volcengine").count();
    assert!(quick >= 10, "{ended:?} {code} {}", output.stderr);
    let aliyun: Vec<&Value> =
        records.iter().filter(|record| record["provider"] == "aliyun").collect();
    assert!(aliyun.iter().all(|record| record["status"] == "imported"), "{aliyun:?}");
}

#[test]
fn fail_fast_starts_nothing_new() {
    let server = FakeCloud::plain(|seen| match seen.host.as_str() {
        "ecs.t0.aliyuncs.com" => Reply::Response(Response {
            status: 403,
            headers: Vec::new(),
            body: br#"{"Code":"QuotaExceed.KeyPair","Message":"The key pair quota exceeds."}"#
                .to_vec(),
        }),
        _ => Reply::Sandbox,
    });
    let arguments = ["--to", "aliyun/t0,t1,t2,t3", "-j", "1", "--fail-fast"];
    let (code, records, _) = run(&server, &arguments, &keys()[..1]);
    assert_eq!(code, 7);
    assert_eq!(statuses(&records), ["failed", "skipped", "skipped", "skipped"]);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn several_classes_without_a_success_give_the_lowest() {
    let server = FakeCloud::plain(|seen| {
        let code = if seen.host.contains("t0") { "QuotaExceed.KeyPair" } else { "Forbidden.RAM" };
        let body = format!(r#"{{"Code":"{code}","Message":"no"}}"#);
        Reply::Response(Response { status: 403, headers: Vec::new(), body: body.into_bytes() })
    });
    let (code, _, _) = run(&server, &["--to", "aliyun/t0,t1"], &keys()[..1]);
    assert_eq!(code, 5);
    let (code, _, _) = run(&server, &["--to", "aliyun/t0"], &keys()[..1]);
    assert_eq!(code, 7);
}

#[test]
fn keys_of_one_region_share_a_connection() {
    let server = FakeCloud::plain(|_| Reply::Sandbox);
    // One at a time: a look and an import for each of three keys.
    let (code, _, _) = run(&server, &["--to", "baidu/bj", "-j", "1"], &keys());
    assert_eq!(code, 0);
    assert_eq!(server.connections(), 1);
    assert_eq!(server.seen().len(), 6);
}
