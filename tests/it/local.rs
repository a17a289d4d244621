//! The machine that the program runs on: limits, streams, disks, paths and files that are not as expected.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::run::{Ended, Home, finish, list, set_credential};
use crate::fake_cloud::{FakeCloud, Reply};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys");
/// Longer than any of these runs may take, on a machine that does other things too.
const LONGEST: Duration = Duration::from_secs(20);

fn import_in_sandbox(home: &Home, key: &OsStr) -> Ended {
    home.run_of(["--sandbox", "-p", "aliyun"].map(OsStr::new).into_iter().chain([key]))
}

/// Checks the exit code, that the output holds a text, and that nothing in it controls a terminal.
#[track_caller]
fn expect(ended: &Ended, code: i32, says: &str) {
    let all = ended.all();
    assert_eq!(ended.code, Some(code), "{all}");
    assert!(all.contains(says), "`{says}` is missing: {all}");
    let controls = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    assert!(!ended.stderr.chars().any(controls), "{all:?}");
    assert!(ended.took < LONGEST, "{:?}: {all}", ended.took);
}

#[test]
fn few_open_files_are_enough_for_many_targets() {
    let home = Home::new();
    let regions: Vec<String> = (0..300).map(|number| format!("cn-r{number}")).collect();
    let run = format!(
        "exec \"$K\" --sandbox --to aliyun/{} -j 64 -q -o jsonl key.pub",
        regions.join(",")
    );
    // The first may be raised, the second may not.
    for limit in ["ulimit -Sn 128", "ulimit -n 128"] {
        let ended = home.shell(&format!("{limit}; {run}"));
        expect(&ended, 0, "imported");
        let count = ended.stdout.matches("\"status\":\"imported\"").count();
        assert_eq!(count, 300, "{limit}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_leaves_no_core_and_may_open_many_files() {
    for arguments in ["-q key.pub", "--list-regions"] {
        let home = Home::new();
        let server = FakeCloud::plain(|_| Reply::Silence);
        let mut command = home.command_in("sh");
        let endpoint = format!("http://ecs.localhost:{}", server.addr.port());
        let line = format!(
            "ulimit -c unlimited 2>/dev/null; ulimit -Sn 128; exec \"$K\" -p aliyun --endpoint \"$E\" {arguments}"
        );
        set_credential(&mut command, "aliyun", "LTAI5tNobody", "nobody-knows-it", None);
        let mut child =
            command.env("E", endpoint).args(["-c", &line]).stdin(Stdio::null()).spawn().unwrap();
        let started = Instant::now();
        while server.seen().is_empty() && started.elapsed() < LONGEST {
            std::thread::sleep(Duration::from_millis(20));
        }
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let soft = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            line[name.len()..].split_whitespace().next().unwrap().to_owned()
        };
        assert_eq!(soft("Max core file size"), "0", "{arguments}: {limits}");
        assert!(soft("Max open files").parse::<u64>().unwrap() > 128, "{arguments}: {limits}");
    }
}

#[test]
fn closed_streams_and_full_disks_are_told_where_anybody_listens() {
    let home = Home::new();
    let run = "\"$K\" --sandbox -p aliyun";
    for (line, code, says) in [
        (format!("{run} key.pub <&-"), 0, "imported"),
        (format!("{run} key.pub 2>&-"), 0, "imported"),
        (format!("{run} key.pub >&- 2>&- <&-; echo code $?"), 0, "code "),
        (format!("{run} - <&-"), 3, "standard input: the input holds no key"),
        (format!("{run} key.pub >/dev/full"), 1, "the results could not be written"),
        (format!("{run} key.pub 2>/dev/full"), 0, "imported"),
        (format!("{run} -o json key.pub >/dev/full"), 1, "the results could not be written"),
        ("\"$K\" --generate man >/dev/full".to_owned(), 1, "the results could not be written"),
        ("\"$K\" --sandbox=/dev/full -p aliyun key.pub".to_owned(), 2, "it is not a regular file"),
        (
            "ulimit -f 0; trap '' XFSZ; \"$K\" --sandbox=state.json -p aliyun key.pub".to_owned(),
            8,
            "state",
        ),
    ] {
        let ended = home.shell(&line);
        let is_told = ended.all().contains(says);
        assert!(ended.code == Some(code) && is_told, "{line}: {ended:?}");
        assert!(!ended.stderr.contains("panicked"), "{line}: {ended:?}");
    }
}

#[test]
fn a_state_that_cannot_be_kept_loses_nothing() {
    let home = Home::new();
    expect(&home.shell("\"$K\" --sandbox=state.json -p aliyun -n one key.pub"), 0, "imported");
    let before = fs::read(home.path("state.json")).unwrap();
    let limited = "ulimit -f 0; trap '' XFSZ; \"$K\" --sandbox=state.json -p aliyun -n two --timeout 2s key.pub";
    let ended = home.shell(limited);
    assert_ne!(ended.code, Some(0), "{ended:?}");
    assert_eq!(fs::read(home.path("state.json")).unwrap(), before);
    assert_eq!(list(&home.path("")), ["key.pub", "state.json", "state.json.lock"]);
}

#[test]
fn strange_files_are_refused_at_once() {
    let home = Home::new();
    symlink("key.pub", home.path("link")).unwrap();
    symlink("loop-b", home.path("loop-a")).unwrap();
    symlink("loop-a", home.path("loop-b")).unwrap();
    symlink("gone", home.path("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(home.path("fifo")).status().unwrap().success());
    let sparse = fs::File::create(home.path("sparse")).unwrap();
    sparse.set_len(10 * 1024 * 1024 * 1024).unwrap();
    fs::create_dir(home.path("folder")).unwrap();
    let deep = home.path(&"x".repeat(300));
    for (path, code, says) in [
        (home.path("link"), 0, "imported"),
        (home.path("loop-a"), 2, "cannot be read"),
        (home.path("dangling"), 2, "cannot be read"),
        (home.path("folder"), 2, "is a directory"),
        (home.path("sparse"), 3, "larger than 64 KiB"),
        (PathBuf::from("/dev/zero"), 2, "is not a regular file"),
        (PathBuf::from("/dev/null"), 2, "is not a regular file"),
        (PathBuf::from("/proc/self/mem"), 2, "cannot be read"),
        (deep, 2, "cannot be read"),
        (home.path("key.pub/below"), 2, "cannot be read"),
    ] {
        let ended = import_in_sandbox(&home, path.as_os_str());
        assert_eq!(ended.code, Some(code), "{}: {ended:?}", path.display());
        expect(&ended, code, says);
    }
    // The last is ten gigabytes of nothing.
    for state in ["fifo", "folder", "loop-a", "/dev/zero", "gone/state.json", "sparse"] {
        let ended = home.shell(&format!("\"$K\" --sandbox={state} -p aliyun key.pub"));
        assert_eq!(ended.code, Some(2), "{state}: {ended:?}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_taken_whole_or_not_at_all() {
    let home = Home::new();
    let path = home.path("changing.pub");
    let keys = ["ecdsa-256.pub", "rsa-2048.pub"]
        .map(|name| fs::read(format!("{KEYS}/taken/{name}")).unwrap());
    fs::write(&path, &keys[0]).unwrap();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let (changing, kept) = (path.clone(), keys.clone());
    let writer = std::thread::spawn(move || {
        let mut turn = 0;
        while stopped.try_recv().is_err() {
            turn += 1;
            // In place, as editors and `>` do it: a reader may see a part.
            fs::write(&changing, &kept[turn % 2]).unwrap();
        }
    });
    let known: Vec<String> = keys
        .iter()
        .map(|bytes| keyimport::key::parse(bytes).unwrap().remove(0).sha256().to_owned())
        .collect();
    for _ in 0..20 {
        let Ended { code, stdout, stderr, .. } = import_in_sandbox(&home, path.as_os_str());
        match code {
            Some(0) => assert!(known.iter().any(|sha256| stdout.contains(sha256)), "{stdout}"),
            Some(3) => assert!(stdout.is_empty(), "{stdout}"),
            other => panic!("{other:?}: {stdout}{stderr}"),
        }
    }
    stop.send(()).unwrap();
    writer.join().unwrap();
}

#[test]
fn names_of_files_are_bytes() {
    let home = Home::new();
    for name in [
        &b"caf\xe9.pub"[..],
        b"\xff\xfe.pub",
        b"\x1b[31mred\x07.pub",
        b"two\nlines.pub",
        b"-leading.pub",
        b"  .pub",
        "\u{202e}bup.yek".as_bytes(),
    ] {
        let name = OsStr::from_bytes(name);
        let path = home.path("").join(name);
        fs::copy(home.path("key.pub"), &path).unwrap();
        expect(&import_in_sandbox(&home, path.as_os_str()), 0, "imported");
        fs::write(&path, "no key").unwrap();
        let ended = import_in_sandbox(&home, path.as_os_str());
        expect(&ended, 3, "is not a public key");
        assert!(ended.stderr.split('\n').count() <= 6, "{ended:?}");
        let steers = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!ended.stderr.contains(steers), "{ended:?}");
    }
    // Flags are text.
    for flag in ["-n", "-p", "-r", "--to", "--endpoint", "-d", "--tag", "--profile"] {
        let value = OsStr::from_bytes(b"\xff\xfe");
        expect(&home.run_of([OsStr::new(flag), value, OsStr::new("key.pub")]), 2, "error");
    }
    let state = home.path("").join(OsStr::from_bytes(b"st\xe9te.json"));
    let mut flag = b"--sandbox=".to_vec();
    flag.extend_from_slice(state.as_os_str().as_bytes());
    for says in ["imported", "already there"] {
        let arguments = [
            OsStr::from_bytes(&flag),
            OsStr::new("-p"),
            OsStr::new("aliyun"),
            OsStr::new("key.pub"),
        ];
        expect(&home.run_of(arguments), 0, says);
    }
}

#[test]
fn a_home_that_is_missing_or_closed_changes_nothing() {
    let folder = Home::new();
    folder.put("home/.ssh/id_rsa.pub", folder.read("key.pub"));
    let home = folder.path("home");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o555)).unwrap();
    let run = |home: Option<&OsStr>, arguments: &str| {
        let mut command = folder.command(arguments);
        match home {
            Some(home) => command.env("HOME", home),
            None => command.env_remove("HOME"),
        };
        finish(command)
    };
    let sandbox = "--sandbox -p aliyun";
    expect(&run(Some(home.as_os_str()), sandbox), 0, "using the key");
    assert_eq!(list(&home), [".ssh"]);
    expect(&run(Some(OsStr::new("/nonexistent")), sandbox), 2, "no key is given");
    expect(&run(None, &format!("{sandbox} key.pub")), 0, "imported");
    // Without a home the chain names the places all the same.
    expect(&run(Some(OsStr::new("relative")), "-p aliyun key.pub"), 4, "no credentials found");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_thousand_regions_in_one_run() {
    let home = Home::new();
    let regions: Vec<String> = (0..1000).map(|number| format!("cn-r{number}")).collect();
    let to = format!("baidu/{}", regions.join(","));
    let ended = home.run_of(["--sandbox", "--to", &to, "-q", "-o", "jsonl", "key.pub"]);
    expect(&ended, 0, "imported");
    assert_eq!(ended.stdout.lines().count(), 1000);
}

#[test]
fn names_and_regions_at_their_limits_are_imported() {
    let home = Home::new();
    for (cloud, shortest, longest) in [("aliyun", 2, 128), ("baidu", 1, 65)] {
        let run = |name: &str| home.run_of(["--sandbox", "-p", cloud, "-n", name, "key.pub"]);
        for (length, code) in [(shortest, 0), (shortest - 1, 2), (longest, 0), (longest + 1, 2)] {
            let ended = run(&"a".repeat(length));
            assert_eq!(ended.code, Some(code), "{cloud} {length}: {ended:?}");
        }
        // Counted in characters, not in bytes.
        expect(&run(&"密".repeat(longest)), 0, "imported");
    }
    let run = |region: &str| home.run_of(["--sandbox", "-p", "baidu", "-r", region, "key.pub"]);
    let longest = format!("{}-r1", "r".repeat(60));
    expect(&run(&longest), 0, "imported");
    expect(&run(&format!("{longest}2")), 2, "cannot be a region id");
}

#[test]
fn fewer_targets_at_once_than_asked_for_are_told() {
    let home = Home::new();
    let regions: Vec<String> = (0..60).map(|number| format!("cn-r{number}")).collect();
    let to = format!("baidu/{}", regions.join(","));
    let run = |limit: &str, jobs: &str| {
        home.shell(&format!("{limit}; exec \"$K\" --sandbox --to {to} -j {jobs} key.pub"))
    };
    let warning = "warning: only 48 targets run at once: the limit on open files (`ulimit -n`) allows no more\n";
    expect(&run("ulimit -n 128", "4096"), 0, warning);
    for ended in [run("ulimit -n 128", "48"), run("ulimit -Sn 128", "4096")] {
        expect(&ended, 0, "60 targets: 60 imported\n");
        assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    }
}
