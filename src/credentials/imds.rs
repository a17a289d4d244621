//! Instance roles: the metadata service of a machine hands out the credential of its role.

use super::Found;
use super::access_key::{self, Names};
use super::ask::{Effort, METADATA, PROBE, ask};
use super::context::{Context, Look, broken};
use super::display;
use super::env::{is_on, variable};
use super::fields::Fields;
use crate::error::{Error, ErrorKind};
use crate::ports::System;
use crate::sign::Credential;
use crate::wire::{Origin, Request, Response};

/// The variable that keeps every cloud's metadata service from being asked: not every cloud has its own, and
/// a machine of another cloud may answer at the same address.
pub(super) const SWITCH: &str = "KEYIMPORT_METADATA_DISABLED";

/// How one cloud's metadata service is asked.
pub(super) struct Service {
    pub(super) host: &'static str,
    /// The variable that names the role.
    pub(super) role: &'static str,
    /// The variable that switches the service off.
    pub(super) switch: &'static str,
    /// The variable that forbids the older protocol, which has no session; `None` where there is none.
    pub(super) newer_only: Option<&'static str>,
    /// The header that asks for a session, and the one that carries it.
    pub(super) session: (&'static str, &'static str),
    /// Where the roles are listed; the credential of a role lies below.
    pub(super) roles: &'static str,
    pub(super) list: &'static [(&'static str, &'static str)],
    pub(super) names: Names,
    /// Where an answer tells when the credential ends.
    pub(super) ends: &'static str,
}

/// How long a session is asked for, in seconds; the services grant this much.
const SESSION: &str = "21600";

/// Asks the service as the last place of a chain. A machine without one, or without a role, is nothing
/// special, unless a variable names the role.
pub(super) async fn look(service: &Service, ctx: Context<'_>) -> Result<Look, Error> {
    if let Some(note) = switched_off(service, ctx.system) {
        return Ok(Look::nothing(note));
    }
    if let Some(role) = variable(ctx.system, service.role) {
        return hand_out(service, Some(&role), METADATA, ctx).await.map(Look::Found);
    }
    match hand_out(service, None, PROBE, ctx).await {
        Ok(found) => Ok(Look::Found(found)),
        Err(error) if error.kind() == ErrorKind::NoCredentials => {
            Ok(Look::nothing(error.message()))
        }
        Err(error) => Err(error),
    }
}

/// Gets the credential for a profile that says that it is the machine's.
pub(super) async fn credential(
    service: &Service,
    role: Option<&str>,
    place: &str,
    ctx: Context<'_>,
) -> Result<Credential, Error> {
    if let Some(note) = switched_off(service, ctx.system) {
        return Err(broken(format!("{place}: {note}")));
    }
    let named = variable(ctx.system, service.role);
    let role = role.or(named.as_deref().map(String::as_str));
    let found = hand_out(service, role, METADATA, ctx).await;
    found.map(|found| found.credential).map_err(|error| error.at(place))
}

/// Says which variable forbids to ask the service, if one does.
fn switched_off(service: &Service, system: &dyn System) -> Option<String> {
    let switch = [SWITCH, service.switch].into_iter().find(|name| is_on(system, name))?;
    Some(format!("the instance role is switched off by `{switch}`"))
}

/// Fetches the credential of the machine's role: a session, the role's name unless it is known, the credential.
async fn hand_out(
    service: &Service,
    role: Option<&str>,
    effort: Effort,
    ctx: Context<'_>,
) -> Result<Found, Error> {
    let older = match service.newer_only {
        Some(variable) if !is_on(ctx.system, variable) => Older::Allowed,
        Some(_) | None => Older::Forbidden,
    };
    let session = open(service, effort, older, ctx).await?;
    match fetch(service, role, session.as_deref(), ctx).await {
        // Some services hand out sessions that they do not take afterwards.
        Err(_) if session.is_some() && older == Older::Allowed => {
            fetch(service, role, None, ctx).await
        }
        found => found,
    }
}

/// Whether the older protocol may be spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Older {
    Allowed,
    Forbidden,
}

/// Asks one address of a metadata service.
pub(super) async fn get(
    host: &str,
    effort: Effort,
    build: impl Fn(Request) -> Request,
    ctx: Context<'_>,
) -> Result<Response, Error> {
    let origin = Origin { plain: true, authority: host.to_owned() };
    let make = |_: &_| build(Request::new("GET", origin.clone(), "/"));
    ask(ctx, effort, make, |response| answer(host, response)).await
}

/// Makes the error of a machine whose metadata service does not answer, which is one of another kind.
pub(super) fn absent(error: &Error) -> Error {
    Error::new(ErrorKind::NoCredentials, format!("no instance role: {error}"))
        .hinted("an instance role works on a machine of this cloud only")
}

/// Opens a session; `None` when the service knows none and the older protocol will do.
async fn open(
    service: &Service,
    effort: Effort,
    older: Older,
    ctx: Context<'_>,
) -> Result<Option<String>, Error> {
    let host = service.host;
    let put = |request: Request| Request {
        method: "PUT",
        path: "/latest/api/token".to_owned(),
        ..request.header(service.session.0, SESSION)
    };
    let response = get(host, effort, put, ctx).await.map_err(|error| absent(&error))?;
    let session = String::from_utf8_lossy(&response.body).trim().to_owned();
    // A network that answers for everybody gives a page instead.
    let is_session =
        response.status == 200 && access_key::is_sound(&session) && !session.is_empty();
    match (is_session, older) {
        (true, _) => Ok(Some(session)),
        (false, Older::Allowed) => Ok(None),
        (false, Older::Forbidden) => {
            let status = response.status;
            let message =
                format!("the metadata service at {host} opened no session (HTTP {status})");
            Err(Error::new(ErrorKind::NoCredentials, message))
        }
    }
}

async fn fetch(
    service: &Service,
    role: Option<&str>,
    session: Option<&str>,
    ctx: Context<'_>,
) -> Result<Found, Error> {
    let host = service.host;
    let with_session = |request: Request| match session {
        Some(session) => request.header(service.session.1, session),
        None => request,
    };
    let (role, shown) = if let Some(role) = role {
        (role.to_owned(), display::name("role", role))
    } else {
        let list = |request: Request| {
            let request = Request { path: service.roles.to_owned(), ..with_session(request) };
            service.list.iter().fold(request, |request, (name, value)| request.with(*name, *value))
        };
        let response = get(host, METADATA, list, ctx).await?;
        let role = first_role(&response).ok_or_else(|| {
            let status = response.status;
            let message =
                format!("the machine has no role (metadata service at {host}, HTTP {status})");
            Error::new(ErrorKind::NoCredentials, message)
        })?;
        (role.clone(), role)
    };
    let source = format!("instance role `{shown}`");
    let path = format!("{}/{role}", service.roles.trim_end_matches('/'));
    let credential = |request: Request| Request { path: path.clone(), ..with_session(request) };
    let response = get(host, METADATA, credential, ctx).await?;
    let fields = Fields::of_json(&response.body);
    if response.status != 200 || fields.text("Code").is_some_and(|code| code != "Success") {
        let status = response.status;
        return Err(Error::new(
            ErrorKind::CredentialsInvalid,
            format!("{source}: the metadata service at {host} gave no credential (HTTP {status})"),
        ));
    }
    let credential = access_key::read_temporary(&source, &service.names, &fields)?;
    let ends = fields.text(service.ends).and_then(access_key::moment);
    Ok(Found::new(credential.until(ends), source))
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
    let is_name = |name: &&str| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_.@+=,".contains(letter))
    };
    names.first().map(|name| name.trim()).filter(is_name).map(str::to_owned)
}

/// Takes every answer as it is but for those that a later one may replace.
fn answer(host: &str, response: &Response) -> Result<Response, Error> {
    let kind = match response.status {
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::Unavailable,
        _ => return Ok(response.clone()),
    };
    let status = response.status;
    Err(Error::new(kind, format!("the metadata service at {host} answered with HTTP {status}")))
}
