//! What `ve login` and `ve sso login` leave behind: temporary credentials, used as long as they last.
//!
//! <https://github.com/volcengine/volcengine-cli>

use chrono::{DateTime, TimeDelta, Utc};
use sha1::{Digest, Sha1};

use super::config::NAMES;
use crate::credentials::access_key::{self, Names};
use crate::credentials::context::missing;
use crate::credentials::env::variable;
use crate::credentials::fields::Fields;
use crate::credentials::file::{Opened, Place};
use crate::encode::hex;
use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, System};
use crate::sign::Credential;

const FOLDER: &str = "VOLCENGINE_LOGIN_CACHE_DIRECTORY";

/// What the cache of a login calls the parts of a credential.
const CACHED: Names =
    Names { id: "access_key_id", secret: "secret_access_key", token: "session_token" };

/// Reads the credential that `ve sso login` keeps in the profile itself.
pub(super) fn sso(profile: &Fields, place: &str, clock: &dyn Clock) -> Result<Credential, Error> {
    let ends = profile.number("sts-expiration").and_then(access_key::unix_moment);
    let ends = permanent(ends, place, "ve sso login", clock)?;
    let credential = access_key::read_temporary(place, &NAMES, profile)?;
    Ok(credential.until(Some(ends)))
}

/// Reads the credential that `ve login` keeps in a file, whose name is a digest of the session's.
pub(super) fn console(
    profile: &Fields,
    place: &str,
    config: &Place,
    system: &dyn System,
    clock: &dyn Clock,
) -> Result<Credential, Error> {
    let session = profile.text("login-session").ok_or_else(|| missing(place, "login-session"))?;
    let name = format!("{}.json", hex(&Sha1::digest(session.as_bytes())));
    let file = match variable(system, FOLDER) {
        Some(folder) => Place::given(system, FOLDER, folder.trim_end_matches('/')).inside(&name),
        None => config.beside(&format!("login/cache/{name}")),
    };
    let Opened::Text(text) = file.open(system)? else {
        return Err(over(format!("{place}: there is no login"), "ve login"));
    };
    let cache: Fields = text.json(&file)?;
    let issued = cache.text("issued_at").and_then(access_key::moment);
    let seconds = cache.number("expires_in").and_then(TimeDelta::try_seconds);
    let ends = issued.zip(seconds).and_then(|(issued, seconds)| issued.checked_add_signed(seconds));
    let ends = permanent(ends, place, "ve login", clock)?;
    // The token is an object, or a text that holds one.
    let inner = cache.text("access_token").map(|text| Fields::of_json(text.as_bytes()));
    let token = inner.as_ref().or_else(|| cache.nested("access_token"));
    let token = token.ok_or_else(|| missing(&file.shown, "access_token"))?;
    let credential = access_key::read_temporary(&file.shown, &CACHED, token)?;
    Ok(credential.until(Some(ends)))
}

fn permanent(
    ends: Option<DateTime<Utc>>,
    place: &str,
    command: &str,
    clock: &dyn Clock,
) -> Result<DateTime<Utc>, Error> {
    match ends {
        None => Err(over(format!("{place} holds no credential of a login"), command)),
        Some(ends) if ends <= clock.time() => {
            let ended = ends.format("%F %T UTC");
            Err(over(format!("{place}: the credential of the login ended at {ended}"), command))
        }
        Some(ends) => Ok(ends),
    }
}

fn over(message: String, command: &str) -> Error {
    Error::new(ErrorKind::CredentialsExpired, message).hinted(format!("`{command}` renews it"))
}
