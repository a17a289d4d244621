//! Keys in every form that users have: those that are taken agree with ssh-keygen, the others are refused and not shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use keyimport::error::ErrorKind;
use keyimport::key::{Comparison, FingerprintForm, KeyError, MAX_INPUT, PublicKey, Reason, parse};
use proptest::prelude::*;

/// Reads a file of the example folder.
fn example(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name)).unwrap()
}

/// Reads the only key of an example.
fn only(name: &str) -> PublicKey {
    let [key] = <[PublicKey; 1]>::try_from(parse(&example(name)).unwrap()).unwrap();
    key
}

/// Returns the rows of a table beside the examples.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(example(name)).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Lists a folder of examples.
fn folder(name: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(name);
    let files = fs::read_dir(path).unwrap();
    files
        .map(|file| format!("{name}/{}", file.unwrap().file_name().into_string().unwrap()))
        .collect()
}

/// Fails if an error shows 12 characters in a row that the input holds, other than words of its own.
fn assert_discreet(error: &KeyError, input: &[u8], name: &str) {
    let own = [
        "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
        "key@example.com",
        "ssh-mldsa-65",
        "rsa-sha2-256",
    ];
    let own = own.into_iter().chain(["rsa-sha2-512", "DSA PUBLIC KEY", "private key"]);
    let shown = own.fold(format!("{error} {error:?}"), |text, word| text.replace(word, ""));
    assert!(!shown.contains(char::is_control), "{name}: {shown:?}");
    let shown: BTreeSet<&[u8]> = shown.as_bytes().windows(12).collect();
    assert!(input.windows(12).all(|window| !shown.contains(window)), "{name}: {error} {error:?}");
}

#[test]
fn taken_keys_agree_with_ssh_keygen() {
    let mut expected: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in table("expected.tsv") {
        expected.entry(row[0].clone()).or_default().push(row[1..].to_vec());
    }
    assert_eq!(
        expected.keys().cloned().collect::<BTreeSet<_>>(),
        folder("taken"),
        "a file is not listed"
    );
    for (name, rows) in &expected {
        let keys = parse(&example(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let shown = |key: &PublicKey| -> Vec<String> {
            let family = match key.algorithm() {
                "ssh-rsa" => "RSA",
                "ssh-dss" => "DSA",
                "ssh-ed25519" => "ED25519",
                "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521" => "ECDSA",
                "sk-ssh-ed25519@openssh.com" => "ED25519-SK",
                "sk-ecdsa-sha2-nistp256@openssh.com" => "ECDSA-SK",
                other => panic!("{name}: {other}"),
            };
            vec![
                key.bits().to_string(),
                format!("MD5:{}", key.md5_colons()),
                key.sha256().into(),
                family.into(),
            ]
        };
        assert_eq!(&keys.iter().map(shown).collect::<Vec<_>>(), rows, "{name}");
        for key in keys {
            assert_eq!(parse(key.line().as_bytes()), Ok(vec![key.clone()]), "{name}");
            assert_eq!(key.md5(), key.md5_colons().replace(':', ""), "{name}");
        }
    }
}

#[test]
fn refused_keys_are_refused_for_their_own_reason() {
    let rows = table("refused.tsv");
    let listed: BTreeSet<String> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(listed, folder("refused"), "a file is not listed");
    for row in rows {
        let [name, kind, word] = <[String; 3]>::try_from(row).unwrap();
        let input = example(&name);
        let error = parse(&input).expect_err(&name);
        assert_eq!(error.kind().name(), kind, "{name}: {error}");
        assert!(error.to_string().contains(&word), "{name}: {error}");
        assert_discreet(&error, &input, &name);
    }
}

#[test]
fn private_keys_are_refused_in_every_wrapping() {
    for name in folder("private") {
        let input = example(&name);
        for (how, wrapped) in wrappings(&input) {
            let error = parse(&wrapped).expect_err(&name);
            assert_eq!(error.kind(), ErrorKind::PrivateKey, "{name}, {how}: {error}");
            assert_discreet(&error, &wrapped, &name);
        }
    }
}

/// Puts an input into everything that a private key may stand in.
fn wrappings(input: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let line = example("taken/ed25519.pub");
    let mut all = vec![
        ("as it is", input.to_vec()),
        ("after a public key", [&line, input].concat()),
        ("before a public key", [input, b"\n", &line].concat()),
        ("in base64", STANDARD.encode(input).into_bytes()),
        // Begins with `A-Ah`: what follows is only whole if the hyphen counts.
        ("in base64 for URLs", URL_SAFE.encode([b"\x03\xe0!", input].concat()).into_bytes()),
        ("in base64 twice", STANDARD.encode(STANDARD.encode(input)).into_bytes()),
        (
            "in base64, as a comment",
            format!("{} {}", only("taken/ed25519.pub").bare_line(), STANDARD.encode(input)).into(),
        ),
    ];
    if let Ok(text) = String::from_utf8(input.to_vec()) {
        let wide = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
        };
        all.extend([
            ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
            ("UTF-16LE", wide(u16::to_le_bytes, "")),
            ("UTF-16BE", wide(u16::to_be_bytes, "")),
            ("UTF-16LE with a mark", wide(u16::to_le_bytes, "\u{feff}")),
            ("UTF-16BE with a mark", wide(u16::to_be_bytes, "\u{feff}")),
            ("UTF-16LE in base64", STANDARD.encode(wide(u16::to_le_bytes, "")).into_bytes()),
            ("UTF-16LE after a public key", [line, wide(u16::to_le_bytes, "\u{feff}")].concat()),
            ("with CRLF", text.replace('\n', "\r\n").into_bytes()),
            ("with CR", text.replace('\n', "\r").into_bytes()),
            (
                "indented",
                text.lines().flat_map(|line| ["\t  ", line, "\n"]).collect::<String>().into_bytes(),
            ),
            ("in JSON", serde_json::json!({ "key": text }).to_string().into_bytes()),
            ("on one line", text.replace('\n', " ").into_bytes()),
        ]);
    }
    all
}

#[test]
fn the_form_of_a_private_key_is_named() {
    for (name, form) in [
        ("openssh-ed25519", "OpenSSH"),
        ("label-lies-openssh.pem", "OpenSSH"),
        ("base64-twice", "OpenSSH"),
        ("pkcs1.pem", "PKCS#1"),
        ("pkcs1.der", "PKCS#1"),
        ("body-alone", "PKCS#1"),
        ("pkcs8.pem", "PKCS#8"),
        ("pkcs8-encrypted.der", "PKCS#8"),
        ("sec1.pem", "SEC1"),
        ("sec1.der", "SEC1"),
        ("pkcs12.p12", "PKCS#12"),
        ("putty-v2-rsa.ppk", "PuTTY"),
        ("putty-v3-ed.ppk", "PuTTY"),
        ("ssh2-encrypted.key", "SSH2"),
        ("dsa.pem", "PEM"),
        ("jwk.json", "JWK"),
    ] {
        let error = parse(&example(&format!("private/{name}"))).unwrap_err();
        let (Reason::Private(named) | Reason::PrivateInside(named)) = &error.reason else {
            panic!("{name}: {error:?}");
        };
        assert_eq!(*named, form, "{name}");
        let hint = error.hint().map(|hint| hint.to_string()).unwrap_or_default();
        let is_pkcs12 = form == "PKCS#12";
        assert_eq!(hint.contains("`openssl pkcs12 -in FILE"), is_pkcs12, "{name}: {hint}");
    }
}

#[test]
fn what_only_sounds_like_a_private_key_is_taken() {
    let key = only("taken/rsa-2048.pub");
    for comment in [
        "my private key",
        "public half of backend-private-key",
        "begin",
        "putty-key-20240101",
        "begin-here the private key",
        "C:\\new\\rsa",
    ] {
        let keys = parse(format!("{} {comment}", key.bare_line()).as_bytes()).unwrap();
        assert_eq!(keys[0].comment(), Some(comment));
    }
}

#[test]
fn the_tail_of_the_first_line_of_a_private_key_betrays_it() {
    for tail in [
        "RSA PRIVATE KEY-----\nMIIE",
        " PRIVATE KEY-----",
        "PRIVATE KEY\u{2014}\u{2014}\nx",
        "PGP PRIVATE KEY BLOCK-----\n\nlQOY",
    ] {
        let refused = parse(tail.as_bytes()).unwrap_err();
        let is_private = matches!(refused.reason, Reason::Private(..) | Reason::PrivateInside(_));
        assert!(is_private, "{tail}: {refused:?}");
    }
    for text in ["my private key", "private key blocked"] {
        let refused = parse(text.as_bytes()).unwrap_err();
        let is_private = matches!(refused.reason, Reason::Private(..) | Reason::PrivateInside(_));
        assert!(!is_private, "{text}: {refused:?}");
    }
}

#[test]
fn a_comment_is_kept_when_it_is_printable_ascii() {
    for (name, comment) in [
        ("ecdsa-256.pub", Some("ecdsa-256")),
        ("crlf.pub", Some("ecdsa-256")),
        ("tabs.pub", Some("ecdsa-256")),
        ("double-blanks.pub", Some("ecdsa-256")),
        ("utf16le-bom.pub", Some("ecdsa-256")),
        ("comment-with-blanks.pub", Some("Ada of Byron  <ada@example.com>")),
        ("no-comment.pub", None),
        ("utf8-comment.pub", None),
        ("gbk-comment.pub", None),
        ("latin1-comment.pub", None),
        ("escape-in-comment.pub", None),
        ("rsa-2048.spki.pem", None),
    ] {
        assert_eq!(only(&format!("taken/{name}")).comment(), comment, "{name}");
    }
    assert_eq!(only("taken/long-comment.pub").comment().map(str::len), Some(1000));
    assert!(
        only("taken/rsa-2048.rfc4716").comment().unwrap().starts_with("2048-bit RSA, converted by")
    );
}

#[test]
fn headers_of_rfc_4716_may_go_on_over_several_lines() {
    let key = only("taken/ed25519.pub");
    let (head, tail) = key.base64().split_at(40);
    let text = format!(
        "---- BEGIN SSH2 PUBLIC KEY ----\nSubject: ada\nx-note: one\\\ntwo\\\nthree\nComment: \"at \\\nhome\"\n{head}\n{tail}\n---- END SSH2 PUBLIC KEY ----\n"
    );
    let keys = parse(text.as_bytes()).unwrap();
    assert_eq!(keys[0].line(), format!("{} at home", key.bare_line()));
}

#[test]
fn a_block_that_lost_its_line_ends_is_named() {
    for block in ["taken/rsa-2048.rfc4716", "taken/rsa-2048.spki.pem"] {
        for end in [" ", "\\n"] {
            let text = String::from_utf8(example(block)).unwrap().trim_end().replace('\n', end);
            let refusal = parse(text.as_bytes());
            assert!(
                matches!(refusal, Err(KeyError { line: Some(1), reason: Reason::OneLine })),
                "{refusal:?}"
            );
        }
    }
}

#[test]
fn only_the_first_comment_header_of_rfc_4716_is_the_comment() {
    let key = only("taken/ed25519.pub");
    for (headers, comment) in [
        ("Subject: ada", None),
        ("Comment: one\nSubject: ada\nComment: two", Some("one")),
        ("Subject: ada\nCOMMENT: two", Some("two")),
    ] {
        let (begin, end) = ("---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----");
        let text = format!("{begin}\n{headers}\n{}\n{end}\n", key.base64());
        assert_eq!(parse(text.as_bytes()).unwrap()[0].comment(), comment, "{headers}");
    }
}

#[test]
fn no_number_of_a_key_is_zero_or_as_large_as_its_modulus() {
    let field = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let line = |name: &str, numbers: &[&[u8]]| {
        let fields: Vec<u8> = numbers.iter().flat_map(|number| field(number)).collect();
        format!("{name} {}", STANDARD.encode([field(name.as_bytes()), fields].concat()))
    };
    // An odd number of 2048 bits, and the next smaller one; the leading zero makes them positive.
    let modulus = [vec![0, 0xff], vec![1; 255]].concat();
    let mut smaller = modulus.clone();
    *smaller.last_mut().unwrap() = 0;
    let zero = Vec::new();
    let order = [vec![0, 0xff], vec![1; 19]].concat();
    let is_key = |line: String| parse(line.as_bytes()).is_ok();
    assert!(is_key(line("ssh-rsa", &[&[1, 0, 1], &modulus])));
    assert!(!is_key(line("ssh-rsa", &[&modulus, &modulus])));
    for (generator, value, is_good) in [
        (&smaller, &smaller, true),
        (&modulus, &smaller, false),
        (&smaller, &modulus, false),
        (&zero, &smaller, false),
        (&smaller, &zero, false),
    ] {
        let text = line("ssh-dss", &[&modulus, &order, generator, value]);
        assert_eq!(is_key(text), is_good);
    }
}

#[test]
fn a_file_with_several_keys_gives_all_of_them_in_order() {
    let names: Vec<String> = parse(&example("taken/three-keys.pub"))
        .unwrap()
        .iter()
        .map(|key| key.algorithm().to_owned())
        .collect();
    assert_eq!(names, ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp384"]);
    // Files that were joined: a mark inside, and no line end between.
    let joined = [example("taken/utf8-bom.pub"), example("taken/utf8-bom.pub")].concat();
    assert_eq!(parse(&joined).unwrap().len(), 2);
}

#[test]
fn an_input_that_is_too_large_is_not_read() {
    let line = example("taken/ed25519.pub");
    let mut input = line.clone();
    input.resize(MAX_INPUT, b'\n');
    assert_eq!(parse(&input).unwrap().len(), 1);
    input.push(b'\n');
    assert_eq!(parse(&input), Err(KeyError { line: None, reason: Reason::TooLarge }));
}

#[test]
fn line_numbers_count_every_kind_of_line_end() {
    for text in ["# one\n\njunk", "# one\r\n\r\njunk\r\n", "\r\rjunk", "\u{feff}\n\r\njunk"] {
        assert_eq!(
            parse(text.as_bytes()),
            Err(KeyError { line: Some(3), reason: Reason::NotAKey }),
            "{text:?}"
        );
    }
    let pem = String::from_utf8(example("refused/spki-no-end.pem")).unwrap();
    assert_eq!(
        parse(format!("\n{pem}").as_bytes()),
        Err(KeyError { line: Some(2), reason: Reason::OpenBlock })
    );
}

#[test]
fn a_type_is_cleaned_before_it_is_named() {
    let field =
        |text: &str| [&u32::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
    let error = |name: &str| {
        let base64 = STANDARD.encode([field(name), field("x")].concat());
        parse(format!("{name} {base64}").as_bytes()).unwrap_err().to_string()
    };
    assert_eq!(
        error("a`b|c@example.com"),
        "line 1: keys of type `a?b?c@example.com` are not imported"
    );
    assert!(error(&"a".repeat(500)).len() < 100);
    assert_eq!(error("\u{1b}[2J"), "line 1 is not a public key");
}

#[test]
fn a_line_of_a_cloud_is_compared_by_its_key() {
    let key = only("taken/rsa-2048.pub");
    let other = only("taken/rsa-1024.pub");
    let same = [
        key.line(),
        key.bare_line(),
        format!("  {}\tsomeone else\r\n", key.bare_line()),
        key.bare_line().trim_end_matches('=').to_owned(),
    ];
    for line in same {
        assert_eq!(key.same_as_line(&line), Comparison::Same, "{line}");
    }
    for line in
        [other.line(), other.bare_line(), "ssh-rsa AAAA".into(), "ssh-rsa aGVsbG8= hello".into()]
    {
        assert_eq!(key.same_as_line(&line), Comparison::Different, "{line}");
    }
    let masked = format!("{}****", &key.bare_line()[..60]);
    for line in [
        "",
        "ssh-rsa",
        "not found",
        "public keys",
        "-",
        key.base64(),
        key.md5().as_str(),
        masked.as_str(),
    ] {
        assert_eq!(key.same_as_line(line), Comparison::Unknown, "{line}");
    }
}

#[test]
fn a_fingerprint_of_a_cloud_is_compared_in_every_known_form() {
    let key = only("taken/rsa-2048.pub");
    let other = only("taken/rsa-1024.pub");
    let forms = |key: &PublicKey| {
        [
            key.md5(),
            key.md5_colons(),
            key.md5().to_uppercase(),
            key.md5_colons().to_uppercase(),
            format!("MD5:{}", key.md5_colons()),
            format!("md5:{}", key.md5()),
            key.sha256().to_owned(),
            format!("{}=", key.sha256()),
            key.sha256().replace("SHA256", "sha256"),
            format!(" {}\n", key.md5()),
            key.sha256()["SHA256:".len()..].to_owned(),
            format!("{}=", &key.sha256()["SHA256:".len()..]),
            key.fingerprint(FingerprintForm::SpkiMd5OrSha256).unwrap(),
        ]
    };
    for printed in forms(&key) {
        assert_eq!(key.same_as_fingerprint(&printed), Comparison::Same, "{printed}");
    }
    for printed in forms(&other) {
        assert_eq!(key.same_as_fingerprint(&printed), Comparison::Different, "{printed}");
    }
    let unknown = [
        String::new(),
        "MD5:".into(),
        "SHA256:".into(),
        "SHA256:AAAA".into(),
        // The example of Alibaba's page has the 20 bytes of a SHA-1.
        "89:f0:ba:62:ac:b8:aa:e1:61:5e:fd:81:69:86:6d:6b:f0:c0:5a:d7".into(),
        key.md5()[..31].to_owned(),
        format!("{}0", key.md5()),
        key.md5().replacen(|_: char| true, "g", 1),
        key.md5_colons().replace(':', "-"),
        "é".repeat(16),
        // The SHA-256 of another form of another key.
        other.spki_sha256().unwrap(),
    ];
    for printed in unknown {
        assert_eq!(key.same_as_fingerprint(&printed), Comparison::Unknown, "{printed}");
    }
}

/// Made by `openssl pkey -pubin -outform DER` of the keys in PEM, and `md5sum` or `sha256sum`.
const RSA_SPKI_MD5: &str = "d3:8b:3a:4e:d2:b5:60:77:86:09:20:b3:d0:77:ce:a3";
const RSA_SPKI_SHA256: &str = "2d:a0:c3:40:45:63:f3:21:e3:1f:af:79:18:45:ea:b6:e2:85:12:fa:fc:35:3f:28:22:f8:27:00:92:68:a7:3b";
const ED25519_SPKI_SHA256: &str = "f5:d3:22:81:da:2d:6c:99:fa:74:24:fb:db:dc:a2:da:44:5b:d4:9d:1f:4e:f8:0c:6f:1f:90:fe:bf:52:04:4f";

#[test]
fn fingerprints_are_those_that_clouds_print() {
    let [rsa, ed25519, ecdsa] =
        ["taken/rsa-2048.pub", "taken/ed25519.pub", "taken/ecdsa-256.pub"].map(only);
    let spki = FingerprintForm::SpkiMd5OrSha256;
    assert_eq!(rsa.fingerprint(FingerprintForm::Md5), Some(rsa.md5()));
    assert_eq!(rsa.fingerprint(FingerprintForm::Unknown), None);
    assert_eq!(rsa.fingerprint(spki).as_deref(), Some(RSA_SPKI_MD5));
    assert_eq!(rsa.spki_sha256().as_deref(), Some(RSA_SPKI_SHA256));
    let print = ed25519.fingerprint(spki).unwrap();
    assert_eq!(format!("{}=", ed25519.sha256().trim_start_matches("SHA256:")), print);
    assert_eq!(ed25519.spki_sha256().as_deref(), Some(ED25519_SPKI_SHA256));
    assert_eq!((ecdsa.fingerprint(spki), ecdsa.spki_sha256()), (None, None));
    // The hashes of nothing.
    let [md5, sha256] = [
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ];
    assert_eq!(ecdsa.same_as_fingerprint(md5), Comparison::Different);
    assert_eq!(ecdsa.same_as_fingerprint(sha256), Comparison::Unknown);
    for (key, print) in [(&rsa, RSA_SPKI_SHA256), (&ed25519, ED25519_SPKI_SHA256)] {
        assert_eq!(key.same_as_fingerprint(print), Comparison::Same);
    }
    // Beside the fingerprint of another key stands ours in the same form.
    // Beside one that a provider prints, in the same form and with its name.
    let hex = "0123456789abcdef0123456789abcdef";
    let colons = "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef";
    let pair = |theirs: &str, ours: &str| (theirs.to_owned(), ours.to_owned());
    let md5 = pair(&format!("MD5:{colons}"), &format!("MD5:{}", rsa.md5_colons()));
    for printed in [hex, colons, &format!("MD5:{colons}")] {
        for form in [FingerprintForm::Md5, FingerprintForm::Unknown] {
            assert_eq!(rsa.fingerprints_beside(printed, form), md5);
        }
        let of_spki =
            pair(&format!("MD5 of SPKI {colons}"), &format!("MD5 of SPKI {RSA_SPKI_MD5}"));
        assert_eq!(rsa.fingerprints_beside(printed, spki), of_spki);
    }
    let sha256 = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for printed in [sha256, &format!("{}=", &sha256[7..])] {
        assert_eq!(rsa.fingerprints_beside(printed, spki), pair(sha256, rsa.sha256()));
    }
    assert_eq!(rsa.fingerprints_beside("other", spki), pair("other", rsa.sha256()));
}

#[test]
fn debug_shows_type_and_fingerprint_alone() {
    let key = only("taken/ed25519.pub");
    assert_eq!(format!("{key:?}"), format!("PublicKey(ssh-ed25519 {})", key.sha256()));
}

/// Every example, for tests that damage them.
fn examples() -> Vec<Vec<u8>> {
    let small = |input: &Vec<u8>| input.len() < 4096;
    ["taken", "refused", "private"]
        .iter()
        .flat_map(|name| folder(name))
        .map(|name| example(&name))
        .filter(small)
        .collect()
}

/// What must hold of any input: no panic, and what is taken is its own canonical line.
fn assert_sound(input: &[u8]) {
    match parse(input) {
        Ok(keys) => {
            assert!(!keys.is_empty());
            for key in keys {
                assert_eq!(parse(key.line().as_bytes()), Ok(vec![key.clone()]));
                let bare = parse(key.bare_line().as_bytes()).unwrap();
                assert_eq!((bare[0].base64(), bare[0].comment()), (key.base64(), None));
                assert_eq!(key.same_as_line(&bare[0].line()), Comparison::Same);
                assert!(key.line().bytes().all(|byte| matches!(byte, b' '..=b'~')));
            }
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(input in proptest::collection::vec(any::<u8>(), 0..600)) {
        assert_sound(&input);
    }

    #[test]
    fn no_text_makes_it_panic(input in "(ssh-rsa|ssh-ed25519|-----BEGIN PUBLIC KEY-----|[A-Za-z0-9+/=]{4,80}|[ \\t\\r\\n#:\\\\%-]|\\PC){0,40}") {
        assert_sound(input.as_bytes());
    }

    #[test]
    fn damaged_examples_are_refused_or_sound(
        which in any::<proptest::sample::Index>(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..3), 1..4),
    ) {
        let all = examples();
        let mut input = which.get(&all).clone();
        for (place, byte, how) in damage {
            if input.is_empty() {
                break;
            }
            let at = place.index(input.len());
            match how {
                0 => input[at] = byte,
                1 => drop(input.remove(at)),
                _ => input.insert(at, byte),
            }
        }
        assert_sound(&input);
    }

    #[test]
    fn a_damaged_blob_is_never_mended(
        which in 0usize..7, place in any::<proptest::sample::Index>(), bit in 0u8..8,
    ) {
        let names = ["rsa-2048", "dsa-1024", "ecdsa-256", "ecdsa-384", "ecdsa-521", "ed25519", "sk-ecdsa"];
        let key = only(&format!("taken/{}.pub", names[which]));
        let mut blob = STANDARD.decode(key.base64()).unwrap();
        let at = place.index(blob.len());
        blob[at] ^= 1 << bit;
        let line = format!("{} {}", key.algorithm(), STANDARD.encode(&blob));
        if let Ok(keys) = parse(line.as_bytes()) {
            prop_assert_eq!(STANDARD.decode(keys[0].base64()).unwrap(), blob);
            prop_assert_eq!(key.same_as_line(&keys[0].line()), Comparison::Different);
            prop_assert!(!key.algorithm().starts_with("ecdsa"), "one changed bit leaves the curve");
        }
    }

    #[test]
    fn fingerprints_of_any_kind_compare_without_panic(printed in "\\PC{0,60}|(SHA256|MD5):[A-Za-z0-9+/=:]{0,50}") {
        let key = only("taken/ed25519.pub");
        prop_assert_ne!(key.same_as_fingerprint(&printed), Comparison::Same);
        prop_assert_ne!(key.same_as_line(&printed), Comparison::Same);
    }
}
