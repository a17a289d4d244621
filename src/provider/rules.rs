//! The vendors' rules for names, descriptions and tags, in words that a message can quote.

use crate::error::{Error, ErrorKind};
use crate::provider::{ImportJob, ImportOption, ProviderInfo};

/// A rule for one value: its length in characters, the characters allowed in it and as its first.
pub(super) struct Rule {
    pub what: &'static str,
    /// The flag that sets it.
    pub flag: &'static str,
    pub shortest: usize,
    pub longest: usize,
    pub allows: fn(char) -> bool,
    pub begins: fn(char) -> bool,
    /// The rule in words, after "must be".
    pub words: &'static str,
}

impl Rule {
    /// Checks a value; the error quotes the rule and says what breaks it.
    pub(super) fn check(&self, text: &str) -> Result<(), Error> {
        let Some(why) = self.broken_by(text) else { return Ok(()) };
        let message = format!("{} `{}` must be {}: {why}", self.what, shortened(text), self.words);
        Err(Error::new(ErrorKind::Usage, message)
            .hinted(format!("give another value with `{}`", self.flag)))
    }

    /// Returns what in a value breaks the rule.
    fn broken_by(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if length == 0 && self.shortest > 0 {
            return Some("it is empty".to_owned());
        }
        if let Some(letter) = text.chars().find(|letter| !(self.allows)(*letter)) {
            return Some(format!("{} is not allowed", called(letter)));
        }
        if let Some(first) = text.chars().next().filter(|first| !(self.begins)(*first)) {
            return Some(format!("it begins with {}", called(first)));
        }
        let fits = (self.shortest..=self.longest).contains(&length);
        (!fits).then(|| format!("it has {length}"))
    }
}

/// Writes a character for a message, with its code point where it may not show.
fn called(letter: char) -> String {
    match letter {
        ' ' => "a space".to_owned(),
        '!'..='~' => format!("`{letter}`"),
        _ if letter.is_alphanumeric() => format!("`{letter}`"),
        _ => format!("`{letter}` (U+{:04X})", u32::from(letter)),
    }
}

/// Cuts a value to 80 characters for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((index, _)) => format!("{}…", text.get(..index).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(super) fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || is_chinese(letter)
}

/// Whether a character is in the CJK Unified Ideographs blocks that the vendors' consoles accept.
pub(super) fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Rejects options that the provider does not support.
pub(super) fn check_options(info: &ProviderInfo, job: &ImportJob) -> Result<(), Error> {
    let Some(option) = job.options.set().into_iter().find(|option| !info.supports.contains(option))
    else {
        return Ok(());
    };
    let flag = option.flag();
    let message = format!("{} does not support `{flag}`", info.title);
    Err(Error::new(ErrorKind::Usage, message).hinted(format!("leave out `{flag}` for {}", info.id)))
}

/// Checks the tags: at most 20, no key twice, and the provider's own rules.
pub(super) fn check_tags(job: &ImportJob, key: &Rule, value: &Rule) -> Result<(), Error> {
    let tags = &job.options.tags;
    if tags.len() > 20 {
        let message = format!("{} tags are too many; a key pair has at most 20", tags.len());
        return Err(Error::new(ErrorKind::Usage, message).hinted(hint(ImportOption::Tag)));
    }
    for (index, (name, text)) in tags.iter().enumerate() {
        key.check(name)?;
        value.check(text)?;
        if tags.iter().take(index).any(|(other, _)| other == name) {
            let message = format!("tag key `{name}` is given twice");
            return Err(Error::new(ErrorKind::Usage, message).hinted(hint(ImportOption::Tag)));
        }
    }
    Ok(())
}

fn hint(option: ImportOption) -> String {
    format!("change `{}` and run again", option.flag())
}

/// Returns a warning for a key type that the vendor does not document.
pub(super) fn key_type_warning(info: &ProviderInfo, job: &ImportJob) -> Option<String> {
    let algorithm = job.key.algorithm();
    (!info.key_types.contains(&algorithm)).then(|| {
        format!(
            "{} does not document support for `{algorithm}` keys; the key is sent all the same",
            info.title
        )
    })
}
