//! Completions: the scripts for shells, and the candidates for which the scripts ask the program.
//!
//! A script runs `keyimport --complete WORD... :LAST` with the words before the cursor, `:` standing before the last one,
//! which is often empty. It gets a candidate a line, with a tab and a description behind it, or the one line `:keys` or
//! `:files` where a path is wanted: shells complete paths best themselves.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _, ValueHint};

use super::Cli;
use crate::credentials;
use crate::ports::System;
use crate::provider::{self, Provider};

pub(super) const BASH: &str = include_str!("complete/keyimport.bash");
pub(super) const ZSH: &str = include_str!("complete/keyimport.zsh");
pub(super) const FISH: &str = include_str!("complete/keyimport.fish");
pub(super) const POWERSHELL: &str = include_str!("complete/keyimport.ps1");

/// The first argument by which a script asks for candidates.
const FLAG: &str = "--complete";
const KEYS: &str = ":keys\n";
const FILES: &str = ":files\n";

/// Returns the words to complete, if these are the arguments of a completion script.
pub fn words_to_complete(arguments: &[OsString]) -> Option<&[OsString]> {
    arguments.get(1..)?.split_first().filter(|(flag, _)| *flag == FLAG).map(|(_, words)| words)
}

/// Returns what may stand for the last of these words, one candidate a line.
pub fn candidates(words: &[OsString], system: &dyn System) -> String {
    let words = words.iter().map(|word| word.to_string_lossy().into_owned());
    let Some((words, last, cut)) = join(words.collect()) else { return String::new() };
    let command = Cli::command();
    let line = Line::new(&command, &words);
    let answer = line.complete(&last, system);
    match answer {
        Answer::Keys => KEYS.to_owned(),
        Answer::Files => FILES.to_owned(),
        Answer::Values(values) => {
            let mut lines = String::new();
            for (value, help) in values.iter().filter(|(value, _)| value.starts_with(&last)) {
                // Writing to memory cannot fail.
                let _ = writeln!(lines, "{}\t{help}", value.get(cut..).unwrap_or_default());
            }
            lines
        }
    }
}

/// Puts together what bash takes apart: `--flag`, `=` and a value. Returns the words but for the last, the last, and
/// the length of its beginning that bash does not complete.
fn join(mut words: Vec<String>) -> Option<(Vec<String>, String, usize)> {
    let last = words.pop()?.strip_prefix(':')?.to_owned();
    words.push(last);
    let mut joined: Vec<String> = Vec::new();
    let (mut cut, mut is_open) = (0, false);
    for word in words {
        match joined.last_mut() {
            Some(flag) if word == "=" && flag.starts_with("--") && !flag.contains('=') => {
                flag.push('=');
                (cut, is_open) = (flag.len(), true);
            }
            Some(flag) if is_open => {
                flag.push_str(&word);
                is_open = false;
            }
            _ => {
                joined.push(word);
                cut = 0;
            }
        }
    }
    let last = joined.pop()?;
    Some((joined, last, cut))
}

/// A candidate and what it means.
type Candidate = (String, String);

/// What may stand for a word.
enum Answer {
    Values(Vec<Candidate>),
    /// Public key files.
    Keys,
    Files,
}

/// What stands before the word to complete.
struct Line<'a> {
    command: &'a Command,
    /// The flag whose value comes next.
    open: Option<&'a Arg>,
    /// The clouds of `--provider`.
    clouds: Vec<&'static dyn Provider>,
    /// `--` was there: no flag follows.
    is_escaped: bool,
}

impl<'a> Line<'a> {
    fn new(command: &'a Command, words: &[String]) -> Self {
        let mut line = Self { command, open: None, clouds: Vec::new(), is_escaped: false };
        for word in words {
            if let Some(flag) = line.open.take() {
                line.read(flag, word);
            } else if word == "--" {
                line.is_escaped = true;
            } else if let Some((flag, _, value)) = line.flag(word) {
                match value {
                    Some(value) => line.read(flag, value),
                    None if flag.is_require_equals_set() => {}
                    None => line.open = Some(flag),
                }
            }
        }
        line
    }

    fn read(&mut self, flag: &Arg, value: &str) {
        if flag.get_id() == "provider" {
            self.clouds.extend(value.split(super::is_separator).filter_map(provider::find));
        }
    }

    /// Takes a word apart that is a flag with a value: the flag, all that stands before the value, and the value if it is
    /// in the same word.
    fn flag<'w>(&self, word: &'w str) -> Option<(&'a Arg, &'w str, Option<&'w str>)> {
        let takes_value = |flag: &&Arg| flag.get_action().takes_values();
        let mut flags = self.command.get_arguments().filter(takes_value);
        if self.is_escaped {
            return None;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            let flag = flags.find(|flag| flag.get_long() == Some(name))?;
            let before = value.and_then(|value| word.strip_suffix(value)).unwrap_or(word);
            return Some((flag, before, value));
        }
        let letters = word.strip_prefix('-')?;
        let shorts: Vec<&Arg> = flags.collect();
        letters.char_indices().find_map(|(index, letter)| {
            let flag = shorts.iter().find(|flag| flag.get_short() == Some(letter))?;
            let (before, value) = word.split_at_checked(index + 1 + letter.len_utf8())?;
            Some((*flag, before, Some(value).filter(|value| !value.is_empty())))
        })
    }

    fn complete(&self, word: &str, system: &dyn System) -> Answer {
        if let Some(flag) = self.open {
            return self.values(flag, "", word, system);
        }
        match self.flag(word) {
            Some((flag, before, Some(value))) => self.values(flag, before, value, system),
            _ if word.starts_with('-') && !self.is_escaped => Answer::Values(self.flags()),
            _ => Answer::Keys,
        }
    }

    fn flags(&self) -> Vec<Candidate> {
        let shown = self.command.get_arguments().filter(|flag| !flag.is_hide_set());
        let forms = shown.flat_map(|flag| {
            let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
            let long = flag.get_long().map(|long| format!("--{long}"));
            let short = flag.get_short().map(|short| format!("-{short}"));
            [long, short].into_iter().flatten().map(move |form| (form, help.clone()))
        });
        forms.collect()
    }

    /// Returns the values of a flag that may follow `before`.
    fn values(&self, flag: &Arg, before: &str, value: &str, system: &dyn System) -> Answer {
        let values = match flag.get_id().as_str() {
            "provider" => next_items(value, clouds()),
            "region" => next_items(value, regions(self.clouds())),
            "to" => targets(value),
            "profile" => {
                let names = self.clouds().iter().flat_map(|cloud| {
                    let title = cloud.info().title.to_owned();
                    let names = credentials::profile_names(*cloud, system);
                    names.into_iter().map(move |name| (name, title.clone()))
                });
                names.collect()
            }
            _ if flag.get_value_hint() == ValueHint::FilePath => return Answer::Files,
            _ => {
                let values = flag.get_possible_values().into_iter().map(|value| {
                    let help = value.get_help().map(ToString::to_string).unwrap_or_default();
                    (value.get_name().to_owned(), help)
                });
                values.collect()
            }
        };
        Answer::Values(with_prefix(before, values))
    }

    /// Returns the clouds that were given, or else all.
    fn clouds(&self) -> &[&'static dyn Provider] {
        if self.clouds.is_empty() { provider::ALL } else { &self.clouds }
    }
}

fn with_prefix(prefix: &str, values: impl IntoIterator<Item = Candidate>) -> Vec<Candidate> {
    values.into_iter().map(|(value, help)| (format!("{prefix}{value}"), help)).collect()
}

/// Returns how a list may go on: with the items that are not in it, behind those that are.
fn next_items(list: &str, items: Vec<Candidate>) -> Vec<Candidate> {
    let Some((done, _)) = list.rsplit_once(',') else { return items };
    let is_new = |(item, _): &Candidate| !done.split(',').any(|one| one == item);
    with_prefix(&format!("{done},"), items.into_iter().filter(is_new))
}

fn clouds() -> Vec<Candidate> {
    provider::infos().map(|info| (info.id.to_owned(), info.title.to_owned())).collect()
}

/// Returns the regions of clouds; one that several have is there once, with their names.
fn regions(clouds: &[&dyn Provider]) -> Vec<Candidate> {
    let mut regions: Vec<Candidate> = Vec::new();
    for info in clouds.iter().map(|cloud| cloud.info()) {
        for region in info.regions {
            match regions.iter_mut().find(|(id, _)| id == region.id) {
                Some((_, titles)) => {
                    titles.push_str(", ");
                    titles.push_str(info.title);
                }
                None => regions.push((region.id.to_owned(), info.title.to_owned())),
            }
        }
    }
    regions
}

/// Returns what `--to` may hold: clouds, and the regions of a cloud that is there in full.
fn targets(value: &str) -> Vec<Candidate> {
    let (name, list) = value.split_once('/').unwrap_or((value, ""));
    let mut targets = if value.contains('/') { Vec::new() } else { clouds() };
    if let Some(cloud) = provider::find(name) {
        targets.extend(with_prefix(&format!("{name}/"), next_items(list, regions(&[cloud]))));
    }
    targets
}
