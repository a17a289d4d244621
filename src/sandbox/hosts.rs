//! Host names and the regions that they serve.

/// The regions that a host serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The one region in the host's name.
    Region(String),
    /// The regions of the provider's central host.
    Central,
    /// All: the host is loopback.
    Any,
}

/// Returns the scope of a host if it matches a pattern, in which `{region}` stands for a region id.
pub(super) fn scope(pattern: &str, host: &str) -> Option<Scope> {
    let Some((prefix, suffix)) = pattern.split_once("{region}") else {
        return (host == pattern).then_some(Scope::Central);
    };
    let region = host.strip_prefix(prefix)?.strip_suffix(suffix)?;
    is_region(region).then(|| Scope::Region(region.to_owned()))
}

/// Returns whether a host name is the machine's own.
pub(super) fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "::1")
}

/// Returns whether a text may be a region id, and so a label of a host name.
fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Returns whether a region does not exist in the sandbox: any other well-formed id is taken for a new region.
pub(super) fn is_unknown(region: &str) -> bool {
    !is_region(region) || region.starts_with("no-such")
}
