//! What happened in a schedule, line by line, when somebody wants to read it.

use std::fmt;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub struct Story(Option<Arc<Mutex<Vec<String>>>>);

impl Story {
    pub fn new(verbose: bool) -> Self {
        Self(verbose.then(Arc::default))
    }

    /// Adds a line, which is made only if the story is told.
    pub fn line(&self, line: impl FnOnce() -> String) {
        if let Some(lines) = &self.0 {
            lines.lock().unwrap().push(line());
        }
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(lines) = &self.0 else { return Ok(()) };
        lines.lock().unwrap().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
