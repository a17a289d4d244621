//! What Volcengine's codes mean. Kept by code: the pages differ on statuses, and some refusals come with 200.
//!
//! - ECS, `ImportKeyPair`: <https://www.volcengine.com/docs/6396/120444>
//! - the gateway (page of 2023-03-31): <https://www.volcengine.com/docs/6408/78947>, with more codes in
//!   <https://www.volcengine.com/docs/6448/76370> and <https://www.volcengine.com/docs/6369/68677>
//! - the same gateway abroad: <https://docs.byteplus.com/byteplus-platform/reference/common-error-codes>
//! - the access service, which gives temporary credentials: <https://www.volcengine.com/docs/6257/64992>
//!
//! ECS makes further codes, `Invalid<field>.Malformed` with 400, whose status says what they are:
//! <https://www.volcengine.com/docs/6396/70462>

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsInvalid, CredentialsRejected, KeyRefused,
    NameRefused, NameTaken, PermissionDenied, QuotaExceeded, Throttled, Unavailable, Unexpected,
    ValueRefused,
};
use crate::provider::error_rules::{ErrorRule, VERIFY_ACCOUNT, rule, rule_if};

/// Every code that is known, sorted.
pub(super) const ERROR_CODES: &[ErrorRule] = &[
    // > User is not authorized to perform: %s on resource: %s.
    rule("AccessDenied", PermissionDenied),
    // > The accessKey '%s' is expired.
    rule("AccessKeyIsExpire", CredentialsRejected),
    // > The accessKey '%s' can not be found
    rule("AccessKeyNotExist", CredentialsRejected),
    // More requests than an account may send: <https://www.volcengine.com/docs/6396/1253687>
    rule("AccountFlowLimitExceeded", Throttled),
    // > The Account '%v' is not verified.
    rule("AccountNotVerified", PermissionDenied).hinted(VERIFY_ACCOUNT),
    // The gateway does not reach the service: <https://www.volcengine.com/docs/6448/76370>
    rule("FailToConnect", Unavailable),
    // More requests than the basic rate allows: <https://www.volcengine.com/docs/6448/76370>
    rule("FlowLimitExceeded", Throttled),
    // > The request uses the same client token as a previous, but non-identical request. Do not
    // > reuse a client token with different requests, unless the requests are identical.
    // A token of ours belongs to one import and never changes.
    rule("IdempotentParameterMismatch", Unexpected),
    // > The request uses the same client token as a previous one that is still in process.
    // The earlier attempt is still at work: its outcome is not known yet.
    rule("IdempotentProcessing", Unavailable),
    // > The inner request should have account info
    rule("InnerApiNeedAccountInfo", PermissionDenied),
    // > An internal error has occurred.
    rule("InternalError", Unavailable),
    // The service failed behind the gateway: <https://www.volcengine.com/docs/6448/76370>
    rule("InternalServiceError", Unavailable),
    // The service took too long for the gateway: <https://www.volcengine.com/docs/6448/76370>
    rule("InternalServiceTimeout", Unavailable),
    // > The accesskey [%s] included in the request is invalid.
    rule("InvalidAccessKey", CredentialsRejected),
    // > Could not find operation %s for version %s.
    rule("InvalidActionOrVersion", Unexpected),
    // On the page of `DescribeRegions`, <https://www.volcengine.com/docs/6396/1053194>.
    rule("InvalidArgument", ValueRefused),
    // > Invalid 'Authorization' header, Pls check authorization header.
    rule("InvalidAuthorization", Unexpected),
    // > The specified ClientToken is malformed.
    rule("InvalidClientToken.Malformed", ValueRefused),
    // An older name of `InvalidAccessKey`: <https://www.volcengine.com/docs/6448/76370>
    rule("InvalidClientTokenId", CredentialsRejected),
    // > Invalid credential in 'Authorization', Pls check credential in authorization header.
    rule("InvalidCredential", CredentialsRejected),
    // > The specified KeyPairDescription is malformed.
    rule("InvalidKeyPairDescription.Malformed", ValueRefused),
    // > The specified KeyPairName already exists.
    rule("InvalidKeyPairName.Conflict", NameTaken),
    // > The specified KeyPairName is malformed.
    rule("InvalidKeyPairName.Malformed", NameRefused),
    // > The specified KeyPairPublicKey is malformed.
    rule("InvalidKeyPairPublicKey.Malformed", KeyRefused),
    // > The specified Project does not exist.
    rule("InvalidProject.NotFound", ValueRefused),
    // > Invalid secret token, msg: %s.
    rule("InvalidSecretToken", CredentialsRejected),
    // The page says that the message tells a wrong signature, an expiry and more.
    rule_if("InvalidSecretToken", "expire", CredentialsExpired),
    // > TRN '%s' is not valid.
    rule("InvalidTRN", CredentialsInvalid),
    // > The Signature of the request is expired
    rule("InvalidTimestamp", ClockSkew),
    // > Request was rejected because of lack of policy.
    rule("LackPolicy", PermissionDenied),
    // > Request was rejected because of lack of project policy.
    rule("LackProjectPolicy", PermissionDenied),
    // > You've reached the limit on the number of KeyPairs that you can create.
    rule("LimitExceeded.MaximumKeyPairs", QuotaExceeded),
    // The HTTP method is not allowed: <https://www.volcengine.com/docs/6448/76370>
    rule("MethodNotAllowed", Unexpected),
    // > Request is missing Authentication Token
    rule("MissingAuthenticationToken", Unexpected),
    // > The request is missing %s parameter.
    rule("MissingParameter", Unexpected),
    // Whatever else is missing.
    rule("MissingParameter.*", Unexpected),
    // > The required parameter KeyPairName is not supplied.
    rule("MissingParameter.KeyPairName", Unexpected),
    // > The required parameter PublicKey is not supplied.
    rule("MissingParameter.PublicKey", Unexpected),
    // > The request is missing %s information.
    rule("MissingRequestInfo", Unexpected),
    // > The request is missing signature.
    rule("MissingSignature", Unexpected),
    // > The specified operation is denied as your resource is locked for another operation.
    rule("OperationDenied.ResourceLocked", Unavailable),
    // The role that is to be assumed.
    rule("RoleNotExist", CredentialsInvalid),
    // The access service failed.
    rule("ServiceFailure", Unavailable),
    // > This service[%s] not found.
    rule("ServiceNotFound", Unexpected),
    // A service credential may call its own service only; the sentence begins `The service(%s)
    // should`.
    rule("ServiceShouldCallSelfApi", PermissionDenied),
    // The gateway keeps requests from a failing service:
    // <https://www.volcengine.com/docs/6448/76370>
    rule("ServiceUnavailableTemp", Unavailable),
    // > The session-toke is invalid.
    rule("SessionTokenInvalid", CredentialsRejected),
    // > The request signature we calculated does not match the signature you provided. Check your
    // > Secret Access Key and signing method. Consult the service documentation for details.
    rule("SignatureDoesNotMatch", CredentialsRejected),
];
