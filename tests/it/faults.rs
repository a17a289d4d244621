//! Reads every refusal of `tests/data/<cloud>/faults.json` and compares what it means with what is written there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keyimport::client;
use keyimport::error::{ErrorKind, ErrorResponse};
use keyimport::provider::{self, Provider};
use keyimport::redact::Redactor;
use keyimport::wire::Response;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    kind: String,
    code: String,
    message: String,
    request_id: Option<String>,
}

impl Case {
    fn response(&self) -> Response {
        let body = self.body.clone().into_bytes();
        Response { status: self.status, headers: self.headers.clone(), body }
    }
}

fn cases(cloud: &dyn Provider) -> Vec<Case> {
    let path = format!("tests/data/{}/faults.json", cloud.info().id);
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).expect(&path);
    let cases: Vec<Case> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(!cases.is_empty(), "{path} is empty");
    cases
}

/// Tells whether it is this row that says what a fault means: marked, it gives its mark.
fn decides(
    row: &provider::ErrorRule,
    table: &[provider::ErrorRule],
    fault: &ErrorResponse,
) -> bool {
    let mark = ErrorKind::PrivateKey;
    let marked: Vec<provider::ErrorRule> = table
        .iter()
        .map(|other| if other == row { provider::ErrorRule { kind: mark, ..*row } } else { *other })
        .collect();
    provider::classify(&marked, fault) == mark
}

#[test]
fn every_refusal_is_read_and_means_what_is_written() {
    for cloud in provider::ALL {
        let info = cloud.info();
        for case in cases(*cloud) {
            let place = format!("{}: {}", info.id, case.name);
            assert!(!case.source.trim().is_empty(), "{place}: no source");
            let fault =
                cloud.read_error(&case.response()).unwrap_or_else(|| panic!("{place}: no fault"));
            assert_eq!(fault.status, case.status, "{place}");
            assert_eq!(fault.code.as_str(), case.code, "{place}");
            assert_eq!(fault.message.as_str(), case.message, "{place}");
            assert_eq!(fault.request_id, case.request_id.map(Into::into), "{place}");
            assert_eq!(provider::classify(info.error_codes, &fault).name(), case.kind, "{place}");
        }
    }
}

#[test]
fn every_row_has_a_case() {
    for cloud in provider::ALL {
        let table = cloud.info().error_codes;
        let faults: Vec<ErrorResponse> =
            cases(*cloud).iter().filter_map(|case| cloud.read_error(&case.response())).collect();
        for row in table {
            let found = faults.iter().any(|fault| decides(row, table, fault));
            assert!(found, "{}: no case for {row:?}", cloud.info().id);
        }
    }
}

#[test]
fn tables_are_sorted_and_repeat_nothing() {
    for cloud in provider::ALL {
        let key = |row: &provider::ErrorRule| {
            let code = row.code.trim_end_matches('*');
            (code, row.code.ends_with('*'), row.message_contains)
        };
        let keys: Vec<_> = cloud.info().error_codes.iter().map(key).collect();
        assert!(keys.is_sorted(), "{}: not sorted by code", cloud.info().id);
        let unique: BTreeSet<_> = keys.iter().collect();
        assert_eq!(unique.len(), keys.len(), "{}: a row stands twice", cloud.info().id);
    }
}

#[test]
fn a_rejected_credential_blames_the_clock_where_it_differs_by_more_than_five_minutes() {
    let cloud = provider::find("aws").unwrap();
    let cases = cases(cloud);
    let refusal = cases.iter().find(|case| case.kind == "credentials_rejected").unwrap();
    let theirs = chrono::DateTime::from_timestamp(1_767_254_950, 0).unwrap();
    let mut response = refusal.response();
    response.headers.retain(|(name, _)| name != "date");
    response.headers.push(("date".to_owned(), theirs.to_rfc2822()));
    for (seconds, blames) in [(0, false), (300, false), (301, true), (-300, false), (-301, true)] {
        let now = theirs + chrono::TimeDelta::seconds(seconds);
        let redactor = Redactor::default();
        let error = client::check_response(cloud, &response, &redactor, now, &[]).unwrap_err();
        assert_eq!(error.hint().to_string().starts_with("set the clock"), blames, "{seconds}");
    }
}

#[test]
fn names_of_cases_are_their_own() {
    for cloud in provider::ALL {
        let cases = cases(*cloud);
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "{}", cloud.info().id);
    }
}

#[test]
fn a_code_is_read_whatever_stands_beside_it() {
    for (cloud, code, kind) in [
        ("aliyun", "KeyPair.AlreadyExist", ErrorKind::NameTaken),
        ("volcengine", "InvalidKeyPairName.Conflict", ErrorKind::NameTaken),
        ("baidu", "Keypair.KeypairPublicKeyExist", ErrorKind::KeyTaken),
        ("tencent", "InvalidPublicKey.Duplicate", ErrorKind::KeyTaken),
    ] {
        let cloud = provider::find(cloud).unwrap();
        for (odd, read) in [("null", ""), ("17", "17"), ("[\"a\"]", ""), ("{\"a\":{}}", "")] {
            let parts = format!("\"Code\":\"{code}\",\"Message\":{odd},\"RequestId\":{odd}");
            let body = match cloud.info().id {
                "volcengine" => format!(
                    "{{\"ResponseMetadata\":{{\"RequestId\":{odd},\"Error\":{{{parts}}}}}}}"
                ),
                "tencent" => {
                    format!("{{\"Response\":{{\"RequestId\":{odd},\"Error\":{{{parts}}}}}}}")
                }
                "baidu" => format!("{{\"code\":\"{code}\",\"message\":{odd},\"requestId\":{odd}}}"),
                _ => format!("{{{parts}}}"),
            };
            let response = Response { status: 409, headers: Vec::new(), body: body.into_bytes() };
            let fault = cloud.read_error(&response).unwrap();
            let id = Some(read).filter(|id| !id.is_empty()).map(Into::into);
            assert_eq!((fault.code.as_str(), fault.message.as_str()), (code, read), "{odd}");
            assert_eq!(fault.request_id, id, "{odd}");
            assert_eq!(provider::classify(cloud.info().error_codes, &fault), kind);
        }
    }
}
