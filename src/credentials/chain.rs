//! Profiles that lead to a credential: a base, and the roles that are assumed from there, one after another.

use super::context::{Context, at, invalid, missing};
use super::fields::Fields;
use super::profile::{Profile, Profiles};
use super::settings::Settings;
use super::sts::{OidcRole, Role, assume_role};
use super::{access_key, container, credentials_uri, display, env, imds, login, process};
use crate::error::Error;
use crate::phrase::phrase;
use crate::provider::Provider;
use crate::provider::credential_spec::{
    Base, KeyFields, Mode, RoleArn, RoleSettings, RoleSource, Setting,
};
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
        let values = Settings::new(profile.fields, ctx);
        let role = Role::read(settings, values).map_err(at(&profile.label))?;
        roles.push((role, profile.label));
    }
    let found = fetch_base(base, &profile, profiles, provider, ctx).await;
    let mut credential = match found.map_err(at(&profile.label))? {
        Some(credential) => credential,
        None if roles.is_empty() => return Ok(None),
        None => {
            let KeyFields { id, secret, .. } = profiles.file.key;
            let message = phrase!("`{}` and `{}` are missing", id, secret);
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
        let is_source = visited.len() > 1;
        let mode = mode_of(profiles, profile.fields, is_source).map_err(at(&profile.label))?;
        let (role, field) = match mode {
            Mode::Base(base) => return Ok((base, profile)),
            Mode::AssumeRole(role) => {
                roles.push((role, profile.clone()));
                return Ok((Base::Static, profile));
            }
            Mode::AssumeRoleIfNamed(role) => {
                let is_named = |setting: Setting| profile.fields.text(setting.name()).is_some();
                if matches!(role.arn, RoleArn::Whole(setting) if is_named(setting)) {
                    roles.push((role, profile.clone()));
                }
                return Ok((Base::Static, profile));
            }
            Mode::SourceProfile(role, field) => (role, field),
            Mode::Source(role, source) => {
                if let Some(base) =
                    source_base(source, &profile, profiles).map_err(at(&profile.label))?
                {
                    roles.push((role, profile.clone()));
                    return Ok((base, profile));
                }
                (role, source.profile)
            }
        };
        let next = source_profile(profiles, field, profile.fields, &mut visited);
        let next = next.map_err(at(&profile.label))?;
        roles.push((role, std::mem::replace(&mut profile, next)));
    }
}

/// Returns where the credential comes from that assumes a role; `None` if it is another profile's.
fn source_base(
    source: &RoleSource,
    profile: &Profile<'_>,
    profiles: &Profiles,
) -> Result<Option<Base>, Error> {
    let RoleSource { profile: by_profile, named_source: by_name, named_sources, mfa, .. } = source;
    let fields = profile.fields;
    if fields.text(mfa).is_some() {
        let hint = (source.mfa_hint)(&display::name("name", profile.name));
        let why = "the role requires an MFA code, and this program does not ask for one";
        return Err(invalid(phrase!("`{}` is set: {}", mfa, why)).hinted(hint));
    }
    match (fields.text(by_profile), fields.text(by_name)) {
        (Some(_), Some(_)) => {
            Err(invalid(phrase!("both `{}` and `{}` are set", by_profile, by_name))
                .hinted("remove one of them"))
        }
        (None, None) => Err(invalid(phrase!("`{}` or `{}` is missing", by_profile, by_name))),
        (Some(name), None) if name == profile.name && holds_key(profiles, fields) => {
            Ok(Some(Base::Static))
        }
        (Some(_), None) => Ok(None),
        (None, Some(name)) => match named_sources.iter().find(|(other, _)| *other == name) {
            Some((_, base)) => Ok(Some(*base)),
            None => Err(unsupported(by_name, name, named_sources.iter().map(|(name, _)| *name))),
        },
    }
}

fn holds_key(profiles: &Profiles, fields: &Fields) -> bool {
    fields.holds(&[profiles.file.key.id, profiles.file.key.secret])
}

/// Finds the mode of a profile. Where no field names it, a profile that is the source of another one and holds a key
/// assumes no role.
fn mode_of(profiles: &Profiles, fields: &Fields, is_source: bool) -> Result<Mode, Error> {
    let file = profiles.file;
    let Some(mode_field) = file.mode_field else {
        let is_key_alone = is_source && holds_key(profiles, fields);
        let mut modes = file.modes.iter().filter(|(field, _)| fields.text(field).is_some());
        let mode = modes.find(|(_, mode)| !is_key_alone || matches!(mode, Mode::Base(_)));
        return Ok(mode.map_or(file.default_mode, |(_, mode)| *mode));
    };
    let Some(name) = fields.text(mode_field) else { return Ok(file.default_mode) };
    let is_named =
        |other: &str| other == name || (file.ignores_mode_case && other.eq_ignore_ascii_case(name));
    if let Some((_, mode)) = file.modes.iter().find(|(other, _)| is_named(other)) {
        return Ok(*mode);
    }
    Err(unsupported(mode_field, name, file.modes.iter().map(|(name, _)| *name)))
}

fn unsupported(field: &str, value: &str, supported: impl Iterator<Item = &'static str>) -> Error {
    let (shown, names) = (display::name(field, value), supported.collect::<Vec<_>>().join(", "));
    invalid(phrase!("{} `{}` is not supported", field, shown))
        .hinted(phrase!("supported are {}", names))
}

/// Returns the profile that a field names as the source of another one.
fn source_profile<'a>(
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
        return Err(invalid(phrase!("the profiles `{}` go in a circle", names.join("` → `"))));
    }
    profiles.get(name).ok_or_else(|| {
        let (name, others) = (display::name(field, name), profiles.names());
        invalid(phrase!("there is no profile `{}` (there are {})", name, others))
    })
}

/// Gets the credential of a profile that needs no other.
async fn fetch_base(
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
            let role = OidcRole::read(oidc, Settings::new(fields, ctx))?;
            role.assume(provider, ctx).await
        }
        Base::InstanceRole(imds, field) => {
            imds::fetch_role(imds, field.and_then(|field| fields.text(field)), ctx).await
        }
        Base::Process(program) => process::run(program, fields, &profile.label, ctx).await,
        Base::CredentialsUri(field, names) => {
            let uri = fields.text(field).ok_or_else(|| missing(field))?;
            credentials_uri::fetch(uri, names, &profile.label, ctx).await
        }
        Base::Sso(sso) => login::cached(sso, key, profile, ctx),
        Base::ConsoleLogin(console) => login::console_login(console, profile, &profiles.path, ctx),
        Base::SsoPortal(portal) => login::portal(portal, profile, profiles, ctx).await,
        Base::Environment => {
            let spec = provider.info().credentials;
            let found = env::find(spec, ctx)?.map(|found| found.credential);
            found.ok_or_else(|| missing(spec.env.first().map_or("", |key| key.id)))
        }
        Base::Container(container) => {
            let found = container::find(container, ctx).await?.map(|found| found.credential);
            found.ok_or_else(|| missing(container.path_env))
        }
    };
    found.map(Some)
}
