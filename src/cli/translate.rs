//! The command line in another language than that of its comments.

use clap::builder::PossibleValue;
use clap::{Arg, Command};

use super::help::WIDTH;
use super::values::supporting_clouds;
use crate::lang::{CommandTexts, Texts, wrap};
use crate::provider::{self, Provider};

/// How far clap indents the text of a flag in the long help.
const INDENT: usize = 10;

/// Translates the texts that clap shows.
pub(super) fn command(command: Command, texts: &Texts) -> Command {
    let Some(of) = &texts.help.command else { return command };
    let style = command.get_styles().get_header().to_owned();
    let usage = format!("{style}{}:{style:#} ", of.usage);
    command
        .about(of.about)
        .help_template(format!(
            "{{about-with-newline}}\n{usage}{{usage}}\n\n{{all-args}}{{after-help}}"
        ))
        .mut_args(|flag| argument(flag, of, texts))
}

fn argument(flag: Arg, of: &CommandTexts, texts: &Texts) -> Arg {
    let (id, colon) = (flag.get_id().to_string(), texts.colon);
    let signed = id.strip_suffix("-signature").and_then(provider::find).map(Provider::info);
    let (mut short, long) = match (signed, (of.flag)(&id)) {
        (Some(info), _) => ((of.signature)(info), ""),
        (None, Some(text)) => (text.short.to_owned(), text.long),
        (None, None) => return flag,
    };
    let clouds: Vec<&str> = supporting_clouds(&flag).into_iter().map(texts.title).collect();
    if !clouds.is_empty() {
        short = format!("{short} ({})", clouds.join(", "));
    }
    let heading = flag.get_help_heading().and_then(of.heading).unwrap_or(of.arguments);
    let mut paragraphs = vec![lines(&short)];
    if !long.is_empty() {
        paragraphs.push(lines(long));
    }
    if !flag.get_action().takes_values() {
        return flag.help(short).long_help(paragraphs.join("\n\n")).help_heading(heading);
    }
    // What a value means: clouds and signatures are named in the registry.
    let meaning = |name: &str| {
        let form = signed.iter().flat_map(|info| info.signatures).find(|form| form.name == name);
        let cloud = provider::find(name).filter(|_| id == "provider").map(Provider::info);
        let own = (of.value)(&id, name);
        own.or(form.map(of.signature_form)).or(cloud.map(texts.title)).unwrap_or_default()
    };
    let values = flag.get_possible_values();
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    if let Some(default) = flag.get_default_values().first() {
        let default = format!("[{}{colon}{}]", of.default, default.to_string_lossy());
        short = format!("{short} {default}");
        paragraphs.push(default);
    }
    if !names.is_empty() {
        short = format!("{short} [{}{colon}{}]", of.values, names.join(", "));
        let list = names.iter().map(|name| format!("\n- {name}{colon}{}", meaning(name)));
        paragraphs.push(format!("{}{colon}{}", of.values, list.collect::<String>()));
    }
    flag.help(short)
        .long_help(paragraphs.join("\n\n"))
        .help_heading(heading)
        .hide_possible_values(true)
        .hide_default_value(true)
}

/// Breaks a text into lines, since clap breaks at spaces only.
fn lines(text: &str) -> String {
    wrap("", text, "", WIDTH - INDENT).join("\n")
}
