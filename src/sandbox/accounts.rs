//! Who the clouds of the sandbox know: made-up identities, fixed so that a rehearsal can use them.

use std::fmt;

use chrono::{DateTime, Utc};

/// A made-up identity. `Debug` shows its id alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The access key id.
    pub id: &'static str,
    /// The access key secret, which opens nothing.
    pub secret: &'static str,
    /// The session token of a temporary identity.
    pub token: Option<&'static str>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The identities that a cloud of the sandbox knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identities {
    /// May do everything.
    pub owner: Identity,
    /// May do everything, with a session token that does not end.
    pub temporary: Identity,
    /// Has a session token that ended long ago.
    pub expired: Identity,
    /// Is known and may do nothing.
    pub unauthorized: Identity,
}

/// The identities of Alibaba Cloud in the sandbox.
pub const ALIYUN: Identities = Identities {
    owner: permanent("LTAI5tSandboxOwner", "sandbox-aliyun-owner-secret"),
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
};

/// The identities of Volcengine in the sandbox.
pub const VOLCENGINE: Identities = Identities {
    owner: permanent("AKLTSandboxOwner", "c2FuZGJveC12b2xjZW5naW5lLW93bmVy=="),
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
};

/// The identities of Baidu AI Cloud in the sandbox.
pub const BAIDU: Identities = Identities {
    owner: permanent("sandbox0000000000000000000owner0", "sandbox000000000000baidu0secret0"),
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
};

/// Returns the identities of a cloud by its name: `aliyun`, `volcengine` or `baidu`.
pub fn identities(cloud: &str) -> Option<&'static Identities> {
    match cloud {
        "aliyun" => Some(&ALIYUN),
        "volcengine" => Some(&VOLCENGINE),
        "baidu" => Some(&BAIDU),
        _ => None,
    }
}

const fn permanent(id: &'static str, secret: &'static str) -> Identity {
    Identity { id, secret, token: None }
}

const fn temporary(id: &'static str, secret: &'static str, token: &'static str) -> Identity {
    Identity { id, secret, token: Some(token) }
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything.
    All,
    /// Nothing.
    None,
}

/// An account as a verifier sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The access key id.
    pub id: String,
    /// The access key secret.
    pub secret: String,
    /// The session token without which the id is not taken.
    pub token: Option<String>,
    /// When the session token ends.
    pub ends: Option<DateTime<Utc>>,
    /// What the account may do.
    pub rights: Rights,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Account {
    /// Makes an account that may do everything and does not end.
    pub fn new(id: &str, secret: &str, token: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: token.map(str::to_owned),
            ends: None,
            rights: Rights::All,
        }
    }

    /// Tells whether the session token has ended.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ends.is_some_and(|end| end <= now)
    }
}

/// The accounts of a cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts(Vec<Account>);

impl Accounts {
    /// Makes a list of accounts.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        Self(accounts.into_iter().collect())
    }

    /// Finds an account by its access key id.
    pub fn find(&self, id: &str) -> Option<&Account> {
        self.0.iter().find(|account| account.id == id)
    }

    /// Issues a temporary account, as token services do. The number makes it different from all others.
    pub(super) fn issue(
        &mut self,
        (id, token): (&str, &str),
        number: u64,
        ends: DateTime<Utc>,
    ) -> Account {
        let account = Account {
            id: format!("{id}{number:012}"),
            secret: format!("sandbox-issued-secret-{number:012}"),
            token: Some(format!("{token}issued+{number:012}/token==")),
            ends: Some(ends),
            rights: Rights::All,
        };
        self.0.push(account.clone());
        account
    }
}

impl From<&Identities> for Accounts {
    fn from(known: &Identities) -> Self {
        let account = |of: &Identity| Account::new(of.id, of.secret, of.token);
        let expired =
            Account { ends: Some(DateTime::<Utc>::UNIX_EPOCH), ..account(&known.expired) };
        let unauthorized = Account { rights: Rights::None, ..account(&known.unauthorized) };
        Self(vec![account(&known.owner), account(&known.temporary), expired, unauthorized])
    }
}
