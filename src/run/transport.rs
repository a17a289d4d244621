//! The network as one target sees it: the pool of its host, shown with `-vv`, watched for throttling.

use std::sync::Arc;
use std::time::Duration;

use crate::doors::{Lost, Transport};
use crate::io::http::Host;
use crate::io::terminal::Terminal;
use crate::report;
use crate::wire::{Request, Response};

/// Sends the requests of one target.
#[derive(Debug)]
pub(super) struct Watched {
    pub host: Arc<Host>,
    /// Where to show the exchange, if it is to be shown.
    pub trace: Option<Arc<Terminal>>,
}

impl Transport for Watched {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, Lost> {
        let Some(terminal) = &self.trace else { return self.host.send(request, limit).await };
        terminal.message(&report::request(request));
        let answer = self.host.send(request, limit).await;
        terminal.message(&match &answer {
            Ok(response) => report::response(request, response),
            Err(lost) => format!("< nothing: {lost}\n"),
        });
        answer
    }
}
