//! Signatures, one algorithm a file: pure functions of request, credential and stamp.

pub mod rpc;
pub mod acs3;
pub mod v4;
pub mod tc3;
pub mod bce;

use std::fmt;

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::encode::{hex, percent_path, query};
use crate::redact::Secret;
use crate::wire::Request;

/// An access key id, its secret, and for temporary credentials a session token. It never changes: a renewed credential
/// is a new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The access key id, which is not a secret.
    pub id: String,
    /// The access key secret.
    pub secret: Secret,
    /// The session token of a temporary credential.
    pub token: Option<Secret>,
    /// When a temporary credential expires, if its source tells.
    pub expires: Option<DateTime<Utc>>,
}

impl Credential {
    /// Makes a credential; white space around the values is removed, a blank token counts as none.
    pub fn new(id: &str, secret: &str, token: Option<&str>) -> Self {
        let token = token.map(str::trim).filter(|token| !token.is_empty()).map(Secret::new);
        Self { id: id.trim().to_owned(), secret: Secret::new(secret), token, expires: None }
    }

    /// Sets the expiration, if it is known.
    #[must_use]
    pub fn until(self, expires: Option<DateTime<Utc>>) -> Self {
        Self { expires, ..self }
    }

    /// Tells whether it is an access key without a session token, which does not expire.
    pub fn is_permanent(&self) -> bool {
        !self.id.is_empty() && self.token.is_none()
    }

    /// Returns the shortened access key id, for messages.
    pub fn short_id(&self) -> String {
        let letters: Vec<char> = self.id.chars().collect();
        match letters.len() {
            0..=8 => "…".to_owned(),
            count => {
                let head: String = letters.iter().take(4).collect();
                let tail: String = letters.iter().skip(count - 3).collect();
                format!("{head}…{tail}")
            }
        }
    }
}

/// Time and nonce of one signature; drawn anew for every attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time of signing.
    pub time: DateTime<Utc>,
    /// The nonce.
    pub nonce: String,
}

impl Stamp {
    /// Returns the time as `2026-01-15T08:09:10Z`.
    fn iso(&self) -> String {
        self.time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// A signed request, with every stage of its signature, so that tests can compare each with a vendor's vector. The
/// stages hold the session token, so `Debug` omits them.
#[derive(Clone)]
pub struct Signed {
    /// The request with its signature.
    pub request: Request,
    /// The canonical request, or the canonical query where the algorithm has only that.
    pub canonical: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature, as it is sent.
    pub signature: String,
}

/// A request that is sent without a signature.
impl From<Request> for Signed {
    fn from(request: Request) -> Self {
        let (canonical, string_to_sign, signature) = Default::default();
        Self { request, canonical, string_to_sign, signature }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("request", &self.request).finish_non_exhaustive()
    }
}

/// The signed headers, `host` included: names in lower case, values trimmed, sorted.
struct SignedHeaders<'a>(Vec<(&'a str, &'a str)>);

impl<'a> SignedHeaders<'a> {
    fn of(request: &'a Request, is_signed: fn(&str) -> bool) -> Self {
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.trim()));
        let host = ("host", request.origin.authority.as_str());
        let mut signed_headers: Vec<_> =
            headers.filter(|(name, _)| is_signed(name)).chain([host]).collect();
        signed_headers.sort_unstable();
        Self(signed_headers)
    }

    /// Returns `host;x-date`, as it is signed and sent.
    fn names(&self) -> String {
        self.0.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
    }

    /// Returns the canonical request, as the V4-style signatures define it: method, path, query, headers, body.
    fn canonical(&self, request: &Request, body_hash: &str) -> String {
        let lines: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        [
            request.method,
            &percent_path(&request.path),
            &query(&request.query),
            &lines.concat(),
            &self.names(),
            body_hash,
        ]
        .join("\n")
    }
}

/// What tells one V4-style signature from another.
#[derive(Debug)]
struct Family {
    algorithm: &'static str,
    /// What the secret is prefixed with.
    prefix: &'static str,
}

impl Family {
    /// Signs a canonical request at a time. The key is derived from the secret by the parts of the credential scope.
    fn sign(
        &self,
        request: Request,
        credential: &Credential,
        time: &str,
        scope: &str,
        (names, canonical): (String, String),
    ) -> Signed {
        let algorithm = self.algorithm;
        let digest = sha256_hex(canonical.as_bytes());
        let string_to_sign = format!("{algorithm}\n{time}\n{scope}\n{digest}");
        let secret =
            Zeroizing::new([self.prefix, credential.secret.expose()].concat().into_bytes());
        let key = scope
            .split('/')
            .fold(secret, |key, part| Zeroizing::new(hmac_sha256(&key, part.as_bytes())));
        let signature = hex(&hmac_sha256(&key, string_to_sign.as_bytes()));
        let authorization = format!(
            "{algorithm} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            credential.id
        );
        let request = request.header("authorization", authorization);
        Signed { request, canonical, string_to_sign, signature }
    }
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
