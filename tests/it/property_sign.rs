//! Properties of encoding and signing, over requests that nobody wrote down.

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::encode;
use keyimport::sign::Credential;
use keyimport::sign::{Signed, Stamp, acs3, bce, rpc, tc3, v4};
use keyimport::wire::{Origin, Request};
use proptest::prelude::*;

use Algorithm::{Acs3, Bce, Rpc, SigV4, Tc3, V4};

/// Decodes `%XX` with code of its own, so that an encoder cannot agree with itself.
fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
}

/// Tells whether a text holds only unreserved characters (RFC 3986, section 2.3), `%XX` in capitals, and
/// what else is let through.
fn is_encoded(text: &str, also: &[u8]) -> bool {
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let plain = bytes[at].is_ascii_alphanumeric() || b"-._~".contains(&bytes[at]);
        if plain || also.contains(&bytes[at]) {
            at += 1;
        } else if bytes[at] == b'%'
            && bytes.len() > at + 2
            && bytes[at + 1..at + 3].iter().all(is_hex)
        {
            at += 3;
        } else {
            return false;
        }
    }
    true
}

/// Everything that goes into a signature, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Input {
    query: Vec<(String, String)>,
    host: String,
    path: String,
    body: String,
    secret: String,
    token: Option<String>,
    time: DateTime<Utc>,
    nonce: String,
}

#[derive(Clone, Copy, Debug)]
enum Algorithm {
    Rpc,
    Acs3,
    V4,
    SigV4,
    Bce,
    Tc3,
}

const ALGORITHMS: [Algorithm; 6] = [Rpc, Acs3, V4, SigV4, Bce, Tc3];

fn sign(algorithm: Algorithm, input: &Input) -> Signed {
    let mut request = Request::new("POST", Origin::https(&*input.host), &*input.path);
    request.query.clone_from(&input.query);
    request.body = input.body.clone().into_bytes();
    let credential = Credential::new("AKIDEXAMPLE", &input.secret, input.token.as_deref());
    let stamp = Stamp { time: input.time, nonce: input.nonce.clone() };
    match algorithm {
        Rpc => rpc::sign(request, &credential, &stamp),
        Acs3 => acs3::sign(request, &credential, &stamp),
        V4 => v4::VOLCENGINE.sign(request, &credential, &stamp, "cn-beijing", "ecs"),
        SigV4 => v4::AWS.sign(request, &credential, &stamp, "us-east-1", "ec2"),
        Bce => bce::sign(request, &credential, &stamp),
        Tc3 => tc3::sign(request, &credential, &stamp, "cvm"),
    }
}

/// Changes one character of a text; all that go in and come out are ASCII letters and digits or marks.
fn changed(text: &str, at: prop::sample::Index) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = at.index(letters.len());
    letters[at] = if letters[at] == 'x' { 'y' } else { 'x' };
    letters.into_iter().collect()
}

prop_compose! {
    fn inputs()(
        values in prop::collection::vec("[ -~]{0,12}|\\PC{0,6}", 1..6),
        host in "[a-z]{1,8}\\.example\\.com(:[1-9][0-9]{1,3})?",
        path in "/[a-z0-9/-]{1,12}",
        body in "[ -~]{1,40}",
        secret in "[!-~]{8,80}",
        token in prop::option::of("[!-~]{1,40}"),
        seconds in 0_i64..4_000_000_000,
        nonce in "[0-9a-f]{32}",
    ) -> Input {
        let query = values.into_iter().enumerate().map(|(at, value)| (format!("K{at}"), value)).collect();
        let time = DateTime::from_timestamp(seconds, 0).unwrap();
        Input { query, host, path, body, secret, token, time, nonce }
    }
}

proptest! {
    #[test]
    fn percent_decodes_back_and_keeps_only_unreserved(text in "\\PC*|[\\x00-\\x7f]*") {
        let encoded = encode::percent(&text);
        prop_assert!(is_encoded(&encoded, b""), "{encoded}");
        prop_assert_eq!(decoded(&encoded), text);
    }

    #[test]
    fn percent_path_decodes_back_and_keeps_slashes(text in "(/|\\PC)*") {
        let encoded = encode::percent_path(&text);
        prop_assert!(is_encoded(&encoded, b"/"), "{encoded}");
        prop_assert_eq!(encoded.matches('/').count(), text.matches('/').count());
        prop_assert_eq!(decoded(&encoded), text);
    }

    #[test]
    fn hex_says_every_byte(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let text = encode::hex(&bytes);
        prop_assert!(text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        let back: Vec<u8> = (0..bytes.len())
            .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
            .collect();
        prop_assert_eq!(text.len(), bytes.len() * 2);
        prop_assert_eq!(back, bytes);
    }

    #[test]
    fn a_target_parses_back_to_path_and_pairs(
        path in "/\\PC{0,12}",
        pairs in prop::collection::vec(("\\PC{0,8}", "\\PC{0,12}"), 0..6),
    ) {
        let mut request = Request::new("GET", Origin::https("example.com"), &*path);
        request.query.clone_from(&pairs);
        let target = request.target();
        prop_assert!(is_encoded(&target, b"/?&="), "{target}");
        let (head, query) = match target.split_once('?') {
            Some((head, query)) => (head, Some(query)),
            None => (target.as_str(), None),
        };
        let back: Vec<(String, String)> = query.map_or_else(Vec::new, |query| {
            let split = |pair: &str| pair.split_once('=').map(|(k, v)| (decoded(k), decoded(v))).unwrap();
            query.split('&').map(split).collect()
        });
        prop_assert_eq!(decoded(head), path);
        prop_assert_eq!(back, pairs);
    }

    #[test]
    fn the_same_input_signs_the_same(input in inputs()) {
        for algorithm in ALGORITHMS {
            let (one, two) = (sign(algorithm, &input), sign(algorithm, &input));
            prop_assert_eq!(one.signature, two.signature);
            prop_assert_eq!(one.request, two.request);
        }
    }

    #[test]
    fn a_changed_byte_changes_the_signature(
        input in inputs(),
        at in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(),
    ) {
        let mut changes: Vec<(&str, Input, &[Algorithm])> = Vec::new();
        let mut change = |what, signed_by, edit: &dyn Fn(&mut Input)| {
            let mut other = input.clone();
            edit(&mut other);
            changes.push((what, other, signed_by));
        };
        change("secret", &ALGORITHMS, &|other| other.secret = changed(&other.secret, byte));
        change("time", &ALGORITHMS, &|other| other.time += TimeDelta::seconds(1));
        change("nonce", &[Rpc, Acs3], &|other| other.nonce = changed(&other.nonce, byte));
        change("host", &[Acs3, V4, SigV4, Bce, Tc3], &|other| {
            let (name, rest) = other.host.split_once('.').unwrap();
            other.host = format!("{}.{rest}", changed(name, byte));
        });
        change("path", &[V4, SigV4, Bce, Tc3], &|other| {
            other.path = format!("/{}", changed(&other.path[1..], byte));
        });
        change("body", &[Acs3, V4, SigV4, Tc3], &|other| other.body = changed(&other.body, byte));
        change("name of a pair", &ALGORITHMS, &|other| {
            let at = at.index(other.query.len());
            other.query[at].0 = changed(&other.query[at].0, byte);
        });
        change("added pair", &ALGORITHMS, &|other| {
            other.query.push(("K".to_owned(), String::new()));
        });
        change("value of a pair", &ALGORITHMS, &|other| {
            let at = at.index(other.query.len());
            let value = &mut other.query[at].1;
            *value = if value.is_empty() { "x".to_owned() } else { changed(value, byte) };
        });
        // A token of Tencent Cloud is sent and not signed.
        change("token", &[Rpc, Acs3, V4, Bce], &|other| {
            other.token = Some(match &other.token {
                Some(token) => changed(token, byte),
                None => "x".to_owned(),
            });
        });
        for (what, other, signed_by) in changes {
            for &algorithm in signed_by {
                let (before, after) = (sign(algorithm, &input), sign(algorithm, &other));
                prop_assert_ne!(&before.signature, &after.signature, "{:?}: {}", algorithm, what);
            }
        }
    }

    #[test]
    fn no_secret_stands_in_a_signed_request(input in inputs()) {
        let (secret, token) = (format!("SECRET{}", input.secret), "TOKEN+/=".to_owned());
        let input = Input { secret: secret.clone(), token: Some(token.clone()), ..input };
        for algorithm in ALGORITHMS {
            let signed = sign(algorithm, &input);
            let sent = format!("{}{:?}", signed.request.target(), signed.request.headers);
            prop_assert!(!sent.contains(&secret) && !sent.contains(&encode::percent(&secret)));
            let shown = format!("{signed:?}");
            for hidden in [&secret, &token] {
                let is_shown = shown.contains(hidden) || shown.contains(&encode::percent(hidden));
                prop_assert!(!is_shown, "{shown}");
            }
        }
    }
}
