//! Logins of the providers' command-line tools: temporary credentials that they left behind, and tokens that a portal
//! exchanges for one.

use chrono::{DateTime, TimeDelta, Utc};
use sha1::{Digest, Sha1};

use super::access_key::{self, parse_rfc3339, parse_unix_time};
use super::context::{Context, Service, Tried, invalid, missing};
use super::display;
use super::fields::Fields;
use super::file::ConfigPath;
use super::profile::{Profile, Profiles};
use crate::encode::hex;
use crate::error::{Error, ErrorKind};
use crate::phrase::{Phrase, phrase};
use crate::provider::by_status;
use crate::provider::credential_spec::{ConsoleLogin, KeyFields, Sso, SsoPortal};
use crate::redact::{Redactor, Secret};
use crate::sign::{Credential, Signed};
use crate::wire::{Origin, Request, Response};

/// Reads the credential of a login that is in the profile itself.
pub(super) fn cached(
    login: &Sso,
    key: &KeyFields,
    profile: &Profile<'_>,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let hint = hint(login.hint, profile);
    let expires = profile.fields.number(login.expiration).and_then(parse_unix_time);
    let expires = expires.ok_or_else(|| incomplete(profile.fields, key.secret, &hint))?;
    not_expired(expires, &hint, ctx)?;
    Ok(access_key::read_with_token(profile.fields, key)?.until(Some(expires)))
}

/// Reads the credential of a login that is in a file of its own: an object in a field, and when it expires, there or by
/// `issued_at` and `expires_in` (in seconds) beside it.
pub(super) fn console_login(
    login: &ConsoleLogin,
    profile: &Profile<'_>,
    config: &ConfigPath,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let session = profile.fields.text(login.session).ok_or_else(|| missing(login.session))?;
    let hint = hint(login.hint, profile);
    let folder = ConfigPath::from_env(ctx.system, login.folder_env)?;
    let folder = folder.unwrap_or_else(|| match login.folder.strip_prefix("~/") {
        Some(below) => ConfigPath::at_home(ctx.system, below),
        None => config.beside(login.folder),
    });
    let file = folder.inside(&(login.file)(session));
    let Some(text) = file.open(ctx.system, &Tried::default())? else {
        let folder = folder.subject();
        return Err(expired(phrase!("there is no login in {}", folder), &hint));
    };
    let cache = text.json()?;
    // The credential is an object, or a text that holds one.
    let inner = cache.text(login.token).map(|text| Fields::of_json(text.as_bytes()));
    let inner = inner.or_else(|| cache.nested(login.token)).unwrap_or_default();
    let issued = cache.text("issued_at").and_then(parse_rfc3339);
    let lifetime = cache.number("expires_in").and_then(TimeDelta::try_seconds);
    let by_lifetime = issued.zip(lifetime).and_then(|(time, delta)| time.checked_add_signed(delta));
    let mut names = login.key.expiration.iter();
    let expires =
        by_lifetime.or_else(|| names.find_map(|name| inner.text(name)).and_then(parse_rfc3339));
    let expires = expires.ok_or_else(|| incomplete(&inner, login.key.secret, &hint))?;
    not_expired(expires, &hint, ctx)?;
    let read = access_key::read_with_token(&inner, &login.key);
    Ok(read.map_err(|error| error.at(&file.shown))?.until(Some(expires)))
}

/// Exchanges the token that a login left in a file for the credential of a role.
pub(super) async fn portal(
    portal: &SsoPortal,
    profile: &Profile<'_>,
    profiles: &Profiles,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let session = profile.fields.text(portal.session);
    let section = match session {
        Some(name) => Some(profiles.section(portal.section, name).ok_or_else(|| {
            let (kind, name) = (portal.section, display::name(portal.session, name));
            invalid(phrase!("there is no section `[{} {}]`", kind, name))
        })?),
        None => None,
    };
    let setting = |name: &str| {
        let shared = section.and_then(|fields| fields.text(name));
        match (profile.fields.text(name), shared) {
            (Some(own), Some(shared)) if own != shared => {
                let kind = portal.section;
                Err(invalid(phrase!(
                    "`{}` is not the same in the profile and in its `{}`",
                    name,
                    kind
                )))
            }
            (own, shared) => own.or(shared).ok_or_else(|| missing(name)),
        }
    };
    let (account, role) = (setting(portal.account)?, setting(portal.role)?);
    let (start_url, region) = (setting(portal.start_url)?, setting(portal.region)?);
    if !display::is_name(region) {
        let shown = display::name(portal.region, region);
        return Err(invalid(phrase!("`{}` cannot be a region id", shown)));
    }
    let hint = hint(portal.hint, profile);
    let token = portal_token(portal, session.unwrap_or(start_url), &hint, ctx)?;
    let request = Request::new("GET", Origin::https((portal.host)(region)), portal.path)
        .with(portal.parameters.0, role)
        .with(portal.parameters.1, account)
        .header(portal.header, token.expose());
    let read = |response: &Response, _: &Redactor| read_portal(portal, response, &hint);
    ctx.call(Service::Token, &[], &[token.expose()], |_| Signed::from(request.clone()), read).await
}

/// Reads the token of a login: an object with `accessToken` and `expiresAt`.
fn portal_token(
    portal: &SsoPortal,
    session: &str,
    hint: &Phrase,
    ctx: &Context<'_>,
) -> Result<Secret, Error> {
    let folder = ConfigPath::at_home(ctx.system, portal.folder);
    let file = folder.inside(&format!("{}.json", hex(&Sha1::digest(session.as_bytes()))));
    let Some(text) = file.open(ctx.system, &Tried::default())? else {
        return Err(expired(phrase!("there is no login in {}", folder.subject()), hint));
    };
    let cache = text.json()?;
    // The first versions of the tool wrote `UTC` for `Z`.
    let expires = cache.text("expiresAt").and_then(|text| parse_rfc3339(&text.replace("UTC", "Z")));
    let expires = expires.ok_or_else(|| incomplete(&cache, "accessToken", hint))?;
    not_expired(expires, hint, ctx)?;
    let token = cache.text("accessToken").ok_or_else(|| missing("accessToken"));
    let token = token.and_then(|token| access_key::check("accessToken", token).map(|()| token));
    Ok(Secret::new(token.map_err(|error| error.at(&file.shown))?))
}

fn read_portal(
    portal: &SsoPortal,
    response: &Response,
    hint: &Phrase,
) -> Result<Credential, Error> {
    let status = response.status;
    if status == 200 {
        let inner = Fields::of_json(&response.body).nested(portal.object).unwrap_or_default();
        let expires = inner.number(portal.expiration).and_then(parse_unix_time);
        return Ok(access_key::read_with_token(&inner, &portal.fields)?.until(expires));
    }
    let kind = match by_status(status) {
        ErrorKind::CredentialsRejected => {
            return Err(expired("the login is not valid any longer", hint));
        }
        kind if kind.is_transient() || kind == ErrorKind::PermissionDenied => kind,
        _ => ErrorKind::CredentialsInvalid,
    };
    Err(Error::new(kind, phrase!("the login gave no credential of the role (HTTP {})", status))
        .hinted("check account and role in the profile"))
}

fn hint(hint: fn(&str) -> Phrase, profile: &Profile<'_>) -> Phrase {
    hint(&display::name("name", profile.name))
}

/// Makes the error of a login that does not say when it expires, as of one that is not there.
fn incomplete(login: &Fields, secret: &str, hint: &Phrase) -> Error {
    match login.text(secret) {
        Some(_) => expired("the login has no expiration", hint),
        None => expired("there is no credential of a login", hint),
    }
}

fn not_expired(expires: DateTime<Utc>, hint: &Phrase, ctx: &Context<'_>) -> Result<(), Error> {
    if expires > ctx.ports.clock.time() {
        return Ok(());
    }
    let time = expires.format("%F %T UTC");
    Err(expired(phrase!("the credential of the login expired at {}", time), hint))
}

fn expired(message: impl Into<Phrase>, hint: &Phrase) -> Error {
    Error::new(ErrorKind::CredentialsExpired, message).hinted(hint.clone())
}
