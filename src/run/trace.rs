//! The network as one target sees it: the pool of its host, shown with `-vv`, watched for throttling.

use std::sync::Arc;
use std::time::Duration;

use super::concurrency::ConcurrencyLimit;
use crate::error::ErrorKind;
use crate::io::http::Host;
use crate::io::terminal::Terminal;
use crate::ports::{SendError, Transport};
use crate::provider::{self, Provider};
use crate::report;
use crate::wire::{Request, Response};

/// Shows an exchange, each block of it by one call: those of other targets do not get in between.
#[derive(Debug)]
pub(super) struct Tracer {
    pub terminal: Arc<Terminal>,
    /// Which target it is, where there are several.
    pub label: Option<String>,
}

impl Tracer {
    fn show(&self, block: &str) {
        match &self.label {
            Some(label) => self.terminal.message(&report::labelled(label, block)),
            None => self.terminal.message(block),
        }
    }
}

/// Sends the requests of one target.
#[derive(Debug)]
pub(super) struct TracedTransport {
    pub host: Arc<Host>,
    /// Where to show the exchange, if it is to be shown.
    pub trace: Option<Tracer>,
    /// The cloud, and its concurrency to change by what it answers.
    pub concurrency: Option<(&'static dyn Provider, Arc<ConcurrencyLimit>)>,
}

impl TracedTransport {
    fn note(&self, response: &Response) {
        let Some((cloud, concurrency)) = &self.concurrency else { return };
        let error_response = cloud.read_error(response);
        let kind = error_response
            .map(|error_response| provider::classify(cloud.info().error_codes, &error_response));
        if kind == Some(ErrorKind::Throttled) {
            concurrency.throttled();
        } else {
            concurrency.processed();
        }
    }
}

#[async_trait::async_trait]
impl Transport for TracedTransport {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, SendError> {
        if let Some(trace) = &self.trace {
            trace.show(&report::request(request));
        }
        let answer = self.host.send(request, limit).await;
        if let Ok(response) = &answer {
            self.note(response);
        }
        if let Some(trace) = &self.trace {
            trace.show(&match &answer {
                Ok(response) => report::response(request, response),
                Err(lost) => format!("< nothing: {lost}\n"),
            });
        }
        answer
    }
}
