//! Signs every request under `tests/data/<cloud>/sign` and compares each stage with what the vendor's SDK said.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use keyimport::sign::Credential;
use keyimport::sign::{Signed, Stamp, acs3, bce, rpc, tc3, v4};
use keyimport::wire::{Origin, Request};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    source: String,
    note: String,
    algorithm: Algorithm,
    region: String,
    service: String,
    credential: Keys,
    stamp: When,
    request: Unsigned,
    canonical: String,
    string_to_sign: String,
    signature: String,
    signed: Sent,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Algorithm {
    Rpc,
    Acs3,
    V4,
    SigV4,
    Bce,
    Tc3,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    id: String,
    secret: String,
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    time: DateTimeText,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct DateTimeText(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsigned {
    method: String,
    origin: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    target: String,
    headers: Vec<(String, String)>,
}

impl Vector {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let vector: Self = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for (name, value) in [("source", &vector.source), ("note", &vector.note)] {
            assert!(!value.trim().is_empty(), "{}: `{name}` is empty", file.display());
        }
        vector
    }

    fn sign(&self) -> Signed {
        let Keys { id, secret, token } = &self.credential;
        let credential = Credential::new(id, secret, token.as_deref());
        let stamp = Stamp { time: self.stamp.time.parse(), nonce: self.stamp.nonce.clone() };
        let request = self.request.parse();
        match self.algorithm {
            Algorithm::Rpc => rpc::sign(request, &credential, &stamp),
            Algorithm::Acs3 => acs3::sign(request, &credential, &stamp),
            Algorithm::V4 => {
                v4::VOLCENGINE.sign(request, &credential, &stamp, &self.region, &self.service)
            }
            Algorithm::SigV4 => {
                v4::AWS.sign(request, &credential, &stamp, &self.region, &self.service)
            }
            Algorithm::Bce => bce::sign(request, &credential, &stamp),
            Algorithm::Tc3 => tc3::sign(request, &credential, &stamp, &self.service),
        }
    }
}

impl DateTimeText {
    fn parse(&self) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&self.0).unwrap().to_utc()
    }
}

impl Unsigned {
    fn parse(&self) -> Request {
        let method = match self.method.as_str() {
            "GET" => "GET",
            "POST" => "POST",
            "PUT" => "PUT",
            other => panic!("no method of ours: {other}"),
        };
        let authority = self.origin.strip_prefix("https://").expect("an https origin");
        let mut request = Request::new(method, Origin::https(authority), &self.path);
        request.query.clone_from(&self.query);
        request.headers.clone_from(&self.headers);
        request.body = self.body.clone().into_bytes();
        request
    }
}

/// Returns the files of every `tests/data/<cloud>/sign`, by cloud.
fn files() -> BTreeMap<String, Vec<PathBuf>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut clouds = BTreeMap::new();
    for cloud in fs::read_dir(data).unwrap() {
        let folder = cloud.unwrap().path();
        if !folder.join("sign").is_dir() {
            continue;
        }
        let files = fs::read_dir(folder.join("sign")).unwrap();
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        clouds.insert(folder.file_name().unwrap().to_str().unwrap().to_owned(), files);
    }
    clouds
}

#[test]
fn every_folder_holds_vectors_and_every_algorithm_has_some() {
    let files = files();
    assert!(!files.is_empty(), "there is no folder of vectors");
    for (cloud, files) in &files {
        assert!(!files.is_empty(), "tests/data/{cloud}/sign is empty");
        for file in files {
            let is_json = file.extension().is_some_and(|ending| ending == "json");
            assert!(is_json, "{} is no vector", file.display());
        }
    }
    let mut counts: BTreeMap<Algorithm, (usize, usize)> = BTreeMap::new();
    for file in files.values().flatten() {
        let vector = Vector::read(file);
        let (all, with_token) = counts.entry(vector.algorithm).or_default();
        *all += 1;
        *with_token += usize::from(vector.credential.token.is_some());
    }
    let algorithms = [
        Algorithm::Rpc,
        Algorithm::Acs3,
        Algorithm::V4,
        Algorithm::SigV4,
        Algorithm::Bce,
        Algorithm::Tc3,
    ];
    for algorithm in algorithms {
        let (all, with_token) = counts.get(&algorithm).copied().unwrap_or_default();
        assert!(
            all >= 3 && with_token >= 1,
            "{algorithm:?}: {all} vectors, {with_token} with a token"
        );
    }
}

#[test]
fn every_stage_is_what_the_vendor_says() {
    for file in files().into_values().flatten() {
        let vector = Vector::read(&file);
        let signed = vector.sign();
        let mut headers = signed.request.headers.clone();
        headers.sort();
        let place = format!("{} ({})", file.display(), vector.note);
        assert_eq!(signed.canonical, vector.canonical, "canonical request: {place}");
        assert_eq!(signed.string_to_sign, vector.string_to_sign, "string to sign: {place}");
        assert_eq!(signed.signature, vector.signature, "signature: {place}");
        assert_eq!(headers, vector.signed.headers, "headers as they are sent: {place}");
        assert_eq!(signed.request.target(), vector.signed.target, "target as it is sent: {place}");
    }
}

#[test]
fn signing_leaves_method_origin_path_and_body_alone() {
    for file in files().into_values().flatten() {
        let vector = Vector::read(&file);
        let before = vector.request.parse();
        let after = vector.sign().request;
        assert_eq!(after.method, before.method, "{}", file.display());
        assert_eq!(after.origin, before.origin, "{}", file.display());
        assert_eq!(after.path, before.path, "{}", file.display());
        assert_eq!(after.body, before.body, "{}", file.display());
    }
}

#[test]
fn a_vector_with_an_unknown_field_is_refused() {
    let file = files().into_values().flatten().next().unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert!(serde_json::from_value::<Vector>(value.clone()).is_ok());
    value["request"]["fragment"] = "x".into();
    assert!(serde_json::from_value::<Vector>(value).is_err());
}
