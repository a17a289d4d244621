//! Keys as input: what is refused, in which words, and that nothing else is touched then.

#[cfg(target_os = "linux")]
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};
#[cfg(target_os = "linux")]
use std::time::Duration;

use super::keys::{self, PRIVATE, RSA_SHA256};
use super::run::{Ended, Home, PROGRAM, finish, skip, start, wait};

/// Returns parts of a text that would show that it was repeated.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let long = |word: &&str| word.len() > 20 && !word.contains("PRIVATE");
    text.split_whitespace().filter(long).map(|word| &word[..20])
}

#[track_caller]
fn shows_nothing_of(ended: &Ended, secret: &str) {
    for part in parts(secret) {
        assert!(!ended.stdout.contains(part) && !ended.stderr.contains(part), "{ended:?}");
    }
}

fn prints(command: &str) -> String {
    format!("`{command}` prints the public key that belongs to it")
}

#[test]
fn a_tilde_that_no_shell_replaced_is_the_home_directory() {
    let home = Home::new();
    home.put("keys/deploy.pub", keys::RSA);
    home.run("--sandbox=~/state -p aliyun ~/keys/deploy.pub").expect(0);
    assert!(home.path("state").exists());
    home.run("--sandbox=~nobody/state -p aliyun key.pub").expect(2).says("`~nobody/state`");
}

#[test]
fn private_keys_are_refused_before_anything_is_touched() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    for (form, text) in PRIVATE {
        let home = Home::new();
        home.put("id", text);
        home.put("mixed", format!("# keys\n{}{text}", keys::RSA));
        for file in ["id", "mixed"] {
            // A broken setting would end the run, if anything looked at settings.
            home.put(".aliyun/config.json", "broken");
            let mut command = home.command(&format!("-p aliyun --endpoint {url} -vv {file}"));
            command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", "half");
            let todo = match *form {
                _ if file == "mixed" => "give a file that holds an SSH public key alone".to_owned(),
                "OpenSSH" => prints("ssh-keygen -y -f FILE"),
                "PuTTY" => prints("puttygen FILE -O public-openssh"),
                _ => prints("openssl pkey -in FILE -pubout"),
            };
            let ended = finish(command).refuses(
                3,
                &format!(
                    "error: {file}: the input holds a private key ({form})\n  \
                     hint: nothing was sent; {todo}\n"
                ),
            );
            shows_nothing_of(&ended, text);
            for mode in ["--offline", "--check", "--dry-run", "--all-keys", "-o json"] {
                let ended = home.run(&format!("-p aliyun {mode} {file}")).expect(3);
                shows_nothing_of(&ended, text);
            }
        }
        let ended = home.run_with("-p aliyun -", text).expect(3);
        shows_nothing_of(&ended, text);
        ended.says("error: standard input: the input holds a private key");
    }
    let error = listener.accept().expect_err("nobody connected");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
}

/// The system calls of a run that is handed a private key: its own libraries, the key, and nothing else.
#[cfg(target_os = "linux")]
#[test]
fn a_private_key_opens_no_file_and_no_socket() {
    let home = Home::new();
    home.put("id", PRIVATE[0].1);
    home.put(".aliyun/config.json", "{}");
    let mut command = home.command_in("strace");
    command.args(["-f", "-o", "calls", "-e", "trace=network,open,openat,connect,execve"]);
    command.args([PROGRAM, "-p", "aliyun", "--ca-file", "x", "id"]).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(child) = child else { return skip("strace is not installed") };
    // The test above counts connections anyway.
    if wait(child).code != Some(3) || !home.path("calls").exists() {
        return skip("strace may not trace here");
    }
    let calls = home.read("calls");
    assert!(calls.contains("execve("), "{calls}");
    let is_system = |call: &&str| {
        ["\"/lib", "\"/usr/lib", "\"/etc/ld", "\"/proc/"].iter().any(|part| call.contains(part))
    };
    let opened: Vec<&str> = calls.lines().filter(|call| call.contains("open")).collect();
    let own: Vec<&&str> = opened.iter().filter(|call| !is_system(call)).collect();
    assert_eq!(own.len(), 1, "{own:?}");
    assert!(own[0].contains("\"id\""), "{own:?}");
    assert!(!calls.contains("socket(") && !calls.contains("connect("), "{calls}");
}

#[test]
fn one_private_key_among_good_ones_stops_all() {
    let home = Home::new();
    home.put("id", PRIVATE[0].1);
    home.run("--sandbox=state -p aliyun key.pub id").expect(3);
    assert!(!home.path("state").exists());
}

#[test]
fn the_public_key_beside_it_is_named() {
    let home = Home::new();
    home.put(".ssh/id_rsa", PRIVATE[0].1);
    home.put(".ssh/id_rsa.pub", keys::RSA);
    home.run("--sandbox -p aliyun .ssh/id_rsa").refuses(
        3,
        "error: .ssh/id_rsa: the input holds a private key (OpenSSH)\n  \
         hint: give the public key beside it: .ssh/id_rsa.pub\n",
    );
    let json = home.run("--sandbox -p aliyun -o json .ssh/id_rsa").expect(3).json();
    assert_eq!(json["error"]["kind"], "private_key");
    assert_eq!(json["summary"]["exit_code"], 3);
}

#[track_caller]
fn is_no_file(home: &Home, path: &str, why: &str) {
    let hint = "  hint: give the path of a public key file, or `-` for standard input\n";
    home.run_of(["--sandbox=state", "-p", "aliyun", path])
        .refuses(2, &format!("error: {path}: {why}\n{hint}"));
    assert!(!home.path("state").exists());
}

const NOT_REGULAR: &str = "cannot be read\n  cause: it is not a regular file";

#[test]
fn what_is_no_file() {
    let home = Home::new();
    is_no_file(
        &home,
        "nope.pub",
        "cannot be read\n  cause: No such file or directory (os error 2)",
    );
    home.run_of(["--sandbox=state", "-p", "aliyun", "key.pub", ""]).refuses(
        2,
        "error: the path of a key file is empty\n  \
         hint: is a variable unset? give the path of a public key file, or `-`\n",
    );
    is_no_file(&home, ".", "cannot be read\n  cause: it is a directory");
    let deep = "key.pub/x";
    is_no_file(&home, deep, "cannot be read\n  cause: Not a directory (os error 20)");
}

#[test]
fn the_file_of_the_sandbox_is_no_key() {
    let home = Home::new();
    let hint = "; a file for the sandbox needs `=`: `--sandbox=FILE`\n";
    home.run("-p aliyun --sandbox s.json key.pub").expect(2).says(hint);
    home.run("-p aliyun --sandbox=s.json key.pub").expect(0);
    home.run("-p aliyun --sandbox s.json key.pub").expect(3).says(hint);
    for arguments in ["--sandbox no.pub", "--sandbox=s.json no.json", "no.json"] {
        let ended = home.run(&format!("-p aliyun {arguments}")).expect(2);
        assert!(!ended.stderr.contains("--sandbox=FILE"), "{}", ended.stderr);
    }
}

#[cfg(unix)]
#[test]
fn what_would_never_end_is_not_read() {
    let home = Home::new();
    is_no_file(&home, "/dev/zero", NOT_REGULAR);
    is_no_file(&home, "/dev/null", NOT_REGULAR);
    let made = Command::new("mkfifo").arg(home.path("pipe")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink(home.path("pipe"), home.path("link")).unwrap();
    // A named pipe is waited for: somebody may be about to write a key into it.
    for path in ["pipe", "link"] {
        let ended = home.run(&format!("--sandbox -p aliyun --timeout 300ms {path}")).expect(2);
        ended
            .says(&format!("error: {path}: cannot be read\n  cause: it did not end within 0.3 s\n"))
            .says("  hint: `--timeout` gives it more time\n");
    }
    let line = "(sleep 0.2; cat key.pub) > pipe & \"$K\" --sandbox -p aliyun pipe";
    let ended = home.shell(line).expect(0);
    assert_eq!(ended.column(3), ["dev-laptop"]);
    let ended = home.shell("(cat /dev/zero) > pipe 2>&1 & \"$K\" --sandbox -p aliyun pipe");
    ended.expect(3).says("larger than 64 KiB");
}

#[test]
fn clouds_without_credentials_are_told_together() {
    let home = Home::new();
    let ended = home.run("--to aliyun --to volcengine --to baidu -o json key.pub").expect(4);
    for cloud in ["aliyun", "volcengine", "baidu"] {
        assert!(ended.stderr.contains(&format!("error: {cloud}: no credentials found\n")));
    }
    let document = ended.json();
    let errors = document["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 3);
    assert_eq!(document["error"], errors[0]);
    assert!(errors.iter().all(|error| error["kind"] == "no_credentials"), "{errors:?}");
    // The lowest exit code of all counts.
    let mut command = home.command("--to aliyun --to baidu -o json key.pub");
    command.env("BCE_ACCESS_KEY_ID", "alone");
    let ended = finish(command).expect(4);
    ended.says("error: baidu: the environment: `BCE_ACCESS_KEY_ID` is set and ");
}

#[test]
fn quotes_in_a_path_are_told() {
    let home = Home::new();
    for path in ["'~/.ssh/id.pub'", "\"key.pub\"", "'key.pub", "“key.pub”"] {
        let bare = path.trim_matches(['\'', '"', '“', '”']);
        let ended = home.run_of(["--sandbox", "-p", "aliyun", path]).expect(2);
        ended.says(&format!("  hint: the path contains quotes; give `{bare}` without them\n"));
    }
}

#[test]
fn a_tilde_is_the_home_directory_in_every_path() {
    let home = Home::new();
    home.run("--sandbox=~/state.json -p aliyun ~/key.pub").expect(0);
    assert!(home.path("state.json").exists());
    let ended = home.run("-p aliyun --ca-file=~/gone.pem key.pub").expect(2);
    ended.says(&format!("{}: No such file", home.path("gone.pem").display()));
}

/// Every setting that names a file, given one that never ends: the run ends at once all the same.
#[cfg(unix)]
#[test]
fn settings_that_would_never_end_are_not_read() {
    let home = Home::new();
    assert!(Command::new("mkfifo").arg(home.path("pipe")).status().unwrap().success());
    std::fs::create_dir(home.path("folder")).unwrap();
    std::os::unix::fs::symlink(home.path("pipe"), home.path("folder/ca.pem")).unwrap();
    std::fs::File::create(home.path("huge")).unwrap().set_len(1 << 40).unwrap();
    let pipe = home.path("pipe").display().to_string();
    let roundabout = format!("/proc/self/fd/../../..{pipe}");
    let closed = format!("https://{}", crate::fake_cloud::closed_port());
    for file in [&*pipe, &*roundabout, "/dev/zero", "/dev/tty", "huge", "folder"] {
        let ca = format!("-p aliyun --endpoint {closed} --attempts 1 key.pub --ca-file");
        let ended = home.run(&format!("{ca} {file}")).expect(2).says("no CA certificate in");
        assert!(ended.took.as_secs() < 20, "{file}");
        home.run(&format!("-p aliyun --sandbox={file} key.pub")).expect(2);
        for (cloud, variable, rest) in [
            ("aliyun", "SSL_CERT_FILE", &[][..]),
            ("aliyun", "SSL_CERT_DIR", &[]),
            ("aliyun", "ALIBABA_CLOUD_CREDENTIALS_FILE", &[]),
            (
                "aliyun",
                "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
                &[("ALIBABA_CLOUD_ROLE_ARN", "arn"), ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "arn")],
            ),
            (
                "volcengine",
                "VOLCENGINE_OIDC_TOKEN_FILE",
                &[("VOLCENGINE_OIDC_ROLE_TRN", "trn:iam::1:role/r")],
            ),
        ] {
            let mut command = home.command(&format!("-p {cloud} --attempts 1 key.pub"));
            command.env(variable, file).envs(rest.iter().copied());
            let ended = finish(command);
            assert!(matches!(ended.code, Some(2 | 4)), "{variable}={file}: {ended:?}");
            assert!(ended.took.as_secs() < 20, "{variable}={file}: {ended:?}");
        }
    }
}

/// Settings from a pipe that always has a little more are given up after `--timeout`, and at a signal.
#[cfg(target_os = "linux")]
#[test]
fn settings_from_a_pipe_without_end_are_given_up() {
    let home = Home::new();
    let closed = format!("https://{}", crate::fake_cloud::closed_port());
    let begin = |arguments: &str, variable: &str| {
        let (reader, mut writer) = std::io::pipe().unwrap();
        std::thread::spawn(move || {
            while writer.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let mut command = home.command(&format!("-p aliyun --endpoint {closed} {arguments}"));
        start(command.env(variable, "/dev/stdin").stdin(Stdio::from(reader)))
    };
    for variable in ["SSL_CERT_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_CONFIG_FILE"]
    {
        let ended = wait(begin("--attempts 1 --timeout 1s key.pub", variable));
        assert!(matches!(ended.code, Some(2 | 4)), "{variable}: {ended:?}");
        assert!(ended.took < Duration::from_secs(6), "{variable}: {:?}", ended.took);
        let child = begin("--attempts 1 key.pub", variable);
        std::thread::sleep(Duration::from_millis(500));
        assert!(
            Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let ended = wait(child).expect(130);
        assert!(ended.took < Duration::from_secs(4), "{variable}: {:?}", ended.took);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed() {
    let home = Home::new();
    std::os::unix::fs::symlink(home.path("key.pub"), home.path("link")).unwrap();
    home.run("--sandbox -p aliyun link").expect(0);
    std::os::unix::fs::symlink("loop", home.path("loop")).unwrap();
    home.run("--sandbox -p aliyun loop").expect(2).says("error: loop: cannot be read\n  cause: ");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let closed = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(home.path("key.pub"), closed).unwrap();
    if std::fs::read(home.path("key.pub")).is_ok() {
        return skip("root may read everything");
    }
    is_no_file(&home, "key.pub", "cannot be read\n  cause: Permission denied (os error 13)");
}

#[test]
fn a_huge_file_is_refused_and_not_read() {
    let home = Home::new();
    std::fs::File::create(home.path("huge")).unwrap().set_len(1 << 40).unwrap();
    let ended = home.run("--sandbox -p aliyun huge").expect(3);
    let ended =
        ended.says("error: huge: the input is larger than 64 KiB, which no public key is\n");
    assert!(ended.took.as_secs() < 30);
}

#[test]
fn what_is_no_key() {
    let home = Home::new();
    let cut = &keys::RSA[..300];
    let options = format!("command=\"ls\" {}", keys::RSA);
    let cases = [
        ("", "the input holds no key"),
        ("\n# none\n\n", "the input holds no key"),
        ("hello\n", "line 1 is not a public key"),
        ("\u{0}\u{1}\u{2}", "the input is binary"),
        (cut, "line 1: "),
        (&options, "line 1: options or host names precede the key"),
    ];
    for (text, why) in cases {
        home.put("bad", text);
        let ended = home.run("--sandbox=state -p aliyun bad").expect(3);
        assert!(ended.stderr.starts_with(&format!("error: bad: {why}")), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 2);
        assert!(!home.path("state").exists());
    }
}

#[test]
fn standard_input() {
    let home = Home::new();
    let ended = home.run_with("--sandbox -p aliyun - -o json", keys::RSA).expect(0);
    assert_eq!(ended.json()["results"][0]["key"]["source"], "-");
    home.run_with("--sandbox -p aliyun -", "")
        .expect(3)
        .says("error: standard input: the input holds no key\n");
    home.run_with("--sandbox -p aliyun - -", keys::RSA).refuses(
        2,
        "error: `-` is given twice, but standard input can be read only once\n  hint: give it once\n",
    );
    // A pipe at a path that stands for standard input is read like `-`.
    for path in ["/dev/stdin", "/dev/fd/0"] {
        let ended = home.run_with(&format!("--sandbox -p aliyun {path}"), keys::RSA).expect(0);
        assert_eq!(ended.column(4), [RSA_SHA256]);
    }
    // What never ends is read as far as a key can reach.
    let mut command = home.command("--sandbox -p aliyun -");
    let zero = std::fs::File::open("/dev/zero").unwrap();
    wait(start(command.stdin(Stdio::from(zero)))).expect(3);
}

#[test]
fn a_file_named_like_a_flag() {
    let home = Home::new();
    home.put("-odd.pub", keys::RSA);
    home.run("--sandbox -p aliyun -- -odd.pub").expect(0);
    home.run("--sandbox -p aliyun ./-odd.pub").expect(0);
}

#[test]
fn the_only_key_of_the_home_directory() {
    let home = Home::new();
    let names = "id_ed25519.pub, id_ecdsa.pub, id_rsa.pub";
    home.run("--sandbox -p aliyun").refuses(
        2,
        &format!(
            "error: no key is given, and ~/.ssh contains none of {names}\n  \
             hint: give a public key file, or `-` for standard input\n"
        ),
    );
    home.put(".ssh/id_rsa.pub", keys::RSA);
    let ended = home.run("--sandbox -p aliyun").expect(0);
    assert_eq!(ended.column(4), [RSA_SHA256]);
    let path = home.path(".ssh/id_rsa.pub");
    ended.says(&format!("using the key {}\n", path.display()));
    assert_eq!(home.run("--sandbox -p aliyun -q").expect(0).stderr, "");
    home.put(".ssh/id_ecdsa.pub", keys::ECDSA);
    let ended = home.run("--sandbox -p aliyun").expect(2);
    let other = home.path(".ssh/id_ecdsa.pub");
    ended.says(&format!(
        "error: no key is given, and ~/.ssh contains several: {}, {}\n",
        other.display(),
        path.display()
    ));
}

#[cfg(unix)]
#[test]
fn a_home_directory_is_not_needed() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    for other in ["", "relative", "/nonexistent"] {
        let mut command = home.command("--sandbox -p aliyun key.pub");
        command.env("HOME", other);
        finish(command).expect(0);
        let mut command = home.command("--sandbox -p aliyun");
        command.env("HOME", other);
        finish(command).expect(2).says("error: no key is given, and ");
    }
    let mut command = home.command("--sandbox -p aliyun key.pub");
    command.env_remove("HOME");
    finish(command).expect(0);
    // Nothing is ever written there.
    std::fs::set_permissions(home.path(""), std::fs::Permissions::from_mode(0o500)).unwrap();
    home.run("--sandbox -p aliyun key.pub").expect(0);
    std::fs::set_permissions(home.path(""), std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(super::run::list(&home.path("")), ["key.pub"]);
}

#[test]
fn without_credentials_every_place_is_named() {
    let home = Home::new();
    for (cloud, variable) in [
        ("aliyun", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("volcengine", "VOLCENGINE_ACCESS_KEY"),
        ("baidu", "BCE_ACCESS_KEY_ID"),
    ] {
        let ended = home.run(&format!("-p {cloud} key.pub")).expect(4);
        assert_eq!(ended.stdout, "");
        assert!(
            ended.stderr.starts_with(&format!("error: {cloud}: no credentials found\n")),
            "{}",
            ended.stderr
        );
        // One place a line, in one column, and the hint last.
        let lines: Vec<&str> = ended.stderr.lines().collect();
        let places = &lines[1..lines.len() - 1];
        assert!(places.len() >= 4, "{}", ended.stderr);
        assert!(places[0].starts_with("  tried: `"), "{}", ended.stderr);
        let is_place =
            |line: &&str| line.starts_with("         ") && line.chars().nth(9) != Some(' ');
        assert!(places[1..].iter().all(is_place), "{}", ended.stderr);
        assert!(lines[lines.len() - 1].starts_with("  hint: "), "{}", ended.stderr);
        assert!(lines.iter().all(|line| line.len() < 110), "{}", ended.stderr);
        // `-v` names older spellings too.
        let verbose = home.run(&format!("-p {cloud} -v key.pub")).expect(4);
        assert!(verbose.stderr.lines().count() > lines.len(), "{}", verbose.stderr);
        ended
            .says(&format!("`{variable}`"))
            .says("the instance role is disabled by `KEYIMPORT_METADATA_DISABLED`\n");
    }
}
