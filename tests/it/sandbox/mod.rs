//! The sandbox: it accepts good signatures only, and applies the clouds' rules.

mod signatures;
mod aliyun;
mod volcengine;
mod baidu;
mod aws;
mod tencent;
mod issued;
mod serving;
mod garbage;
mod lists;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::sandbox::RawRequest;
use keyimport::sign::Credential;
use keyimport::sign::{Signed, Stamp, acs3, bce, rpc, tc3, v4};
use keyimport::wire::{Request, Response};
use serde_json::Value;

use crate::services::{Identity, Services};

/// Two keys that are used nowhere; MD5 of the first by `ssh-keygen -l -E md5`.
const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDDty/TUTnfrs1KU0ky9Yu/I54ioewaRIUT0suj/fV3L0ITZgPQyHwxt0rA2uZLvk4n8kyFiRPyNlyrRgYojHfRZN8LLRLT4wWn4gVzcnbXf7Gv+/Bs8FsQC4XDCPvNfTNie9AzyI2ZC/NdoCfcPJx5f7tmqZmwmPalcauHP3Dn5mXeBZWCTDtBz8PQ6RhL9zJEeAOmUMczeolil8l6f7xqEfh5rR0sRSA";
const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG/bLZSFLKJg9JfE9Pv/7Q88ux0Iuu7KQxaFh8N1lzmU";
const ED25519_MD5: &str = "f226b4fa5b96af419a36efb26c89d952";

/// The clouds and services, a clock and a source of nonces.
struct Scene {
    services: Services,
    now: DateTime<Utc>,
    nonces: u32,
}

impl Scene {
    fn new() -> Self {
        let now = "2026-01-15T08:09:10Z".parse().unwrap();
        Self { services: Services::new(), now, nonces: 0 }
    }

    fn stamp(&mut self) -> Stamp {
        self.nonces += 1;
        Stamp { time: self.now, nonce: format!("nonce-{}", self.nonces) }
    }

    /// Returns a stamp of a clock that is some seconds ahead.
    fn stamp_ahead(&mut self, seconds: i64) -> Stamp {
        let stamp = self.stamp();
        Stamp { time: stamp.time + TimeDelta::seconds(seconds), ..stamp }
    }

    fn send(&mut self, received: &RawRequest) -> Response {
        self.services.respond(received, self.now)
    }

    fn rpc(&mut self, request: Request, who: &Credential) -> Answer {
        let stamp = self.stamp();
        Answer::of(&self.send(&received(&rpc::sign(request, who, &stamp))))
    }

    fn acs3(&mut self, request: Request, who: &Credential) -> Answer {
        let stamp = self.stamp();
        Answer::of(&self.send(&received(&acs3::sign(request, who, &stamp))))
    }

    fn v4(&mut self, request: Request, who: &Credential, region: &str) -> Answer {
        let stamp = self.stamp();
        Answer::of(&self.send(&received(&v4::VOLCENGINE.sign(request, who, &stamp, region, "ecs"))))
    }

    fn bce(&mut self, request: Request, who: &Credential) -> Answer {
        let stamp = self.stamp();
        Answer::of(&self.send(&received(&bce::sign(request, who, &stamp))))
    }

    fn tc3(&mut self, request: Request, who: &Credential, service: &str) -> Answer {
        let stamp = self.stamp();
        Answer::of(&self.send(&received(&tc3::sign(request, who, &stamp, service))))
    }
}

/// Status and JSON of a response.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    fn of(response: &Response) -> Self {
        let body = serde_json::from_slice(&response.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&response.body));
        });
        Self { status: response.status, body }
    }

    /// Status and error code, wherever the cloud has it; for a success an empty code.
    fn refusal(&self) -> (u16, &str) {
        let places = [
            &self.body["Code"],
            &self.body["code"],
            &self.body["ResponseMetadata"]["Error"]["Code"],
            &self.body["Response"]["Error"]["Code"],
        ];
        (self.status, places.iter().find_map(|code| code.as_str()).unwrap_or_default())
    }

    #[track_caller]
    fn ok(self) -> Value {
        assert_eq!(self.refusal(), (200, ""), "{}", self.body);
        self.body
    }
}

fn credential(of: &Identity) -> Credential {
    Credential::new(of.id, of.secret, of.token)
}

/// A request as a server receives it.
fn received(signed: &Signed) -> RawRequest {
    raw(&signed.request)
}

fn raw(request: &Request) -> RawRequest {
    let mut headers = vec![("host".to_owned(), request.origin.authority.clone())];
    headers.extend(request.headers.clone());
    RawRequest {
        method: request.method.to_owned(),
        target: request.target(),
        headers,
        body: request.body.clone(),
    }
}
