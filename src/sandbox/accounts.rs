//! The accounts of a cloud: made-up access keys, which give access to nothing else.

use std::fmt;

use chrono::{DateTime, Utc};

/// The access key that `--sandbox` signs with. `Debug` shows its id only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The access key id.
    pub id: &'static str,
    /// The access key secret.
    pub secret: &'static str,
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything.
    All,
    /// Nothing.
    None,
}

/// An account with its access key. `Debug` shows the access key id only.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The access key id.
    pub id: String,
    /// The access key secret.
    pub secret: String,
    /// The session token, without which a temporary access key is not valid.
    pub token: Option<String>,
    /// When the session token expires.
    pub expires: Option<DateTime<Utc>>,
    /// What the account may do.
    pub rights: Rights,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Account {
    /// Makes an account that may do everything and does not expire.
    pub fn new(id: &str, secret: &str, token: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: token.map(str::to_owned),
            expires: None,
            rights: Rights::All,
        }
    }

    /// Returns whether the session token has expired.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
}

/// The accounts of a cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts(Vec<Account>);

impl Accounts {
    /// Adds an account.
    pub fn add(&mut self, account: Account) {
        self.0.push(account);
    }

    /// Returns the account with an access key id.
    pub fn find(&self, id: &str) -> Option<&Account> {
        self.0.iter().find(|account| account.id == id)
    }
}
