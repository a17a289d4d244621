//! Whether the numbers of a key make a valid key: what OpenSSH would reject later is rejected now.

use ssh_key::Mpint;
use ssh_key::public::{DsaPublicKey, EcdsaPublicKey, KeyData, RsaPublicKey};

use super::curve::{Curve, P256, P384, P521};

/// The smallest and the largest modulus that OpenSSH accepts, in bits (`SSH_RSA_MINIMUM_MODULUS_SIZE`,
/// `OPENSSL_RSA_MAX_MODULUS_BITS`). <https://github.com/openssh/openssh-portable/blob/master/sshkey.h>
const MODULUS_BITS: std::ops::RangeInclusive<u32> = 1024..=16384;

/// What is wrong with a key.
pub(super) enum Invalid {
    /// It cannot be a key.
    Broken(&'static str),
    /// It is too small.
    Small(u32),
}

/// Checks the numbers of a key and returns its size in bits.
pub(super) fn bits(key: &KeyData) -> Result<u32, Invalid> {
    match key {
        KeyData::Rsa(key) => rsa(key),
        KeyData::Dsa(key) => dsa(key),
        KeyData::Ecdsa(EcdsaPublicKey::NistP256(point)) => on(&P256, point.as_bytes()),
        KeyData::Ecdsa(EcdsaPublicKey::NistP384(point)) => on(&P384, point.as_bytes()),
        KeyData::Ecdsa(EcdsaPublicKey::NistP521(point)) => on(&P521, point.as_bytes()),
        KeyData::Ed25519(_) => Ok(256),
        KeyData::SkEcdsaSha2NistP256(key) => {
            application(key.application())?;
            on(&P256, key.ec_point().as_bytes())
        }
        KeyData::SkEd25519(key) => application(key.application()).map(|()| 256),
        _ => Err(Invalid::Broken("the key is of an unknown type")),
    }
}

/// Checks an RSA key: e odd and at least 3, n odd, greater than e and of a size in use.
fn rsa(key: &RsaPublicKey) -> Result<u32, Invalid> {
    let (e, n) = (positive(&key.e)?, positive(&key.n)?);
    if is_even(e) || e == [1] || is_even(n) || !is_less(e, n) {
        return Err(Invalid::Broken("modulus and exponent cannot be those of an RSA key"));
    }
    modulus(n)
}

/// Checks a DSA key: p and q odd, g and y between 1 and p, sizes in use (FIPS 186-4, section 4.2).
fn dsa(key: &DsaPublicKey) -> Result<u32, Invalid> {
    let (p, q) = (positive(&key.p)?, positive(&key.q)?);
    let (g, y) = (positive(&key.g)?, positive(&key.y)?);
    let within = |number: &[u8]| number != [1] && is_less(number, p);
    if is_even(p) || is_even(q) || !(160..=256).contains(&size(q)) || !within(g) || !within(y) {
        return Err(Invalid::Broken("these numbers cannot be those of a DSA key"));
    }
    modulus(p)
}

fn on(curve: &Curve, point: &[u8]) -> Result<u32, Invalid> {
    let [0x04, coordinates @ ..] = point else {
        return Err(Invalid::Broken(
            "the point of the key is compressed, which OpenSSH does not read",
        ));
    };
    if curve.holds(coordinates) {
        Ok(curve.bits)
    } else {
        Err(Invalid::Broken("the point of the key is not on its curve"))
    }
}

/// Checks the application of a security key, such as `ssh:`. OpenSSH reads it as a C string.
fn application(name: &str) -> Result<(), Invalid> {
    if name.chars().any(char::is_control) {
        return Err(Invalid::Broken("the security key names an impossible application"));
    }
    Ok(())
}

fn modulus(number: &[u8]) -> Result<u32, Invalid> {
    let bits = size(number);
    if bits < *MODULUS_BITS.start() {
        return Err(Invalid::Small(bits));
    }
    if bits > *MODULUS_BITS.end() {
        return Err(Invalid::Broken(
            "the key is larger than 16384 bits, which OpenSSH does not read",
        ));
    }
    Ok(bits)
}

/// Returns the digits of a number above zero, without leading zeros.
fn positive(number: &Mpint) -> Result<&[u8], Invalid> {
    match number.as_positive_bytes() {
        Some(digits) if !digits.is_empty() => Ok(digits),
        Some(_) | None => Err(Invalid::Broken("a number of the key is zero or negative")),
    }
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|digit| digit % 2 == 0)
}

/// Compares two numbers without leading zeros.
fn is_less(one: &[u8], other: &[u8]) -> bool {
    (one.len(), one) < (other.len(), other)
}

/// Returns the size in bits of a number without leading zeros.
fn size(number: &[u8]) -> u32 {
    let unused = number.first().map_or(0, |digit| digit.leading_zeros());
    u32::try_from(number.len() * 8).map_or(u32::MAX, |bits| bits - unused)
}
