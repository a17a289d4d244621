//! Error tables: what a provider's error codes mean, and the one function that gives an error response its kind.

use crate::error::{ErrorKind, ErrorResponse};

/// One rule of a provider's error table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorRule {
    /// The error code; a `*` at the end matches any text.
    pub code: &'static str,
    /// Text that the message must contain for the rule to apply; empty for any message.
    pub message_contains: &'static str,
    /// The kind of such a response.
    pub kind: ErrorKind,
    /// What to do, where there is more to say than the kind's hint.
    pub hint: Option<&'static str>,
}

impl ErrorRule {
    /// Replaces the kind's hint.
    pub(super) const fn hinted(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

/// The hint where an account has to prove who it is; no policy changes that.
pub(super) const VERIFY_ACCOUNT: &str = "verify the account in the console of the cloud";
/// The hint where an account lacks the service.
pub(super) const SUBSCRIBE: &str = "subscribe to the service in the console of the cloud";
/// The hint where the provider holds an account back.
pub(super) const ASK_SUPPORT: &str = "ask the support of the cloud; no policy changes this";

/// The rule of a code that always means the same.
pub(super) const fn rule(code: &'static str, kind: ErrorKind) -> ErrorRule {
    rule_if(code, "", kind)
}

/// The rule of a code whose meaning depends on the message.
pub(super) const fn rule_if(
    code: &'static str,
    message_contains: &'static str,
    kind: ErrorKind,
) -> ErrorRule {
    ErrorRule { code, message_contains, kind, hint: None }
}

/// Finds the rule of an error response in a table: the exact code first (a rule with a message before one without),
/// then the longest prefix.
pub fn find_rule<'a>(table: &'a [ErrorRule], response: &ErrorResponse) -> Option<&'a ErrorRule> {
    let fitting = table.iter().filter_map(|rule| Some((fit(rule, response)?, rule)));
    fitting.max_by_key(|(fit, _)| *fit).map(|(_, rule)| rule)
}

/// Gives an error response its kind: by a table, else by the HTTP status.
pub fn classify(table: &[ErrorRule], response: &ErrorResponse) -> ErrorKind {
    find_rule(table, response).map_or_else(|| by_status(response.status), |rule| rule.kind)
}

/// Ranks how well a rule matches: exact or prefix, length of the code, length of the message.
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

/// Returns the kind of an error response whose code is in no table, or that has none.
pub fn by_status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::CredentialsRejected,
        403 => ErrorKind::PermissionDenied,
        429 => ErrorKind::Throttled,
        400 | 422 => ErrorKind::ValueRefused,
        408 | 500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Unexpected,
    }
}
