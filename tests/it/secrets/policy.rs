//! What a redactor hides although it knows nothing of it, and what it shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyimport::redact::{Redactor, clean};

#[test]
fn encoded_data_is_hidden_whatever_it_holds() {
    for data in [
        "bPxRfiCYEXAMPLEKEYwJalrXUtnFEMIK7MDENG1",
        "q3Zk9WmT5rVb2NxLc8JdHs4P",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJub2JvZHktYXQtYWxsIn0.Qp7vXk2Lr9Tz4WbYc1MdNe8Hf3Gj",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2",
        "9f:86:d0:81:88:4c:7d:65:9a:2f:ea:a0:c5:5a:d0:15:a3:bf:4f:1b:2b",
        "SHA256:2Y5qT9apH1sOh9VB+llUZUuMOcXn26QBas8mvXVyqycq3Zk9WmT5rVb2NxL",
        "SHA1:2Y5qT9apH1sOh9VBwllUZUuMOcXn26QBas8mvXVyqyc",
        "SHA512:8oGrCVX5Ah1FkCmMbVfWk0L6kZ1uZ2tqgM3fYxQm1rVb7Hq9eQ1sYw5Jx0pTzUoA",
    ] {
        for (before, after) in [("", ""), ("token ", " is wrong"), ("(", ")"), ("x=", "&y=1")] {
            let text = format!("{before}{data}{after}");
            let shown = Redactor::default().display(&text.as_str().into());
            assert!(shown.contains("***"), "{shown}");
            let longest = data.split(['.', ':']).max_by_key(|part| part.len()).unwrap();
            let part = if longest.len() < 12 { &data[..12] } else { &longest[..12] };
            assert!(!shown.contains(part), "{part} of {text} in {shown}");
        }
    }
}

#[test]
fn words_identifiers_and_fingerprints_are_shown() {
    for text in [
        "The specified InstanceId does not exist: i-bp67acfmxazb4p2017",
        "InvalidOperation.NotSupportedEndpoint: use https://ecs.cn-hangzhou.aliyuncs.com/v2014/API",
        "request 5A4DB0C5-0000-4000-8000-000000000001, trace 20220310163217010010047034120FA9E2",
        "there 5f4c43279c10aeb7f3bfb163010f0e0e, yours ecf5d4f63f1d73efce009b6c1228b387",
        "MD5:5f:4c:43:27:9c:10:ae:b7:f3:bf:b1:63:01:0f:0e:0e is known",
        "SHA256:2Y5qT9apH1sOh9VB+llUZUuMOcXn26QBas8mvXVyqyc is known",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 is a commit",
        "acs:ram::1234567890123456:role/github-keyimport is not allowed",
        "密钥对已存在。KeyPairAlreadyExistsInThisRegionOfTheAccount",
        "2026-01-15T08:09:10Z 2026-01-15T08:24:10.123456Z 192.168.100.200:8443",
        "/usr/share/ca-certificates/mozilla/Certum_Trusted_Network_CA_2.crt",
        "100 % of 7 %zz \\d &c &amp",
    ] {
        assert_eq!(*Redactor::default().display(&text.into()), *clean(text));
    }
}

#[test]
fn long_texts_are_cut() {
    let shown = Redactor::default().display(&"long text ".repeat(5000).into());
    assert_eq!(shown.chars().count(), 2001);
    assert!(shown.ends_with('…'));
    let shown = Redactor::default().display(&"\u{200b}".repeat(50_000).into());
    assert_eq!(&*shown, "…");
}

#[test]
fn a_short_secret_is_hidden_whole_and_a_shorter_one_would_be_everywhere() {
    let shown = |secret: &str, text: &str| Redactor::new([secret]).display(&text.into());
    for secret in ["s3cr3t", "S3cr3t7"] {
        let lower = secret.to_lowercase();
        assert_eq!(&*shown(secret, &lower), "***");
        assert_eq!(&*shown(secret, &format!("a {lower}, and {secret}")), "a ***, and ***");
        assert_eq!(shown(secret, &lower[1..]), lower[1..]);
    }
    assert_eq!(&*shown("short", "a short text"), "a short text");
    // Eight equal digits are in many a number.
    assert_eq!(&*shown("00000000", "in 2000000001"), "in 2000000001");
}

#[test]
fn a_secret_in_hex_is_hidden_whatever_its_digits() {
    let secret = "p0@P`0pP@0pp@0P`";
    for (prefix, separator) in [("", ""), ("", ":"), ("0x", ","), ("\\x", "")] {
        let pairs: Vec<String> = secret.bytes().map(|byte| format!("{prefix}{byte:02x}")).collect();
        let text = format!("got {} there", pairs.join(separator));
        let shown = Redactor::new([secret]).display(&text.as_str().into());
        assert_eq!(&*shown, "got *** there", "{text}");
    }
}

#[test]
fn a_secret_in_base64_is_hidden_whatever_its_symbols() {
    // Too short to look like encoded data, and as long as its base64 can be at the least.
    for secret in ["ab>de>gh>", "ob?od?No?", "Nobody-13", "ab>de>"] {
        let base64 = STANDARD.encode(secret);
        let shown = Redactor::new([secret]).display(&format!("got {base64} there").into());
        assert_eq!(&*shown, "got *** there", "{secret}");
    }
}

#[test]
fn a_secret_in_base32_is_hidden_in_its_place() {
    // `nobody` and a tilde each, in base32; 0, 1, 8 and 9 are no symbols of it.
    let shown = Redactor::new(["nobody~nobody~"]).display(&"018 NZXWE33EPF7G433CN5SHS7Q 9".into());
    assert_eq!(&*shown, "018 *** 9");
}

#[test]
fn a_secret_in_numbers_is_hidden_where_nothing_else_stands_in_digits() {
    // As long as what is searched for at the least, so that its numbers are, too.
    let secret = "Nob0dys7";
    for width in [(10, 3), (8, 3), (2, 8)] {
        for between in ["", " "] {
            let numbers: Vec<String> = secret.bytes().map(|byte| in_base(byte, width)).collect();
            let numbers = numbers.join(between);
            let shown = Redactor::new([secret]).display(&format!("got {numbers} there").into());
            let left = shown.chars().filter(char::is_ascii_digit).count();
            assert!(shown.starts_with("got ***") && left < width.1, "{shown}");
        }
    }
}

#[test]
fn a_secret_with_something_between_its_letters_is_hidden_in_base64_and_in_numbers() {
    let secret = "nobodysecret";
    let spaced = secret.split("").collect::<Vec<_>>().join("-");
    let numbers: Vec<String> = spaced.bytes().map(|byte| byte.to_string()).collect();
    for text in [STANDARD.encode(&spaced), numbers.join(" ")] {
        let shown = Redactor::new([secret]).display(&format!("got {text} there").into());
        let left = shown.chars().filter(char::is_ascii_alphanumeric).count();
        assert!(shown.contains("***") && left < 14, "{shown}");
    }
}

/// Writes a byte in a base, with as many digits as the width says.
fn in_base(byte: u8, (base, width): (u32, usize)) -> String {
    let digit = |place| char::from_digit(u32::from(byte) / base.pow(place) % base, base).unwrap();
    (0..u32::try_from(width).unwrap()).rev().map(digit).collect()
}
