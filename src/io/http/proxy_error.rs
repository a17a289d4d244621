//! Why a proxy made no connection, in words. Nothing of the variable's value is shown.

pub(super) mod probe;

use super::dns::DnsError;
use super::error::causes;
use super::proxy::Proxy;
use crate::phrase::phrase;
use crate::ports::SendError;

/// What failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The proxy itself cannot be reached.
    Unreachable(Option<&'static str>),
    /// The host cannot be resolved on this machine, as `socks5://` asks for.
    UnknownHost,
    Closed,
    NotInTime,
    NoHttp,
    NoSocks,
    /// The proxy wants a user name and a password, or others than it got.
    Unauthorized,
    /// The same, or a SOCKS proxy has no use for them: it is offered nothing else when there are any.
    NoSuchMethod,
    /// The proxy does not connect to the host, and may say why.
    Refused(Option<String>),
    /// The HTTP library does not say.
    Unknown,
}

const NO_PROXY: &str = "`NO_PROXY` names hosts to reach without a proxy";
const CHECK: &str =
    "check host and port in the variable; `NO_PROXY` names hosts to reach without a proxy";
const CHECK_SCHEME: &str =
    "check port and scheme in the variable: `http://`, `https://`, `socks5://` or `socks5h://`";
const GIVE_PASSWORD: &str = "put them into the variable: `SCHEME://USER:PASSWORD@HOST:PORT`; HTTP proxies get them as Basic authentication, and others, such as NTLM, are not supported";
const NO_PASSWORD: &str = "leave user name and password out of the variable";
const CHECK_PASSWORD: &str = "check both, and percent-encode `%`, `:`, `/`, `?`, `#` and `@` in them; HTTP proxies get them as Basic authentication, and others, such as NTLM, are not supported";

impl Failure {
    /// Tells whether the proxy failed, and not the host behind it. The HTTP library tells errors of a proxy apart by
    /// their text alone.
    pub(super) fn of(error: &reqwest::Error, is_forwarded: bool) -> Option<Self> {
        if error.is_timeout() {
            return Some(Self::NotInTime);
        }
        let name = causes(error).find_map(|error| error.downcast_ref::<DnsError>());
        let unreachable = || Self::Unreachable(name.map(DnsError::without_name));
        for cause in causes(error) {
            let text = cause.to_string();
            if let Some(why) = text.strip_prefix("tunnel error: ") {
                return Some(match why {
                    "failed to create underlying connection" => unreachable(),
                    "proxy authorization required" => Self::Unauthorized,
                    "proxy response headers too long" => Self::NoHttp,
                    "unsuccessful" => Self::Unknown,
                    _ => Self::Closed,
                });
            }
            if let Some(why) = text.strip_prefix("SOCKS error: ") {
                return Some(match why {
                    "failed to create underlying connection" => Self::Unknown,
                    "io error during SOCKS handshake" => Self::Closed,
                    "failed parsing server response" => Self::NoSocks,
                    "server does not support user/pass authentication"
                    | "server implements authentication incorrectly" => Self::NoSuchMethod,
                    "credentials not accepted" => Self::Unauthorized,
                    why => Self::Refused(Some(why.to_owned())),
                });
            }
            if text == "error resolving for socks proxy" {
                return Some(Self::UnknownHost);
            }
        }
        is_forwarded.then(unreachable)
    }

    /// Puts the failure into words; `described` is what is known of it without the proxy.
    pub(super) fn describe(&self, proxy: &Proxy, described: SendError) -> SendError {
        let variable = proxy.variable;
        let (reason, hint, permanent) = match self {
            Self::UnknownHost => {
                let hint = "with `socks5h://` instead of `socks5://` the proxy resolves names";
                // Where a proxy is needed, the local name server may not know public names.
                return SendError { hint: Some(hint), no_such_host: false, ..described };
            }
            Self::Unreachable(Some(reason)) => {
                let reason = phrase!("the proxy in `{}` cannot be reached: {}", variable, reason);
                (reason, CHECK, false)
            }
            Self::Unreachable(None) => {
                let (why, hint) = (described.reason, described.hint.unwrap_or(CHECK));
                let reason = phrase!("the proxy in `{}` cannot be reached: {}", variable, why);
                (reason, hint, described.permanent)
            }
            Self::Closed => {
                let reason = phrase!("the proxy in `{}` closed the connection", variable);
                (reason, CHECK_SCHEME, false)
            }
            Self::NotInTime => {
                let reason = phrase!("the proxy in `{}` made no connection in time", variable);
                (reason, CHECK_SCHEME, false)
            }
            Self::NoHttp => {
                (phrase!("the proxy in `{}` does not speak HTTP", variable), CHECK_SCHEME, true)
            }
            Self::NoSocks => {
                let reason = phrase!("the proxy in `{}` does not speak SOCKS version 5", variable);
                (reason, CHECK_SCHEME, true)
            }
            Self::Unauthorized if proxy.login.is_some() => {
                let reason =
                    phrase!("the proxy in `{}` refused the user name or the password", variable);
                (reason, CHECK_PASSWORD, true)
            }
            Self::NoSuchMethod if proxy.login.is_some() => {
                let reason =
                    phrase!("the proxy in `{}` accepts no user name and password", variable);
                (reason, NO_PASSWORD, true)
            }
            Self::Unauthorized | Self::NoSuchMethod => {
                let reason =
                    phrase!("the proxy in `{}` requires a user name and a password", variable);
                (reason, GIVE_PASSWORD, true)
            }
            Self::Refused(Some(why)) => {
                // What a proxy forbids it forbids again.
                let permanent = ["HTTP 403", "connection not allowed"].contains(&why.as_str());
                let reason = phrase!("the proxy in `{}` refused to connect ({})", variable, why);
                (reason, NO_PROXY, permanent)
            }
            Self::Refused(None) | Self::Unknown => {
                (phrase!("the proxy in `{}` refused to connect", variable), NO_PROXY, false)
            }
        };
        SendError { hint: Some(hint), permanent, ..SendError::new(described.delivery, reason) }
    }
}
