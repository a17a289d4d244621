//! `Debug` of every public type that may hold a secret or a key.

use std::sync::Arc;

use clap::Parser as _;
use keyimport::cli::Cli;
use keyimport::credentials::{CredentialCache, Found};
use keyimport::error::{Error, ErrorKind, ErrorResponse};
use keyimport::key;
use keyimport::plan::{self, Batch, InputKey};
use keyimport::ports::ProvideCredential as _;
use keyimport::provider::{self, Endpoint, ImportOptions, KeyPair};
use keyimport::redact::{Redactor, Secret, Untrusted};
use keyimport::run::Options;
use keyimport::sandbox::{Account, RawRequest, Sandbox, StoredPair};
use keyimport::sign::Credential;
use keyimport::sign::Stamp;
use keyimport::wire::{Origin, Response};

use super::{Hidden, ID, SECRET, TOKEN};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport, NoObserver};
use crate::services::put;

const KEY: &str = include_str!("../../keys/taken/rsa-2048.pub");

#[test]
fn debug_of_every_type_shows_no_secret_and_no_key() {
    let key = key::parse(KEY.as_bytes()).unwrap().remove(0);
    let hidden = Hidden::new(&[SECRET, TOKEN]).with_key(key.base64());
    let mut texts: Vec<(&str, String)> = Vec::new();
    let credential = Credential::new(ID, SECRET, Some(TOKEN));
    texts.push(("Secret", format!("{:?} {:#?}", Secret::new(SECRET), Secret::new(TOKEN))));
    assert_eq!(format!("{:?}", Secret::new(SECRET)), "***");
    assert_eq!(format!("{:?}", Untrusted::from(SECRET)), format!("({} bytes)", SECRET.len()));
    texts.push(("Credential", format!("{credential:?} {credential:#?}")));
    let found =
        Found { credential: credential.clone(), source: "here".to_owned(), warnings: Vec::new() };
    texts.push(("Found", format!("{found:#?}")));
    let system = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_ID", ID)
        .with_var("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
        .with_var("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN);
    let transport = Arc::new(FakeTransport::silent());
    let cache = CredentialCache::new(
        provider::find("aliyun").unwrap(),
        None,
        Arc::new(system),
        transport,
        Arc::new(FakeClock::new()),
        Arc::new(NoObserver),
        3,
    );
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(cache.credential()).unwrap(), credential);
    texts.push(("CredentialCache", format!("{cache:#?}")));
    texts.push(("PublicKey", format!("{key:#?}")));
    let input = InputKey { key: key.clone(), source: "id.pub".to_owned(), stem: None };
    texts.push(("InputKey", format!("{input:#?}")));
    let named = plan::named_keys(vec![input], Some("dev")).unwrap().remove(0);
    texts.push(("NamedKey", format!("{named:#?}")));
    let batch =
        Batch { keys: vec![named.clone()], given_name: None, options: ImportOptions::default() };
    texts.push(("Batch", format!("{batch:#?}")));
    for cloud in provider::ALL {
        for form in ["rpc", "acs3"] {
            let origin = Origin::https(cloud.host("cn-beijing"));
            let place = Endpoint { region: "cn-beijing".to_owned(), origin, signature: Some(form) };
            let job = batch.job(&named, "dev", place.clone(), String::new());
            texts.push(("ImportJob", format!("{job:#?}")));
            let request = cloud.import(&job);
            texts.push(("Request", format!("{request:#?}")));
            let stamp = Stamp { time: FakeClock::start(), nonce: "0".repeat(32) };
            let signed = cloud.sign(request, &place, &credential, &stamp);
            let shown = format!("{signed:?}");
            assert_eq!(shown, format!("Signed {{ request: {:?}, .. }}", signed.request));
            texts.push(("Signed", format!("{signed:#?}")));
            let mut headers = signed.request.headers.clone();
            headers.push(("x-token".to_owned(), TOKEN.to_owned()));
            let (target, body) = (signed.request.target(), signed.request.body.clone());
            let received = RawRequest { method: "GET".to_owned(), target, headers, body };
            texts.push(("RawRequest", format!("{received:#?}")));
        }
    }
    let stored: KeyPair =
        KeyPair { name: "dev".into(), public_key: Some(key.line().into()), ..KeyPair::default() };
    texts.push(("KeyPair", format!("{stored:#?}")));
    let page = provider::Page { items: vec![stored], next: None };
    texts.push(("Page", format!("{page:#?}")));
    let headers = vec![("x-echo".to_owned(), TOKEN.to_owned())];
    let response = Response { status: 200, headers, body: key.line().into_bytes() };
    texts.push(("Response", format!("{response:#?}")));
    let fault = ErrorResponse {
        status: 400,
        code: "Code".into(),
        message: TOKEN.into(),
        ..ErrorResponse::default()
    };
    texts.push(("ErrorResponse", format!("{fault:#?}")));
    assert_eq!(format!("{:?}", Redactor::new([TOKEN])), "Redactor { .. }");
    let shown = fault.display(&Redactor::new([TOKEN]));
    let error = Error::new(ErrorKind::Unexpected, "message").with_response(shown);
    texts.push(("Error", format!("{error:#?}")));
    let mut sandbox = Sandbox::default();
    put(&mut sandbox.store, "aliyun", "cn-beijing", "dev", &key.line(), FakeClock::start());
    let pairs: &[StoredPair] = sandbox.store.pairs("aliyun", "cn-beijing");
    texts.push(("Sandbox", format!("{sandbox:#?} {pairs:#?}")));
    let cli = Cli::try_parse_from(["keyimport", "-p", "aliyun", "id.pub"]).unwrap();
    texts.push(("Cli", format!("{cli:#?}")));
    texts.push(("Options", format!("{:#?}", Options::new(cli).unwrap())));
    for (name, text) in &texts {
        assert!(!text.is_empty());
        hidden.check(name, text);
    }
    for cloud in provider::ALL {
        let owner = keyimport::sandbox::owner(cloud.info().id).unwrap();
        let account = Account { token: Some(TOKEN.to_owned()), ..owner.clone() };
        let text = format!("{owner:?} {account:?}");
        assert!(text.contains(&*owner.id) && !text.contains(&*owner.secret), "{text}");
        hidden.check("Account", &text);
    }
}

#[test]
fn refusals_of_keys_quote_nothing_of_them() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/private");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let error = key::parse(&bytes).unwrap_err();
        let text = format!("{error} {error:?}");
        for window in bytes.windows(16) {
            let part = String::from_utf8_lossy(window);
            let is_data =
                window.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte));
            assert!(!is_data || !text.contains(&*part), "{}: {text}", path.display());
        }
    }
}
