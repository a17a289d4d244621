//! The network: requests over HTTP/1.1, one pool of connections a host, with every failure told apart.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::{CertificateError, ClientConfig};
use tokio::sync::OnceCell;

use crate::doors::{Delivery, Lost, Transport};
use crate::error::{Error, ErrorKind};
use crate::wire::{Origin, Request, Response};

/// The longest answer that is read; the longest that a cloud gives is a list of 500 key pairs.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// How to connect.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest that name look-up, connection and TLS handshake may take together.
    pub connect_timeout: Duration,
    /// The only CAs to trust, instead of the system's.
    pub ca_file: Option<PathBuf>,
}

/// The network, with one pool of connections for each host that is in use.
#[derive(Debug)]
pub struct Network {
    settings: Settings,
    tls: OnceLock<ClientConfig>,
    names: Arc<Names>,
    hosts: Mutex<HashMap<String, Weak<Host>>>,
}

impl Network {
    /// Makes a network; nothing is opened or read yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, tls: OnceLock::new(), names: Arc::default(), hosts: Mutex::default() }
    }

    /// Returns the pool of a host. It closes its connections when the last that holds it drops it, so that a
    /// run over a thousand hosts holds as many connections as imports are under way.
    pub fn host(&self, origin: &Origin) -> Result<Arc<Host>, Error> {
        let key = origin.to_string();
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get(&key).and_then(Weak::upgrade) {
            return Ok(host);
        }
        hosts.retain(|_, host| host.strong_count() > 0);
        let host = Arc::new(Host { client: self.client(origin)? });
        hosts.insert(key, Arc::downgrade(&host));
        Ok(host)
    }

    fn client(&self, origin: &Origin) -> Result<Client, Error> {
        let builder = ClientBuilder::new()
            .connect_timeout(self.settings.connect_timeout)
            .tcp_nodelay(true)
            .http1_only()
            .redirect(redirect::Policy::none())
            // Every attempt is signed anew, so nothing may be sent twice below this layer.
            .retry(retry::never())
            .dns_resolver(Arc::clone(&self.names))
            .user_agent(concat!("keyimport/", env!("CARGO_PKG_VERSION")));
        let builder = if origin.plain {
            // Loopback and metadata services are not for proxies. The TLS set-up is not used, but needed.
            let roots = rustls::RootCertStore::empty();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(unusable)?
                .with_root_certificates(roots)
                .with_no_client_auth();
            builder.no_proxy().tls_backend_preconfigured(config)
        } else {
            builder.https_only(true).tls_backend_preconfigured(self.tls()?)
        };
        builder.build().map_err(|error| unusable(error.without_url()))
    }

    fn tls(&self) -> Result<ClientConfig, Error> {
        if let Some(config) = self.tls.get() {
            return Ok(config.clone());
        }
        let config = super::tls::config(self.settings.ca_file.as_deref())?;
        Ok(self.tls.get_or_init(|| config).clone())
    }
}

fn unusable(error: impl StdError + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Unexpected, "the network cannot be used").caused_by(error)
}

impl Transport for Network {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, Lost> {
        match self.host(&request.origin) {
            Ok(host) => host.send(request, limit).await,
            Err(error) => Err(Lost {
                delivery: Delivery::Unsent,
                reason: error.to_string(),
                hint: None,
                lasting: true,
            }),
        }
    }
}

/// The connections to one host.
#[derive(Debug)]
pub struct Host {
    client: Client,
}

impl Transport for Host {
    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, Lost> {
        let exchange = self.exchange(request);
        match tokio::time::timeout(limit, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(Lost {
                delivery: Delivery::Unknown,
                reason: format!("no whole answer within {:.1} s", limit.as_secs_f64()),
                hint: None,
                lasting: false,
            }),
        }
    }
}

impl Host {
    async fn exchange(&self, request: &Request) -> Result<Response, Lost> {
        let mut answer = self.client.execute(wire(request)?).await.map_err(|error| lost(&error))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))? {
            if body.len().saturating_add(chunk.len()) > LONGEST_ANSWER {
                return Err(Lost {
                    delivery: Delivery::Unknown,
                    reason: "the answer is longer than 1 MiB".to_owned(),
                    hint: None,
                    lasting: false,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

/// Turns a request into the client's form: the target as the signers encoded it, and every header.
fn wire(request: &Request) -> Result<reqwest::Request, Lost> {
    let unusable = |what: &str| Lost {
        delivery: Delivery::Unsent,
        reason: format!("the request holds {what} that HTTP cannot carry"),
        hint: None,
        lasting: true,
    };
    let url = format!("{}{}", request.origin, request.target());
    let url = url.parse().map_err(|_| unusable("an address"))?;
    let method = request.method.parse().map_err(|_| unusable("a method"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name: HeaderName = name.parse().map_err(|_| unusable("a header name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unusable("a header value"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    let mut wire = reqwest::Request::new(method, url);
    *wire.headers_mut() = headers;
    if !request.body.is_empty() || request.method != "GET" {
        *wire.body_mut() = Some(request.body.clone().into());
    }
    Ok(wire)
}

/// Says what happened to a request that got no answer, by the innermost error that says more than "failed".
fn lost(error: &reqwest::Error) -> Lost {
    let delivery =
        if error.is_connect() || error.is_builder() { Delivery::Unsent } else { Delivery::Unknown };
    let mut told =
        Lost { delivery, reason: "the connection failed".to_owned(), hint: None, lasting: false };
    if error.is_timeout() {
        "the connection was not made in time".clone_into(&mut told.reason);
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        describe(error, &mut told);
        // An I/O error shows what it wraps, but not as its source.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    told
}

fn describe(error: &(dyn StdError + 'static), told: &mut Lost) {
    if let Some(unknown) = error.downcast_ref::<NotResolved>() {
        told.reason = unknown.to_string();
        told.hint = Some("check the region, the network and the name server");
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
            "the answer is no HTTP".clone_into(&mut told.reason);
        }
    }
}

fn describe_tls(error: &rustls::Error, told: &mut Lost) {
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
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => (
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
    told.lasting = told.delivery == Delivery::Unsent;
}

/// Names that were looked up, each once a run. `localhost` and what ends in it is this machine (RFC 6761).
#[derive(Debug, Default)]
struct Names {
    known: Mutex<HashMap<String, Arc<OnceCell<Vec<IpAddr>>>>>,
}

/// A name without an address.
#[derive(Debug, thiserror::Error)]
#[error("the name `{0}` cannot be resolved")]
struct NotResolved(String);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(name.clone()).or_default())
        };
        Box::pin(async move {
            let found = cell.get_or_try_init(|| look_up(&name)).await?.clone();
            let addresses: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

async fn look_up(name: &str) -> Result<Vec<IpAddr>, NotResolved> {
    if name == "localhost" || name.ends_with(".localhost") {
        return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
    }
    let failed = || NotResolved(name.to_owned());
    let found: Vec<IpAddr> = tokio::net::lookup_host((name, 0))
        .await
        .map_err(|_| failed())?
        .map(|address| address.ip())
        .collect();
    if found.is_empty() { Err(failed()) } else { Ok(found) }
}
