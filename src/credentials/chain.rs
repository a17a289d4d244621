//! Profiles that lead to a credential: a base, and the roles that are assumed from there, one after another.
//!
//! [`resolve`] only reads profiles; [`fetch`] sends requests and runs programs.

use super::context::{Context, at, invalid, missing};
use super::fields::Fields;
use super::profile::Profiles;
use super::settings::Settings;
use super::sts::{OidcRole, Role, assume_role};
use super::{access_key, credentials_uri, display, imds, process, sso};
use crate::error::Error;
use crate::provider::Provider;
use crate::provider::credential_spec::{Base, KeyFields, Mode, RoleSettings};
use crate::sign::Credential;

/// What a profile leads to.
pub(super) struct ProfileChain<'a> {
    base: (Base, Profile<'a>),
    /// The roles, from the one that is assumed last.
    roles: Vec<(&'static RoleSettings, Profile<'a>)>,
}

/// One profile of a chain, with what messages call it.
struct Profile<'a> {
    name: &'a str,
    fields: &'a Fields,
    label: String,
}

/// Follows a profile, by way of the profiles that it names as its source, to the one that needs no other.
pub(super) fn resolve<'a>(
    profiles: &'a Profiles,
    name: &'a str,
    fields: &'a Fields,
) -> Result<ProfileChain<'a>, Error> {
    let mut roles = Vec::new();
    let mut visited = vec![name];
    let mut profile = Profile { name, fields, label: profiles.label(name) };
    loop {
        let label = profile.label.clone();
        match mode(profiles, profile.fields).map_err(at(&label))? {
            Mode::Base(base) => return Ok(ProfileChain { base: (base, profile), roles }),
            Mode::AssumeRole(role) => {
                let own_key = Profile { label, ..profile };
                roles.push((role, profile));
                return Ok(ProfileChain { base: (Base::Static, own_key), roles });
            }
            Mode::SourceProfile(role, field) => {
                let next = source(profiles, field, profile.fields, &mut visited);
                let (name, fields) = next.map_err(at(&label))?;
                roles.push((role, profile));
                profile = Profile { name, fields, label: profiles.label(name) };
            }
        }
    }
}

/// Returns the mode of a profile.
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
) -> Result<(&'a str, &'a Fields), Error> {
    let name = fields.text(field).ok_or_else(|| missing(field))?;
    let is_circle = visited.contains(&name);
    visited.push(name);
    if is_circle {
        let names: Vec<String> = visited.iter().map(|name| display::name(field, name)).collect();
        return Err(invalid(format!("the profiles `{}` go in a circle", names.join("` → `"))));
    }
    let found = profiles.get(name).ok_or_else(|| {
        let (name, others) = (display::name(field, name), profiles.names());
        invalid(format!("there is no profile `{name}` (there are {others})"))
    })?;
    Ok((name, found))
}

/// Gets the credential of a chain; `None` when its only profile holds none.
pub(super) async fn fetch(
    chain: ProfileChain<'_>,
    profiles: &Profiles,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Option<Credential>, Error> {
    // A role that is incomplete is an error before any request is sent.
    let mut roles = Vec::new();
    for (settings, profile) in chain.roles {
        let values = Settings { fields: profile.fields, system: ctx.system };
        let role = Role::read(settings, values).map_err(at(&profile.label))?;
        roles.push((role, profile.label));
    }
    let (base, profile) = chain.base;
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

/// Gets the credential of a profile that needs no other.
async fn base(
    base: Base,
    profile: &Profile<'_>,
    profiles: &Profiles,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Option<Credential>, Error> {
    let (fields, key) = (profile.fields, &profiles.file.key);
    let without_token = KeyFields { token: None, ..*key };
    let has_token = key.token.is_some_and(|name| fields.text(name).is_some());
    match base {
        Base::Static => access_key::read(fields, key),
        Base::AccessKeyOrStsToken if !has_token => access_key::read(fields, &without_token),
        Base::AccessKey => access_key::read(fields, &without_token),
        Base::AccessKeyOrStsToken | Base::StsToken => {
            access_key::read_with_token(fields, key).map(Some)
        }
        Base::Oidc(oidc) => {
            let role = OidcRole::read(oidc, Settings { fields, system: ctx.system })?;
            role.assume(provider, ctx).await.map(Some)
        }
        Base::InstanceRole(imds, role) => {
            imds::fetch_role(imds, fields.text(role), ctx).await.map(Some)
        }
        Base::Process(program) => {
            process::run(program, key, fields, &profile.label, ctx).await.map(Some)
        }
        Base::CredentialsUri(field, names) => {
            let uri = fields.text(field).ok_or_else(|| missing(field))?;
            credentials_uri::fetch(uri, names, &profile.label, ctx).await.map(Some)
        }
        Base::Sso(login) => sso::cached(login, key, fields, profile.name, ctx).map(Some),
        Base::ConsoleLogin(login) => {
            sso::console_login(login, fields, &profiles.path, ctx).map(Some)
        }
    }
}
