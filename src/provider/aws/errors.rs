//! What AWS's codes mean. Kept by code: the page gives a status for some of them only.
//!
//! - EC2, with the codes common to all of its calls:
//!   <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
//! - what a request may be throttled with: `retries/standard.py` of botocore 1.44.8

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsRejected, KeyRefused, NameRefused, NameTaken,
    PermissionDenied, QuotaExceeded, Throttled, Unavailable, Unexpected, ValueRefused,
};
use crate::provider::error_rules::{
    ASK_SUPPORT, ErrorRule, SUBSCRIBE, VERIFY_ACCOUNT, rule, rule_if,
};

/// Every code that is known, sorted.
pub(super) const ERROR_CODES: &[ErrorRule] = &[
    rule("AccessDenied", PermissionDenied),
    rule("AccessDeniedException", PermissionDenied),
    // > AWS was not able to validate the provided access credentials
    // So does a wrong clock (<https://github.com/hashicorp/packer/issues/3140>) and a region that the account cannot use.
    rule("AuthFailure", CredentialsRejected).hinted(
        "one of four is wrong: the access key id or secret; the clock of this machine; the region, \
         if this account has not enabled it; or the partition, if the account is of another one \
         (China, GovCloud, European Sovereign Cloud)",
    ),
    rule("BandwidthLimitExceeded", Throttled),
    // > Your account is currently blocked.
    rule("Blocked", PermissionDenied).hinted(ASK_SUPPORT),
    rule("ConcurrentTagAccess", Throttled),
    // > Request would have succeeded, but DryRun flag is set.
    // No request here has that flag.
    rule("DryRunOperation", Unexpected),
    rule("EC2ThrottledException", Throttled),
    // > The security token included in the request is expired
    rule("ExpiredToken", CredentialsExpired),
    rule("ExpiredTokenException", CredentialsExpired),
    rule("IncompleteSignature", Unexpected),
    // > An internal error has occurred.
    rule("InternalError", Unavailable),
    rule("InternalFailure", Unavailable),
    // > The action or operation requested is not valid.
    rule("InvalidAction", Unexpected),
    rule("InvalidCharacter", ValueRefused),
    // > The security token included in the request is invalid
    rule("InvalidClientTokenId", CredentialsRejected),
    // > Key is not in valid OpenSSH public key format
    rule("InvalidKey.Format", KeyRefused),
    // > The keypair '%s' already exists.
    rule("InvalidKeyPair.Duplicate", NameTaken),
    // The same as `InvalidKey.Format`, by the name of the page.
    rule("InvalidKeyPair.Format", KeyRefused),
    // > The key pair '%s' does not exist
    // A filter that matches nothing is an empty list.
    rule("InvalidKeyPair.NotFound", Unexpected),
    rule("InvalidParameter", ValueRefused),
    rule("InvalidParameterCombination", ValueRefused),
    rule("InvalidParameterValue", ValueRefused),
    // > Value (%s) for parameter KeyName is invalid.
    rule_if("InvalidParameterValue", "KeyName", NameRefused),
    rule_if("InvalidParameterValue", "keyName", NameRefused),
    rule("InvalidQueryParameter", ValueRefused),
    rule("InvalidTagKey.Malformed", ValueRefused),
    rule("KeyPairLimitExceeded", QuotaExceeded),
    rule("MalformedQueryString", ValueRefused),
    rule("MissingAction", Unexpected),
    rule("MissingAuthenticationToken", Unexpected),
    rule("MissingParameter", ValueRefused),
    rule("NoSuchVersion", Unexpected),
    // > You are not authorized to use the requested service.
    rule("OptInRequired", PermissionDenied).hinted(SUBSCRIBE),
    // > Your account is pending verification.
    rule("PendingVerification", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // > Request has expired.
    // Said of an old session token and of an old request: <https://github.com/aws/aws-sdk-go-v2/issues/1674>
    rule("RequestExpired", CredentialsExpired)
        .hinted("get a new session token; without one, set the clock of this machine (NTP)"),
    // > Request limit exceeded.
    rule("RequestLimitExceeded", Throttled),
    rule("RequestThrottled*", Throttled),
    rule("RequestTimeout", Unavailable),
    rule("RequestTimeoutException", Unavailable),
    rule("ResourceLimitExceeded", QuotaExceeded),
    rule("ServiceUnavailable", Unavailable),
    rule("SignatureDoesNotMatch", CredentialsRejected),
    // > Signature expired: %s is now earlier than %s
    rule_if("SignatureDoesNotMatch", "Signature expired", ClockSkew),
    // > Signature not yet current: %s is still later than %s
    rule_if("SignatureDoesNotMatch", "not yet current", ClockSkew),
    rule("SlowDown", Throttled),
    rule("TagLimitExceeded", ValueRefused),
    rule("TagPolicyViolation", ValueRefused),
    rule("ThrottledException", Throttled),
    rule("Throttling*", Throttled),
    rule("TooManyRequestsException", Throttled),
    // > You are not authorized to perform this operation.
    rule("UnauthorizedOperation", PermissionDenied),
    rule("Unavailable", Unavailable),
    rule("UnknownParameter", Unexpected),
    rule("UnrecognizedClientException", CredentialsRejected),
    rule("UnsupportedOperation", Unexpected),
    rule("UnsupportedProtocol", Unexpected),
    rule("ValidationError", ValueRefused),
];
