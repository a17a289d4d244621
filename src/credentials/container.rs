//! Container roles: the service of a container platform hands out the credential of the container's role.

use zeroize::Zeroizing;

use super::access_key::check_quotes;
use super::context::{Context, Found, at, invalid};
use super::credentials_uri;
use super::display;
use super::env::variable;
use super::file::ConfigPath;
use crate::error::{Detail, Error};
use crate::phrase::phrase;
use crate::provider::credential_spec::Container;
use crate::sign::Credential;
use crate::wire::Origin;

/// Asks the service that variables name; `None` if none does.
pub(super) async fn find(container: &Container, ctx: &Context<'_>) -> Result<Option<Found>, Error> {
    let Container { path_env, uri_env, .. } = container;
    let (name, uri) = if let Some(path) = variable(ctx.system, path_env)? {
        if !path.starts_with('/') {
            return Err(invalid(phrase!("`{}` does not begin with `/`", path_env)));
        }
        (path_env, format!("http://{}{}", container.host, *path))
    } else if let Some(uri) = variable(ctx.system, uri_env)? {
        (uri_env, uri.to_string())
    } else {
        for name in [path_env, uri_env] {
            ctx.tried.add(Detail::tried(format!("`{name}`"), "not set"));
        }
        return Ok(None);
    };
    let source = format!("`{name}`");
    let found = fetch(container, &uri, ctx).await.map_err(at(&source))?;
    Ok(Some(Found::new(found, source)))
}

async fn fetch(container: &Container, uri: &str, ctx: &Context<'_>) -> Result<Credential, Error> {
    let request = credentials_uri::request(uri)?;
    check_host(container, &request.origin)?;
    let request = match token(container, ctx)? {
        Some(token) => request.header("authorization", token.as_str()),
        None => request,
    };
    credentials_uri::call(&request, container.fields, ctx).await
}

/// Refuses a host to which the token could not be sent in the clear.
fn check_host(container: &Container, origin: &Origin) -> Result<(), Error> {
    let is_allowed = container.plain_hosts.contains(&origin.host());
    if !origin.plain || origin.is_loopback() || is_allowed {
        return Ok(());
    }
    let shown = display::path(container.uri_env, origin.host());
    let hosts = container.plain_hosts.join(", ");
    Err(invalid(phrase!("`{}` is not a host that may be asked over plain http", shown))
        .hinted(phrase!("use https, loopback, or one of {}", hosts)))
}

/// Reads the `authorization` header, from a file anew each time, since platforms replace it.
fn token(container: &Container, ctx: &Context<'_>) -> Result<Option<Zeroizing<String>>, Error> {
    let (name, token) = match ConfigPath::from_env(ctx.system, container.token_file_env)? {
        Some(file) => (container.token_file_env, Some(file.require(ctx.system)?)),
        None => (container.token_env, variable(ctx.system, container.token_env)?),
    };
    let Some(token) = token else { return Ok(None) };
    check_quotes(name, &token)?;
    if token.contains(|letter: char| letter != ' ' && !letter.is_ascii_graphic()) {
        let what = "holds a control character or one outside ASCII";
        return Err(invalid(phrase!("the token of `{}` {}", name, what)));
    }
    Ok(Some(token))
}
