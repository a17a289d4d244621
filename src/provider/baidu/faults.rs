//! What Baidu AI Cloud's codes mean. One code stands for many causes, so the sentence counts as well.
//!
//! - BCC, import of a key pair (pages of 2020-09-21 and 2024-10-17): <https://cloud.baidu.com/doc/BCC/s/8kckircr4>
//! - BCC, common codes (2024-07-02): <https://cloud.baidu.com/doc/BCC/s/Ojwvyo6nc>
//! - authentication (2019-08-13): <https://cloud.baidu.com/doc/Reference/s/Bjz3uz3qj>
//!
//! What BCC really answers to a wrong id or secret, `IamSignatureInvalid`, stands in none of these; the causes are
//! quoted from reports. No document names a code for throttling: the status 429 would tell.

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsRejected, KeyRefused, KeyTaken, NameRefused,
    PermissionDenied, QuotaExceeded, Unavailable, Unexpected, ValueRefused,
};
use crate::error::{Row, row, row_saying};

/// Every code that is known, sorted.
pub(super) const FAULTS: &[Row] = &[
    // > Access denied.
    row("AccessDenied", PermissionDenied),
    // > Bad signature or AK string and SK string do not match.
    row("AuthError", CredentialsRejected),
    // > IamSignatureInvalid, cause: Could not find credential.
    // So is a wrong secret: `Fail to authn user: Signature does not match`.
    row("IamSignatureInvalid", CredentialsRejected),
    // > authenticate failed: Fail to authn user: Fail to check timestamp: time expired
    // Quoted from STS, under another code.
    row_saying("IamSignatureInvalid", "Fail to check timestamp", ClockSkew),
    // > IamSignatureInvalid, cause: Fail to authn user: Missing headers required by signing:
    // > content-length
    row_saying("IamSignatureInvalid", "Missing headers required by signing", Unexpected),
    // No sentence about an expired token is known. Expired time has a row of its own, so what else
    // expired is the token.
    row_saying("IamSignatureInvalid", "expired", CredentialsExpired),
    // > IamSignatureInvalid, cause: request ip not allowed
    // The access key is bound to a list of addresses.
    row_saying("IamSignatureInvalid", "request ip not allowed", PermissionDenied),
    // The sentence begins `The request uses the same client token as a previous, but no`; no token
    // is sent here.
    row("IdempotentParameterMismatch", Unexpected),
    // > The JSON you provided was well-formed and valid, but not appropriate for this operation.
    row("InappropriateJSON", Unexpected),
    // > We encountered an internal error Please try again.
    row("InternalError", Unavailable),
    // > The Access Key ID you provided doesnot exist in our records.
    row("InvalidAccessKeyId", CredentialsRejected),
    // > The Access Key ID you provided does notexist in our records.
    // The page explains it as a malformed header, which an id with odd characters makes.
    row("InvalidHTTPAuthHeader", CredentialsRejected),
    // > There was an error in the body of your HTTP request.
    row("InvalidHTTPRequest", Unexpected),
    // > authenticate failed: Fail to authn user: Fail to check timestamp: time expired
    row_saying("InvalidRequest", "time expired", ClockSkew),
    // > Could not parse the specified URI.
    row("InvalidURI", Unexpected),
    // > The API version specified was invalid.
    row("InvalidVersion", Unexpected),
    // For a deletion, which is never done here.
    row("Keypair.DeleteKeypairInUse", Unexpected),
    // > Keypair description is invalid.
    row("Keypair.KeypairDescriptionInvalid", ValueRefused),
    // > Keypair name is invalid.
    row("Keypair.KeypairNameInvalid", NameRefused),
    // For a key pair asked for by its id, which is never done here.
    row("Keypair.KeypairNotExist", Unexpected),
    // > Keypair already exist.
    // It is the key that exists, under whatever name.
    row("Keypair.KeypairPublicKeyExist", KeyTaken),
    // > Keypair number exceeds the limit.
    row("Keypair.KeypairQuotaExceedLimit", QuotaExceeded),
    // > Public key format is invalid.
    row("Keypair.PublicKeyFormatInvalid", KeyRefused),
    // > The JSON you provided was not well-formed.
    row("MalformedJSON", Unexpected),
    // > A subscription for the service is required.
    row("OptInRequired", PermissionDenied),
    // > The specified If-Match header doesn’t match the ETag header.
    row("PreconditionFailed", Unexpected),
    // The account has no real-name authentication: <https://cloud.baidu.com/doc/BCC/s/ojwvynrqn>
    row("QualifyNotPass", PermissionDenied),
    // > Request has expired. Timestamp date is <Data>.
    row("RequestExpired", ClockSkew),
    // > The login user is not pass senior real name qualify.please download baiducloud App to do
    // > face authentication
    row("SeniorRealNameQualify", PermissionDenied),
    // Seen without a sentence: <https://cloud.baidu.com/doc/BCC/s/2kek2290x>
    row("ServiceInternalError", Unavailable),
    // > SignatureDoesNotMatch, cause: Fail to authn user: Signature does not match
    row("SignatureDoesNotMatch", CredentialsRejected),
];
