//! TC3-HMAC-SHA256: HMAC-SHA256 with a key derived from date and service; the time is in Unix seconds.
//!
//! <https://cloud.tencent.com/document/api/213/30654>

use super::{Credential, Family, Signed, SignedHeaders, Stamp, sha256_hex};
use crate::wire::Request;

const FAMILY: Family = Family { algorithm: "TC3-HMAC-SHA256", prefix: "TC3" };

/// Signs a request to a service: `host` and `content-type`, whose value has to be in lower case, as the vendor's SDKs do.
/// The session token is sent and not signed.
pub fn sign(mut request: Request, credential: &Credential, stamp: &Stamp, service: &str) -> Signed {
    let time = stamp.time.timestamp().to_string();
    request = request.header("x-tc-timestamp", &*time);
    if let Some(token) = &credential.token {
        request = request.header("x-tc-token", token.expose());
    }
    let signed_headers = SignedHeaders::of(&request, |name| name == "content-type");
    let canonical =
        (signed_headers.names(), signed_headers.canonical(&request, &sha256_hex(&request.body)));
    let scope = format!("{}/{service}/tc3_request", stamp.time.format("%Y-%m-%d"));
    FAMILY.sign(request, credential, &time, &scope, canonical)
}
