//! What servers that send back what they got make of it, in every form that a gateway, a proxy or a log line gives it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keyimport::encode;

use crate::fake_cloud::{Reply, Seen};

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
    /// Decimal references with leading zeros.
    HtmlZeros,
    /// Hexadecimal references without a semicolon.
    HtmlHex,
    HtmlNames,
    /// `\x41`.
    BackslashX,
    /// `\u{41}`.
    Braces,
    /// `%u0041`.
    PercentU,
    /// `41:62`.
    HexColons,
    FullWidth,
    /// An invisible character after each.
    ZeroWidth,
    /// A byte of C1 controls after each, which a terminal would swallow.
    Controls,
    /// A space after each.
    Spaced,
    UpperCase,
    /// Only so much of it.
    Cut,
}

impl Form {
    pub(crate) const ALL: [Self; 25] = [
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
        Self::HtmlZeros,
        Self::HtmlHex,
        Self::HtmlNames,
        Self::BackslashX,
        Self::Braces,
        Self::PercentU,
        Self::HexColons,
        Self::FullWidth,
        Self::ZeroWidth,
        Self::Controls,
        Self::Spaced,
        Self::UpperCase,
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
            Self::HtmlZeros => each(&|byte| format!("&#{byte:05};")),
            Self::HtmlHex => each(&|byte| format!("&#x{byte:02X}")),
            Self::HtmlNames => text
                .replace('&', "&amp;")
                .replace('+', "&plus;")
                .replace('/', "&sol;")
                .replace('=', "&equals;"),
            Self::BackslashX => each(&|byte| format!("\\x{byte:02x}")),
            Self::Braces => each(&|byte| format!("\\u{{{byte:x}}}")),
            Self::PercentU => each(&|byte| format!("%u00{byte:02X}")),
            Self::HexColons => each(&|byte| format!("{byte:02x}:")),
            Self::FullWidth => text
                .chars()
                .map(|letter| match letter {
                    '!'..='~' => char::from_u32(u32::from(letter) + 0xfee0).unwrap(),
                    letter => letter,
                })
                .collect(),
            Self::ZeroWidth => each(&|byte| format!("{}\u{200b}", char::from(byte))),
            Self::Controls => each(&|byte| format!("{}\u{9d}", char::from(byte))),
            Self::Spaced => each(&|byte| format!("{} ", char::from(byte))),
            Self::UpperCase => text.to_ascii_uppercase(),
            Self::Cut => text.chars().take(text.chars().count() * 2 / 3).collect(),
        }
    }
}

/// Returns the values of a request's query, decoded, and of its headers and body, one a line: an echo then holds each
/// value both as it was sent and decoded.
pub(crate) fn values(seen: &Seen) -> Vec<String> {
    let body = String::from_utf8(seen.body.clone()).unwrap();
    let query = seen.target().split_once('?').map_or("", |(_, query)| query);
    let decoded =
        |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut values: Vec<String> = query.map(|(_, value)| decoded(value)).collect();
    values.extend(seen.headers().into_iter().map(|(_, value)| value));
    values.extend(body.split(['"', '&', '=']).map(decoded));
    values.push(body);
    values.retain(|value| value.len() > 5);
    values
}

/// Makes a response whose headers may be given any text; what no header can hold is left out.
pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let line = |value: &str| -> String {
        value.chars().filter(|letter| !letter.is_control()).take(4000).collect()
    };
    let lines: Vec<String> = headers.iter().map(|(_, value)| line(value)).collect();
    let headers: Vec<(&str, &str)> =
        headers.iter().zip(&lines).map(|((name, _), line)| (*name, line.as_str())).collect();
    Reply::with_headers(status, &headers, body)
}
