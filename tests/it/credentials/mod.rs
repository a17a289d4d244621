//! Where credentials come from: each source alone, the order among them, and what each failure says.

mod environment; // keys in variables
mod files; // the plain files of the clouds' tools, and regions
mod aliyun; // its modes, OIDC, programs, URIs, logins
mod tencent; // a file for each profile, roles, OIDC, logins
mod volcengine; // its modes, OIDC, logins
mod aws; // its two files, roles, logins, containers
mod instance; // the roles of machines
mod named; // values that name a file, quotes
mod property; // files of any content
mod cache; // one credential for many tasks
mod whole_chains; // against the token services of the tests

use keyimport::credentials::{self, Context, Found, LastContacted};
use keyimport::error::{Error, ErrorKind};
use keyimport::ports::{Clock, Ports, System, Transport};
use keyimport::provider;

use crate::doubles::{FakeClock, FakeSystem, FakeTransport, NoObserver};

/// Finds a credential through these ports.
async fn find(
    id: &str,
    profile: Option<&str>,
    system: &dyn System,
    transport: &dyn Transport,
    clock: &dyn Clock,
) -> Result<Found, Error> {
    let last_contacted = LastContacted::default();
    let ports = Ports { transport, clock, observer: &NoObserver };
    let ctx = Context::new(system, ports, 3, None, &last_contacted);
    credentials::resolve(provider::find(id).unwrap(), profile, &ctx).await
}

/// Finds the region of a provider.
pub(crate) fn region(
    id: &str,
    profile: Option<&str>,
    system: &dyn System,
) -> Result<Option<(String, String)>, Error> {
    credentials::region(provider::find(id).unwrap(), profile, system)
}

/// Looks in a world on a machine whose network is silent.
async fn look(cloud: &str, system: &FakeSystem) -> Result<Found, Error> {
    find(cloud, None, system, &FakeTransport::silent(), &FakeClock::new()).await
}

/// Looks for one profile.
async fn look_for(cloud: &str, profile: &str, system: &FakeSystem) -> Result<Found, Error> {
    find(cloud, Some(profile), system, &FakeTransport::silent(), &FakeClock::new()).await
}

/// Checks id, secret, token and source at once.
#[track_caller]
fn assert_found(found: Result<Found, Error>, parts: (&str, &str, Option<&str>), source: &str) {
    let found = found.unwrap();
    let credential = &found.credential;
    let token = credential.token.as_ref().map(keyimport::redact::Secret::expose);
    assert_eq!((&*credential.id, credential.secret.expose(), token), parts);
    assert_eq!(found.source, source);
}

/// Checks kind and message of a failure, and that it gives no secret away.
#[track_caller]
fn assert_fails(found: Result<Found, Error>, kind: ErrorKind, message: &str) {
    let error = found.map(|found| found.source).unwrap_err();
    assert_eq!((error.kind(), &*error.message()), (kind, message));
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
}
