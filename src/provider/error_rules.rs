//! Error tables: what a provider's error codes mean, and the one function that gives an error response its kind.

use crate::error::{ErrorKind, ErrorResponse};

/// One rule of a cloud's error table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorRule {
    /// The code. A `*` at the end stands for any text.
    pub code: &'static str,
    /// A text that the cloud's sentence must hold for this rule to count; empty for any.
    pub message_contains: &'static str,
    /// What it means.
    pub kind: ErrorKind,
}

/// Makes the rule of a code that always means the same.
pub const fn rule(code: &'static str, kind: ErrorKind) -> ErrorRule {
    ErrorRule { code, message_contains: "", kind }
}

/// Makes the rule of a code that means this when the cloud's sentence holds `message_contains`.
pub(super) const fn rule_if(
    code: &'static str,
    message_contains: &'static str,
    kind: ErrorKind,
) -> ErrorRule {
    ErrorRule { code, message_contains, kind }
}

/// Reads a response against a table: the exact code first (one whose sentence fits before one that fits
/// any), then the longest pattern, then the HTTP status.
pub fn classify(table: &[ErrorRule], response: &ErrorResponse) -> ErrorKind {
    table
        .iter()
        .filter_map(|rule| Some((fit(rule, response)?, rule.kind)))
        .max_by_key(|(fit, _)| *fit)
        .map_or_else(|| by_status(response.status), |(_, kind)| kind)
}

/// Tells how well a rule fits, best highest: exactness, length of the pattern, length of the sentence.
fn fit(rule: &ErrorRule, response: &ErrorResponse) -> Option<(bool, usize, usize)> {
    let exact = match rule.code.strip_suffix('*') {
        Some(prefix) => response.code.as_str().starts_with(prefix).then_some(false),
        None => (response.code == *rule.code).then_some(true),
    }?;
    response.message.as_str().contains(rule.message_contains).then_some((
        exact,
        rule.code.len(),
        rule.message_contains.len(),
    ))
}

/// Gives a kind to a refusal whose code no table holds.
fn by_status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::CredentialsRejected,
        403 => ErrorKind::PermissionDenied,
        429 => ErrorKind::Throttled,
        400 | 422 => ErrorKind::ValueRefused,
        408 | 500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Unexpected,
    }
}
