//! Secrets that are known, in forms that no escape stands for and a reader can undo, and split among fields.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyimport::encode;
use keyimport::error::ErrorResponse;
use keyimport::import::Mode;
use keyimport::key;
use keyimport::provider;
use keyimport::redact::{Redactor, clean};
use keyimport::wire::Response;
use serde_json::{Value, json};

use super::echo::Form;
use super::engine::{Echo, KEY, everything, everywhere};
use super::{OIDC, SECRET, TOKEN};

/// Writes a secret in a form.
type Write = fn(&str) -> String;

const FORMS: [(&str, Write); 37] = [
    ("backwards", |text| text.chars().rev().collect()),
    ("right to left", |text| format!("\u{202e}{}", text.chars().rev().collect::<String>())),
    ("backwards in base64", |text| STANDARD.encode(text.bytes().rev().collect::<Vec<u8>>())),
    ("backwards in hex", |text| encode::hex(&text.bytes().rev().collect::<Vec<u8>>())),
    ("hex backwards", |text| encode::hex(text.as_bytes()).chars().rev().collect()),
    ("decimal backwards", |text| each(text, |byte| format!("{byte} ")).chars().rev().collect()),
    ("base64 backwards", |text| STANDARD.encode(text).chars().rev().collect()),
    ("decimal", |text| each(text, |byte| format!("{byte}, "))),
    ("decimal without commas", |text| each(text, |byte| format!("{byte:03}"))),
    ("octal", |text| each(text, |byte| format!("{byte:03o} "))),
    ("octal without spaces", |text| each(text, |byte| format!("{byte:03o}"))),
    ("octal escapes", |text| each(text, |byte| format!("\\{byte:o}"))),
    ("octal in braces", |text| each(text, |byte| format!("\\o{{{byte:o}}}"))),
    ("binary", |text| each(text, |byte| format!("{byte:08b} "))),
    ("binary without spaces", |text| each(text, |byte| format!("{byte:08b}"))),
    ("code points", |text| each(text, |byte| format!("U+{byte:04X} "))),
    ("UTF-16 in hex", |text| each(text, |byte| format!("{byte:04x}"))),
    ("quoted printable", |text| each(text, |byte| format!("={byte:02X}"))),
    ("hexadecimal", |text| each(text, |byte| format!("0x{byte:x}"))),
    ("escapes of CSS", |text| each(text, |byte| format!("\\{byte:x} "))),
    ("long escapes", |text| each(text, |byte| format!("\\U{byte:08x}"))),
    ("references", |text| each(text, |byte| format!("&AMP;#{byte};"))),
    ("references without semicolons", |text| each(text, |byte| format!("&amp#{byte} "))),
    ("elements", |text| each(text, |byte| format!("<span>{}</span>", char::from(byte)))),
    ("sections", |text| each(text, |byte| format!("<![CDATA[{}]]>", char::from(byte)))),
    ("color", |text| each(text, |byte| format!("\u{1b}[31m{}", char::from(byte)))),
    ("escaped color", |text| each(text, |byte| format!("\\u001b[1;31m{}", char::from(byte)))),
    ("soft hyphens", |text| each(text, |byte| format!("{}&shy;", char::from(byte)))),
    ("letters between", |text| each(text, |byte| format!("{}x", char::from(byte)))),
    ("twice", |text| each(text, |byte| format!("{0}{0}", char::from(byte)))),
    ("base32", |text| base32(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
    ("base32 in a word", |text| format!("a{}", base32(text, "abcdefghijklmnopqrstuvwxyz234567"))),
    ("base64 with hyphens", |text| {
        each(&STANDARD.encode(text), |byte| format!("{}-", char::from(byte)))
    }),
    ("base64 with dots", |text| {
        each(&STANDARD.encode(text), |byte| format!("{}. ", char::from(byte)))
    }),
    ("mathematical", |text| {
        text.chars().map(|one| moved(one, 0x1d670, 0x1d68a, 0x1d7f6)).collect()
    }),
    ("circled", |text| text.chars().map(|one| moved(one, 0x24b6, 0x24d0, 0x30)).collect()),
    ("in squares", |text| text.chars().map(|one| moved(one, 0x1f170, 0x249c, 0x30)).collect()),
];

fn each(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

/// RFC 4648, without padding.
fn base32(text: &str, alphabet: &str) -> String {
    let bits: Vec<u8> =
        text.bytes().flat_map(|byte| (0..8).map(move |bit| byte << bit >> 7)).collect();
    let symbols = bits.chunks(5).map(|chunk| {
        let number = chunk.iter().fold(0, |number, bit| number << 1 | usize::from(*bit));
        char::from(alphabet.as_bytes()[number << (5 - chunk.len())])
    });
    symbols.collect()
}

/// Writes a letter or digit in other alphabets.
fn moved(letter: char, capitals: u32, small: u32, digits: u32) -> char {
    let from =
        |first: char, to: u32| char::from_u32(u32::from(letter) - u32::from(first) + to).unwrap();
    match letter {
        'A'..='Z' => from('A', capitals),
        'a'..='z' => from('a', small),
        '0'..='9' => from('0', digits),
        _ => letter,
    }
}

#[test]
fn a_secret_is_hidden_however_its_characters_are_written() {
    // None of them is mixed as chance mixes letters, so that only what is known of them hides them.
    for secret in ["abcdefghijklmnopqrst", "Made+Up/Secret.Of.Nobody=="] {
        for (form, write) in FORMS {
            let text = format!("got {} there", write(secret).trim_end());
            let shown = Redactor::new([secret]).display(&text.as_str().into());
            assert!(shown.starts_with("got ") && shown.ends_with(" there"), "{form}: {shown}");
            // What is left beside the stars is a part of one character.
            let left: String = shown.chars().filter(char::is_ascii_alphanumeric).collect();
            assert!(shown.contains("***") && left.len() < 30, "{form}: {shown}");
        }
    }
}

/// Fails when so much of a text is shown as stands for sixteen characters of the secret.
#[track_caller]
fn check(scene: &str, secret: &str, written: &str, shown: &str) {
    let written: Vec<char> = written.trim_start_matches('\u{202e}').chars().collect();
    let size = written.len() * 16 / secret.len();
    for start in (0..=written.len().saturating_sub(size)).step_by(size / 4) {
        let part: String = written[start..start + size].iter().collect();
        let part = clean(&part);
        assert!(!shown.contains(&*part), "{scene}: {part} stands in {shown}");
    }
}

#[test]
fn every_kind_of_secret_is_hidden_in_every_form() {
    let key = key::parse(KEY.as_bytes()).unwrap().remove(0);
    let secrets = [SECRET, TOKEN, OIDC, &key.base64()[40..]];
    let redactor = Redactor::new(secrets);
    for (form, write) in FORMS {
        for secret in secrets {
            let written = write(secret);
            let shown = redactor.display(&format!("got {written} there").into());
            check(form, secret, &written, &shown);
        }
    }
}

#[test]
fn no_cloud_shows_a_secret_that_is_spelled() {
    for cloud in provider::ALL {
        let id = cloud.info().id;
        for (form, write) in FORMS {
            let said = write(SECRET);
            let echo = Echo::with(false, move |_| everywhere(id, Form::Raw, 403, &said));
            let shown = everything(*cloud, None, Mode::Check, &echo);
            check(&format!("{id} {form}"), SECRET, &write(SECRET), &shown);
        }
    }
}

/// Makes a refusal of a cloud with these texts.
fn refusal(cloud: &str, code: &str, message: &str, id: &str) -> Response {
    let error = json!({"Code": code, "Message": message});
    let body = match cloud {
        "volcengine" => json!({"ResponseMetadata": {"RequestId": id, "Error": error}}).to_string(),
        "tencent" => json!({"Response": {"RequestId": id, "Error": error}}).to_string(),
        "baidu" => json!({"code": code, "message": message, "requestId": id}).to_string(),
        "aws" => format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
             <RequestID>{id}</RequestID></Response>"
        ),
        _ => json!({"Code": code, "Message": message, "RequestId": id}).to_string(),
    };
    let headers = vec![("x-bce-request-id".to_owned(), id.to_owned())];
    Response { status: 403, headers, body: body.into_bytes() }
}

#[test]
fn no_cloud_shows_a_secret_that_is_split_among_fields() {
    for cloud in provider::ALL {
        let id = cloud.info().id;
        for size in [5, 6, 7, 9] {
            let parts: Vec<&str> =
                SECRET.as_bytes().chunks(size).map(|part| str::from_utf8(part).unwrap()).collect();
            let response = refusal(id, parts[0], parts[1], parts[2]);
            let error = cloud.read_error(&response).unwrap();
            assert_eq!(error.code.as_str(), parts[0]);
            let shown = error.display(&Redactor::new([SECRET]));
            let texts = [Some(&shown.code), Some(&shown.message), shown.request_id.as_ref()];
            assert!(texts.into_iter().flatten().all(|text| text == "***"), "{id}: {texts:?}");
            // Traces show the answer, and each of its headers.
            let echo = Echo::with(false, move |_| response.clone());
            let text = everything(*cloud, None, Mode::Check, &echo);
            assert!(text.contains("***"));
            assert!(!(text.contains(parts[0]) && text.contains(parts[1])), "{id}: {text}");
        }
    }
    let response = ErrorResponse {
        code: "Not.Found".into(),
        message: "there is no key pair".into(),
        request_id: Some("5A4DB0C5".into()),
        ..ErrorResponse::default()
    };
    let shown = response.display(&Redactor::new([SECRET]));
    assert_eq!((&*shown.code, &*shown.message), ("Not.Found", "there is no key pair"));
    assert_eq!(&*shown.request_id.unwrap(), "5A4DB0C5");
}

#[test]
fn what_vendors_say_is_shown() {
    let rsa = include_str!("../../keys/taken/rsa-16384.pub");
    let rsa = key::parse(rsa.as_bytes()).unwrap().remove(0);
    let signature = "4f1b2c9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0f00a08d15d6c15b";
    let redactor = Redactor::new([SECRET, TOKEN, OIDC, rsa.base64(), signature]);
    for cloud in provider::ALL {
        let path = format!("tests/data/{}/faults.json", cloud.info().id);
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert!(cases.len() > 20, "{path}");
        for case in cases {
            for field in ["code", "message", "request_id"] {
                let said = case[field].as_str().unwrap_or_default();
                // Digests in messages are hidden whatever they are.
                let shown = Redactor::default().display(&said.into());
                assert_eq!(redactor.display(&said.into()), *shown, "{path}");
                // So is an id of 52 letters and digits, which no cloud but a stand-in for one gives.
                let may_be_hidden = field == "message" || said.len() == 52;
                assert!(may_be_hidden || *shown == *clean(said), "{path}: {shown}");
            }
        }
        for region in cloud.info().regions {
            assert_eq!(*redactor.display(&region.id.into()), *region.id);
        }
    }
}
