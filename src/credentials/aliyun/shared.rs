//! `~/.alibabacloud/credentials`, the file that Alibaba Cloud's SDKs share.
//!
//! <https://github.com/aliyun/credentials-go>

use super::instance;
use super::sts::{self, Role};
use crate::credentials::Found;
use crate::credentials::access_key::{self, Names};
use crate::credentials::context::{Context, Look, broken, missing};
use crate::credentials::fields::Fields;
use crate::credentials::file::{Opened, Place};
use crate::credentials::profile::Chosen;
use crate::credentials::{display, imds, ini, oidc};
use crate::error::Error;
use crate::ports::System;
use crate::sign::Credential;

const NAMES: Names =
    Names { id: "access_key_id", secret: "access_key_secret", token: "security_token" };

/// Where the SDKs look: Go without an ending, Python with one.
const FILES: [&str; 2] = [".alibabacloud/credentials", ".alibabacloud/credentials.ini"];

/// Looks for the chosen section, or `default`, in the files.
pub(super) async fn look(chosen: &Chosen, ctx: Context<'_>) -> Result<Look, Error> {
    let mut notes = Vec::new();
    for file in FILES {
        let place = Place::named(ctx.system, "ALIBABA_CLOUD_CREDENTIALS_FILE", file);
        let text = match place.open(ctx.system)? {
            Opened::Nothing(note) => {
                notes.push(note);
                continue;
            }
            Opened::Text(text) => text,
        };
        let sections = ini::parse(text.text(&place)?);
        let name = chosen.name().unwrap_or("default");
        let shown = display::name(chosen.field(), name);
        let Some((_, section)) = sections.iter().find(|(section, _)| section == name) else {
            notes.push(format!("`{}` holds no section `{shown}`", place.shown));
            continue;
        };
        let source = format!("section `{shown}` of {}", place.shown);
        let holds_secret = sections.iter().any(|(_, section)| section.text(NAMES.secret).is_some());
        let warnings = if holds_secret { text.warnings(&place) } else { Vec::new() };
        match follow(section, &source, ctx).await? {
            Some(credential) => return Ok(Look::Found(Found { credential, source, warnings })),
            None => notes.push(format!("{source} holds no key")),
        }
    }
    notes.dedup();
    Ok(Look::Nothing(notes))
}

async fn follow(
    section: &Fields,
    source: &str,
    ctx: Context<'_>,
) -> Result<Option<Credential>, Error> {
    match section.text("type") {
        Some("access_key") | None => access_key::read(source, &NAMES, section),
        Some("ram_role_arn") => {
            let role = role(section, source, ctx.system)?;
            let Some(credential) = access_key::read(source, &NAMES, section)? else {
                return Err(missing(source, NAMES.id));
            };
            sts::assume(&role, &credential, source, ctx).await.map(Some)
        }
        Some("oidc_role_arn") => {
            let need = |name: &str| section.text(name).ok_or_else(|| missing(source, name));
            let (provider, file) = (need("oidc_provider_arn")?, need("oidc_token_file_path")?);
            let role = role(section, source, ctx.system)?;
            let token = oidc::token(source, "oidc_token_file_path", file, ctx.system)?;
            sts::assume_with_oidc(&role, provider, &token, source, ctx).await.map(Some)
        }
        Some("ecs_ram_role") => {
            let role = section.text("role_name");
            imds::credential(&instance::SERVICE, role, source, ctx).await.map(Some)
        }
        Some(other) => Err(broken(format!(
            "{source}: type `{}` is not supported",
            display::name("type", other)
        ))
        .hinted("supported are access_key, ram_role_arn, oidc_role_arn and ecs_ram_role")),
    }
}

fn role(section: &Fields, source: &str, system: &dyn System) -> Result<Role, Error> {
    let text = |name: &str| section.text(name).map(str::to_owned);
    Ok(Role {
        arn: text("role_arn").ok_or_else(|| missing(source, "role_arn"))?,
        session: text("role_session_name").or_else(|| sts::session(system)),
        seconds: None,
        external_id: None,
        policy: text("policy"),
        host: sts::host(source, section, system)?,
    })
}
