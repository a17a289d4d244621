//! The places of credentials: whatever variables, files and token services hold, the search ends with a sound
//! credential or with an error that shows no value.
//!
//! The input is text in parts, divided by `====` lines. The first part names a cloud and maybe a profile. Each
//! other part has a first line that says what it is: a path (`~/…`, `/…`) a file, a number an answer with that
//! status, `print` what a program prints, and any other the variable of that name.

#![no_main]

use std::sync::Arc;

use keyimport::credentials::{self, CredentialCache};
use keyimport::lang::ENGLISH;
use keyimport::ports::ProvideCredential as _;
use keyimport::provider;
use keyimport::report::Layout;
use libfuzzer_sys::fuzz_target;

#[path = "../../it/doubles.rs"]
#[allow(dead_code, reason = "the doubles are those of the tests, which use more of them")]
mod doubles;

use doubles::{FakeClock, FakeSystem, FakeTransport, NoObserver, block_on};

fuzz_target!(|input: &[u8]| {
    let mut parts = parts(input).into_iter();
    let first = parts.next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let mut words = first.split_whitespace();
    let provider = words.next().and_then(provider::find).unwrap_or(provider::ALL[0]);
    let profile = words.next();
    let (mut system, mut transport) = (FakeSystem::new(), FakeTransport::silent());
    for part in parts {
        let cut = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let (name, value) = (&part[..cut], part.get(cut + 1..).unwrap_or_default());
        let name = String::from_utf8_lossy(name);
        let name = name.trim();
        if name.starts_with(['~', '/']) {
            system = system.with_shared_file(name, value);
        } else if let Ok(status) = name.parse() {
            transport = transport.answers(status, value);
        } else if name == "print" {
            system = system.with_output(&String::from_utf8_lossy(value));
        } else {
            system = system.with_var(name, &String::from_utf8_lossy(value));
        }
    }
    if let Ok(Some((region, source))) = credentials::region(provider, profile, &system) {
        assert!(!region.is_empty() && !source.is_empty());
    }
    let clock = Arc::new(FakeClock::new());
    let (system, transport) = (Arc::new(system), Arc::new(transport));
    let cache = CredentialCache::new(
        provider,
        profile,
        system,
        transport.clone(),
        clock.clone(),
        Arc::new(NoObserver),
        3,
    );
    match block_on(cache.credential()) {
        Ok(found) => {
            for text in [Some(found.id.as_str()), Some(found.secret.expose())]
                .into_iter()
                .chain([found.token.as_ref().map(|token| token.expose())])
                .flatten()
            {
                assert!(!text.is_empty() && text == text.trim(), "a blank value is taken");
                let fits = text.chars().all(|letter| !letter.is_control());
                assert!(fits, "a value that no header carries is taken: {text:?}");
            }
            // A second call sees the same, or what took its place.
            let again = block_on(cache.credential());
            assert!(again.is_ok() || found.expires.is_some());
            let _ = block_on(cache.renew(&found));
        }
        Err(error) => {
            let layout = Layout { texts: &ENGLISH, width: None, is_verbose: true };
            let _ = layout.error("", &error);
            let again = block_on(cache.credential()).expect_err("an error stays one");
            assert_eq!(again.kind(), error.kind());
        }
    }
    // The search asks a bounded number of times, whatever it is answered.
    let asked = transport.seen().len();
    assert!(asked <= 64, "{asked} requests");
});

/// Divides an input at its `====` lines.
fn parts(input: &[u8]) -> Vec<&[u8]> {
    const MARK: &[u8] = b"\n====\n";
    let mut parts = Vec::new();
    let mut rest = input;
    while let Some(at) = rest.windows(MARK.len()).position(|bytes| bytes == MARK) {
        parts.push(&rest[..at]);
        rest = &rest[at + MARK.len()..];
    }
    parts.push(rest);
    parts
}
