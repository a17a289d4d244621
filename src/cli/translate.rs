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
    let Some(words) = &texts.help.command else { return command };
    let style = command.get_styles().get_header().to_owned();
    let usage = format!("{style}{}:{style:#} ", words.usage);
    command
        .about(words.about)
        .help_template(format!(
            "{{about-with-newline}}\n{usage}{{usage}}\n\n{{all-args}}{{after-help}}"
        ))
        .mut_args(|flag| argument(flag, words, texts))
}

fn argument(flag: Arg, words: &CommandTexts, texts: &Texts) -> Arg {
    let (id, colon) = (flag.get_id().to_string(), texts.colon);
    let signature_of = id.strip_suffix("-signature").and_then(provider::find).map(Provider::info);
    let (mut short, long) = match (signature_of, (words.flag)(&id)) {
        (Some(info), _) => ((words.signature)(info), ""),
        (None, Some(text)) => (text.short.to_owned(), text.long),
        (None, None) => return flag,
    };
    let clouds: Vec<&str> = supporting_clouds(&flag).into_iter().map(texts.title).collect();
    if !clouds.is_empty() {
        short = format!("{short} ({})", clouds.join(", "));
    }
    let heading = flag.get_help_heading().and_then(words.heading).unwrap_or(words.arguments);
    let mut paragraphs = vec![lines(&short)];
    if !long.is_empty() {
        paragraphs.push(lines(long));
    }
    if !flag.get_action().takes_values() {
        return flag.help(short).long_help(paragraphs.join("\n\n")).help_heading(heading);
    }
    // What a value means: clouds and signatures are named in the registry.
    let meaning = |name: &str| {
        let form =
            signature_of.iter().flat_map(|info| info.signatures).find(|form| form.name == name);
        let cloud = provider::find(name).filter(|_| id == "provider").map(Provider::info);
        let own = (words.value)(&id, name);
        own.or(form.map(words.signature_form)).or(cloud.map(texts.title)).unwrap_or_default()
    };
    let values = flag.get_possible_values();
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    if let Some(default) = flag.get_default_values().first() {
        let default = format!("[{}{colon}{}]", words.default, default.to_string_lossy());
        short = format!("{short} {default}");
        paragraphs.push(default);
    }
    if !names.is_empty() {
        short = format!("{short} [{}{colon}{}]", words.values, names.join(", "));
        let list = names.iter().map(|name| format!("\n- {name}{colon}{}", meaning(name)));
        paragraphs.push(format!("{}{colon}{}", words.values, list.collect::<String>()));
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
