//! What Volcengine's codes mean. Kept by code: the pages differ on statuses, and some refusals come with 200.
//!
//! - ECS, `ImportKeyPair`: <https://www.volcengine.com/docs/6396/120444>
//! - the gateway (page of 2023-03-31): <https://www.volcengine.com/docs/6408/78947>, with more codes in
//!   <https://www.volcengine.com/docs/6448/76370> and <https://www.volcengine.com/docs/6369/68677>
//! - the same gateway abroad: <https://docs.byteplus.com/byteplus-platform/reference/common-error-codes>
//!
//! ECS makes further codes, `Invalid<field>.Malformed` with 400, whose status says what they are:
//! <https://www.volcengine.com/docs/6396/70462>

use crate::error::ErrorKind::{
    ClockSkew, CredentialsExpired, CredentialsRejected, KeyRefused, NameRefused, NameTaken,
    PermissionDenied, QuotaExceeded, Throttled, Unavailable, Unexpected, ValueRefused,
};
use crate::error::{Row, row, row_saying};

/// Every code that is known, sorted.
pub(super) const FAULTS: &[Row] = &[
    // > User is not authorized to perform: %s on resource: %s.
    row("AccessDenied", PermissionDenied),
    // More requests than an account may send: <https://www.volcengine.com/docs/6396/1253687>
    row("AccountFlowLimitExceeded", Throttled),
    // > The Account '%v' is not verified.
    row("AccountNotVerified", PermissionDenied),
    // The gateway does not reach the service: <https://www.volcengine.com/docs/6448/76370>
    row("FailToConnect", Unavailable),
    // More requests than the basic rate allows: <https://www.volcengine.com/docs/6448/76370>
    row("FlowLimitExceeded", Throttled),
    // > The request uses the same client token as a previous, but non-identical request. Do not
    // > reuse a client token with different requests, unless the requests are identical.
    // A token of ours belongs to one import and never changes.
    row("IdempotentParameterMismatch", Unexpected),
    // > The request uses the same client token as a previous one that is still in process.
    // The earlier attempt is still at work: its outcome is not known yet.
    row("IdempotentProcessing", Unavailable),
    // > The inner request should have account info
    row("InnerApiNeedAccountInfo", PermissionDenied),
    // > An internal error has occurred.
    row("InternalError", Unavailable),
    // The service failed behind the gateway: <https://www.volcengine.com/docs/6448/76370>
    row("InternalServiceError", Unavailable),
    // The service took too long for the gateway: <https://www.volcengine.com/docs/6448/76370>
    row("InternalServiceTimeout", Unavailable),
    // > The accesskey [%s] included in the request is invalid.
    row("InvalidAccessKey", CredentialsRejected),
    // > Could not find operation %s for version %s.
    row("InvalidActionOrVersion", Unexpected),
    // On the page of `DescribeRegions`, <https://www.volcengine.com/docs/6396/1053194>.
    row("InvalidArgument", ValueRefused),
    // > Invalid 'Authorization' header, Pls check authorization header.
    row("InvalidAuthorization", Unexpected),
    // > The specified ClientToken is malformed.
    row("InvalidClientToken.Malformed", ValueRefused),
    // An older name of `InvalidAccessKey`: <https://www.volcengine.com/docs/6448/76370>
    row("InvalidClientTokenId", CredentialsRejected),
    // > Invalid credential in 'Authorization', Pls check credential in authorization header.
    row("InvalidCredential", CredentialsRejected),
    // > The specified KeyPairDescription is malformed.
    row("InvalidKeyPairDescription.Malformed", ValueRefused),
    // > The specified KeyPairName already exists.
    row("InvalidKeyPairName.Conflict", NameTaken),
    // > The specified KeyPairName is malformed.
    row("InvalidKeyPairName.Malformed", NameRefused),
    // > The specified KeyPairPublicKey is malformed.
    row("InvalidKeyPairPublicKey.Malformed", KeyRefused),
    // > The specified Project does not exist.
    row("InvalidProject.NotFound", ValueRefused),
    // > Invalid secret token, msg: %s.
    row("InvalidSecretToken", CredentialsRejected),
    // The page says that the message tells a wrong signature, an expiry and more.
    row_saying("InvalidSecretToken", "expire", CredentialsExpired),
    // > The Signature of the request is expired
    row("InvalidTimestamp", ClockSkew),
    // > Request was rejected because of lack of policy.
    row("LackPolicy", PermissionDenied),
    // > Request was rejected because of lack of project policy.
    row("LackProjectPolicy", PermissionDenied),
    // > You've reached the limit on the number of KeyPairs that you can create.
    row("LimitExceeded.MaximumKeyPairs", QuotaExceeded),
    // The HTTP method is not allowed: <https://www.volcengine.com/docs/6448/76370>
    row("MethodNotAllowed", Unexpected),
    // > Request is missing Authentication Token
    row("MissingAuthenticationToken", Unexpected),
    // > The request is missing %s parameter.
    row("MissingParameter", Unexpected),
    // Whatever else is missing.
    row("MissingParameter.*", Unexpected),
    // > The required parameter KeyPairName is not supplied.
    row("MissingParameter.KeyPairName", Unexpected),
    // > The required parameter PublicKey is not supplied.
    row("MissingParameter.PublicKey", Unexpected),
    // > The request is missing %s information.
    row("MissingRequestInfo", Unexpected),
    // > The request is missing signature.
    row("MissingSignature", Unexpected),
    // > The specified operation is denied as your resource is locked for another operation.
    row("OperationDenied.ResourceLocked", Unavailable),
    // > This service[%s] not found.
    row("ServiceNotFound", Unexpected),
    // A service credential may call its own service only; the sentence begins `The service(%s)
    // should`.
    row("ServiceShouldCallSelfApi", PermissionDenied),
    // The gateway keeps requests from a failing service:
    // <https://www.volcengine.com/docs/6448/76370>
    row("ServiceUnavailableTemp", Unavailable),
    // > The request signature we calculated does not match the signature you provided. Check your
    // > Secret Access Key and signing method. Consult the service documentation for details.
    row("SignatureDoesNotMatch", CredentialsRejected),
];
