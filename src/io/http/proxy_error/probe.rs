//! Asks a proxy once more why it made no connection, where the HTTP library does not say.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::Failure;
use crate::io::http::dns::{CachingResolver, DnsError};
use crate::io::http::error::io_reason;
use crate::io::http::proxy::{Proxy, Scheme};
use crate::wire::Origin;

/// How long the proxy has for its response.
const LIMIT: Duration = Duration::from_secs(2);
/// Longest beginning of a response that is read, in bytes; a status line starts with 12.
const MAX_RESPONSE: usize = 64;

/// Connects to the proxy. An HTTP proxy is asked for the host again, and its status is read; nothing else is sent.
pub(in crate::io::http) async fn probe(
    proxy: &Proxy,
    origin: &Origin,
    names: &CachingResolver,
) -> Failure {
    let failure = async {
        let mut stream = match connect(proxy, names).await {
            Ok(stream) => stream,
            Err(failure) => return failure,
        };
        match proxy.scheme {
            Scheme::Http => status(&mut stream, proxy, origin).await,
            _ => Failure::Refused(None),
        }
    };
    tokio::time::timeout(LIMIT, failure).await.unwrap_or(Failure::NotInTime)
}

async fn connect(proxy: &Proxy, names: &CachingResolver) -> Result<TcpStream, Failure> {
    let unknown = |error: DnsError| Failure::Unreachable(Some(error.without_name()));
    let addresses = names.addresses(&proxy.host).await.map_err(unknown)?;
    let addresses: Vec<SocketAddr> =
        addresses.into_iter().map(|address| SocketAddr::new(address, proxy.port)).collect();
    TcpStream::connect(&*addresses).await.map_err(|error| Failure::Unreachable(io_reason(&error)))
}

async fn status(stream: &mut TcpStream, proxy: &Proxy, origin: &Origin) -> Failure {
    let host = format!("{}:{}", origin.host(), origin.port());
    let mut request = Zeroizing::new(format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n"));
    if let Some(login) = &proxy.login {
        request.extend(["Proxy-Authorization: ", login.basic().expose(), "\r\n"]);
    }
    request.push_str("\r\n");
    let mut response = Vec::new();
    if stream.write_all(request.as_bytes()).await.is_err() {
        return Failure::Closed;
    }
    while response.len() < MAX_RESPONSE && !response.contains(&b'\n') {
        match stream.read_buf(&mut response).await {
            Ok(1..) => {}
            _ => break,
        }
    }
    match read_status(&response) {
        Some(407) => Failure::Unauthorized,
        // The HTTP library could not read the same.
        Some(200) => Failure::NoHttp,
        Some(status) => Failure::Refused(Some(format!("HTTP {status}"))),
        None if response.is_empty() => Failure::Closed,
        None => Failure::NoHttp,
    }
}

/// Reads the status of `HTTP/1.1 403 …`.
fn read_status(response: &[u8]) -> Option<u16> {
    let digits = response.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
