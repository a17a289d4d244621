//! ACS3-HMAC-SHA256, in the headers, so that no session token is part of a URL.
//!
//! <https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature>

use super::{Credential, Signed, SignedHeaders, Stamp, hmac_sha256, sha256_hex};
use crate::encode::hex;
use crate::wire::Request;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Signs a request in the RPC style: `Action` and `Version` move from the query into headers, and `Format`,
/// which is always JSON here, is left out.
pub fn sign(mut request: Request, credential: &Credential, stamp: &Stamp) -> Signed {
    let action = take(&mut request, "Action");
    let version = take(&mut request, "Version");
    take(&mut request, "Format");
    request.query.sort();
    let digest = sha256_hex(&request.body);
    request = request
        .header("x-acs-action", action)
        .header("x-acs-content-sha256", &*digest)
        .header("x-acs-date", stamp.iso())
        .header("x-acs-signature-nonce", &*stamp.nonce)
        .header("x-acs-version", version);
    if let Some(token) = &credential.token {
        request = request
            .header("x-acs-accesskey-id", &*credential.id)
            .header("x-acs-security-token", token.expose());
    }
    // "All common request headers except Authorization, if present, must be signed."
    let signed_headers =
        SignedHeaders::of(&request, |name| name == "content-type" || name.starts_with("x-acs-"));
    let (names, canonical) = (signed_headers.names(), signed_headers.canonical(&request, &digest));
    let string_to_sign = format!("{ALGORITHM}\n{}", sha256_hex(canonical.as_bytes()));
    let signature =
        hex(&hmac_sha256(credential.secret.expose().as_bytes(), string_to_sign.as_bytes()));
    let authorization = format!(
        "{ALGORITHM} Credential={},SignedHeaders={names},Signature={signature}",
        credential.id
    );
    let request = request.header("authorization", authorization);
    Signed { request, canonical, string_to_sign, signature }
}

/// Removes a parameter from the query and returns its value; a missing one is empty.
fn take(request: &mut Request, name: &str) -> String {
    match request.query.iter().position(|(other, _)| other == name) {
        Some(index) => request.query.remove(index).1,
        None => String::new(),
    }
}
