//! Values of the command line: nothing panics, and whatever is accepted makes requests that go where they say.
//!
//! The input is one argument a line.

#![no_main]

use std::ffi::OsString;

use clap::Parser as _;
use keyimport::cli::Cli;
use keyimport::key;
use keyimport::plan::{self, Batch, InputKey, NamedKey, Regions};
use keyimport::run::Options;
use keyimport::sign::Credential;
use keyimport::sign::Stamp;
use keyimport::wire::Origin;
use libfuzzer_sys::fuzz_target;

const KEY: &str = include_str!("../../keys/taken/ecdsa-256.pub");

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let arguments: Vec<OsString> =
        std::iter::once("keyimport").chain(text.split('\n')).map(OsString::from).collect();
    for line in text.split('\n') {
        if keyimport::provider::check_region(line).is_ok() {
            for cloud in keyimport::provider::ALL {
                goes_there(&Origin::https(cloud.host(line)));
            }
        }
    }
    let Ok(cli) = Cli::try_parse_from(arguments) else { return };
    let Ok(options) = Options::new(cli) else { return };
    let selections = &options.selections;
    let _ = plan::has_many_targets(selections);
    let parsed = key::parse(KEY.as_bytes()).expect("the key is sound").remove(0);
    let source = options.key_paths.first().map(|key| key.to_string_lossy().into_owned());
    let source = source.unwrap_or_default();
    let input = InputKey { key: parsed, source, stem: None };
    let Ok(named) = plan::named_keys(vec![input], options.name.as_deref()) else { return };
    let [key]: &[NamedKey] = &named else { panic!("one key became {}", named.len()) };
    let batch = Batch {
        keys: named.clone(),
        given_name: options.name.clone(),
        options: options.import.clone(),
    };
    let _ = plan::check(selections, &batch);
    for selection in selections {
        let region = match &selection.regions {
            Regions::Named(names) => names[0].as_str(),
            Regions::Unnamed | Regions::All => selection.cloud.info().home_region(),
        };
        let endpoint = selection.endpoint(region);
        goes_there(&endpoint.origin);
        let names = batch.names(selection.cloud);
        let job = batch.job(key, &names[0], endpoint, "token".to_owned());
        if selection.cloud.check(&job).is_err() {
            continue;
        }
        let request = selection.cloud.import(&job);
        let shown = keyimport::client::trace_request(&request, &[]);
        assert!(shown.chars().all(|letter| letter == '\n' || !letter.is_control()), "{shown:?}");
        let credential = Credential::new("AKIDEXAMPLE", "a-secret-of-nobody", None);
        let stamp = Stamp { time: chrono::DateTime::UNIX_EPOCH, nonce: "0".repeat(32) };
        let signed = selection.cloud.sign(request, &job.endpoint, &credential, &stamp);
        let url = format!("{}{}", signed.request.origin, signed.request.target());
        let url: reqwest::Url = url.parse().expect("an accepted value makes an address");
        // What is signed is what is sent: the client's own reading of the address changes nothing.
        let sent = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        assert_eq!(sent, signed.request.target());
    }
});

/// Asserts that the client reads scheme, host and port as they were signed.
fn goes_there(origin: &Origin) {
    let url = origin.to_string().parse::<reqwest::Url>();
    let url = url.unwrap_or_else(|error| panic!("{origin} is accepted: {error}"));
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    assert_eq!(format!("{host}{port}"), origin.authority, "{origin} goes elsewhere");
    assert!(url.username().is_empty() && url.password().is_none() && url.path() == "/");
    assert_eq!(url.scheme(), if origin.plain { "http" } else { "https" });
    if origin.plain {
        let is_loopback = host == "localhost"
            || host.ends_with(".localhost")
            || host.starts_with("127.")
            || host == "[::1]";
        assert!(is_loopback, "{origin} is plain and no loopback");
    }
}
