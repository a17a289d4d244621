//! Proxies: how they are set, what they get, and how they fail.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::cloud::identify;
use super::run::{Ended, Home, finish, start, wait};
use crate::fake_cloud::{Behind, FakeCloud, Reply, Socks, closed_port, head, listen, relay};
use crate::services::identities;

const HOST: &str = "ecs.cn-beijing.aliyuncs.com";
const LOCAL: &str = "ecs.cn-beijing.aliyuncs.com.localhost";
const TO: &str = "--to aliyun/cn-beijing --attempts 1 key.pub";

const USER: &str = "zanzibar";
const PASSWORD: &str = "quux/Xyzzy#plugh";
/// The two as a variable has them.
const LOGIN: &str = "zanzibar:quux%2FXyzzy%23plugh";

/// Checks that no four letters of the login are shown.
#[track_caller]
fn shows_no_login(ended: &Ended) {
    let all = ended.all().to_ascii_lowercase();
    let encoded = "emFuemliYXI6cXV1eC9YeXp6eSNwbHVnaA==".to_ascii_lowercase();
    for text in [USER, PASSWORD, &encoded] {
        for part in text.to_ascii_lowercase().as_bytes().windows(4) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!all.contains(part), "`{part}` in:\n{all}");
        }
    }
}

/// Returns a command that trusts a cloud and has no proxy yet.
fn command(clouds: &FakeCloud, home: &Home, arguments: &str) -> Command {
    let mut command = clouds.command(home, arguments);
    command.env_remove("HTTPS_PROXY");
    command
}

/// Runs a command with further variables.
fn finish_with(command: &mut Command, variables: &[(&str, &str)]) -> Ended {
    command.envs(variables.iter().copied());
    wait(start(command.stdin(Stdio::null())))
}

#[test]
fn a_value_is_used_or_refused_and_never_ignored() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let addr = clouds.addr;
    let uri = FakeCloud::plain(|_| Reply::Close);
    let forms = [
        format!("http://{addr}"),
        format!("{addr}"),
        format!(" http://{addr}/\r\n"),
        format!("http://p^ss|w rd:p\\s{{s@{addr}"),
    ];
    for (count, value) in forms.iter().enumerate() {
        let mut command = command(&clouds, &home, &format!("-v {TO}"));
        let ended = finish_with(&mut command, &[("HTTPS_PROXY", value)]).expect(0);
        ended.says("aliyun: using the proxy in `HTTPS_PROXY`\n");
        assert_eq!(clouds.connects().len(), count + 1, "{value}");
    }
    let seen = clouds.seen().len();
    for (name, value, why) in [
        ("HTTPS_PROXY", format!("\"http://{LOGIN}@{addr}\""), "it has quotes"),
        ("https_proxy", format!("http://{USER}:{PASSWORD}@{addr}"), "its user name or password"),
        ("ALL_PROXY", format!("http://{USER}:quux?@{addr}"), "its user name or password"),
        ("all_proxy", format!("socks://{LOGIN}@{addr}"), "SOCKS version 4 is not"),
        ("HTTPS_PROXY", format!("telnet://{LOGIN}@{addr}"), "its scheme is not"),
        ("HTTPS_PROXY", format!("http://{LOGIN}@"), "its host is missing"),
        ("HTTPS_PROXY", format!("http://{LOGIN}@{addr}/{USER}"), "it has a path"),
    ] {
        for arguments in [TO, "-p aliyun,volcengine,baidu -vv key.pub -o json"] {
            let mut command = command(&clouds, &home, arguments);
            // Credentials are not fetched either.
            for secret in ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"] {
                command.env_remove(secret);
            }
            command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("http://{}/", uri.addr));
            let ended = finish_with(&mut command, &[(name, &value)]).expect(2);
            shows_no_login(&ended);
            ended
                .says(&format!("error: `{name}` cannot be used as a proxy: {why}"))
                .says("\n  hint: ");
        }
    }
    assert_eq!((clouds.seen().len(), uri.seen().len()), (seen, 0));
}

#[test]
fn runs_without_a_network_need_no_usable_proxy() {
    let home = Home::new();
    for arguments in ["--sandbox", "--offline"] {
        let mut command = home.command(&format!("{arguments} -p aliyun,baidu key.pub"));
        command.env("ALL_PROXY", "socks://x").env("HTTPS_PROXY", "y#z@").env("http_proxy", "?");
        finish(command).expect(0);
    }
}

#[test]
fn a_value_for_another_scheme_or_host_does_not_matter() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    finish_with(&mut clouds.command(&home, TO), &[("http_proxy", "socks://x"), ("ALL_PROXY", "?")])
        .expect(0);
    let plain = FakeCloud::plain(|_| Reply::Sandbox);
    let endpoint = plain.endpoint("aliyun").join(" ");
    let mut command = command(&clouds, &home, &format!("{endpoint} {TO}"));
    finish_with(&mut command, &[("ALL_PROXY", "socks://x")]).expect(0);
}

#[test]
fn a_web_server_cannot_take_the_proxy_away() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let mut command = command(&clouds, &home, &format!("-n {name} {TO}"));
        let value = format!("http://{}", clouds.addr);
        let elsewhere = format!("http://{}", closed_port());
        let variables =
            [(name, value.as_str()), ("REQUEST_METHOD", "POST"), ("HTTP_PROXY", &elsewhere)];
        finish_with(&mut command, &variables).expect(0);
    }
    assert_eq!(clouds.connects(), vec![format!("{HOST}:443"); 4]);
}

#[test]
fn no_proxy_is_honoured() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let port = closed_port().port();
    for (no_proxy, is_exempt) in [
        ("*", true),
        ("LOCALHOST", true),
        (".cn-beijing.aliyuncs.com.localhost", true),
        ("*.localhost", true),
        (&*format!("other.test, {LOCAL}:{port}"), true),
        (&*format!("{LOCAL}:1"), false),
        ("other.test", false),
        ("", false),
    ] {
        let arguments = format!("--endpoint https://{LOCAL}:{port} --check {TO}");
        let mut command = clouds.command(&home, &arguments);
        command.env("NO_PROXY", no_proxy);
        let before = clouds.connects().len();
        let ended = finish(command);
        if is_exempt {
            ended.expect(8).says("cause: the connection was refused\n");
        } else {
            ended.expect(12);
        }
        assert_eq!(clouds.connects().len() > before, !is_exempt, "{no_proxy}");
    }
}

#[test]
fn loopback_has_no_proxy() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let address = closed_port();
    let port = address.port();
    for url in [
        format!("https://{address}"),
        format!("https://localhost:{port}"),
        format!("https://[::1]:{port}"),
        format!("http://{address}"),
        format!("http://{LOCAL}:{port}"),
    ] {
        let mut command = clouds.command(&home, &format!("--endpoint {url} {TO}"));
        command.env("http_proxy", format!("http://{}", clouds.addr));
        finish(command).expect(8).says("cause: the connection was refused\n");
    }
    assert_eq!(clouds.connections(), 0);
}

/// Runs with a proxy and everything traced. Returns the cause and the hint.
#[track_caller]
fn fails(variable: &str, value: &str, code: i32) -> (String, String) {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let mut command = command(&clouds, &home, &format!("-vv --connect-timeout 500ms {TO}"));
    let ended = finish_with(&mut command, &[(variable, value)]).expect(code);
    shows_no_login(&ended);
    assert!(clouds.seen().is_empty() && clouds.connections() == 0);
    let line = |mark: &str| {
        let line = ended.stderr.lines().find_map(|line| line.strip_prefix(mark));
        line.unwrap_or_else(|| panic!("no `{mark}`: {}", ended.stderr)).to_owned()
    };
    (line("  cause: "), line("  hint: "))
}

/// Starts a server that reads what it gets first, answers and closes.
fn answers(answer: &'static [u8]) -> SocketAddr {
    listen(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer);
    })
}

const CHECK: &str =
    "check host and port in the variable; `NO_PROXY` names hosts to reach without a proxy";
const SCHEME: &str =
    "check port and scheme in the variable: `http://`, `https://`, `socks5://` or `socks5h://`";
const EXEMPT: &str = "`NO_PROXY` names hosts to reach without a proxy";
const GIVE: &str = "put them into the variable: `SCHEME://USER:PASSWORD@HOST:PORT`; HTTP proxies get them as Basic authentication, and others, such as NTLM, are not supported";
const VERIFY: &str = "check both, and percent-encode `%`, `:`, `/`, `?`, `#` and `@` in them; HTTP proxies get them as Basic authentication, and others, such as NTLM, are not supported";

const ASKS: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";

#[test]
fn http_proxies_fail_each_in_its_own_words() {
    let silent = listen(|mut stream| while matches!(stream.read(&mut [0; 4096]), Ok(1..)) {});
    for (proxy, says, hint) in [
        (closed_port(), "cannot be reached: the connection was refused", CHECK),
        (silent, "made no connection in time", SCHEME),
        (answers(b""), "closed the connection", SCHEME),
        (answers(b"HTTP/1.1 200"), "closed the connection", SCHEME),
        (answers(Reply::NO_HTTP), "does not speak HTTP", SCHEME),
        // An alert of TLS, and a SOCKS proxy.
        (answers(&[21, 3, 3, 0, 2, 2, 70]), "does not speak HTTP", SCHEME),
        (answers(&[5, 255]), "does not speak HTTP", SCHEME),
        (answers(b"HTTP/1.1 403 zanzibar\r\n\r\n"), "refused to connect (HTTP 403)", EXEMPT),
        (answers(b"HTTP/1.0 503 No\r\nX: y\r\n\r\n"), "refused to connect (HTTP 503)", EXEMPT),
        (answers(b"HTTP/1.1 302 Found\r\n\r\n"), "refused to connect (HTTP 302)", EXEMPT),
        (answers(b"HTTP/1.1 xyz\r\n\r\n"), "does not speak HTTP", SCHEME),
    ] {
        let (cause, told) = fails("HTTPS_PROXY", &format!("http://{LOGIN}@{proxy}"), 8);
        assert_eq!(cause, format!("the proxy in `HTTPS_PROXY` {says}"));
        assert_eq!(told, hint, "{cause}");
    }
    let (cause, hint) = fails("all_proxy", &answers(ASKS).to_string(), 8);
    assert_eq!(cause, "the proxy in `all_proxy` requires a user name and a password");
    assert_eq!(hint, GIVE);
    let (cause, hint) = fails("all_proxy", &format!("{LOGIN}@{}", answers(ASKS)), 8);
    assert_eq!(cause, "the proxy in `all_proxy` refused the user name or the password");
    assert_eq!(hint, VERIFY);
}

#[test]
fn the_name_of_a_proxy_that_does_not_exist_is_not_shown() {
    let (cause, hint) = fails("ALL_PROXY", &format!("http://{USER}.invalid"), 8);
    // What this machine's name server says of it is not in this test's hands.
    let says = ["its name does not exist", "its name cannot be resolved"];
    let is = |says| cause == format!("the proxy in `ALL_PROXY` cannot be reached: {says}");
    assert!(says.into_iter().any(is), "{cause}");
    assert_eq!(hint, CHECK);
}

#[test]
fn a_proxy_head_without_end_is_cut_off() {
    let proxy = listen(|mut stream| {
        let _ = head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x: y\r\n").is_ok() {}
    });
    let (cause, _) = fails("HTTPS_PROXY", &proxy.to_string(), 8);
    assert_eq!(cause, "the proxy in `HTTPS_PROXY` does not speak HTTP");
}

#[test]
fn an_http_proxy_gets_host_and_password() {
    let (sender, heads) = mpsc::channel();
    let proxy = listen(move |mut stream| {
        sender.send(head(&mut stream).unwrap().unwrap()).unwrap();
    });
    fails("HTTPS_PROXY", &format!("http://{LOGIN}@{proxy}"), 8);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        heads.recv().unwrap(),
        format!(
            "CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\nuser-agent: keyimport/{version}\r\n\
             proxy-authorization: Basic emFuemliYXI6cXV1eC9YeXp6eSNwbHVnaA=="
        )
    );
}

#[test]
fn a_proxy_is_asked_once_more_why_it_refuses() {
    for (answer, count) in [(&b"HTTP/1.1 403 Forbidden\r\n\r\n"[..], 2), (ASKS, 1)] {
        let (sender, heads) = mpsc::channel();
        let proxy = listen(move |mut stream| {
            sender.send(head(&mut stream).unwrap().unwrap()).unwrap();
            let _ = stream.write_all(answer);
        });
        fails("HTTPS_PROXY", &format!("http://{LOGIN}@{proxy}"), 8);
        let heads: Vec<String> = heads.try_iter().map(|head| head.to_ascii_lowercase()).collect();
        assert_eq!(heads.len(), count);
        for head in heads {
            let line = format!("connect {HOST}:443 http/1.1\r\nhost: {HOST}:443\r\n");
            assert!(head.starts_with(&line), "{head}");
            assert!(head.contains("\r\nproxy-authorization: basic emf"), "{head}");
        }
    }
}

#[test]
fn an_answer_in_pieces_opens_the_tunnel() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let behind = clouds.addr;
    let proxy = listen(move |mut stream| {
        let request = head(&mut stream).unwrap().unwrap();
        let mut upstream = TcpStream::connect(behind).unwrap();
        write!(upstream, "{request}\r\n\r\n").unwrap();
        let _ = head(&mut upstream);
        // In pieces, and with what old proxies add.
        for part in ["HTTP", "/1.0 200 Connected\r\nProxy-agent: x\r", "\n\r\n"] {
            stream.write_all(part.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(5));
        }
        relay(stream, upstream).unwrap();
    });
    let mut command = command(&clouds, &home, TO);
    finish_with(&mut command, &[("https_proxy", &proxy.to_string())]).expect(0);
}

#[test]
fn a_proxy_may_speak_tls() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let (config, behind) = (clouds.server_config("127.0.0.1"), clouds.addr);
    let proxy = listen(move |stream| tls_relay(stream, behind, &config));
    for login in ["", "me:secret@"] {
        let name = format!("with{}", login.len());
        let mut command = command(&clouds, &home, &format!("-n {name} {TO}"));
        let value = format!("https://{login}{proxy}");
        finish_with(&mut command, &[("HTTPS_PROXY", &value)]).expect(0);
    }
    assert_eq!(clouds.connects().len(), 2);
    // A certificate of another host, and a proxy without TLS.
    let config = clouds.server_config("other.test");
    let stranger = listen(move |stream| tls_relay(stream, behind, &config));
    for (proxy, why) in [
        (stranger, "the certificate is for another host (other.test)"),
        (answers(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "the host does not speak TLS on this port"),
    ] {
        let mut command = command(&clouds, &home, TO);
        let value = format!("https://{LOGIN}@{proxy}");
        let ended = finish_with(&mut command, &[("HTTPS_PROXY", &value)]).expect(8);
        shows_no_login(&ended);
        ended.says(&format!("cause: the proxy in `HTTPS_PROXY` cannot be reached: {why}\n"));
    }
}

/// Takes TLS off a connection and carries it on.
fn tls_relay(stream: TcpStream, behind: SocketAddr, config: &Arc<ServerConfig>) {
    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let Ok(mut upstream) = TcpStream::connect(behind) else { return };
    stream.sock.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    upstream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    let mut bytes = [0; 16384];
    let is_late =
        |error: &io::Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
    loop {
        match stream.read(&mut bytes) {
            Ok(count @ 1..) => upstream.write_all(&bytes[..count]).unwrap(),
            Err(error) if is_late(&error) => {}
            _ => return,
        }
        match upstream.read(&mut bytes) {
            Ok(count @ 1..) => stream.write_all(&bytes[..count]).unwrap(),
            Err(error) if is_late(&error) => {}
            _ => return,
        }
    }
}

#[test]
fn socks_proxies_carry_a_run() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let behind = Behind::Tls(clouds.addr, LOCAL);
    let name = format!("{LOCAL}:443");
    for (number, (variable, scheme, login, target)) in [
        ("ALL_PROXY", "socks5", "", "127.0.0.1:443"),
        ("HTTPS_PROXY", "socks5h", "", name.as_str()),
        ("all_proxy", "socks5", LOGIN, "127.0.0.1:443"),
        ("https_proxy", "SOCKS5H", LOGIN, name.as_str()),
    ]
    .into_iter()
    .enumerate()
    {
        let wanted = (!login.is_empty()).then_some((USER, PASSWORD));
        let proxy = Socks::start(wanted, behind);
        let arguments = format!("-vv --endpoint https://{LOCAL} -n key{number} {TO}");
        let mut command = command(&clouds, &home, &arguments);
        let at = if login.is_empty() { "" } else { "@" };
        let value = format!("{scheme}://{login}{at}{}", proxy.addr);
        let ended = finish_with(&mut command, &[(variable, &value)]).expect(0);
        shows_no_login(&ended);
        assert_eq!(proxy.targets(), [target]);
    }
    // An address of the cloud is sent as one, in both families; the proxy alone reaches it.
    for (url, target) in [
        ("https://192.0.2.1", "192.0.2.1:443"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ] {
        let proxy = Socks::start(None, Behind::Nobody(1));
        let mut command = command(&clouds, &home, &format!("--endpoint {url} {TO}"));
        finish_with(&mut command, &[("ALL_PROXY", &format!("socks5://{}", proxy.addr))]).expect(8);
        assert_eq!(proxy.targets(), [target]);
    }
}

#[test]
fn socks_proxies_fail_each_in_their_own_words() {
    let replies = |reply| Socks::start(Some((USER, PASSWORD)), Behind::Nobody(reply)).addr;
    for (proxy, says, hint) in [
        (closed_port(), "cannot be reached: the connection was refused", CHECK),
        (answers(b""), "closed the connection", SCHEME),
        (answers(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak SOCKS version 5", SCHEME),
        (answers(&[4, 91]), "does not speak SOCKS version 5", SCHEME),
        (
            Socks::start(Some((USER, "other")), Behind::Nobody(0)).addr,
            "refused the user name or the password",
            VERIFY,
        ),
        (
            Socks::start(None, Behind::Nobody(0)).addr,
            "accepts no user name and password",
            "leave user name and password out of the variable",
        ),
        (replies(1), "refused to connect (general server failure)", EXEMPT),
        (replies(2), "refused to connect (connection not allowed)", EXEMPT),
        (replies(4), "refused to connect (host unreachable)", EXEMPT),
        (replies(5), "refused to connect (connection refused)", EXEMPT),
        (replies(99), "does not speak SOCKS version 5", SCHEME),
    ] {
        let (cause, told) = fails("ALL_PROXY", &format!("socks5h://{LOGIN}@{proxy}"), 8);
        assert_eq!(cause, format!("the proxy in `ALL_PROXY` {says}"));
        assert_eq!(told, hint, "{cause}");
    }
    let proxy = Socks::start(Some((USER, PASSWORD)), Behind::Nobody(0));
    let (cause, hint) = fails("ALL_PROXY", &format!("socks5h://{}", proxy.addr), 8);
    assert_eq!(cause, "the proxy in `ALL_PROXY` requires a user name and a password");
    assert_eq!(hint, GIVE);
}

/// Returns a command whose credential comes from a service that is asked over plain HTTP.
fn with_uri(home: &Home, clouds: &FakeCloud, uri: &str) -> Command {
    let endpoint = clouds.endpoint("aliyun").join(" ");
    let mut command = home.command(&format!("-vv {endpoint} {TO}"));
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", uri);
    command
}

/// Answers as such a service does.
fn credential() -> Reply {
    let owner = identities("aliyun").unwrap().temporary;
    let body = serde_json::json!({
        "Code": "Success",
        "AccessKeyId": owner.id,
        "AccessKeySecret": owner.secret,
        "SecurityToken": owner.token.unwrap(),
        "Expiration": "2999-01-01T00:00:00Z",
    });
    Reply::status(200, body.to_string())
}

const URI: &str = "http://cred.corp.test/path?x=y";

#[test]
fn plain_requests_go_through_the_proxy_too() {
    let home = Home::new();
    let clouds = FakeCloud::plain(|_| Reply::Sandbox);
    let proxy = FakeCloud::plain(|_| credential());
    for (number, variable) in
        ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].iter().enumerate()
    {
        let mut command = with_uri(&home, &clouds, URI);
        let value = format!("http://{LOGIN}@{}", proxy.addr);
        command.args(["-n", &format!("key{number}")]).env(variable, &value);
        let ended = finish(command).expect(0);
        shows_no_login(&ended);
        let seen = &proxy.seen()[number];
        assert_eq!(seen.line(), format!("GET {URI} HTTP/1.1"));
        assert_eq!(seen.header("host").unwrap(), "cred.corp.test");
        let authorization = seen.header("proxy-authorization").unwrap();
        assert_eq!(authorization, "Basic emFuemliYXI6cXV1eC9YeXp6eSNwbHVnaA==");
    }
    // By SOCKS it is an ordinary request.
    let service = FakeCloud::plain(|_| credential());
    let socks = Socks::start(None, Behind::Plain(service.addr));
    let mut command = with_uri(&home, &clouds, URI);
    command.args(["-n", "socks"]).env("ALL_PROXY", format!("socks5h://{}", socks.addr));
    finish(command).expect(0);
    assert_eq!(socks.targets(), ["cred.corp.test:80"]);
    assert_eq!(service.seen()[0].line(), "GET /path?x=y HTTP/1.1");
    assert_eq!(service.seen()[0].header("proxy-authorization"), None);
    // The cloud itself, on loopback, was asked without a proxy.
    assert_eq!(proxy.seen().len(), 4);
}

#[test]
fn plain_requests_on_loopback_have_no_proxy() {
    let home = Home::new();
    let clouds = FakeCloud::plain(|_| Reply::Sandbox);
    let service = FakeCloud::plain(|_| credential());
    let mut command = with_uri(&home, &clouds, &format!("http://{}/", service.addr));
    command.env("ALL_PROXY", format!("http://{}", closed_port()));
    finish(command).expect(0);
}

#[test]
fn plain_requests_fail_by_the_proxys_fault_in_its_name() {
    let home = Home::new();
    let clouds = FakeCloud::plain(|_| Reply::Sandbox);
    let asking = FakeCloud::plain(|_| Reply::status(407, "zanzibar:quux/Xyzzy#plugh"));
    for (value, code, says) in [
        (format!("http://{}", asking.addr), 8, "requires a user name and a password"),
        (format!("http://{LOGIN}@{}", asking.addr), 8, "refused the user name or the password"),
        (format!("http://{}", closed_port()), 8, "cannot be reached: the connection was refused"),
        (format!("socks5h://{}", answers(b"")), 8, "closed the connection"),
    ] {
        let mut command = with_uri(&home, &clouds, URI);
        command.env("http_proxy", value);
        let ended = finish(command).expect(code);
        shows_no_login(&ended);
        ended.says(&format!("the proxy in `http_proxy` {says}"));
    }
    let mut command = with_uri(&home, &clouds, URI);
    command.env("http_proxy", format!("http://{USER}:{PASSWORD}@{}", asking.addr));
    let ended = finish(command).expect(2);
    shows_no_login(&ended);
    ended.says("`http_proxy` cannot be used as a proxy: its user name or password contains");
    // A proxy that repeats what it got.
    let echo = FakeCloud::plain(|seen| {
        Reply::status(403, format!("{}\nzanzibar quux/Xyzzy#plugh", seen.head))
    });
    let mut command = with_uri(&home, &clouds, URI);
    command.env("http_proxy", format!("http://{LOGIN}@{}", echo.addr));
    shows_no_login(&finish(command).expect(4));
    assert!(clouds.seen().is_empty());
}

#[test]
fn a_host_that_only_the_proxy_resolves() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let proxy = Socks::start(None, Behind::Nobody(1));
    let mut command =
        command(&clouds, &home, &format!("--endpoint https://no-such-host.invalid {TO}"));
    identify(&mut command, "aliyun", identities("aliyun").unwrap().owner);
    let value = format!("socks5://{}", proxy.addr);
    finish_with(&mut command, &[("ALL_PROXY", &value)])
        .expect(8)
        .says("cause: the name `no-such-host.invalid` ")
        .says("hint: with `socks5h://` instead of `socks5://` the proxy resolves names\n");
}
