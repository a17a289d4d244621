//! What Tencent Cloud's codes mean. Every error response has HTTP status 200, so the code alone tells them apart. A code
//! that is not listed is `Unexpected`; codes that would be `Unexpected` are not listed.
//!
//! - CVM, `ImportKeyPair`: <https://www.tencentcloud.com/document/api/213/33227>, with more codes in the vendor's SDK
//!   (`tencentcloud-sdk-python-cvm` 3.1.178, `errorcodes.py`)
//! - the gateway: <https://www.tencentcloud.com/document/api/1131/45350>

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsRejected, KeyRefused, KeyTaken, NameRefused,
    NameTaken, PermissionDenied, QuotaExceeded, RegionRefused, Throttled, Unavailable,
    ValueRefused,
};
use crate::provider::error_rules::{ErrorRule, VERIFY_ACCOUNT, rule};

/// Every code that is known, sorted.
pub(super) const ERROR_CODES: &[ErrorRule] = &[
    // The account is not verified.
    rule("AccountQualificationRestrictions", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // The SecretId is not found, disabled or of another kind, or the signature is wrong.
    rule("AuthFailure.*", CredentialsRejected),
    rule("AuthFailure.MFAFailure", PermissionDenied)
        .hinted("use an identity whose policy asks for no second factor"),
    rule("AuthFailure.SignatureExpire", ClockSkew),
    // Also of a token that has ended: no code of its own tells it from a wrong one.
    rule("AuthFailure.TokenFailure", CredentialsExpired),
    rule("AuthFailure.UnauthorizedOperation", PermissionDenied),
    rule("FailedOperation.IllegalTagKey", ValueRefused),
    rule("FailedOperation.IllegalTagValue", ValueRefused),
    rule("FailedOperation.TagKeyReserved", ValueRefused),
    rule("InternalError", Unavailable),
    rule("InternalError.*", Unavailable),
    // An older name of `InternalError`.
    rule("InternalServerError", Unavailable),
    rule("InvalidFilter", ValueRefused),
    // The quota of the account.
    rule("InvalidKeyPair.LimitExceeded", QuotaExceeded),
    rule("InvalidKeyPairId.*", ValueRefused),
    rule("InvalidKeyPairName.Duplicate", NameTaken),
    rule("InvalidKeyPairNameEmpty", NameRefused),
    rule("InvalidKeyPairNameIncludeIllegalChar", NameRefused),
    rule("InvalidKeyPairNameTooLong", NameRefused),
    rule("InvalidParameter", ValueRefused),
    rule("InvalidParameter.*", ValueRefused),
    rule("InvalidParameterValue", ValueRefused),
    rule("InvalidParameterValue.*", ValueRefused),
    rule("InvalidParameterValue.InvalidRegion", RegionRefused),
    rule("InvalidPermission", PermissionDenied),
    rule("InvalidProjectId.NotFound", ValueRefused),
    rule("InvalidPublicKey.Duplicate", KeyTaken),
    // > The specified public key does not meet the `OpenSSH RSA` format requirements.
    rule("InvalidPublicKey.Malformed", KeyRefused),
    rule("InvalidRegion.NotFound", RegionRefused),
    rule("InvalidRegion.Unavailable", RegionRefused),
    // An older name of `RequestLimitExceeded.IPLimitExceeded`.
    rule("IpLimitExceeded", Throttled),
    rule("LimitExceeded", QuotaExceeded),
    // A quota of tags, not of key pairs.
    rule("LimitExceeded.TagResourceQuota", ValueRefused),
    rule("MissingParameter", ValueRefused),
    rule("MissingParameter.*", ValueRefused),
    rule("RequestLimitExceeded", Throttled),
    rule("RequestLimitExceeded.*", Throttled),
    rule("ResourceNotFound.KeyPairNotFound", ValueRefused),
    // The resource cannot be used now.
    rule("ResourceUnavailable", Unavailable),
    rule("UnauthorizedOperation", PermissionDenied),
    rule("UnauthorizedOperation.*", PermissionDenied),
    rule("UnsupportedRegion", RegionRefused),
];
