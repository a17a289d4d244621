//! The manual page, in English.

use clap::{Arg, Command, CommandFactory as _};
use roff::{Inline, Roff, bold, italic, roman};

use super::Cli;
use super::reference;
use crate::lang::{ENGLISH, Example};

const DESCRIPTION: [&str; 3] = [
    "keyimport imports SSH public keys as key pairs into one or more clouds and regions. It checks each key, looks up \
     what the cloud holds, imports what is missing, and reads it back to prove that it is there.",
    "Running it again changes nothing. A key pair is never replaced or deleted: where a name holds another key, the run \
     reports a conflict. A response that was lost is settled by looking up what the cloud holds.",
    "Results go to standard output, messages to standard error. Off a terminal the columns of the results are separated \
     by tabs; --output json is for scripts.",
];

const SECURITY: [&str; 4] = [
    "Private keys are refused before anything is sent, whatever the file is called.",
    "No flag takes a secret, since other users can see arguments. Messages and traces (-vv) show \
     no secrets.",
    "Requests use TLS; plain HTTP is only for loopback and for the services that clouds offer to their own instances \
     and containers. Redirects are not followed.",
    "Settings files of other tools are read and never written.",
];

/// Makes the page.
pub(super) fn page() -> String {
    let mut command = Cli::command();
    command.build();
    let name = command.get_name();
    let version = command.get_version().unwrap_or_default();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.get_overridden_usage().map(ToString::to_string).unwrap_or_default();

    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]).text([roman(format!("{name} - {}", lower(&about)))]);
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold(name), roman(usage.strip_prefix(name).unwrap_or(&usage))]);
    paragraphs(&mut roff, "DESCRIPTION", &DESCRIPTION);
    options(&mut roff, &command);
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in reference::exit_codes(&ENGLISH) {
        entry(&mut roff, [bold(code)], &sentence(&meaning));
    }
    environment(&mut roff);
    files(&mut roff);
    roff.control("SH", ["EXAMPLES"]);
    for example in Example::ALL {
        let what = (ENGLISH.help.example)(example);
        roff.control("TP", ["4"]).text([roman(format!("{what}:"))]);
        roff.text([roman(reference::command(example))]);
    }
    paragraphs(&mut roff, "SECURITY", &SECURITY);
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("ssh-keygen"), roman("(1), "), bold("ssh"), roman("(1)")]);

    // Neither hyphens nor wide gaps: names of variables are copied from here.
    let title = format!(
        ".TH {} 1 \"\" \"{name} {version}\" \"User Commands\"\n.nh\n.ad l\n",
        name.to_uppercase()
    );
    ascii(&(title + &roff.render()))
}

/// Writes all other characters as escapes, which every formatter reads the same.
fn ascii(text: &str) -> String {
    let escaped = |letter: char| match letter {
        letter if letter.is_ascii() => letter.to_string(),
        letter => format!("\\[u{:04X}]", u32::from(letter)),
    };
    text.chars().map(escaped).collect()
}

/// Writes the flags below their headings.
fn options(roff: &mut Roff, command: &Command) {
    let mut groups: Vec<(Option<&str>, Vec<&Arg>)> = Vec::new();
    for flag in command.get_arguments().filter(|flag| !flag.is_hide_set()) {
        let heading = flag.get_help_heading();
        match groups.iter_mut().find(|(other, _)| *other == heading) {
            Some((_, flags)) => flags.push(flag),
            None => groups.push((heading, vec![flag])),
        }
    }
    roff.control("SH", ["OPTIONS"]);
    for (heading, flags) in groups {
        if let Some(heading) = heading {
            roff.control("SS", [heading]);
        }
        for flag in flags {
            option(roff, flag);
        }
    }
}

fn option(roff: &mut Roff, flag: &Arg) {
    let mut term = Vec::new();
    if let Some(short) = flag.get_short() {
        term.push(bold(format!("-{short}")));
        term.push(roman(", "));
    }
    if let Some(long) = flag.get_long() {
        term.push(bold(format!("--{long}")));
    }
    let name = flag.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    if let Some(name) = name.filter(|_| flag.get_action().takes_values()) {
        let (before, after) = match (flag.is_positional(), flag.is_require_equals_set()) {
            (true, _) => ("", "..."),
            (false, true) => ("[=", "]"),
            (false, false) => (" ", ""),
        };
        term.extend([roman(before), italic(name), roman(after)]);
    }
    let help = flag.get_long_help().or_else(|| flag.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let (first, rest) = help.split_once("\n\n").unwrap_or((&help, ""));
    let mut sentences = vec![sentence(first)];
    if !rest.is_empty() {
        sentences.push(rest.to_owned());
    }
    if flag.get_action().takes_values() {
        let values = flag.get_possible_values().into_iter().map(|value| match value.get_help() {
            Some(help) => format!("{} ({help})", value.get_name()),
            None => value.get_name().to_owned(),
        });
        let values: Vec<String> = values.collect();
        if !values.is_empty() {
            sentences.push(format!("Values: {}.", values.join(", ")));
        }
        if let Some(default) = flag.get_default_values().first() {
            sentences.push(format!("Default: {}.", default.to_string_lossy()));
        }
    }
    entry(roff, term, &sentences.join(" "));
}

fn environment(roff: &mut Roff) {
    roff.control("SH", ["ENVIRONMENT"]);
    for (names, meaning) in reference::variables(&ENGLISH) {
        entry(roff, [bold(names)], &meaning);
    }
    roff.control("PP", []);
    roff.text([roman("Each cloud's own variables, as its own tools read them:")]);
    for (title, named) in reference::cloud_variables(&ENGLISH) {
        roff.control("SS", [title]);
        for (purpose, names) in named {
            entry(roff, [roman(purpose)], &names);
        }
    }
}

fn files(roff: &mut Roff) {
    roff.control("SH", ["FILES"]);
    let keys = "The key that is imported when none is given, if one of them exists.";
    entry(roff, [italic("~/.ssh/id_ed25519.pub, ~/.ssh/id_ecdsa.pub, ~/.ssh/id_rsa.pub")], keys);
    for (title, paths) in reference::cloud_files() {
        let text = format!("Credentials and settings of {title}'s own tools. They are read only.");
        entry(roff, [italic(paths.join(", "))], &text);
    }
    let state = "What the built-in clouds hold, with --sandbox=FILE. It is made by the first run.";
    entry(roff, [italic("FILE")], state);
}

fn paragraphs(roff: &mut Roff, title: &str, texts: &[&str]) {
    roff.control("SH", [title]);
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(*text)]);
    }
}

fn entry(roff: &mut Roff, term: impl Into<Vec<Inline>>, text: &str) {
    roff.control("TP", []);
    roff.text(term);
    roff.text([roman(text)]);
}

/// Makes a fragment a sentence.
fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}
