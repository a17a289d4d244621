//! Credentials: found where each cloud's own tools keep them, in one order for all clouds.
//!
//! A profile that is asked for is the only place. Else come the environment, the files of the cloud's own
//! tools, what variables name for an exchange (an OIDC token), and the instance role. A place that holds
//! nothing is noted and the next one is asked; a place that is set and broken ends the search, since the
//! next one may be another identity.

mod context;
mod display;
mod fields;
mod access_key;
mod file;
mod ini;
mod env;
mod profile;
mod single;
mod ask;
mod oidc;
mod imds;
mod aliyun;
mod volcengine;
mod baidu;
mod cache;

use crate::error::{Error, ErrorKind};
use crate::ports::{Clock, System, Transport};

pub use crate::redact::Secret;
use crate::sign::Credential;
pub use cache::CredentialCache;

use self::context::{Asked, Cloud, Context, Look};

/// A credential, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who signs.
    pub credential: Credential,
    /// The place, as text for a message: a variable, a profile of a file, an instance role.
    pub source: String,
    /// What the user should know about the place, as lower-case fragments.
    pub warnings: Vec<String>,
}

impl Found {
    /// Makes a find about which there is nothing more to say.
    fn new(credential: Credential, source: impl Into<String>) -> Self {
        Self { credential, source: source.into(), warnings: Vec::new() }
    }
}

/// Finds the credential of a cloud, which is known by its id: `aliyun`, `volcengine` or `baidu`.
///
/// With a profile nothing but that profile counts. When no place holds anything, the error
/// (`NoCredentials`) names each place and what was found there.
pub async fn find(
    cloud: &str,
    profile: Option<&str>,
    system: &dyn System,
    transport: &dyn Transport,
    clock: &dyn Clock,
) -> Result<Found, Error> {
    let asked = Asked::default();
    search(cloud, profile, Context { system, transport, clock, asked: &asked }).await
}

async fn search(cloud: &str, profile: Option<&str>, ctx: Context<'_>) -> Result<Found, Error> {
    match cloud {
        aliyun::Aliyun::ID => chain::<aliyun::Aliyun>(profile, ctx).await,
        volcengine::Volcengine::ID => chain::<volcengine::Volcengine>(profile, ctx).await,
        baidu::Baidu::ID => chain::<baidu::Baidu>(profile, ctx).await,
        other => Err(unknown(other)),
    }
}

/// Finds the region that the environment or the profile names: the region, and where it was found.
///
/// A variable of the cloud stands before the profile. With nothing named the caller takes the default.
pub fn region(
    cloud: &str,
    profile: Option<&str>,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    let found = match cloud {
        aliyun::Aliyun::ID => aliyun::Aliyun::region(profile, system),
        volcengine::Volcengine::ID => volcengine::Volcengine::region(profile, system),
        baidu::Baidu::ID => baidu::Baidu::region(profile, system),
        other => Err(unknown(other)),
    }?;
    match found {
        // It would become a part of a host, and of all that is told.
        Some((region, source)) if !display::is_name(&region) => {
            let shown = display::path("region", &region);
            Err(Error::new(ErrorKind::Usage, format!("{source}: `{shown}` cannot be a region id"))
                .hinted("a region id is a name such as `cn-beijing`"))
        }
        found => Ok(found),
    }
}

/// Asks the places of one cloud in their order.
async fn chain<S: Cloud>(profile: Option<&str>, ctx: Context<'_>) -> Result<Found, Error> {
    let mut notes = Vec::new();
    if profile.is_none() {
        match S::environment(ctx.system)? {
            Look::Found(found) => return Ok(found),
            Look::Nothing(seen) => notes.extend(seen),
        }
    }
    match S::files(profile, ctx).await? {
        Look::Found(found) => return Ok(found),
        Look::Nothing(seen) => notes.extend(seen),
    }
    if profile.is_none() {
        match S::exchange(ctx).await? {
            Look::Found(found) => return Ok(found),
            Look::Nothing(seen) => notes.extend(seen),
        }
        if env::is_on(ctx.system, imds::SWITCH) {
            notes.push(format!("`{}` switches instance roles off", imds::SWITCH));
        } else {
            match S::instance(ctx).await? {
                Look::Found(found) => return Ok(found),
                Look::Nothing(seen) => notes.extend(seen),
            }
        }
    }
    let message = format!("no credentials found: {}", notes.join("; "));
    Err(Error::new(ErrorKind::NoCredentials, message).hinted(S::HINT))
}

fn unknown(cloud: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("`{cloud}` is no cloud whose credentials are known"))
}
