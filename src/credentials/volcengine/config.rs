//! `~/.volcengine/config.json`, the profiles of Volcengine's command-line tool, with its modes.
//!
//! <https://github.com/volcengine/volcengine-cli>

use super::sts::{self, Role};
use super::{instance, login};
use crate::credentials::Found;
use crate::credentials::access_key::{self, Names};
use crate::credentials::context::{Context, Look, broken, missing};
use crate::credentials::fields::Fields;
use crate::credentials::file::Place;
use crate::credentials::profile::{self, Chosen, Profiles};
use crate::credentials::{display, imds, oidc};
use crate::error::Error;
use crate::ports::System;
use crate::sign::Credential;

/// What a profile calls the parts of a credential.
pub(super) const NAMES: Names =
    Names { id: "access-key", secret: "secret-key", token: "session-token" };

/// Looks for the chosen profile and follows its mode.
pub(super) async fn look(chosen: &Chosen, ctx: Context<'_>) -> Result<Look, Error> {
    let profiles = match Profiles::open(place(ctx.system), NAMES.secret, ctx.system)? {
        Ok(profiles) => profiles,
        Err(nothing) => return Ok(nothing),
    };
    let (name, profile) = match profiles.pick(chosen)? {
        Ok(picked) => picked,
        Err(nothing) => return Ok(nothing),
    };
    let source = profiles.called(name);
    match follow(profile, &source, &profiles.place, ctx).await? {
        Some(credential) => {
            Ok(Look::Found(Found { credential, source, warnings: profiles.warnings }))
        }
        None => Ok(Look::nothing(format!("{source} holds no key"))),
    }
}

/// Follows the mode of a profile, whose case the tool does not mind; `None` when it holds nothing.
async fn follow(
    profile: &Fields,
    source: &str,
    place: &Place,
    ctx: Context<'_>,
) -> Result<Option<Credential>, Error> {
    let need = |name: &str| profile.text(name).ok_or_else(|| missing(source, name));
    let mode = profile.text("mode").unwrap_or("ak");
    match mode.to_ascii_lowercase().as_str() {
        "ak" => access_key::read(source, &NAMES, profile),
        "ststoken" => access_key::read_temporary(source, &NAMES, profile).map(Some),
        "ramrolearn" => {
            let trn = format!("trn:iam::{}:role/{}", need("account-id")?, need("role-name")?);
            let credential = access_key::read(source, &NAMES, profile)?
                .ok_or_else(|| missing(source, NAMES.id))?;
            sts::assume(&role(trn, profile), &credential, source, ctx).await.map(Some)
        }
        "oidc" => {
            let trn = need("role-trn")?.to_owned();
            let field = "oidc-token-file";
            let token = oidc::token(source, field, need(field)?, ctx.system)?;
            sts::assume_with_oidc(&role(trn, profile), &token, source, ctx).await.map(Some)
        }
        "ecsrole" => {
            let role = profile.text("role-name");
            imds::credential(&instance::SERVICE, role, source, ctx).await.map(Some)
        }
        "sso" => login::sso(profile, source, ctx.clock).map(Some),
        "console-login" => login::console(profile, source, place, ctx.system, ctx.clock).map(Some),
        _ => Err(broken(format!(
            "{source}: mode `{}` is not supported",
            display::name("mode", mode)
        ))
        .hinted("supported are ak, StsToken, RamRoleArn, OIDC, EcsRole, sso and console-login")),
    }
}

fn role(trn: String, profile: &Fields) -> Role {
    let policy = profile.text("policy").map(str::to_owned);
    Role { trn, session: None, policy, host: sts::HOST.to_owned() }
}

/// Returns the region of the chosen profile, and where it was found.
pub(super) fn region(
    chosen: &Chosen,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    profile::region(place(system), "region", chosen, system)
}

fn place(system: &dyn System) -> Place {
    Place::named(system, "VOLCENGINE_CLI_CONFIG_FILE", ".volcengine/config.json")
}
