//! Answers that say success, as the clouds' documents show them, and the same broken off anywhere.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use keyimport::provider::{self, CreationTime, KeyPair};
use keyimport::redact::Untrusted;
use keyimport::wire::Response;
use serde::Deserialize;
use serde_json::Value;

/// One recorded answer and what is to be read from it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The page or SDK that shows this answer.
    source: String,
    /// `import`, `lookup` or `regions`.
    what: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// The token that asked for this page of a look-up.
    page: Option<String>,
    /// A JSON document, or the text of another one.
    body: Value,
    request_id: Option<String>,
    #[serde(default)]
    stored: Vec<Expected>,
    #[serde(default)]
    regions: Vec<String>,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Expected {
    name: String,
    id: Option<String>,
    line: Option<String>,
    fingerprint: Option<String>,
    region: Option<String>,
    created: Option<String>,
}

impl From<KeyPair> for Expected {
    fn from(pair: KeyPair) -> Self {
        let text = |text: Option<Untrusted>| Some(text?.as_str().to_owned());
        Self {
            name: pair.name.as_str().to_owned(),
            id: text(pair.id),
            line: text(pair.public_key),
            fingerprint: text(pair.fingerprint),
            region: text(pair.region),
            created: pair.created.map(|time| time.from.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
        }
    }
}

/// Runs over every case of every cloud.
fn each(check: impl Fn(&dyn provider::Provider, &str, Case)) {
    let mut count = 0;
    for cloud in provider::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(cloud.info().id)
            .join("answers");
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            let case: Case = serde_json::from_str(&fs::read_to_string(path).unwrap())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!case.source.is_empty(), "{name} does not say where it comes from");
            check(*cloud, &name, case);
            count += 1;
        }
    }
    assert!(count >= 9, "only {count} answers");
}

fn body(case: &Case) -> Vec<u8> {
    let text = case.body.as_str().map(|text| text.as_bytes().to_vec());
    text.unwrap_or_else(|| serde_json::to_vec(&case.body).unwrap())
}

fn response(case: &Case, body: Vec<u8>) -> Response {
    Response { status: 200, headers: case.headers.clone(), body }
}

#[test]
fn answers_are_read_as_the_documents_show_them() {
    each(|cloud, name, mut case| {
        let answer = response(&case, body(&case));
        assert_eq!(cloud.read_error(&answer), None, "{name}");
        assert_eq!(
            cloud.read_request_id(&answer),
            case.request_id.take().map(Into::into),
            "{name}"
        );
        match case.what.as_str() {
            "import" => {
                let stored = Expected::from(cloud.read_import(&answer).unwrap());
                assert_eq!(vec![stored], case.stored, "{name}");
            }
            "lookup" => {
                let page = cloud.read_lookup(&answer, case.page.as_deref()).unwrap();
                let stored: Vec<Expected> = page.items.into_iter().map(Expected::from).collect();
                assert_eq!((stored, page.next), (case.stored, case.next), "{name}");
            }
            "regions" => {
                let page = cloud.read_regions(&answer).unwrap();
                assert_eq!((page.items, page.next), (case.regions, case.next), "{name}");
            }
            other => panic!("{name}: `{other}` is no kind of answer"),
        }
    });
}

/// The bodies of the recorded lists of a cloud that show a creation time, with this value in its place.
fn lists_with_time(time: &Value) -> Vec<(&'static str, Response)> {
    fn replace(value: &mut Value, time: &Value) -> usize {
        match value {
            Value::Array(values) => values.iter_mut().map(|value| replace(value, time)).sum(),
            Value::Object(members) => members
                .iter_mut()
                .map(|(name, value)| match name.as_str() {
                    "CreationTime" | "CreatedAt" | "createTime" | "createdTime" | "CreatedTime" => {
                        *value = time.clone();
                        1
                    }
                    _ => replace(value, time),
                })
                .sum(),
            // The whole document, in XML.
            Value::String(text) => {
                let begin = "<createTime>";
                let mut parts = text.split(begin).map(str::to_owned);
                let time = time.as_str().map_or_else(|| time.to_string(), str::to_owned);
                let mut replaced = parts.next().unwrap_or_default();
                let after: Vec<String> = parts.collect();
                for part in &after {
                    let (_, rest) = part.split_once("</createTime>").unwrap();
                    replaced.push_str(&format!("{begin}{time}</createTime>{rest}"));
                }
                *text = replaced;
                after.len()
            }
            _ => 0,
        }
    }
    let lists = RefCell::new(Vec::new());
    each(|cloud, _, mut case| {
        if case.what == "lookup" && replace(&mut case.body, time) > 0 {
            let body = body(&case);
            lists.borrow_mut().push((cloud.info().id, response(&case, body)));
        }
    });
    lists.into_inner()
}

#[test]
fn creation_times_are_read_in_every_form_with_their_precision() {
    let hour = 3600;
    let forms = [
        ("2026-01-15T08:09:10Z", Some(("2026-01-15T08:09:10Z", 1))),
        ("2026-01-15T16:09:10+08:00", Some(("2026-01-15T08:09:10Z", 1))),
        ("2026-01-15T16:09:10+0800", Some(("2026-01-15T08:09:10Z", 1))),
        ("2026-01-15 04:39:10 -03:30", Some(("2026-01-15T08:09:10Z", 1))),
        ("2026-01-15T08:09:10.25Z", Some(("2026-01-15T08:09:10.250Z", 1))),
        ("2026-01-15T08:09Z", Some(("2026-01-15T08:09:00Z", 60))),
        ("2026-01-15T16:09+08:00", Some(("2026-01-15T08:09:00Z", 60))),
        ("2026-01-15 16:09 +08", Some(("2026-01-15T08:09:00Z", 60))),
        // Without an offset: 26 hours from the first place on earth to the last.
        ("2026-01-15T08:09:10", Some(("2026-01-14T18:09:10Z", 26 * hour + 1))),
        ("2026-01-15 08:09", Some(("2026-01-14T18:09:00Z", 26 * hour + 60))),
        ("", None),
        ("yesterday", None),
        ("2026-01-15", None),
        ("2026-13-15T08:09:10Z", None),
        ("-262143-01-01T00:00:00", None),
    ];
    for (text, expected) in forms {
        let lists = lists_with_time(&text.into());
        assert!(
            provider::ALL.iter().all(|cloud| lists.iter().any(|(id, _)| *id == cloud.info().id))
        );
        for (id, list) in lists {
            let page = provider::find(id).unwrap().read_lookup(&list, None).unwrap();
            let expected = expected.map(|(from, unit)| CreationTime {
                from: from.parse::<DateTime<Utc>>().unwrap(),
                unit: Duration::from_secs(unit),
            });
            let times: Vec<_> = page.items.iter().map(|pair| pair.created).collect();
            assert!(times.contains(&expected), "{id}: `{text}` is read as {times:?}");
        }
    }
}

#[test]
fn a_creation_time_of_another_type_does_not_spoil_the_list() {
    for time in [Value::Null, 1_768_464_550.into(), true.into(), Value::Array(Vec::new())] {
        for (id, list) in lists_with_time(&time) {
            let page = provider::find(id).unwrap().read_lookup(&list, None).unwrap();
            assert!(!page.items.is_empty());
            assert!(page.items.iter().all(|pair| pair.created.is_none()), "{id}: {time}");
        }
    }
}

/// A page of the largest keys (RSA of 16,384 bits, 2.8 KiB each) has to fit into what is read of a response, 1 MiB.
#[test]
fn a_page_of_the_largest_keys_can_be_read() {
    let pages = [
        ("aliyun", "PageSize"),
        ("baidu", "maxKeys"),
        ("volcengine", "MaxResults"),
        ("tencent", "Limit"),
    ];
    for (id, parameter) in pages {
        let cloud = provider::find(id).unwrap();
        let job = crate::flow::job(id, provider::NameSource::Derived);
        let request = cloud.lookup(&job, provider::LookupBy::Key, None);
        let in_query = request.query.iter().find(|(name, _)| name == parameter);
        let in_body = serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
        let size =
            in_query.map_or_else(|| in_body[parameter].to_string(), |(_, size)| size.clone());
        let pairs: usize = size.parse().unwrap();
        // Volcengine's lists hold no keys.
        let longest = if id == "volcengine" { 1024 } else { 2800 + 1024 };
        assert!(pairs * longest < 1024 * 1024, "{id}: {pairs} pairs a page");
    }
}

#[test]
fn an_answer_that_breaks_off_is_never_read_as_a_success() {
    each(|cloud, name, case| {
        let whole = body(&case);
        for length in 0..whole.len() {
            let answer = response(&case, whole[..length].to_vec());
            let read = match case.what.as_str() {
                "import" => cloud.read_import(&answer).is_ok(),
                "lookup" => cloud.read_lookup(&answer, case.page.as_deref()).is_ok(),
                _ => cloud.read_regions(&answer).is_ok(),
            };
            assert!(!read, "{name}: {length} bytes of {} are read", whole.len());
        }
    });
}

#[test]
fn an_answer_without_a_required_field_names_it() {
    let answer = |body: &str| Response { status: 200, headers: Vec::new(), body: body.into() };
    let cut = answer(r#"{"isTruncated": true, "keypairs": []}"#);
    let error = provider::find("baidu").unwrap().read_lookup(&cut, None).unwrap_err();
    assert_eq!(error.to_string(), "the response has no `nextMarker`");
    let empty = answer(r#"{"ResponseMetadata": {}}"#);
    let error = provider::find("volcengine").unwrap().read_import(&empty).unwrap_err();
    assert_eq!(error.to_string(), "the response has no `Result`");
    let error = provider::find("volcengine").unwrap().read_import(&answer("{")).unwrap_err();
    assert_eq!(error.to_string(), "unexpected JSON in the response (line 1, column 1)");
}

/// As long as a response may be; what the parser does with it must not grow with the square of its length.
#[test]
fn no_xml_takes_long_to_read() {
    let numbers = |range, text: &dyn Fn(u32) -> String| (0..range).map(text).collect::<String>();
    let attributes = numbers(90_000, &|number| format!(" a{number}=''"));
    let namespaces = numbers(40_000, &|number| format!(" xmlns:a{number}='{number}'"));
    let nested = numbers(30_000, &|number| format!("<a xmlns:a{number}='{number}'>"));
    let item = "<item><keyName>a</keyName><keyFingerprint>b</keyFingerprint></item>";
    for (what, body) in [
        ("attributes", format!("<a{attributes}/>")),
        ("namespaces", format!("<a{namespaces}/>")),
        ("namespaces inside each other", nested),
        ("elements inside each other", "<a>".repeat(200_000)),
        (
            "items without what is optional",
            format!("<a><keySet>{}</keySet></a>", item.repeat(13_000)),
        ),
        ("texts", format!("<a><Code>{}</Code></a>", "<![CDATA[a]]>".repeat(70_000))),
    ] {
        let response = Response { status: 200, headers: Vec::new(), body: body.clone().into() };
        let error = Response { status: 400, headers: Vec::new(), body: body.into() };
        let started = std::time::Instant::now();
        for cloud in provider::ALL {
            drop((cloud.read_lookup(&response, None), cloud.read_import(&response)));
            drop((cloud.read_regions(&response), cloud.read_error(&error)));
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{what}: {:?}", started.elapsed());
    }
}
