//! The sandbox over TLS, behind a proxy that makes loopback as slow as a distant network.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use keyimport::sandbox::{RawRequest, Sandbox};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// The slow way to the clouds, until this value is dropped.
pub struct Network {
    pub addr: SocketAddr,
    /// The CA to trust, as PEM.
    pub ca: String,
    counts: Arc<Counts>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct Counts {
    requests: AtomicUsize,
    connections: AtomicUsize,
}

impl Network {
    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }
}

/// Starts server and proxy.
pub fn start(round_trip: Duration) -> Network {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let counts = Arc::new(Counts::default());
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = params.self_signed(&key).unwrap().pem();
    let names = Names { issuer: Issuer::new(params, key), leaf: KeyPair::generate().unwrap() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(names));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listen = || TcpListener::bind("127.0.0.1:0");
    let (server, proxy) =
        runtime.block_on(async { (listen().await.unwrap(), listen().await.unwrap()) });
    let (behind, addr) = (server.local_addr().unwrap(), proxy.local_addr().unwrap());
    runtime.spawn(serve(server, acceptor, Arc::clone(&counts)));
    runtime.spawn(delay(proxy, behind, round_trip, Arc::clone(&counts)));
    Network { addr, ca, counts, _runtime: runtime }
}

/// Makes a certificate for whatever host is asked for.
#[derive(Debug)]
struct Names {
    issuer: Issuer<'static, KeyPair>,
    leaf: KeyPair,
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_owned();
        let certificate =
            CertificateParams::new([name]).ok()?.signed_by(&self.leaf, &self.issuer).ok()?;
        let key = PrivateKeyDer::try_from(self.leaf.serialize_der()).ok()?;
        let key = rustls::crypto::ring::sign::any_ecdsa_type(&key).ok()?;
        Some(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, counts: Arc<Counts>) {
    let sandbox = Arc::new(Mutex::new(Sandbox::default()));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (acceptor, sandbox) = (acceptor.clone(), Arc::clone(&sandbox));
        let counts = Arc::clone(&counts);
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request| answer(&sandbox, &counts, request));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    sandbox: &Mutex<Sandbox>,
    counts: &Counts,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    counts.requests.fetch_add(1, Ordering::SeqCst);
    let (head, body) = request.into_parts();
    let headers = head.headers.iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let received = RawRequest {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: headers.collect(),
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    };
    let response = sandbox.lock().unwrap().respond(&received, SystemTime::now().into());
    let mut built = hyper::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        built = built.header(name, value);
    }
    Ok(built.body(Full::new(Bytes::from(response.body))).unwrap())
}

/// Passes connections on, each a round trip late, and every chunk half a round trip late.
async fn delay(listener: TcpListener, to: SocketAddr, round_trip: Duration, counts: Arc<Counts>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        counts.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            tokio::time::sleep(round_trip).await;
            let Ok(server) = TcpStream::connect(to).await else { return };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(pass(from_client, to_server, round_trip / 2));
            tokio::spawn(pass(from_server, to_client, round_trip / 2));
        });
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    late: Duration,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if sender.send((Instant::now() + late, buffer[..length].to_vec())).is_err() {
                return;
            }
        }
    });
    while let Some((due, chunk)) = receiver.recv().await {
        tokio::time::sleep_until(due.into()).await;
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}
