//! A SOCKS proxy (RFC 1928, RFC 1929).

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::listen;
use super::request::head;

/// A SOCKS proxy that runs until the test ends.
pub struct Socks {
    pub addr: SocketAddr,
    targets: Arc<Mutex<Vec<String>>>,
}

/// Where the proxy connects to, whatever it is asked for.
#[derive(Clone, Copy)]
pub enum Behind {
    /// A server without TLS.
    Plain(SocketAddr),
    /// A cloud with TLS, by its own proxy; an address stands for this host.
    Tls(SocketAddr, &'static str),
    /// Nothing: it refuses with this reply.
    Nobody(u8),
}

impl Socks {
    /// Starts a proxy. With a login it accepts nobody else.
    pub fn start(login: Option<(&'static str, &'static str)>, behind: Behind) -> Self {
        let targets = Arc::new(Mutex::default());
        let noted = Arc::clone(&targets);
        let addr = listen(move |stream| {
            // A client may close at any time.
            let _ = serve(stream, login, behind, &noted);
        });
        Self { addr, targets }
    }

    /// Returns each `host:port` that it was asked to connect to.
    pub fn targets(&self) -> Vec<String> {
        self.targets.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    login: Option<(&str, &str)>,
    behind: Behind,
    targets: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let [version, count] = read(&mut stream)?;
    assert_eq!(version, 5);
    let methods = read_text(&mut stream, count)?;
    let method = if login.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        return stream.write_all(&[5, 0xff]);
    }
    stream.write_all(&[5, method])?;
    if let Some((user, password)) = login {
        let [version, length] = read(&mut stream)?;
        assert_eq!(version, 1);
        let given = read_text(&mut stream, length)?;
        let [length] = read(&mut stream)?;
        let is_known = (given, read_text(&mut stream, length)?) == (user.into(), password.into());
        stream.write_all(&[1, u8::from(!is_known)])?;
        if !is_known {
            return Ok(());
        }
    }
    let [version, command, _, kind] = read(&mut stream)?;
    assert_eq!((version, command), (5, 1));
    let (host, is_name) = match kind {
        1 => (Ipv4Addr::from(read::<4>(&mut stream)?).to_string(), false),
        4 => (format!("[{}]", Ipv6Addr::from(read::<16>(&mut stream)?)), false),
        _ => {
            let [length] = read(&mut stream)?;
            (String::from_utf8(read_text(&mut stream, length)?).unwrap(), true)
        }
    };
    let port = u16::from_be_bytes(read(&mut stream)?);
    targets.lock().unwrap().push(format!("{host}:{port}"));
    let upstream = match behind {
        Behind::Nobody(reply) => return stream.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0]),
        Behind::Plain(addr) => TcpStream::connect(addr)?,
        Behind::Tls(addr, name) => {
            let mut upstream = TcpStream::connect(addr)?;
            let host = if is_name { &host } else { name };
            write!(upstream, "CONNECT {host}:{port} HTTP/1.1\r\n\r\n")?;
            head(&mut upstream)?;
            upstream
        }
    };
    // A proxy may name the address that it connects from in any form.
    let bound: &[u8] = if is_name { b"\x03\x04host" } else { &[1, 127, 0, 0, 1] };
    stream.write_all(&[&[5, 0, 0], bound, &[0, 0]].concat())?;
    relay(stream, upstream)
}

/// Carries bytes both ways until both ends have closed.
pub fn relay(one: TcpStream, other: TcpStream) -> io::Result<()> {
    let (back, forth) = (one.try_clone()?, other.try_clone()?);
    let carry = |mut from: TcpStream, mut to: TcpStream| {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    };
    let returning = thread::spawn(move || carry(forth, back));
    carry(one, other);
    returning.join().unwrap();
    Ok(())
}

fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).map(|()| bytes)
}

fn read_text(stream: &mut TcpStream, length: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).map(|()| bytes)
}
