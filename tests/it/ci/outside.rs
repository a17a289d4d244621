//! What a job reaches: a release, the endpoint for its tokens, and the clouds with their token services. All have
//! TLS and their own names, behind a proxy that the environment names.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::runner::Runner;
use crate::cli::run::PROGRAM;
use crate::fake_cloud::{FakeCloud, Reply, Seen};
use crate::services::Services;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Where the files of the release are.
const RELEASES: &str = "/keyimport/keyimport/releases/download/";
/// What authorizes the job to fetch its tokens.
pub const BEARER: &str = "eyJ0.request.bearer";

/// The files of a release, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Returns the name of the archive for this machine, without its ending.
fn folder() -> String {
    let arch = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
    let system = if cfg!(target_os = "macos") { "apple-darwin" } else { "unknown-linux-musl" };
    format!("keyimport-{VERSION}-{arch}-{system}")
}

/// Returns the name of the archive for this machine.
pub fn archive() -> String {
    format!("{}.tar.gz", folder())
}

/// Returns a release with one archive, which holds one program.
pub fn release_of(runner: &Runner, folder: &str, program: &str) -> Files {
    let file = format!("release/{folder}/keyimport");
    runner.home.put(&file, program);
    let line = format!("chmod 755 {file} && tar -C release -czf release.tar.gz {folder}");
    runner.home.shell(&line).expect(0);
    let bytes = std::fs::read(runner.home.path("release.tar.gz")).unwrap();
    let archive = format!("{folder}.tar.gz");
    let sums = format!("{}  {archive}\n{:064}  other.tar.gz\n", sha256(&bytes), 0);
    Files::from([(archive, bytes), ("SHA256SUMS".to_owned(), sums.into_bytes())])
}

/// Returns a release for this machine, whose program is this text.
pub fn release_for_here(runner: &Runner, program: &str) -> Files {
    release_of(runner, &folder(), program)
}

/// Returns a program that starts the one under test.
pub fn starter() -> String {
    format!("#!/bin/sh\nexec '{PROGRAM}' \"$@\"\n")
}

pub fn sha256(bytes: &[u8]) -> String {
    keyimport::encode::hex(&Sha256::digest(bytes))
}

/// Returns a token of the job for an audience, in the form of a JWT.
pub fn token(audience: &str) -> String {
    format!("eyJ0.{}.c2ln", URL_SAFE_NO_PAD.encode(json!({"aud": audience}).to_string()))
}

/// Serves the files of a release, tokens, and the clouds, and tells the runner where.
pub fn serve(runner: &mut Runner, files: Files) -> FakeCloud {
    serve_with(runner, files, |seen| match seen.header("authorization") {
        Some(bearer) if bearer == format!("bearer {BEARER}") => {
            let query = format!("http://host{}", seen.target());
            let query = reqwest::Url::parse(&query).unwrap();
            let audience = query.query_pairs().find(|(name, _)| name == "audience").unwrap().1;
            Reply::status(200, json!({"value": token(&audience)}).to_string())
        }
        _ => Reply::status(401, "{}"),
    })
}

/// Does the same with other responses of the endpoint for tokens.
pub fn serve_with(
    runner: &mut Runner,
    files: Files,
    tokens: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> FakeCloud {
    let services = Mutex::new(Services::new());
    let cloud = FakeCloud::tls(move |seen| match seen.host.as_str() {
        "github.com" => {
            let name = seen.target().strip_prefix(&format!("{RELEASES}v{VERSION}/"));
            match name.and_then(|name| files.get(name)) {
                Some(bytes) => Reply::status(200, bytes.clone()),
                None => Reply::status(404, "Not Found"),
            }
        }
        "tokens.actions.githubusercontent.com" => tokens(seen),
        _ => {
            let now = SystemTime::now().into();
            Reply::Response(services.lock().unwrap().respond(&seen.received(), now))
        }
    });
    runner.home.put("ca.pem", cloud.ca().unwrap());
    let ca = runner.home.path("ca.pem").display().to_string();
    runner.set("HTTPS_PROXY", &format!("http://{}", cloud.addr));
    // The program and curl name the CA by different variables.
    runner.set("SSL_CERT_FILE", &ca);
    runner.set("CURL_CA_BUNDLE", &ca);
    cloud
}

/// Gives the job the permission `id-token: write`.
pub fn allow_tokens(runner: &mut Runner) {
    let url = "https://tokens.actions.githubusercontent.com/token?api-version=2.0";
    runner.set("ACTIONS_ID_TOKEN_REQUEST_URL", url);
    runner.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", BEARER);
}
