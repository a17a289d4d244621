//! The state file of the sandbox: kept, broken, read-only, shared by runs at the same time.

use std::fs::{self, File};
use std::time::Duration;

use serde_json::Value;

use super::keys;
use super::run::{Home, list, start, wait};

/// Does what a run does that takes its time over the state.
fn hold(home: &Home, name: &str) -> File {
    let file = File::create(home.path(name)).unwrap();
    file.lock().unwrap();
    file
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
    let told = "error: sandbox state `folder`: it is not a plain file\n";
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

#[test]
fn a_state_that_cannot_be_kept_is_no_success() {
    let home = Home::new();
    home.run("--sandbox=state -p aliyun key.pub").expect(0);
    let before = home.read("state");
    // A folder in the place of the new file keeps root from writing it, too.
    fs::create_dir_all(home.path("state.new/x")).unwrap();
    home.put("other.pub", keys::OTHER);
    let arguments = "--sandbox=state -p aliyun --attempts 1 --timeout 1s -n other other.pub";
    let ended = home.run(arguments);
    assert_ne!(ended.code, Some(0));
    assert!(!ended.stdout.contains("imported"), "{}", ended.stdout);
    ended.says("error: sandbox: the state could not be kept: sandbox state `state`: ");
    assert_eq!(home.read("state"), before);
    // What is there can still be seen.
    home.run("--sandbox=state -p aliyun --check key.pub").expect(0);
}

#[test]
fn runs_at_the_same_time_lose_nothing() {
    let home = Home::new();
    let regions = ["cn-beijing", "cn-shanghai", "cn-qingdao", "cn-shenzhen"];
    let children: Vec<_> = regions
        .iter()
        .map(|region| {
            start(&mut home.command(&format!(
                "--sandbox=state --to aliyun/{region} --to volc/cn-{region} key.pub"
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
    assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
    assert_ne!(ended.code, Some(0));
    assert_eq!(ended.column(0), ["failed"]);
    ended
        .says("the state could not be kept: sandbox state `state`: another run holds `state.lock`");
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
    use std::os::unix::fs::symlink;
    use std::process::Command;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::cli::run::signal;

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
                "error: sandbox state `state`: its lock `state.lock` is not a plain file\n  \
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
}
