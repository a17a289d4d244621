//! Temporary credentials that the logins of the providers' command-line tools leave behind, used as long as they last.

use chrono::{DateTime, TimeDelta, Utc};
use sha1::{Digest, Sha1};

use super::access_key::{self, parse_rfc3339, parse_unix_time};
use super::context::{Context, Notes, missing};
use super::display;
use super::fields::Fields;
use super::file::ConfigPath;
use super::profile::Profile;
use crate::encode::hex;
use crate::error::{Error, ErrorKind};
use crate::provider::credential_spec::{ConsoleLogin, KeyFields, Sso};
use crate::sign::Credential;

/// Reads the credential of a login that is in the profile itself.
pub(super) fn cached(
    login: &Sso,
    key: &KeyFields,
    profile: &Profile<'_>,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let expires = profile.fields.number(login.expiration).and_then(parse_unix_time);
    let hint = login.hint.replace("{profile}", &display::name("name", profile.name));
    let expires = not_expired(expires, &hint, ctx)?;
    Ok(access_key::read_with_token(profile.fields, key)?.until(Some(expires)))
}

/// Reads the credential of a login that is in a file of its own, an object with `access_token`, `issued_at` and
/// `expires_in` (in seconds).
pub(super) fn console_login(
    login: &ConsoleLogin,
    profile: &Fields,
    config: &ConfigPath,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let session = profile.text(login.session).ok_or_else(|| missing(login.session))?;
    let folder = ConfigPath::from_env(ctx.system, login.folder_env)?;
    let folder = folder.unwrap_or_else(|| config.beside(login.folder));
    let file = folder.inside(&format!("{}.json", hex(&Sha1::digest(session.as_bytes()))));
    let Some(text) = file.open(ctx.system, &Notes::default())? else {
        let folder = folder.subject();
        return Err(expired(format!("there is no login in {folder}"), login.hint));
    };
    let cache = text.json()?;
    let issued = cache.text("issued_at").and_then(parse_rfc3339);
    let lifetime = cache.number("expires_in").and_then(TimeDelta::try_seconds);
    let expires = issued.zip(lifetime).and_then(|(time, delta)| time.checked_add_signed(delta));
    let expires = not_expired(expires, login.hint, ctx)?;
    // The token is an object, or a text that holds one.
    let inner = cache.text("access_token").map(|text| Fields::of_json(text.as_bytes()));
    let token = inner.or_else(|| cache.nested("access_token"));
    let read = match token {
        Some(token) => access_key::read_with_token(&token, &login.key),
        None => Err(missing("access_token")),
    };
    Ok(read.map_err(|error| error.at(&file.shown))?.until(Some(expires)))
}

fn not_expired(
    expires: Option<DateTime<Utc>>,
    hint: &str,
    ctx: &Context<'_>,
) -> Result<DateTime<Utc>, Error> {
    match expires {
        None => Err(expired("there is no credential of a login", hint)),
        Some(expires) if expires <= ctx.ports.clock.time() => {
            let time = expires.format("%F %T UTC");
            Err(expired(format!("the credential of the login expired at {time}"), hint))
        }
        Some(expires) => Ok(expires),
    }
}

fn expired(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::CredentialsExpired, message).hinted(hint)
}
