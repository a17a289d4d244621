//! Services that hand out credentials, as data: where they are, how they are asked, and what their responses call the
//! parts of a credential.
#![expect(missing_docs, reason = "a field without a comment is described by its name")]

use crate::sign::{Credential, Signed, Stamp};
use crate::wire::Request;

/// What a place calls the parts of a credential.
#[derive(Clone, Copy, Debug)]
pub struct KeyFields {
    pub id: &'static str,
    pub secret: &'static str,
    pub token: Option<&'static str>,
    /// When it expires (RFC 3339); the first field that is there counts.
    pub expiration: &'static [&'static str],
}

impl KeyFields {
    pub const fn new(id: &'static str, secret: &'static str, token: &'static str) -> Self {
        Self { id, secret, token: Some(token), expiration: &[] }
    }

    /// Returns the names of id, secret and session token.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        [Some(self.id), Some(self.secret), self.token].into_iter().flatten()
    }
}

/// Where one setting comes from.
#[derive(Clone, Copy, Debug)]
pub enum Setting {
    /// A field of the profile.
    Field(&'static str),
    /// An environment variable.
    Env(&'static str),
}

impl Setting {
    /// Returns what messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(name) | Self::Env(name) => name,
        }
    }
}

/// A security token service, which exchanges a key or an OIDC token for a role's temporary credential.
#[derive(Debug)]
pub struct Sts {
    /// The host, unless an endpoint or a region is set.
    pub host: &'static str,
    pub regional: Option<RegionalSts>,
    /// The query of every request, after the action.
    pub query: &'static [(&'static str, &'static str)],
    /// The parameter that names the role.
    pub role_parameter: &'static str,
    /// The parameter that names the identity provider.
    pub provider_parameter: &'static str,
    pub sign: fn(Request, &Credential, &Stamp) -> Signed,
    /// Adds what a request carries that is not signed.
    pub stamp: fn(Request, &Stamp) -> Request,
    /// The objects of a response that hold the credential, from the outside in.
    pub credentials_path: &'static [&'static str],
    pub fields: &'static KeyFields,
}

/// How the host of a region's security token service is chosen.
#[derive(Debug)]
pub struct RegionalSts {
    pub region: &'static [Setting],
    /// Whether the host inside the private network is meant.
    pub vpc: &'static [Setting],
    /// Makes the host from the two.
    pub host: fn(&str, bool) -> String,
}

/// An instance metadata service.
#[derive(Debug)]
pub struct Imds {
    /// The host, which is asked over plain HTTP.
    pub host: &'static str,
    /// The variable that disables it.
    pub disable_env: Option<&'static str>,
    /// The variable that names the role.
    pub role_env: Option<&'static str>,
    pub protocol: ImdsProtocol,
    pub fields: &'static KeyFields,
}

/// How an instance metadata service is asked.
#[derive(Debug)]
pub enum ImdsProtocol {
    /// For a token, for the roles, and for the credential of the first.
    Roles(ImdsRoles),
    /// At one path for the credential, which may be in an object of the response.
    Direct { path: &'static str, object: &'static str },
}

/// An instance metadata service that lists roles.
#[derive(Debug)]
pub struct ImdsRoles {
    /// The header that asks for a token of so many seconds, and the header that carries it.
    pub token_headers: (&'static str, &'static str),
    /// The variable that forbids version 1 of the service, which has no token; `None` where there is no version 1.
    pub v1_disable_env: Option<&'static str>,
    /// The path of the list; the credential of a role is below it.
    pub path: &'static str,
    /// The query of the list.
    pub query: &'static [(&'static str, &'static str)],
}
