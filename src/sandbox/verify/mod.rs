//! Verifies signatures, one algorithm per file, with no line of the client's signers.

pub mod rpc;
pub mod acs3;
pub mod v4;
pub mod bce;
mod acs;

pub use acs::Caller;

use chrono::{DateTime, NaiveDateTime, Utc};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Parses a UTC time of an exact form; chrono alone would accept shorter numbers, too.
fn time(text: &str, form: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, form).ok()?.and_utc();
    (time.format(form).to_string() == text).then_some(time)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('?');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

fn sha256(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

fn hmac_sha1(key: &[u8], data: &[u8]) -> Vec<u8> {
    keyed::<Hmac<Sha1>>(key, data)
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    keyed::<Hmac<Sha256>>(key, data)
}

fn keyed<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    // A key of any length is good, so there is always a code.
    <M as Mac>::new_from_slice(key)
        .map(|mac| mac.chain_update(data).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}
