//! What Alibaba Cloud's codes mean. Kept by code, since gateway and product give one code different statuses.
//!
//! - ECS, `ImportKeyPair` (page of 2024-07-09) and its sibling `CreateKeyPair` (2025-01-13):
//!   <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-importkeypair>,
//!   <https://api.alibabacloud.com/api/Ecs/2014-05-26/CreateKeyPair>
//! - ECS, common codes (undated, before 2021): <https://developer.aliyun.com/ask/209782>
//! - the gateway and signatures (read in 2026): <https://help.aliyun.com/en/document_detail/434846.html>
//! - the security token service: <https://www.alibabacloud.com/help/doc-detail/42775.htm>

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsInvalid, CredentialsRejected, KeyRefused,
    NameRefused, NameTaken, PermissionDenied, QuotaExceeded, RegionRefused, Throttled, Unavailable,
    Unexpected, ValueRefused,
};
use crate::provider::error_rules::{ASK_SUPPORT, ErrorRule, VERIFY_ACCOUNT, rule, rule_if};

/// Every code that is known, sorted.
pub(super) const ERROR_CODES: &[ErrorRule] = &[
    // Whatever else is wrong with an OIDC token or its identity provider.
    rule("AuthenticationFail.*", CredentialsRejected),
    // > This JsonWebToken is expired.
    rule("AuthenticationFail.OIDCToken.Expired", CredentialsExpired),
    // > The Tag.N.Key contain duplicate key.
    rule("Duplicate.TagKey", ValueRefused),
    // > The specified Role not exists.
    // So is an identity provider that does not exist.
    rule("EntityNotExist.*", CredentialsInvalid),
    // Seen without a sentence in the list of common codes.
    rule("Forbidden", PermissionDenied),
    // Whatever else is forbidden.
    rule("Forbidden.*", PermissionDenied),
    // > The Access Key is disabled.
    rule("Forbidden.AccessKeyDisabled", CredentialsRejected),
    // > This action does not support accessed by RAM mode.
    rule("Forbidden.NotSupportRAM", PermissionDenied),
    // > User not authorized to operate on the specified resource, or this API doesn’t support RAM.
    rule("Forbidden.RAM", PermissionDenied),
    // > This operation is forbidden by Aliyun RiskControl system.
    rule("Forbidden.RiskControl", PermissionDenied).hinted(ASK_SUPPORT),
    // > The specified action is not available for you.
    rule("Forbidden.SubUser", PermissionDenied),
    // > User not authorized to operate on the specified resource.
    rule("Forbidden.Unauthorized", PermissionDenied),
    // > Your user account is not verified by Aliyun.
    rule("Forbidden.UserVerification", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // > The input parameter “Timestamp” that is mandatory for processing this request is not
    // > supplied.
    rule("IllegalTimestamp", ClockSkew),
    // > The request signature does not conform to Aliyun standards.
    // Products answer so where the gateway says `SignatureDoesNotMatch`.
    rule("IncompleteSignature", CredentialsRejected),
    // > Your account does not have enough balance.
    rule("InsufficientBalance", PermissionDenied)
        .hinted("top up the account in the console of the cloud"),
    // > The request processing has failed due to some unknown error.
    rule("InternalError", Unavailable),
    // Seen without a suffix: <https://github.com/certimate-go/certimate/issues/720>
    rule("InvalidAccessKeyId", CredentialsRejected),
    // > Specified access key is disabled.
    rule("InvalidAccessKeyId.Inactive", CredentialsRejected),
    // > Specified access key is not found.
    rule("InvalidAccessKeyId.NotFound", CredentialsRejected),
    // > Specified action is not valid.
    rule("InvalidAction", Unexpected),
    // > Specified api is not found, please check your url and method.
    rule("InvalidAction.NotFound", Unexpected),
    // > Specified api is not found, please check your url and method.
    rule("InvalidApi.NotFound", Unexpected),
    // > Specified Key Pair name is not valid.
    rule("InvalidKeyPairName.Malformed", NameRefused),
    // > The specified endpoint cant operate this region. Please use API DescribeRegions to get the
    // > appropriate endpoint, or upgrade your SDK to latest version.
    rule("InvalidOperation.NotSupportedEndpoint", RegionRefused),
    // > The specified parameter is not valid.
    rule("InvalidParameter", ValueRefused),
    // > The specified parameter “Action or Version” is not valid.
    rule_if("InvalidParameter", "Action or Version", Unexpected),
    // > The parameter RoleArn is wrongly formed.
    rule_if("InvalidParameter", "RoleArn", CredentialsInvalid),
    // > The specified parameter "SecurityToken.Expired" is not valid.
    rule_if("InvalidParameter", "SecurityToken.Expired", CredentialsExpired),
    // > The Min/Max value of DurationSeconds is 15min/1hr.
    rule("InvalidParameter.DurationSeconds", CredentialsInvalid),
    // > The parameter Policy has not passed grammar check.
    rule("InvalidParameter.PolicyGrammar", CredentialsInvalid),
    // > The parameter RoleArn is wrongly formed.
    rule("InvalidParameter.RoleArn", CredentialsInvalid),
    // > The parameter RoleSessionName is wrongly formed.
    rule("InvalidParameter.RoleSessionName", CredentialsInvalid),
    // > Cannot find product according to your specified domain.
    rule("InvalidProduct.NotFound", RegionRefused),
    // > The PublicKeyBody format is not supported.
    rule("InvalidPublicKeyBody.Malformed", KeyRefused),
    // In the gateway's list of public codes, without a sentence:
    // <https://error-center.alibabacloud.com/status/product/Public>
    rule("InvalidRegion.NotFound", RegionRefused),
    // Seen without a sentence beside `InvalidRegionId.NotFound`.
    rule("InvalidRegionId", RegionRefused),
    // > The RegionId provided does not exist in our records.
    rule("InvalidRegionId.NotFound", RegionRefused),
    // > The ResourceGroup provided does not exist in our records.
    rule("InvalidResourceGroup.NotFound", ValueRefused),
    // Whatever else is wrong with a security token.
    rule("InvalidSecurityToken.*", CredentialsRejected),
    // > Specified SecurityToken is expired.
    rule("InvalidSecurityToken.Expired", CredentialsExpired),
    // > Specified SecurityToken is malformed.
    rule("InvalidSecurityToken.Malformed", CredentialsRejected),
    // > Specified SecurityToken mismatch with the AccessKey.
    rule("InvalidSecurityToken.MismatchWithAccessKey", CredentialsRejected),
    // > The specified Tag.n.Key is not valid.
    rule("InvalidTagKey.Malformed", ValueRefused),
    // > The specified Tag.n.Value is not valid.
    rule("InvalidTagValue.Malformed", ValueRefused),
    // > Specified time stamp or date value is expired.
    rule("InvalidTimeStamp.Expired", ClockSkew),
    // > Specified time stamp or date value is not well formatted.
    rule("InvalidTimeStamp.Format", ClockSkew),
    // > Specified parameter Version is not valid.
    rule("InvalidVersion", Unexpected),
    // > The key pair already exist.
    rule("KeyPair.AlreadyExist", NameTaken),
    // > AccessKeyId is mandatory for this action.
    rule("MissingAccessKeyId", CredentialsRejected),
    // > The input parameter "PublicKeyBody" that is mandatory for processing this request is not
    // > supplied.
    rule("MissingParameter", Unexpected),
    // > SecurityToken is mandatory for this action.
    // The id belongs to temporary credentials, and their token is not set.
    rule("MissingSecurityToken", CredentialsRejected),
    // Seen without a sentence in the list of common codes.
    rule("NoPermission", PermissionDenied),
    // > Request was denied due to conflict with a previous request.
    rule("OperationConflict", Unavailable),
    // > The key pair quota exceeds.
    rule("QuotaExceed.KeyPair", QuotaExceeded),
    // The sentence varies (`%s` in the vendor's table). It is the tags that are too many, not the
    // key pairs.
    rule("QuotaExceed.Tags", ValueRefused),
    // > Your account has not passed the real-name authentication yet.
    rule("RealNameAuthenticationError", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // Tried again by the vendor: <https://github.com/aliyun/terraform-provider-alicloud>
    rule("Rejected.Throttling", Throttled),
    // > The request has failed due to a temporary failure of the server.
    rule("ServiceUnavailable", Unavailable),
    // > System maintenance is in progress on the selected region, please wait a few minutes before
    // > trying again.
    rule("ServiceUnavailable.*", Unavailable),
    // > Specified signature is not matched with our calculation.
    // The string to sign follows, with the session token in it where RPC carried one.
    rule("SignatureDoesNotMatch", CredentialsRejected),
    // > Specified signature nonce was used already.
    // Every attempt has a nonce of its own, so an earlier sending of this very one arrived: look
    // first.
    rule("SignatureNonceUsed", Unavailable),
    // > The system is busy.
    // Unlike throttling, this promises nothing about what was done.
    rule("SystemBusy", Unavailable),
    // > You have made too many requests within a short time; your request is denied due to request
    // > throttling.
    rule("Throttling", Throttled),
    // Whatever else is throttled.
    rule("Throttling.*", Throttled),
    // > Request was denied due to api flow control.
    rule("Throttling.Api", Throttled),
    // > Request was denied due to user flow control.
    rule("Throttling.User", Throttled),
    // Seen without a sentence in the list of common codes.
    rule("UnauthorizedRegion", RegionRefused),
    // > The request processing has failed due to some unknown error.
    rule("UnknownError", Unavailable),
    // > This http method is not supported.
    rule("UnsupportedHTTPMethod", Unexpected),
    // > The parameters is unsupported.
    rule("UnsupportedParameter", Unexpected),
];
