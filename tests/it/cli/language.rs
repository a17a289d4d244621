//! The language of help and errors: how it is chosen, and that nothing is left untranslated.

use std::collections::BTreeSet;

use keyimport::cli;
use keyimport::error::{Error, ErrorKind, ErrorResponse, ExitCode};
use keyimport::import::Status;
use keyimport::lang::{CHINESE, ENGLISH, Example, Language, ReportTexts, Variable};
use keyimport::phrase::Phrase;
use keyimport::ports::{Delivery, SendError};
use keyimport::provider::Purpose;
use keyimport::redact::Redactor;
use keyimport::report::Layout;
use unicode_width::UnicodeWidthStr as _;

use super::keys;
use super::run::Home;
#[cfg(unix)]
use super::screen::show;
use crate::doubles::{ERROR_KINDS, FakeSystem};

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
    let (words, others) = (&one.report, &other.report);
    for (english, chinese) in [
        (words.error, others.error),
        (words.warning, others.warning),
        (words.hint, others.hint),
        (words.cause, others.cause),
        (words.tried, others.tried),
        (words.detail, others.detail),
        (&*(words.targets)(2), &*(others.targets)(2)),
    ] {
        add(english, chinese);
    }
    for status in Status::ALL {
        add((words.status)(*status), (others.status)(*status));
        add(&(words.count)(2, *status), &(others.count)(2, *status));
    }
    for kind in ERROR_KINDS.iter().copied() {
        add((words.kind)(kind), (others.kind)(kind));
        assert_eq!((words.kind)(kind), kind.name().replace('_', " "));
        add(kind.hint(), &other.translate(&kind.hint().into()).unwrap_or_default());
    }
    for (is_verified, is_renamed) in [(true, true), (true, false), (false, true), (false, false)] {
        let stored = |texts: &ReportTexts| (texts.stored)(is_verified, is_renamed);
        add(stored(words), stored(others));
    }
    for (english, chinese) in pairs {
        assert!(is_chinese(&chinese) && !is_chinese(&english), "{english}: {chinese}");
    }
}

/// Phrases of credentials that are set and wrong, of names that a cloud refuses and of bugs: below a Chinese title they
/// stay in English. This list only gets shorter.
const ENGLISH_ONLY: &[&str] = &[
    "`{}` cannot be the name of a profile",
    "`{}` does not begin with `/`",
    "`{}` holds a token, not the path of its file",
    "`{}` is `{}`, not `IPv4` or `IPv6`",
    "`{}` is `{}`, which is not `http://HOST[:PORT]`",
    "`{}` is `{}`, {}",
    "`{}` is not a command line",
    "`{}` is not a host that may be asked over plain http",
    "`{}` is not the same in the profile and in its `{}`",
    "`{}` is set: {}",
    "it is not JSON with `{}`",
    "its `{}` is not {}",
    "its mode is `{}`, not `AK` or `StsToken`",
    "tag `{}` must not begin with `aliyun` or `acs:`, nor hold `http://` or `https://`",
    "tag `{}` must not begin with `qcs:` or `project:`, nor end with a space",
    "the credentials URI gave no credential (HTTP {})",
    "the instance metadata service at {} responded with HTTP {}",
    "the login gave no credential of the role (HTTP {})",
    "the profiles `{}` go in a circle",
    "the response (HTTP {}) holds no credential",
    "the token of `{}` {}",
    "there is no section `[{} {}]`",
    "{} `{}` must be {}: {}",
    "{} gave no credential (HTTP {})",
    "{} is JSON, not a token alone",
    "{} is disabled by `{}`",
    "{} is not the {} it should be{}",
    "{}: `{}` cannot be a region id",
    "{}: the instance metadata service at {} gave no credential (HTTP {})",
    "{}: the region begins or ends with a quote",
];

/// What stands before a text that is shown.
const BEFORE: &[&str] = &[
    "phrase!(", ".hinted(", "Phrase::from(", ".and(", "Error::usage(", "refuse(", "HINT: &str =",
    "CHECK: &str =", "CHECK_SCHEME: &str =", "CHECK_PASSWORD: &str =", "GIVE_PASSWORD: &str =",
    "NO_PASSWORD: &str =", "NO_PROXY: &str =",
];

/// Folders where every sentence is shown, whatever it is put into: a value, a context, a text made by `format!`.
const SHOWN: &[&str] = &["import", "plan", "report", "run"];

/// Returns the texts in a source that are shown.
fn templates(name: &str, source: &str) -> BTreeSet<String> {
    let (source, _) = source.split_once("#[cfg(test)]").unwrap_or((source, ""));
    let behind = BEFORE.iter().flat_map(|before| source.split(before).skip(1));
    let behind = behind.filter_map(|text| Some(literal(text.trim_start())?.0));
    let is_shown = SHOWN.contains(&name.split(['/', '\\']).next().unwrap());
    let sentences = if is_shown { sentences(source) } else { Vec::new() };
    behind.chain(sentences).collect()
}

/// Returns the literals in a source that hold two words in a row.
fn sentences(source: &str) -> Vec<String> {
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.contains("reason = ");
    let code: Vec<&str> = source.lines().filter(is_code).collect();
    let code = code.join("\n").replace("'\"'", "");
    let mut literals = Vec::new();
    let mut rest = &*code;
    while let Some((text, behind)) = rest.find('"').and_then(|start| literal(&rest[start..])) {
        literals.push(text);
        rest = behind;
    }
    let is_word = |word: &str| {
        let word = word.trim_end_matches([',', ';', ':']);
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase())
    };
    literals.retain(|text| {
        let words: Vec<&str> = text.split(' ').collect();
        words.windows(2).any(|pair| pair.iter().all(|word| is_word(word)))
    });
    literals
}

/// Reads the literal that a text begins with, and returns what follows too.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '"' => return Some((value, letters.as_str())),
            '\\' => match letters.next()? {
                '\n' => letters = letters.as_str().trim_start().chars(),
                letter => value.push(letter),
            },
            letter => value.push(letter),
        }
    }
}

#[test]
fn every_phrase_is_translated() {
    let translation = CHINESE.phrase.unwrap();
    let mut missing = BTreeSet::new();
    let mut count = 0;
    for (name, source) in crate::registry::sources() {
        for template in templates(&name, &source) {
            count += 1;
            // A single word, or nothing but values.
            let is_sentence = template.contains(' ') && template.contains(char::is_alphabetic);
            match translation(&template) {
                Some(chinese) => {
                    let places = |text: &str| text.matches('{').count();
                    let is_told = is_chinese(chinese) || chinese.is_empty() || !is_sentence;
                    assert!(is_told, "{template}: {chinese}");
                    assert!(
                        chinese.is_empty() || places(chinese) == places(&template),
                        "{chinese}"
                    );
                }
                None if is_sentence => drop(missing.insert(template)),
                None => {}
            }
        }
    }
    assert!(count > 250, "{count}");
    assert_eq!(missing, ENGLISH_ONLY.iter().map(|text| (*text).to_owned()).collect());
}

#[test]
fn values_and_contexts_of_messages_are_chinese_too() {
    let home = Home::new();
    let none =
        "没有指定公钥，且 ~/.ssh 中没有以下任何一个：id_ed25519.pub, id_ecdsa.pub, id_rsa.pub";
    for (arguments, code, told) in [
        ("--endpoint https://x/y key.pub", 2, "错误：`--endpoint https://x/y`：不能含有路径\n"),
        ("--endpoint https://x?y key.pub", 2, "`--endpoint https://x?y`：不能含有查询参数或片段\n"),
        ("--sandbox", 2, &format!("错误：{none}\n")),
        ("--sandbox -", 3, "错误：标准输入：其中没有公钥\n"),
        ("--sandbox -v key.pub", 0, "aliyun：使用凭证：沙箱（"),
    ] {
        home.run(&format!("--lang zh -p aliyun {arguments}")).expect(code).says(told);
    }
    let weak = home.run_with("--lang zh --offline -", keys::WEAK).expect(0);
    weak.says("警告：标准输入：1024 位的 RSA 密钥强度不足\n");
    home.put(".ssh/id_rsa.pub", keys::RSA);
    home.put(".ssh/id_ecdsa.pub", keys::RSA);
    let several = home.run("--lang zh --sandbox -p aliyun").expect(2);
    several.says("错误：没有指定公钥，而 ~/.ssh 中有多个：");
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
        ("--timeout 5x", "`--timeout 5x`：不是时长", "请写作时长，例如 `500ms`、`60s` 或 `2m`"),
        ("--all-keys=1", "`--all-keys` 不接受值，却给出了 `1`", "请去掉该值"),
    ] {
        let ended = home.run(&format!("--lang zh {arguments}")).expect(2);
        assert_eq!(ended.stderr, format!("错误：{message}\n  提示：{hint}\n"));
    }
    let ended = home.run("--lang zh -o json --bogus").expect(2);
    assert_eq!(ended.json()["error"]["message"], "unknown option `--bogus`");
    assert!(is_chinese(&ended.stderr));
}

/// Runs the program in Chinese on a terminal of 80 columns, where no line wraps.
#[cfg(unix)]
#[track_caller]
fn in_chinese(home: &Home, arguments: &str, code: i32) -> Vec<String> {
    let mut command = home.command(arguments);
    command.env("LC_ALL", "zh_CN.UTF-8");
    let shown = show(command, 80).expect(code);
    assert!(shown.wrapped.is_empty(), "{:#?}", shown.wrapped);
    shown.lines
}

#[cfg(unix)]
#[test]
fn a_session_on_a_terminal_is_chinese() {
    let home = Home::new();
    let run = "--sandbox=state --to aliyun/cn-beijing --to baidu/bj -n 部署用的密钥 key.pub";
    let lines = in_chinese(&home, run, 0);
    assert_eq!(lines[0], "sandbox：使用内置的沙箱云，不会向外发送任何内容");
    assert_eq!(
        lines[2..],
        [
            "已导入  aliyun  cn-beijing  部署用的密钥  （已核实）",
            "已导入  baidu   bj          部署用的密钥  （已核实）",
            "共 2 个目标：已导入 2 个",
        ]
    );
    home.put("other.pub", keys::OTHER);
    let run = "--sandbox=state -p aliyun -r cn-beijing -n 部署用的密钥 other.pub";
    let lines = in_chinese(&home, run, 6);
    assert_eq!(lines[2], "冲突    aliyun  cn-beijing  部署用的密钥  名称已被占用");
    assert_eq!(lines[3], "错误：aliyun cn-beijing：`部署用的密钥` 已是另一个公钥；未做任何更改");
    assert!(lines[4].starts_with("  云端：SHA256:"), "{lines:#?}");
    assert!(lines[5].starts_with("  本地：SHA256:"), "{lines:#?}");
    assert!(lines.last().unwrap().starts_with("  提示：请换一个名称，例如 `--name "), "{lines:#?}");
    let lines = in_chinese(&home, "-p baidu -r bj key.pub", 4);
    assert_eq!(
        lines,
        [
            "错误：baidu：没有找到凭证",
            "  已查找：`BCE_ACCESS_KEY_ID`         未设置",
            "          `~/.bce/config.json`        不存在",
            "          `~/.go-bcecli/credentials`  不存在",
            "          `~/.baidubce/credentials`   不存在",
            "          实例角色                    已被 `KEYIMPORT_METADATA_DISABLED` 禁用",
            "  提示：请设置 `BCE_ACCESS_KEY_ID` 和 `BCE_SECRET_ACCESS_KEY`，或用 `bce` 添加配",
            "      置",
        ]
    );
}

#[test]
fn what_programs_read_stays_english() {
    let home = Home::new();
    let row = |language: &str| {
        let run = format!("--lang {language} --sandbox --to baidu/bj,nowhere -j 1 key.pub");
        home.run(&run).expect(10).stdout
    };
    assert_eq!(row("zh"), row("en"));
    let failure = |language: &str| {
        let run = format!("--lang {language} --sandbox -p baidu -r nowhere -o json key.pub");
        home.run(&run).expect(11).json()["results"][0]["error"].clone()
    };
    assert_eq!(failure("zh"), failure("en"));
    let offline = |language: &str| {
        let run = format!("--lang {language} --offline key.pub");
        home.run(&run).expect(0).stdout
    };
    assert_eq!(offline("zh"), offline("en"));
}

#[test]
fn causes_are_chinese_too() {
    let home = Home::new();
    let ended = home.run("--lang zh --offline -p aliyun .").expect(2);
    ended.says("错误：.：无法读取\n  原因：这是目录\n");
    let told = |error: Error| {
        let layout = Layout { texts: &CHINESE, width: None, is_verbose: false };
        let message = layout.error("", &error);
        message.lines().find_map(|line| Some(line.split_once("原因：")?.1.to_owned()))
    };
    let phrase = |template, value: &str| Phrase::new(template, vec![value.to_owned()]);
    let unknown = || Error::new(ErrorKind::OutcomeUnknown, "there was no time to look again");
    let lost = Error::new(ErrorKind::Network, phrase("no response from {}", "host"))
        .caused_by(SendError::new(Delivery::Unknown, "the connection was reset"));
    assert_eq!(told(unknown().caused_by(lost)).as_deref(), Some("host 没有响应：连接被重置"));
    // What is said of a refusal is in the response.
    let response = ErrorResponse { status: 500, code: "Busy".into(), ..ErrorResponse::default() };
    let refused = Error::new(ErrorKind::Unavailable, phrase("{} refused the request", "AWS"))
        .with_response(response.display(&Redactor::default()));
    assert_eq!(told(unknown().caused_by(refused)).as_deref(), Some("Busy (HTTP 500)"));
}
