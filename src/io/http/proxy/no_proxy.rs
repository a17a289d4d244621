//! `NO_PROXY`: hosts that are reached without a proxy.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::wire::unbracketed;

/// The entries of `NO_PROXY`, read as Go reads them (<https://pkg.go.dev/golang.org/x/net/http/httpproxy>): `*`,
/// `domain` with all names below it, `.domain` and `*.domain` for the names below it alone, addresses and networks,
/// each but `*` and networks also with a port. Spaces separate entries as commas do. Other entries match nothing.
#[derive(Clone, Debug, Default)]
pub struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Hosts {
    All,
    Network(IpNet),
    Domain { name: String, itself: bool },
}

impl NoProxy {
    /// Reads the value of the variable.
    pub fn new(value: &str) -> Self {
        let entries = value.split(|letter: char| letter == ',' || letter.is_whitespace());
        Self(entries.filter_map(|entry| Entry::new(&entry.to_ascii_lowercase())).collect())
    }

    /// Whether a host and port are reached without a proxy. Names are not resolved.
    pub fn contains(&self, host: &str, port: u16) -> bool {
        let host = unbracketed(host).trim_end_matches('.').to_ascii_lowercase();
        let address = host.parse().ok().map(|address: IpAddr| address.to_canonical());
        self.0.iter().any(|entry| {
            let is_host = match &entry.hosts {
                Hosts::All => true,
                Hosts::Network(network) => {
                    address.is_some_and(|address| network.contains(&address))
                }
                Hosts::Domain { name, itself } => host
                    .strip_suffix(name.as_str())
                    .is_some_and(|rest| rest.ends_with('.') || (rest.is_empty() && *itself)),
            };
            is_host && entry.port.is_none_or(|other| other == port)
        })
    }
}

impl Entry {
    fn new(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self { hosts: Hosts::All, port: None });
        }
        if let Ok(network) = text.parse() {
            return Some(Self { hosts: Hosts::Network(network), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok()?))
            }
            _ => (text, None),
        };
        if let Ok(address) = unbracketed(host).parse::<IpAddr>() {
            return Some(Self { hosts: Hosts::Network(address.to_canonical().into()), port });
        }
        let below = host.strip_prefix("*.").or_else(|| host.strip_prefix('.'));
        let name = below.unwrap_or(host).trim_end_matches('.').to_owned();
        (!name.is_empty())
            .then(|| Self { hosts: Hosts::Domain { name, itself: below.is_none() }, port })
    }
}
