//! The action, `.github/actions/import`: its steps run as GitHub runs them.

use std::fs;

use keyimport::wire::Response;
use serde_json::Value;

use super::outside::{
    BEARER, Files, VERSION, allow_tokens, archive, release_for_here, serve, serve_with, sha256,
    starter, token,
};
use super::runner::{Ran, Runner, root, yaml};
use crate::cli::keys;
use crate::cli::run::PROGRAM;
use crate::fake_cloud::{FakeCloud, Reply};

impl Ran {
    /// Checks the outputs, and returns the results.
    #[track_caller]
    pub fn gives(&self, status: &str, changed: &str, code: u8) -> Value {
        let output = |name| self.outputs.get(name).map_or("", String::as_str);
        assert_eq!(
            (output("status"), output("changed"), output("exit-code")),
            (status, changed, &*code.to_string())
        );
        assert_eq!(self.succeeded, code == 0);
        serde_json::from_str(output("json")).unwrap()
    }
}

impl Runner {
    /// Runs the action, which ends with this error alone and without results.
    #[track_caller]
    fn refuses(&mut self, inputs: &[(&str, &str)], error: &str) {
        let ran = self.import(inputs);
        assert!(!ran.succeeded, "{}", self.log);
        assert_eq!(self.errors, [error], "{}", self.log);
        assert_eq!(ran.outputs["json"], "");
        self.errors.clear();
    }
}

/// Returns a machine with the program on its `PATH`.
fn runner() -> Runner {
    let mut runner = Runner::new();
    runner.install("keyimport", &starter());
    runner
}

/// Returns the names of the files that were asked of the release.
fn downloads(cloud: &FakeCloud) -> Vec<String> {
    let seen = cloud.seen();
    let of_release = seen.iter().filter(|seen| seen.host == "github.com");
    of_release.map(|seen| seen.target().rsplit('/').next().unwrap().to_owned()).collect()
}

const KEY: (&str, &str) = ("key", "key.pub");
const TARGET: (&str, &str) = ("targets", "aliyun/cn-beijing");
const SANDBOX: [(&str, &str); 3] = [KEY, TARGET, ("options", "--sandbox")];

#[test]
fn a_release_is_installed_and_imports() {
    let mut runner = Runner::new();
    let files = release_for_here(&runner, &starter());
    let cloud = serve(&mut runner, files);
    let ran = runner.import(&[
        KEY,
        ("targets", "  aliyun/cn-beijing,cn-hongkong\r\n\n\taws/us-east-1 \n"),
        ("options", "--sandbox\n"),
    ]);
    let document = ran.gives("imported", "true", 0);
    assert_eq!(document["summary"]["imported"], 3);
    assert_eq!(downloads(&cloud), [archive(), "SHA256SUMS".to_owned()]);
    for target in ["aliyun | cn-beijing", "aliyun | cn-hongkong", "aws | us-east-1"] {
        let row = format!("| imported | {target} | dev-laptop | {} | verified: ", keys::RSA_SHA256);
        assert!(runner.summary.contains(&row), "no `{row}` in {}", runner.summary);
    }
    assert!(runner.log.contains(&format!("installed keyimport {VERSION} from")), "{}", runner.log);
    // Steps after it have the program, too.
    assert!(runner.job(&yaml("steps: [{run: keyimport --version}]")));
    assert!(runner.log.ends_with(&format!("keyimport {VERSION}\n")));
    assert_eq!(runner.errors, [""; 0]);
}

#[test]
fn a_second_run_changes_nothing() {
    let mut runner = runner();
    let state = ("options", "--sandbox=clouds.json");
    runner.import(&[KEY, TARGET, state]).gives("imported", "true", 0);
    runner.import(&[KEY, TARGET, state]).gives("already_present", "false", 0);
    let more = ("targets", "aliyun/cn-beijing,cn-hongkong");
    runner.import(&[KEY, more, state]).gives("mixed", "true", 0);
    runner
        .import(&[KEY, more, ("options", "--sandbox=clouds.json\n--check")])
        .gives("already_present", "false", 0);
}

#[test]
fn the_program_on_the_path_is_used_if_it_is_the_wanted_one() {
    let mut runner = runner();
    let files = release_for_here(&runner, &starter());
    let cloud = serve(&mut runner, files);
    runner.import(&SANDBOX).gives("imported", "true", 0);
    let given = [("version", VERSION)];
    runner.import(&[&SANDBOX[..], &given].concat()).gives("imported", "true", 0);
    assert_eq!(downloads(&cloud), [""; 0]);

    runner.install("keyimport", "#!/bin/sh\necho keyimport 0.0.1\n");
    let given = [("version", &*format!("v{VERSION}"))];
    runner.import(&[&SANDBOX[..], &given].concat()).gives("imported", "true", 0);
    assert_eq!(downloads(&cloud).len(), 2);
}

/// Installs from these files, and returns the error.
#[track_caller]
fn fails_to_install(files: Files, inputs: &[(&str, &str)]) -> String {
    let mut runner = Runner::new();
    let cloud = serve(&mut runner, files);
    let ran = runner.import(&[&SANDBOX[..], inputs].concat());
    assert!(!ran.succeeded);
    let [error] = &runner.errors[..] else { panic!("{}", runner.log) };
    assert!(runner.paths.is_empty() && runner.summary.is_empty(), "{}", runner.summary);
    assert!(ran.outputs.values().all(String::is_empty), "{ran:?}");
    drop(cloud);
    error.clone()
}

#[test]
fn a_release_with_a_wrong_checksum_is_not_used() {
    let (archive, url) =
        (archive(), format!("https://github.com/keyimport/keyimport/releases/download/v{VERSION}"));
    let good = release_for_here(&Runner::new(), &starter());
    let actual = sha256(&good[&archive]);
    let with = |name: &str, bytes: &str| {
        let mut files = good.clone();
        files.insert(name.to_owned(), bytes.as_bytes().to_vec());
        files
    };
    let zeros = "0".repeat(64);
    assert_eq!(
        fails_to_install(with("SHA256SUMS", &format!("{zeros}  {archive}\n")), &[]),
        format!(
            "{archive} has the checksum {actual}, but {url}/SHA256SUMS says {zeros}; it was deleted \
             (hint: run the job again; if that fails too, do not use this release)"
        )
    );
    assert_eq!(
        fails_to_install(with("SHA256SUMS", &format!("{actual}  other-{archive}\n")), &[]),
        format!(
            "{url}/SHA256SUMS has no checksum of {archive} (hint: report it, and do not use this release)"
        )
    );
    assert_eq!(
        fails_to_install(with("SHA256SUMS", &format!("{}  {archive}\n", &actual[1..])), &[]),
        format!(
            "{url}/SHA256SUMS: not a SHA-256 checksum, which has 64 hexadecimal digits (hint: correct it)"
        )
    );
    let error = fails_to_install(Files::from([(archive.clone(), good[&archive].clone())]), &[]);
    assert!(
        error.starts_with(&format!("cannot download {url}/SHA256SUMS: curl: (22) ")),
        "{error}"
    );
    let error = fails_to_install(Files::new(), &[]);
    assert!(error.starts_with(&format!("cannot download {url}/{archive}: curl: (22) ")), "{error}");
    assert!(error.ends_with(
        "(hint: check that this release exists, or put keyimport on the PATH in a step before)"
    ));

    // The input takes the place of the file.
    let error = fails_to_install(good.clone(), &[("checksum", &zeros)]);
    assert!(error.contains(&format!("but the input `checksum` says {zeros}; it was deleted")));
    let error = fails_to_install(good.clone(), &[("checksum", "$(id)")]);
    assert!(error.starts_with("the input `checksum`: not a SHA-256 checksum"), "{error}");
    let mut runner = Runner::new();
    let cloud = serve(&mut runner, good.clone());
    let upper = actual.to_uppercase();
    runner.import(&[&SANDBOX[..], &[("checksum", &upper)]].concat()).gives("imported", "true", 0);
    assert_eq!(downloads(&cloud), [archive]);
}

#[test]
fn an_archive_that_holds_something_else_is_not_used() {
    let other = release_for_here(&Runner::new(), "#!/bin/sh\necho keyimport 0.0.1\n");
    assert_eq!(
        fails_to_install(other, &[]),
        format!("{} holds another version (keyimport 0.0.1) (hint: report it)", archive())
    );
    let broken = release_for_here(&Runner::new(), "#!/nonexistent\n");
    assert_eq!(
        fails_to_install(broken, &[]),
        format!("keyimport of {} does not start on this runner (hint: report it)", archive())
    );
    let error = fails_to_install(Files::new(), &[("version", "0.1.0/../..; id")]);
    assert_eq!(
        error,
        "version: `0.1.0/../..; id` is not the number of a release (hint: give one such as 0.2.0)"
    );
}

#[test]
fn every_system_has_its_archive() {
    let systems = [
        ("Linux", "X64", "x86_64-unknown-linux-musl.tar.gz"),
        ("Linux", "ARM64", "aarch64-unknown-linux-musl.tar.gz"),
        ("macOS", "X64", "x86_64-apple-darwin.tar.gz"),
        ("macOS", "ARM64", "aarch64-apple-darwin.tar.gz"),
        ("Windows", "X64", "x86_64-pc-windows-msvc.zip"),
        ("Windows", "ARM64", "x86_64-pc-windows-msvc.zip"),
    ];
    // The release makes all of them.
    let workflow = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    for (system, arch, name) in systems {
        let mut runner = Runner::new();
        runner.set("RUNNER_OS", system);
        runner.set("RUNNER_ARCH", arch);
        let cloud = serve(&mut runner, Files::new());
        assert!(!runner.import(&SANDBOX).succeeded);
        assert_eq!(downloads(&cloud), [format!("keyimport-{VERSION}-{name}")]);
        let target = name.split('.').next().unwrap();
        let builds = |line: &str| line.trim().starts_with("targets: ") && line.contains(target);
        assert!(workflow.lines().any(builds), "{target}");
    }
    let mut runner = Runner::new();
    runner.set("RUNNER_ARCH", "ARM");
    assert!(!runner.import(&SANDBOX).succeeded);
    let [error] = &runner.errors[..] else { panic!("{}", runner.log) };
    assert!(
        error.ends_with("on ARM (hint: build keyimport in a step before, and put it on the PATH)")
    );
}

type Inputs = &'static [(&'static str, &'static str)];

/// What lets a job take a role: a target, the audience, the variable of the token's file, and the inputs.
const ROLES: [(&str, &str, &str, Inputs); 4] = [
    (
        "aliyun/cn-beijing",
        "sts.aliyuncs.com",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
        &[
            ("aliyun-role", "acs:ram::1234567890123456:role/ci"),
            ("aliyun-provider", "acs:ram::1234567890123456:oidc-provider/github"),
        ],
    ),
    (
        "aws/us-east-1",
        "sts.amazonaws.com",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        &[("aws-role", "arn:aws:iam::123456789012:role/ci")],
    ),
    (
        "volcengine/cn-beijing",
        "volcengine & co",
        "VOLCENGINE_OIDC_TOKEN_FILE",
        &[
            ("volcengine-role", "trn:iam::2100000000:role/ci"),
            ("volcengine-audience", "volcengine & co"),
        ],
    ),
    (
        "tencent/ap-guangzhou",
        "https://example.com/?a=b#c",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        &[
            ("tencent-role", "qcs::cam::uin/100000000001:roleName/ci"),
            ("tencent-provider", "github"),
            ("tencent-audience", "https://example.com/?a=b#c"),
        ],
    ),
];

/// Starts the program, and keeps what the file of a token was: its mode and its text.
fn watch(runner: &mut Runner, variable: &str) {
    let file = format!("${{{variable}}}");
    runner.install(
        "keyimport",
        &format!(
            "#!/bin/sh\n[ \"$1\" = --version ] || {{ ls -l \"{file}\"; cat \"{file}\"; }} >\"$HOME/token\"\n\
             exec '{PROGRAM}' \"$@\"\n"
        ),
    );
}

#[test]
fn every_cloud_with_roles_gets_a_token_of_its_own() {
    let roles = keyimport::provider::ALL.iter().filter(|cloud| {
        let credentials = cloud.info().credentials;
        credentials.oidc_env.is_some()
    });
    let ids: Vec<&str> = roles.map(|cloud| cloud.info().id).collect();
    let mut tested: Vec<&str> = Vec::new();
    for (target, audience, variable, inputs) in ROLES {
        tested.push(target.split('/').next().unwrap());
        let mut runner = Runner::new();
        watch(&mut runner, variable);
        allow_tokens(&mut runner);
        let cloud = serve(&mut runner, Files::new());
        let ran = runner.import(&[&[KEY, ("targets", target)], inputs].concat());
        ran.gives("imported", "true", 0);
        let seen = cloud.seen();
        assert!(seen[0].target().starts_with("/token?api-version=2.0&audience="));
        // Only its owner may read it, and it is gone now.
        let kept = runner.home.read("token");
        let (mode, text) = kept.split_once('\n').unwrap();
        assert!(mode.starts_with("-rw------- "), "{mode}");
        assert_eq!(text, token(audience));
        assert_eq!(runner.left(), [""; 0]);
        assert_eq!(runner.masks, [text]);
        let shown = format!("{}{}{:?}", runner.log, runner.summary, ran.outputs);
        assert!(!shown.contains(text) && !shown.contains(BEARER), "{shown}");
    }
    for id in ids {
        assert!(tested.contains(&id), "{id}");
    }
}

#[test]
fn all_roles_at_once() {
    let mut runner = runner();
    allow_tokens(&mut runner);
    let cloud = serve(&mut runner, Files::new());
    let targets: Vec<&str> = ROLES.iter().map(|(target, ..)| *target).collect();
    let targets = targets.join("\n");
    let roles = ROLES.iter().flat_map(|(.., inputs)| inputs.iter().copied());
    let inputs: Vec<(&str, &str)> = [KEY, ("targets", &targets)].into_iter().chain(roles).collect();
    runner.import(&inputs).gives("imported", "true", 0);
    let fetched = cloud.seen().iter().filter(|seen| seen.target().starts_with("/token?")).count();
    assert_eq!(fetched, ROLES.len());
}

#[test]
fn a_role_without_what_goes_with_it_is_refused() {
    let mut runner = runner();
    allow_tokens(&mut runner);
    let cloud = serve(&mut runner, Files::new());
    for (target, audience, _, inputs) in ROLES {
        let id = target.split('/').next().unwrap();
        let audience_input = format!("{id}-audience");
        let mut needed: Vec<&str> = inputs.iter().skip(1).map(|(name, _)| *name).collect();
        if !needed.contains(&&*audience_input) {
            needed.push(&audience_input);
        }
        for missing in needed {
            let others = inputs.iter().copied().filter(|(name, _)| *name != missing);
            let inputs: Vec<(&str, &str)> =
                [KEY, TARGET, (missing, "")].into_iter().chain(others).collect();
            let ran = runner.import(&inputs);
            assert!(!ran.succeeded, "{audience}");
            let error = runner.errors.pop().unwrap();
            assert!(
                error.starts_with(&format!("the input `{missing}` is empty (hint: set it to "))
            );
        }
    }
    assert_eq!(cloud.seen().len(), 0);
}

#[test]
fn a_job_without_the_permission_is_told_what_to_do() {
    let (_, _, _, role) = ROLES[0];
    let inputs = [&[KEY, TARGET], role].concat();
    runner().refuses(
        &inputs,
        "this job may not have a token for aliyun (hint: give it `permissions: id-token: write`; \
         a pull request from a fork never gets one)",
    );
}

#[test]
fn an_endpoint_that_gives_no_token() {
    let (_, _, _, role) = ROLES[0];
    let inputs = [&[KEY, TARGET], role].concat();
    let mut refused = runner();
    allow_tokens(&mut refused);
    let _cloud = serve_with(&mut refused, Files::new(), |_| Reply::status(403, "no"));
    let ran = refused.import(&inputs);
    assert!(!ran.succeeded);
    let [error] = &refused.errors[..] else { panic!("{}", refused.log) };
    assert!(error.starts_with("cannot fetch this job's token for aliyun: curl: (22) "), "{error}");
    assert!(error.ends_with(" 403 (hint: run the job again)"), "{error}");
    // A response that breaks off holds the token, or most of it.
    let mut broken = runner();
    allow_tokens(&mut broken);
    let _cloud = serve_with(&mut broken, Files::new(), |_| {
        let body = format!(r#"{{"value":"{}"}}"#, token(&"a".repeat(500)));
        // With its head the response is longer than its body, and nearly all of the token is sent.
        let length = body.len();
        let response = Response { status: 200, headers: Vec::new(), body: body.into() };
        Reply::cut_at(&response, length)
    });
    assert!(!broken.import(&inputs).succeeded);
    let [error] = &broken.errors[..] else { panic!("{}", broken.log) };
    assert!(error.starts_with("cannot fetch this job's token for aliyun: curl: (18) "), "{error}");
    assert!(!broken.log.contains("eyJ0"), "{}", broken.log);
    for answer in [
        "", "<html>", "[]", "{\"value\":null}", r#"{"value":"a\n::error::b"}"#,
        r#"{"value":"a b"}"#,
    ] {
        let mut runner = runner();
        allow_tokens(&mut runner);
        let _cloud = serve_with(&mut runner, Files::new(), move |_| Reply::status(200, answer));
        runner.refuses(
            &inputs,
            "the response to the request for this job's token for aliyun holds no token \
             (hint: run the job again)",
        );
        assert_eq!(runner.left(), [""; 0]);
    }
}

#[test]
fn no_input_is_run() {
    let bad = [
        "$(touch pwned)`touch pwned`\"; touch pwned; \"'; touch pwned; '${{ inputs.key }} * ~ \\ $HOME",
        "--help\ntouch pwned\n-o=text",
    ];
    let action =
        yaml(&fs::read_to_string(root().join(".github/actions/import/action.yml")).unwrap());
    let names: Vec<&String> = action["inputs"].as_object().unwrap().keys().collect();
    for name in names {
        for value in bad {
            let mut runner = runner();
            let mut inputs: Vec<(&str, &str)> = SANDBOX.to_vec();
            inputs.retain(|(other, _)| other != name);
            inputs.push((name, value));
            let before = crate::cli::run::list(&runner.home.path("."));
            let ran = runner.import(&inputs);
            assert_eq!(crate::cli::run::list(&runner.home.path(".")), before, "{name}: {value}");
            assert!(
                ran.succeeded || !runner.errors.is_empty(),
                "{name}: {value} fails without a word: {}",
                runner.log
            );
        }
    }
}

#[test]
fn keys_are_files_or_text() {
    let mut runner = runner();
    runner.home.put("-o.pub", keys::RSA);
    runner.home.put("two words.pub", keys::RSA);
    for key in ["-o.pub", "two words.pub"] {
        runner
            .import(&[("key", key), TARGET, ("options", "--sandbox")])
            .gives("imported", "true", 0);
    }
    runner.home.put("other.pub", keys::ED25519);
    let several = runner.import(&[
        ("key", "key.pub\nother.pub\n"),
        TARGET,
        ("name", "ci-{}"),
        ("options", "--sandbox"),
    ]);
    assert_eq!(several.gives("imported", "true", 0)["results"].as_array().unwrap().len(), 2);
    let text = runner.import(&[
        ("public-key", keys::RSA),
        TARGET,
        ("name", "ci-deploy"),
        ("options", "--sandbox\n--tag=team=in fra"),
    ]);
    assert_eq!(text.gives("imported", "true", 0)["results"][0]["name"], "ci-deploy");
    let neither = "neither `key` nor `public-key` is given (hint: set `key` to the path of a public key file)";
    let both = "both `key` and `public-key` are given (hint: give one of them)";
    for (inputs, error) in
        [(&[TARGET][..], neither), (&[TARGET, KEY, ("public-key", keys::RSA)], both)]
    {
        assert!(!runner.import(inputs).succeeded);
        assert_eq!(runner.errors, [error]);
        runner.errors.clear();
    }
}

#[test]
fn a_private_key_is_refused_and_not_shown() {
    let mut runner = runner();
    let (_, private) = keys::PRIVATE[0];
    let ran = runner.import(&[("public-key", private), TARGET, ("options", "--sandbox")]);
    ran.gives("failed", "false", 3);
    let [error] = &runner.errors[..] else { panic!("{}", runner.log) };
    assert!(error.contains("private key") && error.contains("(hint: "), "{error}");
    assert!(runner.summary.contains("Hint: "), "{}", runner.summary);
    let shown = format!("{}{}{:?}", runner.log, runner.summary, ran.outputs);
    for line in private.lines().filter(|line| line.len() > 20 && !line.starts_with("---")) {
        assert!(!shown.contains(line), "{line}");
    }
}

#[test]
fn failures_say_where_why_and_what_to_do() {
    let mut runner = runner();
    let state = ("options", "--sandbox=clouds.json");
    runner.import(&[KEY, TARGET, state]).gives("imported", "true", 0);
    runner.home.put("other.pub", keys::OTHER);
    runner.import(&[("key", "other.pub"), TARGET, state]).gives("conflict", "false", 6);
    let [error] = &runner.errors[..] else { panic!("{}", runner.log) };
    assert!(error.contains("already holds another key") && error.contains("(hint: "), "{error}");
    assert!(
        runner.log.contains("::error title=keyimport%3A aliyun cn-beijing::"),
        "{}",
        runner.log
    );
    assert!(runner.summary.contains("| conflict | aliyun | cn-beijing | dev-laptop | "));
    assert!(runner.summary.contains("name&#95;taken: "), "{}", runner.summary);

    runner.errors.clear();
    let check = ("options", "--sandbox=clouds.json\n--check");
    let away = ("targets", "aliyun/cn-hongkong");
    runner.import(&[KEY, away, check]).gives("absent", "false", 12);
    assert_eq!(runner.errors, ["absent"]);

    runner.errors.clear();
    runner.import(&[KEY, TARGET]).gives("failed", "false", 4);
    let [error] = &runner.errors[..] else { panic!("{}", runner.log) };
    assert!(error.contains("no credentials found"), "{error}");

    runner.errors.clear();
    runner.import(&[KEY, ("targets", "nowhere/x"), state]).gives("failed", "false", 2);
    let [error] = &runner.errors[..] else { panic!("{}", runner.log) };
    assert!(error.contains("nowhere"), "{error}");

    runner.errors.clear();
    runner.refuses(
        &[KEY, TARGET, ("options", "--version")],
        "keyimport ended with exit code 0 and without results (hint: see the log of this step, and the input \
         `options`)",
    );
    let short = ("options", "--sandbox\n--output=jsonl");
    runner.import(&[KEY, TARGET, short]).gives("failed", "false", 2);
}

#[test]
fn what_a_cloud_says_is_neither_a_command_nor_markup() {
    let mut runner = runner();
    let message = "::error::x %0A::add-mask::y | [z](https://evil.example) <script> ::set-output name=a::b `c`";
    let body = serde_json::json!({"Code": "Throttled.Forever", "Message": message});
    let cloud = FakeCloud::plain(move |_| Reply::status(400, body.to_string()));
    for (name, value) in [
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tExample"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cr3t"),
    ] {
        runner.set(name, value);
    }
    let options = format!("--attempts=1\n{}", cloud.endpoint("aliyun").join("="));
    let ran = runner.import(&[KEY, TARGET, ("options", &options)]);
    assert!(!ran.succeeded);
    let [error] = &runner.errors[..] else { panic!("{:?}\n{}", runner.errors, runner.log) };
    assert!(error.contains("evil.example"), "the message of the cloud is kept: {error}");
    assert!(!error.contains('\n'), "{error}");
    assert!(!runner.summary.contains("<script>") && !runner.summary.contains("]("));
    let row = runner.summary.lines().find(|line| line.starts_with("| failed")).unwrap();
    assert_eq!(row.matches('|').count(), 7, "{row}");
}

#[test]
fn what_the_program_prints_is_no_command() {
    let mut runner = Runner::new();
    let results = r#"{"results":[{"status":"imported","changed":true}]}"#;
    runner.install(
        "keyimport",
        &format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && exec echo keyimport\n\
             printf '%s\\n' ::error::x ' ::add-mask::imported' ::stop-commands::y >&2\necho '{results}'\n"
        ),
    );
    runner.import(&[KEY, TARGET]).gives("imported", "true", 0);
    assert_eq!((&runner.errors[..], &runner.masks[..]), (&[][..], &[][..]));
    assert!(runner.log.contains("::error::x\n ::add-mask::imported\n::stop-commands::y\n"));
}

#[test]
fn every_input_and_output_is_explained() {
    let folder = root().join(".github/actions/import");
    let text = fs::read_to_string(folder.join("README.md")).unwrap();
    let action = yaml(&fs::read_to_string(folder.join("action.yml")).unwrap());
    for group in ["inputs", "outputs"] {
        for name in action[group].as_object().unwrap().keys() {
            assert!(text.contains(&format!("| `{name}` |")), "{name}");
        }
    }
    for line in text.lines().filter(|line| line.contains("import@v")) {
        assert!(line.contains(&format!("import@v{VERSION}")), "{line}");
    }
}
