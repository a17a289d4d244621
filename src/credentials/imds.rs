//! Instance metadata: the service of a machine hands out the credential of the machine's role.

use zeroize::Zeroizing;

use super::access_key::{self, is_header_safe};
use super::context::{Context, Found, Service, at, invalid};
use super::credentials_uri;
use super::display;
use super::env::{is_on, variable};
use super::fields::Fields;
use crate::error::{Detail, Error, ErrorKind};
use crate::phrase::{Phrase, phrase};
use crate::ports::System;
use crate::provider::by_status;
use crate::provider::credential_spec::{Imds, ImdsEndpoint, ImdsProtocol, ImdsRoles};
use crate::redact::Redactor;
use crate::sign::{Credential, Signed};
use crate::wire::{Origin, Request, Response};

/// The variable that disables the instance metadata of every provider: not every provider has a variable of
/// its own, and another one may use the same address.
const DISABLE_ENV: &str = "KEYIMPORT_METADATA_DISABLED";

/// What messages call the credential of the machine.
const ROLE: &str = "the instance role";

/// How long a token is asked for, in seconds; the services grant this much.
const TOKEN_SECONDS: &str = "21600";

/// Asks the service as the last source. A machine without one, or without a role, is nothing special, unless
/// a variable names the role.
pub(super) async fn find(imds: &Imds, ctx: &Context<'_>) -> Result<Option<Found>, Error> {
    if let Some(name) = disabled_by(imds, ctx.system) {
        ctx.tried.add(Detail::tried(ROLE, phrase!("is disabled by `{}`", name)));
        return Ok(None);
    }
    if let Some(role) = named_role(imds, ctx.system)? {
        return fetch(imds, Some(&role), Service::Metadata, ctx).await.map(Some);
    }
    match fetch(imds, None, Service::MetadataProbe, ctx).await {
        Err(error) if error.kind() == ErrorKind::NoCredentials => {
            ctx.tried.add(Detail::tried(ROLE, phrase!("is not available: {}", error.headline())));
            Ok(None)
        }
        found => found.map(Some),
    }
}

/// Gets the credential for a profile that says that it is the machine's.
pub(super) async fn fetch_role(
    imds: &Imds,
    role: Option<&str>,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    if let Some(name) = disabled_by(imds, ctx.system) {
        return Err(invalid(phrase!("{} is disabled by `{}`", ROLE, name)));
    }
    let named = named_role(imds, ctx.system)?;
    let role = role.or(named.as_deref().map(String::as_str));
    fetch(imds, role, Service::Metadata, ctx).await.map(|found| found.credential)
}

/// Returns the role that a variable names.
fn named_role(imds: &Imds, system: &dyn System) -> Result<Option<Zeroizing<String>>, Error> {
    imds.role_env.map_or(Ok(None), |name| variable(system, name))
}

/// Returns the variable that disables the service, if one does.
fn disabled_by(imds: &Imds, system: &dyn System) -> Option<&'static str> {
    let names = [Some(DISABLE_ENV), imds.disable_env];
    names.into_iter().flatten().find(|name| is_on(system, name))
}

async fn fetch(
    imds: &Imds,
    role: Option<&str>,
    service: Service,
    ctx: &Context<'_>,
) -> Result<Found, Error> {
    let origin = &origin(imds, ctx.system)?;
    let roles = match &imds.protocol {
        ImdsProtocol::Direct { path, object } => {
            return fetch_direct(imds, origin, path, object, service, ctx).await;
        }
        ImdsProtocol::Roles(roles) => roles,
    };
    let Some((request_header, header)) = roles.token_headers else {
        // Without a token the list of roles is what shows whether there is a service.
        let found = fetch_credential(imds, origin, roles, role, None, service, ctx).await;
        return found.map_err(|error| absent(error, service));
    };
    let allows_v1 = roles.v1_disable_env.is_some_and(|name| !is_on(ctx.system, name));
    let token = fetch_token(origin, roles, request_header, service, allows_v1, ctx).await?;
    let session = token.as_deref().map(|token| (header, token));
    match fetch_credential(imds, origin, roles, role, session, Service::Metadata, ctx).await {
        // Some services hand out tokens that they do not accept afterwards.
        Err(_) if session.is_some() && allows_v1 && roles.v1_statuses.is_empty() => {
            fetch_credential(imds, origin, roles, role, None, Service::Metadata, ctx).await
        }
        found => found,
    }
}

/// Returns the address of the service.
fn origin(imds: &Imds, system: &dyn System) -> Result<Origin, Error> {
    let plain = |host: &str| Origin { plain: true, authority: host.to_owned() };
    let Some(ImdsEndpoint { env, mode_env, ipv6_host }) = imds.endpoint else {
        return Ok(plain(imds.host));
    };
    if let Some(url) = variable(system, env)? {
        let url = url.trim_end_matches('/');
        let request = credentials_uri::parse(url).filter(|request| request.target() == "/");
        return request.map(|request| request.origin).ok_or_else(|| {
            let shown = display::path(env, url);
            invalid(phrase!("`{}` is `{}`, which is not `http://HOST[:PORT]`", env, shown))
        });
    }
    match variable(system, mode_env)? {
        None => Ok(plain(imds.host)),
        Some(mode) if mode.eq_ignore_ascii_case("ipv4") => Ok(plain(imds.host)),
        Some(mode) if mode.eq_ignore_ascii_case("ipv6") => Ok(plain(ipv6_host)),
        Some(mode) => {
            let shown = display::name(mode_env, &mode);
            Err(invalid(phrase!("`{}` is `{}`, not `IPv4` or `IPv6`", mode_env, shown)))
        }
    }
}

/// Fetches the token of version 2; `None` when the service has none and version 1 will do.
async fn fetch_token(
    origin: &Origin,
    roles: &ImdsRoles,
    request_header: &str,
    service: Service,
    allows_v1: bool,
    ctx: &Context<'_>,
) -> Result<Option<String>, Error> {
    let put = Request::new("PUT", origin.clone(), "/latest/api/token");
    let put = put.header(request_header, TOKEN_SECONDS);
    let response = call(put, service, ctx).await.map_err(|error| absent(error, service))?;
    let token = String::from_utf8_lossy(&response.body).trim().to_owned();
    // A captive portal responds with a page instead.
    let is_token = response.status == 200 && is_header_safe(&token) && !token.is_empty();
    let status = response.status;
    let leads_to_v1 = roles.v1_statuses.is_empty() || roles.v1_statuses.contains(&status);
    if !(is_token || allows_v1 && leads_to_v1) {
        let host = &origin.authority;
        return Err(no_credentials(format!(
            "the instance metadata service at {host} gave no token (HTTP {status})"
        )));
    }
    Ok(is_token.then_some(token))
}

/// Fetches the name of the role, unless it is known, and its credential. A session is a header and a token.
async fn fetch_credential(
    imds: &Imds,
    origin: &Origin,
    roles: &ImdsRoles,
    role: Option<&str>,
    session: Option<(&str, &str)>,
    service: Service,
    ctx: &Context<'_>,
) -> Result<Found, Error> {
    let host = &origin.authority;
    let get = |path: &str| {
        let request = Request::new("GET", origin.clone(), path);
        match session {
            Some((header, token)) => request.header(header, token),
            None => request,
        }
    };
    let (role, shown) = if let Some(role) = role {
        (role.to_owned(), display::name("role", role))
    } else {
        let query = roles.query.iter();
        let list = query.fold(get(roles.path), |list, (name, value)| list.with(*name, *value));
        let response = call(list, service, ctx).await?;
        let role = first_role(&response).ok_or_else(|| {
            let status = response.status;
            no_credentials(format!(
                "the machine has no role (instance metadata service at {host}, HTTP {status})"
            ))
        })?;
        (role.clone(), role)
    };
    let source = format!("instance role `{shown}`");
    let path = format!("{}/{role}", roles.path.trim_end_matches('/'));
    let response = call(get(&path), service, ctx).await?;
    let fields = Fields::of_json(&response.body);
    if response.status != 200 || fields.text("Code").is_some_and(|code| code != "Success") {
        let status = response.status;
        return Err(invalid(phrase!(
            "{}: the instance metadata service at {} gave no credential (HTTP {})",
            source,
            host,
            status
        )));
    }
    let credential = access_key::read_with_token(&fields, imds.fields).map_err(at(&source))?;
    Ok(Found::new(credential, source))
}

/// Fetches the credential from a service that has one path for it.
async fn fetch_direct(
    imds: &Imds,
    origin: &Origin,
    path: &str,
    object: &str,
    service: Service,
    ctx: &Context<'_>,
) -> Result<Found, Error> {
    let response = call(Request::new("GET", origin.clone(), path), service, ctx).await;
    let response = response.map_err(|error| absent(error, service))?;
    let body = Fields::of_json(&response.body);
    let fields = body.nested(object).unwrap_or(body);
    if response.status != 200 || fields.text(imds.fields.id).is_none() {
        // Other providers use this address too, and no response names the provider.
        let (host, status) = (&origin.authority, response.status);
        let message = phrase!("{} gave no credential (HTTP {})", host, status);
        return Err(no_credentials(message));
    }
    let credential = access_key::read_with_token(&fields, imds.fields).map_err(at(ROLE))?;
    Ok(Found::new(credential, ROLE))
}

/// Calls the service. Every response is taken as it is but for those that a later one may replace.
async fn call(request: Request, service: Service, ctx: &Context<'_>) -> Result<Response, Error> {
    let read = |response: &Response, _: &Redactor| {
        let (host, status) = (&request.origin.authority, response.status);
        let kind = by_status(status);
        if !kind.is_transient() {
            return Ok(response.clone());
        }
        let message =
            phrase!("the instance metadata service at {} responded with HTTP {}", host, status);
        Err(Error::new(kind, message))
    };
    ctx.call(service, &[], &[], |_| Signed::from(request.clone()), read).await
}

fn no_credentials(message: impl Into<Phrase>) -> Error {
    Error::new(ErrorKind::NoCredentials, message)
}

/// Turns the failure of the first request into the error of a machine without the service, which is not one of this
/// provider. When nothing says that there is a service, one that fails counts as none.
fn absent(error: Error, service: Service) -> Error {
    let is_absent = match service {
        Service::MetadataProbe => error.kind().is_transient(),
        Service::Metadata | Service::Token => error.kind() == ErrorKind::Network,
    };
    if !is_absent {
        return error;
    }
    no_credentials(error.to_string())
        .hinted("an instance role works on a machine of this cloud only")
}

/// Reads the first name of a list, which is JSON or one name a line.
fn first_role(response: &Response) -> Option<String> {
    if response.status != 200 {
        return None;
    }
    let names = match serde_json::from_slice::<Vec<String>>(&response.body) {
        Ok(names) => names,
        Err(_) => String::from_utf8_lossy(&response.body).lines().map(str::to_owned).collect(),
    };
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.@+=,".contains(letter);
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(is_allowed);
    names.first().map(|name| name.trim()).filter(is_name).map(str::to_owned)
}
