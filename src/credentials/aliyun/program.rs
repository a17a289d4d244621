//! Mode `External`: a program that prints a credential.
//!
//! <https://github.com/aliyun/aliyun-cli>

use std::ffi::OsString;
use std::time::Duration;

use zeroize::Zeroizing;

use super::modes::NAMES;
use crate::credentials::context::{Context, broken, missing, stopped};
use crate::credentials::env::is_on;
use crate::credentials::fields::Fields;
use crate::credentials::{access_key, display};
use crate::error::Error;
use crate::sign::Credential;

const SWITCH: &str = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS";

/// As long as the vendor's libraries wait.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs the profile's program, without a shell, and reads what it prints. None of that goes into a message.
pub(super) async fn run(
    profile: &Fields,
    place: &str,
    ctx: Context<'_>,
) -> Result<Credential, Error> {
    if is_on(ctx.system, SWITCH) {
        return Err(broken(format!("{place}: programs are switched off by `{SWITCH}`")));
    }
    let command =
        profile.text("process_command").ok_or_else(|| missing(place, "process_command"))?;
    let words: Vec<OsString> = match shlex::split(command) {
        Some(words) if !words.is_empty() => words.into_iter().map(OsString::from).collect(),
        Some(_) | None => {
            return Err(broken(format!("{place}: `process_command` is no command line")));
        }
    };
    let who = format!("the program of {place}");
    ctx.asked.note(&who);
    let output = ctx.system.run(&words, LIMIT).await.map(Zeroizing::new);
    let found = output
        .map_err(|why| broken(format!("{place}: the program of `process_command` failed: {why}")))
        .and_then(|output| read(place, &output));
    match found {
        // The Ctrl-C that stops the run ends the program too.
        Err(_) if ctx.clock.shutdown_deadline().is_some() => Err(stopped(&who)),
        found => found,
    }
}

fn read(place: &str, output: &[u8]) -> Result<Credential, Error> {
    let fields = Fields::of_json(output);
    let what = format!("{place}: what the program of `process_command` printed");
    let credential = match fields.text("mode") {
        Some("StsToken") => access_key::read_temporary(&what, &NAMES, &fields)?,
        Some("AK") | None => access_key::read(&what, &NAMES, &fields)?
            .ok_or_else(|| broken(format!("{what} is no JSON with `{}`", NAMES.id)))?,
        Some(mode) => {
            let mode = display::name("mode", mode);
            return Err(broken(format!("{what} has mode `{mode}`, not `AK` or `StsToken`")));
        }
    };
    Ok(credential.until(fields.text("expiration").and_then(access_key::moment)))
}
