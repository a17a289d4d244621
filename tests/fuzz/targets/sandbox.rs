//! The clouds of the sandbox: they respond to any request, and their state reads back as itself.
//!
//! The input is requests, divided by `====` lines: a line `METHOD TARGET`, header lines and, after a blank line,
//! the body. A first line `sign CLOUD METHOD TARGET` signs the request as the client would.

#![no_main]

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::provider::{self, Endpoint};
use keyimport::sandbox::{RawRequest, Sandbox, Store, owner};
use keyimport::sign::Credential;
use keyimport::sign::Stamp;
use keyimport::wire::{Origin, Request};
use libfuzzer_sys::fuzz_target;
use reqwest::header::{HeaderName, HeaderValue};

fuzz_target!(|input: &[u8]| {
    let mut clouds = Sandbox::default();
    let mut now: DateTime<Utc> = DateTime::from_timestamp(1_768_464_550, 0).expect("a time");
    let text = String::from_utf8_lossy(input);
    for (number, part) in text.split("\n====\n").enumerate() {
        let (head, body) = part.split_once("\n\n").unwrap_or((part, ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let before = clouds.store.version();
        let signed = first.strip_prefix("sign ");
        let request = match signed {
            Some(line) => signed_request(line, headers, body, now, number),
            None => {
                let (method, target) = first.split_once(' ').unwrap_or((first, "/"));
                let (method, target) = (method.to_owned(), target.to_owned());
                RawRequest { method, target, headers, body: body.as_bytes().to_vec() }
            }
        };
        let response = clouds.respond(&request, now);
        assert!((200..=599).contains(&response.status), "{}", response.status);
        for (name, value) in &response.headers {
            name.parse::<HeaderName>().expect("a header's name");
            value.parse::<HeaderValue>().expect("a header's value");
        }
        if clouds.store.version() != before {
            assert_eq!(response.status, 200, "a refusal changed the state");
            let state = clouds.store.to_json().unwrap();
            let again = Store::from_json(&state).expect("its own state can be read");
            assert_eq!(again.to_json().unwrap(), state);
        }
        now += TimeDelta::seconds(1);
    }
    let _ = Store::from_json(&text);
});

/// Signs a request as the owner of a cloud's account. `Host` is the region's or the one that a header names.
fn signed_request(
    line: &str,
    mut headers: Vec<(String, String)>,
    body: &str,
    now: DateTime<Utc>,
    number: usize,
) -> RawRequest {
    let mut words = line.splitn(3, ' ');
    let cloud = words.next().and_then(provider::find).unwrap_or(provider::ALL[0]);
    let method = match words.next() {
        Some("PUT") => "PUT",
        Some("POST") => "POST",
        Some("DELETE") => "DELETE",
        _ => "GET",
    };
    let (path, query) = words.next().unwrap_or("/").split_once('?').unwrap_or(("/", ""));
    let named = headers.iter().position(|(name, _)| name == "host");
    let region = cloud.info().home_region();
    let host = match named {
        Some(at) => headers.remove(at).1,
        None => cloud.host(region),
    };
    let origin = Origin::https(host);
    let endpoint =
        Endpoint { region: region.to_owned(), origin, signature: None };
    let mut request = Request::new(method, endpoint.origin.clone(), path);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request = request.with(name, value);
    }
    request.headers = headers;
    request.body = body.as_bytes().to_vec();
    let owner = owner(cloud.info().id).expect("every provider has a cloud in the sandbox");
    let credential = Credential::new(&owner.id, &owner.secret, None);
    let stamp = Stamp { time: now, nonce: format!("nonce-{number}") };
    let signed = cloud.sign(request, &endpoint, &credential, &stamp).request;
    let mut headers = signed.headers.clone();
    headers.push(("host".to_owned(), signed.origin.authority.clone()));
    RawRequest { method: method.to_owned(), target: signed.target(), headers, body: signed.body }
}
