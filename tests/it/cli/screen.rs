//! Runs the program on a pseudo-terminal, and reads the screen as a person sees it.

use std::fs::File;
use std::io::Read as _;
use std::num::NonZero;
use std::os::fd::AsFd as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::run::{signal, wait};

/// So many lines that nothing scrolls away.
const ROWS: u16 = 500;
/// How long a text is waited for.
const LONGEST: Duration = Duration::from_secs(30);

/// A program that runs on a terminal, which is its standard input, output and error.
pub struct Screen {
    child: Child,
    parser: Arc<Mutex<vt100::Parser>>,
    reader: JoinHandle<Vec<u8>>,
}

/// What a program left on the screen.
#[derive(Debug)]
pub struct Shown {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    /// The lines as they were written: one that is too long for the terminal is one line, too.
    pub lines: Vec<String>,
    /// The lines that were too long for the terminal.
    pub wrapped: Vec<String>,
    /// All that was written, with what steers the terminal.
    pub written: String,
}

impl Screen {
    /// Starts a command on a terminal of so many columns.
    pub fn start(mut command: Command, columns: u16) -> Self {
        let (terminal, stdin) = open(columns);
        let stream = || Stdio::from(stdin.try_clone().unwrap());
        command.stdin(stream()).stdout(stream()).stderr(stream());
        Self::spawn(command, terminal, columns)
    }

    /// Starts a command whose standard error is a terminal, and whose standard output is not.
    pub fn start_with(mut command: Command, stdout: Stdio, columns: u16) -> Self {
        let (terminal, stdin) = open(columns);
        let stream = || Stdio::from(stdin.try_clone().unwrap());
        command.stdin(stream()).stdout(stdout).stderr(stream());
        Self::spawn(command, terminal, columns)
    }

    fn spawn(mut command: Command, terminal: File, columns: u16) -> Self {
        if command.get_envs().all(|(name, _)| name != "TERM") {
            command.env("TERM", "xterm-256color");
        }
        let child = command.spawn().unwrap();
        // The end of the program is the end of the output only when nobody else holds its terminal.
        drop(command);
        let parser = Arc::new(Mutex::new(vt100::Parser::new(size(ROWS), size(columns), 0)));
        let (mut output, shown) = (terminal, Arc::clone(&parser));
        let reader = thread::spawn(move || {
            let (mut all, mut part) = (Vec::new(), [0; 4096]);
            // A terminal without a program is an error to read from.
            while let Ok(count @ 1..) = output.read(&mut part) {
                all.extend_from_slice(&part[..count]);
                shown.lock().unwrap().process(&part[..count]);
            }
            all
        });
        Self { child, parser, reader }
    }

    /// Returns the lines on the screen.
    pub fn lines(&self) -> Vec<String> {
        lines(self.parser.lock().unwrap().screen()).0
    }

    /// Waits until a line on the screen holds a text, and returns the line.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        let started = Instant::now();
        loop {
            let lines = self.lines();
            if let Some(line) = lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            assert!(started.elapsed() < LONGEST, "no `{text}` on:\n{}", lines.join("\n"));
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends the program a signal, such as `-INT`.
    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Waits for the end of the program.
    pub fn finish(self) -> Shown {
        let ended = wait(self.child);
        let written = String::from_utf8(self.reader.join().unwrap()).unwrap();
        let parser = self.parser.lock().unwrap();
        let (lines, wrapped) = lines(parser.screen());
        Shown { code: ended.code, lines, wrapped, written }
    }
}

impl Shown {
    /// Checks the exit code, and shows everything if it is another one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n{}", self.text());
        self
    }

    /// Checks that a line holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let says = self.lines.iter().any(|line| line.contains(text));
        assert!(says, "no `{text}` in:\n{}", self.text());
        self
    }

    /// Returns the screen as one text.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

/// Runs a command to its end on a terminal of so many columns.
pub fn show(command: Command, columns: u16) -> Shown {
    Screen::start(command, columns).finish()
}

/// Opens a terminal: its own end, and the end of the program.
fn open(columns: u16) -> (File, File) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    rustix::io::fcntl_setfd(&terminal, rustix::io::FdFlags::CLOEXEC).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let program = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).unwrap();
    let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(program.as_fd(), size).unwrap();
    (File::from(terminal), File::from(program))
}

fn size(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// Returns the lines on a screen without the empty ones at its end, and those that the terminal broke.
fn lines(screen: &vt100::Screen) -> (Vec<String>, Vec<String>) {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let mut lines: Vec<(String, bool)> = Vec::new();
    let mut is_continued = false;
    for (text, row) in screen.rows(0, columns).zip(0..rows) {
        match lines.last_mut() {
            Some((line, is_wrapped)) if is_continued => {
                line.push_str(&text);
                *is_wrapped = true;
            }
            _ => lines.push((text, false)),
        }
        is_continued = screen.row_wrapped(row);
    }
    let used = lines.iter().rposition(|(line, _)| !line.trim().is_empty());
    lines.truncate(used.map_or(0, |last| last + 1));
    let text = |(line, _): &(String, bool)| line.trim_end().to_owned();
    let wrapped = lines.iter().filter(|(_, is_wrapped)| *is_wrapped).map(text).collect();
    (lines.iter().map(text).collect(), wrapped)
}
