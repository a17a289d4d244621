//! `bce-auth-v1`: HMAC-SHA256 with a key derived from access key id, time and lifetime.
//!
//! <https://cloud.baidu.com/doc/Reference/s/njwvz1yfu>

use zeroize::Zeroizing;

use super::{Credential, Signed, SignedHeaders, Stamp, hmac_sha256};
use crate::encode::{hex, pair, percent, percent_path};
use crate::wire::Request;

/// How long a signature is valid, in seconds: the default of the vendor's SDKs.
const LIFETIME: u32 = 1800;

/// Signs host, date and session token of a request.
pub fn sign(mut request: Request, credential: &Credential, stamp: &Stamp) -> Signed {
    let time = stamp.iso();
    request = request.header("x-bce-date", &*time);
    if let Some(token) = &credential.token {
        request = request.header("x-bce-security-token", token.expose());
    }
    let signed_headers = SignedHeaders::of(&request, |name| name.starts_with("x-bce-"));
    let names = signed_headers.names();
    let mut lines: Vec<String> = signed_headers
        .0
        .iter()
        .map(|(name, value)| format!("{}:{}", percent(name), percent(value)))
        .collect();
    lines.sort_unstable();
    // Sorted as whole encoded pairs: `a-b=2` comes before `a=1`.
    let mut pairs: Vec<String> = request.query.iter().map(pair).collect();
    pairs.sort_unstable();
    let canonical = format!(
        "{}\n{}\n{}\n{}",
        request.method,
        percent_path(&request.path),
        pairs.join("&"),
        lines.join("\n")
    );
    let prefix = format!("bce-auth-v1/{}/{time}/{LIFETIME}", credential.id);
    // The key is used as its 64 hex characters, not as the 32 bytes.
    let key = Zeroizing::new(hmac_sha256(credential.secret.expose().as_bytes(), prefix.as_bytes()));
    let key = Zeroizing::new(hex(&key));
    let signature = hex(&hmac_sha256(key.as_bytes(), canonical.as_bytes()));
    let request = request.header("authorization", format!("{prefix}/{names}/{signature}"));
    Signed { request, string_to_sign: prefix, canonical, signature }
}
