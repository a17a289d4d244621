//! The language of help and errors: how it is chosen, and that nothing is left untranslated.

use std::collections::BTreeSet;

use keyimport::cli;
use keyimport::error::ExitCode;
use keyimport::lang::{CHINESE, ENGLISH, Example, Language, Variable};
use keyimport::provider::Purpose;
use unicode_width::UnicodeWidthStr as _;

use super::run::Home;
use crate::doubles::FakeSystem;

fn is_chinese(text: &str) -> bool {
    text.contains(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[test]
fn the_first_variable_that_is_set_counts() {
    for (variables, wanted) in [
        (&[][..], Language::English),
        (&[("LANG", "zh_CN.UTF-8")], Language::Chinese),
        (&[("LANG", "zh")], Language::Chinese),
        (&[("LANG", "zh-Hans")], Language::Chinese),
        (&[("LANG", "ZH_TW.Big5")], Language::Chinese),
        (&[("LANG", "zha_CN")], Language::English),
        (&[("LANG", "C.UTF-8")], Language::English),
        (&[("LC_MESSAGES", "en_US.UTF-8"), ("LANG", "zh_CN")], Language::English),
        (&[("LC_ALL", ""), ("LC_MESSAGES", "zh_CN"), ("LANG", "en")], Language::Chinese),
        (&[("LC_ALL", "C"), ("LC_MESSAGES", "zh_CN"), ("LANG", "zh_CN")], Language::English),
        (&[("LC_ALL", "zh_HK"), ("LANG", "de_DE")], Language::Chinese),
        (&[("LC_CTYPE", "zh_CN"), ("LANGUAGE", "zh")], Language::English),
    ] {
        let system = variables
            .iter()
            .fold(FakeSystem::new(), |system, (name, value)| system.with_var(name, value));
        assert_eq!(Language::of_environment(&system), wanted, "{variables:?}");
    }
}

#[test]
fn the_flag_counts_before_the_environment() {
    let home = Home::new();
    for (locale, arguments, wanted) in [
        ("zh_CN.UTF-8", "-h", true),
        ("zh_CN.UTF-8", "--lang en -h", false),
        ("zh_CN.UTF-8", "--lang=en --bogus", false),
        ("en_US.UTF-8", "--lang zh --help", true),
        ("en_US.UTF-8", "--bogus --lang zh", true),
        ("", "-h", false),
        ("zh_CN", "--lang de -h", true),
    ] {
        let ended = home.shell(&format!("LC_ALL={locale} \"$K\" {arguments}"));
        assert_eq!(is_chinese(&ended.all()), wanted, "{locale} {arguments}: {ended:?}");
    }
}

#[test]
fn every_flag_is_translated() {
    let (english, mut chinese) = (cli::command(&ENGLISH), cli::command(&CHINESE));
    assert!(is_chinese(&chinese.get_about().unwrap().to_string()));
    let pairs = english.get_arguments().zip(chinese.get_arguments());
    for (one, other) in pairs {
        let id = one.get_id();
        assert_eq!(id, other.get_id());
        assert!(is_chinese(&other.get_help().unwrap().to_string()), "{id}");
        assert!(is_chinese(other.get_help_heading().unwrap()), "{id}");
        let long = other.get_long_help().unwrap().to_string();
        let is_longer = one.get_long_help().is_some();
        let (_, rest) = long.split_once("\n\n").unwrap_or_default();
        assert!(!is_longer || is_chinese(rest), "{id}: {long}");
    }
    // Neither clap's own words nor a sentence of the table are left in English.
    for help in [chinese.render_help().to_string(), chinese.render_long_help().to_string()] {
        for word in ["Usage", "Options", "default", "possible", "Possible", "Arguments", "Print"] {
            assert!(!help.contains(word), "{word}: {help}");
        }
    }
    // The groups have not fallen together.
    let headings = |command: &clap::Command| {
        let headings =
            command.get_arguments().map(|flag| flag.get_help_heading().map(str::to_owned));
        headings.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(headings(&english), headings(&chinese));
}

#[test]
fn no_text_is_the_same_in_both_languages() {
    let (one, other) = (&ENGLISH, &CHINESE);
    let mut pairs = vec![
        (one.help.examples.to_owned(), other.help.examples.to_owned()),
        (one.help.exit_codes.to_owned(), other.help.exit_codes.to_owned()),
        (one.help.environment.to_owned(), other.help.environment.to_owned()),
    ];
    let mut add = |one: &str, other: &str| pairs.push((one.to_owned(), other.to_owned()));
    for example in Example::ALL {
        add((one.help.example)(example), (other.help.example)(example));
    }
    for code in ExitCode::ALL {
        add((one.help.exit_code)(code), (other.help.exit_code)(code));
    }
    for purpose in Purpose::ALL {
        add((one.help.purpose)(purpose), (other.help.purpose)(purpose));
    }
    for variable in Variable::ALL {
        add((one.help.variable)(variable), (other.help.variable)(variable));
    }
    for (english, chinese) in pairs {
        assert!(is_chinese(&chinese) && !is_chinese(&english), "{english}: {chinese}");
    }
}

#[test]
fn chinese_help_fits_a_screen() {
    let home = Home::new();
    for (flag, most) in [("-h", 45), ("--help", 1000)] {
        let help = home.run(&format!("--lang zh {flag}")).expect(0).stdout;
        assert!(help.lines().count() <= most, "{help}");
        for line in help.lines() {
            assert!(line.width() <= 80, "{line}");
            let first = line.trim_start().chars().next();
            assert!(!first.is_some_and(|letter| "，。；：、）？".contains(letter)), "{line}");
        }
    }
}

#[test]
fn wrong_arguments_are_explained_in_chinese_and_documents_stay_english() {
    let home = Home::new();
    for (arguments, message, hint) in [
        ("--regoin x", "未知选项 `--regoin`", "是否想输入 `--region`？"),
        ("--bogus", "未知选项 `--bogus`", "`keyimport --help` 列出所有选项"),
        ("--color no", "`--color` 的值 `no` 无效", "可选值：auto, always, never"),
        ("--timeout", "`--timeout` 缺少值", "请写作 `--timeout TIME`"),
        ("-n a -n b", "`--name` 重复指定", "只能指定一次"),
        ("--check --offline", "`--check` 不能与 `--offline` 同时使用", "请去掉其中一个"),
        ("--all-keys=1", "`--all-keys` 不接受值，却给出了 `1`", "请去掉该值"),
    ] {
        let ended = home.run(&format!("--lang zh {arguments}")).expect(2);
        assert_eq!(ended.stderr, format!("error: {message}\n  hint: {hint}\n"));
    }
    let ended = home.run("--lang zh -o json --bogus").expect(2);
    assert_eq!(ended.json()["error"]["message"], "unknown option `--bogus`");
    assert!(is_chinese(&ended.stderr));
}
