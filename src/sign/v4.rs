//! A V4-style signature: HMAC-SHA256 with a key derived from date, region and service.
//!
//! <https://www.volcengine.com/docs/6369/67269> and <https://www.volcengine.com/docs/6369/67270>

use super::{Covered, Credential, Signed, Stamp, hmac_sha256, sha256_hex};
use crate::encode::{hex, percent};
use crate::wire::Request;

const ALGORITHM: &str = "HMAC-SHA256";

/// Signs a request to a service in a region. The secret has no prefix, and the credential scope ends in `request`.
pub fn sign(
    mut request: Request,
    credential: &Credential,
    stamp: &Stamp,
    region: &str,
    service: &str,
) -> Signed {
    let time = stamp.time.format("%Y%m%dT%H%M%SZ").to_string();
    let date = stamp.time.format("%Y%m%d").to_string();
    let digest = sha256_hex(&request.body);
    request = request.header("x-content-sha256", &*digest).header("x-date", &*time);
    if let Some(token) = &credential.token {
        request = request.header("x-security-token", token.expose());
    }
    // Sorted by the encoded pairs: `X.10` comes before `X.2`.
    request.query.sort_by_cached_key(|(name, value)| (percent(name), percent(value)));
    let covered = Covered::of(&request, |name| name.starts_with("x-"));
    let (names, canonical) = (covered.names(), covered.canonical(&request, &digest));
    let scope = format!("{date}/{region}/{service}/request");
    let string_to_sign =
        format!("{ALGORITHM}\n{time}\n{scope}\n{}", sha256_hex(canonical.as_bytes()));
    let secret = credential.secret.expose().as_bytes().to_vec();
    let key = [date.as_str(), region, service, "request"]
        .iter()
        .fold(secret, |key, part| hmac_sha256(&key, part.as_bytes()));
    let signature = hex(&hmac_sha256(&key, string_to_sign.as_bytes()));
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        credential.id
    );
    let request = request.header("authorization", authorization);
    Signed { request, canonical, string_to_sign, signature }
}
