//! The accounts that tests sign with: the sandbox's own owner, and others that only tests add.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use keyimport::sandbox::{self, Account, Rights, Sandbox};

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

/// Returns the identities of a provider by its id.
pub fn identities(provider: &str) -> Option<&'static Identities> {
    match provider {
        "aliyun" => Some(&ALIYUN),
        "volcengine" => Some(&VOLCENGINE),
        "baidu" => Some(&BAIDU),
        _ => None,
    }
}

/// Makes a sandbox whose clouds know all identities of [`identities`].
pub fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for provider in ["aliyun", "volcengine", "baidu"] {
        for account in accounts(provider).into_iter().skip(1) {
            sandbox.add_account(provider, account);
        }
    }
    sandbox
}

/// Returns the accounts of a provider's identities, the owner first.
pub fn accounts(provider: &str) -> [Account; 4] {
    let Identities { owner, temporary, expired, unauthorized } = identities(provider).unwrap();
    let account = |of: &Identity| Account::new(of.id, of.secret, of.token);
    [
        account(owner),
        account(temporary),
        Account { expires: Some(DateTime::<Utc>::UNIX_EPOCH), ..account(expired) },
        Account { rights: Rights::None, ..account(unauthorized) },
    ]
}

fn owner(provider: &str) -> Identity {
    let owner = sandbox::owner(provider).unwrap();
    permanent(owner.id, owner.secret)
}

fn permanent(id: &'static str, secret: &'static str) -> Identity {
    Identity { id, secret, token: None }
}

fn temporary(id: &'static str, secret: &'static str, token: &'static str) -> Identity {
    Identity { id, secret, token: Some(token) }
}
