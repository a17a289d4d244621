//! The sandbox as a server, and its state in a file.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use chrono::{DateTime, Utc};
use keyimport::error::ErrorKind;
use keyimport::io::sandbox_server::SandboxServer;
use keyimport::sandbox::{Store, owner};
use keyimport::sign::{Stamp, bce, rpc, tc3, v4};
use keyimport::wire::{Origin, Request};

use super::{ED25519, RSA, Scene, credential};
use crate::services::{ALIYUN, BAIDU, TENCENT, VOLCENGINE, put};

/// A runtime with threads of its own, so that tests may talk to the server by blocking.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Sends a request over a new connection; returns the status and the whole response.
fn send(addr: SocketAddr, request: &Request) -> (u16, String) {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method,
        request.target(),
        request.origin.authority,
        request.body.len()
    );
    for (name, value) in &request.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    // The server may respond and close before it has read a body that is too long.
    let _ = stream.write_all(&request.body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

fn stamp(nonce: &str) -> Stamp {
    Stamp { time: DateTime::<Utc>::from(std::time::SystemTime::now()), nonce: nonce.to_owned() }
}

/// An import into Alibaba Cloud, as the client sends it to the sandbox.
fn import(addr: SocketAddr, name: &str) -> Request {
    let authority = format!("ecs.cn-hangzhou.aliyuncs.com.localhost:{}", addr.port());
    let request = Request::new("POST", Origin { plain: true, authority }, "/")
        .with("Action", "ImportKeyPair")
        .with("Version", "2014-05-26")
        .with("Format", "JSON")
        .with("RegionId", "cn-hangzhou")
        .with("KeyPairName", name)
        .with("PublicKeyBody", RSA);
    rpc::sign(request, &credential(&ALIYUN.owner), &stamp(name)).request
}

/// Reads a state file.
fn kept(file: &Path) -> Store {
    Store::from_json(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn the_clouds_respond_on_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(Some(&file))).unwrap();
    let port = served.addr.port();
    assert!(served.addr.ip().is_loopback());

    let (status, answer) = send(served.addr, &import(served.addr, "my-key"));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer.to_ascii_lowercase().matches("\r\ndate: ").count(), 1, "{answer}");

    let authority = format!("open.volcengineapi.com.localhost:{port}");
    let request = Request::new("GET", Origin { plain: true, authority }, "/")
        .with("Action", "ImportKeyPair")
        .with("Version", "2020-04-01")
        .with("KeyPairName", "my-key")
        .with("PublicKey", ED25519);
    let who = credential(&VOLCENGINE.owner);
    let signed = v4::VOLCENGINE.sign(request, &who, &stamp(""), "cn-shanghai", "ecs");
    let (status, answer) = send(served.addr, &signed.request);
    assert_eq!(status, 200, "{answer}");

    let authority = format!("127.0.0.1:{port}");
    let mut request =
        Request::new("PUT", Origin { plain: true, authority }, "/v2/keypair").with("import", "");
    request.body = format!("{{\"name\":\"my-key\",\"publicKey\":\"{RSA}\"}}").into_bytes();
    let signed = bce::sign(request, &credential(&BAIDU.owner), &stamp(""));
    let (status, answer) = send(served.addr, &signed.request);
    assert_eq!(status, 200, "{answer}");

    let authority = format!("localhost:{port}");
    let mut request = Request::new("POST", Origin { plain: true, authority }, "/")
        .header("content-type", "application/json")
        .header("x-tc-action", "ImportKeyPair")
        .header("x-tc-version", "2017-03-12")
        .header("x-tc-region", "ap-tokyo");
    let body = format!("{{\"KeyName\":\"my_key\",\"ProjectId\":0,\"PublicKey\":\"{RSA}\"}}");
    request.body = body.into_bytes();
    let signed = tc3::sign(request, &credential(&TENCENT.owner), &stamp(""), "cvm");
    let (status, answer) = send(served.addr, &signed.request);
    assert!(status == 200 && answer.contains("KeyId"), "{answer}");
    assert_eq!(kept(&file).pairs("tencent", "ap-tokyo")[0].name, "my_key");

    for (cloud, region) in
        [("aliyun", "cn-hangzhou"), ("volcengine", "cn-shanghai"), ("baidu", "bj")]
    {
        assert_eq!(kept(&file).pairs(cloud, region)[0].name, "my-key", "{cloud}");
    }
}

#[test]
fn a_body_is_limited() {
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(None)).unwrap();
    let origin = Origin { plain: true, authority: "bcc.bj.baidubce.com".to_owned() };
    let mut request = Request::new("PUT", origin, "/v2/keypair");
    request.body = vec![b' '; 64 * 1024];
    assert_eq!(send(served.addr, &request).0, 403);
    request.body.push(b' ');
    assert_eq!(send(served.addr, &request).0, 413);
}

#[test]
fn the_port_is_free_once_the_value_is_gone() {
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(None)).unwrap();
    let addr = served.addr;
    let mut open = TcpStream::connect(addr).unwrap();
    drop(served);
    // The open connection ends, and none can be opened.
    assert_eq!(open.read(&mut [0]).unwrap_or(0), 0);
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn a_state_comes_back_as_it_was() {
    let mut scene = Scene::new();
    let request = Request::new("GET", Origin::https("open.volcengineapi.com"), "/")
        .with("Action", "ImportKeyPair")
        .with("Version", "2020-04-01")
        .with("KeyPairName", "my-key")
        .with("PublicKey", RSA)
        .with("Description", "a key")
        .with("Tags.1.Key", "env")
        .with("ClientToken", "token-1");
    let who = credential(&VOLCENGINE.owner);
    let first = scene.v4(request.clone(), &who, "cn-beijing").ok();
    put(&mut scene.services.clouds.store, "aliyun", "cn-hangzhou", "other", ED25519, scene.now);

    let text = scene.services.clouds.store.to_json().unwrap();
    scene.services.clouds.store = Store::from_json(&text).unwrap();
    assert_eq!(scene.services.clouds.store.to_json().unwrap(), text);
    let pair = &scene.services.clouds.store.pairs("volcengine", "cn-beijing")[0];
    assert_eq!((pair.description.as_str(), pair.created), ("a key", scene.now));
    assert_eq!(pair.tags, [("env".to_owned(), String::new())]);
    // The client token still belongs to its import.
    let second = scene.v4(request, &who, "cn-beijing").ok();
    assert_eq!(first["Result"], second["Result"]);
    for secret in [who.secret.expose(), BAIDU.owner.secret] {
        assert!(!text.contains(secret));
    }
}

#[test]
fn another_schema_is_not_read() {
    let text = Store::default().to_json().unwrap();
    Store::from_json(&text).unwrap();
    let newer = text.replace("\"schema\": 1", "\"schema\": 2");
    assert_ne!(text, newer);
    assert!(Store::from_json(&newer).unwrap_err().to_string().contains("schema 2"));
    for bad in ["", "{}", "[]", "nonsense"] {
        assert!(Store::from_json(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_file_keeps_the_state_between_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(Some(&file))).unwrap();
    assert!(!file.exists(), "nothing was stored yet");
    assert_eq!(send(served.addr, &import(served.addr, "my-key")).0, 200);
    assert!(served.failure().is_none());
    drop(served);

    let served = runtime.block_on(SandboxServer::start(Some(&file))).unwrap();
    let (status, answer) = send(served.addr, &import(served.addr, "my-key"));
    assert_eq!(status, 400);
    assert!(answer.contains("KeyPair.AlreadyExist"), "{answer}");
}

#[test]
fn two_runs_on_one_file_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let (one, two) = (runtime(), runtime());
    let runs = [
        one.block_on(SandboxServer::start(Some(&file))).unwrap(),
        two.block_on(SandboxServer::start(Some(&file))).unwrap(),
    ];
    std::thread::scope(|scope| {
        for (run, served) in runs.iter().enumerate() {
            for thread in 0..4 {
                scope.spawn(move || {
                    for number in 0..10 {
                        let name = format!("key-{run}-{thread}-{number}");
                        assert_eq!(send(served.addr, &import(served.addr, &name)).0, 200);
                    }
                });
            }
        }
    });
    let kept = kept(&file);
    let mut ids: Vec<&str> =
        kept.pairs("aliyun", "cn-hangzhou").iter().map(|pair| pair.id.as_str()).collect();
    assert_eq!(ids.len(), 80);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 80, "every id is used once");
    // A run sees what the other one wrote.
    let (status, _) = send(runs[0].addr, &import(runs[0].addr, "key-1-0-0"));
    assert_eq!(status, 400);
}

#[test]
fn an_empty_file_is_a_new_state() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(Some(file.path()))).unwrap();
    assert_eq!(send(served.addr, &import(served.addr, "my-key")).0, 200);
    assert!(fs::read_to_string(file.path()).unwrap().contains("my-key"));
}

#[test]
fn a_file_that_holds_something_else_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "my notes").unwrap();
    let runtime = runtime();
    let bad: [&Path; 4] =
        [&file, folder.path(), &folder.path().join("missing/state.json"), Path::new("/dev/null")];
    for path in bad {
        let error = runtime.block_on(SandboxServer::start(Some(path))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().contains(&path.display().to_string()), "{error}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "my notes");
}

#[test]
fn an_import_that_cannot_be_written_did_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(Some(&file))).unwrap();
    assert_eq!(send(served.addr, &import(served.addr, "first")).0, 200);
    // A folder in the place of the lock: nothing can be written, whoever runs this.
    let lock = folder.path().join("state.json.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let (status, answer) = send(served.addr, &import(served.addr, "second"));
    assert_eq!(status, 500, "{answer}");
    let failure = served.failure().unwrap();
    assert!(failure.contains(&file.display().to_string()), "{failure}");
    assert_eq!(kept(&file).pairs("aliyun", "cn-hangzhou").len(), 1);
    fs::remove_dir(&lock).unwrap();
    assert_eq!(send(served.addr, &import(served.addr, "third")).0, 200);
    let kept = kept(&file);
    let pairs = kept.pairs("aliyun", "cn-hangzhou").iter();
    assert_eq!(pairs.map(|pair| pair.name.as_str()).collect::<Vec<_>>(), ["first", "third"]);
}

#[test]
fn debug_shows_neither_keys_nor_secrets() {
    let mut scene = Scene::new();
    put(&mut scene.services.clouds.store, "aliyun", "cn-hangzhou", "my-key", RSA, scene.now);
    let clouds = scene.services.clouds;
    let shown = format!(
        "{clouds:?} {:?} {:?} {:?}",
        clouds.store,
        clouds.store.pairs("aliyun", "cn-hangzhou"),
        owner("aliyun").unwrap()
    );
    assert!(shown.contains("my-key") && shown.contains(ALIYUN.owner.id), "{shown}");
    let hidden = [RSA, ALIYUN.owner.secret];
    for hidden in hidden {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

/// Says where it listens, with id and secret of each owner, and serves until it is killed.
#[test]
#[ignore = "serves the vendors' clients in tests/peers until it is killed"]
fn serve_the_vendors_clients() {
    let runtime = runtime();
    let served = runtime.block_on(SandboxServer::start(None)).unwrap();
    for id in crate::cloud_ids() {
        let owner = owner(id).unwrap();
        println!("serving {id} {} {} {}", served.addr, owner.id, owner.secret);
    }
    println!("serving all");
    loop {
        std::thread::park();
    }
}
