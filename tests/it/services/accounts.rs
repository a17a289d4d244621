//! The accounts that tests sign with: the sandbox's own owner, and others that only tests add.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use keyimport::sandbox::{self, Account, RawRequest, Sandbox};
use keyimport::wire::Response;
use serde_json::{Value, json};

/// A made-up identity.
#[derive(Clone, Copy)]
pub struct Identity {
    pub id: &'static str,
    pub secret: &'static str,
    pub token: Option<&'static str>,
}

/// The identities of one cloud.
#[derive(Clone, Copy)]
pub struct Identities {
    /// May do everything; the identity that `--sandbox` signs with.
    pub owner: Identity,
    /// May do everything, with a session token that does not expire.
    pub temporary: Identity,
    /// Has a session token that expired long ago.
    pub expired: Identity,
    /// Is known and may do nothing.
    pub unauthorized: Identity,
}

pub static ALIYUN: LazyLock<Identities> = LazyLock::new(|| Identities {
    owner: owner("aliyun"),
    temporary: temporary(
        "STS.SandboxTemporary",
        "sandbox-aliyun-temporary-secret",
        "CAISsandbox/aliyun+temporary&token~==",
    ),
    expired: temporary(
        "STS.SandboxExpired",
        "sandbox-aliyun-expired-secret",
        "CAISsandbox/aliyun+expired&token~==",
    ),
    unauthorized: permanent("LTAI5tSandboxPowerless", "sandbox-aliyun-unauthorized-secret"),
});

pub static VOLCENGINE: LazyLock<Identities> = LazyLock::new(|| Identities {
    owner: owner("volcengine"),
    temporary: temporary(
        "AKTPSandboxTemporary",
        "c2FuZGJveC12b2xjZW5naW5lLXRlbXBvcmFyeQ==",
        "STSsandbox.volcengine+temporary/token==",
    ),
    expired: temporary(
        "AKTPSandboxExpired",
        "c2FuZGJveC12b2xjZW5naW5lLWV4cGlyZWQ==",
        "STSsandbox.volcengine+expired/token==",
    ),
    unauthorized: permanent("AKLTSandboxPowerless", "c2FuZGJveC12b2xjZW5naW5lLXBvd2VybGVzcw=="),
});

pub static BAIDU: LazyLock<Identities> = LazyLock::new(|| Identities {
    owner: owner("baidu"),
    temporary: temporary(
        "sandbox000000000000000temporary0",
        "sandbox00000baidu0temp0secret000",
        "sandbox+baidu/temporary|token==",
    ),
    expired: temporary(
        "sandbox00000000000000000expired0",
        "sandbox00baidu0expired0secret000",
        "sandbox+baidu/expired|token==",
    ),
    unauthorized: permanent("sandbox000000000000000powerless0", "sandbox0baidu0powerless0secret00"),
});

pub static AWS: LazyLock<Identities> = LazyLock::new(|| Identities {
    owner: owner("aws"),
    temporary: temporary(
        "ASIASANDBOXTEMPORARY",
        "sandbox/aws+temporary/secret000000000000",
        "IQoJsandbox/aws+temporary//token==",
    ),
    expired: temporary(
        "ASIASANDBOXEXPIRED00",
        "sandbox/aws+expired/secret00000000000000",
        "IQoJsandbox/aws+expired//token==",
    ),
    unauthorized: permanent("AKIASANDBOXPOWERLESS", "sandbox/aws+powerless/secret000000000000"),
});

pub static TENCENT: LazyLock<Identities> = LazyLock::new(|| Identities {
    owner: owner("tencent"),
    temporary: temporary(
        "AKIDSandboxTemporary0000000000000000",
        "sandboxTencentTemporarySecret000",
        "sandbox-tencent/temporary+token~*==",
    ),
    expired: temporary(
        "AKIDSandboxExpired000000000000000000",
        "sandboxTencentExpiredSecret00000",
        "sandbox-tencent/expired+token~*==",
    ),
    unauthorized: permanent(
        "AKIDSandboxPowerless0000000000000000",
        "sandboxTencentPowerlessSecret000",
    ),
});

/// Returns the identities of a provider by its id.
pub fn identities(provider: &str) -> Option<&'static Identities> {
    match provider {
        "aliyun" => Some(&ALIYUN),
        "volcengine" => Some(&VOLCENGINE),
        "baidu" => Some(&BAIDU),
        "aws" => Some(&AWS),
        "tencent" => Some(&TENCENT),
        _ => None,
    }
}

/// Makes a sandbox whose clouds know all identities of [`identities`].
pub fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::default();
    for provider in crate::cloud_ids() {
        sandbox.accounts.insert(provider, accounts(provider).to_vec());
    }
    sandbox
}

/// Returns the accounts of a provider's identities, the owner first.
pub fn accounts(provider: &str) -> [Account; 4] {
    let Identities { owner, temporary, expired, unauthorized } = identities(provider).unwrap();
    [owner, temporary, expired, unauthorized].map(|of| account(of.id, of.secret, of.token))
}

/// Makes an account.
pub fn account(id: &str, secret: &str, token: Option<&str>) -> Account {
    Account {
        id: id.to_owned().into(),
        secret: secret.to_owned().into(),
        token: token.map(str::to_owned),
    }
}

/// Returns whether a request is signed with an access key.
pub fn is_signed_by(request: &RawRequest, id: &str) -> bool {
    let authorization = request.header("authorization").unwrap_or_default();
    authorization.contains(id) || request.target.contains(id)
}

/// An account that is refused even though its signature is good, of which the sandbox knows nothing.
pub struct Limit {
    pub provider: &'static str,
    pub id: String,
    /// When its session token expires; without it the account has no rights.
    pub end: Option<DateTime<Utc>>,
}

/// Returns the limits of the identities.
pub fn limits() -> Vec<Limit> {
    let of = |provider| {
        let Identities { expired, unauthorized, .. } = identities(provider).unwrap();
        let limit = |id: &str, end| Limit { provider, id: id.to_owned(), end };
        [limit(expired.id, Some(DateTime::UNIX_EPOCH)), limit(unauthorized.id, None)]
    };
    crate::cloud_ids().flat_map(of).collect()
}

/// Responds as the clouds do: what the sandbox would accept is refused if the account has a limit.
pub fn respond(
    sandbox: &mut Sandbox,
    limits: &[Limit],
    request: &RawRequest,
    now: DateTime<Utc>,
) -> Response {
    let before = sandbox.store.clone();
    let response = sandbox.respond(request, now);
    let is_over =
        |limit: &&Limit| limit.end.is_none_or(|end| end <= now) && is_signed_by(request, &limit.id);
    match limits.iter().find(is_over) {
        Some(limit) if response.status == 200 => {
            sandbox.store = before;
            refused(limit, response)
        }
        _ => response,
    }
}

/// Turns a success into the error response of a cloud.
fn refused(limit: &Limit, success: Response) -> Response {
    if limit.provider == "aws" {
        let (status, code) = if limit.end.is_some() {
            (400, "ExpiredToken")
        } else {
            (403, "UnauthorizedOperation")
        };
        let error = format!("<Error><Code>{code}</Code><Message>Refused.</Message></Error>");
        let body = format!("<Response><Errors>{error}</Errors></Response>");
        return Response { headers: success.headers, ..super::text(status, body) };
    }
    let body: Value = serde_json::from_slice(&success.body).unwrap();
    let (status, code, message) = match (limit.provider, limit.end.is_some()) {
        ("aliyun", true) => (400, "InvalidSecurityToken.Expired", "The token is expired."),
        ("aliyun", false) => (403, "Forbidden.RAM", "User not authorized."),
        ("volcengine", true) => (401, "InvalidSecretToken", "The security token has expired."),
        ("volcengine", false) => (403, "AccessDenied", "User is not authorized."),
        ("tencent", true) => (200, "AuthFailure.TokenFailure", "Token error."),
        ("tencent", false) => (200, "UnauthorizedOperation", "Not authorized."),
        (_, true) => (403, "IamSignatureInvalid", "Fail to authn user: Security token is expired"),
        (_, false) => (403, "AccessDenied", "Access denied."),
    };
    let body = match limit.provider {
        "aliyun" => json!({"Code": code, "Message": message, "RequestId": body["RequestId"]}),
        "volcengine" => {
            let mut metadata = body["ResponseMetadata"].clone();
            metadata["Error"] = json!({"Code": code, "Message": message});
            json!({"ResponseMetadata": metadata})
        }
        "tencent" => json!({"Response": {
            "Error": {"Code": code, "Message": message},
            "RequestId": body["Response"]["RequestId"],
        }}),
        _ => json!({"code": code, "message": message}),
    };
    Response { headers: success.headers, ..super::json(status, &body) }
}

fn owner(provider: &str) -> Identity {
    let owner = sandbox::owner(provider).unwrap();
    permanent(&owner.id, &owner.secret)
}

fn permanent(id: &'static str, secret: &'static str) -> Identity {
    Identity { id, secret, token: None }
}

fn temporary(id: &'static str, secret: &'static str, token: &'static str) -> Identity {
    Identity { id, secret, token: Some(token) }
}
