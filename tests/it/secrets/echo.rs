//! Servers that send back what they got, in every form that a gateway, a proxy or a log line gives it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keyimport::encode;

/// What a server makes of a text before it sends it back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Raw,
    PercentOnce,
    PercentTwice,
    PercentSmall,
    Base64,
    Base64Url,
    Base64Lines,
    Hex,
    HexCapitals,
    JsonSlashes,
    JsonUnicode,
    Html,
    /// Only so much of it.
    Cut,
}

impl Form {
    pub(crate) const ALL: [Self; 13] = [
        Self::Raw,
        Self::PercentOnce,
        Self::PercentTwice,
        Self::PercentSmall,
        Self::Base64,
        Self::Base64Url,
        Self::Base64Lines,
        Self::Hex,
        Self::HexCapitals,
        Self::JsonSlashes,
        Self::JsonUnicode,
        Self::Html,
        Self::Cut,
    ];

    pub(crate) fn of(self, text: &str) -> String {
        let each = |write: &dyn Fn(u8) -> String| text.bytes().map(write).collect::<String>();
        match self {
            Self::Raw => text.to_owned(),
            Self::PercentOnce => encode::percent(text),
            Self::PercentTwice => encode::percent(&encode::percent(text)),
            Self::PercentSmall => each(&|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                byte => format!("%{byte:02x}"),
            }),
            Self::Base64 => STANDARD.encode(text),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(text),
            Self::Base64Lines => {
                let text = STANDARD.encode(text);
                let lines: Vec<&str> = text
                    .as_bytes()
                    .chunks(64)
                    .map(|line| std::str::from_utf8(line).unwrap())
                    .collect();
                lines.join("\n")
            }
            Self::Hex => encode::hex(text.as_bytes()),
            Self::HexCapitals => encode::hex(text.as_bytes()).to_uppercase(),
            Self::JsonSlashes => text.replace('/', "\\/").replace('"', "\\\""),
            Self::JsonUnicode => each(&|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                byte => format!("\\u{byte:04x}"),
            }),
            Self::Html => each(&|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                byte => format!("&#{byte};"),
            }),
            Self::Cut => text.chars().take(text.chars().count() * 2 / 3).collect(),
        }
    }
}

/// A request as its bytes, and its target in plain text, so that an echo holds every value undone too.
pub(crate) struct Got {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Got {
    /// Returns the values of the query, decoded, and of the headers and the body, one a line.
    pub(crate) fn values(&self) -> Vec<String> {
        let target = self.head.split(' ').nth(1).unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
        };
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let mut values: Vec<String> = query.map(|(_, value)| decoded(value)).collect();
        values.extend(headers.map(|(_, value)| value.to_owned()));
        values.push(self.body.clone());
        values.extend(self.body.split(['"', '&', '=']).map(decoded));
        values.retain(|value| value.len() > 5);
        values
    }
}

type Reply = dyn Fn(&Got) -> String + Send + Sync;

/// Serves until the test's process ends, a connection at a time for each request.
pub(crate) fn serve(reply: impl Fn(&Got) -> String + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let reply: Arc<Reply> = Arc::new(reply);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, reply) = (stream.unwrap(), Arc::clone(&reply));
            // A client that breaks off is part of the scenarios.
            std::thread::spawn(move || answer(stream, &*reply));
        }
    });
    addr
}

fn answer(mut stream: TcpStream, reply: &Reply) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < end + 4 + length {
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    let body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
    stream.write_all(reply(&Got { head, body }).as_bytes()).ok()
}

/// Makes an answer that ends its connection.
pub(crate) fn http(status: u16, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status} Whatever\r\n");
    for (name, value) in headers {
        let line: String = value.chars().filter(|letter| !letter.is_control()).take(4000).collect();
        write!(text, "{name}: {line}\r\n").unwrap();
    }
    let length = body.len();
    write!(text, "content-length: {length}\r\nconnection: close\r\n\r\n{body}").unwrap();
    text
}
