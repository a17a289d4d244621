//! Proxies: what the environment says, read here alone. A variable that is set is used or an error, never ignored.

mod no_proxy;
mod url;

pub use self::no_proxy::NoProxy;
pub use self::url::{Login, Proxy, Scheme};

use crate::error::Error;
use crate::ports::System;
use crate::provider;
use crate::redact::Secret;
use crate::wire::Origin;

/// The proxies that the environment names. Values are read when an origin needs them, so that one nobody uses does
/// not matter.
#[derive(Debug)]
pub struct Proxies {
    https: Option<(&'static str, Secret)>,
    http: Option<(&'static str, Secret)>,
    no_proxy: NoProxy,
}

impl Proxies {
    /// Reads the variables. As with curl, the name in lower case comes first and an empty value counts as none:
    /// <https://everything.curl.dev/usingcurl/proxies/env.html>.
    pub fn new(system: &dyn System) -> Self {
        let set = |name: &&'static str| {
            let value = Secret::new(&system.var(name)?);
            (!value.expose().is_empty()).then_some((*name, value))
        };
        let first = |names: &[&'static str]| names.iter().find_map(set);
        // Under CGI the upper case name holds a header of the client's (<https://httpoxy.org>), and on Windows both names
        // are the same variable.
        let http = match system.var("REQUEST_METHOD") {
            Some(_) if cfg!(windows) => None,
            Some(_) => first(&["http_proxy"]),
            None => first(&["http_proxy", "HTTP_PROXY"]),
        };
        let all = || first(&["all_proxy", "ALL_PROXY"]);
        let exceptions = first(&["no_proxy", "NO_PROXY"]);
        Self {
            https: first(&["https_proxy", "HTTPS_PROXY"]).or_else(all),
            http: http.or_else(all),
            no_proxy: NoProxy::new(exceptions.as_ref().map_or("", |(_, value)| value.expose())),
        }
    }

    /// Returns the proxy for an origin, if there is one. An error says which variable cannot be used.
    pub fn of(&self, origin: &Origin) -> Result<Option<Proxy>, Error> {
        let setting = if origin.plain { &self.http } else { &self.https };
        let Some((variable, value)) = setting else { return Ok(None) };
        if is_direct(origin) || self.no_proxy.contains(origin.host(), origin.port()) {
            return Ok(None);
        }
        Proxy::parse(variable, value.expose()).map(Some)
    }
}

/// Whether an origin is never reached by a proxy: this machine, or an instance metadata service. As with Go, `https`
/// to a name below `localhost` is not exempt: <https://pkg.go.dev/golang.org/x/net/http/httpproxy>.
fn is_direct(origin: &Origin) -> bool {
    let is_metadata =
        |imds: &provider::credential_spec::Imds| origin.plain && origin.host() == imds.host;
    let mut clouds = provider::ALL.iter().map(|cloud| cloud.info().credentials.imds);
    let is_below_localhost = origin.host().ends_with(".localhost");
    (origin.is_loopback() && (origin.plain || !is_below_localhost))
        || clouds.any(|imds| imds.is_some_and(is_metadata))
}
