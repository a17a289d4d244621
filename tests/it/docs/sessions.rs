//! The first run of the README, command by command, as a terminal shows it; and its picture.

use std::fmt::Write as _;
use std::num::NonZero;
use std::os::unix::fs::symlink;

use super::{hold, read};
use crate::cli::run::{Home, PROGRAM};
use crate::cli::screen::{Shown, show};

const COLUMNS: u16 = 100;
const PICTURE: &str = ".github/session.svg";

/// A piece of a document: text, or a block of code with its language.
enum Piece<'a> {
    Text(&'a str),
    Code(&'a str, &'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    for (number, piece) in text.split("```").enumerate() {
        found.push(match piece.split_once('\n') {
            Some((language, code)) if number % 2 == 1 => Piece::Code(language, code),
            _ => Piece::Text(piece),
        });
    }
    found
}

/// The section of the README, and what stands before and after it.
fn section(text: &str) -> (&str, &str, &str) {
    let start = text.find("\n## First run\n").unwrap();
    let end = start + 1 + text[start + 1..].find("\n## ").unwrap();
    (&text[..start], &text[start..end], &text[end..])
}

/// Runs a line of shell on a terminal, in a home where the program is on the path.
fn on_terminal(home: &Home, line: &str) -> Shown {
    let mut command = home.command_in("sh");
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", home.path("bin").display())).args(["-c", line]);
    show(command, COLUMNS)
}

fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path("bin")).unwrap();
    symlink(PROGRAM, home.path("bin/keyimport")).unwrap();
    home
}

#[test]
fn the_first_run_prints_what_the_readme_shows() {
    let text = read("README.md");
    let (before, first_run, after) = section(&text);
    let home = home();
    let mut written = String::new();
    let mut printed = None;
    let mut commands = 0;
    for piece in pieces(first_run) {
        match piece {
            Piece::Text(text) => written += text,
            Piece::Code("sh", code) => {
                let shown = on_terminal(&home, code);
                printed = Some(shown.lines);
                write!(written, "```sh\n{code}```").unwrap();
                commands += code.matches("keyimport ").count();
            }
            Piece::Code(language, _) => {
                assert_eq!(language, "text");
                written += "```text\n";
                for line in printed.take().expect("a command before what it prints") {
                    writeln!(written, "{line}").unwrap();
                }
                written += "```";
            }
        }
    }
    assert!(commands >= 4, "the README shows {commands} commands");
    hold("README.md", &format!("{before}{written}{after}"));
}

#[test]
fn the_picture_shows_the_first_run() {
    let text = read("README.md");
    let (_, first_run, _) = section(&text);
    let home = home();
    let mut lines = Vec::new();
    for piece in pieces(first_run) {
        if let Piece::Code("sh", code) = piece {
            let shown = on_terminal(&home, code);
            if let Some(command) = code.strip_prefix("keyimport ") {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                let command = format!("keyimport {}", command.trim_end());
                lines.push(tspan(0, "prompt", "$") + &tspan(2, "command", &command));
                lines.extend(coloured(&shown));
            }
        }
    }
    hold(PICTURE, &picture(&lines));
}

/// The lines of a screen as the text of a picture.
fn coloured(shown: &Shown) -> Vec<String> {
    let size = |count| NonZero::new(count).unwrap();
    let rows = u16::try_from(shown.lines.len() * 4 + 1).unwrap();
    let mut parser = vt100::Parser::new(size(rows), size(COLUMNS), 0);
    parser.process(shown.written.as_bytes());
    let screen = parser.screen();
    let texts: Vec<String> = screen.rows(0, COLUMNS).collect();
    let used = texts.iter().rposition(|text| !text.trim().is_empty()).map_or(0, |last| last + 1);
    let line = |row: u16| {
        let mut spans = String::new();
        let mut run: Option<(u16, &str, String)> = None;
        for column in 0..COLUMNS {
            let Some(cell) = screen.cell(row, column) else { continue };
            let class = class(cell);
            let text = if cell.has_contents() { cell.contents() } else { " " };
            match &mut run {
                Some((_, other, gathered)) if *other == class => gathered.push_str(text),
                _ => {
                    spans += &run
                        .take()
                        .map(|(at, class, text)| tspan(at, class, &text))
                        .unwrap_or_default();
                    run = Some((column, class, text.to_owned()));
                }
            }
        }
        spans + &run.map(|(at, class, text)| tspan(at, class, &text)).unwrap_or_default()
    };
    (0..u16::try_from(used).unwrap()).map(line).collect()
}

/// The class of a cell in the style sheet of the picture.
fn class(cell: &vt100::Cell) -> &'static str {
    match (cell.fgcolor(), cell.bold(), cell.dim()) {
        (vt100::Color::Idx(1 | 9), ..) => "red",
        (vt100::Color::Idx(2 | 10), ..) => "green",
        (vt100::Color::Idx(3 | 11), ..) => "yellow",
        (vt100::Color::Idx(4..=6 | 12..=14), ..) => "blue",
        (_, true, _) => "bold",
        (_, _, true) => "dim",
        _ => "plain",
    }
}

/// Width of a character and height of a line, in pixels.
const CELL: (f32, f32) = (8.4, 20.0);

/// A run of text of one class, in parts between which there is more than one blank: viewers draw only one.
fn tspan(column: u16, class: &str, text: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a column is a small number")]
    let place = |columns: usize| columns as f32 * CELL.0;
    let mut spans = String::new();
    let mut at = usize::from(column);
    for part in text.split("  ") {
        let blanks = part.chars().take_while(|letter| *letter == ' ').count();
        let shown = part.trim();
        if !shown.is_empty() {
            let (x, width) = (16.0 + place(at + blanks), place(shown.chars().count()));
            let shown = shown.replace('&', "&amp;").replace('<', "&lt;");
            let size = format!("x=\"{x:.1}\" textLength=\"{width:.1}\"");
            write!(spans, "<tspan class=\"{class}\" {size}>{shown}</tspan>").unwrap();
        }
        at += part.chars().count() + 2;
    }
    spans
}

fn picture(lines: &[String]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a picture has few lines")]
    let height = lines.len() as f32 * CELL.1 + 32.0;
    let width = f32::from(COLUMNS) * CELL.0 + 32.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n\
         <title>A session on a terminal: two imports, the same again, a conflict, a private key</title>\n\
         <style>\n\
         text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d7dae0; white-space: pre; }}\n\
         .prompt, .dim {{ fill: #8b93a1; }} .command, .bold {{ fill: #ffffff; font-weight: 600; }}\n\
         .green {{ fill: #6cc66c; }} .red {{ fill: #ff7b72; }} .yellow {{ fill: #e3b341; }} .blue {{ fill: #6cb6ff; }}\n\
         </style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1f24\"/>\n"
    );
    let mut y = 30.0;
    for line in lines {
        if !line.is_empty() {
            writeln!(svg, "<text y=\"{y:.0}\" lengthAdjust=\"spacingAndGlyphs\">{line}</text>")
                .unwrap();
        }
        y += CELL.1;
    }
    svg + "</svg>\n"
}
