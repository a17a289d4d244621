//! The machine that the program runs on: limits, streams, disks, paths and files that are not as expected.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::fake_cloud::{FakeCloud, Reply};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys");
/// Longer than any of these runs may take, on a machine that does other things too.
const GRACE_PERIOD: Duration = Duration::from_secs(20);

fn key() -> String {
    format!("{KEYS}/taken/ecdsa-256.pub")
}

/// A folder of its own, which is the home and the current directory of what runs in it.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(key(), folder.path().join("key.pub")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn bare(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("KEYIMPORT_METADATA_DISABLED", "true")
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&OsStr]) -> Output {
        let mut command = self.bare(env!("CARGO_BIN_EXE_keyimport"));
        finish(command.env("HOME", self.0.path()).args(arguments))
    }

    fn rehearse(&self, key: &OsStr) -> Output {
        self.run(
            &["--sandbox", "-p", "aliyun"]
                .map(OsStr::new)
                .into_iter()
                .chain([key])
                .collect::<Vec<_>>(),
        )
    }

    /// Runs a line of shell in which `$K` is the program.
    fn shell(&self, line: &str) -> Output {
        let mut command = self.bare("/bin/sh");
        finish(
            command
                .env("HOME", self.0.path())
                .env("PATH", "/usr/bin:/bin")
                .env("K", env!("CARGO_BIN_EXE_keyimport"))
                .args(["-c", line]),
        )
    }
}

#[track_caller]
fn finish(command: &mut Command) -> Output {
    let started = Instant::now();
    let output = command.output().unwrap();
    assert!(started.elapsed() < GRACE_PERIOD, "{command:?} took {:?}", started.elapsed());
    output
}

#[track_caller]
fn expect(output: &Output, code: i32, says: &str) {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    assert!(err.contains(says) || out.contains(says), "`{says}` is missing: {out}\n{err}");
    let steers = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    assert!(!err.chars().any(steers), "{err:?}");
}

#[test]
fn few_open_files_are_enough_for_many_targets() {
    let scene = Scene::new();
    let regions: Vec<String> = (0..300).map(|number| format!("cn-r{number}")).collect();
    let run = format!(
        "exec \"$K\" --sandbox --to aliyun/{} -j 64 -q -o jsonl key.pub",
        regions.join(",")
    );
    // The first may be raised, the second may not.
    for limit in ["ulimit -Sn 128", "ulimit -n 128"] {
        let output = scene.shell(&format!("{limit}; {run}"));
        let text = String::from_utf8_lossy(&output.stdout);
        expect(&output, 0, "imported");
        assert_eq!(text.matches("\"status\":\"imported\"").count(), 300, "{limit}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_leaves_no_core_and_may_open_many_files() {
    let scene = Scene::new();
    let server = FakeCloud::plain(|_| Reply::Silence);
    let mut command = scene.bare("/bin/sh");
    let endpoint = format!("http://ecs.localhost:{}", server.addr.port());
    let line = "ulimit -c unlimited 2>/dev/null; ulimit -Sn 128; exec \"$K\" -p aliyun --endpoint \"$E\" -q key.pub";
    let mut child = command
        .env("K", env!("CARGO_BIN_EXE_keyimport"))
        .env("E", endpoint)
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tNobody")
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "nobody-knows-it")
        .args(["-c", line])
        .spawn()
        .unwrap();
    let started = Instant::now();
    while server.seen().is_empty() && started.elapsed() < GRACE_PERIOD {
        std::thread::sleep(Duration::from_millis(20));
    }
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let soft = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(soft("Max core file size"), "0", "{limits}");
    assert!(soft("Max open files").parse::<u64>().unwrap() > 128, "{limits}");
}

#[test]
fn closed_streams_and_full_disks_are_told_where_anybody_listens() {
    let scene = Scene::new();
    let run = "\"$K\" --sandbox -p aliyun";
    for (line, code, says) in [
        (format!("{run} key.pub <&-"), 0, "imported"),
        (format!("{run} key.pub 2>&-"), 0, "imported"),
        (format!("{run} key.pub >&- 2>&- <&-; echo code $?"), 0, "code "),
        (format!("{run} - <&-"), 3, ""),
        (format!("{run} key.pub >/dev/full"), 1, "the results could not be written"),
        (format!("{run} key.pub 2>/dev/full"), 0, "imported"),
        (format!("{run} -o json key.pub >/dev/full"), 1, "the results could not be written"),
        ("\"$K\" --generate man >/dev/full".to_owned(), 1, "the results could not be written"),
        ("\"$K\" --sandbox=/dev/full -p aliyun key.pub".to_owned(), 2, "it is not a plain file"),
        (
            "ulimit -f 0; trap '' XFSZ; \"$K\" --sandbox=state.json -p aliyun key.pub".to_owned(),
            8,
            "state",
        ),
    ] {
        let output = scene.shell(&line);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        let found = output.status.code();
        let is_told = err.contains(says) || String::from_utf8_lossy(&output.stdout).contains(says);
        assert!(
            found == Some(code) && is_told,
            "{line}: {found:?} {}{err}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(!err.contains("panicked"), "{line}: {err}");
    }
}

#[test]
fn a_state_that_cannot_be_kept_loses_nothing() {
    let scene = Scene::new();
    expect(&scene.shell("\"$K\" --sandbox=state.json -p aliyun -n one key.pub"), 0, "imported");
    let before = fs::read(scene.path("state.json")).unwrap();
    let limited = "ulimit -f 0; trap '' XFSZ; \"$K\" --sandbox=state.json -p aliyun -n two --timeout 2s key.pub";
    let output = scene.shell(limited);
    assert!(!output.status.success(), "{output:?}");
    assert_eq!(fs::read(scene.path("state.json")).unwrap(), before);
    let names = fs::read_dir(scene.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!names.into_iter().any(|name| name.to_string_lossy().ends_with(".new")));
}

#[test]
fn strange_files_are_refused_at_once() {
    let scene = Scene::new();
    symlink("key.pub", scene.path("link")).unwrap();
    symlink("loop-b", scene.path("loop-a")).unwrap();
    symlink("loop-a", scene.path("loop-b")).unwrap();
    symlink("gone", scene.path("dangling")).unwrap();
    assert!(Command::new("mkfifo").arg(scene.path("fifo")).status().unwrap().success());
    let sparse = fs::File::create(scene.path("sparse")).unwrap();
    sparse.set_len(10 * 1024 * 1024 * 1024).unwrap();
    fs::create_dir(scene.path("folder")).unwrap();
    let deep = scene.path(&"x".repeat(300));
    for (path, code, says) in [
        (scene.path("link"), 0, "imported"),
        (scene.path("loop-a"), 2, "cannot be read"),
        (scene.path("dangling"), 2, "cannot be read"),
        (scene.path("fifo"), 2, "is not a regular file"),
        (scene.path("folder"), 2, "is a directory"),
        (scene.path("sparse"), 3, "larger than 64 KiB"),
        (PathBuf::from("/dev/zero"), 2, "is not a regular file"),
        (PathBuf::from("/dev/null"), 2, "is not a regular file"),
        (PathBuf::from("/proc/self/mem"), 2, "cannot be read"),
        (deep, 2, "cannot be read"),
        (scene.path("key.pub/below"), 2, "cannot be read"),
    ] {
        let output = scene.rehearse(path.as_os_str());
        assert_eq!(output.status.code(), Some(code), "{}: {output:?}", path.display());
        expect(&output, code, says);
    }
    // The last is ten gigabytes of nothing.
    for state in ["fifo", "folder", "loop-a", "/dev/zero", "gone/state.json", "sparse"] {
        let output = scene.shell(&format!("\"$K\" --sandbox={state} -p aliyun key.pub"));
        assert_eq!(output.status.code(), Some(2), "{state}: {output:?}");
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_taken_whole_or_not_at_all() {
    let scene = Scene::new();
    let path = scene.path("changing.pub");
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
        let output = scene.rehearse(path.as_os_str());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        match output.status.code() {
            Some(0) => assert!(known.iter().any(|sha256| text.contains(sha256)), "{text}"),
            Some(3) => assert!(text.is_empty(), "{text}"),
            other => panic!("{other:?}: {output:?}"),
        }
    }
    stop.send(()).unwrap();
    writer.join().unwrap();
}

#[test]
fn names_of_files_are_bytes() {
    let scene = Scene::new();
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
        let path = scene.0.path().join(name);
        fs::copy(key(), &path).unwrap();
        expect(&scene.rehearse(path.as_os_str()), 0, "imported");
        fs::write(&path, "no key").unwrap();
        let output = scene.rehearse(path.as_os_str());
        expect(&output, 3, "is not a public key");
        assert!(output.stderr.split(|byte| *byte == b'\n').count() <= 6, "{output:?}");
    }
    // Flags are text.
    for flag in ["-n", "-p", "-r", "--to", "--endpoint", "-d", "--tag", "--profile"] {
        let output =
            scene.run(&[OsStr::new(flag), OsStr::from_bytes(b"\xff\xfe"), OsStr::new("key.pub")]);
        expect(&output, 2, "error");
    }
    let state = scene.path("").join(OsStr::from_bytes(b"st\xe9te.json"));
    let mut flag = b"--sandbox=".to_vec();
    flag.extend_from_slice(state.as_os_str().as_bytes());
    for says in ["imported", "already there"] {
        let arguments = [
            OsStr::from_bytes(&flag),
            OsStr::new("-p"),
            OsStr::new("aliyun"),
            OsStr::new("key.pub"),
        ];
        expect(&scene.run(&arguments), 0, says);
    }
}

#[test]
fn a_home_that_is_missing_or_closed_changes_nothing() {
    let scene = Scene::new();
    let home = scene.path("home");
    fs::create_dir_all(home.join(".ssh")).unwrap();
    fs::copy(key(), home.join(".ssh/id_ecdsa.pub")).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o555)).unwrap();
    let program = env!("CARGO_BIN_EXE_keyimport");
    let arguments = ["--sandbox", "-p", "aliyun"];
    expect(&finish(scene.bare(program).env("HOME", &home).args(arguments)), 0, "using the key");
    let names: Vec<_> =
        fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [".ssh"]);
    expect(
        &finish(scene.bare(program).env("HOME", "/nonexistent").args(arguments)),
        2,
        "no key is given",
    );
    expect(&finish(scene.bare(program).args(arguments).arg("key.pub")), 0, "imported");
    // Without a home the chain names the places all the same.
    let output =
        finish(scene.bare(program).env("HOME", "relative").args(["-p", "aliyun", "key.pub"]));
    expect(&output, 4, "no credentials found");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Found by the fuzz target `values`.
#[test]
fn a_host_that_would_be_sent_in_another_form_is_refused() {
    let scene = Scene::new();
    for (host, code) in [
        ("0x7f.1", 2),
        ("127.1", 2),
        ("2130706433", 2),
        ("127.0.0.010", 2),
        ("1.2.3.{region}", 2),
        ("{region}", 2),
        ("xn--a", 2),
        ("[0:0:0:0:0:0:0:1]", 2),
        ("127.0.0.1", 0),
        ("[::1]:8443", 0),
        ("ecs-{region}", 0),
        ("ecs.{region}.example.com", 0),
        ("ECS.example.com.", 0),
    ] {
        let endpoint = format!("https://{host}");
        let arguments =
            ["--offline", "-p", "baidu", "-r", "bj", "--endpoint", &endpoint, "key.pub"];
        let output = scene.run(&arguments.map(OsStr::new));
        assert_eq!(output.status.code(), Some(code), "{host}: {output:?}");
    }
}

#[test]
fn a_thousand_regions_and_names_at_their_limits() {
    let scene = Scene::new();
    let regions: Vec<String> = (0..1000).map(|number| format!("cn-x{number}")).collect();
    let output = scene
        .shell(&format!("\"$K\" --sandbox --to baidu/{} -q -o jsonl key.pub", regions.join(",")));
    expect(&output, 0, "imported");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1000);
    for (cloud, shortest, longest) in [("aliyun", 2, 128), ("baidu", 1, 65)] {
        for (length, code) in [(shortest, 0), (shortest - 1, 2), (longest, 0), (longest + 1, 2)] {
            let name = "a".repeat(length);
            let output =
                scene.run(&["--sandbox", "-p", cloud, "-n", &name, "key.pub"].map(OsStr::new));
            assert_eq!(output.status.code(), Some(code), "{cloud} {length}: {output:?}");
        }
        // Counted in characters, not in bytes.
        let name = "密".repeat(longest);
        let output = scene.run(&["--sandbox", "-p", cloud, "-n", &name, "key.pub"].map(OsStr::new));
        expect(&output, 0, "imported");
    }
    let region = "r".repeat(63);
    expect(
        &scene.run(&["--sandbox", "-p", "baidu", "-r", &region, "key.pub"].map(OsStr::new)),
        0,
        "imported",
    );
    let region = "r".repeat(64);
    expect(
        &scene.run(&["--sandbox", "-p", "baidu", "-r", &region, "key.pub"].map(OsStr::new)),
        2,
        "cannot be a region id",
    );
    assert!(Path::new(&key()).is_file());
}
