//! The modes of a profile: what each takes, and which lead on to other profiles and roles.
//!
//! <https://github.com/aliyun/aliyun-cli>

use super::sts::{self, Role};
use super::{instance, program, uri};
use crate::credentials::Found;
use crate::credentials::access_key::{self, Names};
use crate::credentials::context::{Context, broken, missing};
use crate::credentials::fields::Fields;
use crate::credentials::profile::Profiles;
use crate::credentials::{display, imds, oidc};
use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, System};
use crate::sign::Credential;

/// What a profile calls the parts of a credential.
pub(super) const NAMES: Names =
    Names { id: "access_key_id", secret: "access_key_secret", token: "sts_token" };

/// A key alone: mode `AK` does not look at the token, which may be left over from another mode.
const KEY: Names = Names { id: NAMES.id, secret: NAMES.secret, token: "" };

/// What a profile says about where its credential comes from.
enum Mode {
    Key,
    Token,
    Role,
    RoleOfProfile,
    Instance,
    Oidc,
    Program,
    Uri,
    /// A login of a person, which the tool keeps as a temporary credential.
    Login,
}

/// Follows a profile to its credential; `None` when it holds nothing. Profiles that take a role of another
/// profile are followed to the one at the bottom, and the roles are taken from there upwards.
pub(super) async fn follow(
    profiles: &Profiles,
    name: &str,
    profile: &Fields,
    ctx: Context<'_>,
) -> Result<Option<Found>, Error> {
    let mut roles = Vec::new();
    let mut passed = vec![name];
    let mut bottom = (profile, profiles.called(name));
    while let Mode::RoleOfProfile = mode(bottom.0, &bottom.1)? {
        let (profile, place) = &bottom;
        roles.push((role(profile, place, ctx.system)?, place.clone()));
        let next =
            profile.text("source_profile").ok_or_else(|| missing(place, "source_profile"))?;
        if passed.contains(&next) {
            passed.push(next);
            let circle: Vec<String> =
                passed.iter().map(|name| display::name("source_profile", name)).collect();
            let circle = circle.join("` → `");
            return Err(broken(format!("{place}: the profiles `{circle}` go in a circle")));
        }
        passed.push(next);
        let Some(profile) = profiles.get(next) else {
            let (next, others) = (display::name("source_profile", next), profiles.names());
            return Err(broken(format!(
                "{place}: there is no profile `{next}` (there are {others})"
            )));
        };
        bottom = (profile, profiles.called(next));
    }
    let (profile, place) = bottom;
    let Some(mut found) = base(profile, &place, ctx).await? else {
        if roles.is_empty() {
            return Ok(None);
        }
        return Err(broken(format!("{place} holds no key")));
    };
    for (role, place) in roles.iter().rev() {
        found.credential = sts::assume(role, &found.credential, place, ctx).await?;
    }
    Ok(Some(found))
}

/// Gets the credential of a profile that leads to no other.
async fn base(profile: &Fields, place: &str, ctx: Context<'_>) -> Result<Option<Found>, Error> {
    let plain = |credential: Credential| Found::new(credential, place);
    match mode(profile, place)? {
        Mode::Key => Ok(access_key::read(place, &KEY, profile)?.map(plain)),
        Mode::Token => Ok(Some(plain(access_key::read_temporary(place, &NAMES, profile)?))),
        Mode::Login => Ok(Some(plain(login(profile, place, ctx.clock)?))),
        Mode::Program => Ok(Some(plain(program::run(profile, place, ctx).await?))),
        Mode::Role | Mode::RoleOfProfile => {
            let role = role(profile, place, ctx.system)?;
            let Some(credential) = access_key::read(place, &NAMES, profile)? else {
                return Err(broken(format!(
                    "{place}: `{}` and `{}` are missing",
                    NAMES.id, NAMES.secret
                )));
            };
            Ok(Some(plain(sts::assume(&role, &credential, place, ctx).await?)))
        }
        Mode::Oidc => {
            let need = |name: &str| profile.text(name).ok_or_else(|| missing(place, name));
            let (provider, file) = (need("oidc_provider_arn")?, need("oidc_token_file")?);
            let role = role(profile, place, ctx.system)?;
            let token = oidc::token(place, "oidc_token_file", file, ctx.system)?;
            Ok(Some(plain(sts::assume_with_oidc(&role, provider, &token, place, ctx).await?)))
        }
        Mode::Instance => {
            let role = profile.text("ram_role_name");
            let credential = imds::credential(&instance::SERVICE, role, place, ctx).await?;
            Ok(Some(plain(credential)))
        }
        Mode::Uri => {
            let uri =
                profile.text("credentials_uri").ok_or_else(|| missing(place, "credentials_uri"))?;
            Ok(Some(uri::fetch(uri, place, ctx).await?))
        }
    }
}

/// Reads a profile's mode, whose case the tool does not mind. A profile without one is a key.
fn mode(profile: &Fields, place: &str) -> Result<Mode, Error> {
    let Some(name) = profile.text("mode") else {
        let has_token = profile.text(NAMES.token).is_some();
        return Ok(if has_token { Mode::Token } else { Mode::Key });
    };
    match name.to_ascii_lowercase().as_str() {
        "ak" => Ok(Mode::Key),
        "ststoken" => Ok(Mode::Token),
        "ramrolearn" => Ok(Mode::Role),
        "chainableramrolearn" => Ok(Mode::RoleOfProfile),
        "ecsramrole" => Ok(Mode::Instance),
        "oidc" => Ok(Mode::Oidc),
        "external" => Ok(Mode::Program),
        "credentialsuri" => Ok(Mode::Uri),
        "cloudsso" | "oauth" => Ok(Mode::Login),
        _ => Err(broken(format!("{place}: mode `{}` is not supported", display::name("mode", name))).hinted(
            "supported are AK, StsToken, RamRoleArn, ChainableRamRoleArn, EcsRamRole, OIDC, External, \
             CredentialsURI, CloudSSO and OAuth",
        )),
    }
}

fn role(profile: &Fields, place: &str, system: &dyn System) -> Result<Role, Error> {
    let text = |name: &str| profile.text(name).map(str::to_owned);
    let session = text("ram_session_name").or_else(|| text("role_session_name"));
    Ok(Role {
        arn: text("ram_role_arn").ok_or_else(|| missing(place, "ram_role_arn"))?,
        session: session.or_else(|| sts::session(system)),
        seconds: profile.number("expired_seconds"),
        external_id: text("external_id"),
        policy: text("policy"),
        host: sts::host(place, profile, system)?,
    })
}

/// Reads the temporary credential that a login left in the profile, as long as it lasts.
fn login(profile: &Fields, place: &str, clock: &dyn Clock) -> Result<Credential, Error> {
    let ends = profile.number("sts_expiration").and_then(access_key::unix_moment);
    let over = |message: String| {
        let name = display::name("name", profile.text("name").unwrap_or_default());
        Err(Error::new(ErrorKind::CredentialsExpired, message).hinted(format!(
            "any command of `aliyun` with `--profile {name}` renews it; \
             `aliyun configure --profile {name}` logs in again"
        )))
    };
    match ends {
        None => over(format!("{place} holds no credential of a login")),
        Some(ends) if ends <= clock.time() => over(format!(
            "{place}: the credential of the login ended at {}",
            ends.format("%F %T UTC")
        )),
        Some(_) => {
            let credential = access_key::read_temporary(place, &NAMES, profile)?;
            Ok(credential.until(ends))
        }
    }
}
