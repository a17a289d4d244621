//! Hex digits, with no line of the client's encoder.

/// Writes bytes as lower-case hex digits, with a separator between them.
pub(super) fn hex(bytes: &[u8], separator: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
}
