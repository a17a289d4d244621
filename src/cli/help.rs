//! The help texts that follow the list of flags.

use clap::Command;
use clap::builder::Styles;

use super::reference::{self, SHORT};
use crate::lang::{Example, Texts, wrap};

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
        lines.extend(wrap("  ", (texts.help.example)(example), "  ", WIDTH));
        lines.extend([format!("      {}", reference::command(example)), String::new()]);
    }
    lines.push(heading(texts.help.exit_codes, styles));
    for (code, meaning) in reference::exit_codes(texts) {
        lines.extend(wrap(&format!("  {code:>3}  "), &meaning, "       ", WIDTH));
    }
    lines.extend([String::new(), heading(texts.help.environment, styles)]);
    for (names, meaning) in reference::variables(texts) {
        lines.extend(wrap("  ", &names, "  ", WIDTH));
        lines.extend(wrap("      ", &meaning, "      ", WIDTH));
    }
    for (title, named) in reference::cloud_variables(texts) {
        lines.extend([String::new(), format!("  {title}")]);
        for (purpose, names) in named {
            let label = format!("      {purpose}{}", texts.colon);
            lines.extend(wrap(&label, &names, "        ", WIDTH));
        }
    }
    lines.join("\n")
}

fn heading(title: &str, styles: &Styles) -> String {
    let style = styles.get_header();
    format!("{style}{title}:{style:#}")
}
