//! What may stand around a key: two keys on a line, here-documents, quotation marks, and what only looks like a comment.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use keyimport::encode;
use keyimport::error::ErrorKind;
use keyimport::key::{PublicKey, Reason, find_key_material, parse};
use proptest::prelude::*;

fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
    fs::read_to_string(root.join(name)).unwrap()
}

/// One key of every kind, without its comment.
fn kinds() -> Vec<String> {
    ["rsa-2048", "ecdsa-256", "ecdsa-521", "ed25519", "dsa-1024", "sk-ecdsa", "sk-ed25519"]
        .map(|name| only(&example(&format!("taken/{name}.pub"))).bare_line())
        .into()
}

fn only(text: &str) -> PublicKey {
    let [key] = <[PublicKey; 1]>::try_from(parse(text.as_bytes()).unwrap()).unwrap();
    key
}

/// Checks that an input is refused as bad, at this line, and shows nothing of what it holds.
#[track_caller]
fn refuses(text: &str, line: usize) -> Reason {
    let error = match parse(text.as_bytes()) {
        Ok(keys) => panic!("{keys:?} of {text}"),
        Err(error) => error,
    };
    assert_eq!(error.kind().exit_code(), 3, "{error}");
    let shown =
        format!("{error} {}", error.hint().map(|hint| hint.to_string()).unwrap_or_default());
    if error.kind() != ErrorKind::PrivateKey {
        assert!(shown.contains(&format!("line {line}")), "{shown}");
        assert_eq!(error.line, Some(line));
    }
    let words = text.split([' ', '\n', '\\', ',', ';']).filter(|word| word.len() > 30);
    assert!(words.into_iter().all(|word| !shown.contains(&word[10..30])), "{shown}");
    error.reason
}

#[test]
fn two_keys_on_one_line_are_refused() {
    let kinds = kinds();
    for one in &kinds {
        for other in &kinds {
            for between in
                ["", " ", ",", ";", "\t", "\\n", "\\r\\n", ", ", " ; ", "\",\"", " | ", "\u{a0}"]
            {
                for comment in ["", " me@host", " two words"] {
                    let line = format!("{one}{comment}{between}{other} ci@host");
                    assert_eq!(refuses(&line, 1), Reason::LostLineEnd, "{line}");
                }
            }
        }
        // Half of a key is no comment either, nor is the key itself.
        let (name, data) = one.split_once(' ').unwrap();
        for rest in [data, &data[..60], &format!("{name} AAAA"), &format!("x{name}\tAAAAB3")] {
            for line in
                [format!("{one} {rest}"), format!("{one} me {rest}"), format!("{one} me,{rest}")]
            {
                assert_eq!(refuses(&format!("# keys\n{line}\n"), 2), Reason::LostLineEnd, "{line}");
            }
        }
        // Whatever precedes the first key.
        for before in ["command=\"ls\" ", "host ", "no-pty,from=\"10.0.0.1\" ", "- "] {
            assert_eq!(refuses(&format!("{before}{one} a {one} b"), 1), Reason::LostLineEnd);
        }
    }
}

#[test]
fn a_lost_line_end_before_or_after_a_remark_or_a_block_is_found() {
    let key = &kinds()[0];
    for remark in ["# my keys", "# keys\\n", "#1"] {
        assert_eq!(refuses(&format!("{remark}{key} me\n{key} you"), 1), Reason::LostLineEnd);
    }
    // A key that is commented out.
    for remark in ["#", "# ", "# old: ", "## 2019, "] {
        let text = format!("{remark}{key} me\n{key} you\n");
        assert_eq!(only(&text).comment(), Some("you"));
    }
    for block in ["rsa-2048.spki.pem", "rsa-2048.pkcs1.pem", "rsa-2048.rfc4716", "ed25519.spki.pem"]
    {
        let block = example(&format!("taken/{block}"));
        let glued = block.trim_end();
        for text in [
            format!("{glued}{glued}"),
            format!("{glued}{key}\n"),
            format!("{glued} {block}"),
            block.replace('\n', "\\n"),
            block.replace('\n', "\\r\\n"),
            block.replace('\n', " "),
            format!("{}{}", block.replace('\n', "\\n"), block.replace('\n', "\\n")),
        ] {
            refuses(&text, 1);
            refuses(&format!("{key} me\n{text}"), 2);
        }
        for text in
            [format!("{key} me{block}"), format!("{key} me {block}"), format!("{key}{block}")]
        {
            refuses(&text, 1);
        }
        // Marks around a block, as in a shell's variable.
        for text in [format!("\"{glued}\"\n"), format!("'{glued}'\n"), format!("{glued}\\n")] {
            assert_eq!(only(&text).base64(), only(&block).base64());
        }
    }
}

#[test]
fn a_header_of_a_block_holds_no_key() {
    let block = example("taken/ed25519.rfc4716");
    let key = &kinds()[0];
    for tag in ["Comment", "Subject", "x-note"] {
        for value in [
            key.as_str(),
            "\"me ssh-ed25519 AAAA\"",
            &key[8..],
            &format!("{}\\\n{}", &key[..60], &key[60..]),
        ] {
            let header = format!("PUBLIC KEY ----\n{tag}: {value}\n");
            refuses(&block.replacen("PUBLIC KEY ----\n", &header, 1), 1);
        }
    }
}

#[test]
fn what_copying_leaves_around_a_line_is_taken_off() {
    for key in kinds() {
        for comment in ["", " me@host", " Jane's laptop", " the \"old\" one", " C:\\new\\rsa"] {
            let line = format!("{key}{comment}");
            for text in [
                format!("{line}\\n"),
                format!("{line}\\r\\n"),
                format!("\\n{line}\\n\n"),
                format!("\"{line}\n"),
                format!("\"{line}\\n\"\n"),
                format!("  \"{line}\",\n"),
                format!("\"\n{line}\n\"\n"),
                format!("\u{feff}\" {line} \n"),
            ] {
                let found = only(&text);
                if !comment.contains('"') {
                    assert_eq!(found.line(), line, "{text}");
                }
            }
            if !comment.contains(['"', '\'']) {
                for text in [format!("{line}\""), format!("{line}'"), format!("'{line}'")] {
                    assert_eq!(only(&text).line(), line, "{text}");
                }
            }
        }
    }
}

#[test]
fn markers_of_here_documents_are_told() {
    let key = &kinds()[1];
    for (text, line) in [
        (format!("{key} me\nEOF\n"), 2),
        (format!("cat > key.pub <<EOF\n{key} me\nEOF\n"), 1),
        (format!("<<-'EOF'\n{key} me\n"), 1),
        (format!("<<~EOT\n{key} me\n"), 1),
        (format!("{key} me EOF\n"), 1),
        (format!("{key} EOF\n"), 1),
        (format!("{key} me <<EOF\n"), 1),
        (format!("{key} me<<EOF\n"), 1),
        (format!("{key} <<\"END_OF_KEY\" me\n"), 1),
    ] {
        assert_eq!(refuses(&text, line), Reason::HereDocument, "{text}");
    }
    for comment in ["eof", "geof@host", "<me@host>", "me <<3 you", "EOF-tests"] {
        assert_eq!(only(&format!("{key} {comment}")).comment(), Some(comment));
    }
}

#[test]
fn the_beginning_of_another_key_is_no_comment() {
    for kind in kinds() {
        let data = kind.split(' ').nth(1).unwrap();
        for text in [
            data[..12].to_owned(),
            format!("me@host {}", &data[..16]),
            format!("me{}", &data[..20]),
        ] {
            assert_eq!(refuses(&format!("{kind} {text}\n"), 1), Reason::LostLineEnd, "{text}");
        }
    }
    let key = &kinds()[1];
    for comment in ["AAAA", "AAAAB-team", "me@AAAAC3"] {
        assert_eq!(only(&format!("{key} {comment}")).comment(), Some(comment));
    }
}

#[test]
fn the_last_line_of_a_private_key_is_no_comment() {
    let line = "SAdnr9x+tfLMvg9++MIYAAAAAXgBAgME";
    refuses(&format!("{} {line}\n", kinds()[3]), 1);
}

#[test]
fn digests_and_addresses_in_hex_are_comments() {
    let digest: Vec<u8> = (0..64_u8).map(|byte| byte.wrapping_mul(37)).collect();
    let digits = encode::hex(&digest);
    let pairs = |count| digits.as_bytes()[..count].chunks(2).map(<[u8]>::escape_ascii);
    for comment in [
        digits[..32].to_owned(),
        digits[..40].to_owned(),
        format!("file:{}", &digits[..64]),
        digits.clone(),
        pairs(64).map(|pair| pair.to_string()).collect::<Vec<_>>().join(":"),
        encode::hex(b"keysofthedeploymentmachineab"),
        "5A4DB0C5-0000-4000-8000-000000000001".to_owned(),
        "0a:58:a9:fe:ac:02, 0a:58:a9:fe:ac:03".to_owned(),
    ] {
        assert_eq!(only(&format!("{} {comment}", kinds()[1])).comment(), Some(&*comment));
    }
    refuses(&format!("{} {}\n", kinds()[1], &digits[..96]), 1);
}

/// Lines of private keys that need no password. The last one of a key may be too short to tell it from a name.
fn private_lines() -> Vec<String> {
    let names = [
        "openssh-ed25519", "openssh-ecdsa", "openssh-rsa", "pkcs1.pem", "pkcs8.pem",
        "pkcs8-ec.pem", "pkcs8-ed25519.pem", "sec1.pem", "dsa.pem", "putty-v2-rsa.ppk",
        "putty-v3-ed.ppk", "putty-v3-ec.ppk",
    ];
    let texts = names.map(|name| example(&format!("private/{name}")));
    let lines = texts.iter().flat_map(|text| text.lines());
    let is_data = |line: &&str| !line.contains([':', '-']) && line.len() >= 40;
    lines.filter(is_data).map(str::to_owned).collect()
}

#[test]
fn no_line_of_a_private_key_is_taken_for_a_comment() {
    let key = &kinds()[3];
    let lines = private_lines();
    assert!(lines.len() > 60);
    for line in lines {
        let spaced = |size| -> String {
            let parts: Vec<_> =
                line.as_bytes().chunks(size).map(|part| str::from_utf8(part).unwrap()).collect();
            parts.join(" ")
        };
        let url_safe = line.replace('+', "-").replace('/', "_");
        for text in [line.clone(), url_safe, format!("me@host {line}"), format!("key={line} x")] {
            refuses(&format!("{key} {text}\n"), 1);
        }
        let wide = |letter: char| char::from_u32(u32::from(letter) + 0xfee0).unwrap().to_string();
        let each = |write: &dyn Fn(char) -> String| line.chars().map(write).collect::<String>();
        let hidden = [
            each(&wide),
            each(&|letter| format!("{letter}\u{200b}")),
            each(&|letter| format!("&#{};", u32::from(letter))),
            encode::hex(line.as_bytes()),
            encode::hex(line.as_bytes()).chars().take(110).collect(),
            each(&|letter| format!("{:02x}:", u32::from(letter))),
            each(&|letter| format!("0x{:02X}, ", u32::from(letter))),
        ];
        for text in hidden {
            assert!(parse(format!("{key} {text}\n").as_bytes()).is_err(), "{text}");
        }
        if line.len() >= 60 {
            for text in [spaced(8), spaced(20), spaced(5).replace(' ', ".")] {
                refuses(&format!("{key} {text}\n"), 1);
            }
        }
        // Zeros and names of types hold no secret.
        if line.len() >= 60 && !line.contains("AAAA") {
            refuses(&format!("{key} {}\n", &line[20..60]), 1);
        }
        // On a line of its own it is no comment.
        refuses(&format!("{key} me\n{line}\n"), 2);
    }
}

#[test]
fn ordinary_comments_are_kept() {
    let key = &kinds()[3];
    for comment in [
        "Jane Q. Doe <jane@example.org> (laptop #2)",
        "google-ssh {\"userName\":\"dev@example.com\",\"expireOn\":\"2027-12-01T00:00:00+0000\"}",
        "JohnSmith@DESKTOP-4F7K2LM",
        "AzureAD\\JohnSmith2@CorpLaptop-7QX2",
        "root@iZ2ze4ggmyb6sdnnpe6n0iZ-deploy",
        "ec2-user@ip-172-31-23-45.eu-west-1.compute.internal",
        "root@instance-1q2w3e4r-5",
        "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        "deploy 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "sha512 ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "550e8400-e29b-41d4-a716-446655440000",
        "SHA256:XYinO+jNlCaig9urFyghslyTPeZGlrzT+F7FvVKkX5k",
        "MD5:5f:4c:43:27:9c:10:ae:b7:f3:bf:b1:63:01:0f:0e:0e",
        "cardno:000612345678",
        "YubiKey #12345678 PIV Slot 9a, serial 0x00C0FFEE",
        "openpgp:0x4F2A9C31",
        "arn:aws:iam::123456789012:user/Team2/JohnDoe",
        "acs:ram::1234567890123456:role/GitHubActions-Deploy2",
        "ProductionDeployKeyForGitLab2",
        "GitHubActionsDeployKeyV2Eu1",
        "MyVPCStack-BastionHostKeyPair1A2B3C4D5E6F",
        "/home/ci/agent1/jobs/Build42/Project7/src/Keys/Prod1/id_rsa",
        "C:\\Users\\JDoe\\AppData\\Local\\Temp\\3\\GitLabRunner1\\Builds\\X7kQ2",
        "the-long-name-of-the-deploy-key-of-the-second-build-machine-in-rack-7-of-row-b2",
        "MDQ6VXNlcjU4MzIzMQ==",
        "2026-01-15T08:09:10Z 2026-01-15T08:24:10.123456Z 192.168.100.200:8443",
        "The key of the build machine in Rack7, row B2; see Deploy/Keys2026 in the Wiki",
        "imported by Jenkins CI Build #1234 on EC2 Node7 for QA Team A and Dev Team B2",
        "ssh-rsa key, made 2024 on MacBook Pro 16 M3 of Jane",
    ] {
        assert_eq!(only(&format!("{key} {comment}")).comment(), Some(comment));
    }
    let chinese = format!("{key} 这是阿里云服务器密钥2024年部署用");
    assert_eq!(only(&chinese).comment(), None);
}

/// Runs a command of a hint on a file; `None` if a program of it is not installed.
fn run(command: &str, file: &Path) -> Option<(bool, String)> {
    for part in command.split(" | ") {
        let program = part.split(' ').next()?;
        Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    }
    let line = command.replace("FILE", &format!("'{}'", file.display()));
    let ended = Command::new("sh").args(["-c", &line]).stdin(Stdio::null()).output().unwrap();
    Some((ended.status.success(), String::from_utf8_lossy(&ended.stdout).into_owned()))
}

/// A hint may name a command only if it prints a key that is accepted.
#[test]
fn the_command_of_a_hint_reads_the_form_at_hand() {
    let home = tempfile::tempdir().unwrap();
    let mut done = 0;
    for folder in ["private", "refused"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(folder);
        for entry in fs::read_dir(root).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let error = parse(&bytes).unwrap_err();
            let hint = error.hint().unwrap_or_else(|| error.kind().hint().into());
            let Some(command) = hint.split('`').find(|text| text.contains("FILE")) else {
                continue;
            };
            // Some ask for a password, and some hold no key at all.
            if ["encrypted", "pbe", "p12", "random", "nul"].iter().any(|part| name.contains(part)) {
                continue;
            }
            // ssh-keygen refuses a private key that others may read.
            let copy = home.path().join(&name);
            fs::write(&copy, &bytes).unwrap();
            Command::new("chmod").arg("600").arg(&copy).status().unwrap();
            let Some((succeeded, printed)) = run(command, &copy) else { continue };
            assert!(succeeded, "{name}: {command}");
            assert_eq!(
                parse(printed.as_bytes()).map(|keys| keys.len()),
                Ok(1),
                "{name}: {printed}"
            );
            done += 1;
        }
    }
    println!("{done} commands were tried");
}

#[test]
fn hints_say_what_to_give_instead() {
    for (text, part) in [
        ("untrusted comment: minisign encrypted secret key\nRWRTY0Iyabc\n", "an SSH public key"),
        ("AGE-SECRET-KEY-1QQQQ", "an SSH public key"),
        ("# created: 2024-01-01\nAGE-SECRET-KEY-1QQQQ", "an SSH public key"),
        ("SSH PRIVATE KEY FILE FORMAT 1.1\n", "an SSH public key"),
        ("{\"kty\":\"OKP\",\"d\":\"abc\"}", "an SSH public key"),
        ("{\"kty\":\"OKP\",\"x\":\"abc\"}", "an OpenSSH line"),
        (
            "PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: aes256-cbc\r\n",
            "`puttygen FILE -O public-openssh`",
        ),
        ("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "`puttygen FILE -O public-openssh`"),
        (
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----\n",
            "`gpg --export-ssh-key",
        ),
        (
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ\n-----END PGP PUBLIC KEY BLOCK-----\n",
            "`gpg --export-ssh-key",
        ),
        (
            "-----BEGIN CERTIFICATE REQUEST-----\nMQ==\n-----END CERTIFICATE REQUEST-----\n",
            "`openssl req -in FILE",
        ),
        ("-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n", "decrypt it first"),
        ("-----BEGIN ENCRYPTED DATA-----\nMQ==\n-----END ENCRYPTED DATA-----\n", "decrypt it"),
        (&example("refused/x509.pem"), "`openssl x509 -in FILE"),
        (&example("refused/certificate.pub"), "without `-cert`"),
        (&example("refused/certificate.rfc4716"), "without `-cert`"),
        (&example("private/pkcs8-encrypted.pem"), "`openssl pkey -in FILE -pubout`"),
        (&example("private/pkcs1-encrypted.pem"), "`openssl pkey -in FILE -pubout`"),
        (&example("private/openssh-encrypted"), "`ssh-keygen -y -f FILE`"),
    ] {
        let error = parse(text.as_bytes()).unwrap_err();
        let hint = error.hint().map(|hint| hint.to_string()).unwrap_or_default();
        assert!(hint.contains(part), "{error}: {hint}");
        assert!(part.contains("ssh-keygen") || !hint.contains("ssh-keygen"), "{error}: {hint}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 300, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_taken_reads_back_as_itself(
        before in "[\"'\\\\nr ,\u{feff}]{0,4}",
        comment in r#"([\\nr"', \t,;<=-]|EOF|<<|[a-z]{1,3}|[A-Za-z0-9+/]{1,40}|ssh-rsa AAAA|-----BEGIN |密){0,8}"#,
        is_block in any::<bool>(),
    ) {
        let block = example("taken/ed25519.rfc4716");
        let key = &kinds()[3];
        let text = if is_block {
            block.replacen("PUBLIC KEY ----\n", &format!("PUBLIC KEY ----\nComment: {comment}\n"), 1)
        } else {
            format!("{before}{key} {comment}")
        };
        for key in parse(text.as_bytes()).unwrap_or_default() {
            prop_assert_eq!(parse(key.line().as_bytes()), Ok(vec![key.clone()]), "{}", text);
            let kept = key.comment().unwrap_or_default();
            prop_assert_eq!(find_key_material(kept.as_bytes()), None, "{}", text);
        }
    }
}
