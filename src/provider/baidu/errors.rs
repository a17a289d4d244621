//! What Baidu AI Cloud's codes mean. One code stands for many causes, so the sentence counts as well.
//!
//! - BCC, import of a key pair (pages of 2020-09-21 and 2024-10-17): <https://cloud.baidu.com/doc/BCC/s/8kckircr4>
//! - BCC, common codes (2024-07-02): <https://cloud.baidu.com/doc/BCC/s/Ojwvyo6nc>
//! - authentication (2019-08-13): <https://cloud.baidu.com/doc/Reference/s/Bjz3uz3qj>
//!
//! What BCC really answers to a wrong id or secret, `IamSignatureInvalid`, is in none of these; the causes are
//! quoted from reports. No document names a code for throttling, so only the status 429 can tell.

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsRejected, KeyRefused, KeyTaken, NameRefused,
    PermissionDenied, QuotaExceeded, Unavailable, Unexpected, ValueRefused,
};
use crate::provider::error_rules::{ErrorRule, SUBSCRIBE, VERIFY_ACCOUNT, rule, rule_if};

/// Every code that is known, sorted.
pub(super) const ERROR_CODES: &[ErrorRule] = &[
    // > Access denied.
    rule("AccessDenied", PermissionDenied),
    // > Bad signature or AK string and SK string do not match.
    rule("AuthError", CredentialsRejected),
    // > IamSignatureInvalid, cause: Could not find credential.
    // So is a wrong secret: `Fail to authn user: Signature does not match`.
    rule("IamSignatureInvalid", CredentialsRejected),
    // > authenticate failed: Fail to authn user: Fail to check timestamp: time expired
    // Quoted from STS, under another code.
    rule_if("IamSignatureInvalid", "Fail to check timestamp", ClockSkew),
    // > IamSignatureInvalid, cause: Fail to authn user: Missing headers required by signing:
    // > content-length
    rule_if("IamSignatureInvalid", "Missing headers required by signing", Unexpected),
    // No sentence about an expired token is known. Expired time has a rule of its own, so what else
    // expired is the token.
    rule_if("IamSignatureInvalid", "expired", CredentialsExpired),
    // > IamSignatureInvalid, cause: request ip not allowed
    // The access key is bound to a list of addresses.
    rule_if("IamSignatureInvalid", "request ip not allowed", PermissionDenied)
        .hinted("add this machine's address to the list of the access key, or use another key"),
    // The sentence begins `The request uses the same client token as a previous, but no`; no token
    // is sent here.
    rule("IdempotentParameterMismatch", Unexpected),
    // > The JSON you provided was well-formed and valid, but not appropriate for this operation.
    rule("InappropriateJSON", Unexpected),
    // > We encountered an internal error Please try again.
    rule("InternalError", Unavailable),
    // > The Access Key ID you provided doesnot exist in our records.
    rule("InvalidAccessKeyId", CredentialsRejected),
    // > The Access Key ID you provided does notexist in our records.
    // The page explains it as a malformed header, which an id with odd characters makes.
    rule("InvalidHTTPAuthHeader", CredentialsRejected),
    // > There was an error in the body of your HTTP request.
    rule("InvalidHTTPRequest", Unexpected),
    // > authenticate failed: Fail to authn user: Fail to check timestamp: time expired
    rule_if("InvalidRequest", "time expired", ClockSkew),
    // > Could not parse the specified URI.
    rule("InvalidURI", Unexpected),
    // > The API version specified was invalid.
    rule("InvalidVersion", Unexpected),
    // For a deletion, which is never done here.
    rule("Keypair.DeleteKeypairInUse", Unexpected),
    // > Keypair description is invalid.
    rule("Keypair.KeypairDescriptionInvalid", ValueRefused),
    // > Keypair name is invalid.
    rule("Keypair.KeypairNameInvalid", NameRefused),
    // For a key pair asked for by its id, which is never done here.
    rule("Keypair.KeypairNotExist", Unexpected),
    // > Keypair already exist.
    // It is the key that exists, under whatever name.
    rule("Keypair.KeypairPublicKeyExist", KeyTaken),
    // > Keypair number exceeds the limit.
    rule("Keypair.KeypairQuotaExceedLimit", QuotaExceeded),
    // > Public key format is invalid.
    rule("Keypair.PublicKeyFormatInvalid", KeyRefused),
    // > The JSON you provided was not well-formed.
    rule("MalformedJSON", Unexpected),
    // > A subscription for the service is required.
    rule("OptInRequired", PermissionDenied).hinted(SUBSCRIBE),
    // > The specified If-Match header doesn’t match the ETag header.
    rule("PreconditionFailed", Unexpected),
    // The account has no real-name authentication: <https://cloud.baidu.com/doc/BCC/s/ojwvynrqn>
    rule("QualifyNotPass", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // > Request has expired. Timestamp date is <Data>.
    rule("RequestExpired", ClockSkew),
    // > The login user is not pass senior real name qualify.please download baiducloud App to do
    // > face authentication
    rule("SeniorRealNameQualify", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // Seen without a sentence: <https://cloud.baidu.com/doc/BCC/s/2kek2290x>
    rule("ServiceInternalError", Unavailable),
    // > SignatureDoesNotMatch, cause: Fail to authn user: Signature does not match
    rule("SignatureDoesNotMatch", CredentialsRejected),
];
