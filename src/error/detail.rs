//! Lines that belong to an error, below its message.

use std::fmt;

use crate::phrase::Phrase;

/// A line that belongs to an error, below its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A place that was tried, and what is there.
    Tried {
        /// The variable, file or service.
        place: Phrase,
        /// What is there instead of what was looked for.
        state: Phrase,
        /// An older spelling of another place, shown with `-v` only.
        is_older: bool,
    },
    /// A labelled fact.
    Fact {
        /// One word.
        label: &'static str,
        /// The fact.
        text: String,
    },
}

impl Detail {
    /// A place that was tried, and what is there.
    pub fn tried(place: impl Into<Phrase>, state: impl Into<Phrase>) -> Self {
        Self::Tried { place: place.into(), state: state.into(), is_older: false }
    }

    /// Whether this is shown with `-v` only.
    pub fn is_older(&self) -> bool {
        matches!(self, Self::Tried { is_older: true, .. })
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tried { place, state, .. } => write!(f, "{place} {state}"),
            Self::Fact { label, text } => write!(f, "{label} {text}"),
        }
    }
}
