//! Profiles that lead to a credential: a base, and the roles that are assumed from there, one after another.

use super::context::{Context, at, invalid, missing};
use super::fields::Fields;
use super::profile::{Profile, Profiles};
use super::sts::{OidcRole, Role, Settings, assume_role};
use super::{access_key, credentials_uri, display, imds, process, sso};
use crate::error::Error;
use crate::provider::Provider;
use crate::provider::credential_spec::{Base, KeyFields, Mode, RoleSettings};
use crate::sign::Credential;

/// Gets the credential that a profile leads to; `None` when it needs no other profile and holds none itself.
pub(super) async fn fetch(
    profile: Profile<'_>,
    profiles: &Profiles,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Option<Credential>, Error> {
    let mut role_profiles = Vec::new();
    let (base, profile) = follow(profile, profiles, &mut role_profiles)?;
    // A role that is incomplete is an error before any request is sent.
    let mut roles = Vec::new();
    for (settings, profile) in role_profiles {
        let values = Settings { fields: profile.fields, system: ctx.system };
        let role = Role::read(settings, values).map_err(at(&profile.label))?;
        roles.push((role, profile.label));
    }
    let found = self::base(base, &profile, profiles, provider, ctx).await;
    let mut credential = match found.map_err(at(&profile.label))? {
        Some(credential) => credential,
        None if roles.is_empty() => return Ok(None),
        None => {
            let KeyFields { id, secret, .. } = profiles.file.key;
            let message = format!("`{id}` and `{secret}` are missing");
            return Err(invalid(message).at(profile.label));
        }
    };
    while let Some((role, label)) = roles.pop() {
        let assumed = assume_role(&role, &credential, provider, ctx).await;
        credential = assumed.map_err(at(&label))?;
    }
    Ok(Some(credential))
}

/// Follows a profile, by way of the profiles that it names as its source, to the one that needs no other. The roles
/// on the way are collected from the one that is assumed last.
fn follow<'a>(
    mut profile: Profile<'a>,
    profiles: &'a Profiles,
    roles: &mut Vec<(&'static RoleSettings, Profile<'a>)>,
) -> Result<(Base, Profile<'a>), Error> {
    let mut visited = vec![profile.name];
    loop {
        match mode(profiles, profile.fields).map_err(at(&profile.label))? {
            Mode::Base(base) => return Ok((base, profile)),
            Mode::AssumeRole(role) => {
                roles.push((role, profile.clone()));
                return Ok((Base::Static, profile));
            }
            Mode::SourceProfile(role, field) => {
                let next = source(profiles, field, profile.fields, &mut visited);
                let next = next.map_err(at(&profile.label))?;
                roles.push((role, std::mem::replace(&mut profile, next)));
            }
        }
    }
}

fn mode(profiles: &Profiles, fields: &Fields) -> Result<Mode, Error> {
    let file = profiles.file;
    let Some(name) = fields.text(file.mode_field) else { return Ok(file.default_mode) };
    let is_named =
        |other: &str| other == name || (file.ignores_mode_case && other.eq_ignore_ascii_case(name));
    if let Some((_, mode)) = file.modes.iter().find(|(other, _)| is_named(other)) {
        return Ok(*mode);
    }
    let shown = display::name(file.mode_field, name);
    let names: Vec<&str> = file.modes.iter().map(|(name, _)| *name).collect();
    Err(invalid(format!("{} `{shown}` is not supported", file.mode_field))
        .hinted(format!("supported are {}", names.join(", "))))
}

/// Returns the profile that a field names as the source of another one.
fn source<'a>(
    profiles: &'a Profiles,
    field: &str,
    fields: &'a Fields,
    visited: &mut Vec<&'a str>,
) -> Result<Profile<'a>, Error> {
    let name = fields.text(field).ok_or_else(|| missing(field))?;
    let is_circle = visited.contains(&name);
    visited.push(name);
    if is_circle {
        let names: Vec<String> = visited.iter().map(|name| display::name(field, name)).collect();
        return Err(invalid(format!("the profiles `{}` go in a circle", names.join("` → `"))));
    }
    profiles.get(name).ok_or_else(|| {
        let (name, others) = (display::name(field, name), profiles.names());
        invalid(format!("there is no profile `{name}` (there are {others})"))
    })
}

/// Gets the credential of a profile that needs no other.
async fn base(
    base: Base,
    profile: &Profile<'_>,
    profiles: &Profiles,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Option<Credential>, Error> {
    let (fields, key) = (profile.fields, &profiles.file.key);
    let has_token = key.token.is_some_and(|name| fields.text(name).is_some());
    let found = match base {
        Base::Static => return access_key::read(fields, key),
        Base::AccessKeyOrStsToken if has_token => access_key::read_with_token(fields, key),
        Base::AccessKey | Base::AccessKeyOrStsToken => {
            return access_key::read(fields, &KeyFields { token: None, ..*key });
        }
        Base::StsToken => access_key::read_with_token(fields, key),
        Base::Oidc(oidc) => {
            let role = OidcRole::read(oidc, Settings { fields, system: ctx.system })?;
            role.assume(provider, ctx).await
        }
        Base::InstanceRole(imds, role) => imds::fetch_role(imds, fields.text(role), ctx).await,
        Base::Process(program) => process::run(program, fields, &profile.label, ctx).await,
        Base::CredentialsUri(field, names) => {
            let uri = fields.text(field).ok_or_else(|| missing(field))?;
            credentials_uri::fetch(uri, names, &profile.label, ctx).await
        }
        Base::Sso(login) => sso::cached(login, key, profile, ctx),
        Base::ConsoleLogin(login) => sso::console_login(login, fields, &profiles.path, ctx),
    };
    found.map(Some)
}
