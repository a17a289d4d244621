//! Connections that fail, each in its own words, and what is trusted.

#[cfg(target_os = "linux")]
use std::fs;
use std::io::{Read as _, Write as _};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};

#[cfg(target_os = "linux")]
use super::cloud::identify;
#[cfg(target_os = "linux")]
use super::run::skip;
use super::run::{Ended, Home, finish};
use crate::fake_cloud::{Certificate, FakeCloud, Reply, Tls, closed_port, head, listen, pem};
#[cfg(target_os = "linux")]
use crate::services::identities;

const SAFE: &str = "it is safe to run again";
const OWN: &str = "if it is your own, name it with `--ca-file` or `SSL_CERT_FILE`";

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
            "the certificate is for another host (other.example)",
            "check `--endpoint` and proxies",
        ),
        (
            Certificate::ForClients,
            "the certificate is not for servers",
            "check `--endpoint` and proxies",
        ),
        (
            Certificate::ByHost,
            "the certificate is signed by one that is not an authority's",
            "check `--endpoint` and proxies",
        ),
        (Certificate::SelfSigned, "the certificate is self-signed", OWN),
        (Certificate::OwnAuthority, "the certificate is self-signed", OWN),
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

#[test]
fn a_self_signed_certificate_that_is_named_is_trusted_for_its_own_host() {
    for certificate in [Certificate::SelfSigned, Certificate::OwnAuthority] {
        let home = Home::new();
        let clouds =
            FakeCloud::start(Some(Tls::new().certificate(certificate)), |_| Reply::Sandbox);
        clouds.run(&home, TO).expect(8);
        home.put("own.pem", clouds.shown_certificate());
        clouds.run(&home, &format!("--ca-file own.pem {TO}")).expect(0);
        // Another host shows another certificate.
        let other = clouds.run(&home, "--ca-file own.pem --to aliyun/cn-shanghai key.pub");
        other.expect(8).says("the certificate is self-signed");
    }
    // The certificate that is named, but shown by a host that it is not for.
    let home = Home::new();
    let tls = Tls::new().certificate(Certificate::OtherAuthority);
    let clouds = FakeCloud::start(Some(tls), |_| Reply::Sandbox);
    clouds.run(&home, TO).expect(8);
    home.put("own.pem", clouds.shown_certificate());
    clouds.run(&home, &format!("--ca-file own.pem {TO}")).expect(8).says("other.example");
}

/// Returns a CA file as other systems and tools write it, with what it is.
fn forms(ca: &str) -> Vec<(&'static str, Vec<u8>)> {
    let der = CertificateDer::from_pem_slice(ca.as_bytes()).unwrap();
    let sequence =
        |content: &[u8]| [&[0x30, u8::try_from(content.len()).unwrap()], content].concat();
    let server = [6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    let settings = sequence(&[sequence(&server), vec![0x0c, 2, b'm', b'e']].concat());
    vec![
        ("crlf", ca.replace('\n', "\r\n").into_bytes()),
        ("mark", ["\u{feff}", ca].concat().into_bytes()),
        ("remarks", [b"# caf\xe9 \xff\xfe\nBag Attributes\n", ca.as_bytes(), b"\xe9"].concat()),
        ("indented", ["  ", &ca.replace('\n', " \t\n  ")].concat().into_bytes()),
        ("x509", pem("X509 CERTIFICATE", &der).into_bytes()),
        ("trusted", pem("TRUSTED CERTIFICATE", &[&der, &settings[..]].concat()).into_bytes()),
        ("trusted-bare", pem("TRUSTED CERTIFICATE", &der).into_bytes()),
        ("joined", [authority("Other").trim_end(), ca].concat().into_bytes()),
        ("joined-crlf", [ca.replace('\n', "\r\n").trim_end(), &authority("Other")].concat().into()),
        ("key-before", [pem("PRIVATE KEY", b"secret").as_bytes(), ca.as_bytes()].concat()),
    ]
}

#[test]
fn ca_files_in_every_form() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    for (form, bytes) in forms(clouds.ca().unwrap()) {
        let home = Home::new();
        home.put(form, bytes);
        let ended = clouds.run(&home, &format!("-q --ca-file {form} {TO}"));
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{form}");
    }
}

#[test]
fn a_damaged_certificate_among_good_ones_is_a_warning() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let ca = clouds.ca().unwrap();
    let cut: String = ca.split_inclusive('\n').take(4).collect();
    let other = pem("CERTIFICATE", b"0\x03\x02\x01\x01");
    for (text, number) in [
        (format!("-----BEGIN CERTIFICATE-----\nMIIB!!!\n-----END CERTIFICATE-----\n{ca}"), 1),
        (format!("{cut}{ca}"), 1),
        (format!("{ca}{cut}"), 2),
        (format!("{ca}{ca}{other}"), 3),
        (format!("{}{ca}", other.trim_end()), 1),
        (format!("{}\n{ca}", ca.replace('\n', " ")), 1),
    ] {
        let home = Home::new();
        home.put("folder/mixed.pem", &text);
        let arguments = "-p aliyun -r cn-beijing,cn-shanghai key.pub";
        let warning = format!("mixed.pem: certificate {number} is damaged and is not used");
        let ended = clouds.run(&home, &format!("--ca-file folder/mixed.pem {arguments}")).expect(0);
        assert_eq!(ended.stderr.matches(&warning).count(), 1, "{}", ended.stderr);
        let mut command = clouds.command(&home, arguments);
        command.env_remove("SSL_CERT_FILE").env("SSL_CERT_DIR", home.path("folder"));
        finish(command).expect(0).says(&warning);
    }
}

#[test]
fn folders_and_a_file_are_trusted_together() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    home.put("good/ca.pem", clouds.ca().unwrap());
    home.put("good/README", "buy milk\n");
    home.put("empty/.keep", "");
    home.put("other.pem", authority("Other"));
    let (good, empty) = (home.path("good"), home.path("empty"));
    let (good, empty) = (good.display(), empty.display());
    for list in [
        format!("{good}"),
        format!("{good}:{empty}"),
        format!("{empty}:{good}"),
        format!(":{good}:"),
        format!("/nonexistent:{good}"),
    ] {
        for file in [None, Some("other.pem")] {
            let mut command = clouds.command(&home, &format!("-q {TO}"));
            command.env_remove("SSL_CERT_FILE").env("SSL_CERT_DIR", &list);
            file.map(|file| command.env("SSL_CERT_FILE", home.path(file)));
            let ended = finish(command);
            assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{list} {file:?}");
        }
    }
    let mut command = clouds.command(&home, TO);
    command.env("SSL_CERT_FILE", "none.pem").env("SSL_CERT_DIR", home.path("good"));
    finish(command).expect(0).says("warning: none.pem: No such file or directory");
}

#[test]
fn variables_may_have_blanks_a_line_end_or_a_tilde_and_no_quotes() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    home.put("own/ca.pem", clouds.ca().unwrap());
    let run = |variable: &str, value: &str| {
        let mut command = clouds.command(&home, &format!("-q {TO}"));
        command.env_remove("SSL_CERT_FILE").env(variable, value);
        finish(command)
    };
    for (variable, path) in [("SSL_CERT_FILE", "own/ca.pem"), ("SSL_CERT_DIR", "own")] {
        for value in [format!("~/{path}"), format!("{path}\r\n"), format!(" ~/{path}\t")] {
            let ended = run(variable, &value);
            assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{variable}={value:?}");
        }
        for value in [format!("\"{path}\""), format!("'~/{path}'"), format!("{path}\"\r")] {
            let ended = run(variable, &value).expect(2);
            ended
                .says(&format!("error: `{variable}` begins or ends with a quote\n  hint: remove "));
        }
    }
    run("SSL_CERT_DIR", "/nonexistent:~/own\r").expect(0);
    // The flag leaves the variables alone.
    let mut command = clouds.command(&home, &format!("--ca-file=own/ca.pem {TO}"));
    command.env("SSL_CERT_FILE", "'own/ca.pem'");
    finish(command).expect(0);
}

#[test]
fn a_certificate_that_is_not_for_servers_is_not_an_authority() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let der = CertificateDer::from_pem_slice(clouds.ca().unwrap().as_bytes()).unwrap();
    let server = [6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    let client = [6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2];
    let any = [6, 4, 0x55, 0x1d, 0x25, 0];
    for (tag, uses) in [(0x30, &client[..]), (0xa0, &server), (0xa0, &any)] {
        let uses = [&[tag, u8::try_from(uses.len()).unwrap()], uses].concat();
        let settings = [&[0x30, u8::try_from(uses.len()).unwrap()], &uses[..]].concat();
        let home = Home::new();
        home.put("own.pem", pem("TRUSTED CERTIFICATE", &[&der, &settings[..]].concat()));
        let ended = clouds.run(&home, &format!("--ca-file own.pem {TO}"));
        ended.expect(2).says("no CA certificate in `--ca-file`");
    }
}

/// The system's folder is read where its bundle does not lead to an answer: in a mount namespace with another one.
#[cfg(target_os = "linux")]
#[test]
fn an_authority_in_the_folder_of_the_system_is_trusted() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    home.put("certs/ca-certificates.crt", authority("Other"));
    let script =
        "mount --bind certs /etc/ssl/certs || exit 99; exec \"$K\" --to aliyun/cn-beijing key.pub";
    let run = || {
        let mut command = home.command_in("unshare");
        command.args(["-rm", "sh", "-c", script]);
        clouds.reach(&mut command, &home);
        identify(&mut command, "aliyun", identities("aliyun").unwrap().owner);
        command.env_remove("SSL_CERT_FILE");
        finish(command)
    };
    let without = run();
    if without.code != Some(8) {
        return skip("no mount namespace can be made here");
    }
    without.says("signed by an unknown authority");
    home.put("certs/own.pem", clouds.ca().unwrap());
    run().expect(0);
}

/// A system without CA certificates: in a mount namespace where their folders are empty.
#[cfg(target_os = "linux")]
#[test]
fn built_in_authorities_are_trusted_where_the_system_has_none() {
    let clouds = FakeCloud::tls(|_| Reply::Sandbox);
    let home = Home::new();
    fs::create_dir(home.path("empty")).unwrap();
    let script = "for d in /etc/ssl /etc/pki /usr/lib/ssl /usr/share/ca-certificates; do \
        [ ! -d $d ] || mount --bind empty $d || exit 99; done; \
        exec \"$K\" $1 --to aliyun/cn-beijing --attempts 1 key.pub";
    let run = |variables: &[(&str, &str)], flags: &str| {
        let mut command = home.command_in("unshare");
        command.args(["-rm", "sh", "-c", script, "sh", flags]);
        clouds.reach(&mut command, &home);
        identify(&mut command, "aliyun", identities("aliyun").unwrap().owner);
        command.env_remove("SSL_CERT_FILE");
        command.envs(variables.iter().copied());
        finish(command)
    };
    let told =
        "warning: this system has no CA certificates: the list built into keyimport is used, ";
    let built_in = run(&[], "");
    if built_in.code == Some(99) || built_in.stderr.starts_with("unshare:") {
        return skip("no mount namespace can be made here");
    }
    assert_eq!(built_in.stderr.matches(told).count(), 1, "{}", built_in.stderr);
    built_in.expect(8).says("the certificate is signed by an unknown authority");
    run(&[], "-q").expect(8).says("error: aliyun");
    // What the user names is used alone.
    for (variables, flags) in [
        (&[][..], "--ca-file=ca.pem"),
        (&[("SSL_CERT_FILE", "ca.pem")], ""),
        (&[("SSL_CERT_DIR", "certs")], ""),
    ] {
        home.put("certs/ca.pem", clouds.ca().unwrap());
        let named = run(variables, flags).expect(0);
        assert_eq!(named.stderr.matches("CA certificates").count(), 0, "{}", named.stderr);
    }
    home.put("none.pem", "");
    run(&[("SSL_CERT_FILE", "none.pem")], "").expect(2).says("no CA certificate in");
    run(&[], "--ca-file=none.pem").expect(2).says("no CA certificate in");
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
    let der = CertificateDer::from_pem_slice(clouds.ca().unwrap().as_bytes()).unwrap();
    home.put("ca.der", &*der);
    let ended = clouds.run(&home, &format!("--ca-file ca.der {TO}")).expect(2);
    ended.says("  cause: ca.der: it is DER, and PEM is wanted; `openssl x509 -inform der ");
    let ca = clouds.ca().unwrap();
    for (file, separator) in [("blanks.pem", " "), ("escaped.pem", "\\n"), ("nothing.pem", "")] {
        home.put(file, ca.replace('\n', separator));
        let ended = clouds.run(&home, &format!("--ca-file {file} {TO}")).expect(2);
        ended.says(&format!(
            "  cause: {file}: certificate 1 is damaged and is not used: its line ends are missing\n"
        ));
    }
    let utf16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(ca.chars())
        .map(|letter| letter as u16)
        .flat_map(u16::to_le_bytes)
        .collect();
    home.put("utf16.pem", utf16);
    let ended = clouds.run(&home, &format!("--ca-file utf16.pem {TO}")).expect(2);
    ended.says("  cause: utf16.pem: it is UTF-16; save it as UTF-8\n");
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
