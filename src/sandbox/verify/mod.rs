//! Verifies signatures, one algorithm per file, with no line of the client's signers.

pub mod rpc;
pub mod acs3;
pub mod v4;
pub mod bce;
pub(super) mod acs;

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, Utc};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The block size of SHA-1 and SHA-256, in bytes.
const BLOCK: usize = 64;

/// Parses a UTC time of an exact form; chrono alone would accept shorter numbers, too.
fn time(text: &str, form: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, form).ok()?.and_utc();
    (time.format(form).to_string() == text).then_some(time)
}

/// Returns bytes as lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

fn sha256(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

fn hmac_sha1(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::<Sha1>(key, data)
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::<Sha256>(key, data)
}

/// RFC 2104, written out because it cannot fail: no error may end in an empty signature that a request could match.
fn hmac<D: Digest>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut block = [0; BLOCK];
    let short = if key.len() > BLOCK { D::digest(key).to_vec() } else { key.to_vec() };
    for (byte, of_key) in block.iter_mut().zip(short) {
        *byte = of_key;
    }
    let inner = D::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(data).finalize();
    let outer = D::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    outer.to_vec()
}
