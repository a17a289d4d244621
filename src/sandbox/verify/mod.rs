//! Verifies signatures, one file for each kind, with no line of the client's signers.

pub mod acs;
pub mod v4;
pub mod tc3;
pub mod bce;

use chrono::{DateTime, NaiveDateTime, Utc};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::cloud::Account;
use super::http::RawRequest;

/// Percent-encodes all bytes but the unreserved ones of RFC 3986, section 2.3, with upper-case hex digits.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex(&[byte]).to_ascii_uppercase());
        }
    }
    encoded
}

/// Encodes a path, except its slashes.
fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

fn encode_pair((name, value): &(String, String)) -> String {
    format!("{}={}", encode(name), encode(value))
}

/// Parses a UTC time of an exact form; chrono alone would accept shorter numbers, too.
fn time(text: &str, form: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, form).ok()?.and_utc();
    (time.format(form).to_string() == text).then_some(time)
}

fn find<'a>(accounts: &'a [Account], id: &str) -> Option<&'a Account> {
    accounts.iter().find(|account| account.id == id)
}

/// The fields of an `Authorization` header such as `<algorithm> Credential=…,SignedHeaders=…,Signature=…`.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    fn parse(authorization: &'a str, algorithm: &str) -> Option<Self> {
        let rest = authorization.strip_prefix(algorithm)?.strip_prefix(' ')?;
        Some(Self(rest.split(',').filter_map(|field| field.trim().split_once('=')).collect()))
    }

    /// Returns a field that is there once.
    fn get(&self, name: &str) -> Option<&'a str> {
        let mut values = self.0.iter().filter(|(other, _)| *other == name);
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| *value)
    }
}

/// Returns the hash of a canonical request as AWS, Alibaba Cloud and Volcengine define it; they sort queries differently.
///
/// # Errors
/// Names a signed header that is not there once.
fn hash_canonical_request(
    request: &RawRequest,
    sorted_query: &[(String, String)],
    signed_headers: &[&str],
    body_hash: &str,
) -> Result<String, String> {
    let mut lines = Vec::new();
    for name in signed_headers {
        match request.header(name) {
            Some(value) if request.count(name) == 1 => lines.push(format!("{name}:{value}\n")),
            _ => return Err(format!("The signed header {name} is not there once.")),
        }
    }
    let canonical = [
        &request.method,
        &encode_path(&request.path()),
        &sorted_query.iter().map(encode_pair).collect::<Vec<_>>().join("&"),
        &lines.concat(),
        &signed_headers.join(";"),
        body_hash,
    ];
    Ok(sha256_hex(canonical.join("\n").as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    super::hex::hex(bytes, "")
}

fn sha256_hex(data: &[u8]) -> String {
    hex(&Sha256::digest(data))
}

fn hmac_sha1(key: &[u8], data: &[u8]) -> Vec<u8> {
    mac::<Hmac<Sha1>>(key, data)
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    mac::<Hmac<Sha256>>(key, data)
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
fn mac<M: Mac + hmac::digest::KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mac = <M as Mac>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.chain_update(data).finalize().into_bytes().to_vec()
}
