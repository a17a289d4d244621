//! Connections that fail, each in its own words, and what is trusted.

use std::io::{Read as _, Write as _};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};

use super::run::{Ended, Home, finish};
use crate::fake_cloud::{Certificate, FakeCloud, Reply, Tls, closed_port, head, listen};

const SAFE: &str = "it is safe to run again";

/// Checks the whole message of a run that reached nobody.
#[track_caller]
fn fails(ended: Ended, host: &str, cause: &str, hint: &str) {
    let ended = ended.expect(8);
    let told = format!(
        "error: aliyun cn-beijing: no response from {host}\n  cause: {cause}\n  hint: {hint}\n"
    );
    assert_eq!(ended.stderr, told);
    assert!(ended.stdout.starts_with("failed\taliyun\tcn-beijing\tdev-laptop\t"));
    assert!(ended.stdout.ends_with("\tnetwork\n"));
}

const HOST: &str = "ecs.cn-beijing.aliyuncs.com";
const TO: &str = "--to aliyun/cn-beijing --attempts 1 key.pub";

#[test]
fn certificates() {
    let home = Home::new();
    let cases = [
        (
            Certificate::Expired,
            "the certificate has expired",
            "check the clock of this machine, or tell the host's owner",
        ),
        (
            Certificate::NotYetValid,
            "the certificate is not valid yet",
            "check the clock of this machine",
        ),
        (
            Certificate::OtherName,
            "the certificate is for another host",
            "check `--endpoint` and proxies",
        ),
    ];
    for (certificate, cause, hint) in cases {
        let tls = Tls::new().certificate(certificate);
        let clouds = FakeCloud::start(Some(tls), |_| Reply::Sandbox);
        // What cannot get better is not tried again.
        fails(clouds.run(&home, "--to aliyun/cn-beijing key.pub"), HOST, cause, hint);
        assert_eq!(clouds.connects().len(), 1);
        assert!(clouds.seen().is_empty());
    }
}

/// Makes the certificate of an authority that no test server uses.
fn authority(name: &str) -> String {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

#[test]
fn an_unknown_authority_is_not_trusted() {
    let home = Home::new();
    let (clouds, unknown) =
        (FakeCloud::tls(|_| Reply::Sandbox), FakeCloud::tls(|_| Reply::Sandbox));
    let cause = "the certificate is signed by an unknown authority";
    let hint = "name your own authority with `--ca-file` or `SSL_CERT_FILE`";
    // One of another name, and one of the same name with another key.
    for ca in [authority("Unknown").as_str(), unknown.ca().unwrap()] {
        home.put("unknown.pem", ca);
        let mut command = clouds.command(&home, TO);
        command.env("SSL_CERT_FILE", home.path("unknown.pem"));
        fails(finish(command), HOST, cause, hint);
    }
    // The flag is the only authority, whatever the variable says.
    let ended = clouds.run(&home, &format!("--ca-file unknown.pem {TO}"));
    fails(ended, HOST, cause, hint);
    assert!(clouds.seen().is_empty());
    for file in ["ca.pem", "~/ca.pem"] {
        let mut command = clouds.command(&home, &format!("--ca-file={file} {TO}"));
        command.env("SSL_CERT_FILE", home.path("unknown.pem"));
        finish(command).expect(0);
    }
}

#[test]
fn files_without_a_ca_certificate_are_refused() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    home.put("empty.pem", "");
    home.put("notes.pem", "buy milk\n");
    home.put("half.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    for file in ["none.pem", "empty.pem", "notes.pem", "half.pem"] {
        let ended = clouds.run(&home, &format!("--ca-file {file} {TO}")).expect(2);
        let told = format!("error: no CA certificate in `--ca-file` ({file})\n");
        assert!(ended.stderr.starts_with(&told), "{}", ended.stderr);
        assert_eq!(ended.stderr.matches("No such file").count(), usize::from(file == "none.pem"));
        assert!(ended.stderr.lines().count() <= 3, "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
        ended.says("  hint: name a PEM file of CA certificates with `--ca-file`\n");
    }
    let mut command = clouds.command(&home, TO);
    command.env("SSL_CERT_FILE", home.path("notes.pem"));
    let told = "error: no CA certificate in `SSL_CERT_FILE` or `SSL_CERT_DIR` (";
    finish(command).expect(2).says(told);
    assert!(clouds.connects().is_empty());
}

const ONLY_12: &[&SupportedProtocolVersion] = &[&TLS12];
const ONLY_13: &[&SupportedProtocolVersion] = &[&TLS13];

#[test]
fn tls_1_2_and_1_3_work() {
    let home = Home::new();
    for versions in [ONLY_12, ONLY_13] {
        let tls = Tls::new().versions(versions);
        let clouds = FakeCloud::start(Some(tls), |_| Reply::Sandbox);
        clouds.run(&home, TO).expect(0);
    }
}

#[test]
fn a_later_connection_to_a_host_resumes_the_session() {
    let home = Home::new();
    for versions in [ONLY_12, ONLY_13] {
        let tls = Tls::new().versions(versions);
        let clouds = FakeCloud::start(Some(tls), |_| Reply::Sandbox);
        clouds.run(&home, "-p volcengine --all-regions -j 1 key.pub").expect(0);
        // One connection lists the regions and is closed; the imports share the next one.
        let kinds = clouds.handshakes("open.volcengineapi.com");
        assert_eq!(kinds, [HandshakeKind::Full, HandshakeKind::Resumed], "{versions:?}");
    }
}

/// Returns the versions that a `ClientHello` offers (RFC 8446, section 4.2.1).
fn offered(hello: &[u8]) -> Vec<[u8; 2]> {
    let length = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
    // Record and handshake heads, version, random.
    let mut at = 5 + 4 + 2 + 32;
    at += 1 + usize::from(hello[at]);
    at += 2 + length(at);
    at += 1 + usize::from(hello[at]);
    at += 2;
    while at < hello.len() {
        let (kind, size) = (length(at), length(at + 2));
        if kind == 43 {
            let list = &hello[at + 5..at + 4 + size];
            return list.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
        }
        at += 4 + size;
    }
    panic!("no supported_versions")
}

#[test]
fn no_older_version_is_offered() {
    let home = Home::new();
    let (sender, hellos) = mpsc::channel();
    let proxy = listen(move |mut stream| {
        head(&mut stream).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut record = vec![0; 5];
        stream.read_exact(&mut record).unwrap();
        let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
        record.resize(5 + length, 0);
        stream.read_exact(&mut record[5..]).unwrap();
        sender.send(record).unwrap();
        // The alert `protocol_version` of a server that speaks TLS 1.1 at most.
        stream.write_all(&[21, 3, 2, 0, 2, 2, 70]).unwrap();
    });
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let mut command = clouds.command(&home, TO);
    command.env("HTTPS_PROXY", format!("http://{proxy}"));
    fails(
        finish(command),
        HOST,
        "the host refuses this TLS connection (1.2 or newer)",
        "check `--endpoint` and proxies",
    );
    let mut versions = offered(&hellos.recv().unwrap());
    versions.sort_unstable();
    assert_eq!(versions, [[3, 3], [3, 4]]);
}

/// Runs with an endpoint and owner's credentials, without a proxy.
fn at(home: &Home, endpoint: &str) -> Ended {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let mut command = clouds.command(home, &format!("--endpoint {endpoint} {TO}"));
    command.env_remove("HTTPS_PROXY");
    finish(command)
}

#[test]
fn a_name_that_does_not_exist() {
    let home = Home::new();
    let name = "no-such-host.invalid";
    let ended = at(&home, &format!("https://{name}"));
    // What this machine's name server says of it is not in this test's hands.
    let is_known = ended.stderr.contains("does not exist");
    let says = if is_known { "does not exist" } else { "cannot be resolved" };
    let hint = "check the region, the network and the name server";
    fails(ended, name, &format!("the name `{name}` {says}"), hint);

    let arguments = "-p aliyun -o json --attempts 2 key.pub --endpoint";
    let mut command =
        FakeCloud::tls(|_| Reply::Sandbox).command(&home, &format!("{arguments} https://{name}"));
    command.env_remove("HTTPS_PROXY");
    let record = finish(command).expect(8).json();
    assert_eq!(record["results"][0]["attempts"], if is_known { 1 } else { 2 });
}

#[test]
fn a_closed_port() {
    let home = Home::new();
    let address = closed_port();
    for scheme in ["https", "http"] {
        let ended = at(&home, &format!("{scheme}://{address}"));
        fails(ended, &address.to_string(), "the connection was refused", SAFE);
    }
}

#[test]
fn a_host_without_tls() {
    let home = Home::new();
    let address = listen(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    fails(
        at(&home, &format!("https://{address}")),
        &address.to_string(),
        "the host does not speak TLS on this port",
        "check `--endpoint` and proxies",
    );
}

#[test]
fn a_host_that_closes_at_once() {
    let home = Home::new();
    let address = listen(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
    });
    let ended = at(&home, &format!("https://{address}"));
    let cause = "the connection was closed in the middle";
    fails(ended, &address.to_string(), cause, SAFE);
}

#[test]
fn a_handshake_without_end_times_out() {
    let home = Home::new();
    let (sender, held) = mpsc::channel();
    let address = listen(move |mut stream| {
        let began = Instant::now();
        while matches!(stream.read(&mut [0; 4096]), Ok(1..)) {}
        let _ = sender.send(began.elapsed());
    });
    let ended = at(&home, &format!("https://{address} --connect-timeout 300ms"));
    // Without the flag it would be five seconds.
    assert!(held.recv().unwrap() < Duration::from_secs(4));
    fails(ended, &address.to_string(), "the connection was not made in time", SAFE);
}

#[test]
fn time_that_ends_before_a_connection_is_a_failure_and_not_unknown() {
    let home = Home::new();
    let address = listen(|mut stream| while matches!(stream.read(&mut [0; 4096]), Ok(1..)) {});
    // The time for the connection is longer than that for all.
    let ended = at(&home, &format!("https://{address} --timeout 500ms"));
    fails(ended, &address.to_string(), "the connection was not made in time", SAFE);
}
