//! Which profile of a file counts, and who said so.

use super::environment::first;
use super::look::{Look, broken};
use crate::doors::World;
use crate::error::Error;

/// Who chose a profile.
pub(super) enum Chosen {
    /// The user, by `--profile`.
    Asked(String),
    /// A variable.
    Variable(&'static str, String),
    /// Nobody: the file tells which one is current.
    Unsaid,
}

impl Chosen {
    /// Finds out who chose: the flag stands before the variables, the first variable before the next.
    pub(super) fn by(asked: Option<&str>, variables: &[&'static str], world: &impl World) -> Self {
        match (asked, first(world, variables)) {
            (Some(name), _) => Self::Asked(name.to_owned()),
            (None, Some((variable, name))) => Self::Variable(variable, name.as_str().to_owned()),
            (None, None) => Self::Unsaid,
        }
    }

    /// Returns the name that was chosen, if anybody chose.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Asked(name) | Self::Variable(_, name) => Some(name),
            Self::Unsaid => None,
        }
    }

    /// Ends the search in a cloud's files: a profile that somebody chose has to be there, since what comes
    /// next would be another identity.
    pub(super) fn end(&self, notes: Vec<String>) -> Result<Look, Error> {
        let choice = match self {
            Self::Asked(name) => format!("`--profile {name}`"),
            Self::Variable(variable, name) => format!("`{variable}` names the profile `{name}`"),
            Self::Unsaid => return Ok(Look::Nothing(notes)),
        };
        Err(broken(format!("{choice}: {}", notes.join("; ")))
            .hinted("name a profile that exists, or leave it out"))
    }

    /// Tells what is wrong with a file that lacks the profile. Where nobody chose, the file itself names
    /// one that it does not hold, which is an error unless it holds none at all.
    pub(super) fn absent(&self, shown: &str, name: &str, others: &[&str]) -> Result<Look, Error> {
        if others.is_empty() {
            return Ok(Look::nothing(format!("`{shown}` holds no profiles")));
        }
        let note = format!("`{shown}` holds no profile `{name}` (it holds {})", others.join(", "));
        match self {
            Self::Asked(_) | Self::Variable(..) => Ok(Look::nothing(note)),
            Self::Unsaid => Err(broken(format!("{note}, though it names it as the current one"))),
        }
    }
}
