//! The help texts that follow the list of flags.

use clap::Command;
use clap::builder::Styles;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::reference::{self, SHORT};
use crate::lang::{Example, Texts};

/// The widest line, in columns.
pub(super) const WIDTH: usize = 80;

/// Adds the texts after the flags: the short help shows examples, the long one everything.
pub(super) fn with_reference(command: Command, texts: &Texts) -> Command {
    let styles = command.get_styles().clone();
    command.after_help(short(texts, &styles)).after_long_help(long(texts, &styles))
}

fn short(texts: &Texts, styles: &Styles) -> String {
    let commands = SHORT.map(|example| format!("  {}", reference::command(example)));
    format!("{}\n{}", heading(texts.help.examples, styles), commands.join("\n"))
}

fn long(texts: &Texts, styles: &Styles) -> String {
    let mut lines = vec![heading(texts.help.examples, styles)];
    for example in Example::ALL {
        wrap(&mut lines, "  ", (texts.help.example)(example), "  ", WIDTH);
        lines.extend([format!("      {}", reference::command(example)), String::new()]);
    }
    lines.push(heading(texts.help.exit_codes, styles));
    for (code, meaning) in reference::exit_codes(texts) {
        wrap(&mut lines, &format!("  {code:>3}  "), &meaning, "       ", WIDTH);
    }
    lines.extend([String::new(), heading(texts.help.environment, styles)]);
    for (names, meaning) in reference::variables(texts) {
        wrap(&mut lines, "  ", &names, "  ", WIDTH);
        wrap(&mut lines, "      ", &meaning, "      ", WIDTH);
    }
    for (title, named) in reference::cloud_variables(texts) {
        lines.extend([String::new(), format!("  {title}")]);
        for (purpose, names) in named {
            wrap(&mut lines, &format!("      {purpose}{}", texts.colon), &names, "        ", WIDTH);
        }
    }
    lines.join("\n")
}

fn heading(title: &str, styles: &Styles) -> String {
    let style = styles.get_header();
    format!("{style}{title}:{style:#}")
}

/// Adds a text, broken between words and between wide letters into lines of so many columns, with one beginning of the
/// first line and another one of all others.
pub(super) fn wrap(lines: &mut Vec<String>, first: &str, text: &str, others: &str, columns: usize) {
    let mut line = first.to_owned();
    for (index, part) in parts(text).into_iter().enumerate() {
        if index > 0 && line.width() + part.trim_end().width() > columns {
            lines.push(line.trim_end().to_owned());
            others.clone_into(&mut line);
        }
        line += part;
    }
    lines.push(line.trim_end().to_owned());
}

/// Splits a text where a line may end: behind a blank, and beside a wide letter unless punctuation follows it.
pub fn parts(text: &str) -> Vec<&str> {
    let is_wide = |letter: char| letter.width() == Some(2);
    let mut parts = Vec::new();
    let mut start = 0;
    for ((_, before), (index, letter)) in text.char_indices().zip(text.char_indices().skip(1)) {
        let closes = "，。；：、）？".contains(letter);
        let opens = before == '（';
        let may_end = before == ' ' || ((is_wide(before) || is_wide(letter)) && letter != ' ');
        if may_end && !closes && !opens {
            parts.extend(text.get(start..index));
            start = index;
        }
    }
    parts.extend(text.get(start..));
    parts
}
