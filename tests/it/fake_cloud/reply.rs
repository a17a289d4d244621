//! What the server does with a request.

use std::fmt::Write as _;
use std::io::{self, BufReader, Read as _, Write};
use std::thread;
use std::time::Duration;

use keyimport::wire::Response;
use socket2::SockRef;

use super::tls::Stream;

/// What a test wants done with a request. For a late reply, its function sleeps first.
pub enum Reply {
    /// Sends what the sandbox answers.
    Sandbox,
    /// Lets the sandbox process the request, and closes without an answer.
    SandboxThenClose,
    /// Sends this response, and keeps the connection.
    Response(Response),
    /// Sends these bytes, and closes.
    Raw(Vec<u8>),
    Close,
    /// Sends these bytes, and breaks off without the end that TLS has.
    Cut(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Sends nothing until the client closes.
    Silence,
    /// Sends the body a byte every few milliseconds until the client closes.
    Drip,
    /// Sends a body of megabytes.
    Endless,
    /// Sends the first bytes, and then the others again and again until the client closes.
    Forever(&'static [u8], &'static [u8]),
    /// Replies, and calls this when that is over.
    Then(Box<Self>, Box<dyn FnOnce() + Send>),
}

/// What comes after a reply.
pub(super) enum Next {
    Request,
    Close,
    Drop,
}

impl Reply {
    /// What is no HTTP: a mail server's greeting.
    pub const NO_HTTP: &'static [u8] = b"220 mail.example ESMTP\r\n\r\n";
    /// A body in chunks, the first of which has a length that is not hexadecimal.
    pub const BAD_CHUNK: &'static [u8] =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n";

    /// Makes a response without headers.
    pub fn status(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::with_headers(status, &[], body)
    }

    pub fn with_headers(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let headers = headers.iter().map(header).collect();
        Self::Response(Response { status, headers, body: body.into() })
    }

    /// Cuts a response off after so many bytes.
    pub fn cut_at(response: &Response, length: usize) -> Self {
        let mut bytes = bytes(response);
        bytes.truncate(length);
        Self::Cut(bytes)
    }

    /// Calls a function when this reply is over.
    pub fn then(self, call: impl FnOnce() + Send + 'static) -> Self {
        Self::Then(Box::new(self), Box::new(call))
    }

    pub(super) fn send(self, stream: &mut BufReader<Stream>) -> io::Result<Next> {
        match self {
            Self::Sandbox | Self::SandboxThenClose => unreachable!("the sandbox has answered"),
            Self::Response(response) => {
                write(stream.get_mut(), &bytes(&response)).map(|()| Next::Request)
            }
            Self::Raw(bytes) => write(stream.get_mut(), &bytes).map(|()| Next::Close),
            Self::Close => Ok(Next::Close),
            Self::Cut(bytes) => write(stream.get_mut(), &bytes).map(|()| Next::Drop),
            Self::Reset => {
                SockRef::from(stream.get_mut().tcp()).set_linger(Some(Duration::ZERO))?;
                Ok(Next::Drop)
            }
            Self::Silence => {
                let _ = stream.read(&mut [0]);
                Ok(Next::Close)
            }
            Self::Drip => {
                let stream = stream.get_mut();
                write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")?;
                loop {
                    thread::sleep(Duration::from_millis(20));
                    write(stream, b" ")?;
                }
            }
            Self::Endless => {
                let stream = stream.get_mut();
                write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n")?;
                // The client closes before it has read half of this.
                for _ in 0..4096 {
                    write(stream, &[b' '; 1024])?;
                }
                Ok(Next::Drop)
            }
            Self::Forever(first, again) => {
                let stream = stream.get_mut();
                write(stream, first)?;
                loop {
                    write(stream, again)?;
                }
            }
            Self::Then(reply, call) => {
                let next = reply.send(stream);
                call();
                next
            }
        }
    }
}

fn write(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

/// Returns a response as it goes over the wire.
pub(super) fn bytes(response: &Response) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {} Reason\r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = write!(text, "content-length: {}\r\n\r\n", response.body.len());
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&response.body);
    bytes
}
