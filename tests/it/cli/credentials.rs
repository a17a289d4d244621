//! The search for a credential ends with its time, whoever is asked.

use std::fs;
#[cfg(target_os = "linux")]
use std::io::Write as _;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::run::{Ended, Home, can_hear, finish, signal, start, wait};
use crate::fake_cloud::{FakeCloud, Reply};

/// What a search that is given two seconds may take on a busy machine. Without that limit it takes ten or more.
const SOON: Duration = Duration::from_secs(9);

/// A credentials URI that grants so many credentials, and is silent from then on.
fn granting(count: usize) -> FakeCloud {
    FakeCloud::plain(move |seen| {
        if seen.number >= count {
            return Reply::Silence;
        }
        let id = format!("STS.{}", seen.number);
        let body = serde_json::json!({
            "Code": "Success", "AccessKeyId": id, "AccessKeySecret": "hush", "SecurityToken": "TOKEN",
        });
        Reply::status(200, body.to_string())
    })
}

/// Puts a profile whose credential is what a shell script prints.
fn put_program(home: &Home, script: &str) {
    let command = format!("sh -c '{script}'");
    let config = serde_json::json!({"profiles": [
        {"name": "default", "mode": "External", "process_command": command}
    ]});
    home.put(".aliyun/config.json", config.to_string());
}

const PROGRAM: &str = "the program of profile `default` of ~/.aliyun/config.json";

#[track_caller]
fn is_late(ended: Ended, asked: &str) -> Ended {
    let message = format!("no credential was found before the timeout: no response from {asked}\n");
    let ended = ended.expect(8).says(&message);
    assert!(ended.took < SOON, "{:?}", ended.took);
    ended
}

#[test]
fn the_time_holds_for_the_first_credential() {
    let home = Home::new();
    let cloud = granting(0);
    let silent = cloud.addr;
    let mut command = home.command("-p aliyun --timeout 2s key.pub");
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{silent}/"));
    is_late(finish(command), &silent.to_string())
        .says("hint: it is safe to run again; `--timeout` gives it more time\n");
}

#[test]
fn the_time_holds_for_a_newer_credential() {
    let home = Home::new();
    let token_service = granting(1);
    let granting = token_service.addr;
    let clouds = FakeCloud::tls(|_| {
        let body = r#"{"Code":"InvalidSecurityToken.Expired","Message":"over","RequestId":"1"}"#;
        Reply::status(400, body)
    });
    let mut command = clouds.command(&home, "-p aliyun --timeout 2s key.pub");
    for part in ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"] {
        command.env_remove(format!("ALIBABA_CLOUD_{part}"));
    }
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{granting}/"));
    is_late(finish(command), &granting.to_string());
    assert_eq!(clouds.seen().len(), 1);
}

/// A program that lives on would hold standard error, and with it the end of the wait.
#[test]
fn the_time_holds_for_a_program() {
    let home = Home::new();
    put_program(&home, "exec sleep 30");
    is_late(home.run("-p aliyun --timeout 2s key.pub"), PROGRAM);
}

/// Waits until the program of a run has put a file, which tells that it was started.
fn wait_for(home: &Home, file: &str) {
    let began = Instant::now();
    while !home.path(file).exists() {
        assert!(began.elapsed() < Duration::from_secs(30), "no program was started");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_run_that_is_stopped_ends_its_program() {
    let signals = [("-INT", 130), ("-TERM", 143), ("-HUP", 129)];
    for (name, code) in signals.into_iter().filter(|(name, _)| can_hear(name)) {
        let home = Home::new();
        put_program(&home, "touch started; exec sleep 30");
        let child = start(&mut home.command("-p aliyun -o json key.pub"));
        wait_for(&home, "started");
        let sent = Instant::now();
        signal(&child, name);
        let ended = wait(child).expect(code);
        // Nothing has to be settled, so the three seconds are not waited for.
        assert!(sent.elapsed() < Duration::from_millis(2500), "{:?}", sent.elapsed());
        assert_eq!(ended.json()["results"], serde_json::json!([]));
        ended.says(&format!("no response from {PROGRAM}: the run was stopped\n"));
    }
}

/// A program that leaves a child behind, which ignores signals and holds the program's pipes and another one.
/// Returns what hears from the other pipe once everybody who holds it has ended.
fn put_parent(home: &Home, then: &str) -> mpsc::Receiver<()> {
    let pipe = home.path("held");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = "(trap \"\" HUP INT TERM; touch started; sleep 300; :) 3>held &";
    put_program(home, &format!("{child} until [ -e started ]; do sleep 0.01; done; {then}"));
    let (ended, heard) = mpsc::channel();
    thread::spawn(move || {
        let _ = fs::read(pipe);
        let _ = ended.send(());
    });
    heard
}

#[test]
fn what_a_program_started_ends_with_it() {
    const KEY: &str = r#"{"mode": "AK", "access_key_id": "LTAI", "access_key_secret": "hush"}"#;
    let ends: [(&str, &str, &[&str], &[i32]); 8] = [
        ("cat key.json", "", &[], &[8]),
        ("exit 3", "", &[], &[4]),
        ("exec yes", "", &[], &[4]),
        ("exec sleep 300", "--timeout 1s", &[], &[8]),
        ("trap \"\" INT TERM; sleep 300; :", "", &["-INT"], &[130]),
        ("exec sleep 300", "", &["-TERM"], &[143]),
        ("exec sleep 300", "", &["-HUP"], &[129]),
        ("exec sleep 300", "", &["-INT", "-TERM"], &[130, 143]),
    ];
    thread::scope(|scope| {
        let are_heard = |signals: &[&str]| signals.iter().all(|name| can_hear(name));
        for (then, option, signals, codes) in ends.into_iter().filter(|end| are_heard(end.2)) {
            scope.spawn(move || {
                let home = Home::new();
                home.put("key.json", KEY);
                let heard = put_parent(&home, then);
                let run = "-p aliyun --endpoint http://127.0.0.1:1 --attempts 1 key.pub";
                let child = start(&mut home.command(&format!("{run} {option}")));
                wait_for(&home, "started");
                for name in signals {
                    signal(&child, name);
                }
                let ended = wait(child);
                assert!(ended.code.is_some_and(|code| codes.contains(&code)), "{then}: {ended:?}");
                assert!(ended.took < SOON, "{then}: {ended:?}");
                heard.recv_timeout(Duration::from_secs(10)).expect(then);
            });
        }
    });
}

#[test]
fn what_a_program_writes_to_standard_error_is_not_shown() {
    let home = Home::new();
    let run = "-p aliyun --endpoint http://127.0.0.1:1 --attempts 1 -vv key.pub";
    for (then, code, says) in [
        (
            "exit 3",
            4,
            "`process_command` failed: exit status: 3\n  hint: run the command by itself",
        ),
        ("cat key.json", 8, ""),
    ] {
        let key = r#"{"mode": "AK", "access_key_id": "LTAI", "access_key_secret": "hush"}"#;
        home.put("key.json", key);
        // As a shell with `set -x` traces what it does.
        put_program(&home, &format!("cat key.json >&2; {then}"));
        let ended = home.run(run).expect(code).says(says);
        assert!(!ended.all().contains("hush"), "{}", ended.all());
    }
}

#[test]
fn a_program_may_print_so_much_and_no_more() {
    let home = Home::new();
    put_program(&home, "exec yes");
    let ended = home.run("-p aliyun key.pub").expect(4);
    assert!(ended.took < SOON, "{:?}", ended.took);
    ended.says("the program of `process_command` failed: it printed more than 1 MiB\n");
    // Blanks around JSON are JSON; what they surround is refused for what it is.
    put_program(&home, "head -c 1048574 /dev/zero | tr \"\\0\" \" \"; echo []");
    home.run("-p aliyun key.pub").expect(4).says("1 MiB\n");
    put_program(&home, "head -c 1048573 /dev/zero | tr \"\\0\" \" \"; echo []");
    home.run("-p aliyun key.pub").expect(4).says("it is not JSON with `access_key_id`\n");
}

#[test]
fn attempts_and_traces_reach_the_calls_for_credentials() {
    let home = Home::new();
    for attempts in [1, 2] {
        let service = FakeCloud::plain(|_| Reply::status(503, "busy"));
        let arguments = format!("-p aliyun --attempts {attempts} -vv key.pub");
        let mut command = home.command(&arguments);
        command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{}/hush-path", service.addr));
        let ended = finish(command).expect(8);
        assert_eq!(service.seen().len(), attempts);
        let traced = format!("> GET http://{}/***\n", service.addr);
        assert_eq!(ended.stderr.matches(&traced).count(), attempts, "{}", ended.stderr);
        for part in ["< 503\n", "< busy\n"] {
            assert_eq!(ended.stderr.matches(part).count(), attempts, "{}", ended.stderr);
        }
        assert!(!ended.all().contains("hush-path"), "{}", ended.all());
    }
}

/// A settings file that comes from a program, such as `<(sops decrypt …)`: credential and region are both in it.
#[cfg(target_os = "linux")]
#[test]
fn settings_may_come_from_a_pipe() {
    let home = Home::new();
    let cloud = FakeCloud::plain(|_| Reply::Sandbox);
    let config = serde_json::json!({"profiles": [{
        "name": "default", "mode": "AK", "region_id": "cn-shanghai",
        "access_key_id": "LTAI", "access_key_secret": "hush"
    }]});
    for path in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(config.to_string().as_bytes()).unwrap();
        drop(writer);
        let endpoint = format!("http://{}", cloud.addr);
        let mut command = home.command(&format!("-p aliyun --endpoint {endpoint} -v key.pub"));
        command.env("ALIBABA_CLOUD_CONFIG_FILE", path).stdin(reader);
        wait(start(&mut command))
            .says(&format!("aliyun: using credentials from profile `default` of {path} "))
            .says(&format!("region cn-shanghai from profile `default` of {path}\n"));
    }
}
