//! The rules for names, descriptions, tags and region ids, in words that a message can quote.

use std::ops::RangeInclusive;

use super::{ImportJob, ProviderInfo};
use crate::error::Error;
use crate::phrase::{Phrase, phrase};

/// A rule for one value: its length in characters, the characters allowed in it and as its first.
#[derive(Debug)]
pub struct Rule {
    /// What the value is, for messages.
    pub what: &'static str,
    /// The flag that sets it.
    pub flag: &'static str,
    /// How many characters it may have.
    pub length: RangeInclusive<usize>,
    /// Whether a character may be in it.
    pub allows: fn(char) -> bool,
    /// Whether a character may be its first.
    pub begins: fn(char) -> bool,
    /// The rule in words, after "must be".
    pub words: &'static str,
}

impl Rule {
    /// Fits a derived name: a character that is not allowed becomes `_`, and the name is cut to `longest` characters.
    pub fn fit(&self, name: &str, longest: usize) -> String {
        let fitted = name.chars().map(|letter| if (self.allows)(letter) { letter } else { '_' });
        let fitted: String = fitted.take(longest).collect();
        fitted.trim_end_matches(['-', '.', '_']).to_owned()
    }

    /// Fits a name and ends it with digits that tell it from another one.
    pub fn fit_with_digits(&self, name: &str, digits: &str, longest: usize) -> String {
        let mark = if (self.allows)('-') { '-' } else { '_' };
        let head = self.fit(name, longest.saturating_sub(digits.len() + 1));
        format!("{head}{mark}{digits}")
    }

    /// Checks a value; the error quotes the rule and says what breaks it.
    pub(super) fn check(&self, text: &str) -> Result<(), Error> {
        let Some(why) = self.broken_by(text) else { return Ok(()) };
        let message =
            phrase!("{} `{}` must be {}: {}", self.what, shortened(text), self.words, why);
        Err(self.refused(message))
    }

    /// Makes the error of a value that breaks this rule, or another one of the provider.
    pub(super) fn refused(&self, message: Phrase) -> Error {
        Error::usage(message).hinted(phrase!("give another value with `{}`", self.flag))
    }

    fn broken_by(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if length == 0 && !self.length.contains(&0) {
            return Some("it is empty".to_owned());
        }
        if let Some(letter) = text.chars().find(|letter| !(self.allows)(*letter)) {
            return Some(format!("{} is not allowed", called(letter)));
        }
        if let Some(first) = text.chars().next().filter(|first| !(self.begins)(*first)) {
            return Some(format!("it begins with {}", called(first)));
        }
        (!self.length.contains(&length)).then(|| format!("it has {length}"))
    }
}

/// Writes a character for a message, with its code point where it may not show.
fn called(letter: char) -> String {
    match letter {
        ' ' => "a space".to_owned(),
        _ if letter.is_ascii_graphic() || letter.is_alphanumeric() => format!("`{letter}`"),
        _ => format!("`{letter}` (U+{:04X})", u32::from(letter)),
    }
}

/// Cuts a value to 80 characters for a message.
fn shortened(text: &str) -> String {
    let cut: String = text.chars().take(80).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

/// Tells whether a character is a Latin letter, or in the blocks of CJK ideographs that the vendors' consoles accept.
pub(super) fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic()
        || matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Checks the name of a job, and that the provider supports its options. Returns a warning for a key type that the
/// vendor does not document.
pub(super) fn check(info: &ProviderInfo, job: &ImportJob) -> Result<Vec<Phrase>, Error> {
    let options = [
        ("--description", job.options.description.is_some()),
        ("--tag", !job.options.tags.is_empty()),
        ("--resource-group", job.options.resource_group.is_some()),
        ("--project", job.options.project.is_some()),
    ];
    let mut given = options.iter().filter(|(_, is_given)| *is_given).map(|(flag, _)| flag);
    if let Some(flag) = given.find(|flag| !info.supports.contains(flag)) {
        let message = phrase!("{} does not support `{}`", info.title, flag);
        return Err(Error::usage(message).hinted(phrase!("leave out `{}` for {}", flag, info.id)));
    }
    info.name.check(&job.name)?;
    let (title, algorithm) = (info.title, job.key.algorithm());
    let is_documented = info.key_types.contains(&algorithm);
    let warning = (!is_documented).then(|| {
        phrase!(
            "{} does not document support for `{}` keys; the key is sent all the same",
            title,
            algorithm
        )
    });
    Ok(warning.into_iter().collect())
}

/// Checks the tags: at most so many, no key twice, and the provider's own rules.
pub(super) fn check_tags(
    job: &ImportJob,
    most: usize,
    key: &Rule,
    value: &Rule,
) -> Result<(), Error> {
    let tags = &job.options.tags;
    if tags.len() > most {
        let message = phrase!("{} tags are too many; a key pair has at most {}", tags.len(), most);
        return Err(key.refused(message));
    }
    for (index, (name, text)) in tags.iter().enumerate() {
        key.check(name)?;
        value.check(text)?;
        if tags.iter().take(index).any(|(other, _)| other == name) {
            return Err(key.refused(phrase!("tag key `{}` is given twice", name)));
        }
    }
    Ok(())
}

/// Checks a region id: 1 to 63 lower-case letters, digits and inner hyphens (RFC 1123, section 2.1).
pub fn check_region(name: &str) -> Result<(), Error> {
    let fits = (1..=63).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with('-')
        && !name.ends_with('-');
    if fits {
        return Ok(());
    }
    let message = if name.is_empty() {
        "a region id is empty".into()
    } else {
        phrase!("`{}` cannot be a region id", shortened(name))
    };
    Err(Error::usage(message).hinted(
        "a region id has 1 to 63 lower-case letters, digits and hyphens, such as `cn-beijing`",
    ))
}
