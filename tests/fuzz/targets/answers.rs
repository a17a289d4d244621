//! Answers of the clouds: whatever comes back, reading and classifying it does not panic, and a key that is
//! not ours is never taken for ours.
//!
//! The input is a status line, header lines and, after a blank line, the body.

#![no_main]

use keyimport::client;
use keyimport::key::{self, Comparison};
use keyimport::lang::ENGLISH;
use keyimport::provider;
use keyimport::redact::Redactor;
use keyimport::report;
use keyimport::wire::Response;
use libfuzzer_sys::fuzz_target;

const KEY: &str = include_str!("../../keys/taken/ecdsa-256.pub");

fuzz_target!(|input: &[u8]| {
    let response = response(input);
    let ours = key::parse(KEY.as_bytes()).expect("the key is sound").remove(0);
    for cloud in provider::ALL {
        if let Some(fault) = cloud.read_error(&response) {
            assert_eq!(fault.status, response.status);
            let kind = provider::classify(cloud.info().error_codes, &fault);
            let shown = fault.display(&Redactor::new([]));
            let error = keyimport::error::Error::new(kind, "refused").with_response(shown);
            let layout = report::Layout { texts: &ENGLISH, width: None, is_verbose: true };
            let shown = layout.error("place", &error);
            assert!(shown.lines().count() <= 3, "{shown:?}");
            let document = report::Format::Json.document(&[], &[error], 1).expect("JSON has one");
            assert_eq!(document.lines().count(), 1, "{document:?}");
        }
        let _ = cloud.read_request_id(&response);
        let _ = cloud.read_regions(&response);
        let pairs = cloud.read_import(&response).into_iter();
        let listed = cloud.read_lookup(&response, None).map(|page| page.items).unwrap_or_default();
        for pair in pairs.chain(listed) {
            let line = pair.public_key.as_ref().map(|line| line.as_str());
            let line = line.map(|line| (line, ours.same_as_line(line)));
            if let Some((line, Comparison::Same)) = line {
                let squeezed: String = line.split_whitespace().collect();
                assert!(squeezed.contains(ours.base64()), "{line:?} is not ours");
            }
            if let Some(print) = &pair.fingerprint {
                let _ = ours.same_as_fingerprint(print.as_str());
            }
        }
    }
    let shown = client::trace_response(&response, &Redactor::new([]));
    assert!(shown.chars().all(|letter| letter == '\n' || !letter.is_control()), "{shown:?}");
});

fn response(input: &[u8]) -> Response {
    let (head, body) = match input.windows(2).position(|bytes| bytes == b"\n\n") {
        Some(at) => (&input[..at], &input[at + 2..]),
        None => (&b"200"[..], input),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(200);
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Response { status, headers, body: body.to_vec() }
}
