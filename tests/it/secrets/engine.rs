//! The import against clouds that send everything back.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keyimport::cli::Output;
use keyimport::client::{Limits, list_regions};
use keyimport::import::{self, Mode};
use keyimport::key;
use keyimport::lang::ENGLISH;
use keyimport::plan::{self, Batch, InputKey};
use keyimport::ports::{Delivery, Observer, Ports, Retry, SendError};
use keyimport::provider::{self, Endpoint, ImportOptions, Provider};
use keyimport::report::{Columns, Format, Row};
use keyimport::sign::Credential;
use keyimport::wire::{Origin, Request, Response};
use serde_json::json;

use super::echo::Form;
use super::{Hidden, ID, SECRET, TOKEN};
use crate::doubles::{FakeClock, FakeCredentials, FakeTransport, LAYOUT, NoObserver};

pub(super) const KEY: &str = include_str!("../../keys/taken/ecdsa-256.pub");

/// Returns everything that a request tells, and the string to sign of Alibaba Cloud's gateway.
fn told(request: &Request) -> String {
    let pairs = request.query.iter().chain(&request.headers);
    let mut texts: Vec<String> = pairs.map(|(_, value)| value.clone()).collect();
    texts.push(String::from_utf8_lossy(&request.body).into_owned());
    let twice = keyimport::encode::percent(&request.target());
    texts.push(format!("server string to sign is:{}&%2F&{twice}", request.method));
    texts.join(" ")
}

/// Writes a text into a JSON string; forms of JSON's own are there already.
fn quoted(form: Form, text: &str) -> String {
    match form {
        Form::JsonUnicode => format!("\"{}\"", text.replace('\n', " ")),
        Form::JsonSlashes => json!(text).to_string().replace('/', "\\/"),
        _ => json!(text).to_string(),
    }
}

/// Writes a text into XML, which has no control characters.
fn xml(text: &str) -> String {
    let text = text.replace(|letter: char| letter.is_control() && letter != '\n', " ");
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Makes an answer of a cloud that says one text everywhere where the cloud may say any.
pub(super) fn everywhere(cloud: &str, form: Form, status: u16, text: &str) -> Response {
    let said = quoted(form, &form.of(text));
    let is_good = (200..300).contains(&status);
    let body = match (cloud, is_good) {
        ("volcengine", true) => format!(
            r#"{{"ResponseMetadata":{{"RequestId":{said}}},"Result":{{"KeyPairName":{said},"KeyPairId":{said},
                "FingerPrint":{said},"KeyPairs":[{{"KeyPairName":{said},"KeyPairId":{said},"FingerPrint":{said}}}]}}}}"#
        ),
        ("volcengine", false) => format!(
            r#"{{"ResponseMetadata":{{"RequestId":{said},"Error":{{"Code":{said},"Message":{said}}}}}}}"#
        ),
        ("aws", is_good) => {
            let said = xml(&form.of(text));
            let pair = format!(
                "<keyName>{said}</keyName><keyPairId>{said}</keyPairId><keyFingerprint>{said}</keyFingerprint>"
            );
            let error = format!("<Error><Code>{said}</Code><Message>{said}</Message></Error>");
            let content =
                if is_good { format!("{pair}<keySet><item>{pair}</item></keySet>") } else { error };
            format!("<Response>{content}<requestId>{said}</requestId></Response>")
        }
        ("tencent", true) => format!(
            r#"{{"Response":{{"RequestId":{said},"KeyId":{said},"TotalCount":1,"RegionSet":[{{"Region":{said}}}],
                "KeyPairSet":[{{"KeyName":{said},"KeyId":{said},"PublicKey":{said}}}]}}}}"#
        ),
        ("tencent", false) => format!(
            r#"{{"Response":{{"RequestId":{said},"Error":{{"Code":{said},"Message":{said}}}}}}}"#
        ),
        ("baidu", true) => {
            let pair = format!(
                r#"{{"name":{said},"keypairId":{said},"publicKey":{said},"fingerPrint":{said},"regionId":{said}}}"#
            );
            format!(r#"{{"keypair":{pair},"keypairs":[{pair}]}}"#)
        }
        (_, true) => format!(
            r#"{{"RequestId":{said},"KeyPairName":{said},"KeyPairFingerPrint":{said},"TotalCount":1,"PageNumber":1,
                "PageSize":50,"KeyPairs":{{"KeyPair":[{{"KeyPairName":{said},"KeyPairFingerPrint":{said}}}]}}}}"#
        ),
        (_, false) => format!(
            r#"{{"Code":{said},"Message":{said},"RequestId":{said},"code":{said},"message":{said},"requestId":{said}}}"#
        ),
    };
    let line = form.of(text).replace(char::is_control, " ");
    let names = ["x-bce-request-id", "x-tt-logid", "x-amzn-requestid", "server", "retry-after"];
    let headers = names.iter().map(|name| ((*name).to_owned(), line.clone())).collect();
    Response { status, headers, body: body.into_bytes() }
}

/// A cloud that sends everything back, in one form, with one status, in every field that it has, and what the program
/// shows of that.
pub(super) struct Echo {
    transport: FakeTransport,
    shown: Arc<Mutex<String>>,
}

impl Echo {
    fn new(cloud: &'static str, form: Form, status: u16) -> Self {
        Self::with(status == 500, move |request| everywhere(cloud, form, status, &told(request)))
    }

    /// A cloud of which every second answer may be lost.
    pub(super) fn with(
        loses: bool,
        answer: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        let shown = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&shown);
        let transport = FakeTransport::with(move |request, _| {
            let mut shown = kept.lock().unwrap();
            if loses && shown.len().is_multiple_of(2) {
                let reason = "the connection was reset".to_owned();
                let delivery = Delivery::Unknown;
                return Some(Err(SendError::new(delivery, reason)));
            }
            let response = answer(request);
            write!(shown, "{request:?} {response:?}").unwrap();
            Some(Ok(response))
        });
        Self { transport, shown }
    }

    fn ports<'a>(&'a self, clock: &'a FakeClock) -> Ports<'a> {
        Ports { transport: &self.transport, clock, observer: self }
    }
}

impl Observer for Echo {
    fn traces(&self) -> bool {
        true
    }

    fn trace(&self, block: &str) {
        self.shown.lock().unwrap().push_str(block);
    }

    fn throttled(&self) {}

    fn processed(&self) {}

    fn retrying(&self, _: Option<&Retry<'_>>) {}
}

/// Returns all that a run of one target prints, in every form, and all that `Debug` would.
pub(super) fn everything(
    cloud: &'static dyn Provider,
    form: Option<&'static str>,
    mode: Mode,
    echo: &Echo,
) -> String {
    let key = key::parse(KEY.as_bytes()).unwrap().remove(0);
    let input = InputKey { key, source: "id.pub".to_owned(), stem: None };
    let named = plan::named_keys(vec![input], Some("dev")).unwrap().remove(0);
    let region = cloud.info().home_region();
    let origin = Origin::https(cloud.host(region));
    let place = Endpoint { region: region.to_owned(), origin, signature: form };
    let batch =
        Batch { keys: vec![named.clone()], given_name: None, options: ImportOptions::default() };
    let job = batch.job(&named, "dev", place, "token-of-the-run".to_owned());
    let credential = Credential::new(ID, SECRET, Some(TOKEN));
    let credentials = FakeCredentials::new(credential.clone());
    let limits = Limits { timeout: Duration::from_secs(60), attempts: 3 };
    let clock = FakeClock::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let run = import::run(mode, cloud, &job, limits, &credentials, echo.ports(&clock));
    let outcome = runtime.block_on(run);
    let row = Row { provider: cloud.info().id, job: &job, outcome: &outcome };
    let mut text = echo.shown.lock().unwrap().clone();
    for format in [Format::Jsonl, Format::Tabbed] {
        text.push_str(&format.each(row).unwrap());
    }
    text.push_str(&Format::Json.document(&[row], &[], 1).unwrap());
    for terminal in [40, 80, 200] {
        let columns = Columns::new([(row.provider, row.job)], terminal, &ENGLISH);
        text.push_str(&(columns.heading(&named.name, &named.key) + &columns.row(row)));
    }
    text.extend(
        outcome
            .error
            .as_ref()
            .and_then(|error| Format::Json.document(&[], std::slice::from_ref(error), 1)),
    );
    if let Some(error) = &outcome.error {
        text.push_str(&LAYOUT.error("place", error));
        write!(text, "{error} {error:?}").unwrap();
    }
    write!(text, "{outcome:?} {job:?} {:?} {named:?} {:?}", credential, Output::Json).unwrap();
    text
}

#[test]
fn nothing_that_a_cloud_repeats_is_shown() {
    let key = key::parse(KEY.as_bytes()).unwrap().remove(0);
    let hidden = Hidden::new(&[SECRET, TOKEN]).with_key(key.base64());
    for cloud in provider::ALL {
        let id = cloud.info().id;
        for form in Form::ALL {
            let modes =
                [(200, Mode::Import), (403, Mode::Import), (500, Mode::Import), (403, Mode::Check)];
            // A 500 leads to many requests, which say the same again.
            let is_slow = !matches!(form, Form::PercentTwice | Form::Base64);
            for (status, mode) in modes.into_iter().filter(|(status, _)| *status != 500 || !is_slow)
            {
                // RPC puts the token into the query, which is what gateways repeat.
                let echo = Echo::new(id, form, status);
                let text = everything(*cloud, Some("rpc"), mode, &echo);
                hidden.check(&format!("{id} {form:?} {status} {mode:?}"), &text);
            }
        }
    }
}

#[test]
fn a_list_of_regions_repeats_nothing() {
    let hidden = Hidden::new(&[SECRET, TOKEN]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for cloud in provider::ALL {
        for form in Form::ALL {
            for status in [200, 403] {
                let credentials = FakeCredentials::new(Credential::new(ID, SECRET, Some(TOKEN)));
                let origin = Origin::https(cloud.regions_host(cloud.info().home_region()));
                let region = cloud.info().home_region().to_owned();
                let place = Endpoint { region, origin, signature: Some("rpc") };
                let limits = Limits { timeout: Duration::from_secs(60), attempts: 2 };
                let (echo, clock) = (Echo::new(cloud.info().id, form, status), FakeClock::new());
                let list = list_regions(*cloud, &place, limits, &credentials, echo.ports(&clock));
                let error = runtime.block_on(list).unwrap_err();
                let shown = echo.shown.lock().unwrap();
                let text = format!("{}{error:?}{shown}", LAYOUT.error("place", &error));
                hidden.check(&format!("{} {form:?} {status}", cloud.info().id), &text);
            }
        }
    }
}

/// Region ids are shown as they are, so one that repeats a secret is none.
#[test]
fn a_region_id_that_repeats_a_secret_is_refused() {
    const LOWER_CASE: &str = "q7w3e9r2t5y8u1i4o6p0a2s5";
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for cloud in provider::ALL {
        let path = format!("tests/data/{}/answers/regions.json", cloud.info().id);
        let case: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let body = case["body"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let listed = case["regions"][0].as_str().unwrap();
        for (region, is_valid) in [
            ("xx-somewhere-7".to_owned(), true),
            (LOWER_CASE.to_owned(), false),
            (format!("cn-{}", &LOWER_CASE[5..14]), false),
            (LOWER_CASE.chars().rev().collect(), false),
            ("q7w3-e9r2-t5y8-u1i4".to_owned(), false),
        ] {
            let secret = LOWER_CASE.to_uppercase();
            let credentials = FakeCredentials::new(Credential::new(ID, &secret, None));
            let body = body.replace(listed, &region);
            let transport = FakeTransport::silent().answers(200, &*body).answers(200, &*body);
            let origin = Origin::https(cloud.regions_host(cloud.info().home_region()));
            let home = cloud.info().home_region().to_owned();
            let place = Endpoint { region: home, origin, signature: None };
            let limits = Limits { timeout: Duration::from_secs(60), attempts: 1 };
            let clock = FakeClock::new();
            let ports = Ports { transport: &transport, clock: &clock, observer: &NoObserver };
            let list = list_regions(*cloud, &place, limits, &credentials, ports);
            // A list with a further page, which is the same here, does not end.
            let text = match runtime.block_on(list) {
                Ok(regions) => regions.join(" "),
                Err(error) => LAYOUT.error("place", &error),
            };
            assert_eq!(text.contains("invalid id"), !is_valid, "{}: {text}", cloud.info().id);
            assert!(is_valid || !text.contains(&region), "{text}");
        }
    }
}

#[test]
fn a_broken_answer_is_not_quoted() {
    for cloud in provider::ALL {
        for body in [
            r#""SECRET-OF-THE-ANSWER""#,
            r#"{"KeyPairs":"SECRET-OF-THE-ANSWER","keypairs":"SECRET-OF-THE-ANSWER","keypair":"SECRET-OF-THE-ANSWER","Result":"SECRET-OF-THE-ANSWER","KeyPairName":["SECRET-OF-THE-ANSWER"],"Response":"SECRET-OF-THE-ANSWER"}"#,
            "<a><keyName>SECRET-OF-THE-ANSWER</keyPairName></a>",
            "<!DOCTYPE a [<!ENTITY b 'SECRET-OF-THE-ANSWER'>]><a><keyName>&b;</keyName></a>",
            "<a><keySet>SECRET-OF-THE-ANSWER<item><name>SECRET-OF-THE-ANSWER</name></item></keySet></a>",
        ] {
            let response = Response { status: 200, headers: Vec::new(), body: body.into() };
            for text in [
                cloud.read_import(&response).map(|_| ()).unwrap_err(),
                cloud.read_lookup(&response, None).map(|_| ()).unwrap_err(),
            ]
            .map(|unreadable| format!("{unreadable} {unreadable:?}"))
            {
                assert!(!text.contains("SECRET"), "{}: {text}", cloud.info().id);
            }
        }
    }
}
