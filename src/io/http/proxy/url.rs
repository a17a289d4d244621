//! The value of a proxy variable.

use std::net::Ipv6Addr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::credentials::is_quoted;
use crate::error::Error;
use crate::phrase::phrase;
use crate::redact::Secret;
use crate::wire::{self, Origin};

/// A proxy, and the variable that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// The variable, for messages: nothing of its value is shown.
    pub variable: &'static str,
    /// The protocol.
    pub scheme: Scheme,
    /// Name or address; an IPv6 address in brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// User name and password, if there are any.
    pub login: Option<Login>,
}

/// The protocol of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP, without TLS to the proxy.
    Http,
    /// HTTP over TLS.
    Https,
    /// SOCKS version 5; names are resolved here.
    Socks5,
    /// SOCKS version 5; the proxy resolves names.
    Socks5h,
}

/// User name and password, percent-decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub user: Zeroizing<Vec<u8>>,
    /// The password; may be empty.
    pub password: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

const WRITE: &str = "write `http://HOST:PORT`, or unset it";
const ENCODE: &str = "percent-encode them: `%2F` for `/`, `%3F` for `?`, `%23` for `#`";

impl Proxy {
    /// Reads the value of a variable: `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT][/]`, `http` without a scheme. User name
    /// and password may be percent-encoded; other letters stand for themselves, except those that end an authority
    /// (RFC 3986, section 3.2). An error shows nothing of the value.
    pub fn parse(variable: &'static str, value: &str) -> Result<Self, Error> {
        let refuse = |why: &str, hint: &'static str| {
            let message = phrase!("`{}` cannot be used as a proxy: {}", variable, why);
            Err(Error::usage(message).hinted(hint))
        };
        let value = value.trim();
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return refuse("it is not UTF-8", "percent-encode the user name and the password");
        }
        if value.contains(char::is_control) {
            return refuse("it contains a control character", WRITE);
        }
        if is_quoted(value) {
            return refuse("it has quotes around it", "remove the quotes");
        }
        let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            "socks5" => Scheme::Socks5,
            "socks5h" => Scheme::Socks5h,
            // `socks` is version 4 to curl.
            "socks" | "socks4" | "socks4a" => {
                return refuse(
                    "SOCKS version 4 is not supported",
                    "write `socks5://HOST:PORT`, or `socks5h://HOST:PORT` if the proxy is to resolve names",
                );
            }
            _ => {
                let why = "its scheme is not `http`, `https`, `socks5` or `socks5h`";
                return refuse(why, WRITE);
            }
        };
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if tail.contains('@') {
            return refuse("its user name or password contains `/`, `?` or `#`", ENCODE);
        }
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Login::parse(login), address),
            None => (None, authority),
        };
        if scheme.is_socks() && login.as_ref().is_some_and(|login| !login.fits_socks()) {
            let why = "its user name and password are not UTF-8 of at most 200 bytes";
            return refuse(why, "use another user name or password");
        }
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (address, None),
        };
        if host.is_empty() {
            return refuse("its host is missing", WRITE);
        }
        if !is_host(host) {
            let hint = "write `http://HOST:PORT`, an IPv6 address in brackets";
            return refuse("its host is not a name or an address", hint);
        }
        let port = match port.map(wire::port) {
            None => scheme.default_port(),
            Some(Some(port)) => port.get(),
            Some(None) => return refuse("its port is not a number from 1 to 65535", WRITE),
        };
        if !matches!(tail, "" | "/") {
            return refuse("it has a path, query or fragment", WRITE);
        }
        Ok(Self { variable, scheme, host: host.to_owned(), port, login })
    }

    /// Returns the proxy as the HTTP library takes it.
    pub fn to_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        let (scheme, address) = (self.scheme.name(), format!("{}:{}", self.host, self.port));
        let Some(login) = &self.login else {
            return reqwest::Proxy::all(format!("{scheme}://{address}"));
        };
        if self.scheme.is_socks() {
            let encode = |bytes: &[u8]| percent_encode(bytes, NON_ALPHANUMERIC).to_string();
            let (user, password) = (encode(&login.user), Zeroizing::new(encode(&login.password)));
            let url = Zeroizing::new(format!("{scheme}://{user}:{}@{address}", &*password));
            return reqwest::Proxy::all(url.as_str());
        }
        let mut value =
            HeaderValue::try_from(login.basic().expose()).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        Ok(reqwest::Proxy::all(format!("{scheme}://{address}"))?.custom_http_auth(value))
    }

    /// Whether requests to an origin are sent to the proxy itself, which forwards them, and not through a tunnel.
    pub fn forwards(&self, origin: &Origin) -> bool {
        origin.plain && !self.scheme.is_socks()
    }
}

impl Scheme {
    /// Whether this is SOCKS.
    pub fn is_socks(self) -> bool {
        matches!(self, Self::Socks5 | Self::Socks5h)
    }

    /// Returns the name in a URL.
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    /// Returns the port of an address without one.
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

impl Login {
    /// Reads `USER[:PASSWORD]`; nothing if it is empty.
    fn parse(text: &str) -> Option<Self> {
        let decoded = |text| Zeroizing::new(percent_decode_str(text).collect::<Vec<u8>>());
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        (!text.is_empty()).then(|| Self { user: decoded(user), password: decoded(password) })
    }

    /// Returns the value of the header `Proxy-Authorization` (RFC 7617).
    pub fn basic(&self) -> Secret {
        let pair = Zeroizing::new([&**self.user, b":", &**self.password].concat());
        Secret::new(&format!("Basic {}", BASE64_STANDARD.encode(&*pair)))
    }

    /// Returns all that a response must not repeat.
    pub fn secrets(&self) -> Vec<Secret> {
        let text = |bytes: &[u8]| Secret::new(&String::from_utf8_lossy(bytes));
        vec![text(&self.user), text(&self.password), self.basic()]
    }

    /// Whether the HTTP library can send it to a SOCKS proxy: as text, in one buffer with the name of a host.
    fn fits_socks(&self) -> bool {
        let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
        is_text(&self.user)
            && is_text(&self.password)
            && self.user.len().saturating_add(self.password.len()) <= 200
    }
}

/// Whether this is a host, also to the HTTP library.
fn is_host(host: &str) -> bool {
    let is_known = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|text| text.parse::<Ipv6Addr>().is_ok()),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    // The library takes a URL that is too long for none. Names have up to 253 letters (RFC 1035).
    is_known && host.len() <= 253 && format!("http://{host}/").parse::<reqwest::Url>().is_ok()
}
