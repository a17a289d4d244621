//! What the vendors' own SDKs signed is accepted; the same with one byte changed is not.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use keyimport::sandbox::verify::{acs, bce, tc3, v4};
use keyimport::sandbox::{Account, ApiError, RawRequest};
use keyimport::sign::{self, Credential, Stamp};
use keyimport::wire::{Origin, Request};
use serde_json::Value;

use super::received;
use crate::services::account;

struct Vector {
    file: String,
    algorithm: String,
    accounts: Vec<Account>,
    time: DateTime<Utc>,
    request: RawRequest,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let value: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let credential = &value["credential"];
        let account = account(
            credential["id"].as_str().unwrap(),
            credential["secret"].as_str().unwrap(),
            credential["token"].as_str(),
        );
        let host = text(&value["request"]["origin"]).replace("https://", "");
        let mut headers = vec![("host".to_owned(), host)];
        for pair in value["signed"]["headers"].as_array().unwrap() {
            headers.push((text(&pair[0]), text(&pair[1])));
        }
        Self {
            file: path.display().to_string(),
            algorithm: text(&value["algorithm"]),
            accounts: vec![account],
            time: value["stamp"]["time"].as_str().unwrap().parse().unwrap(),
            request: RawRequest {
                method: text(&value["request"]["method"]),
                target: text(&value["signed"]["target"]),
                headers,
                body: text(&value["request"]["body"]).into_bytes(),
            },
        }
    }

    /// Verifies a request as the vector's cloud does, and returns what is wrong with it.
    fn check(&self, request: &RawRequest) -> Result<(), String> {
        let refused = |refusal: ApiError| refusal.message;
        match self.algorithm.as_str() {
            "rpc" => acs::verify_rpc(request, &self.accounts, self.time).map(drop).map_err(refused),
            "acs3" => {
                acs::verify_acs3(request, &self.accounts, self.time).map(drop).map_err(refused)
            }
            "v4" => {
                v4::VOLCENGINE.verify(request, &self.accounts, self.time).map(drop).map_err(refused)
            }
            "sigv4" => {
                v4::AWS.verify(request, &self.accounts, self.time).map(drop).map_err(refused)
            }
            "bce" => bce::verify(request, &self.accounts, self.time).map(drop).map_err(refused),
            "tc3" => tc3::verify(request, &self.accounts, self.time).map(drop).map_err(refused),
            other => panic!("unknown algorithm: {other}"),
        }
    }

    /// Returns whether the signature covers a header.
    fn covers(&self, name: &str) -> bool {
        let authorization = self.request.header("authorization").unwrap_or_default();
        let names = match self.algorithm.as_str() {
            "bce" => authorization.split('/').nth(4).unwrap(),
            "rpc" => "",
            _ => {
                let (_, rest) = authorization.split_once("SignedHeaders=").unwrap();
                rest.split(',').next().unwrap()
            }
        };
        name == "authorization" || names.split(';').any(|other| other == name)
    }
}

fn vectors() -> Vec<Vector> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut vectors = Vec::new();
    for cloud in crate::cloud_ids() {
        for file in fs::read_dir(data.join(cloud).join("sign")).unwrap() {
            vectors.push(Vector::read(&file.unwrap().path()));
        }
    }
    for algorithm in ["rpc", "acs3", "v4", "sigv4", "bce", "tc3"] {
        let count = vectors.iter().filter(|vector| vector.algorithm == algorithm).count();
        assert!(count >= 5, "{count} vectors of {algorithm}");
    }
    vectors
}

#[test]
fn what_the_sdks_signed_is_accepted() {
    for vector in vectors() {
        vector.check(&vector.request).unwrap_or_else(|why| panic!("{}: {why}", vector.file));
    }
}

/// Returns another byte that may be in the same place.
fn other(byte: u8) -> u8 {
    if byte == b'x' { b'y' } else { b'x' }
}

#[test]
fn a_changed_byte_of_the_target_is_refused() {
    for vector in vectors() {
        let target = &vector.request.target;
        let start = target.find('?').map_or(target.len(), |mark| mark + 1);
        for index in start..target.len() {
            let mut bytes = target.clone().into_bytes();
            bytes[index] = other(bytes[index]);
            let target = String::from_utf8(bytes).unwrap();
            let changed = RawRequest { target, ..vector.request.clone() };
            assert!(vector.check(&changed).is_err(), "{}: {}", vector.file, changed.target);
        }
        if vector.algorithm != "rpc" {
            let target = format!("/x{target}");
            let changed = RawRequest { target, ..vector.request.clone() };
            assert!(vector.check(&changed).is_err(), "{}: another path", vector.file);
        }
    }
}

#[test]
fn a_changed_byte_of_a_signed_header_is_refused() {
    for vector in vectors() {
        for (place, (name, value)) in vector.request.headers.iter().enumerate() {
            if !vector.covers(name) {
                continue;
            }
            for index in 0..value.len() {
                let mut bytes = value.clone().into_bytes();
                if bytes[index] == b' ' {
                    continue;
                }
                bytes[index] = other(bytes[index]);
                let mut changed = vector.request.clone();
                changed.headers[place].1 = String::from_utf8(bytes).unwrap();
                assert!(
                    vector.check(&changed).is_err(),
                    "{}: {name}: {}",
                    vector.file,
                    changed.headers[place].1
                );
            }
        }
    }
}

#[test]
fn a_changed_method_or_body_is_refused() {
    for vector in vectors() {
        let method = if vector.request.method == "GET" { "POST" } else { "GET" };
        let changed = RawRequest { method: method.to_owned(), ..vector.request.clone() };
        assert!(vector.check(&changed).is_err(), "{}: another method", vector.file);

        let mut changed = vector.request.clone();
        changed.body.push(b'x');
        // The other two signatures do not cover the body.
        let is_covered = ["acs3", "v4", "sigv4", "tc3"].contains(&vector.algorithm.as_str());
        assert_eq!(vector.check(&changed).is_err(), is_covered, "{}: another body", vector.file);
    }
}

#[test]
fn an_account_without_its_token_is_refused() {
    for vector in vectors() {
        let strip = |name: &str| {
            let mut request = vector.request.clone();
            request.headers.retain(|(other, _)| other != name);
            request
        };
        for name in [
            "x-acs-security-token", "x-security-token", "x-amz-security-token",
            "x-bce-security-token", "x-tc-token",
        ] {
            if vector.request.header(name).is_some() {
                assert!(vector.check(&strip(name)).is_err(), "{}: no {name}", vector.file);
            }
        }
    }
}

#[test]
fn a_signed_header_that_comes_twice_is_refused() {
    for vector in vectors() {
        for (name, value) in &vector.request.headers {
            if name != "authorization" && vector.covers(name) {
                let mut changed = vector.request.clone();
                changed.headers.push((name.clone(), value.clone()));
                assert!(vector.check(&changed).is_err(), "{}: {name}", vector.file);
            }
        }
    }
}

#[test]
fn an_empty_signature_is_refused() {
    for vector in vectors() {
        let mut request = vector.request.clone();
        if vector.algorithm == "rpc" {
            let (start, rest) = request.target.split_once("Signature=").unwrap();
            let end = rest.split_once('&').map_or("", |(_, end)| end);
            request.target = format!("{start}Signature=&{end}");
        } else {
            let place = request.headers.iter_mut().find(|(name, _)| name == "authorization");
            let value = &mut place.unwrap().1;
            let end = value.rfind(['=', '/']).unwrap();
            value.truncate(end + 1);
        }
        assert!(vector.check(&request).is_err(), "{}", vector.file);
    }
}

#[test]
fn a_time_at_the_end_of_the_calendar_is_refused() {
    let now: DateTime<Utc> = "2026-01-15T08:09:10Z".parse().unwrap();
    for (year, life) in [("+262142", u32::MAX), ("-262143", 1800), ("-262143", u32::MAX)] {
        let signed = format!("bce-auth-v1/id/{year}-12-31T23:59:59Z/{life}//{:064}", 0);
        let request = RawRequest {
            headers: vec![("authorization".to_owned(), signed)],
            ..RawRequest::default()
        };
        let refusal = bce::verify(&request, &[account("id", "secret", None)], now).unwrap_err();
        assert_eq!(refusal.code, "RequestExpired", "{year} {life}");
    }
}

#[test]
fn a_secret_may_be_longer_than_a_block_of_the_hash() {
    let time: DateTime<Utc> = "2026-01-15T08:09:10Z".parse().unwrap();
    for length in [63, 64, 65, 200] {
        let secret = "s".repeat(length);
        let credential = Credential::new("id", &secret, None);
        let stamp = Stamp { time, nonce: "nonce".to_owned() };
        let request = Request::new("GET", Origin::https("ecs.example.com"), "/").with("a", "b");
        let known = [account("id", &secret, None)];
        let signed = received(&sign::rpc::sign(request.clone(), &credential, &stamp));
        acs::verify_rpc(&signed, &known, time).unwrap();
        let signed = received(&sign::acs3::sign(request, &credential, &stamp));
        acs::verify_acs3(&signed, &known, time).unwrap();
    }
}
