//! Credentials URIs: services of the user's own that hand out a credential.

use super::access_key;
use super::context::{Context, Service, invalid};
use super::fields::Fields;
use crate::error::{Error, ErrorKind};
use crate::phrase::phrase;
use crate::provider::by_status;
use crate::provider::credential_spec::KeyFields;
use crate::redact::Redactor;
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::{Origin, Request, Response};

/// Gets the credential, and warns of one that came over a network in the clear.
pub(super) async fn fetch(
    uri: &str,
    names: &KeyFields,
    label: &str,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let request = request(uri)?;
    let credential = call(&request, names, ctx).await?;
    let origin = &request.origin;
    if origin.plain && !origin.is_loopback() {
        let host = origin.host();
        ctx.warnings.add(phrase!("the credential came from {} over plain http", host).at(label));
    }
    Ok(credential)
}

/// Sends a request. Messages name the host alone, since the rest may be a secret.
pub(super) async fn call(
    request: &Request,
    names: &KeyFields,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let build = |_: &Stamp| Signed::from(request.clone());
    let read = |response: &Response, _: &Redactor| read(response, names);
    let target = request.target();
    // Any part of the path or query may be a secret.
    let parts = target.split(['/', '?', '&', '=', '#']);
    let headers = request.headers.iter().map(|(_, value)| value.as_str());
    let secrets: Vec<&str> = parts.chain(headers).collect();
    ctx.call(Service::Token, &[], &secrets, build, read).await
}

/// Makes the request of a URI, which is checked.
pub(super) fn request(uri: &str) -> Result<Request, Error> {
    let request = parse(uri).ok_or_else(|| {
        invalid("the credentials URI is not `http://HOST/PATH` or `https://HOST/PATH`")
    })?;
    check_target(&request.target())?;
    Ok(request)
}

fn read(response: &Response, names: &KeyFields) -> Result<Credential, Error> {
    let status = response.status;
    let fields = Fields::of_json(&response.body);
    // The command-line tool asks for the code, the SDKs do not.
    if status == 200 && fields.text("Code").is_none_or(|code| code == "Success") {
        return access_key::read_with_token(&fields, names);
    }
    let kind = match by_status(status) {
        kind if kind.is_transient() => kind,
        _ => ErrorKind::CredentialsInvalid,
    };
    Err(Error::new(kind, phrase!("the credentials URI gave no credential (HTTP {})", status)))
}

/// Refuses what the HTTP library would send in another form than it is written in (RFC 3986, section 2 and 5.2.4).
fn check_target(target: &str) -> Result<(), Error> {
    let is_allowed =
        |letter: char| letter.is_ascii_alphanumeric() || "-._~:/?[]@!$&()*+,;=%".contains(letter);
    if !target.chars().all(is_allowed) {
        return Err(invalid("the credentials URI holds a character that must be percent-encoded"));
    }
    let path = target.split('?').next().unwrap_or_default().to_ascii_lowercase();
    if path.replace("%2e", ".").split('/').any(|segment| segment == "." || segment == "..") {
        return Err(invalid("the path of the credentials URI holds a `.` or `..`")
            .hinted("write the path without them"));
    }
    Ok(())
}

/// Makes the request of a URI, whose path and query are sent as they are. A URI with a user name is refused.
pub(super) fn parse(uri: &str) -> Option<Request> {
    let (scheme, rest) = uri.split_once("://")?;
    let plain = match scheme {
        "http" => true,
        "https" => false,
        _ => return None,
    };
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    if !is_authority(authority) {
        return None;
    }
    let slash = if target.starts_with('/') { "" } else { "/" };
    let origin = Origin { plain, authority: authority.to_owned() };
    let raw_target = Some(format!("{slash}{target}"));
    Some(Request { raw_target, ..Request::new("GET", origin, "/") })
}

/// Tells whether a text is a host, with a port or without, as the HTTP client understands it.
pub(super) fn is_authority(text: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || ".-:[]_".contains(letter);
    let url = format!("http://{text}/").parse::<reqwest::Url>();
    text.chars().all(is_allowed)
        && !text.ends_with(':')
        && url.is_ok_and(|url| url.port() != Some(0))
}
