//! Messages on a terminal of 80 columns: wrapped at words, in columns, and ended by what helps.

use std::process::Stdio;

use super::keys;
use super::run::Home;
use super::screen::Screen;

const COLUMNS: u16 = 80;

/// Runs the program with standard error on a terminal, and returns the lines there.
#[track_caller]
fn messages(home: &Home, arguments: &str, code: i32) -> Vec<String> {
    let shown = Screen::start_with(home.command(arguments), Stdio::null(), COLUMNS).finish();
    assert_eq!(shown.code, Some(code), "{arguments}: {:#?}", shown.lines);
    assert!(shown.wrapped.is_empty(), "{arguments}: {:#?}", shown.wrapped);
    shown.lines
}

/// Whether the last message is a hint, on one line or several.
fn ends_with_a_hint(lines: &[String]) -> bool {
    let last = lines.iter().rev().find(|line| !line.starts_with("      "));
    last.is_some_and(|line| line.starts_with("  hint: "))
}

#[test]
fn no_message_is_cut_in_a_word_and_each_ends_with_a_hint() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER);
    home.put("two.pub", format!("{}{}", keys::RSA, keys::OTHER));
    home.run("--sandbox=state -p volcengine -n deploy key.pub").expect(0);
    home.run("--sandbox=state -p aliyun -n deploy key.pub").expect(0);
    for (arguments, code) in [
        ("--to aliyun --to volcengine --to baidu key.pub", 4),
        ("-p aliyun -v key.pub", 4),
        ("-p tencent -r ap-tokyo --profile gone key.pub", 4),
        ("--sandbox=state -p aliyun -n deploy other.pub", 6),
        ("--sandbox=state -p volcengine -n deploy other.pub", 6),
        ("--sandbox -p aliyun two.pub", 3),
        ("--sandbox -p aliyun gone", 2),
        ("--sandbox -p baidu -n 1abc key.pub", 2),
        ("--sandbox -p aws -r ap-shanghai key.pub", 11),
        ("--to aliyun baidu key.pub", 2),
        ("key.pub", 2),
    ] {
        let lines = messages(&home, arguments, code);
        assert!(ends_with_a_hint(&lines), "{arguments}: {lines:#?}");
    }
}

#[test]
fn the_places_that_were_tried_stand_in_columns() {
    let home = Home::new();
    let lines = messages(&home, "-p baidu -r bj key.pub", 4);
    assert_eq!(
        lines,
        [
            "error: baidu: no credentials found",
            "  tried: `BCE_ACCESS_KEY_ID`         not set",
            "         `~/.bce/config.json`        is not there",
            "         `~/.go-bcecli/credentials`  is not there",
            "         `~/.baidubce/credentials`   is not there",
            "         the instance role           is disabled by",
            "             `KEYIMPORT_METADATA_DISABLED`",
            "  hint: set `BCE_ACCESS_KEY_ID` and `BCE_SECRET_ACCESS_KEY`, or configure a",
            "      profile with `bce`",
        ]
    );
}
