//! Responses and error responses.

use std::fmt;

use serde_json::Value;

use crate::wire::Response;

/// Makes a response with a JSON body.
pub(super) fn json(status: u16, body: &Value) -> Response {
    with_body(status, "application/json;charset=UTF-8", &body.to_string())
}

/// Makes a response with a plain text.
pub(super) fn plain(status: u16, text: &str) -> Response {
    with_body(status, "text/plain;charset=UTF-8", text)
}

fn with_body(status: u16, kind: &str, body: &str) -> Response {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Response { status, headers, body: body.into() }
}

/// An error response before it has a form. `Debug` leaves the message out, which may repeat a token.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The error code.
    pub code: String,
    /// The message.
    pub message: String,
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl ApiError {
    /// Makes an error response.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }
}
