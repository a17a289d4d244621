//! The services that hand out temporary credentials, as data: security token services and instance metadata.

use crate::sign::{Credential, Signed, Stamp};
use crate::wire::Request;

/// What a place calls access key id, access key secret and session token.
#[derive(Clone, Copy, Debug)]
pub struct KeyFields {
    /// The access key id.
    pub id: &'static str,
    /// The access key secret.
    pub secret: &'static str,
    /// The session token, where the place has one.
    pub token: Option<&'static str>,
}

impl KeyFields {
    /// Makes the names of a place that has all three.
    pub const fn new(id: &'static str, secret: &'static str, token: &'static str) -> Self {
        Self { id, secret, token: Some(token) }
    }
}

/// What a response calls a temporary credential.
#[derive(Clone, Copy, Debug)]
pub struct TemporaryFields {
    /// Its parts.
    pub key: KeyFields,
    /// When it expires (RFC 3339); the first field that is there counts.
    pub expiration: &'static [&'static str],
}

/// Where one setting comes from.
#[derive(Clone, Copy, Debug)]
pub enum Setting {
    /// A field of the profile.
    Field(&'static str),
    /// An environment variable.
    Env(&'static str),
}

/// A security token service, which exchanges a key or an OIDC token for a role's temporary credential.
#[derive(Debug)]
pub struct Sts {
    /// The host, unless an endpoint or a region is set.
    pub host: &'static str,
    /// The hosts of regions, where there are any.
    pub regional: Option<RegionalSts>,
    /// The query of every request, after the action.
    pub query: &'static [(&'static str, &'static str)],
    /// The parameter that names the role.
    pub role_parameter: &'static str,
    /// The parameter that names the identity provider.
    pub provider_parameter: &'static str,
    /// Signs a request.
    pub sign: fn(Request, &Credential, &Stamp) -> Signed,
    /// Adds what a request carries that is not signed.
    pub stamp: fn(Request, &Stamp) -> Request,
    /// The objects of a response in which the credential lies, from the outside in.
    pub credentials_path: &'static [&'static str],
    /// What a response calls the credential.
    pub fields: &'static TemporaryFields,
}

/// How the host of a region's security token service is chosen.
#[derive(Debug)]
pub struct RegionalSts {
    /// The region.
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
    /// The environment variable that disables it.
    pub disable_env: Option<&'static str>,
    /// How it is asked.
    pub protocol: ImdsProtocol,
    /// What a response calls the credential.
    pub fields: &'static TemporaryFields,
}

/// How an instance metadata service is asked.
#[derive(Debug)]
pub enum ImdsProtocol {
    /// For a token, for the roles, and for the credential of the first.
    Roles(ImdsRoles),
    /// At one path for the credential.
    Direct {
        /// The path.
        path: &'static str,
        /// The object of the response in which the credential may lie.
        object: &'static str,
    },
}

/// An instance metadata service that lists roles.
#[derive(Debug)]
pub struct ImdsRoles {
    /// The environment variable that names the role.
    pub role_env: &'static str,
    /// The header that asks for a token of so many seconds, and the header that carries it.
    pub token_headers: (&'static str, &'static str),
    /// The environment variable that forbids version 1 of the service, which has no token; `None` where there is
    /// no version 1.
    pub v1_disable_env: Option<&'static str>,
    /// The path of the list; the credential of a role lies below.
    pub path: &'static str,
    /// The query of the list.
    pub query: &'static [(&'static str, &'static str)],
}
