//! Credentials, found where each provider's own tools keep them, in one order for all providers.
//!
//! A profile that `--profile` names is the only source. Otherwise these are asked in turn: environment variables, the
//! files of the provider's own tools, variables that name something to exchange (an OIDC token, a credentials URI) or a
//! container's service, and the instance role. A source that holds nothing is noted and the next one is asked; a source
//! that is set and cannot be used ends the search, since the next one may be another identity.

mod context;
mod display;
mod fields;
mod access_key;
mod env;
mod file;
mod profile;
mod settings;
mod credentials_uri;
mod sts;
mod container;
mod imds;
mod process;
mod login;
mod chain;
mod resolve;
mod cache;

use crate::error::Error;
use crate::phrase::phrase;
use crate::ports::System;
use crate::provider::Provider;
use crate::provider::credential_spec::{CredentialSpec, ProfileFile};

pub use self::access_key::{QUOTES, QUOTES_HINT, is_quoted};
pub use self::cache::CredentialCache;
pub use self::context::{Context, Found, LastContacted};
pub use self::resolve::resolve;

use self::context::Tried;
use self::env::first;
use self::profile::{ProfileChoice, Profiles};

/// Finds the region that the environment or the profile names: the region, and where it was found.
///
/// A variable of the provider counts before the profile. With nothing named the caller takes the default.
pub fn region(
    provider: &dyn Provider,
    profile: Option<&str>,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    let spec = provider.info().credentials;
    let from_env =
        |names| first(system, names).map(|(name, value)| (value.to_string(), format!("`{name}`")));
    let mut found = from_env(spec.region_env);
    if found.is_none() {
        found = region_of_profile(spec, profile, system)?;
    }
    match found.or_else(|| from_env(spec.generic_region_env)) {
        Some((region, source)) if is_quoted(&region) => {
            let message = phrase!("{}: the region begins or ends with a quote", source);
            Err(Error::usage(message).hinted(QUOTES_HINT))
        }
        // It would become a part of a host name, and of messages.
        Some((region, source)) if !display::is_name(&region) => {
            let shown = display::path("region", &region);
            Err(Error::usage(phrase!("{}: `{}` cannot be a region id", source, shown))
                .hinted("a region id is a name such as `cn-beijing`"))
        }
        found => Ok(found),
    }
}

/// Returns the profiles that `--profile` may name, as far as their files can be read.
pub fn profile_names(provider: &dyn Provider, system: &dyn System) -> Vec<String> {
    let files = provider.info().credentials.profile_files.iter();
    let mut names: Vec<String> =
        files.filter(|file| file.has_flag).flat_map(|file| profile::names(file, system)).collect();
    // A value that does not look like a name may be a secret in the wrong place.
    names.retain(|name| !name.is_empty() && display::is_name(name));
    names
}

fn region_of_profile(
    spec: &CredentialSpec,
    profile: Option<&str>,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    let choice = ProfileChoice::new(profile, spec.profile_env, system)?;
    let tried = Tried::default();
    for file in spec.profile_files {
        match region_of_file(file, &choice, system, &tried) {
            // A file without regions matters, and is reported, when a credential is looked for.
            Err(_) if file.region_field.is_none() => {}
            Ok(None) => {}
            found => return found,
        }
    }
    let Some(file) = &spec.region_file else { return Ok(None) };
    let path = choice.path(system, file.path)?;
    let Some(text) = path.open(system, &Tried::default())? else { return Ok(None) };
    let region = text.json()?.nested(file.object);
    let region = region.and_then(|fields| fields.text(file.field).map(str::to_owned));
    Ok(region.map(|region| (region, format!("`{}`", path.shown))))
}

fn region_of_file(
    file: &'static ProfileFile,
    choice: &ProfileChoice,
    system: &dyn System,
    tried: &Tried,
) -> Result<Option<(String, String)>, Error> {
    let mut is_there = file.settings.is_none();
    for profiles in Profiles::open_each(file, choice, system, tried)? {
        let profiles = profiles?;
        let Some(field) = profiles.file.region_field else { continue };
        let Some(profile) = profiles.pick(choice, tried)? else { continue };
        is_there = true;
        if let Some(region) = profile.fields.text(field) {
            return Ok(Some((region.to_owned(), profile.label)));
        }
    }
    // Where files may hold nothing but settings, a missing region would otherwise be the first thing that is noticed.
    if is_there { Ok(None) } else { choice.fail_if_chosen(tried.all().into_iter()).map(|()| None) }
}
