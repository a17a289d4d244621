//! Why a request got no response, in words.

use std::error::Error as StdError;
use std::io;

use rustls::{CertificateError, OtherError};

use super::dns::DnsError;
use crate::io::verifier::SelfSigned;
use crate::phrase::{Phrase, phrase};
use crate::ports::{Delivery, SendError};
use crate::redact::Redactor;

const CHECK_NAME: &str = "check the region, the network and the name server";
const CHECK_ENDPOINT: &str = "check `--endpoint` and proxies";
pub(super) const NOT_IN_TIME: &str = "the connection was not made in time";
const RESET: &str = "the connection was reset";
const CLOSED: &str = "the connection was closed in the middle";

/// Describes why a request got no response, by the innermost error that says more than "failed".
pub(super) fn send_error(error: &reqwest::Error) -> SendError {
    let is_unsent = error.is_connect() || error.is_builder();
    let delivery = if is_unsent { Delivery::Unsent } else { Delivery::Unknown };
    let reason = if error.is_timeout() { NOT_IN_TIME } else { "the connection failed" };
    let mut described = SendError::new(delivery, reason);
    for error in causes(error) {
        describe(error, &mut described);
    }
    described
}

/// Returns all that an error wraps.
pub(super) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&error| {
        // An I/O error does not report what it wraps as its source.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

fn describe(error: &(dyn StdError + 'static), described: &mut SendError) {
    if let Some(error) = error.downcast_ref::<DnsError>() {
        described.reason = error.reason();
        described.hint = Some(CHECK_NAME);
        described.no_such_host = matches!(error, DnsError::NoSuchName(_));
        described.permanent = described.no_such_host;
    } else if let Some(error) = error.downcast_ref::<rustls::Error>() {
        let (reason, hint) = tls_reason(error);
        described.reason = reason;
        described.hint = hint.or(described.hint);
        described.permanent |= hint.is_some() && described.delivery == Delivery::Unsent;
    } else {
        let io = error.downcast_ref().and_then(io_reason);
        if let Some(reason) = io.or_else(|| error.downcast_ref().and_then(hyper_reason)) {
            described.reason = reason.into();
        }
    }
}

pub(super) fn io_reason(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => RESET,
        io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof => CLOSED,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "the host cannot be reached from this network"
        }
        io::ErrorKind::TimedOut => NOT_IN_TIME,
        _ => return None,
    })
}

fn hyper_reason(error: &hyper::Error) -> Option<&'static str> {
    if error.is_incomplete_message() {
        Some(CLOSED)
    } else {
        error.is_parse().then_some("the response is not HTTP")
    }
}

/// Returns reason and hint of an error of TLS. What has a hint fails again.
fn tls_reason(error: &rustls::Error) -> (Phrase, Option<&'static str>) {
    let (reason, hint) = match error {
        rustls::Error::InvalidCertificate(error) => return certificate_reason(error),
        rustls::Error::InvalidMessage(_) => {
            ("the host does not speak TLS on this port", CHECK_ENDPOINT)
        }
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(_) => {
            ("the host refuses this TLS connection (1.2 or newer)", CHECK_ENDPOINT)
        }
        _ => return ("the TLS connection failed".into(), None),
    };
    (reason.into(), Some(hint))
}

fn certificate_reason(error: &CertificateError) -> (Phrase, Option<&'static str>) {
    use CertificateError as Certificate;
    let (reason, hint) = match error {
        Certificate::Expired | Certificate::ExpiredContext { .. } => (
            "the certificate has expired",
            "check the clock of this machine, or tell the host's owner",
        ),
        Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
            ("the certificate is not valid yet", "check the clock of this machine")
        }
        Certificate::NotValidForNameContext { presented, .. } => {
            let reason = phrase!("the certificate is for another host{}", names(presented));
            return (reason, Some(CHECK_ENDPOINT));
        }
        // Bad signature: an authority with the name of a trusted one and another key.
        Certificate::UnknownIssuer | Certificate::BadSignature => (
            "the certificate is signed by an unknown authority",
            "name your own authority with `--ca-file` or `SSL_CERT_FILE`",
        ),
        Certificate::InvalidPurpose | Certificate::InvalidPurposeContext { .. } => {
            ("the certificate is not for servers", CHECK_ENDPOINT)
        }
        Certificate::BadEncoding => ("the certificate cannot be read", CHECK_ENDPOINT),
        Certificate::Other(OtherError(cause)) if cause.is::<SelfSigned>() => (
            "the certificate is self-signed",
            "if it is your own, name it with `--ca-file` or `SSL_CERT_FILE`",
        ),
        Certificate::Other(OtherError(cause)) => match cause.downcast_ref() {
            Some(webpki::Error::CaUsedAsEndEntity) => {
                ("the certificate is an authority's and not a host's", CHECK_ENDPOINT)
            }
            Some(webpki::Error::EndEntityUsedAsCa) => {
                ("the certificate is signed by one that is not an authority's", CHECK_ENDPOINT)
            }
            Some(webpki::Error::UnsupportedCertVersion) => {
                ("the certificate is of X.509 version 1, which names no host", CHECK_ENDPOINT)
            }
            _ => ("the certificate is not valid", CHECK_ENDPOINT),
        },
        _ => ("the certificate is not valid", CHECK_ENDPOINT),
    };
    (reason.into(), Some(hint))
}

/// Returns the first names that a certificate is for, such as `DnsName("host")`, as a message shows them.
fn names(presented: &[String]) -> String {
    let value = |name: &String| {
        let (_, value) = name.split_once('(')?;
        Some(value.trim_end_matches(')').trim_matches('"').to_owned())
    };
    let names: Vec<String> = presented.iter().filter_map(value).take(3).collect();
    if names.is_empty() {
        return String::new();
    }
    let more = if presented.len() > names.len() { ", …" } else { "" };
    format!(" ({}{more})", Redactor::default().display(&names.join(", ").into()))
}

#[cfg(test)]
mod tests {
    use super::{DnsError, describe};
    use crate::ports::{Delivery, SendError};

    #[test]
    fn a_name_that_does_not_exist_is_not_looked_up_again() {
        let name = || "ecs.cn-bejing.aliyuncs.com".to_owned();
        for (error, says, is_certain) in [
            (DnsError::NoSuchName(name()), "does not exist", true),
            (DnsError::Failed(name()), "cannot be resolved", false),
        ] {
            let mut told = SendError::new(Delivery::Unsent, "");
            describe(&error, &mut told);
            assert_eq!(*told.reason, *format!("the name `{}` {says}", name()));
            assert_eq!((told.permanent, told.no_such_host), (is_certain, is_certain));
            assert_eq!(told.hint, Some("check the region, the network and the name server"));
        }
    }
}
