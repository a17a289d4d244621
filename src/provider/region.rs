//! Region ids, which become parts of host names.

use crate::error::{Error, ErrorKind};

/// Checks a region id: 1 to 63 lower-case letters, digits and inner hyphens (RFC 1123, section 2.1).
pub fn check_region(name: &str) -> Result<(), Error> {
    let fits = (1..=63).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !name.starts_with('-')
        && !name.ends_with('-');
    if fits {
        return Ok(());
    }
    let message = if name.is_empty() {
        "a region id is empty".to_owned()
    } else {
        let shown: String = name.chars().take(80).collect();
        format!("`{shown}` cannot be a region id")
    };
    Err(Error::new(ErrorKind::Usage, message).hinted(
        "a region id has 1 to 63 lower-case letters, digits and hyphens, such as `cn-beijing`",
    ))
}
