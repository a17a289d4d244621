//! Answers that refuse, fail, mislead, or fail to come.

use std::io::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::cloud::identify;
use super::run::{Ended, Home, finish, set_credential};
use crate::fake_cloud::{FakeCloud, Reply, Seen, closed_port, listen};
use crate::services::identities;

const CLOUDS: [(&str, &str, &str); 4] = [
    ("aliyun", "cn-beijing", "Alibaba Cloud"),
    ("volcengine", "cn-beijing", "Volcengine"),
    ("baidu", "bj", "Baidu AI Cloud"),
    ("aws", "us-east-1", "AWS"),
];

/// Imports into one region with one attempt, from clouds that give every request the same reply.
fn against(
    cloud: &str,
    region: &str,
    script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> Ended {
    let home = Home::new();
    let clouds = FakeCloud::tls(script);
    clouds.run(&home, &format!("--to {cloud}/{region} --attempts 1 -o json key.pub"))
}

fn record(ended: &Ended) -> Value {
    ended.json()["results"][0].clone()
}

/// The bodies of the vendors' refusals.
fn body(cloud: &str, code: &str) -> String {
    let message = "Specified value is not right.";
    if cloud == "aws" {
        let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        return format!("<Response><Errors>{error}</Errors><RequestID>ID-1</RequestID></Response>");
    }
    match cloud {
        "aliyun" => json!({"RequestId": "ID-1", "Code": code, "Message": message}),
        "volcengine" => json!({"ResponseMetadata": {"RequestId": "ID-1", "Error": {"Code": code, "Message": message}}}),
        _ => json!({"requestId": "ID-1", "code": code, "message": message}),
    }
    .to_string()
}

#[test]
fn refusals_of_each_status() {
    let kinds = [
        (401, 4, "credentials_rejected"),
        (403, 5, "permission_denied"),
        (429, 8, "throttled"),
        (400, 11, "value_refused"),
    ];
    for (cloud, region, title) in CLOUDS {
        for (status, code, kind) in kinds {
            let ended = against(cloud, region, move |_| {
                Reply::status(status, body(cloud, "NotInAnyTable"))
            });
            let ended = ended.expect(code);
            let lines: Vec<&str> = ended.stderr.lines().collect();
            assert_eq!(lines.len(), 3, "{}", ended.stderr);
            assert_eq!(lines[0], format!("error: {cloud} {region}: {title} refused the request"));
            let cause = format!(
                "  cause: NotInAnyTable: Specified value is not right. (HTTP {status}, request ID-1)"
            );
            // Baidu's request id stands in a header.
            assert!(lines[1] == cause || cloud == "baidu", "{}", ended.stderr);
            assert!(lines[2].starts_with("  hint: "));
            let error = record(&ended)["error"].clone();
            assert_eq!(error["kind"], kind, "{cloud} {status}");
            assert_eq!(error["code"], "NotInAnyTable");
            assert_eq!(error["http_status"], status);
            let said = lines[1].trim_start_matches("  cause: ");
            assert_eq!(error["message"], format!("{title} refused the request: {said}"));
            assert_eq!(error["retryable"], status == 429);
        }
    }
}

#[test]
fn a_server_that_fails_leaves_the_outcome_unknown() {
    for (cloud, region, _) in CLOUDS {
        let ended = against(cloud, region, move |seen| {
            if cloud == "baidu" && !seen.target().contains("import") {
                // The look before the import finds nothing; later ones fail like the import.
                return Reply::status(500, body(cloud, "Whatever"));
            }
            Reply::status(500, body(cloud, "Whatever"))
        });
        if cloud == "baidu" {
            // Nothing was written yet.
            assert_eq!(record(&ended.expect(8))["status"], "failed");
            continue;
        }
        let ended = ended.expect(9);
        let record = record(&ended);
        assert_eq!(record["status"], "unknown");
        assert_eq!(record["error"]["kind"], "outcome_unknown");
        assert_eq!(record["error"]["retryable"], true);
        // What the cloud said stands below the doubt, and is told all the same.
        assert_eq!(record["error"]["code"], "Whatever");
        assert_eq!(record["error"]["http_status"], 500);
        assert_eq!(record["error"]["request_id"], "ID-1");
        let message = record["error"]["message"].as_str().unwrap();
        let cause = ended.stderr.lines().nth(1).unwrap().trim_start_matches("  cause: ");
        assert_eq!(message, format!("the request may or may not have been processed: {cause}"));
        assert!(ended.stderr.lines().count() <= 3, "{}", ended.stderr);
        ended.says("  hint: run the same command again to settle it\n");
    }
}

#[test]
fn wrong_and_expired_credentials() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    for (cloud, region, _) in CLOUDS {
        let known = identities(cloud).unwrap();
        let run = |identity| {
            let mut command =
                clouds.command(&home, &format!("--to {cloud}/{region} -o json key.pub"));
            identify(&mut command, cloud, identity);
            finish(command)
        };
        let expired = run(known.expired).expect(4);
        assert_eq!(record(&expired)["error"]["kind"], "credentials_expired", "{cloud}");
        let unauthorized = run(known.unauthorized).expect(5);
        assert_eq!(record(&unauthorized)["error"]["kind"], "permission_denied", "{cloud}");
        let mut wrong = known.owner;
        wrong.secret = "not-the-secret-of-the-owner";
        let ended = run(wrong).expect(4);
        assert_eq!(record(&ended)["error"]["kind"], "credentials_rejected", "{cloud}");
        for ended in [&expired, &unauthorized, &ended] {
            let all = format!("{}{}", ended.stdout, ended.stderr);
            for secret in [known.expired.secret, known.expired.token.unwrap(), wrong.secret] {
                assert!(!all.contains(secret), "{all}");
            }
        }
        assert!(clouds.stored(cloud, region).is_empty());
    }
}

#[test]
fn a_clock_that_is_off_is_shown_beside_the_clouds() {
    let codes = [
        ("aliyun", "cn-beijing", 400, "InvalidTimeStamp.Expired"),
        ("volcengine", "cn-beijing", 400, "InvalidTimestamp"),
        ("baidu", "bj", 403, "RequestExpired"),
    ];
    for (cloud, region, status, code) in codes {
        let ended = against(cloud, region, move |_| {
            let date = ("date", "Thu, 01 Jan 2026 08:09:10 GMT");
            Reply::with_headers(status, &[date], body(cloud, code))
        });
        let ended = ended.expect(4);
        assert_eq!(record(&ended)["error"]["kind"], "clock_skew", "{cloud}");
        let hint = ended.stderr.lines().last().unwrap();
        assert!(hint.starts_with("  hint: set the clock of this machine: it says 2"), "{hint}");
        assert!(hint.ends_with("Z, the server says 2026-01-01 08:09:10Z"), "{hint}");
    }
}

#[test]
fn a_code_with_four_causes_tells_all_of_them() {
    let refuse = |date: &'static str| {
        against("aws", "us-east-1", move |_| {
            Reply::with_headers(401, &[("date", date)], body("aws", "AuthFailure"))
        })
        .expect(4)
    };
    let date = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now())
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let ended = refuse(Box::leak(date.into_boxed_str()));
    assert_eq!(record(&ended)["error"]["kind"], "credentials_rejected");
    for cause in ["access key id or secret", "the clock", "not enabled", "the partition"] {
        assert!(ended.stderr.contains(cause), "{}", ended.stderr);
    }
    // Where the clocks differ, it is known which one it is.
    let ended = refuse("Thu, 01 Jan 2026 08:09:10 GMT");
    assert_eq!(record(&ended)["error"]["kind"], "credentials_rejected");
    ended.says("  hint: set the clock of this machine: it says 2");
}

#[test]
fn a_request_that_expired_is_the_tokens_or_the_clocks() {
    for (token, kind) in [(Some("token"), "credentials_expired"), (None, "clock_skew")] {
        let home = Home::new();
        let clouds = FakeCloud::tls(|_| Reply::status(400, body("aws", "RequestExpired")));
        let mut command = clouds.command(&home, "--to aws/us-east-1 -o json key.pub");
        set_credential(&mut command, "aws", "AKIA", "secret", token);
        let ended = finish(command).expect(4);
        assert_eq!(record(&ended)["error"]["kind"], kind);
        ended.says("  hint: get a new session token; without one, set the clock");
    }
}

#[test]
fn redirects_are_not_followed() {
    for (cloud, region, _) in CLOUDS {
        let home = Home::new();
        let clouds = FakeCloud::tls(|_| {
            Reply::with_headers(302, &[("location", "https://evil.example/")], "")
        });
        let ended = clouds.run(&home, &format!("--to {cloud}/{region} -o json key.pub")).expect(1);
        assert_eq!(record(&ended)["error"]["http_status"], 302);
        assert_eq!(clouds.seen().len(), 1);
        assert_eq!(clouds.connects().len(), 1);
        ended
            .says("  cause: HTTP 302\n")
            .says("  hint: redirects are not followed; check `--endpoint` and proxies\n");
    }
}

#[test]
fn why_nobody_answers_is_told_in_json_too() {
    let home = Home::new();
    let closed = closed_port();
    let mut command = home.command(&format!(
        "-p aliyun -r cn-beijing --endpoint http://{closed} --attempts 1 -o jsonl key.pub"
    ));
    identify(&mut command, "aliyun", identities("aliyun").unwrap().owner);
    let ended = finish(command).expect(8);
    let error = ended.records()[0]["error"].clone();
    assert_eq!(error["message"], format!("no response from {closed}: the connection was refused"));
    for name in ["code", "http_status", "request_id"] {
        assert_eq!(error[name], Value::Null);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_explained_in_json_too() {
    let ended = Home::new().run("-p aliyun -o json nope.pub").expect(2);
    let message = "nope.pub: cannot be read: No such file or directory (os error 2)";
    assert_eq!(ended.json()["error"]["message"], message);
}

/// Answers the import in one way and look-ups not at all, so that a run need not wait for lists to settle.
fn to_the_import(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (Ended, String) {
    let ended = against("aliyun", "cn-beijing", move |seen| {
        if seen.target().contains("ImportKeyPair") { reply() } else { Reply::Close }
    });
    let ended = ended.expect(9);
    assert_eq!(record(&ended)["status"], "unknown");
    let cause = ended.stderr.lines().nth(1).unwrap_or_default().to_owned();
    (ended, cause)
}

#[test]
fn answers_that_are_broken_are_no_answer() {
    let closed = "the connection was closed in the middle";
    let (ended, cause) = to_the_import(|| Reply::Close);
    assert_eq!(
        ended.stderr.lines().next().unwrap(),
        "error: aliyun cn-beijing: the request may or may not have been processed"
    );
    assert_eq!(cause, format!("  cause: no response from ecs.cn-beijing.aliyuncs.com: {closed}"));

    let (_, cause) = to_the_import(|| Reply::Raw(Reply::NO_HTTP.to_vec()));
    assert!(cause.ends_with(": the response is not HTTP"), "{cause}");

    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"KeyPair";
    let (_, cause) = to_the_import(|| Reply::Raw(cut.to_vec()));
    assert!(cause.ends_with(&format!(": {closed}")), "{cause}");

    let (_, cause) = to_the_import(|| Reply::status(200, "<html>hello</html>"));
    assert!(cause.contains("the response to the import cannot be read"), "{cause}");

    let (_, cause) = to_the_import(|| Reply::status(200, " ".repeat(1024 * 1024 + 1)));
    assert!(cause.ends_with(": the response is longer than 1 MiB"), "{cause}");
}

#[test]
fn a_connection_that_is_reset_after_the_request() {
    use std::io::Read as _;
    let home = Home::new();
    // Closed with something unread, a connection is reset.
    let address = listen(|mut stream| {
        let _ = stream.read(&mut [0; 8]);
    });
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let arguments = format!("--endpoint http://{address} -p aliyun -r cn-beijing --attempts 1");
    let ended = clouds.run(&home, &format!("{arguments} key.pub")).expect(9);
    assert_eq!(
        ended.stderr,
        format!(
            "error: aliyun cn-beijing: the request may or may not have been processed\n  \
             cause: no response from {address}: the connection was reset\n  \
             hint: run the same command again to settle it\n"
        )
    );
    assert!(ended.stdout.starts_with("unknown\taliyun\t"), "{}", ended.stdout);
    // A question that gets no answer leaves nothing unknown.
    let ended = clouds.run(&home, &format!("{arguments} --check key.pub")).expect(8);
    ended.says("  cause: the connection was reset\n  hint: it is safe to run again\n");
}

#[test]
fn an_answer_that_drips_ends_with_the_time() {
    for reply in [|| Reply::Drip, || Reply::Silence] {
        let home = Home::new();
        let clouds = FakeCloud::tls(move |_| reply());
        let ended = clouds.run(&home, "--to aliyun/cn-beijing --timeout 700ms -o json key.pub");
        let ended = ended.expect(9);
        assert!(ended.took >= Duration::from_millis(650), "{:?}", ended.took);
        // Without `--timeout` the request would end after 15 seconds.
        assert!(ended.took < Duration::from_secs(12), "{:?}", ended.took);
        assert_eq!(record(&ended)["status"], "unknown");
        assert_eq!(clouds.seen().len(), 1);
        let (_, time) = ended.stderr.split_once(": no complete response within ").unwrap();
        let (millis, _) = time.split_once(" ms\n").unwrap();
        assert!((1..=700).contains(&millis.parse::<u32>().unwrap()), "{}", ended.stderr);
    }
}

#[test]
fn answers_without_end_are_bounded_in_every_part() {
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const KINDS: [(&[u8], &[u8]); 9] = [
        (b"", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"),
        (b"HTTP/1.1 200 ", b"OK OK OK OK OK OK OK OK OK OK OK "),
        (b"HTTP/1.1 200 OK\r\n", b"name: value value value value\r\n"),
        (b"HTTP/1.1 200 OK\r\nname: ", b"value value value value value "),
        (b"HTTP/1.1 200 OK\r\n\r\n", &[b' '; 8192]),
        (CHUNKED, b"10\r\n                \r\n"),
        (CHUNKED, b"1;name=value;name=value\r\n \r\n"),
    ];
    for cloud in keyimport::provider::ALL.iter().map(|cloud| cloud.info().id) {
        for (first, again) in KINDS {
            let home = Home::new();
            let clouds = FakeCloud::tls(move |_| Reply::Forever(first, again));
            let ended = clouds.run(&home, &format!("--to {cloud} --timeout 1s -o json key.pub"));
            let what = format!("{cloud} {}", String::from_utf8_lossy(again));
            assert!(matches!(ended.code, Some(8 | 9)), "{what}: {ended:?}");
            assert!(ended.took < Duration::from_secs(20), "{what}: {ended:?}");
            record(&ended);
        }
    }
}

/// A server that keeps its connections busy keeps nobody from noticing the time.
#[test]
fn answers_without_end_do_not_outlast_the_time_of_many_targets() {
    let regions: Vec<String> = (0..64).map(|number| format!("r{number}")).collect();
    let regions = regions.join(",");
    let addr = listen(|mut stream| {
        let again = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
        while stream.write_all(&again).is_ok() {}
    });
    for cloud in keyimport::provider::ALL.iter().map(|cloud| cloud.info().id) {
        let home = Home::new();
        let mut command = home.command(&format!(
            "-p {cloud} -r {regions} --endpoint http://{addr} --timeout 2s -q -o text key.pub"
        ));
        identify(&mut command, cloud, identities(cloud).unwrap().owner);
        let ended = finish(command);
        assert!(matches!(ended.code, Some(8 | 9)), "{cloud}: {ended:?}");
        assert_eq!(ended.rows().len(), 64, "{cloud}");
        assert!(ended.took < Duration::from_secs(6), "{cloud}: {:?}", ended.took);
    }
}

#[test]
fn a_region_that_throttles_is_waited_for() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| match seen.number {
        0 => Reply::with_headers(
            429,
            &[("retry-after", "0"), ("x-acs-retry-after", "200")],
            body("aliyun", "Throttling.User"),
        ),
        _ => Reply::Sandbox,
    });
    let ended = clouds.run(&home, "--to aliyun/cn-beijing -o json key.pub").expect(0);
    assert!(ended.took >= Duration::from_millis(200), "{:?}", ended.took);
    assert_eq!(record(&ended)["attempts"], 2);
}

#[test]
fn what_a_cloud_says_cannot_steer_a_terminal_or_repeat_the_key() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| {
        let said =
            format!("\u{1b}[2J\u{202e}bad {}", seen.raw("PublicKeyBody").unwrap_or_default());
        let said =
            said.replace("%20", " ").replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        let body = json!({"Code": "Odd\u{1b}[31m", "Message": said, "RequestId": "\u{9b}1"});
        Reply::status(400, body.to_string())
    });
    let key = super::keys::RSA.split(' ').nth(1).unwrap();
    for form in ["text", "json"] {
        let ended = clouds.run(&home, &format!("--to aliyun/cn-beijing -vv -o {form} key.pub"));
        let ended = ended.expect(11);
        if form == "json" {
            assert_eq!(record(&ended)["request_ids"], json!(["1"]));
        }
        let all = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!all.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{all:?}");
        assert!(!all.contains(&key[20..60]), "{all}");
    }
}
