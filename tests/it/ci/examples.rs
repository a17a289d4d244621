//! The examples of the README, run as they stand there. What they download comes from a server of the test under the
//! name of the real one, and the clouds are the test's.

use std::fs;

use serde_json::{Value, json};

use super::outside::{VERSION, allow_tokens, release_of, serve, starter, token};
use super::runner::{Runner, root, yaml};
use crate::cli::keys;
use crate::cli::run::{Ended, finish};
use crate::fake_cloud::FakeCloud;
use crate::services::identities;

/// Returns the first block of a language behind these words in the README.
fn example(intro: &str, language: &str) -> String {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = text.split_once(intro).unwrap_or_else(|| panic!("no `{intro}`"));
    let (_, block) = rest.split_once(&format!("\n```{language}\n")).unwrap();
    let block = block.split("\n```\n").next().unwrap();
    let numbers = block.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
    let versions = numbers.filter(|word| word.split('.').count() == 3);
    let versions: Vec<&str> = versions.filter(|word| !word.ends_with('.')).collect();
    assert_eq!(versions, [VERSION], "the version in the example");
    format!("{block}\n")
}

/// The examples are for Linux on x86-64; the program in the archive is this machine's.
fn folder() -> String {
    format!("keyimport-{VERSION}-x86_64-unknown-linux-musl")
}

/// Returns a machine that has the key, and reaches the clouds and a release with this program.
fn runner(program: &str) -> (Runner, FakeCloud) {
    let mut runner = Runner::new();
    runner.set("RUNNER_OS", "Linux");
    runner.set("RUNNER_ARCH", "X64");
    runner.home.put("deploy.pub", keys::RSA);
    let files = release_of(&runner, &folder(), program);
    let cloud = serve(&mut runner, files);
    (runner, cloud)
}

#[test]
fn the_workflow_for_github() {
    let workflow = yaml(&example("**GitHub**", "yaml"));
    let job = &workflow["jobs"]["import-key"];
    assert_eq!(job["permissions"], json!({"id-token": "write", "contents": "read"}));
    let (mut runner, cloud) = runner(&starter());
    allow_tokens(&mut runner);
    assert!(runner.job(job), "{}", runner.log);
    assert!(runner.log.ends_with("imported, stored by this run = true\n"), "{}", runner.log);
    let hosts: Vec<String> = cloud.seen().into_iter().map(|seen| seen.host).collect();
    for host in ["github.com", "tokens.actions.githubusercontent.com", "sts.aliyuncs.com"] {
        assert!(hosts.iter().any(|seen| seen == host), "{host}: {hosts:?}");
    }
    for region in ["aliyun | cn-hangzhou", "aliyun | cn-beijing", "aws | eu-central-1"] {
        assert!(runner.summary.contains(&format!("| imported | {region} | ci-deploy |")));
    }
}

/// Runs the scripts of a job as GitLab does: one shell that ends at the first error, with the tokens as variables.
fn gitlab(runner: &Runner, job: &Value) -> Ended {
    let lines = ["before_script", "script"].iter().flat_map(|name| job[*name].as_array().unwrap());
    let script: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
    let mut command = runner.home.command_in("bash");
    command.args(["-c", &format!("set -eo pipefail\n{}", script.join("\n"))]).envs(&runner.env);
    for (name, value) in job["variables"].as_object().unwrap() {
        command.env(name, value.as_str().unwrap());
    }
    for (name, value) in job["id_tokens"].as_object().unwrap() {
        command.env(name, token(value["aud"].as_str().unwrap()));
    }
    finish(command)
}

#[test]
fn the_job_for_gitlab() {
    let job = &yaml(&example("**GitLab**", "yaml"))["import-key"];
    let (runner, cloud) = runner(&starter());
    let ended = gitlab(&runner, job).expect(0);
    assert!(ended.stdout.contains("imported\taliyun\tcn-beijing\tci-deploy\t"), "{}", ended.stdout);
    assert!(
        ended.stdout.contains("imported\taliyun\tcn-hangzhou\tci-deploy\t"),
        "{}",
        ended.stdout
    );
    assert!(!ended.all().contains(&token("sts.aliyuncs.com")));
    assert!(cloud.seen().iter().any(|seen| seen.host == "sts.aliyuncs.com"));
}

/// Runs the script, with a credential of Alibaba Cloud.
fn script(runner: &Runner) -> Ended {
    runner.home.put("import-key.sh", example("**Anywhere else**", "sh"));
    let mut command = runner.home.command_in("sh");
    let path = std::env::var("PATH").unwrap();
    let owner = identities("aliyun").unwrap().owner;
    command
        .arg("import-key.sh")
        .envs(&runner.env)
        .env(
            "PATH",
            runner.paths.iter().map(String::as_str).chain([&*path]).collect::<Vec<_>>().join(":"),
        )
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", owner.id)
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", owner.secret)
        .env("TMPDIR", runner.home.path("temp"));
    finish(command)
}

#[test]
fn the_script_for_anywhere_else() {
    let (runner, _cloud) = runner(&starter());
    let ended = script(&runner).expect(0);
    assert!(ended.stdout.contains("imported\taliyun\tcn-beijing\tci-deploy\t"), "{}", ended.stdout);
    assert_eq!(runner.left(), [""; 0]);
    let again = script(&runner).expect(0);
    assert!(again.stdout.contains("already there\taliyun\tcn-beijing\t"), "{}", again.stdout);
    runner.home.put("deploy.pub", keys::OTHER);
    script(&runner).expect(6);
}

#[test]
fn the_script_runs_again_where_that_is_safe() {
    let (mut runner, _cloud) = runner("#!/bin/sh\nexit 8\n");
    // Nobody waits in a test.
    runner.install("sleep", "#!/bin/sh\necho \"$1\" >>\"$HOME/slept\"\n");
    script(&runner).expect(8);
    assert_eq!(runner.home.read("slept"), "10\n60\n0\n");
    assert_eq!(runner.left(), [""; 0]);
}

#[test]
fn the_examples_do_not_use_a_release_with_a_wrong_checksum() {
    let (mut runner, _cloud) = runner(&starter());
    let archive = format!("{}.tar.gz", folder());
    let sums = format!("{:064}  {archive}\n", 1).into_bytes();
    let files = [(archive.clone(), b"another file".to_vec()), ("SHA256SUMS".to_owned(), sums)];
    let _cloud = serve(&mut runner, files.into());
    let job = &yaml(&example("**GitLab**", "yaml"))["import-key"];
    for ended in [gitlab(&runner, job), script(&runner)] {
        assert_eq!(ended.code, Some(1), "{}", ended.all());
        assert!(ended.stdout.contains(&format!("{archive}: FAILED")), "{}", ended.all());
        assert!(!ended.stdout.contains("imported"));
    }
}
