//! The machine of a job: runs steps as GitHub does, with bash.
//!
//! It knows what the action and the examples use: inputs and their defaults, expressions that name one value,
//! environment files, workflow commands, and composite actions of this repository. Anything else is a panic.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>,
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax>

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::cli::run::{Home, finish};

/// How this repository calls its action.
const ACTION: &str = "keyimport/keyimport/.github/actions/import@";

type Env = BTreeMap<String, String>;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads YAML, in which names occur once.
#[track_caller]
pub fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A machine with one job. The workspace is the home directory.
pub struct Runner {
    pub home: Home,
    /// The environment of every step.
    pub env: Env,
    /// Folders that steps have put in front of the `PATH`.
    pub paths: Vec<String>,
    /// What the job's log shows.
    pub log: String,
    /// What the job's page shows.
    pub summary: String,
    /// The messages of `::error::`.
    pub errors: Vec<String>,
    /// What the log hides from now on.
    pub masks: Vec<String>,
}

/// What a step or an action left behind.
#[derive(Debug)]
pub struct Ran {
    pub succeeded: bool,
    pub outputs: BTreeMap<String, String>,
}

impl Runner {
    pub fn new() -> Self {
        let home = Home::new();
        fs::create_dir(home.path("temp")).unwrap();
        let temp = home.path("temp").display().to_string();
        let (os, arch) = Self::machine();
        let env = [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("RUNNER_TEMP", &temp),
            ("RUNNER_OS", os),
            ("RUNNER_ARCH", arch),
        ];
        Self {
            env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            home,
            paths: Vec::new(),
            log: String::new(),
            summary: String::new(),
            errors: Vec::new(),
            masks: Vec::new(),
        }
    }

    /// Returns this machine in GitHub's words.
    fn machine() -> (&'static str, &'static str) {
        let os = if cfg!(target_os = "macos") { "macOS" } else { "Linux" };
        let arch = if cfg!(target_arch = "aarch64") { "ARM64" } else { "X64" };
        (os, arch)
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Puts a program into a folder in front of the `PATH`.
    pub fn install(&mut self, name: &str, script: &str) {
        self.home.put(&format!("bin/{name}"), script);
        let file = self.home.path(&format!("bin/{name}"));
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        let folder = self.home.path("bin").display().to_string();
        if !self.paths.contains(&folder) {
            self.paths.push(folder);
        }
    }

    /// Returns what is left in the folder for temporary files.
    pub fn left(&self) -> Vec<String> {
        crate::cli::run::list(&self.home.path("temp"))
    }

    /// Runs the action with inputs.
    pub fn import(&mut self, inputs: &[(&str, &str)]) -> Ran {
        let with: Map<String, Value> =
            inputs.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        self.composite(&with.into(), &json!({}))
    }

    /// Runs the steps of a job, with its variables.
    pub fn job(&mut self, job: &Value) -> bool {
        let env = variables(&job["env"], &json!({}));
        self.env.extend(env);
        self.steps(&job["steps"], &mut json!({"steps": {}}), &Env::new())
    }

    /// Runs steps until one fails, and notes their outputs in the context.
    fn steps(&mut self, steps: &Value, context: &mut Value, env: &Env) -> bool {
        let mut succeeded = true;
        for step in steps.as_array().unwrap() {
            only(step, &["name", "id", "if", "uses", "with", "env", "shell", "run"]);
            match step["if"].as_str() {
                None if succeeded => {}
                None => continue,
                Some("always()") => {}
                Some(other) => panic!("`if: {other}` is not known here"),
            }
            let ran = match step["uses"].as_str() {
                None => self.shell(step, context, env),
                Some(action) if action.starts_with("actions/checkout@") => {
                    Ran { succeeded: true, outputs: BTreeMap::new() }
                }
                Some(action) if action.starts_with(ACTION) => {
                    self.composite(&step["with"], context)
                }
                Some(other) => panic!("`uses: {other}` is not known here"),
            };
            succeeded &= ran.succeeded;
            if let Some(id) = step["id"].as_str() {
                context["steps"][id] = json!({"outputs": ran.outputs});
            }
        }
        succeeded
    }

    /// Runs the action.
    fn composite(&mut self, with: &Value, context: &Value) -> Ran {
        let folder = root().join(".github/actions/import");
        let action = yaml(&fs::read_to_string(folder.join("action.yml")).unwrap());
        assert_eq!(action["runs"]["using"], "composite");
        let declared = action["inputs"].as_object().unwrap();
        let mut inputs = Map::new();
        for (name, input) in declared {
            inputs.insert(name.clone(), input["default"].clone());
        }
        for (name, value) in with.as_object().unwrap() {
            assert!(declared.contains_key(name), "the action has no input `{name}`");
            inputs.insert(name.clone(), json!(fill(&text(value), context)));
        }
        let mut own = json!({"inputs": inputs, "steps": {}});
        let path = folder.display().to_string();
        let env = Env::from([("GITHUB_ACTION_PATH".to_owned(), path)]);
        let succeeded = self.steps(&action["runs"]["steps"], &mut own, &env);
        let outputs = action["outputs"].as_object().unwrap().iter();
        let outputs = outputs
            .map(|(name, output)| (name.clone(), fill(output["value"].as_str().unwrap(), &own)));
        Ran { succeeded, outputs: outputs.collect() }
    }

    /// Runs a step of shell.
    fn shell(&mut self, step: &Value, context: &Value, env: &Env) -> Ran {
        self.home.put("temp/step.sh", fill(step["run"].as_str().unwrap(), context));
        let files: Vec<(&str, PathBuf)> = ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"]
            .map(|name| (name, self.home.path(&format!("temp/file-{name}"))))
            .into();
        let mut command = self.home.command_in("bash");
        match step["shell"].as_str() {
            None => command.arg("-e"),
            Some("bash") => command.args(["--noprofile", "--norc", "-eo", "pipefail"]),
            Some(other) => panic!("`shell: {other}` is not known here"),
        };
        command.arg(self.home.path("temp/step.sh"));
        let path = std::env::var("PATH").unwrap();
        let folders = self.paths.iter().map(String::as_str).chain([path.as_str()]);
        command.env("PATH", folders.collect::<Vec<_>>().join(":"));
        command.envs(&self.env).envs(env).envs(variables(&step["env"], context));
        for (name, file) in &files {
            fs::write(file, "").unwrap();
            command.env(format!("GITHUB_{name}"), file);
        }
        let ended = finish(command);
        self.note(&ended.stdout);
        self.note(&ended.stderr);
        let mut written: BTreeMap<&str, String> = BTreeMap::new();
        for (name, file) in files {
            written.insert(name, fs::read_to_string(&file).unwrap());
            fs::remove_file(file).unwrap();
        }
        fs::remove_file(self.home.path("temp/step.sh")).unwrap();
        self.summary.push_str(&written["STEP_SUMMARY"]);
        self.env.extend(pairs(&written["ENV"]));
        for folder in written["PATH"].lines() {
            self.paths.insert(0, folder.to_owned());
        }
        // A composite action has no step after the job that could read it.
        assert_eq!(pairs(&written["STATE"]), []);
        let outputs = pairs(&written["OUTPUT"]).into_iter().collect();
        Ran { succeeded: ended.code == Some(0), outputs }
    }

    /// Carries out the commands in what a step printed, and logs the rest.
    fn note(&mut self, printed: &str) {
        let mut stopped: Option<String> = None;
        for line in printed.lines() {
            let command =
                line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::"));
            let (name, value) = match (&stopped, command) {
                (Some(token), Some((name, ""))) if name == token => {
                    stopped = None;
                    continue;
                }
                (None, Some((name, value))) => (name.split(' ').next().unwrap(), value),
                _ => ("", ""),
            };
            match name {
                "add-mask" => self.masks.push(unescape(value)),
                "stop-commands" => stopped = Some(value.to_owned()),
                _ => {
                    if name == "error" {
                        self.errors.push(unescape(value));
                    }
                    let mut shown = line.to_owned();
                    for mask in &self.masks {
                        shown = shown.replace(mask, "***");
                    }
                    self.log.push_str(&shown);
                    self.log.push('\n');
                }
            }
        }
        assert_eq!(stopped, None, "commands were stopped for good");
    }
}

/// Fails if an object has another name than these.
#[track_caller]
fn only(object: &Value, known: &[&str]) {
    for name in object.as_object().unwrap().keys() {
        assert!(known.contains(&name.as_str()), "`{name}` is not known here");
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        other => panic!("not a plain value: {other}"),
    }
}

fn variables(env: &Value, context: &Value) -> Env {
    let env = env.as_object().into_iter().flatten();
    env.map(|(name, value)| (name.clone(), fill(&text(value), context))).collect()
}

/// Replaces every expression by the value that it names, and by nothing if there is none.
fn fill(template: &str, context: &Value) -> String {
    let mut parts = template.split("${{");
    let mut filled = parts.next().unwrap().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").expect("an expression ends");
        let name = name.trim();
        assert!(
            name.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter)),
            "`{name}` is not known here"
        );
        let pointer = format!("/{}", name.replace('.', "/"));
        filled += &context.pointer(&pointer).map(text).unwrap_or_default();
        filled += rest;
    }
    filled
}

/// Reads an environment file: `name=value`, or `name<<END`, lines and `END`.
fn pairs(written: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = written.lines();
    while let Some(line) = lines.next() {
        let (equals, marker) = (line.find('='), line.find("<<"));
        match (equals, marker) {
            (_, Some(marker)) if equals.is_none_or(|equals| marker < equals) => {
                let (name, end) = (&line[..marker], &line[marker + 2..]);
                let mut value = Vec::new();
                loop {
                    match lines.next() {
                        Some(line) if line == end => break,
                        Some(line) => value.push(line),
                        None => panic!("no line `{end}` ends `{name}`"),
                    }
                }
                found.push((name.to_owned(), value.join("\n")));
            }
            (Some(equals), _) => {
                found.push((line[..equals].to_owned(), line[equals + 1..].to_owned()));
            }
            (None, _) => assert_eq!(line, "", "not a name and a value"),
        }
    }
    found
}

/// Reads the value of a workflow command.
fn unescape(value: &str) -> String {
    value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

#[test]
fn environment_files() {
    let written = "a=1\nb<<END\nx=y\n\nEND2\nEND\nc=d<<e\nempty=\n";
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        pairs(written),
        [pair("a", "1"), pair("b", "x=y\n\nEND2"), pair("c", "d<<e"), pair("empty", "")]
    );
}

#[test]
fn expressions() {
    let context =
        json!({"inputs": {"a-b": "$(x)", "n": 1}, "steps": {"i": {"outputs": {"o": "v"}}}});
    assert_eq!(fill("[${{ inputs.a-b }}|${{inputs.n}}]", &context), "[$(x)|1]");
    assert_eq!(fill("${{ steps.i.outputs.o }}${{ inputs.none }}", &context), "v");
}

#[test]
fn workflow_commands() {
    let mut runner = Runner::new();
    runner.note(
        "::add-mask::secret\nthe secret\n::stop-commands::t\n::error::no\n::t::\n ::error title=x::a%0Ab%25\n",
    );
    assert_eq!(runner.log, "the ***\n::error::no\n ::error title=x::a%0Ab%25\n");
    assert_eq!(runner.errors, ["a\nb%"]);
}

#[test]
fn steps_hand_on_variables_paths_and_outputs() {
    let mut runner = Runner::new();
    runner.install("tool", "#!/bin/sh\necho tool\n");
    runner.paths.clear();
    let job = yaml(
        r#"
env: {A: 1}
steps:
  - id: one
    run: |
      echo "B=$A" >>"$GITHUB_ENV"
      echo "$HOME/bin" >>"$GITHUB_PATH"
      printf 'o<<E\nx\ny\nE\n' >>"$GITHUB_OUTPUT"
  - run: test "$B" = 1 && test "$(tool)" = tool && test "$O" = $'x\ny' && echo '# done' >>"$GITHUB_STEP_SUMMARY"
    env: {O: "${{ steps.one.outputs.o }}"}
  - run: exit 3
  - run: echo never
  - if: always()
    run: echo after
"#,
    );
    assert!(!runner.job(&job));
    assert_eq!((&*runner.log, &*runner.summary), ("after\n", "# done\n"));
}
