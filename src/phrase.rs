//! Texts that the program says, so that they can be said in another language.

use std::fmt;
use std::ops::Deref;

/// A text that the program says. It reads as its English form, and keeps what a translation is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    english: String,
    /// What stands before the text, the last one first: a file, a cloud.
    contexts: Vec<String>,
    /// By what a translation is found; empty where there is none.
    template: &'static str,
    /// What stands for each `{}` of the template.
    values: Vec<String>,
    /// What follows behind a semicolon.
    next: Option<Box<Phrase>>,
}

/// Makes a [`Phrase`] of a template and of what stands for each `{}` in it.
macro_rules! phrase {
    ($template:literal $(, $value:expr)* $(,)?) => {
        $crate::phrase::Phrase::new($template, vec![$($value.to_string()),*])
    };
}
pub(crate) use phrase;

impl Phrase {
    /// Makes a phrase of a template and of what stands for each `{}` in it.
    pub fn new(template: &'static str, values: Vec<String>) -> Self {
        let (english, contexts) = (fill(template, &values), Vec::new());
        Self { english, contexts, template, values, next: None }
    }

    /// Puts a context before it.
    #[must_use]
    pub fn at(mut self, context: impl fmt::Display) -> Self {
        self.english = format!("{context}: {}", self.english);
        self.contexts.insert(0, context.to_string());
        self
    }

    /// Adds another phrase behind a semicolon.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.english = format!("{}; {other}", self.english);
        self.next = Some(Box::new(match self.next {
            Some(next) => next.and(other),
            None => other,
        }));
        self
    }

    /// Returns what stands before it.
    pub fn contexts(&self) -> &[String] {
        &self.contexts
    }

    /// Returns it in English without its contexts.
    pub fn text(&self) -> &str {
        let before: usize = self.contexts.iter().map(|context| context.len() + ": ".len()).sum();
        self.english.get(before..).unwrap_or_default()
    }

    /// Returns it without its contexts in another language. `translated` finds the translation of a template, and
    /// `value` that of a value. `None` where there is none.
    pub fn translate(
        &self,
        translated: fn(&str) -> Option<&'static str>,
        value: &dyn Fn(&str) -> String,
        semicolon: &str,
    ) -> Option<String> {
        let values: Vec<String> = self.values.iter().map(|text| value(text)).collect();
        let text = fill(translated(self.template)?, &values);
        let Some(next) = &self.next else { return Some(text) };
        let next = next.translate(translated, value, semicolon);
        Some(format!("{text}{semicolon}{}", next.as_deref().or(self.next.as_deref()?.get(..))?))
    }
}

/// Puts values in the places of a template: `{}` for the next one, `{1}` for the second.
fn fill(template: &str, values: &[String]) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut next = values.iter();
    for part in parts {
        let place = part.split_once('}').and_then(|(place, rest)| {
            let value = match place {
                "" => next.next(),
                number => values.get(number.parse::<usize>().ok()?),
            };
            Some((value?, rest))
        });
        match place {
            Some((value, rest)) => text.extend([value, rest]),
            None => text.extend(["{", part]),
        }
    }
    text
}

/// A text that a translation may be found by.
impl From<&'static str> for Phrase {
    fn from(text: &'static str) -> Self {
        Self::new(text, Vec::new())
    }
}

/// A text that is the same in every language.
impl From<String> for Phrase {
    fn from(english: String) -> Self {
        Self { english, ..Self::new("", Vec::new()) }
    }
}

impl Deref for Phrase {
    type Target = str;

    fn deref(&self) -> &str {
        &self.english
    }
}

impl PartialEq<str> for Phrase {
    fn eq(&self, other: &str) -> bool {
        self.english == other
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

#[cfg(test)]
mod tests {
    use super::Phrase;

    fn translated(template: &str) -> Option<&'static str> {
        match template {
            "no {} in {}" => Some("{1} 中没有 {0}"),
            "give it" => Some("给出它"),
            _ => None,
        }
    }

    #[test]
    fn a_phrase_reads_as_english_and_can_be_translated() {
        let in_chinese =
            |phrase: &Phrase| phrase.translate(translated, &|value| value.to_uppercase(), "；");
        let phrase = phrase!("no {} in {}", "{}", "b");
        assert_eq!(&*phrase, "no {} in b");
        assert_eq!(in_chinese(&phrase).unwrap(), "B 中没有 {}");
        let phrase = phrase.at("x").and("give it").and("`{}` is kept").at("y");
        assert_eq!(&*phrase, "y: x: no {} in b; give it; `{}` is kept");
        assert_eq!(phrase.text(), "no {} in b; give it; `{}` is kept");
        assert_eq!(phrase.contexts(), ["y", "x"]);
        assert_eq!(in_chinese(&phrase).unwrap(), "B 中没有 {}；给出它；`{}` is kept");
        assert_eq!(in_chinese(&Phrase::from("other")), None);
        assert_eq!(in_chinese(&Phrase::from("give it".to_owned())), None);
    }
}
