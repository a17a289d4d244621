//! The fingerprints of AWS's key pairs.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use pkcs1::UintRef;
use sha2::Sha256;
use spki::der::Encode as _;
use spki::der::asn1::{AnyRef, BitStringRef};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::sandbox::hex::hex;
use crate::sandbox::store::parse_key;

/// Returns the fingerprint of an imported key: MD5 of the `SubjectPublicKeyInfo` of an RSA key, SHA-256 of another blob.
pub(super) fn fingerprint(line: &str) -> String {
    let (key_type, blob) = parse_key(line).unwrap_or_default();
    if key_type != "ssh-rsa" {
        return STANDARD.encode(Sha256::digest(blob));
    }
    hex(&Md5::digest(spki(&blob).unwrap_or_default()), ":")
}

/// Writes the RSA key of a blob as `SubjectPublicKeyInfo` in DER (RFC 8017, appendix A.1).
fn spki(blob: &[u8]) -> Option<Vec<u8>> {
    let (_, rest) = field(blob)?;
    let (exponent, rest) = field(rest)?;
    let (modulus, _) = field(rest)?;
    let key = pkcs1::RsaPublicKey {
        modulus: UintRef::new(modulus).ok()?,
        public_exponent: UintRef::new(exponent).ok()?,
    };
    let key = key.to_der().ok()?;
    let oid = ObjectIdentifier::new("1.2.840.113549.1.1.1").ok()?;
    let algorithm = AlgorithmIdentifierRef { oid, parameters: Some(AnyRef::NULL) };
    let subject_public_key = BitStringRef::from_bytes(&key).ok()?;
    SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().ok()
}

/// Takes a length and as many bytes from the beginning of a blob.
fn field(blob: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = blob.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
