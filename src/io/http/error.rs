//! Why a request got no response, in words.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;

use super::dns::DnsError;
use crate::ports::{Delivery, SendError};

/// Describes why a request got no response, by the innermost error that says more than "failed".
pub(super) fn send_error(error: &reqwest::Error) -> SendError {
    let delivery =
        if error.is_connect() || error.is_builder() { Delivery::Unsent } else { Delivery::Unknown };
    let mut told = SendError {
        delivery,
        reason: "the connection failed".to_owned(),
        hint: None,
        permanent: false,
    };
    if error.is_timeout() {
        "the connection was not made in time".clone_into(&mut told.reason);
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    let mut is_proxy = false;
    while let Some(error) = cause {
        is_proxy |= describe_proxy(error, &mut told);
        describe(error, &mut told);
        // An I/O error does not report what it wraps as its source.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    if is_proxy && told.hint.is_none() {
        told.reason = match told.reason.as_str() {
            // The proxy closed before it had read the whole request.
            "the connection was reset" => "the proxy closed the connection".to_owned(),
            other => format!("the proxy cannot be reached: {other}"),
        };
        told.hint = Some(CHECK_PROXY);
    }
    told
}

const CHECK_PROXY: &str = "check `HTTPS_PROXY`; `NO_PROXY` names hosts to reach without it";

/// Recognises errors of a proxy, which the HTTP library tells apart by their text alone.
fn describe_proxy(error: &(dyn StdError + 'static), told: &mut SendError) -> bool {
    let text = error.to_string();
    let Some(why) = text.strip_prefix("tunnel error: ") else { return false };
    let (reason, hint) = match why {
        "proxy authorization required" => {
            told.permanent = true;
            (
                "the proxy requires a user name and a password",
                "put them into `HTTPS_PROXY`: `http://USER:PASSWORD@HOST:PORT`",
            )
        }
        "unsuccessful" => ("the proxy refused to connect", CHECK_PROXY),
        "unexpected end of file" => ("the proxy closed the connection", CHECK_PROXY),
        _ => return true,
    };
    reason.clone_into(&mut told.reason);
    told.hint = Some(hint);
    true
}

fn describe(error: &(dyn StdError + 'static), told: &mut SendError) {
    if let Some(unknown) = error.downcast_ref::<DnsError>() {
        told.reason = unknown.to_string();
        told.hint = Some("check the region, the network and the name server");
        told.permanent = matches!(unknown, DnsError::NoSuchName(_));
    } else if let Some(error) = error.downcast_ref::<rustls::Error>() {
        describe_tls(error, told);
    } else if let Some(error) = error.downcast_ref::<io::Error>() {
        let reason = match error.kind() {
            io::ErrorKind::ConnectionRefused => "the connection was refused",
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                "the connection was reset"
            }
            io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof => {
                "the connection was closed in the middle"
            }
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
                "the host cannot be reached from this network"
            }
            io::ErrorKind::TimedOut => "the connection was not made in time",
            _ => return,
        };
        reason.clone_into(&mut told.reason);
    } else if let Some(error) = error.downcast_ref::<hyper::Error>() {
        if error.is_incomplete_message() {
            "the connection was closed in the middle".clone_into(&mut told.reason);
        } else if error.is_parse() {
            "the response is not HTTP".clone_into(&mut told.reason);
        }
    }
}

fn describe_tls(error: &rustls::Error, told: &mut SendError) {
    let (reason, hint) = match error {
        rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => (
            "the certificate has expired",
            "check the clock of this machine, or tell the host's owner",
        ),
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => ("the certificate is not valid yet", "check the clock of this machine"),
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => ("the certificate is for another host", "check `--endpoint` and proxies"),
        // Bad signature: an authority with the name of a trusted one and another key.
        rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => (
            "the certificate is signed by an unknown authority",
            "name your own authority with `--ca-file` or `SSL_CERT_FILE`",
        ),
        rustls::Error::InvalidCertificate(_) => {
            ("the certificate is not valid", "check `--endpoint` and proxies")
        }
        rustls::Error::InvalidMessage(_) => {
            ("the host does not speak TLS on this port", "check `--endpoint` and proxies")
        }
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(_) => (
            "the host refuses this TLS connection (1.2 or newer)",
            "check `--endpoint` and proxies",
        ),
        _ => {
            "the TLS connection failed".clone_into(&mut told.reason);
            return;
        }
    };
    reason.clone_into(&mut told.reason);
    told.hint = Some(hint);
    told.permanent = told.delivery == Delivery::Unsent;
}

#[cfg(test)]
mod tests {
    use super::{DnsError, describe};
    use crate::ports::{Delivery, SendError};

    #[test]
    fn a_name_that_does_not_exist_is_not_looked_up_again() {
        let name = || "ecs.cn-bejing.aliyuncs.com".to_owned();
        for (error, says, permanent) in [
            (DnsError::NoSuchName(name()), "does not exist", true),
            (DnsError::Failed(name()), "cannot be resolved", false),
        ] {
            let (delivery, reason) = (Delivery::Unsent, String::new());
            let mut told = SendError { delivery, reason, hint: None, permanent: false };
            describe(&error, &mut told);
            assert_eq!(told.reason, format!("the name `{}` {says}", name()));
            assert_eq!(told.permanent, permanent);
            assert_eq!(told.hint, Some("check the region, the network and the name server"));
        }
    }
}
