//! Completions, tried in the shells themselves: lines are typed, and what a shell makes of them is looked at.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::run::{Home, finish, skip, start, wait};

/// Lines behind `keyimport`, and the arguments that they become by the tab key. With one that does not change, nothing
/// fits, or several things fit.
const LINES: &[(&str, &[&str])] = &[
    ("-p al", &["-p", "aliyun"]),
    ("-pal", &["-paliyun"]),
    ("--provider=tenc", &["--provider=tencent"]),
    ("-p aliyun,bai", &["-p", "aliyun,baidu"]),
    ("-p aliyun,ali", &["-p", "aliyun,ali"]),
    // Of the cloud that is chosen, in any form, or of every cloud.
    ("-p aliyun -r cn-beij", &["-p", "aliyun", "-r", "cn-beijing"]),
    ("-r cn-beijing-s", &["-r", "cn-beijing-selfdrive"]),
    ("--provider=aliyun -r cn-beijing-s", &["--provider=aliyun", "-r", "cn-beijing-s"]),
    ("-pvolc --region=cn-wu", &["-pvolc", "--region=cn-wulanchabu"]),
    ("-r cn-qingdao,cn-chen", &["-r", "cn-qingdao,cn-chengdu"]),
    ("--to tenc", &["--to", "tencent"]),
    ("--to tencent/ap-tok", &["--to", "tencent/ap-tokyo"]),
    ("--to=tencent/ap-tokyo,ap-seo", &["--to=tencent/ap-tokyo,ap-seoul"]),
    ("--to tencent/cn-", &["--to", "tencent/cn-"]),
    ("--profile pr", &["--profile", "prod"]),
    ("-p aws --profile=ci", &["-p", "aws", "--profile=ci-bot"]),
    ("-p baidu --profile ci", &["-p", "baidu", "--profile", "ci"]),
    ("--conn", &["--connect-timeout"]),
    ("-o jsonl --col", &["-o", "jsonl", "--color"]),
    ("--color=al", &["--color=always"]),
    // Public keys, and other files where none fits.
    ("depl", &["deploy.pub"]),
    ("-p baidu with", &["-p", "baidu", "with blank.pub"]),
    ("othe", &["other.pem"]),
    ("-- depl", &["--", "deploy.pub"]),
    ("--ca-file oth", &["--ca-file", "other.pem"]),
    ("--ca-file=oth", &["--ca-file=other.pem"]),
    ("--sandbox=oth", &["--sandbox=other.pem"]),
    // No files where none is meant.
    ("--name oth", &["--name", "oth"]),
    ("--timeout oth", &["--timeout", "oth"]),
    ("--endpoint=oth", &["--endpoint=oth"]),
];

/// Makes a home with files, profiles, and the completions as `complete`. Its `bin/keyimport` completes as the program
/// does, and shows the arguments of any other line.
fn home(shell: &str) -> Home {
    let home = Home::new();
    for name in ["deploy.pub", "deploy", "with blank.pub", "other.pem"] {
        home.put(name, "");
    }
    home.put(".aws/credentials", "[default]\naws_access_key_id = x\n[ci-bot]\nregion = x\n");
    home.put(".tccli/prod.credential", "{}");
    let script = home.run(&format!("--generate complete-{shell}")).expect(0);
    assert_eq!(script.stderr, "");
    home.put("complete", script.stdout);
    home.put(
        "bin/keyimport",
        "#!/bin/sh\n[ \"$1\" = --complete ] && exec \"$K\" \"$@\"\nprintf '<'; printf '%s|' \"$@\"; echo '>'\n",
    );
    home.shell("chmod +x bin/keyimport").expect(0);
    home
}

/// Returns a command in which `keyimport` is the one of the home, or `None` where the shell is not installed.
fn shell(home: &Home, name: &str) -> Option<Command> {
    if Command::new(name).arg("--version").stdout(Stdio::null()).status().is_err() {
        skip(&format!("{name} is not installed"));
        return None;
    }
    let mut command = home.command_in(name);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", home.path("bin").display()));
    Some(command)
}

/// Checks what the program of the home was given by each line.
fn assert_typed(printed: &str) {
    let seen: Vec<&str> = printed
        .lines()
        .filter_map(|line| {
            line.trim_end().strip_suffix("|>")?.rsplit_once('<').map(|(_, args)| args)
        })
        .collect();
    assert_eq!(seen.len(), LINES.len(), "{printed}");
    for ((line, wanted), seen) in LINES.iter().zip(seen) {
        assert_eq!(seen, wanted.join("|"), "{line}");
    }
}

#[test]
fn bash() {
    let home = home("bash");
    let Some(mut command) = shell(&home, "bash") else { return };
    let mut child = start(command.args(["--norc", "-i"]).stdin(Stdio::piped()));
    let mut typed = "source ./complete\n".to_owned();
    for (line, _) in LINES {
        typed += &format!("keyimport {line}\t\n");
    }
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    assert_typed(&wait(child).stdout);
}

#[test]
fn zsh() {
    let home = home("zsh");
    let Some(mut command) = shell(&home, "zsh") else { return };
    let mut script = "zmodload zsh/zpty || exit 3
        zpty shell zsh -f -i
        answer() { local line; while zpty -r shell line; do [[ $line == *'|>'* ]] && break; done; print -r -- $line }
        zpty -w shell 'autoload -Uz compinit; compinit -u -D; source ./complete; keyimport ready'
        answer >/dev/null\n"
        .to_owned();
    for (line, _) in LINES {
        script += &format!("zpty -w shell $'keyimport {line}\\t'; answer\n");
    }
    let ended = finish({
        command.args(["-f", "-c", &script]);
        command
    });
    if ended.code == Some(3) {
        skip("zsh has no module zpty");
        return;
    }
    assert_typed(&ended.stdout);
}

#[test]
fn fish() {
    let home = home("fish");
    let Some(mut command) = shell(&home, "fish") else { return };
    let mut script = "source ./complete\n".to_owned();
    for (line, _) in LINES {
        script += &format!("echo '>'; complete -C 'keyimport {line}'\n");
    }
    command.args(["--no-config", "-c", &script]);
    let ended = finish(command);
    assert_eq!(ended.stderr, "");
    let answers: Vec<&str> = ended.stdout.split(">\n").skip(1).collect();
    assert_eq!(answers.len(), LINES.len());
    for ((line, wanted), answer) in LINES.iter().zip(answers) {
        let values: Vec<&str> =
            answer.lines().map(|line| line.split('\t').next().unwrap()).collect();
        let typed = line.rsplit(' ').next().unwrap();
        match wanted.last() {
            Some(same) if *same == typed => assert_ne!(values.len(), 1, "{line}: {values:?}"),
            // A prefix of another candidate is one of several.
            Some(value) => assert!(values.contains(value), "{line}: {values:?}"),
            None => unreachable!("every line has an argument"),
        }
    }
}

/// PowerShell answers for a line itself.
#[test]
fn powershell() {
    let home = home("powershell");
    let Some(mut command) = shell(&home, "pwsh") else { return };
    let mut script = "Get-Content -Raw ./complete | Invoke-Expression\n".to_owned();
    let lines: Vec<_> = LINES.iter().filter(|(line, _)| !line.contains("oth")).collect();
    for (line, _) in &lines {
        let line = format!("keyimport {line}");
        script += &format!(
            "'>' + (([System.Management.Automation.CommandCompletion]::CompleteInput('{line}', {}, $null)\
             .CompletionMatches | ForEach-Object CompletionText) -join '|')\n",
            line.len()
        );
    }
    command.args(["-NoProfile", "-NonInteractive", "-Command", &script]);
    let ended = finish(command).expect(0);
    let answers: Vec<&str> =
        ended.stdout.lines().filter_map(|line| line.strip_prefix('>')).collect();
    assert_eq!(answers.len(), lines.len(), "{ended:?}");
    for ((line, wanted), answer) in lines.into_iter().zip(answers) {
        let typed = line.rsplit(' ').next().unwrap();
        let wanted = wanted.last().unwrap();
        // Of a list PowerShell may complete the last item alone.
        let item = wanted.rsplit(',').next().unwrap();
        let is_there =
            answer.split('|').any(|value| [*wanted, item].contains(&value.trim_matches('\'')));
        assert!(is_there || *wanted == typed, "{line}: {answer}");
    }
}

/// What the scripts ask for takes no credentials, no network and no time.
#[test]
fn candidates_come_at_once() {
    let home = Home::new();
    let ended = home.run("--complete -p aliyun -r :cn-hang").expect(0);
    assert!(ended.stdout.starts_with("cn-hangzhou\tAlibaba Cloud\n"), "{ended:?}");
    assert!(ended.took.as_millis() < 2000, "{:?}", ended.took);
    // Broken settings are no reason to print anything else.
    home.put(".aliyun/config.json", "{");
    home.put(
        ".aws/credentials",
        "\u{feff}[a]\n[\u{1b}[31m]\n[AKIAAAAAAAAAAAAAAAAAAAAAbbbbbbbbbbb1]\n",
    );
    let ended = home.run("--complete --profile :").expect(0);
    assert_eq!((&*ended.stdout, &*ended.stderr), ("a\tAWS\n", ""));
    for nothing in ["--complete", "--complete x"] {
        assert_eq!(home.run(nothing).expect(0).all().trim(), "");
    }
}
