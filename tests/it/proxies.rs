//! Proxies as plain functions: values of the variables, which variable holds for an origin, and `NO_PROXY`.

use keyimport::error::ErrorKind;
use keyimport::io::http::proxy::{NoProxy, Proxies, Proxy, Scheme};
use keyimport::provider;
use keyimport::wire::Origin;

use crate::doubles::FakeSystem;

fn parse(value: &str) -> Proxy {
    Proxy::parse("HTTPS_PROXY", value).unwrap_or_else(|error| panic!("{value}: {error}"))
}

#[test]
fn values_are_read_as_a_url() {
    for (value, scheme, host, port) in [
        ("http://proxy.corp:3128", Scheme::Http, "proxy.corp", 3128),
        ("http://proxy.corp:3128/", Scheme::Http, "proxy.corp", 3128),
        ("proxy.corp:3128", Scheme::Http, "proxy.corp", 3128),
        ("proxy", Scheme::Http, "proxy", 80),
        ("HTTP://Proxy_1.corp", Scheme::Http, "Proxy_1.corp", 80),
        ("https://proxy.corp", Scheme::Https, "proxy.corp", 443),
        ("socks5://127.0.0.1", Scheme::Socks5, "127.0.0.1", 1080),
        ("Socks5h://127.0.0.1:7890/", Scheme::Socks5h, "127.0.0.1", 7890),
        ("http://[::1]:8080", Scheme::Http, "[::1]", 8080),
        ("[2001:db8::1]", Scheme::Http, "[2001:db8::1]", 80),
        // What a copied value carries.
        (" http://proxy.corp:3128 ", Scheme::Http, "proxy.corp", 3128),
        ("http://proxy.corp:3128\r\n", Scheme::Http, "proxy.corp", 3128),
        ("\tproxy.corp:03128\n", Scheme::Http, "proxy.corp", 3128),
    ] {
        let proxy = parse(value);
        assert_eq!(
            (proxy.scheme, proxy.host.as_str(), proxy.port),
            (scheme, host, port),
            "{value}"
        );
        assert_eq!(proxy.login, None, "{value}");
    }
}

#[test]
fn user_names_and_passwords_are_decoded() {
    for (login, user, password) in [
        ("me:secret", "me", &b"secret"[..]),
        ("me", "me", b""),
        ("me:", "me", b""),
        (":secret", "", b"secret"),
        ("us%40er:p%40s%23s%2Fw%3Ard", "us@er", b"p@s#s/w:rd"),
        ("me:p:ss", "me", b"p:ss"),
        ("me:p@ss", "me", b"p@ss"),
        ("me:100%", "me", b"100%"),
        ("me:50%zz", "me", b"50%zz"),
        ("me:p^s|s {a}`b\\c", "me", b"p^s|s {a}`b\\c"),
        ("CORP\\me:päss", "CORP\\me", "päss".as_bytes()),
        // A letter of another encoding than UTF-8.
        ("me:p%E4ss", "me", b"p\xe4ss"),
        ("me:\"quoted\"", "me", b"\"quoted\""),
    ] {
        for scheme in ["http://", "https://", "socks5://", "socks5h://", ""] {
            if scheme.starts_with("socks") && std::str::from_utf8(password).is_err() {
                continue;
            }
            let proxy = parse(&format!("{scheme}{login}@proxy.corp:3128"));
            assert!(proxy.to_reqwest().is_ok());
            assert_eq!((proxy.host.as_str(), proxy.port), ("proxy.corp", 3128), "{login}");
            let found = proxy.login.as_ref().unwrap();
            assert_eq!(found.user.as_slice(), user.as_bytes(), "{login}");
            assert_eq!(found.password.as_slice(), password, "{login}");
            assert!(!format!("{proxy:?}").contains("ss"), "{proxy:?}");
        }
    }
    assert_eq!(parse("http://@proxy.corp").login, None);
    // RFC 7617, section 2.
    let login = parse("http://Aladdin:open%20sesame@proxy").login.unwrap();
    assert_eq!(login.basic().expose(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

#[test]
fn what_cannot_be_used_is_refused_without_a_word_of_it() {
    let long = format!("socks5://zanzibar:{}@127.0.0.1", "quux".repeat(64));
    for (value, why) in [
        ("\"http://zanzibar.corp:3128\"", "it has quotes around it"),
        ("'http://zanzibar.corp:3128'", "it has quotes around it"),
        ("http://zanzibar.corp:3128\"", "it has quotes around it"),
        ("“http://zanzibar.corp”", "it has quotes around it"),
        ("http://zanzi\nbar.corp", "it contains a control character"),
        ("http://zanzibar:qu\0ux@corp", "it contains a control character"),
        ("http://zanzibar:qu\u{fffd}ux@corp", "it is not UTF-8"),
        ("socks://zanzibar:1080", "SOCKS version 4 is not supported"),
        ("socks4://zanzibar:1080", "SOCKS version 4 is not supported"),
        ("SOCKS4A://zanzibar:1080", "SOCKS version 4 is not supported"),
        ("ftp://zanzibar", "its scheme is not `http`, `https`, `socks5` or `socks5h`"),
        ("zanzibar:quux://x@corp", "its scheme is not `http`, `https`, `socks5` or `socks5h`"),
        ("://zanzibar", "its scheme is not `http`, `https`, `socks5` or `socks5h`"),
        ("http://zanzibar:qu#ux@corp:80", "its user name or password contains `/`, `?` or `#`"),
        ("http://zanzibar:qu/ux@corp:80", "its user name or password contains `/`, `?` or `#`"),
        ("http://zanzibar:qu?ux@corp:80", "its user name or password contains `/`, `?` or `#`"),
        ("zanzi/bar:quux@corp:80", "its user name or password contains `/`, `?` or `#`"),
        ("http://", "its host is missing"),
        ("http://:3128", "its host is missing"),
        ("http:///zanzibar", "its host is missing"),
        ("http://zanzibar:quux@", "its host is missing"),
        ("http://zanzibar:quux@:3128", "its host is missing"),
        ("http://zanzi bar", "its host is not a name or an address"),
        ("http://zanzibar%2ecorp", "its host is not a name or an address"),
        ("http://zänzibar", "its host is not a name or an address"),
        ("http://::1:8080", "its host is not a name or an address"),
        ("http://[zanzibar]", "its host is not a name or an address"),
        ("http://zanzibar,corp:80", "its host is not a name or an address"),
        ("http:zanzibar:3128", "its host is not a name or an address"),
        ("http://zanzibar:", "its port is not a number from 1 to 65535"),
        ("http://zanzibar:0", "its port is not a number from 1 to 65535"),
        ("http://zanzibar:65536", "its port is not a number from 1 to 65535"),
        ("http://zanzibar:+80", "its port is not a number from 1 to 65535"),
        ("http://zanzibar:quux", "its port is not a number from 1 to 65535"),
        ("http://zanzibar/quux", "it has a path, query or fragment"),
        ("http://zanzibar/?quux", "it has a path, query or fragment"),
        ("http://zanzibar#quux", "it has a path, query or fragment"),
        (&format!("http://{}", "zanzi".repeat(51)), "its host is not a name or an address"),
        ("http://xn--zanzi-bar", "its host is not a name or an address"),
        (
            "socks5://zanzi%FFbar@corp",
            "its user name and password are not UTF-8 of at most 200 bytes",
        ),
        (&long, "its user name and password are not UTF-8 of at most 200 bytes"),
    ] {
        let error = Proxy::parse("all_proxy", value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(
            error.message(),
            format!("`all_proxy` cannot be used as a proxy: {why}"),
            "{value}"
        );
        let all = format!("{error:?} {}", error.hint()).to_lowercase();
        for part in ["zanzi", "quux", "corp", "3128"] {
            assert!(!all.contains(part), "{value}: {all}");
        }
    }
}

const CLOUD: &str = "ecs.corp.test";

/// Returns the variable that names the proxy of an origin.
fn chosen(variables: &[(&str, &str)], plain: bool, authority: &str) -> Option<&'static str> {
    let system = variables
        .iter()
        .fold(FakeSystem::new(), |system, (name, value)| system.with_var(name, value));
    let origin = Origin { plain, authority: authority.to_owned() };
    Proxies::new(&system).of(&origin).unwrap().map(|proxy| proxy.variable)
}

#[test]
fn each_scheme_has_its_variables_and_small_letters_come_first() {
    let http = |name| (name, "http://proxy");
    for (variables, https, plain) in [
        (
            &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"][..],
            Some("https_proxy"),
            Some("all_proxy"),
        ),
        (&["HTTPS_PROXY", "all_proxy", "ALL_PROXY"], Some("HTTPS_PROXY"), Some("all_proxy")),
        (&["all_proxy", "ALL_PROXY"], Some("all_proxy"), Some("all_proxy")),
        (&["ALL_PROXY", "http_proxy", "HTTP_PROXY"], Some("ALL_PROXY"), Some("http_proxy")),
        (&["ALL_PROXY", "HTTP_PROXY"], Some("ALL_PROXY"), Some("HTTP_PROXY")),
        (&["HTTP_PROXY"], None, Some("HTTP_PROXY")),
        (&["HTTPS_PROXY"], Some("HTTPS_PROXY"), None),
        (&["FTP_PROXY", "Https_Proxy"], None, None),
        // The caller of a CGI program chooses `HTTP_PROXY`, and that alone.
        (&["REQUEST_METHOD", "HTTP_PROXY"], None, None),
        (&["REQUEST_METHOD", "HTTP_PROXY", "ALL_PROXY"], Some("ALL_PROXY"), Some("ALL_PROXY")),
        (
            &["REQUEST_METHOD", "HTTPS_PROXY", "http_proxy"],
            Some("HTTPS_PROXY"),
            (!cfg!(windows)).then_some("http_proxy"),
        ),
    ] {
        let set: Vec<_> = variables.iter().map(|name| http(*name)).collect();
        assert_eq!(chosen(&set, false, CLOUD), https, "{variables:?}");
        assert_eq!(chosen(&set, true, CLOUD), plain, "{variables:?}");
    }
    for blank in ["", " ", "\r\n"] {
        let set = [("https_proxy", blank), ("HTTPS_PROXY", "http://proxy")];
        assert_eq!(chosen(&set, false, CLOUD), Some("HTTPS_PROXY"));
        let set = [http("HTTPS_PROXY"), ("no_proxy", blank), ("NO_PROXY", CLOUD)];
        assert_eq!(chosen(&set, false, CLOUD), None);
    }
    let set = [http("HTTPS_PROXY"), ("no_proxy", "other.test"), ("NO_PROXY", CLOUD)];
    assert_eq!(chosen(&set, false, CLOUD), Some("HTTPS_PROXY"));
}

#[test]
fn a_value_matters_only_where_it_is_used() {
    let system =
        FakeSystem::new().with_var("HTTPS_PROXY", "ftp://proxy").with_var("NO_PROXY", "corp.test");
    let proxies = Proxies::new(&system);
    assert!(proxies.of(&Origin::https("ecs.example")).is_err());
    for host in [CLOUD, "localhost", "127.0.0.1:8443"] {
        assert_eq!(proxies.of(&Origin::https(host)).unwrap(), None, "{host}");
    }
    assert_eq!(proxies.of(&Origin { plain: true, ..Origin::https("ecs.example") }).unwrap(), None);
}

#[test]
fn this_machine_and_metadata_services_have_no_proxy() {
    let set = [("all_proxy", "http://proxy")];
    for authority in ["localhost", "LocalHost:80", "127.0.0.1:8443", "127.1.2.3", "[::1]:80"] {
        assert_eq!(chosen(&set, false, authority), None, "{authority}");
        assert_eq!(chosen(&set, true, authority), None, "{authority}");
    }
    assert_eq!(chosen(&set, true, "ecs.localhost:80"), None);
    for authority in ["ecs.localhost", "notlocalhost", "128.0.0.1", "localhost.corp"] {
        assert_eq!(chosen(&set, false, authority), Some("all_proxy"), "{authority}");
    }
    for imds in provider::ALL.iter().filter_map(|cloud| cloud.info().credentials.imds) {
        assert_eq!(chosen(&set, true, imds.host), None, "{}", imds.host);
    }
}

#[test]
fn no_proxy_is_read_as_go_reads_it() {
    for (value, host, port, is_exempt) in [
        ("*", "corp.test", 443, true),
        ("a,*", "10.0.0.1", 443, true),
        ("corp.test", "corp.test", 443, true),
        ("corp.test", "ecs.corp.test", 443, true),
        ("corp.test", "ecs.notcorp.test", 443, false),
        ("corp.test", "corp.test.example", 443, false),
        (".corp.test", "ecs.corp.test", 443, true),
        (".corp.test", "a.b.corp.test", 443, true),
        (".corp.test", "corp.test", 443, false),
        ("*.corp.test", "ecs.corp.test", 443, true),
        ("*.corp.test", "corp.test", 443, false),
        ("*corp.test", "ecs.corp.test", 443, false),
        ("corp.*", "corp.test", 443, false),
        ("CORP.Test", "Ecs.corp.tesT", 443, true),
        ("corp.test.", "ecs.corp.test", 443, true),
        ("corp.test", "ecs.corp.test.", 443, true),
        ("other.test, corp.test ,", "corp.test", 443, true),
        ("other.test corp.test", "corp.test", 443, true),
        ("other.test\tcorp.test\n", "corp.test", 443, true),
        (",,", "corp.test", 443, false),
        ("corp.test:443", "ecs.corp.test", 443, true),
        ("corp.test:443", "corp.test", 8443, false),
        (".corp.test:8443", "ecs.corp.test", 8443, true),
        ("corp.test:x", "corp.test", 443, false),
        (":443", "corp.test", 443, false),
        (".", "corp.test", 443, false),
        ("10.0.0.1", "10.0.0.1", 443, true),
        ("10.0.0.1", "10.0.0.10", 443, false),
        ("10.0.0.1:443", "10.0.0.1", 443, true),
        ("10.0.0.1:443", "10.0.0.1", 80, false),
        ("10.0.0.0/8", "10.1.2.3", 443, true),
        ("10.9.9.9/8", "10.1.2.3", 443, true),
        ("10.0.0.0/8", "11.0.0.1", 443, false),
        ("10.0.0.0/8", "10.corp.test", 443, false),
        ("10.0.0.0/33", "10.0.0.1", 443, false),
        ("0.0.0.0/0", "192.0.2.1", 443, true),
        ("0.0.0.0/0", "[2001:db8::1]", 443, false),
        ("2001:db8::1", "[2001:db8::1]", 443, true),
        ("[2001:db8::1]", "[2001:db8::1]", 8443, true),
        ("[2001:db8::1]:443", "[2001:db8::1]", 443, true),
        ("[2001:db8::1]:443", "[2001:db8::1]", 8443, false),
        ("2001:db8::/32", "[2001:db8:1::2]", 443, true),
        ("2001:db8::/32", "[2001:db9::]", 443, false),
        ("2001:0DB8:0::1", "[2001:db8::1]", 443, true),
        ("::ffff:10.0.0.1", "10.0.0.1", 443, true),
        ("https://corp.test", "corp.test", 443, false),
        ("\"corp.test\"", "corp.test", 443, false),
    ] {
        assert_eq!(NoProxy::new(value).contains(host, port), is_exempt, "{value:?}, {host}:{port}");
    }
}
