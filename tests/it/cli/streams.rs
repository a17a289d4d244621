//! Standard streams: what goes where, colour, and readers that go away.

#[cfg(target_os = "linux")]
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::process::Stdio;
#[cfg(target_os = "linux")]
use std::thread;
#[cfg(target_os = "linux")]
use std::time::Duration;

use super::keys::{self, RSA_SHA256};
#[cfg(target_os = "linux")]
use super::run::signal;
use super::run::{Home, finish, start, wait};

#[test]
fn quiet_leaves_errors_and_the_format_that_is_asked_for() {
    let home = Home::new();
    home.put("weak.pub", keys::WEAK);
    for arguments in ["-p aliyun -q weak.pub", "-p aliyun,volcengine -q key.pub"] {
        let ended = home.run(&format!("--sandbox {arguments}")).expect(0);
        assert_eq!(ended.all(), "\n");
        for (format, begin) in [("text", "imported\t"), ("json", "{"), ("jsonl", "{")] {
            let ended = home.run(&format!("--sandbox {arguments} -o {format}")).expect(0);
            assert_eq!(ended.stderr, "");
            assert!(ended.stdout.starts_with(begin), "{}", ended.stdout);
        }
    }
    let ended = home.run("--sandbox --to aliyun/no-such-place -q key.pub").expect(11);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.starts_with("error: aliyun no-such-place: "), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 3);
}

#[test]
fn verbose_tells_where_settings_come_from() {
    let home = Home::new();
    let ended = home.run("--sandbox -p aliyun -v key.pub").expect(0);
    ended.says("aliyun: using credentials from the sandbox (LTAI…ner)\n");
}

#[test]
fn the_exchange_is_shown_without_secrets() {
    let home = Home::new();
    let secret = &*keyimport::sandbox::owner("aliyun").unwrap().secret;
    let ended = home.run("--sandbox -p aliyun,volcengine,baidu -vv key.pub").expect(0);
    let shown = &ended.stderr;
    assert!(shown.contains("> POST http://ecs.cn-hangzhou.aliyuncs.com.localhost:"), "{shown}");
    assert!(shown.contains("/?AccessKeyId=***&Action=ImportKeyPair&"), "{shown}");
    assert!(shown.contains("> GET http://open.volcengineapi.com.localhost:"), "{shown}");
    assert!(shown.contains("> PUT http://bcc.bj.baidubce.com.localhost:"), "{shown}");
    assert!(shown.contains("> authorization: ***\n"), "{shown}");
    assert!(shown.contains("< 200\n"), "{shown}");
    assert!(shown.contains("< date: ") && shown.contains("< x-tt-logid: "), "{shown}");
    // Of a body that is no form, its size; of no body, nothing.
    assert!(shown.contains(" bytes)\n") && !shown.contains("(0 bytes)"), "{shown}");
    let key = keys::RSA.split(' ').nth(1).unwrap();
    let owners = crate::cloud_ids().map(|id| keyimport::sandbox::owner(id).unwrap());
    for owner in owners {
        assert!(!shown.contains(&*owner.secret) && !shown.contains(&*owner.id), "{shown}");
    }
    for text in [secret, &key[..40], &key[key.len() - 40..], "PublicKeyBody=ssh"] {
        assert!(!shown.contains(text), "{text} in {shown}");
    }
}

#[test]
fn every_line_of_an_exchange_names_its_target_when_there_are_several() {
    let home = Home::new();
    let exchange = |arguments: &str| -> Vec<String> {
        let ended = home.run(&format!("--sandbox {arguments} -vv")).expect(0);
        let lines = ended.stderr.lines().map(str::to_owned);
        lines.filter(|line| line.contains("> ") || line.contains("< ")).collect()
    };
    let starts = |line: &str| line.starts_with("> ") || line.starts_with("< ");
    let alone = exchange("-p aliyun -r cn-beijing key.pub");
    assert!(!alone.is_empty() && alone.iter().all(|line| starts(line)), "{alone:#?}");

    home.put("second.pub", keys::ED25519);
    let regions: Vec<String> = (0..30).map(|number| format!("cn-r{number}")).collect();
    let keys = exchange(&format!("-p aliyun -r {} key.pub second.pub", regions.join(",")));
    // Who speaks changes between blocks only, and every block is whole.
    let mut speaker = String::new();
    let mut requests = 0;
    for line in &keys {
        let (place, said) = line.split_once(": ").unwrap();
        assert!(starts(said), "{line}");
        if said.starts_with("> POST ") {
            requests += 1;
            let region = place.split(' ').nth(1).unwrap();
            assert!(said.contains(&format!("RegionId={region}&")), "{line}");
        }
        if said.starts_with("> POST ") || said == "< 200" {
            place.clone_into(&mut speaker);
        }
        assert_eq!(place, speaker, "{keys:#?}");
    }
    assert_eq!(requests, 60);
    for place in ["aliyun cn-r7 dev-laptop", "aliyun cn-r29 dev-ed"] {
        let theirs = keys.iter().filter(|line| line.starts_with(&format!("{place}: ")));
        assert_eq!(theirs.filter(|line| line.ends_with(": < 200")).count(), 1, "{place}");
    }
}

#[test]
fn colour_is_for_terminals_or_on_demand() {
    let home = Home::new();
    let arguments = "--sandbox --to aliyun/no-such-place key.pub";
    assert!(!home.run(arguments).stderr.contains('\u{1b}'));
    let always = home.run(&format!("{arguments} --color always"));
    assert!(always.stderr.contains("\u{1b}[1m\u{1b}[31merror"), "{:?}", always.stderr);
    // A pipe is for programs: its columns stay plain.
    assert!(!always.stdout.contains('\u{1b}'), "{:?}", always.stdout);
    let mut command = home.command(&format!("{arguments} --color never"));
    command.env("CLICOLOR_FORCE", "1");
    assert!(!finish(command).stderr.contains('\u{1b}'));
    let mut command = home.command(arguments);
    command.env("CLICOLOR_FORCE", "1");
    assert!(finish(command).stderr.contains('\u{1b}'));
    let mut command = home.command(arguments);
    command.env("NO_COLOR", "1");
    assert!(!finish(command).stderr.contains('\u{1b}'));
}

#[test]
fn colour_is_as_wanted_when_flags_make_no_sense_too() {
    let home = Home::new();
    for wanted in ["--bogus --color always", "--color=always --jobs 0", "--help --color always"] {
        let ended = home.run(wanted);
        assert!(format!("{}{}", ended.stdout, ended.stderr).contains('\u{1b}'), "{ended:?}");
    }
    for unwanted in ["--bogus --color never", "--color=never --jobs 0", "--help --color never"] {
        let mut command = home.command(unwanted);
        command.env("CLICOLOR_FORCE", "1");
        let ended = finish(command);
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains('\u{1b}'), "{ended:?}");
    }
    let mut command = home.command("--bogus --color odd");
    command.env("CLICOLOR_FORCE", "1");
    assert!(finish(command).expect(2).stderr.contains('\u{1b}'));
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let home = Home::new();
    let arguments = "--sandbox -p aliyun,volcengine --all-regions key.pub";
    for form in ["", "-o jsonl", "-o json"] {
        let mut child = start(&mut home.command(&format!("{arguments} {form}")));
        drop(child.stdout.take());
        let ended = wait(child).expect(0);
        assert!(!ended.stderr.contains("error"), "{}", ended.stderr);
        assert!(ended.stderr.contains(" targets: "), "{}", ended.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_told() {
    let home = Home::new();
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let told = "error: the results could not be written\n  cause: No space left on device";
    for arguments in ["--sandbox -p aliyun key.pub", "--help", "--version", "--generate man"] {
        let mut command = home.command(arguments);
        let child = command.stdin(Stdio::null()).stdout(full()).stderr(Stdio::piped()).spawn();
        wait(child.unwrap()).expect(1).says(told);
    }
    // A failure of its own is the more important one.
    let mut command = home.command("--sandbox -p aliyun --check key.pub");
    let child = command.stdin(Stdio::null()).stdout(full()).stderr(Stdio::piped()).spawn();
    wait(child.unwrap()).expect(12).says(told);
}

/// Makes the two ends of a pipe with room for a page, whose given end is non-blocking, as a neighbour may leave it.
#[cfg(target_os = "linux")]
fn pipe(non_blocking: impl Fn(&PipeReader, &PipeWriter)) -> (PipeReader, PipeWriter) {
    let (reader, writer) = std::io::pipe().unwrap();
    rustix::pipe::fcntl_setpipe_size(&writer, 4096).unwrap();
    non_blocking(&reader, &writer);
    (reader, writer)
}

#[cfg(target_os = "linux")]
fn set_non_blocking(end: impl std::os::fd::AsFd) {
    rustix::io::ioctl_fionbio(end, true).unwrap();
}

/// Reads slowly, from when the pipe is full.
#[cfg(target_os = "linux")]
fn read_slowly(mut reader: PipeReader) -> String {
    thread::sleep(Duration::from_millis(300));
    let (mut all, mut part) = (Vec::new(), [0; 1000]);
    while let Ok(count @ 1..) = reader.read(&mut part) {
        all.extend_from_slice(&part[..count]);
        thread::sleep(Duration::from_millis(1));
    }
    String::from_utf8(all).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_pipe_that_does_not_block_gets_everything() {
    let home = Home::new();
    let regions: Vec<String> = (0..40).map(|number| format!("r{number}")).collect();
    let many = format!("--sandbox -p aliyun -r {} key.pub", regions.join(","));
    let trace = format!("{many} -vv");
    for (arguments, is_error, text, count) in [
        (format!("{many} -o json"), false, "\"status\":\"imported\"", 40),
        (format!("{many} -o jsonl"), false, "\"status\":\"imported\"", 40),
        (many.clone(), false, "imported\t", 40),
        ("--help".to_owned(), false, "--version", 1),
        ("--generate man".to_owned(), false, ".SH", 5),
        ("--generate complete-bash".to_owned(), false, "complete -F", 1),
        (trace, true, ": < 200\n", 40),
        (format!("{many} --check -o json --endpoint bogus"), false, "\"error\":", 1),
    ] {
        let (reader, writer) = pipe(|_, writer| set_non_blocking(writer));
        let mut command = home.command(&arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let stream = Stdio::from(writer);
        if is_error {
            command.stderr(stream)
        } else {
            command.stdout(stream)
        };
        let child = command.spawn().unwrap();
        // The parent's end of the pipe is closed with the command.
        drop(command);
        let read = read_slowly(reader);
        wait(child);
        assert!(read.matches(text).count() >= count, "{arguments}: {read}");
        assert!(read.ends_with('\n'), "{arguments}: {read}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_is_waited_for_until_the_timeout() {
    for is_blocking in [true, false] {
        let home = Home::new();
        let begin = |arguments: &str| {
            let (reader, writer) = pipe(|reader, _| {
                if !is_blocking {
                    set_non_blocking(reader);
                }
            });
            (start(home.command(arguments).stdin(Stdio::from(reader))), writer)
        };
        for path in ["-", "/dev/stdin"] {
            let (child, mut writer) = begin(&format!("--sandbox -p aliyun {path}"));
            for part in keys::RSA.as_bytes().chunks(100) {
                thread::sleep(Duration::from_millis(60));
                writer.write_all(part).unwrap();
            }
            drop(writer);
            wait(child).expect(0);
            let (child, mut writer) = begin(&format!("--sandbox -p aliyun --timeout 1s {path}"));
            writer.write_all(keys::RSA.as_bytes()).unwrap();
            wait(child).expect(2).says("  cause: it did not end within 1 s\n  hint: `--timeout` ");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_a_wait_for_a_key_or_for_a_reader() {
    let home = Home::new();
    let (reader, _writer) = std::io::pipe().unwrap();
    let child = start(home.command("-p aliyun -o json -").stdin(Stdio::from(reader)));
    thread::sleep(Duration::from_millis(500));
    signal(&child, "-TERM");
    let ended = wait(child).expect(143);
    assert_eq!(ended.json()["summary"]["exit_code"], 143);
    ended.says("cause: the run was stopped\n  hint: nothing was sent; it is safe to run again\n");

    let regions: Vec<String> = (0..40).map(|number| format!("r{number}")).collect();
    let arguments = format!("--sandbox -p aliyun -r {} -o json key.pub", regions.join(","));
    for is_blocking in [true, false] {
        let (_reader, writer) = pipe(|_, writer| {
            if !is_blocking {
                set_non_blocking(writer);
            }
        });
        let mut command = home.command(&arguments);
        let child = command.stdout(Stdio::from(writer)).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(1500));
        signal(&child, "-INT");
        let ended = wait(child).expect(130);
        assert!(ended.took < Duration::from_secs(10), "{:?}", ended.took);
    }
}

#[cfg(unix)]
#[test]
fn closed_streams_do_no_harm() {
    let home = Home::new();
    for closed in [">&-", "2>&-", "<&-", ">&- 2>&- <&-"] {
        home.shell(&format!("exec \"$K\" --sandbox=state -p aliyun key.pub {closed}")).expect(0);
    }
    assert!(home.read("state").contains("dev-laptop"));
}

#[test]
fn a_pipe_gets_fixed_columns() {
    let home = Home::new();
    let ended = home.run("--sandbox -p aliyun,volcengine,baidu key.pub").expect(0);
    let rows = ended.rows();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!(row.len(), 6);
        assert_eq!(row[4], RSA_SHA256);
    }
}
