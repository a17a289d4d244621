//! A credentials URI: a service of the user's own that hands out a credential.
//!
//! <https://help.aliyun.com/zh/sdk/developer-reference/v2-manage-python-access-credentials>

use percent_encoding::percent_decode_str;

use super::sts;
use crate::credentials::Found;
use crate::credentials::access_key;
use crate::credentials::ask::{SERVICE, ask};
use crate::credentials::context::{Context, broken};
use crate::credentials::fields::Fields;
use crate::error::{Error, ErrorKind};
use crate::wire::{Origin, Request, Response};

/// Gets the credential. Of the URI, which may hold a secret, messages name the host alone.
pub(super) async fn fetch(uri: &str, place: &str, ctx: Context<'_>) -> Result<Found, Error> {
    let request = parse(uri).ok_or_else(|| {
        broken(format!(
            "{place}: the credentials URI is not `http://HOST/PATH` or `https://HOST/PATH`"
        ))
    })?;
    let read = |response: &Response| read(place, response);
    let credential = ask(ctx, SERVICE, |_| request.clone(), read).await?;
    let host = request.origin.host();
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let warning = format!("{place}: the credential came from {host} over plain http");
    let warnings = if request.origin.plain && !is_local { vec![warning] } else { Vec::new() };
    Ok(Found { credential, source: place.to_owned(), warnings })
}

fn read(place: &str, response: &Response) -> Result<crate::sign::Credential, Error> {
    let status = response.status;
    let fields = Fields::of_json(&response.body);
    if status != 200 || fields.text("Code") != Some("Success") {
        let kind = match status {
            429 => ErrorKind::Throttled,
            500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::CredentialsInvalid,
        };
        let message = format!("{place}: the credentials URI gave no credential (HTTP {status})");
        return Err(Error::new(kind, message));
    }
    let credential = access_key::read_temporary(place, &sts::NAMES, &fields)?;
    Ok(credential.until(fields.text(sts::ENDS).and_then(access_key::moment)))
}

/// Takes a URI apart. One with a user name is refused.
fn parse(uri: &str) -> Option<Request> {
    let (scheme, rest) = uri.split_once("://")?;
    let plain = match scheme {
        "http" => true,
        "https" => false,
        _ => return None,
    };
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]_".contains(letter);
    if authority.is_empty() || !authority.chars().all(is_host) {
        return None;
    }
    let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
    let origin = Origin { plain, authority: authority.to_owned() };
    let mut request = Request::new("GET", origin, format!("/{}", decode(path)?));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request = request.with(decode(name)?, decode(value)?);
    }
    Some(request)
}
