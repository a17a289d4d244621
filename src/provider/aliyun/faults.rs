//! What Alibaba Cloud's codes mean. Kept by code, since gateway and product give one code different statuses.
//!
//! - ECS, `ImportKeyPair` (page of 2024-07-09) and its sibling `CreateKeyPair` (2025-01-13):
//!   <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-importkeypair>,
//!   <https://api.alibabacloud.com/api/Ecs/2014-05-26/CreateKeyPair>
//! - ECS, common codes (undated, before 2021): <https://developer.aliyun.com/ask/209782>
//! - the gateway and signatures (read in 2026): <https://help.aliyun.com/en/document_detail/434846.html>

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsRejected, KeyRefused, NameRefused, NameTaken,
    PermissionDenied, QuotaExceeded, RegionRefused, Throttled, Unavailable, Unexpected,
    ValueRefused,
};
use crate::error::{Row, row, row_saying};

/// Every code that is known, sorted.
pub(super) const FAULTS: &[Row] = &[
    // > The Tag.N.Key contain duplicate key.
    row("Duplicate.TagKey", ValueRefused),
    // Seen without a sentence in the list of common codes.
    row("Forbidden", PermissionDenied),
    // Whatever else is forbidden.
    row("Forbidden.*", PermissionDenied),
    // > The Access Key is disabled.
    row("Forbidden.AccessKeyDisabled", CredentialsRejected),
    // > This action does not support accessed by RAM mode.
    row("Forbidden.NotSupportRAM", PermissionDenied),
    // > User not authorized to operate on the specified resource, or this API doesn’t support RAM.
    row("Forbidden.RAM", PermissionDenied),
    // > This operation is forbidden by Aliyun RiskControl system.
    row("Forbidden.RiskControl", PermissionDenied),
    // > The specified action is not available for you.
    row("Forbidden.SubUser", PermissionDenied),
    // > User not authorized to operate on the specified resource.
    row("Forbidden.Unauthorized", PermissionDenied),
    // > Your user account is not verified by Aliyun.
    row("Forbidden.UserVerification", PermissionDenied),
    // > The input parameter “Timestamp” that is mandatory for processing this request is not
    // > supplied.
    row("IllegalTimestamp", ClockSkew),
    // > The request signature does not conform to Aliyun standards.
    // Products answer so where the gateway says `SignatureDoesNotMatch`.
    row("IncompleteSignature", CredentialsRejected),
    // > Your account does not have enough balance.
    row("InsufficientBalance", PermissionDenied),
    // > The request processing has failed due to some unknown error.
    row("InternalError", Unavailable),
    // Seen without a suffix: <https://github.com/certimate-go/certimate/issues/720>
    row("InvalidAccessKeyId", CredentialsRejected),
    // > Specified access key is disabled.
    row("InvalidAccessKeyId.Inactive", CredentialsRejected),
    // > Specified access key is not found.
    row("InvalidAccessKeyId.NotFound", CredentialsRejected),
    // > Specified action is not valid.
    row("InvalidAction", Unexpected),
    // > Specified api is not found, please check your url and method.
    row("InvalidAction.NotFound", Unexpected),
    // > Specified api is not found, please check your url and method.
    row("InvalidApi.NotFound", Unexpected),
    // > Specified Key Pair name is not valid.
    row("InvalidKeyPairName.Malformed", NameRefused),
    // > The specified endpoint cant operate this region. Please use API DescribeRegions to get the
    // > appropriate endpoint, or upgrade your SDK to latest version.
    row("InvalidOperation.NotSupportedEndpoint", RegionRefused),
    // > The specified parameter is not valid.
    row("InvalidParameter", ValueRefused),
    // > The specified parameter “Action or Version” is not valid.
    row_saying("InvalidParameter", "Action or Version", Unexpected),
    // > The specified parameter "SecurityToken.Expired" is not valid.
    row_saying("InvalidParameter", "SecurityToken.Expired", CredentialsExpired),
    // > Cannot find product according to your specified domain.
    row("InvalidProduct.NotFound", RegionRefused),
    // > The PublicKeyBody format is not supported.
    row("InvalidPublicKeyBody.Malformed", KeyRefused),
    // In the gateway's list of public codes, without a sentence:
    // <https://error-center.alibabacloud.com/status/product/Public>
    row("InvalidRegion.NotFound", RegionRefused),
    // Seen without a sentence beside `InvalidRegionId.NotFound`.
    row("InvalidRegionId", RegionRefused),
    // > The RegionId provided does not exist in our records.
    row("InvalidRegionId.NotFound", RegionRefused),
    // > The ResourceGroup provided does not exist in our records.
    row("InvalidResourceGroup.NotFound", ValueRefused),
    // > Specified SecurityToken is expired.
    row("InvalidSecurityToken.Expired", CredentialsExpired),
    // > Specified SecurityToken is malformed.
    row("InvalidSecurityToken.Malformed", CredentialsRejected),
    // > Specified SecurityToken mismatch with the AccessKey.
    row("InvalidSecurityToken.MismatchWithAccessKey", CredentialsRejected),
    // > The specified Tag.n.Key is not valid.
    row("InvalidTagKey.Malformed", ValueRefused),
    // > The specified Tag.n.Value is not valid.
    row("InvalidTagValue.Malformed", ValueRefused),
    // > Specified time stamp or date value is expired.
    row("InvalidTimeStamp.Expired", ClockSkew),
    // > Specified time stamp or date value is not well formatted.
    row("InvalidTimeStamp.Format", ClockSkew),
    // > Specified parameter Version is not valid.
    row("InvalidVersion", Unexpected),
    // > The key pair already exist.
    row("KeyPair.AlreadyExist", NameTaken),
    // > AccessKeyId is mandatory for this action.
    row("MissingAccessKeyId", CredentialsRejected),
    // > The input parameter "PublicKeyBody" that is mandatory for processing this request is not
    // > supplied.
    row("MissingParameter", Unexpected),
    // > SecurityToken is mandatory for this action.
    // The id belongs to temporary credentials, and their token is not set.
    row("MissingSecurityToken", CredentialsRejected),
    // Seen without a sentence in the list of common codes.
    row("NoPermission", PermissionDenied),
    // > Request was denied due to conflict with a previous request.
    row("OperationConflict", Unavailable),
    // > The key pair quota exceeds.
    row("QuotaExceed.KeyPair", QuotaExceeded),
    // The sentence varies (`%s` in the vendor's table). It is the tags that are too many, not the
    // key pairs.
    row("QuotaExceed.Tags", ValueRefused),
    // > Your account has not passed the real-name authentication yet.
    row("RealNameAuthenticationError", PermissionDenied),
    // Tried again by the vendor: <https://github.com/aliyun/terraform-provider-alicloud>
    row("Rejected.Throttling", Throttled),
    // > The request has failed due to a temporary failure of the server.
    row("ServiceUnavailable", Unavailable),
    // > System maintenance is in progress on the selected region, please wait a few minutes before
    // > trying again.
    row("ServiceUnavailable.*", Unavailable),
    // > Specified signature is not matched with our calculation.
    // The string to sign follows, with the session token in it where RPC carried one.
    row("SignatureDoesNotMatch", CredentialsRejected),
    // > Specified signature nonce was used already.
    // Every attempt has a nonce of its own, so an earlier sending of this very one arrived: look
    // first.
    row("SignatureNonceUsed", Unavailable),
    // > The system is busy.
    // Unlike throttling, this promises nothing about what was done.
    row("SystemBusy", Unavailable),
    // > You have made too many requests within a short time; your request is denied due to request
    // > throttling.
    row("Throttling", Throttled),
    // Whatever else is throttled.
    row("Throttling.*", Throttled),
    // > Request was denied due to api flow control.
    row("Throttling.Api", Throttled),
    // > Request was denied due to user flow control.
    row("Throttling.User", Throttled),
    // Seen without a sentence in the list of common codes.
    row("UnauthorizedRegion", RegionRefused),
    // > The request processing has failed due to some unknown error.
    row("UnknownError", Unavailable),
    // > This http method is not supported.
    row("UnsupportedHTTPMethod", Unexpected),
    // > The parameters is unsupported.
    row("UnsupportedParameter", Unexpected),
];
