//! Proxy variables: nothing panics, no error repeats a value, and what is accepted leads to the host of the URL.
//!
//! The first line of the input is the value of a variable, the second that of `NO_PROXY`, the third a host.

#![no_main]

use std::net::{IpAddr, Ipv4Addr};

use keyimport::io::http::proxy::{NoProxy, Proxy};
use libfuzzer_sys::fuzz_target;
use reqwest::Url;

/// A value for every error.
const UNUSABLE: [&str; 11] = [
    "\u{fffd}", "a\0b", "\"", "socks://a", "ftp://a", "a#b@c", "http://", "a b", "a:b", "a/b",
    "socks5://%ff@a",
];

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (value, exceptions, host) = (line(), line(), line());
    for variable in ["https_proxy", "ALL_PROXY"] {
        match Proxy::parse(variable, value) {
            Ok(proxy) => leads_there(value, &proxy),
            Err(error) => {
                let known = UNUSABLE.iter().filter_map(|value| Proxy::parse(variable, value).err());
                let is_known = known.into_iter().any(|other| {
                    (other.message(), other.hint()) == (error.message(), error.hint())
                });
                assert!(is_known, "{value:?}: {error}");
            }
        }
    }
    let _ = NoProxy::new(exceptions).contains(host, 443);
    assert!(!NoProxy::new("").contains(host, 443));
    assert!(NoProxy::new(&format!("{exceptions},*")).contains(host, 443));
    let is_name = host.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if is_name {
        assert!(NoProxy::new(&format!("{exceptions},{host}")).contains(host, 443), "{host}");
    }
});

/// Asserts that a URL parser finds the same host and port.
fn leads_there(value: &str, proxy: &Proxy) {
    assert!(proxy.to_reqwest().is_ok(), "the client refuses {value:?}");
    let shown = format!("{proxy:?}");
    if let Some(login) = &proxy.login {
        assert!(shown.contains("login: Some(***)"), "{shown}");
        assert!(login.user.len() + login.password.len() <= value.len());
    }
    // To browsers `\` is a `/`.
    if value.contains('\\') {
        return;
    }
    let value = value.trim();
    let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let Ok(url) = Url::parse(&url) else { return };
    let host = proxy.host.to_ascii_lowercase();
    let found = url.host_str().expect("an accepted value has a host").to_ascii_lowercase();
    let address = |host: &str| host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    // A URL parser and a name server read `0x7f.1` alike.
    let is_other_form = address(&host).is_none() && found.parse::<Ipv4Addr>().is_ok();
    let is_same = found == host || address(&found).is_some() && address(&found) == address(&host);
    assert!(is_same || is_other_form, "{value:?} leads to {host} and {found}");
    assert_eq!(url.port().unwrap_or(proxy.port), proxy.port, "{value:?}");
}
