//! The PEM forms: `PUBLIC KEY` (SPKI, RFC 5280) and `RSA PUBLIC KEY` (PKCS#1, RFC 8017), turned into wire form; and
//! SPKI made from it, for fingerprints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs1::UintRef;
use spki::der::asn1::{AnyRef, BitStringRef};
use spki::der::{Decode as _, Encode as _};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};
use ssh_key::Mpint;
use ssh_key::public::{EcdsaPublicKey, Ed25519PublicKey, KeyData, RsaPublicKey};

use super::error::{Reason, clean};

/// `rsaEncryption`, RFC 8017, appendix C.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey`, RFC 5480, section 2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// `id-Ed25519`, RFC 8410, section 3.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The curves, RFC 5480, section 2.1.1.1, and what SSH calls keys on them.
const CURVES: [(ObjectIdentifier, &str); 3] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "ecdsa-sha2-nistp256"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "ecdsa-sha2-nistp384"),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "ecdsa-sha2-nistp521"),
];

const MALFORMED: Reason = Reason::Broken("the block holds no well-formed public key");

/// Reads the lines between `BEGIN` and `END` into a blob.
pub(super) fn read(label: &str, body: &[&str]) -> Result<Vec<u8>, Reason> {
    let is_pkcs1 = match label {
        "PUBLIC KEY" => false,
        "RSA PUBLIC KEY" => true,
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            return Err(Reason::X509);
        }
        _ => return Err(Reason::UnknownBlock(clean(label))),
    };
    let base64: String = body.iter().flat_map(|line| line.split_whitespace()).collect();
    let der = STANDARD.decode(base64).map_err(|_| Reason::NotBase64)?;
    let key = if is_pkcs1 { rsa(&der) } else { spki(&der) }?;
    ssh_key::PublicKey::from(key).to_bytes().map_err(|_| MALFORMED)
}

fn spki(der: &[u8]) -> Result<KeyData, Reason> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| MALFORMED)?;
    let key = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
    let other = |name: &str| Reason::UnknownType(name.to_owned());
    match info.algorithm.oid {
        RSA => rsa(key),
        EC => {
            // The whole curve may be written out instead of named: not for use (RFC 5480, section 2.1.1).
            let named =
                info.algorithm.parameters_oid().map_err(|_| other("EC, curve not named"))?;
            let curve = CURVES.iter().find(|(oid, _)| *oid == named);
            let (_, name) = curve.ok_or_else(|| other("EC, other curve"))?;
            let key = EcdsaPublicKey::from_sec1_bytes(key).map_err(|_| MALFORMED)?;
            if key.algorithm().as_str() == *name { Ok(KeyData::Ecdsa(key)) } else { Err(MALFORMED) }
        }
        ED25519 => {
            let key = Ed25519PublicKey::try_from(key).map_err(|_| MALFORMED)?;
            Ok(KeyData::Ed25519(key))
        }
        oid => Err(other(&oid.to_string())),
    }
}

fn rsa(der: &[u8]) -> Result<KeyData, Reason> {
    let key = pkcs1::RsaPublicKey::from_der(der).map_err(|_| MALFORMED)?;
    let number =
        |number: UintRef<'_>| Mpint::from_positive_bytes(number.as_bytes()).map_err(|_| MALFORMED);
    Ok(KeyData::Rsa(RsaPublicKey { e: number(key.public_exponent)?, n: number(key.modulus)? }))
}

/// Writes the key of a blob as `SubjectPublicKeyInfo` in DER; only RSA and Ed25519 are asked for.
pub(super) fn write(blob: &[u8]) -> Option<Vec<u8>> {
    let key = ssh_key::PublicKey::from_bytes(blob).ok()?;
    let (oid, parameters, bytes) = match key.key_data() {
        KeyData::Rsa(key) => {
            let [modulus, public_exponent] =
                [&key.n, &key.e].map(|number| number.as_positive_bytes().map(UintRef::new));
            let key = pkcs1::RsaPublicKey {
                modulus: modulus?.ok()?,
                public_exponent: public_exponent?.ok()?,
            };
            (RSA, Some(AnyRef::NULL), key.to_der().ok()?)
        }
        KeyData::Ed25519(key) => (ED25519, None, key.0.to_vec()),
        _ => return None,
    };
    let algorithm = AlgorithmIdentifierRef { oid, parameters };
    let subject_public_key = BitStringRef::from_bytes(&bytes).ok()?;
    SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().ok()
}
