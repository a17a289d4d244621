//! Baidu AI Cloud's places: variables, `~/.bce/config.json`, the files of `bcecmd` and of the connectors.
//!
//! <https://github.com/baidubce/bce-cli>, <https://cloud.baidu.com/doc/BOS/s/pm5p8jya8>

use super::access_key::{self, Names};
use super::ask::PROBE;
use super::context::{Cloud, Context, Look, broken};
use super::env::{self, Spelling, first, spelling};
use super::fields::Fields;
use super::file::Place;
use super::profile::{self, Chosen, Profiles};
use super::single::{self, Form, KeyFile};
use super::{Found, display, imds};
use crate::error::Error;
use crate::ports::System;
use crate::wire::Request;

/// Baidu AI Cloud.
pub(super) struct Baidu;

/// The spellings of the command-line tool and of the Terraform provider.
const SPELLINGS: [Spelling; 2] = [
    spelling("BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"),
    spelling("BAIDUCLOUD_ACCESS_KEY", "BAIDUCLOUD_SECRET_KEY", "BAIDUCLOUD_SESSION_TOKEN"),
];

const REGIONS: [&str; 2] = ["BCE_REGION", "BAIDUCLOUD_REGION"];

const CONFIG: &str = ".bce/config.json";

const NAMES: Names =
    Names { id: "access_key_id", secret: "secret_access_key", token: "security_token" };

/// Files of `bcecmd` and of the connectors. The files beside them name a `Domain`, which is the object
/// storage's and never asked.
const OLDER: [KeyFile; 2] = [older(".go-bcecli/credentials"), older(".baidubce/credentials")];

const fn older(below: &'static str) -> KeyFile {
    let names = Names { id: "ak", secret: "sk", token: "sts" };
    KeyFile { below, form: Form::Ini("defaults"), names }
}

/// The role of an instance, <https://intl.cloud.baidu.com/en/doc/BCC/s/jm4bbrdmn-intl-en>. The page gives the
/// address and not the form of the answer, so the names are those of the token service,
/// <https://intl.cloud.baidu.com/doc/IAM/s/Qjwvyc8ov-en>: at the top or in `credential`.
const METADATA_HOST: &str = "169.254.169.254";
const METADATA_PATH: &str = "/latest/meta-data/sts-credential";
const ROLE_NAMES: Names =
    Names { id: "accessKeyId", secret: "secretAccessKey", token: "sessionToken" };

impl Cloud for Baidu {
    const ID: &'static str = "baidu";
    const HINT: &'static str =
        "set `BCE_ACCESS_KEY_ID` and `BCE_SECRET_ACCESS_KEY`, or configure a profile with `bce`";

    fn environment(system: &dyn System) -> Result<Look, Error> {
        env::look(system, &SPELLINGS)
    }

    async fn files(profile: Option<&str>, ctx: Context<'_>) -> Result<Look, Error> {
        let chosen = Chosen::by(profile, &[], ctx.system);
        let mut notes = match config(&chosen, ctx.system)? {
            Look::Found(found) => return Ok(Look::Found(found)),
            Look::Nothing(notes) => notes,
        };
        if profile.is_none() {
            match single::look(ctx.system, &OLDER)? {
                Look::Found(found) => return Ok(Look::Found(found)),
                Look::Nothing(more) => notes.extend(more),
            }
        }
        chosen.end(notes)
    }

    async fn exchange(_: Context<'_>) -> Result<Look, Error> {
        // No variable of this cloud names something to exchange.
        Ok(Look::Nothing(Vec::new()))
    }

    async fn instance(ctx: Context<'_>) -> Result<Look, Error> {
        let address = |request: Request| Request { path: METADATA_PATH.to_owned(), ..request };
        let response = match imds::get(METADATA_HOST, PROBE, address, ctx).await {
            Ok(response) => response,
            Err(error) => return Ok(Look::nothing(imds::absent(&error).message())),
        };
        let source = "the instance role";
        let answer = Fields::of_json(&response.body);
        let fields = answer.nested("credential").unwrap_or(&answer);
        if response.status != 200 || fields.text(ROLE_NAMES.id).is_none() {
            // Other clouds answer at this address too; nothing tells that it is this one.
            let status = response.status;
            let note =
                format!("no instance role: {METADATA_HOST} gave no credential (HTTP {status})");
            return Ok(Look::nothing(note));
        }
        let credential = access_key::read_temporary(source, &ROLE_NAMES, fields)?;
        let ends = fields.text("expiration").and_then(access_key::moment);
        Ok(Look::Found(Found::new(credential.until(ends), source)))
    }

    fn region(
        profile: Option<&str>,
        system: &dyn System,
    ) -> Result<Option<(String, String)>, Error> {
        if let Some((name, value)) = first(system, &REGIONS) {
            return Ok(Some((value.as_str().to_owned(), format!("`{name}`"))));
        }
        let chosen = Chosen::by(profile, &[], system);
        profile::region(Place::at_home(system, CONFIG), "region", &chosen, system)
    }
}

/// Looks for the chosen profile of the command-line tool.
fn config(chosen: &Chosen, system: &dyn System) -> Result<Look, Error> {
    let profiles = match Profiles::open(Place::at_home(system, CONFIG), NAMES.secret, system)? {
        Ok(profiles) => profiles,
        Err(nothing) => return Ok(nothing),
    };
    let (name, profile) = match profiles.pick(chosen)? {
        Ok(picked) => picked,
        Err(nothing) => return Ok(nothing),
    };
    let source = profiles.called(name);
    let credential = match profile.text("mode") {
        None | Some("AK") => access_key::read(&source, &NAMES, profile)?,
        Some("StsToken") => Some(access_key::read_temporary(&source, &NAMES, profile)?),
        Some(mode) => {
            let mode = display::name("mode", mode);
            return Err(broken(format!("{source}: mode `{mode}` is not supported")));
        }
    };
    match credential {
        Some(credential) => {
            Ok(Look::Found(Found { credential, source, warnings: profiles.warnings }))
        }
        None => Ok(Look::nothing(format!("{source} holds no key"))),
    }
}
