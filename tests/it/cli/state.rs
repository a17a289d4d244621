//! The state file of the sandbox: kept, broken, read-only, shared by runs at the same time.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::keys;
use super::run::{Home, list, start, wait};

/// Makes a file read-only, which holds for this program even where root runs it.
fn close(path: &Path) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path, permissions).unwrap();
}

/// Does what a run does that takes its time over the state.
fn hold(home: &Home, name: &str) -> File {
    let file = File::create(home.path(name)).unwrap();
    file.lock().unwrap();
    file
}

/// A state with one key pair, stored at this time.
fn with_time(time: &str) -> String {
    let pair = format!(r#"{{"name":"n","line":"ssh-rsa AAAA","id":"i","created":"{time}"}}"#);
    let pairs = format!(r#"{{"aliyun":{{"cn-hangzhou":[{pair}]}}}}"#);
    format!(r#"{{"schema":1,"serial":1,"pairs":{pairs},"tokens":{{}}}}"#)
}

#[test]
fn numbers_at_their_limits_are_read_and_written() {
    let home = Home::new();
    for (serial, time) in [(0, "0001-01-01T00:00:00Z"), ((1_u64 << 48) - 2, "9998-12-31T23:59:59Z")]
    {
        home.put("state", with_time(time).replace("\"serial\":1", &format!("\"serial\":{serial}")));
        for cloud in ["aliyun", "volcengine", "baidu"] {
            // A newer key needs no other serial, and the times are shown by no run.
            home.run(&format!("--sandbox=state -p {cloud} --check key.pub")).expect(12);
        }
        home.run("--sandbox=state -p volcengine key.pub").expect(0);
        home.run("--sandbox=state -p volcengine key.pub").expect(0);
        assert!(home.read("state").contains(&format!("\"serial\": {}", serial + 1)));
    }
}

#[test]
fn a_file_that_holds_something_else_is_left_alone() {
    let home = Home::new();
    let hint = "  hint: name a file that `--sandbox=FILE` wrote, or one that does not exist yet\n";
    let broken = [
        ("half", r#"{"schema":1,"#),
        ("later", r#"{"schema":2,"serial":0,"pairs":{},"tokens":{}}"#),
        ("list", "[]"),
        ("notes", "buy milk"),
        ("serial", r#"{"schema":1,"serial":18446744073709551615,"pairs":{},"tokens":{}}"#),
        ("large", r#"{"schema":1,"serial":281474976710656,"pairs":{},"tokens":{}}"#),
        ("huge", r#"{"schema":1,"serial":1e300,"pairs":{},"tokens":{}}"#),
        ("negative", r#"{"schema":1,"serial":-1,"pairs":{},"tokens":{}}"#),
        ("schema", r#"{"schema":-1,"serial":0,"pairs":{},"tokens":{}}"#),
        ("past", &with_time("-262143-01-01T00:00:00Z")),
        ("future", &with_time("9999-12-31T23:59:59-01:00")),
        ("end", &with_time("+262142-12-31T23:59:59Z")),
        ("endless", &with_time("99999999999-01-01T00:00:00Z")),
    ];
    for (name, text) in broken {
        home.put(name, text);
        let ended = home.run(&format!("--sandbox={name} -p aliyun key.pub")).expect(2);
        assert_eq!(ended.stdout, "");
        let told =
            format!("error: sandbox state `{name}`: it holds no state that this version reads (");
        assert!(ended.stderr.starts_with(&told), "{}", ended.stderr);
        assert!(ended.stderr.ends_with(hint), "{}", ended.stderr);
        assert_eq!(home.read(name), text);
    }
    fs::create_dir(home.path("folder")).unwrap();
    let told = "error: sandbox state `folder`: it is a directory\n";
    home.run("--sandbox=folder -p aliyun key.pub").refuses(2, &format!("{told}{hint}"));
    let told = "error: sandbox state `none/state`: its folder does not exist\n";
    home.run("--sandbox=none/state -p aliyun key.pub").refuses(2, &format!("{told}{hint}"));
}

#[test]
fn an_empty_file_is_an_empty_cloud() {
    let home = Home::new();
    home.put("state", "");
    home.run("--sandbox=state -p aliyun key.pub").expect(0);
    let state: Value = serde_json::from_str(&home.read("state")).unwrap();
    assert_eq!(state["pairs"]["aliyun"]["cn-hangzhou"][0]["name"], "dev-laptop");
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_where_no_state_can_be_kept_is_refused_at_once() {
    let home = Home::new();
    for place in ["/proc/kcore", "/proc/kmsg", "/proc/new.json", "/sys/kernel/new.json"] {
        let ended = home.run(&format!("--sandbox={place} -p aliyun key.pub")).expect(2);
        assert_eq!(ended.stdout, "");
        ended.says(&format!("error: sandbox state `{place}`: "));
    }
}

#[test]
fn a_state_that_cannot_be_kept_is_no_success() {
    let home = Home::new();
    home.run("--sandbox=state -p aliyun key.pub").expect(0);
    let before = home.read("state");
    close(&home.path("state"));
    home.put("other.pub", keys::OTHER);
    let arguments = "--sandbox=state -p aliyun --attempts 1 --timeout 1s -n other other.pub";
    let ended = home.run(arguments);
    assert_ne!(ended.code, Some(0));
    assert!(!ended.stdout.contains("imported"), "{}", ended.stdout);
    let told = "error: sandbox: the state could not be saved: sandbox state `state`: it cannot be written: ";
    ended.says(told);
    assert_eq!(home.read("state"), before);
    assert_eq!(list(&home.path("")), ["key.pub", "other.pub", "state", "state.lock"]);
    // What is there can still be seen.
    home.run("--sandbox=state -p aliyun --check key.pub").expect(0);
}

#[test]
fn runs_at_the_same_time_lose_nothing() {
    let home = Home::new();
    let regions = ["cn-beijing", "cn-shanghai", "cn-guangzhou", "cn-hongkong"];
    let children: Vec<_> = regions
        .iter()
        .map(|region| {
            start(&mut home.command(&format!(
                "--sandbox=state --to aliyun/{region} --to volc/{region} key.pub"
            )))
        })
        .collect();
    for child in children {
        wait(child).expect(0);
    }
    let state: Value = serde_json::from_str(&home.read("state")).unwrap();
    for cloud in ["aliyun", "volcengine"] {
        assert_eq!(state["pairs"][cloud].as_object().unwrap().len(), 4, "{cloud}");
    }
    assert_eq!(list(&home.path("")), ["key.pub", "state", "state.lock"]);
}

#[test]
fn runs_at_the_same_time_agree_on_one_import() {
    let home = Home::new();
    let children: Vec<_> = (0..4)
        .map(|_| start(&mut home.command("--sandbox=state -p aliyun -o jsonl key.pub")))
        .collect();
    let ends: Vec<_> = children.into_iter().map(|child| wait(child).expect(0)).collect();
    let imported = ends.iter().filter(|end| end.stdout.contains("\"imported\"")).count();
    assert_eq!(imported, 1);
    let state: Value = serde_json::from_str(&home.read("state")).unwrap();
    assert_eq!(state["pairs"]["aliyun"]["cn-hangzhou"].as_array().unwrap().len(), 1);
}

#[test]
fn time_runs_on_while_another_run_holds_the_state() {
    let home = Home::new();
    let held = hold(&home, "state.lock");
    let ended = home.run("--sandbox=state -p baidu --timeout 2s key.pub");
    // Without `--timeout` it waits five seconds twice.
    assert!(ended.took < Duration::from_secs(10), "{:?}", ended.took);
    assert_ne!(ended.code, Some(0));
    assert_eq!(ended.column(0), ["failed"]);
    ended.says(
        "the state could not be saved: sandbox state `state`: another run holds `state.lock`",
    );
    drop(held);
    home.run("--sandbox=state -p baidu --timeout 2s key.pub").expect(0);
}

#[test]
fn a_state_is_waited_for_but_not_for_ever() {
    let home = Home::new();
    let held = hold(&home, "state.lock");
    // The second of them does not wait anew; both look five seconds long whether the key is there all the same.
    let ended = home.run("--sandbox=state -p aliyun,volc --attempts 1 key.pub");
    assert!(ended.took > Duration::from_secs(10), "{:?}", ended.took);
    assert!(ended.took < Duration::from_secs(22), "{:?}", ended.took);
    assert!(!ended.stdout.contains("imported"), "{}", ended.stdout);
    ended.says("another run holds `state.lock`");
    assert!(!home.path("state").exists());

    let waiting = start(&mut home.command("--sandbox=state -p aliyun key.pub"));
    std::thread::sleep(Duration::from_secs(1));
    drop(held);
    let ended = wait(waiting).expect(0);
    assert!(!ended.stderr.contains("holds"), "{}", ended.stderr);
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::cli::run::signal;

    fn mode(home: &Home, name: &str) -> u32 {
        fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_signal_is_heard_while_another_run_holds_the_state() {
        let home = Home::new();
        let _held = hold(&home, "state.lock");
        for (name, code) in [("-INT", 130), ("-TERM", 143)] {
            let mut child = start(&mut home.command("--sandbox=state -p baidu key.pub"));
            let mut stderr = BufReader::new(child.stderr.take().unwrap());
            // Once it speaks it listens, too.
            stderr.read_line(&mut String::new()).unwrap();
            thread::sleep(Duration::from_millis(300));
            let sent = Instant::now();
            signal(&child, name);
            wait(child).expect(code);
            assert!(sent.elapsed() < Duration::from_secs(5), "{:?}", sent.elapsed());
        }
    }

    #[test]
    fn a_lock_that_is_no_plain_file_is_not_opened() {
        let home = Home::new();
        let lock = home.path("state.lock");
        let refused = || {
            home.run("--sandbox=state -p aliyun key.pub").refuses(
                2,
                "error: sandbox state `state`: its lock `state.lock` is not a regular file\n  \
                 hint: name a file that `--sandbox=FILE` wrote, or one that does not exist yet\n",
            );
        };
        assert!(Command::new("mkfifo").arg(&lock).status().unwrap().success());
        refused();
        fs::remove_file(&lock).unwrap();
        symlink("elsewhere", &lock).unwrap();
        refused();
        assert!(!home.path("elsewhere").exists());
        fs::remove_file(&lock).unwrap();
        fs::create_dir(&lock).unwrap();
        refused();
    }

    #[test]
    fn a_link_to_the_state_is_followed() {
        let home = Home::new();
        fs::create_dir(home.path("real")).unwrap();
        symlink("real/second", home.path("first")).unwrap();
        symlink("state", home.path("real/second")).unwrap();
        // The first run finds that the links lead to nothing yet.
        for says in ["imported\t", "already there\t"] {
            let ended = home.run("--sandbox=first -p aliyun key.pub").expect(0);
            assert!(ended.stdout.starts_with(says), "{}", ended.stdout);
        }
        home.run("--sandbox=first -p volc key.pub").expect(0);
        assert!(home.path("first").is_symlink() && home.path("real/second").is_symlink());
        assert!(!home.path("real/state").is_symlink());
        let state: Value = serde_json::from_str(&home.read("real/state")).unwrap();
        assert_eq!(state["pairs"].as_object().unwrap().len(), 2);
        // Runs that come by another way meet at the same lock.
        assert_eq!(list(&home.path("real")), ["second", "state", "state.lock"]);
        assert_eq!(list(&home.path("")), ["first", "key.pub", "real"]);
    }

    #[test]
    fn files_beside_the_state_are_left_alone() {
        let home = Home::new();
        home.put("state.new", "mine");
        home.put("precious", "precious");
        symlink("precious", home.path("state.old")).unwrap();
        home.run("--sandbox=state -p aliyun key.pub").expect(0);
        assert_eq!(home.read("state.new"), "mine");
        fs::remove_file(home.path("state.new")).unwrap();
        symlink("precious", home.path("state.new")).unwrap();
        home.run("--sandbox=state -p volc key.pub").expect(0);
        assert!(home.path("state.new").is_symlink());
        assert_eq!(home.read("precious"), "precious");
        let names = ["key.pub", "precious", "state", "state.lock", "state.new", "state.old"];
        assert_eq!(list(&home.path("")), names);
    }

    #[test]
    fn a_state_keeps_its_permissions() {
        let home = Home::new();
        // A new one gets what the user gives to every new file.
        home.shell("umask 027; exec \"$K\" --sandbox=new -p aliyun key.pub").expect(0);
        assert_eq!(mode(&home, "new"), 0o640);
        home.run("--sandbox=state -p aliyun key.pub").expect(0);
        for (permissions, cloud) in [(0o600, "volc"), (0o666, "baidu")] {
            let path = home.path("state");
            fs::set_permissions(path, fs::Permissions::from_mode(permissions)).unwrap();
            home.run(&format!("--sandbox=state -p {cloud} key.pub")).expect(0);
            assert_eq!(mode(&home, "state"), permissions);
        }
        let state: Value = serde_json::from_str(&home.read("state")).unwrap();
        assert_eq!(state["pairs"].as_object().unwrap().len(), 3);
    }
}

#[test]
fn what_killed_runs_left_behind_is_cleared_away() {
    let home = Home::new();
    let mine =
        ["state.0123456789abcdeg.new", "state.0123456789abcdef", "other.0123456789abcdef.new"];
    for name in mine {
        home.put(name, "mine");
    }
    home.put("state.0123456789abcdef.new", "half a st");
    home.put("state.fedcba9876543210.new", "");
    home.run("--sandbox=state -p aliyun key.pub").expect(0);
    let mut left = [&mine[..], &["key.pub", "state", "state.lock"]].concat();
    left.sort_unstable();
    assert_eq!(list(&home.path("")), left);
}
