//! Alibaba Cloud's places: variables, `~/.aliyun/config.json`, `~/.alibabacloud/credentials`, an OIDC token,
//! a credentials URI, the instance role.
//!
//! <https://help.aliyun.com/zh/sdk/developer-reference/v2-manage-python-access-credentials>

mod config;
mod modes;
mod program;
mod uri;
mod shared;
mod instance;
mod sts;

use self::sts::Role;
use super::Found;
use super::access_key::Names;
use super::context::{Cloud, Context, Look, missing};
use super::env::{self, Owner, Spelling, first, spelling, variable};
use super::fields::Fields;
use super::profile::Chosen;
use super::{imds, oidc};
use crate::error::Error;
use crate::ports::System;

/// Alibaba Cloud.
pub(super) struct Aliyun;

/// The spellings of the command-line tool, the Terraform provider and the first SDK. The last one carries no
/// cloud's name; the command-line tool reads it all the same.
const SPELLINGS: [Spelling; 6] = [
    spelling(
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
    ),
    spelling(
        "ALIBABACLOUD_ACCESS_KEY_ID",
        "ALIBABACLOUD_ACCESS_KEY_SECRET",
        "ALIBABACLOUD_SECURITY_TOKEN",
    ),
    spelling("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"),
    spelling("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
    spelling("ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET", ""),
    Spelling {
        names: Names { id: "ACCESS_KEY_ID", secret: "ACCESS_KEY_SECRET", token: "SECURITY_TOKEN" },
        owner: Owner::Anybody,
    },
];

/// Variables that choose a profile, as the command-line tool orders them.
const PROFILES: [&str; 3] = ["ALIBABACLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"];

const OIDC_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
const OIDC_PROVIDER: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

const REGIONS: [&str; 5] = [
    "ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION_ID", "ALICLOUD_REGION",
    "ALIBABA_CLOUD_REGION",
];

/// Names without the cloud's, which another program may mean: they come after the profile.
const PLAIN_REGIONS: [&str; 2] = ["REGION_ID", "REGION"];

impl Cloud for Aliyun {
    const ID: &'static str = "aliyun";
    const HINT: &'static str = "set `ALIBABA_CLOUD_ACCESS_KEY_ID` and \
        `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, or run `aliyun configure`";

    fn environment(system: &dyn System) -> Result<Look, Error> {
        env::look(system, &SPELLINGS)
    }

    async fn files(profile: Option<&str>, ctx: Context<'_>) -> Result<Look, Error> {
        let chosen = Chosen::by(profile, &PROFILES, ctx.system);
        let mut notes = match config::look(&chosen, ctx).await? {
            Look::Found(found) => return Ok(Look::Found(found)),
            Look::Nothing(notes) => notes,
        };
        if profile.is_none() {
            match shared::look(&chosen, ctx).await? {
                Look::Found(found) => return Ok(Look::Found(found)),
                Look::Nothing(more) => notes.extend(more),
            }
        }
        chosen.end(notes)
    }

    async fn exchange(ctx: Context<'_>) -> Result<Look, Error> {
        let mut notes = match federation(ctx).await? {
            Look::Found(found) => return Ok(Look::Found(found)),
            Look::Nothing(notes) => notes,
        };
        let Some(uri) = variable(ctx.system, URI) else {
            notes.push(format!("`{URI}` not set"));
            return Ok(Look::Nothing(notes));
        };
        let source = format!("`{URI}`");
        let found = uri::fetch(&uri, &source, ctx).await?;
        Ok(Look::Found(found))
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
        let chosen = Chosen::by(profile, &PROFILES, system);
        if let Some(found) = config::region(&chosen, system)? {
            return Ok(Some(found));
        }
        Ok(first(system, &PLAIN_REGIONS)
            .map(|(name, value)| (value.as_str().to_owned(), format!("`{name}`"))))
    }
}

/// Exchanges the OIDC token that variables name, as Kubernetes and CI jobs get them.
async fn federation(ctx: Context<'_>) -> Result<Look, Error> {
    let system = ctx.system;
    let place = "the OIDC variables";
    let (file, provider, arn) =
        (variable(system, OIDC_FILE), variable(system, OIDC_PROVIDER), variable(system, ROLE_ARN));
    // The role alone says nothing: other tools take it with a key.
    if file.is_none() && provider.is_none() {
        return Ok(Look::nothing(format!("`{OIDC_FILE}` not set")));
    }
    let file = file.ok_or_else(|| missing(place, OIDC_FILE))?;
    let provider = provider.ok_or_else(|| missing(place, OIDC_PROVIDER))?;
    let arn = arn.ok_or_else(|| missing(place, ROLE_ARN))?;
    let role = Role {
        arn: arn.as_str().to_owned(),
        session: sts::session(system),
        seconds: None,
        external_id: None,
        policy: None,
        host: sts::host(place, &Fields::default(), system)?,
    };
    let source = format!("`{OIDC_FILE}`");
    let token = oidc::token(&source, OIDC_FILE, &file, system)?;
    let credential = sts::assume_with_oidc(&role, &provider, &token, &source, ctx).await?;
    Ok(Look::Found(Found::new(credential, source)))
}
