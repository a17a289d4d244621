//! Services that hand out credentials, as data: where they are, how they are asked, and what their responses call the
//! parts of a credential.
#![expect(missing_docs, reason = "a field without a comment is described by its name")]

use crate::encode;
use crate::phrase::Phrase;
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::Request;

/// What a place calls the parts of a credential.
#[derive(Clone, Copy, Debug)]
pub struct KeyFields {
    pub id: &'static str,
    pub secret: &'static str,
    pub token: Option<&'static str>,
    /// An older name of the session token, which counts first.
    pub older_token: Option<&'static str>,
    /// When it expires (RFC 3339 or Unix time); the first field that is there counts.
    pub expiration: &'static [&'static str],
}

impl KeyFields {
    pub const fn new(id: &'static str, secret: &'static str, token: &'static str) -> Self {
        Self { id, secret, token: Some(token), older_token: None, expiration: &[] }
    }

    /// A key that has no session token.
    pub const fn permanent(id: &'static str, secret: &'static str) -> Self {
        Self { token: None, ..Self::new(id, secret, "") }
    }

    /// Returns the names of id, secret and session token.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        [Some(self.id), Some(self.secret), self.token, self.older_token].into_iter().flatten()
    }
}

/// Where one setting comes from.
#[derive(Clone, Copy, Debug)]
pub enum Setting {
    /// A field of the profile.
    Field(&'static str),
    /// An environment variable.
    Env(&'static str),
    /// The region that the run is for.
    Region,
}

impl Setting {
    /// Returns what messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(name) | Self::Env(name) => name,
            Self::Region => "region",
        }
    }
}

/// A security token service, which exchanges a key or an OIDC token for a role's temporary credential.
#[derive(Debug)]
pub struct Sts {
    /// The host, unless an endpoint or a region is set.
    pub host: &'static str,
    pub regional: Option<RegionalSts>,
    pub protocol: StsProtocol,
    /// Parameters of every request, after the action.
    pub query: &'static [(&'static str, &'static str)],
    /// The parameter that names the role.
    pub role_parameter: &'static str,
    /// The parameter that names the identity provider, where the service asks for it.
    pub provider_parameter: Option<&'static str>,
    /// The action that takes an OIDC token, and the parameter of the token.
    pub oidc: (&'static str, &'static str),
    /// Signs a request to the service of a region; the region is empty for the central one.
    pub sign: fn(Request, &Credential, &Stamp, &str) -> Signed,
    /// Completes a request that is not signed: the parameters, the OIDC token among them, go into its body.
    pub unsigned: fn(Request, &[(String, String)], &Stamp) -> Request,
    /// The variable that disables the settings of an endpoint.
    pub ignore_endpoint_env: Option<&'static str>,
    /// The objects of a response that hold the credential, from the outside in; of XML the last one, wherever it is.
    pub credentials_path: &'static [&'static str],
    pub fields: &'static KeyFields,
}

/// How a security token service is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StsProtocol {
    /// With parameters in the query, but for what goes with an OIDC token; responses are JSON.
    Json,
    /// With all parameters in the body; responses are XML.
    Xml,
}

/// Writes parameters as a form.
pub(super) fn form(request: Request, parameters: &[(String, String)]) -> Request {
    let body = encode::query(parameters).into_bytes();
    Request { body, ..request.header("content-type", "application/x-www-form-urlencoded") }
}

/// How the host of a region's security token service is chosen.
#[derive(Debug)]
pub struct RegionalSts {
    pub region: &'static [Setting],
    /// The parameter that names the region too.
    pub parameter: Option<&'static str>,
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
    pub endpoint: Option<&'static ImdsEndpoint>,
    /// The variable that disables it.
    pub disable_env: Option<&'static str>,
    /// The variable that names the role.
    pub role_env: Option<&'static str>,
    pub protocol: ImdsProtocol,
    pub fields: &'static KeyFields,
}

/// How another address of an instance metadata service is set.
#[derive(Debug)]
pub struct ImdsEndpoint {
    /// The variable that holds the address.
    pub env: &'static str,
    /// The variable that is `IPv4` or `IPv6`, where no address is set.
    pub mode_env: &'static str,
    pub ipv6_host: &'static str,
}

/// How an instance metadata service is asked.
#[derive(Debug)]
pub enum ImdsProtocol {
    /// For a token where there is one, for the roles, and for the credential of the first.
    Roles(ImdsRoles),
    /// At one path for the credential, which may be in an object of the response.
    Direct { path: &'static str, object: &'static str },
}

/// An instance metadata service that lists roles.
#[derive(Debug)]
pub struct ImdsRoles {
    /// The header that asks for a token of so many seconds, and the header that carries it; `None` where there is no
    /// token.
    pub token_headers: Option<(&'static str, &'static str)>,
    /// The variable that forbids version 1 of the service, which has no token; `None` where there is no version 1.
    pub v1_disable_env: Option<&'static str>,
    /// HTTP statuses of the request for a token after which version 1 is used. When empty, any failure leads to it, one
    /// with a token too.
    pub v1_statuses: &'static [u16],
    /// The path of the list; the credential of a role is below it.
    pub path: &'static str,
    /// The query of the list.
    pub query: &'static [(&'static str, &'static str)],
}

/// The service that hands a container the credential of its role.
#[derive(Debug)]
pub struct Container {
    /// The variable that holds a path at the host.
    pub path_env: &'static str,
    pub host: &'static str,
    /// The variable that holds a whole address.
    pub uri_env: &'static str,
    /// Hosts other than loopback that may be asked over plain HTTP.
    pub plain_hosts: &'static [&'static str],
    /// The variable that names the file of the `authorization` header, which is read each time.
    pub token_file_env: &'static str,
    /// The variable that holds the `authorization` header.
    pub token_env: &'static str,
    pub fields: &'static KeyFields,
}

/// A portal that exchanges the token of a login for the credential of a role.
#[derive(Debug)]
pub struct SsoPortal {
    pub account: &'static str,
    pub role: &'static str,
    /// The field that names a section with the two settings below.
    pub session: &'static str,
    /// What the name of that section begins with.
    pub section: &'static str,
    pub start_url: &'static str,
    pub region: &'static str,
    /// The folder of the tokens, below the home directory; a file is named by the SHA-1 of the session's name, or of the
    /// start URL where there is none.
    pub folder: &'static str,
    /// Makes the host of a region.
    pub host: fn(&str) -> String,
    pub path: &'static str,
    /// Query parameters of account and role.
    pub parameters: (&'static str, &'static str),
    /// The header that carries the token.
    pub header: &'static str,
    /// The object of the response that holds the credential.
    pub object: &'static str,
    pub fields: KeyFields,
    /// The field of that object with the Unix time at which the credential expires.
    pub expiration: &'static str,
    /// How to log in again, by the name of the profile.
    pub hint: fn(&str) -> Phrase,
}
