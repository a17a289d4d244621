//! What happened in a schedule, line by line, for the seeds that are printed.

use std::fmt;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub struct Log(Option<Arc<Mutex<Vec<String>>>>);

impl Log {
    pub fn new(verbose: bool) -> Self {
        Self(verbose.then(Arc::default))
    }

    /// Adds a line, which is made only if the log is kept.
    pub fn line(&self, line: impl FnOnce() -> String) {
        if let Some(lines) = &self.0 {
            lines.lock().unwrap().push(line());
        }
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(lines) = &self.0 else { return Ok(()) };
        lines.lock().unwrap().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
