//! The program itself, with `-vv`, against servers that repeat what they get, and with values in wrong places.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keyimport::key;

use super::echo::{Form, response, values};
use super::{Hidden, ID, OIDC, SECRET, TOKEN};
use crate::cli::run::{Ended, Home, set_credential, start, wait};
use crate::fake_cloud::{FakeCloud, Reply, closed_port};

fn public_key() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/taken/rsa-2048.pub")
}

fn base64() -> String {
    key::parse(&std::fs::read(public_key()).unwrap()).unwrap().remove(0).base64().to_owned()
}

/// The program with the secrets in its environment and nothing else.
fn program(home: &Home) -> Command {
    let mut command = home.command("");
    for cloud in keyimport::provider::ALL {
        let info = cloud.info();
        set_credential(&mut command, info.id, ID, SECRET, Some(TOKEN));
        command.env(info.region_variable(), info.home_region());
    }
    command
}

/// Runs a command to its end.
fn run(command: &mut Command) -> Ended {
    wait(start(command.stdin(Stdio::null())))
}

/// Makes an answer of any cloud that says one text everywhere.
fn refusal(status: u16, said: &str) -> Reply {
    let said_once = serde_json::json!(said);
    let body = format!(
        r#"{{"Code":{said_once},"Message":{said_once},"RequestId":{said_once},"code":{said_once},"message":{said_once},"requestId":{said_once},"ResponseMetadata":{{"RequestId":{said_once},"Error":{{"Code":{said_once},"Message":{said_once}}}}},"Response":{{"RequestId":{said_once},"Error":{{"Code":{said_once},"Message":{said_once}}}}}}}"#
    );
    response(status, &[("x-bce-request-id", said), ("x-tt-logid", said), ("server", said)], &body)
}

#[test]
fn nothing_that_a_server_repeats_is_printed() {
    let home = Home::new();
    let hidden = Hidden::new(&[SECRET, TOKEN]).with_key(&base64());
    let mut shown_refusals = 0;
    for form in Form::ALL {
        let echo = FakeCloud::plain(move |seen| refusal(400, &form.of(&values(seen).join(" "))));
        let mut command = program(&home);
        command.args([
            "-vv", "-o", "json", "--attempts", "1", "--timeout", "2s", "--aliyun-signature", "rpc",
        ]);
        for cloud in crate::cloud_ids() {
            command.args(["-p", cloud]).args(echo.endpoint(cloud));
        }
        let text = run(command.arg(public_key())).all();
        assert!(text.contains("\"results\":["), "{text}");
        shown_refusals += text.matches("< 400\n").count();
        hidden.check(&format!("{form:?}"), &text);
    }
    assert!(shown_refusals >= 3 * Form::ALL.len(), "{shown_refusals} refusals were seen");
}

#[test]
fn a_gateway_that_repeats_the_string_to_sign_is_not_believed_to_be_harmless() {
    let home = Home::new();
    let hidden = Hidden::new(&[SECRET, TOKEN]).with_key(&base64());
    // Alibaba Cloud, word for word: the sorted query, encoded twice, with token and key in it.
    let gateway = FakeCloud::plain(|seen| {
        let (_, query) = seen.target().split_once('?').unwrap();
        let mut pairs: Vec<&str> =
            query.split('&').filter(|pair| !pair.starts_with("Signature=")).collect();
        pairs.sort_unstable();
        let text = format!("POST&%2F&{}", keyimport::encode::percent(&pairs.join("&")));
        let message = format!(
            "Specified signature is not matched with our calculation. server string to sign is:{text}"
        );
        let body = serde_json::json!({"Code": "SignatureDoesNotMatch", "Message": message, "RequestId": "1"});
        Reply::status(400, body.to_string())
    });
    for verbosity in ["-q", "-v", "-vv"] {
        let output = run(program(&home)
            .args([verbosity, "-p", "aliyun", "--aliyun-signature", "rpc"])
            .args(gateway.endpoint("aliyun"))
            .arg(public_key()));
        assert_eq!(output.code, Some(4), "{}", output.all());
        assert!(output.all().contains("SignatureDoesNotMatch"));
        hidden.check(verbosity, &output.all());
    }
}

#[test]
fn lost_and_broken_answers_print_nothing() {
    let home = Home::new();
    let hidden = Hidden::new(&[SECRET, TOKEN]).with_key(&base64());
    let replies: [fn(&str) -> Reply; 5] = [
        |_| Reply::Close,
        |said| Reply::Raw(format!("{said}\r\n\r\n").into_bytes()),
        |said| {
            let head = format!("HTTP/1.1 200 {said}\r\ncontent-length: 900000\r\n\r\n");
            Reply::Raw((head + said).into_bytes())
        },
        |said| response(500, &[("x-bce-request-id", said)], said),
        |said| response(302, &[("location", said)], said),
    ];
    for (number, reply) in replies.into_iter().enumerate() {
        let server = FakeCloud::plain(move |seen| reply(&values(seen).join(" ")));
        for cloud in crate::cloud_ids() {
            let output = run(program(&home)
                .args(["-vv", "-o", "jsonl", "--attempts", "2", "--timeout", "300ms", "-p", cloud])
                .args(server.endpoint(cloud))
                .arg(public_key()));
            assert_ne!(output.code, Some(0));
            hidden.check(&format!("{cloud} {number}"), &output.all());
        }
    }
}

#[test]
fn a_sandbox_run_keeps_and_prints_no_secret() {
    let home = Home::new();
    let state = home.path("state.json");
    let key = base64();
    for _ in 0..2 {
        let output = run(program(&home)
            .arg(format!("--sandbox={}", state.display()))
            .args([
                "-vv", "-o", "json", "-p", "aliyun", "-p", "volcengine", "-p", "baidu", "-p", "aws",
            ])
            .arg(public_key()));
        assert_eq!(output.code, Some(0), "{}", output.all());
        Hidden::new(&[SECRET, TOKEN]).with_key(&key).check("sandbox", &output.all());
    }
    let kept = std::fs::read_to_string(state).unwrap();
    assert!(kept.contains(&key), "the public key is what the state keeps");
    let mut owners = crate::cloud_ids().map(|id| keyimport::sandbox::owner(id).unwrap());
    assert!(owners.all(|owner| !kept.contains(&*owner.secret)));
    Hidden::new(&[SECRET, TOKEN]).check("state", &kept);
    let names: Vec<String> = std::fs::read_dir(home.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().all(|name| name == "key.pub" || name.starts_with("state.json")),
        "{names:?}"
    );
}

#[test]
fn a_key_or_a_password_in_the_wrong_place_is_not_printed() {
    let home = Home::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let private = std::fs::read_to_string(root.join("tests/keys/private/openssh-ed25519")).unwrap();
    let body = private.lines().nth(2).unwrap();
    let public = std::fs::read_to_string(public_key()).unwrap();
    let one_line = private.replace('\n', "\\n");
    let url = format!("https://user:{SECRET}@ecs.example.com");
    let hidden = Hidden::new(&[SECRET, TOKEN, OIDC, body]).with_key(&base64());
    let file = public_key().into_os_string().into_string().unwrap();
    for arguments in [
        vec!["-p", "aliyun", &private],
        vec!["-p", "aliyun", &one_line],
        vec!["-p", "aliyun", &public],
        vec!["--offline", &private],
        vec!["-p", "aliyun", "-n", &private, &file],
        vec!["-p", "aliyun", "-n", &one_line, &file],
        vec!["-p", "baidu", "-d", &private, &file],
        vec!["-p", "baidu", "-d", public.trim(), &file],
        vec![
            "-p",
            "aliyun",
            "--tag",
            "key=-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
            &file,
        ],
        vec!["-p", "aliyun", "--endpoint", &url, &file],
    ] {
        for form in ["text", "json"] {
            let output = run(program(&home).args(["-o", form, "-vv"]).args(&arguments));
            assert!(matches!(output.code, Some(2 | 3)), "{arguments:?}: {}", output.all());
            hidden.check(&format!("{arguments:?}"), &output.all());
            Hidden::new(&["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAA"]).check("tag", &output.all());
        }
    }
}

#[test]
fn the_password_of_a_proxy_is_not_printed() {
    let home = Home::new();
    let hidden = Hidden::new(&[SECRET, TOKEN]).with_key(&base64());
    // A proxy that refuses and sends the request back, and one that is not there.
    let echo =
        FakeCloud::plain(|seen| response(407, &[("proxy-authenticate", &seen.head)], &seen.head));
    for proxy in [echo.addr, closed_port()] {
        let password = keyimport::encode::percent(SECRET);
        let output = run(program(&home)
            .env("HTTPS_PROXY", format!("http://user:{password}@{proxy}"))
            .args(["-vv", "-o", "json", "-p", "aliyun", "--attempts", "1", "--timeout", "1s"])
            .arg(public_key()));
        assert_eq!(output.code, Some(8), "{}", output.all());
        hidden.check("proxy", &output.all());
    }
}

#[test]
fn a_credentials_uri_that_repeats_its_path_prints_nothing() {
    let home = Home::new();
    let hidden = Hidden::new(&[SECRET, OIDC]);
    for form in Form::ALL {
        let echo = FakeCloud::plain(move |seen| refusal(403, &form.of(&seen.head)));
        let output = run(home
            .command("")
            .env(
                "ALIBABA_CLOUD_CREDENTIALS_URI",
                format!("http://{}/{OIDC}?key={}", echo.addr, keyimport::encode::percent(SECRET)),
            )
            .args(["-vv", "-o", "json", "-p", "aliyun"])
            .arg(public_key()));
        assert_eq!(output.code, Some(4), "{}", output.all());
        hidden.check(&format!("{form:?}"), &output.all());
    }
}
