//! An address given instead of a cloud's own, by `--endpoint` or a variable.

use std::net::Ipv6Addr;

use crate::error::Error;
use crate::phrase::phrase;
use crate::wire::{self, Origin};

/// Reads an endpoint: scheme, host and port, nothing else. Plain http is for loopback only. Messages begin with
/// `source`, which is what stands before the address.
pub(super) fn origin(source: &str, url: &str) -> Result<Origin, Error> {
    if url.contains('@') {
        // The part before the `@` may be a password, so the address is not repeated.
        let source = source.trim_end_matches([' ', '=']);
        return Err(Error::usage(phrase!("`{}` contains a user name or password", source))
            .hinted("leave out everything before the `@`: no address takes a secret"));
    }
    let refuse = |why: &'static str| {
        Error::usage(phrase!("`{}{}`: {}", source, url, why))
            .hinted("write `https://HOST[:PORT]`; `{region}` in it is filled in")
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(|| refuse("the scheme is missing"))?;
    // RFC 3986, section 3.1: schemes are case-insensitive.
    let plain = match scheme.to_ascii_lowercase().as_str() {
        "https" => false,
        "http" => true,
        _ => return Err(refuse("the scheme is neither https nor http")),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase();
    if let Some(mark) = authority.find(['/', '?', '#']) {
        let is_path = authority.get(mark..).is_some_and(|rest| rest.starts_with('/'));
        return Err(if is_path {
            refuse("a path is not allowed")
        } else {
            refuse("a query or fragment is not allowed")
        });
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    let filled = host.replace("{region}", "r");
    let address = filled.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = if let Some(address) = address {
        address.parse::<Ipv6Addr>().is_ok()
    } else {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        !filled.is_empty() && filled.bytes().all(allowed)
    };
    if !is_host {
        return Err(refuse("invalid host name"));
    }
    if !["r", "1", "0x1"].iter().all(|region| is_as_written(&host.replace("{region}", region))) {
        return Err(refuse("the host is not in canonical form, such as `127.0.0.1` for `127.1`"));
    }
    let unusable = || refuse("the port must be a number from 1 to 65535");
    let port = port.map(|port| wire::port(port).ok_or_else(unusable)).transpose()?;
    // The number is signed and sent without leading zeros, and the default port of a scheme is not part of the host.
    let own_port = if plain { 80 } else { 443 };
    let authority = match port {
        Some(port) if port.get() != own_port => format!("{host}:{port}"),
        _ => host.to_owned(),
    };
    let origin = Origin { plain, authority };
    if plain && !origin.is_loopback() {
        return Err(refuse("plain http is allowed on loopback only"));
    }
    Ok(origin)
}

/// Whether the HTTP client keeps a host as written. It reads `0x7f.1` as `127.0.0.1`, for example, and
/// would then connect to another host than the one that is signed.
fn is_as_written(host: &str) -> bool {
    let read = format!("https://{host}/").parse::<reqwest::Url>();
    read.is_ok_and(|url| url.host_str() == Some(host))
}
