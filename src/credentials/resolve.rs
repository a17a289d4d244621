//! The order in which the sources of a provider are asked.

use super::context::{Context, Found, at};
use super::env::{self, first, variable};
use super::fields::Fields;
use super::file::ConfigPath;
use super::profile::{ProfileChoice, Profiles};
use super::settings::Settings;
use super::sts::{OidcRole, Role, assume_role};
use super::{access_key, chain, container, credentials_uri, imds};
use crate::error::{Detail, Error, ErrorKind};
use crate::phrase::phrase;
use crate::provider::Provider;
use crate::provider::credential_spec::{KeyFile, OidcSettings, ProfileFile, RoleArn, RoleSettings};

/// Finds the credential of a provider. With a profile nothing but that profile counts. When there is no
/// credential anywhere, the error (`NoCredentials`) names each place and what is there.
pub async fn resolve(
    provider: &dyn Provider,
    profile: Option<&str>,
    ctx: &Context<'_>,
) -> Result<Found, Error> {
    if let Some(found) = search(provider, profile, ctx).await? {
        return Ok(Found { warnings: ctx.warnings.all(), ..found });
    }
    Err(Error::new(ErrorKind::NoCredentials, "no credentials found")
        .with_details(ctx.tried.all())
        .hinted((provider.info().credentials.hint)()))
}

async fn search(
    provider: &dyn Provider,
    profile: Option<&str>,
    ctx: &Context<'_>,
) -> Result<Option<Found>, Error> {
    let spec = provider.info().credentials;
    let mut found = if profile.is_none() { env::find(spec, ctx)? } else { None };
    if found.is_none() {
        found = from_files(provider, profile, ctx).await?;
    }
    if let Some(found) = found {
        return match &spec.role_env {
            Some(role) if profile.is_none() => {
                with_role_of_env(role, found, provider, ctx).await.map(Some)
            }
            _ => Ok(Some(found)),
        };
    }
    if profile.is_some() {
        return Ok(None);
    }
    if let Some(oidc) = &spec.oidc_env
        && let Some(found) = from_oidc_env(oidc, provider, ctx).await?
    {
        return Ok(Some(found));
    }
    if let Some((name, fields)) = spec.credentials_uri {
        if let Some(uri) = variable(ctx.system, name)? {
            let source = format!("`{name}`");
            let credential = credentials_uri::fetch(&uri, fields, &source, ctx).await;
            return Ok(Some(Found::new(credential.map_err(at(&source))?, source)));
        }
        ctx.tried.add(Detail::tried(format!("`{name}`"), "not set"));
    }
    if let Some(container) = spec.container
        && let Some(found) = container::find(container, ctx).await?
    {
        return Ok(Some(found));
    }
    match spec.imds {
        Some(imds) => imds::find(imds, ctx).await,
        None => Ok(None),
    }
}

/// Asks the files: those with profiles, and unless a profile is chosen those with one key.
async fn from_files(
    provider: &dyn Provider,
    profile: Option<&str>,
    ctx: &Context<'_>,
) -> Result<Option<Found>, Error> {
    let spec = provider.info().credentials;
    let choice = ProfileChoice::new(profile, spec.profile_env, ctx.system)?;
    let earlier = ctx.tried.all().len();
    let is_meant = |file: &&ProfileFile| profile.is_none() || file.has_flag;
    let files: Vec<_> = spec.profile_files.iter().filter(is_meant).collect();
    for (index, file) in files.iter().enumerate() {
        match from_profiles(file, &choice, provider, ctx).await? {
            InProfile::Credential(found) => {
                let later = files.iter().skip(index + 1);
                for (name, _) in later.filter_map(|later| first(ctx.system, later.path_env)) {
                    let why = format!("{} comes first", found.source);
                    ctx.warnings.add(phrase!(
                        "the file that `{}` names is not read: {}",
                        name,
                        why
                    ));
                }
                return Ok(Some(found));
            }
            InProfile::Settings if profile.is_none() => return Ok(None),
            InProfile::Settings | InProfile::Nothing => {}
        }
    }
    if choice.name.is_none()
        && let Some(found) = from_key_files(spec.key_files, ctx)?
    {
        return Ok(Some(found));
    }
    choice.fail_if_chosen(ctx.tried.all().into_iter().skip(earlier)).map(|()| None)
}

/// What the profile that counts holds.
enum InProfile {
    Credential(Found),
    /// Settings alone, which is nothing special in such a file.
    Settings,
    Nothing,
}

/// Follows the profile of one file that counts.
async fn from_profiles(
    file: &'static ProfileFile,
    choice: &ProfileChoice,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<InProfile, Error> {
    let mut held = InProfile::Nothing;
    for profiles in Profiles::open_each(file, choice, ctx.system, &ctx.tried)? {
        let profiles = profiles?;
        let Some(profile) = profiles.pick(choice, &ctx.tried)? else { continue };
        let source = profile.label.clone();
        if let Some(credential) = chain::fetch(profile, &profiles, provider, ctx).await? {
            profiles.warning.into_iter().for_each(|warning| ctx.warnings.add(warning));
            return Ok(InProfile::Credential(Found::new(credential, source)));
        }
        profiles.path.pass_over(&source, "holds no key", &ctx.tried)?;
        if file.settings.is_some() {
            held = InProfile::Settings;
        }
    }
    Ok(held)
}

/// Finds the key in the first of the files of older tools that holds one.
fn from_key_files(files: &[KeyFile], ctx: &Context<'_>) -> Result<Option<Found>, Error> {
    // The root of a drive of Windows is a place where every user may make folders.
    let is_safe = |file: &&KeyFile| !cfg!(windows) || !file.path.starts_with('/');
    for KeyFile { path, section, key } in files.iter().filter(is_safe) {
        let path = if path.starts_with('/') {
            ConfigPath::given(ctx.system, "path", path)
        } else {
            ConfigPath::at_home(ctx.system, path)
        };
        let Some(text) = path.open(ctx.system, &ctx.tried)? else { continue };
        let fields = match section {
            None => text.json()?,
            Some(section) => {
                let mut sections = text.ini()?.into_iter();
                let found = sections.find(|(name, _)| name.eq_ignore_ascii_case(section));
                found.map(|(_, fields)| fields).unwrap_or_default()
            }
        };
        if let Some(credential) = access_key::read(&fields, key).map_err(at(&path.shown))? {
            text.warning().into_iter().for_each(|warning| ctx.warnings.add(warning));
            return Ok(Some(Found::new(credential, path.shown)));
        }
        ctx.tried.add(Detail::tried(format!("`{}`", path.shown), "holds no key"));
    }
    Ok(None)
}

/// Assumes the role that variables name with a key, if they name one.
async fn with_role_of_env(
    settings: &'static RoleSettings,
    key: Found,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Found, Error> {
    let RoleArn::Whole(arn) = settings.arn else { return Ok(key) };
    let fields = Fields::default();
    let values = Settings::new(&fields, ctx);
    if values.value(&[arn])?.is_none() {
        return Ok(key);
    }
    let source = format!("`{}`, assumed with {}", arn.name(), key.source);
    let role = Role::read(settings, values).map_err(at(arn.name()))?;
    let credential = assume_role(&role, &key.credential, provider, ctx).await;
    Ok(Found::new(credential.map_err(at(&source))?, source))
}

/// Assumes the role that variables name with the OIDC token that variables name, as Kubernetes and CI jobs get
/// them.
async fn from_oidc_env(
    oidc: &'static OidcSettings,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Option<Found>, Error> {
    let source = format!("`{}`", oidc.token_file.name());
    if first(ctx.system, provider.info().credentials.oidc_signs).is_none() {
        ctx.tried.add(Detail::tried(source, "not set"));
        return Ok(None);
    }
    let fields = Fields::default();
    let role =
        OidcRole::read(oidc, Settings::new(&fields, ctx)).map_err(at("the OIDC variables"))?;
    let credential = role.assume(provider, ctx).await.map_err(at(&source))?;
    Ok(Some(Found::new(credential, source)))
}
