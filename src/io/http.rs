//! The network: requests over HTTP/1.1, one connection pool per host, and a reason for every failure.

mod connecting;
mod dns;
pub mod proxy;
mod proxy_error;
mod request;
mod error;
mod thread;

use std::collections::HashMap;
use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::ClientConfig;
use tokio::sync::Semaphore;
use tower::util::MapFutureLayer;

use self::connecting::{Connecting, tracked};
use self::dns::CachingResolver;
use self::error::{NOT_IN_TIME, send_error};
use self::proxy::{Login, Proxies, Proxy, Scheme};
use self::proxy_error::{Failure, probe};
use self::request::to_reqwest;
use super::clock::SystemClock;
use crate::error::{Error, ErrorKind};
use crate::io::system::OsSystem;
use crate::phrase::{Phrase, phrase};
use crate::ports::{Delivery, SendError, Transport};
use crate::redact::Secret;
use crate::wire::{Origin, Request, Response};

/// Longest response that is read, in bytes; the longest of a provider is a list of key pairs.
const MAX_RESPONSE: usize = 1024 * 1024;

/// A response up to this size is read at any time, in bytes.
const SMALL_RESPONSE: usize = 64 * 1024;

/// Bounds the memory of larger responses: so many are read at the same time.
static LARGE_RESPONSES: Semaphore = Semaphore::const_new(16);

/// How to connect.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Longest time for DNS, connection and TLS handshake together.
    pub connect_timeout: Duration,
    /// The only CAs to trust, instead of the system's.
    pub ca_file: Option<PathBuf>,
}

/// The network, with one connection pool for each host in use.
#[derive(Debug)]
pub struct Network {
    settings: Settings,
    clock: Arc<SystemClock>,
    proxies: Proxies,
    /// With warnings about the certificates that the user named.
    tls: OnceLock<(ClientConfig, Vec<Phrase>)>,
    names: Arc<CachingResolver>,
    pools: Mutex<HashMap<Origin, Weak<HostPool>>>,
}

impl Network {
    /// Makes a network that has opened nothing and read no file. What waits for a connection when a shutdown is
    /// requested of `clock` is given up.
    pub fn new(settings: Settings, clock: Arc<SystemClock>) -> Self {
        Self {
            settings,
            clock,
            proxies: Proxies::new(&OsSystem),
            tls: OnceLock::new(),
            names: Arc::default(),
            pools: Mutex::default(),
        }
    }

    /// Returns the pool of a host. Its connections are closed when the last user drops it, so that a run over a thousand
    /// hosts holds only as many connections as imports are in flight.
    pub fn pool(&self, origin: &Origin) -> Result<Arc<HostPool>, Error> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(origin).and_then(Weak::upgrade) {
            return Ok(pool);
        }
        pools.retain(|_, pool| pool.strong_count() > 0);
        let proxy = self.proxies.of(origin)?;
        let client = self.client(origin, proxy.as_ref())?;
        let (names, clock) = (Arc::clone(&self.names), Arc::clone(&self.clock));
        let pool = Arc::new(HostPool { client, origin: origin.clone(), proxy, names, clock });
        pools.insert(origin.clone(), Arc::downgrade(&pool));
        Ok(pool)
    }

    /// Reads the proxy of an origin and the trusted CAs, so that unusable ones are reported before anything is sent.
    pub fn check(&self, origin: &Origin) -> Result<Option<Proxy>, Error> {
        let proxy = self.proxies.of(origin)?;
        if needs_tls(origin, proxy.as_ref()) {
            self.tls()?;
        }
        Ok(proxy)
    }

    /// Returns warnings about the certificates that the user named, once they are read.
    pub fn warnings(&self) -> &[Phrase] {
        self.tls.get().map_or(&[], |(_, warnings)| &**warnings)
    }

    fn client(&self, origin: &Origin, proxy: Option<&Proxy>) -> Result<Client, Error> {
        let builder = ClientBuilder::new()
            .connector_layer(MapFutureLayer::new(tracked))
            .connect_timeout(self.settings.connect_timeout)
            .tcp_nodelay(true)
            .http1_only()
            .redirect(redirect::Policy::none())
            // Every attempt is signed anew, so nothing may be sent twice below this layer.
            .retry(retry::never())
            .dns_resolver(Arc::clone(&self.names))
            .user_agent(concat!("keyimport/", env!("CARGO_PKG_VERSION")));
        let failed = |error: reqwest::Error| {
            Error::new(ErrorKind::Unexpected, "cannot create the HTTP client")
                .caused_by(error.without_url())
        };
        let builder = match proxy {
            Some(proxy) => builder.proxy(proxy.to_reqwest().map_err(failed)?),
            None => builder.no_proxy(),
        };
        // The TLS configuration is required, even where it is not used.
        let config = if needs_tls(origin, proxy) {
            self.tls()?.0.clone()
        } else {
            super::tls::without_trust()?
        };
        let builder = builder.https_only(!origin.plain).tls_backend_preconfigured(config);
        builder.build().map_err(failed)
    }

    fn tls(&self) -> Result<&(ClientConfig, Vec<Phrase>), Error> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls);
        }
        let tls = super::tls::config(self.settings.ca_file.as_deref())?;
        Ok(self.tls.get_or_init(|| tls))
    }
}

fn needs_tls(origin: &Origin, proxy: Option<&Proxy>) -> bool {
    !origin.plain || proxy.is_some_and(|proxy| proxy.scheme == Scheme::Https)
}

#[async_trait::async_trait]
impl Transport for Network {
    fn prepare(&self, origin: &Origin) -> Result<Vec<Secret>, Error> {
        let forwarder = self.check(origin)?.filter(|proxy| proxy.forwards(origin));
        Ok(forwarder.and_then(|proxy| proxy.login.as_ref().map(Login::secrets)).unwrap_or_default())
    }

    async fn send(&self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        match self.pool(&request.origin) {
            Ok(pool) => pool.send(request, timeout).await,
            Err(error) => {
                let error = SendError::new(Delivery::Unsent, error.to_string());
                Err(SendError { permanent: true, ..error })
            }
        }
    }
}

/// The connections to one host.
#[derive(Debug)]
pub struct HostPool {
    client: Client,
    origin: Origin,
    proxy: Option<Proxy>,
    names: Arc<CachingResolver>,
    clock: Arc<SystemClock>,
}

#[async_trait::async_trait]
impl Transport for HostPool {
    async fn send(&self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        let connecting = Connecting::default();
        let mut exchange = Box::pin(connecting.scope(self.exchange(request)));
        let apart = poll_fn(|context| {
            let _entered = thread::enter();
            exchange.as_mut().poll(context)
        });
        let is_stopped = tokio::select! {
            biased;
            response = apart => return response,
            () = tokio::time::sleep(timeout) => false,
            () = connecting.stopped(&self.clock) => true,
        };
        drop(exchange);
        let is_unsent = connecting.is_unsent();
        let delivery = if is_unsent { Delivery::Unsent } else { Delivery::Unknown };
        if is_stopped {
            return Err(SendError::cancelled(delivery));
        }
        if !is_unsent {
            let reason = phrase!("no complete response within {}", shown(timeout));
            return Err(SendError::new(delivery, reason));
        }
        let late = SendError::new(delivery, NOT_IN_TIME);
        Err(match &self.proxy {
            Some(proxy) => Failure::NotInTime.describe(proxy, late),
            None => late,
        })
    }
}

/// Formats a duration; sub-millisecond values round up to `1 ms`.
fn shown(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_micros().div_ceil(1000))
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

impl HostPool {
    /// Describes why a request got no response.
    async fn no_response(&self, error: &reqwest::Error) -> SendError {
        let described = send_error(error);
        let Some(proxy) = self.proxy.as_ref().filter(|_| error.is_connect()) else {
            return described;
        };
        let Some(mut failure) = Failure::of(error, proxy.forwards(&self.origin)) else {
            return described;
        };
        if matches!(failure, Failure::Unknown) {
            connecting::failed();
            failure = probe::probe(proxy, &self.origin, &self.names).await;
        }
        failure.describe(proxy, described)
    }

    async fn exchange(&self, request: &Request) -> Result<Response, SendError> {
        let mut response = match self.client.execute(to_reqwest(request)?).await {
            Ok(response) => response,
            Err(error) => return Err(self.no_response(&error).await),
        };
        let status = response.status().as_u16();
        if let Some(proxy) = &self.proxy
            && proxy.forwards(&self.origin)
            && status == 407
        {
            let unsent = SendError::new(Delivery::Unsent, "");
            return Err(Failure::Unauthorized.describe(proxy, unsent));
        }
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        let mut permit = None;
        while let Some(chunk) = response.chunk().await.map_err(|error| send_error(&error))? {
            if body.len().saturating_add(chunk.len()) > MAX_RESPONSE {
                return Err(SendError::new(Delivery::Unknown, "the response is longer than 1 MiB"));
            }
            if permit.is_none() && body.len().saturating_add(chunk.len()) > SMALL_RESPONSE {
                permit = LARGE_RESPONSES.acquire().await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        // Lets the task run that returns the connection to the pool: the next request may need it.
        thread::settle().await;
        Ok(Response { status, headers, body })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::shown;

    #[test]
    fn short_times_are_shown_too() {
        let micros = |count| shown(Duration::from_micros(count));
        assert_eq!(micros(400), "1 ms");
        assert_eq!(micros(1_000), "1 ms");
        assert_eq!(micros(250_100), "251 ms");
        assert_eq!(micros(15_000_000), "15.0 s");
    }
}
