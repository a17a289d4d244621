//! The signature of RPC-style calls: HMAC-SHA1 over the sorted query, sent in the query.
//!
//! The vendor calls it signature method V2 for RPC APIs:
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v2-request-structure-and-signature>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Credential, Signed, Stamp, hmac_sha1};
use crate::encode::{percent, query};
use crate::redact::Secret;
use crate::wire::Request;

/// Signs a request whose parameters are all in the query.
pub fn sign(request: Request, credential: &Credential, stamp: &Stamp) -> Signed {
    let mut request = request
        .with("AccessKeyId", &*credential.id)
        .with("SignatureMethod", "HMAC-SHA1")
        .with("SignatureNonce", &*stamp.nonce)
        .with("SignatureVersion", "1.0")
        .with("Timestamp", stamp.iso())
        .with_some("SecurityToken", credential.token.as_ref().map(Secret::expose));
    // Sorted by the names before they are encoded.
    request.query.sort();
    let canonical = query(&request.query);
    let string_to_sign = format!("{}&{}&{}", request.method, percent("/"), percent(&canonical));
    let key = Zeroizing::new([credential.secret.expose(), "&"].concat());
    let signature = STANDARD.encode(hmac_sha1(key.as_bytes(), string_to_sign.as_bytes()));
    let request = request.with("Signature", &*signature);
    Signed { request, canonical, string_to_sign, signature }
}
