//! The files in which the providers' own tools keep settings. They are read and never written.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::context::{Tried, invalid};
use super::display;
use super::env::variable;
use super::fields::Fields;
use crate::error::{Detail, Error};
use crate::phrase::{Phrase, phrase};
use crate::ports::{FileState, System};

/// The field of a command line, whose quotes belong to its words.
const COMMAND: &str = "credential_process";

/// The paths by which users of the vendors' tools say that there is no file.
const NULL_DEVICES: &[&str] =
    if cfg!(windows) { &["/dev/null", "NUL", "nul"] } else { &["/dev/null"] };

/// The path of a file, and what messages call it.
pub(super) struct ConfigPath {
    pub(super) shown: String,
    path: Option<PathBuf>,
    /// The variable or field that names the file. Such a file must exist and hold what is looked for.
    named_by: Option<&'static str>,
}

pub(super) struct ConfigText {
    shown: String,
    /// What errors call the file.
    subject: String,
    bytes: Zeroizing<Vec<u8>>,
    shared: bool,
}

impl ConfigPath {
    pub(super) fn at_home(system: &dyn System, below: &str) -> Self {
        let path = system.home().map(|home| home.join(below));
        Self { shown: format!("~/{below}"), path, named_by: None }
    }

    /// Takes the path that a variable holds, if it is set.
    pub(super) fn from_env(system: &dyn System, name: &'static str) -> Result<Option<Self>, Error> {
        Ok(variable(system, name)?.map(|path| Self::named(system, name, &path)))
    }

    /// Takes the path that a variable or a field of a profile holds.
    pub(super) fn named(system: &dyn System, name: &'static str, path: &str) -> Self {
        Self { named_by: Some(name), ..Self::given(system, name, path) }
    }

    /// Takes a path that need not be named in messages.
    pub(super) fn given(system: &dyn System, name: &str, path: &str) -> Self {
        let shown = display::path(name, path);
        Self { shown, path: system.expand(Path::new(path)), named_by: None }
    }

    /// Returns what errors call the file.
    pub(super) fn subject(&self) -> String {
        match self.named_by {
            Some(name) => format!("`{}` (named by `{name}`)", self.shown),
            None => format!("`{}`", self.shown),
        }
    }

    /// Makes it the path of a file that may hold nothing of use.
    pub(super) fn optional(self) -> Self {
        Self { named_by: None, ..self }
    }

    /// Notes why the file holds nothing of use. For a file that is named this is an error: what comes next would be
    /// another identity.
    pub(super) fn pass_over(
        &self,
        subject: &str,
        state: impl Into<Phrase>,
        tried: &Tried,
    ) -> Result<(), Error> {
        let detail = Detail::tried(subject.to_owned(), state);
        if self.named_by.is_some() {
            return Err(invalid(detail.to_string()));
        }
        tried.add(detail);
        Ok(())
    }

    pub(super) fn inside(&self, name: &str) -> Self {
        let path = self.path.as_deref().map(|folder| folder.join(name));
        let shown = format!("{}/{name}", self.shown.trim_end_matches('/'));
        Self { shown, path, named_by: None }
    }

    /// Takes a path relative to the folder of this file.
    pub(super) fn beside(&self, name: &str) -> Self {
        let parent = self.path.as_deref().and_then(|path| path.parent());
        let shown = match self.shown.rsplit_once(['/', '\\']) {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        };
        Self { shown, path: parent.map(|parent| parent.join(name)), named_by: None }
    }

    /// Reads the file. One with nothing to read is added to the sources that were tried, or is an error if it is named.
    pub(super) fn open(
        &self,
        system: &dyn System,
        tried: &Tried,
    ) -> Result<Option<ConfigText>, Error> {
        let subject = self.subject();
        if NULL_DEVICES.iter().any(|device| self.path.as_deref() == Some(Path::new(device))) {
            tried.add(Detail::tried(subject, "stands for no file"));
            return Ok(None);
        }
        let state = match self.path.as_deref().map(|path| system.read(path)) {
            None => "is not looked for: there is no home directory",
            Some(FileState::Missing) => "is not there",
            Some(FileState::Unreadable(why)) => {
                return Err(invalid(phrase!("{} cannot be read: {}", subject, why)));
            }
            Some(FileState::Read { bytes, .. }) if bytes.iter().all(u8::is_ascii_whitespace) => {
                "is empty"
            }
            Some(FileState::Read { bytes, shared }) => {
                let (shown, bytes) = (self.shown.clone(), Zeroizing::new(bytes));
                return Ok(Some(ConfigText { shown, subject, bytes, shared }));
            }
        };
        self.pass_over(&subject, state, tried).map(|()| None)
    }

    /// Reads a file that has to exist, as text.
    pub(super) fn require(&self, system: &dyn System) -> Result<Zeroizing<String>, Error> {
        let tried = Tried::default();
        if let Some(text) = self.open(system, &tried)? {
            return Ok(Zeroizing::new(text.text()?.trim().to_owned()));
        }
        let states: Vec<String> = tried.all().iter().map(ToString::to_string).collect();
        Err(invalid(states.concat()))
    }
}

impl ConfigText {
    /// Returns the text, without the byte order mark that some editors write.
    fn text(&self) -> Result<&str, Error> {
        let subject = &self.subject;
        if self.bytes.starts_with(b"\xff\xfe") || self.bytes.starts_with(b"\xfe\xff") {
            return Err(invalid(phrase!("{} is UTF-16, not UTF-8", subject))
                .hinted("save the file as UTF-8"));
        }
        let text = str::from_utf8(&self.bytes)
            .map_err(|_| invalid(phrase!("{} is not UTF-8", subject)))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// Tells whether the text is meant as JSON.
    pub(super) fn is_json(&self) -> bool {
        self.text().is_ok_and(is_json)
    }

    /// Reads the text as JSON. The error gives line and column and quotes nothing.
    pub(super) fn json(&self) -> Result<Fields, Error> {
        let text = self.text()?;
        serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            self.not_in_format("JSON", text, &format!(" (line {line}, column {column})"))
        })
    }

    /// Reads the text as INI: sections in their order. Keys are lower-cased; `#` or `;` at the start of a line, or
    /// `#` after white space within one, begins a comment; lines that are neither section nor pair are skipped, and so are
    /// lines below a key without a value that are indented deeper.
    pub(super) fn ini(&self) -> Result<Vec<(String, Fields)>, Error> {
        let text = self.text()?;
        let mut sections: Vec<(String, Fields)> = Vec::new();
        let mut block = None;
        for line in text.lines().filter(|line| is_content(line.trim())) {
            let indent = line.len() - line.trim_start().len();
            if block.is_some_and(|outer| indent > outer) {
                continue;
            }
            block = None;
            let line = line.trim();
            if let Some((name, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                sections.push((name.trim().to_owned(), Fields::default()));
                continue;
            }
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let key = key.trim().to_ascii_lowercase();
            let value = without_comment(value);
            let value = if key == COMMAND { value } else { unquoted(value) };
            block = value.is_empty().then_some(indent);
            if let Some((_, fields)) = sections.last_mut() {
                fields.insert(key, value);
            }
        }
        if is_json(text) || (sections.is_empty() && lines(text).next().is_some()) {
            return Err(self.not_in_format("INI", text, ": it has no section"));
        }
        Ok(sections)
    }

    /// Makes the error of a text in another format, and says in which if that is easy to tell.
    fn not_in_format(&self, format: &str, text: &str, why: &str) -> Error {
        let first = lines(text).next().unwrap_or_default();
        let found = match first.split_once('=') {
            _ if is_json(text) => "JSON",
            _ if first.starts_with('[') && first.ends_with(']') => "INI",
            _ if first.starts_with("-----BEGIN ") => "PEM",
            _ if first.starts_with('<') => "XML or HTML",
            Some(_) => "lines of `NAME=VALUE`",
            None => "",
        };
        let error = invalid(phrase!("{} is not the {} it should be{}", self.subject, format, why));
        if found.is_empty() || found == format {
            return error;
        }
        error.hinted(phrase!("the file looks like {}; name a file in {}", found, format))
    }

    pub(super) fn warning(&self) -> Option<Phrase> {
        let shown = &self.shown;
        self.shared.then(|| {
            phrase!(
                "others on this machine may read `{}`, which holds a secret (`chmod 600`)",
                shown
            )
        })
    }
}

/// Whether a text begins as a JSON object, or as an array of objects, arrays or texts; `[` alone may begin INI.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let inside = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || inside.is_some_and(|text| text.starts_with(['{', '[', '"', ']']))
}

/// Returns the lines that are neither blank nor a comment.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| is_content(line))
}

fn is_content(line: &str) -> bool {
    !line.is_empty() && !line.starts_with(['#', ';'])
}

/// Cuts off a comment.
fn without_comment(value: &str) -> &str {
    let value = value.trim();
    if value.starts_with('#') {
        return "";
    }
    [" #", "\t#"].into_iter().fold(value, |value, mark| {
        value.split_once(mark).map_or(value, |(value, _)| value).trim_end()
    })
}

/// Cuts off one pair of quotes, as the vendors' libraries for Go do.
fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}
