//! Volcengine's places: variables, `~/.volcengine/config.json`, the older files, an OIDC token, the instance
//! role.
//!
//! <https://github.com/volcengine/volcengine-go-sdk/blob/master/docs/EnvironmentVariables.md>

mod config;
mod login;
mod instance;
mod sts;

use self::sts::Role;
use super::access_key::Names;
use super::context::{Cloud, Context, Look, missing};
use super::env::{self, Spelling, first, spelling, variable};
use super::profile::Chosen;
use super::single::{self, Form, KeyFile};
use super::{Found, ask, imds, oidc};
use crate::error::Error;
use crate::ports::System;

/// Volcengine.
pub(super) struct Volcengine;

const SPELLINGS: [Spelling; 4] = [
    spelling("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN"),
    spelling("VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY", "VOLCSTACK_SESSION_TOKEN"),
    spelling("VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"),
    spelling("VOLC_ACCESSKEY", "VOLC_SECRETKEY", "VOLC_SESSIONTOKEN"),
];

/// Variables that choose a profile, as the SDKs order them.
const PROFILES: [&str; 2] = ["VOLCENGINE_PROFILE", "VOLCSTACK_PROFILE"];

/// The files of the first SDKs, in the order in which those prefer them.
const OLDER: [KeyFile; 3] = [
    KeyFile {
        below: ".volc/credentials",
        form: Form::Ini("default"),
        names: Names { id: "access_key_id", secret: "secret_access_key", token: "session_token" },
    },
    KeyFile {
        below: ".volc/config",
        form: Form::Json,
        names: Names { id: "ak", secret: "sk", token: "session_token" },
    },
    KeyFile {
        below: ".volcengine/credentials",
        form: Form::Ini("default"),
        names: Names {
            id: "volcstack_access_key_id",
            secret: "volcstack_secret_access_key",
            token: "volcstack_session_token",
        },
    },
];

const OIDC_FILE: &str = "VOLCENGINE_OIDC_TOKEN_FILE";
const OIDC_ROLE: &str = "VOLCENGINE_OIDC_ROLE_TRN";

const ENDPOINT: &str = "VOLCENGINE_OIDC_STS_ENDPOINT";

const REGIONS: [&str; 2] = ["VOLCENGINE_REGION", "VOLCSTACK_REGION"];

impl Cloud for Volcengine {
    const ID: &'static str = "volcengine";
    const HINT: &'static str =
        "set `VOLCENGINE_ACCESS_KEY` and `VOLCENGINE_SECRET_KEY`, or run `ve login`";

    fn environment(system: &dyn System) -> Result<Look, Error> {
        env::look(system, &SPELLINGS)
    }

    async fn files(profile: Option<&str>, ctx: Context<'_>) -> Result<Look, Error> {
        let chosen = Chosen::by(profile, &PROFILES, ctx.system);
        let mut notes = match config::look(&chosen, ctx).await? {
            Look::Found(found) => return Ok(Look::Found(found)),
            Look::Nothing(notes) => notes,
        };
        if chosen.name().is_none() {
            match single::look(ctx.system, &OLDER)? {
                Look::Found(found) => return Ok(Look::Found(found)),
                Look::Nothing(more) => notes.extend(more),
            }
        }
        chosen.end(notes)
    }

    async fn exchange(ctx: Context<'_>) -> Result<Look, Error> {
        let system = ctx.system;
        let place = "the OIDC variables";
        let (file, trn) = match (variable(system, OIDC_FILE), variable(system, OIDC_ROLE)) {
            (Some(file), Some(trn)) => (file, trn),
            (None, None) => return Ok(Look::nothing(format!("`{OIDC_FILE}` not set"))),
            (Some(_), None) => return Err(missing(place, OIDC_ROLE)),
            (None, Some(_)) => return Err(missing(place, OIDC_FILE)),
        };
        let text = |name: &str| variable(system, name).map(|value| value.as_str().to_owned());
        let role = Role {
            trn: trn.as_str().to_owned(),
            session: text("VOLCENGINE_OIDC_ROLE_SESSION_NAME"),
            policy: text("VOLCENGINE_OIDC_ROLE_POLICY"),
            host: ask::host(place, text(ENDPOINT).map(|host| (ENDPOINT, host)), sts::HOST)?,
        };
        let source = format!("`{OIDC_FILE}`");
        let token = oidc::token(&source, OIDC_FILE, &file, system)?;
        let credential = sts::assume_with_oidc(&role, &token, &source, ctx).await?;
        Ok(Look::Found(Found::new(credential, source)))
    }

    async fn instance(ctx: Context<'_>) -> Result<Look, Error> {
        imds::look(&instance::SERVICE, ctx).await
    }

    fn region(
        profile: Option<&str>,
        system: &dyn System,
    ) -> Result<Option<(String, String)>, Error> {
        if let Some((name, value)) = first(system, &REGIONS) {
            return Ok(Some((value.as_str().to_owned(), format!("`{name}`"))));
        }
        config::region(&Chosen::by(profile, &PROFILES, system), system)
    }
}
