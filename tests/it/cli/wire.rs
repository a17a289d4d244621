//! What is sent to each cloud, byte for byte where it matters, and how often.

use super::cloud::identify;
use super::keys::{self, RSA_SHA256};
use super::run::{Home, finish};
use crate::fake_cloud::{FakeCloud, Reply, Seen};
use crate::services::identities;

const AGENT: &str = concat!("keyimport/", env!("CARGO_PKG_VERSION"));

/// Encodes as RFC 3986 wants it: what the vendors' SDKs send.
fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Imports with the owner's or the temporary identity, and returns the requests.
fn import(cloud: &str, region: &str, is_temporary: bool) -> Vec<Seen> {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    let mut command = clouds.command(&home, &format!("--to {cloud}/{region} key.pub"));
    if is_temporary {
        identify(&mut command, cloud, identities(cloud).unwrap().temporary);
    }
    let ended = finish(command).expect(0);
    let line = format!("imported\t{cloud}\t{region}\tdev-laptop\t{RSA_SHA256}\t(verified)\n");
    assert_eq!(ended.stdout, line);
    assert_eq!(ended.stderr, "");
    assert_eq!(clouds.stored(cloud, region), ["dev-laptop"]);
    clouds.seen()
}

#[test]
fn alibaba_gets_one_rpc_call() {
    let seen = import("aliyun", "cn-beijing", false);
    let [request] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(request.host, "ecs.cn-beijing.aliyuncs.com");
    assert_eq!(request.header("host").unwrap(), "ecs.cn-beijing.aliyuncs.com");
    assert!(request.line().starts_with("POST /?"), "{}", request.line());
    assert!(request.line().ends_with(" HTTP/1.1"));
    let names: Vec<&str> =
        request.target()[2..].split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
    let mut wanted = [
        "AccessKeyId", "Action", "Format", "KeyPairName", "PublicKeyBody", "RegionId", "Signature",
        "SignatureMethod", "SignatureNonce", "SignatureVersion", "Timestamp", "Version",
    ];
    let mut sorted = names.clone();
    sorted.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
    let line = keys::RSA.trim_end();
    assert!(line.contains('+') && line.contains(' '), "the key shows how both are encoded");
    assert_eq!(request.raw("PublicKeyBody").unwrap(), percent(line));
    assert!(is_hex(request.raw("SignatureNonce").unwrap(), 32));
    for (name, value) in [
        ("AccessKeyId", "LTAI5tSandboxOwner"),
        ("Action", "ImportKeyPair"),
        ("Format", "JSON"),
        ("KeyPairName", "dev-laptop"),
        ("RegionId", "cn-beijing"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
        ("Version", "2014-05-26"),
    ] {
        assert_eq!(request.raw(name), Some(value), "{name}");
    }
    let time = request.raw("Timestamp").unwrap();
    assert!(time.len() == 24 && time.contains("%3A") && time.ends_with('Z'), "{time}");
    assert!(request.raw("Signature").unwrap().ends_with("%3D"));
    assert_eq!(request.names(), ["accept", "content-length", "host", "user-agent"]);
    assert_eq!(request.header("content-length").unwrap(), "0");
    assert_eq!(request.header("user-agent").unwrap(), AGENT);
    assert!(request.body.is_empty());
}

#[test]
fn alibaba_gets_no_token_in_the_address() {
    let seen = import("aliyun", "cn-beijing", true);
    let [request] = seen.as_slice() else { panic!("{seen:?}") };
    let names: Vec<&str> =
        request.target()[2..].split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
    assert!(names.iter().all(|name| !name.contains("Token") && !name.contains("Signature")));
    assert!(!request.target().contains("CAIS"), "{}", request.target());
    assert_eq!(
        request.header("x-acs-security-token").unwrap(),
        "CAISsandbox/aliyun+temporary&token~=="
    );
    assert_eq!(request.header("x-acs-action").unwrap(), "ImportKeyPair");
    assert_eq!(request.header("x-acs-version").unwrap(), "2014-05-26");
    let authorization = request.header("authorization").unwrap();
    assert!(
        authorization.starts_with(
            "ACS3-HMAC-SHA256 Credential=STS.SandboxTemporary,SignedHeaders=host;x-acs-"
        ),
        "{authorization}"
    );
    assert_eq!(request.header("content-length").unwrap(), "0");
    assert_eq!(
        request.names(),
        [
            "accept", "authorization", "content-length", "host", "user-agent",
            "x-acs-accesskey-id", "x-acs-action", "x-acs-content-sha256", "x-acs-date",
            "x-acs-security-token", "x-acs-signature-nonce", "x-acs-version",
        ]
    );
    assert_eq!(request.raw("PublicKeyBody").unwrap(), percent(keys::RSA.trim_end()));
}

#[test]
fn the_signature_of_alibaba_can_be_chosen() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    for (form, region) in [("rpc", "cn-beijing"), ("acs3", "cn-shanghai")] {
        let arguments = format!("--to aliyun/{region} --aliyun-signature {form} key.pub");
        clouds.run(&home, &arguments).expect(0);
    }
    let seen = clouds.seen();
    assert!(seen[0].raw("Signature").is_some() && seen[0].header("authorization").is_none());
    assert!(seen[1].raw("Signature").is_none() && seen[1].header("authorization").is_some());
}

#[test]
fn every_import_has_a_token_of_its_own() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    clouds.run(&home, "--to volcengine/cn-beijing,cn-shanghai key.pub").expect(0);
    let seen = clouds.seen();
    let [one, other] = seen.as_slice() else { panic!("{seen:?}") };
    assert_ne!(one.raw("ClientToken").unwrap(), other.raw("ClientToken").unwrap());
}

#[test]
fn volcengine_gets_one_signed_call() {
    for is_temporary in [false, true] {
        let seen = import("volcengine", "cn-shanghai", is_temporary);
        let [request] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!(request.host, "open.volcengineapi.com");
        assert_eq!(request.header("host").unwrap(), "open.volcengineapi.com");
        assert!(request.line().starts_with("GET /?Action=ImportKeyPair&"), "{}", request.line());
        assert!(is_hex(request.raw("ClientToken").unwrap(), 32));
        let bare = keys::RSA.trim_end().replace(" dev-laptop", "");
        assert_eq!(request.raw("PublicKey").unwrap(), percent(&bare));
        assert_eq!(request.raw("Version"), Some("2020-04-01"));
        let authorization = request.header("authorization").unwrap();
        let token = if is_temporary { ";x-security-token" } else { "" };
        let signed = format!("SignedHeaders=host;x-content-sha256;x-date{token}, Signature=");
        assert!(authorization.contains(&signed), "{authorization}");
        assert!(authorization.contains("/cn-shanghai/ecs/request, "), "{authorization}");
        let mut names =
            vec!["accept", "authorization", "host", "user-agent", "x-content-sha256", "x-date"];
        if is_temporary {
            names.push("x-security-token");
        }
        assert_eq!(request.names(), names);
        assert!(!request.target().contains("STSsandbox"));
    }
}

#[test]
fn baidu_gets_a_look_and_a_put() {
    for is_temporary in [false, true] {
        let seen = import("baidu", "gz", is_temporary);
        let [look, put] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!(look.host, "bcc.gz.baidubce.com");
        assert_eq!(look.line(), "GET /v2/keypair?maxKeys=200&name=dev-laptop HTTP/1.1");
        assert_eq!(put.line(), "PUT /v2/keypair?import= HTTP/1.1");
        assert_eq!(put.header("host").unwrap(), "bcc.gz.baidubce.com");
        assert_eq!(put.header("content-type").unwrap(), "application/json; charset=utf-8");
        assert_eq!(put.header("content-length").unwrap(), put.body.len().to_string());
        let line = keys::RSA.trim_end();
        let body = format!(r#"{{"name":"dev-laptop","publicKey":"{line}"}}"#);
        assert_eq!(String::from_utf8(put.body.clone()).unwrap(), body);
        let authorization = put.header("authorization").unwrap();
        assert!(authorization.starts_with("bce-auth-v1/sandbox0"), "{authorization}");
        let token = if is_temporary { ";x-bce-security-token" } else { "" };
        assert!(authorization.contains(&format!("/host;x-bce-date{token}/")), "{authorization}");
        let mut names = vec![
            "accept", "authorization", "content-length", "content-type", "host", "user-agent",
            "x-bce-date",
        ];
        if is_temporary {
            names.push("x-bce-security-token");
        }
        assert_eq!(put.names(), names);
    }
}

#[test]
fn one_connection_serves_the_keys_of_one_region() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    let arguments = "--to aliyun/cn-beijing --to baidu/bj --all-keys -n k-{} -j 1 keys";
    home.put(
        "keys",
        [keys::RSA, &keys::OTHER.replace("dev-laptop", "other"), keys::ECDSA].concat(),
    );
    clouds.run(&home, arguments).expect(0);
    assert_eq!(clouds.connects(), ["bcc.bj.baidubce.com:443", "ecs.cn-beijing.aliyuncs.com:443"]);
    assert_eq!(clouds.seen().len(), 3 + 6);
    assert_eq!(clouds.stored("baidu", "bj").len(), 3);
}

#[test]
fn every_host_is_the_vendors() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    let arguments = "--to aliyun/cn-hangzhou,cn-hangzhou-finance,us-east-1 \
                     --to volcengine/cn-beijing,ap-southeast-2 --to baidu/bj,hkg key.pub";
    clouds.run(&home, arguments).expect(0);
    assert_eq!(
        clouds.connects(),
        [
            "bcc.bj.baidubce.com:443",
            "bcc.hkg.baidubce.com:443",
            "ecs.aliyuncs.com:443",
            "ecs.ap-southeast-2.volcengineapi.com:443",
            "ecs.cn-hangzhou.aliyuncs.com:443",
            "ecs.us-east-1.aliyuncs.com:443",
            "open.volcengineapi.com:443",
        ]
    );
}

#[test]
fn all_regions_are_asked_for_and_imported_into() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    let ended = clouds.run(&home, "-p baidu --all-regions -o json key.pub").expect(0).json();
    let count = ended["summary"]["imported"].as_u64().unwrap();
    assert!(count > 5, "{ended}");
    let asked = &clouds.seen()[0];
    assert_eq!(asked.host, "bcc.baidubce.com");
    assert_eq!(asked.line(), "POST /v2/region/describeRegions HTTP/1.1");
}

#[test]
fn the_key_comes_out_of_the_run_only_once_for_each_import() {
    // The answer to the import is lost: stored all the same, found by looking, not sent again.
    let home = Home::new();
    for (cloud, region) in [("aliyun", "cn-beijing"), ("volcengine", "cn-beijing"), ("baidu", "bj")]
    {
        let clouds = FakeCloud::tls(|seen| {
            let is_import = seen.target().contains("mport");
            if is_import && seen.number < 2 { Reply::SandboxThenClose } else { Reply::Sandbox }
        });
        let ended = clouds.run(&home, &format!("--to {cloud}/{region} -o json key.pub")).expect(0);
        let record = &ended.json()["results"][0];
        // Alibaba Cloud's times have no seconds, and on a busy machine those of the others may not settle it.
        assert_ne!(record["changed"], false, "{record}");
        assert_ne!(record["verified"], "no", "{record}");
        assert_eq!(clouds.stored(cloud, region), ["dev-laptop"]);
        let seen = clouds.seen();
        let imports = seen.iter().filter(|seen| seen.target().contains("mport")).count();
        let is_asked_again = cloud == "volcengine" && imports == 2;
        assert!(imports == 1 || is_asked_again, "{seen:?}");
    }
}

#[test]
fn no_two_requests_share_a_nonce_and_an_import_keeps_its_token() {
    let home = Home::new();
    let clouds = FakeCloud::tls(|seen| match seen.number {
        0 => Reply::status(429, ""),
        1 if seen.target().contains("ImportKeyPair") => Reply::Close,
        _ => Reply::Sandbox,
    });
    clouds.run(&home, "--to aliyun/cn-beijing key.pub").expect(0);
    let seen = clouds.seen();
    let mut nonces: Vec<&str> =
        seen.iter().map(|seen| seen.raw("SignatureNonce").unwrap()).collect();
    assert!(nonces.len() >= 4, "{nonces:?}");
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), seen.len());

    let clouds = FakeCloud::tls(|seen| match seen.number {
        0 => Reply::status(429, ""),
        _ => Reply::Sandbox,
    });
    clouds.run(&home, "--to volcengine/cn-beijing key.pub").expect(0);
    let seen = clouds.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].raw("ClientToken"), seen[1].raw("ClientToken"));
}

/// Starts a server on `::1` alone that passes everything on to another address; `None` without IPv6.
fn on_ipv6(to: std::net::SocketAddr, port: u16) -> Option<std::net::SocketAddr> {
    use std::net::{Ipv6Addr, TcpListener, TcpStream};
    let listener = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok()?;
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut near in listener.incoming().map_while(Result::ok) {
            let mut far = TcpStream::connect(to).unwrap();
            let (mut near_read, mut far_write) =
                (near.try_clone().unwrap(), far.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut near_read, &mut far_write));
            std::thread::spawn(move || std::io::copy(&mut far, &mut near));
        }
    });
    Some(addr)
}

#[test]
fn localhost_is_reached_by_ipv6_alone() {
    for cloud in ["aliyun", "volcengine", "baidu"] {
        let clouds = FakeCloud::plain(|_| Reply::Sandbox);
        // Nobody else may listen at the same port of IPv4 meanwhile.
        let held = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let held = held.unwrap();
        held.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let port = held.local_addr().unwrap().as_socket().unwrap().port();
        let Some(addr) = on_ipv6(clouds.addr, port) else {
            return super::run::skip("no IPv6 here");
        };
        for host in ["localhost", "ecs.corp.localhost", "[::1]"] {
            let home = Home::new();
            let endpoint = format!("http://{host}:{}", addr.port());
            let arguments = format!("-p {cloud} --attempts 1 --endpoint {endpoint} key.pub");
            let mut command = home.command(&arguments);
            identify(&mut command, cloud, identities(cloud).unwrap().owner);
            let before = clouds.seen().len();
            let ended = finish(command);
            // Only the host decides whether the cloud knows its region.
            assert!(clouds.seen().len() > before, "{cloud} {host}: {ended:?}");
            assert_ne!(ended.code, Some(8), "{cloud} {host}: {ended:?}");
        }
    }
}

/// The first address of a host lets nobody in, and does not refuse either.
#[cfg(unix)]
#[test]
fn a_host_is_reached_by_its_other_address() {
    let clouds = FakeCloud::plain(|_| Reply::Sandbox);
    let (full, _waiting, _listener) = super::signals::full_queue();
    let Some(addr) = on_ipv6(clouds.addr, full.port()) else {
        return super::run::skip("no IPv6 here");
    };
    for cloud in ["aliyun", "volcengine", "baidu"] {
        let home = Home::new();
        let endpoint = format!("http://ecs.corp.localhost:{}", addr.port());
        let mut command = home.command(&format!(
            "-p {cloud} --attempts 1 --connect-timeout 30s --endpoint {endpoint} key.pub"
        ));
        identify(&mut command, cloud, identities(cloud).unwrap().owner);
        let before = clouds.seen().len();
        let ended = finish(command);
        assert!(clouds.seen().len() > before, "{cloud}: {ended:?}");
        // The other address is tried after 300 ms.
        assert!(ended.took.as_secs() < 5, "{cloud}: {:?}", ended.took);
    }
}
