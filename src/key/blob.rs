//! The wire form of a key (RFC 4253, section 6.6): parsed whole, and rejected unless it is the canonical form.

use super::error::{Reason, clean};
use super::validate::{self, Invalid};

/// The types that are imported. The list is fixed: a library that knows more types must not widen it.
pub(super) const TYPES: [&str; 8] = [
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-ed25519",
    "ssh-dss",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// Returns the type of that name, if it is imported.
pub(super) fn known(name: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|known| *known == name)
}

/// Whether a type is that of a certificate, such as `ssh-rsa-cert-v01@openssh.com`.
/// <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.certkeys>
pub(super) fn is_certificate(name: &str) -> bool {
    name.contains("-cert-v0") && name.ends_with("@openssh.com")
}

/// Returns the type that a blob names in its first field.
pub(super) fn type_name(blob: &[u8]) -> Option<&str> {
    let (length, rest) = blob.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let name = std::str::from_utf8(rest.get(..length)?).ok()?;
    let plain = |byte: u8| byte.is_ascii_graphic();
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

/// Checks a blob and returns its type and its size in bits.
pub(super) fn examine(blob: &[u8]) -> Result<(&'static str, u32), Reason> {
    let malformed = Reason::Broken("the data of the key is malformed or cut off");
    let Some(name) = type_name(blob) else { return Err(malformed) };
    if is_certificate(name) {
        return Err(Reason::Certificate);
    }
    let Some(algorithm) = known(name) else {
        return Err(Reason::UnknownType(clean(name)));
    };
    // The library's errors quote the input.
    let key = ssh_key::PublicKey::from_bytes(blob).map_err(|_| malformed)?;
    // The library normalises what it reads. If it writes anything else, other programs would read another key.
    if key.to_bytes().ok().as_deref() != Some(blob) {
        return Err(Reason::Broken("the data of the key is not encoded as its type demands"));
    }
    match validate::bits(key.key_data()) {
        Ok(bits) => Ok((algorithm, bits)),
        Err(Invalid::Broken(why)) => Err(Reason::Broken(why)),
        Err(Invalid::Small(bits)) => Err(Reason::Small(bits)),
    }
}
