//! Runs the program in a home directory of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::keys;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_keyimport");

/// The variables of each cloud's own tools for id, secret and session token.
const VARIABLES: [(&str, [&str; 3]); 5] = [
    (
        "aliyun",
        [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ],
    ),
    ("volcengine", ["VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"]),
    ("baidu", ["BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"]),
    ("aws", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]),
    ("tencent", ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"]),
];

/// Gives a command a credential of a cloud, in the variables of the cloud's own tools.
pub fn set_credential(
    command: &mut Command,
    cloud: &str,
    id: &str,
    secret: &str,
    token: Option<&str>,
) {
    let (_, names) = VARIABLES.iter().find(|(known, _)| *known == cloud).unwrap();
    command.env(names[0], id).env(names[1], secret);
    match token {
        Some(token) => command.env(names[2], token),
        None => command.env_remove(names[2]),
    };
}

/// Nothing in these tests takes longer, so a program that does hangs.
const LONGEST: Duration = Duration::from_secs(60);

/// A home directory, which is the working directory too.
pub struct Home(TempDir);

impl Home {
    /// Makes a home that holds `key.pub` and nothing else.
    pub fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.put("key.pub", keys::RSA);
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Returns the command with the environment emptied; the arguments are separated by blanks.
    pub fn command(&self, arguments: &str) -> Command {
        self.command_of(arguments.split_whitespace())
    }

    /// Returns the command of arguments that hold blanks, or are none, or no text.
    pub fn command_of(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.command_in(PROGRAM);
        command.args(arguments);
        command
    }

    /// Returns another command, such as a shell or a tracer that starts the program; `$K` is the program.
    pub fn command_in(&self, other: &str) -> Command {
        let mut command = Command::new(other);
        command.current_dir(self.0.path()).env_clear().env("HOME", self.0.path()).env("K", PROGRAM);
        // A test asks no address but loopback.
        command.env("KEYIMPORT_METADATA_DISABLED", "true");
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// Runs a line of shell in which `$K` is the program.
    pub fn shell(&self, line: &str) -> Ended {
        let mut command = self.command_in("sh");
        command.args(["-c", line]);
        finish(command)
    }

    /// Runs the program with arguments that are separated by blanks.
    pub fn run(&self, arguments: &str) -> Ended {
        finish(self.command(arguments))
    }

    /// Runs the program with arguments that hold blanks, or are none, or no text.
    pub fn run_of(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ended {
        finish(self.command_of(arguments))
    }

    /// Runs the program with something on standard input.
    pub fn run_with(&self, arguments: &str, input: impl AsRef<[u8]>) -> Ended {
        let mut command = self.command(arguments);
        let mut child = start(command.stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses to read is not what is tested here.
        let _ = stdin.write_all(input.as_ref());
        drop(stdin);
        wait(child)
    }
}

/// What a run left behind.
#[derive(Debug)]
pub struct Ended {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Ended {
    /// Checks the exit code, and shows everything if it is another one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n{}{}", self.stdout, self.stderr);
        self
    }

    /// Checks that standard error is this, and nothing went to standard output.
    #[track_caller]
    pub fn refuses(self, code: i32, messages: &str) -> Self {
        let ended = self.expect(code);
        assert_eq!(ended.stderr, messages);
        assert_eq!(ended.stdout, "");
        ended
    }

    /// Checks that standard error holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in:\n{}", self.stderr);
        self
    }

    /// Returns all that was printed.
    pub fn all(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// Reads standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Reads standard output as one JSON document a line.
    #[track_caller]
    pub fn records(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the columns of every line of standard output, in the order of the alphabet.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let row = |line: &str| line.split('\t').map(str::to_owned).collect();
        let mut rows: Vec<Vec<String>> = self.stdout.lines().map(row).collect();
        rows.sort();
        rows
    }

    /// Returns one column of [`Self::rows`].
    pub fn column(&self, number: usize) -> Vec<String> {
        self.rows().into_iter().map(|row| row[number].clone()).collect()
    }
}

/// Says that the rest of a test cannot be run here, past the capture of the test harness.
pub fn skip(why: &str) {
    let test = thread::current();
    let line = format!("{}: skipped: {why}\n", test.name().unwrap_or_default());
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Starts a command whose output is read by [`wait`]; standard input is empty unless it was set.
pub fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs a command to its end, with nothing on standard input.
pub fn finish(mut command: Command) -> Ended {
    wait(start(command.stdin(Stdio::null())))
}

/// Sends a signal to a program that was not waited for yet.
#[cfg(unix)]
pub fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Whether programs that are started here hear a signal: where the tests run under `nohup`, none hears a hangup.
pub fn can_hear(name: &str) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let can_hear = name != "-HUP" || ignored.unwrap_or_default() & 1 == 0;
    if !can_hear {
        eprintln!("{name}: skipped: it is ignored, as under nohup");
    }
    can_hear
}

/// Waits for the end of a program and reads all that it writes.
pub fn wait(child: Child) -> Ended {
    wait_and(child, |_| ())
}

/// Does the same, and something else again and again meanwhile.
pub fn wait_and(mut child: Child, meanwhile: impl FnMut(&Child)) -> Ended {
    let started = Instant::now();
    let stdout = child.stdout.take().map(|pipe| thread::spawn(|| read(pipe)));
    let stderr = child.stderr.take().map(|pipe| thread::spawn(|| read(pipe)));
    let status = status(&mut child, started, meanwhile);
    let text = |reader: Option<thread::JoinHandle<String>>| {
        reader.map(|reader| reader.join().unwrap()).unwrap_or_default()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    let Some(status) = status else { panic!("it hangs:\n{stdout}{stderr}") };
    Ended { code: status.code(), stdout, stderr, took: started.elapsed() }
}

fn status(
    child: &mut Child,
    started: Instant,
    mut meanwhile: impl FnMut(&Child),
) -> Option<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if started.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        meanwhile(child);
        thread::sleep(Duration::from_millis(2));
    }
}

fn read(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    String::from_utf8(bytes).expect("the output is UTF-8")
}

/// Returns the names in a folder, sorted.
pub fn list(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| name(entry).unwrap()).collect();
    names.sort();
    names
}
