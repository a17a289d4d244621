//! One credential for many tasks: found once, shared, renewed when its source has a newer one.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use keyimport::credentials::CredentialCache;
use keyimport::error::ErrorKind;
use keyimport::ports::{FileState, ProvideCredential as _};
use keyimport::provider;
use keyimport::sign::Credential;

use crate::doubles::{FakeClock, FakeSystem, FakeTransport, NoObserver};

fn profile(id: &str) -> String {
    format!(
        r#"{{"current": "a", "profiles": {{"a": {{"access-key": "{id}", "secret-key": "hush", "session-token": "TOKEN{id}"}}}}}}"#
    )
}

fn file(id: &str) -> FileState {
    FileState::Read { bytes: profile(id).into_bytes(), shared: true }
}

/// A cache for Volcengine's files on an empty system.
fn over_files(profile: Option<&str>) -> (Arc<FakeSystem>, CredentialCache) {
    let system = Arc::new(FakeSystem::new());
    let (transport, clock) = (Arc::new(FakeTransport::silent()), Arc::new(FakeClock::new()));
    let provider = provider::find("volcengine").unwrap();
    (
        system.clone(),
        CredentialCache::new(provider, profile, system, transport, clock, Arc::new(NoObserver), 3),
    )
}

#[tokio::test]
async fn the_credential_is_found_once() {
    let (system, cache) = over_files(None);
    system.put("~/.volcengine/config.json", file("one"));
    assert_eq!(cache.found().await, None);
    assert_eq!(cache.credential().await.unwrap().id, "one");
    system.put("~/.volcengine/config.json", file("two"));
    assert_eq!(cache.credential().await.unwrap().id, "one");
    let found = cache.found().await.unwrap();
    assert_eq!(found.source, "profile `a` of ~/.volcengine/config.json");
    assert_eq!(found.warnings.len(), 1);
}

#[tokio::test]
async fn an_expired_credential_is_renewed_once_and_shared() {
    let (system, cache) = over_files(None);
    system.put("~/.volcengine/config.json", file("one"));
    let old = cache.credential().await.unwrap();
    system.put("~/.volcengine/config.json", file("two"));
    let new = cache.renew(&old).await.unwrap().unwrap();
    assert_eq!(new.id, "two");
    // Whoever comes later with the old one gets the new one, without another search.
    system.put("~/.volcengine/config.json", file("three"));
    assert_eq!(cache.renew(&old).await.unwrap().unwrap().id, "two");
    assert_eq!(cache.credential().await.unwrap().id, "two");
}

#[tokio::test]
async fn a_source_without_anything_newer_says_so() {
    let (system, cache) = over_files(None);
    system.put("~/.volcengine/config.json", file("one"));
    let old = cache.credential().await.unwrap();
    assert_eq!(cache.renew(&old).await.unwrap(), None);
    // The answer stands: a file that changes later is not asked again for this credential.
    system.put("~/.volcengine/config.json", file("two"));
    assert_eq!(cache.renew(&old).await.unwrap(), None);
}

#[tokio::test]
async fn a_renewal_never_changes_the_source() {
    let (system, cache) = over_files(None);
    system.put("~/.volcengine/config.json", file("one"));
    let old = cache.credential().await.unwrap();
    system.put("~/.volcengine/config.json", FileState::Missing);
    let other = br#"{"ak": "other", "sk": "hush"}"#.to_vec();
    system.put("~/.volc/config", FileState::Read { bytes: other, shared: false });
    assert_eq!(cache.renew(&old).await.unwrap(), None);
    assert_eq!(cache.credential().await.unwrap().id, "one");
}

#[tokio::test]
async fn an_error_is_found_once_too() {
    let (system, cache) = over_files(Some("gone"));
    let first = cache.credential().await.unwrap_err();
    system.put("~/.volcengine/config.json", file("one"));
    let second = cache.credential().await.unwrap_err();
    assert_eq!(first.kind(), ErrorKind::CredentialsInvalid);
    assert_eq!(
        (first.kind(), first.message(), first.hint()),
        (second.kind(), second.message(), second.hint())
    );
}

/// A cache for Alibaba Cloud's OIDC role, whose credentials these responses hold.
fn over_sts(
    transport: FakeTransport,
    clock: FakeClock,
) -> (CredentialCache, Arc<FakeTransport>, Arc<FakeClock>) {
    let system = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_ROLE_ARN", "r")
        .with_var("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p")
        .with_var("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/t")
        .with_file("/t", "eyJ");
    let (transport, clock) = (Arc::new(transport), Arc::new(clock));
    let provider = provider::find("aliyun").unwrap();
    let (sent, time) = (transport.clone(), clock.clone());
    (
        CredentialCache::new(provider, None, Arc::new(system), sent, time, Arc::new(NoObserver), 3),
        transport,
        clock,
    )
}

fn grant(id: &str, ends: &str) -> String {
    format!(
        r#"{{"Credentials": {{"AccessKeyId": "{id}", "AccessKeySecret": "hush", "SecurityToken": "TOKEN", "Expiration": "2026-01-15T{ends}Z"}}}}"#
    )
}

#[tokio::test]
async fn a_credential_is_renewed_five_minutes_before_it_ends() {
    let transport = FakeTransport::silent()
        .answers(200, grant("one", "09:09:10"))
        .answers(200, grant("two", "10:04:10"));
    let (cache, transport, clock) = over_sts(transport, FakeClock::new());
    assert_eq!(cache.credential().await.unwrap().id, "one");
    clock.advance(Duration::from_secs(55 * 60 - 1));
    assert_eq!(cache.credential().await.unwrap().id, "one");
    assert_eq!(transport.seen().len(), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(cache.credential().await.unwrap().id, "two");
    assert_eq!(cache.credential().await.unwrap().id, "two");
    assert_eq!(transport.seen().len(), 2);
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_old_one_as_long_as_it_lasts() {
    let transport = FakeTransport::silent().answers(200, grant("one", "08:12:10"));
    let (cache, transport, clock) = over_sts(transport, FakeClock::with_jitter(0.0));
    assert_eq!(cache.credential().await.unwrap().id, "one");
    // It ends in three minutes: a renewal is tried, at most once a minute.
    assert_eq!(cache.credential().await.unwrap().id, "one");
    assert_eq!(cache.credential().await.unwrap().id, "one");
    assert_eq!(transport.seen().len(), 1 + 3);
    clock.advance(Duration::from_secs(60));
    assert_eq!(cache.credential().await.unwrap().id, "one");
    assert_eq!(transport.seen().len(), 1 + 3 + 3);
    clock.advance(Duration::from_secs(120));
    let error = cache.credential().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    let seen = transport.seen().len();
    assert_eq!(cache.credential().await.unwrap_err().message(), error.message());
    assert_eq!(transport.seen().len(), seen);
}

#[tokio::test]
async fn a_renewal_that_is_refused_is_reported_to_all() {
    let transport = FakeTransport::silent()
        .answers(200, grant("one", "09:09:10"))
        .answers(400, r#"{"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "over"}"#);
    let (cache, transport, _) = over_sts(transport, FakeClock::new());
    let old = cache.credential().await.unwrap();
    let error = cache.renew(&old).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialsExpired);
    assert_eq!(&*error.response().unwrap().message, "over");
    // The renewal is not repeated for the next task that comes with the same credential: it gets the same error.
    let again = cache.renew(&old).await.unwrap_err();
    assert_eq!((again.kind(), again.message()), (error.kind(), error.message()));
    assert_eq!(again.response(), error.response());
    assert_eq!(transport.seen().len(), 2);
}

#[tokio::test]
async fn a_renewal_that_was_given_up_is_begun_again_by_the_next_task() {
    let transport = FakeTransport::silent()
        .answers(200, grant("one", "09:09:10"))
        .answers(500, "")
        .answers(200, grant("two", "10:04:10"));
    let (cache, ..) = over_sts(transport, FakeClock::new());
    assert_eq!(cache.last_contacted(), None);
    let old = cache.credential().await.unwrap();
    assert_eq!(cache.last_contacted().unwrap(), "sts.aliyuncs.com");
    {
        let mut given_up = pin!(cache.renew(&old));
        let mut context = Context::from_waker(Waker::noop());
        assert!(given_up.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(cache.renew(&old).await.unwrap().unwrap().id, "two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_cache_serves_many_tasks_at_once() {
    let (system, cache) = over_files(None);
    system.put("~/.volcengine/config.json", file("one"));
    let cache = Arc::new(cache);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.credential().await.unwrap().id })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "one");
    }
}

#[tokio::test]
async fn a_fixed_credential_is_never_renewed() {
    let ends = FakeClock::start() - chrono::TimeDelta::seconds(1);
    let credential = Credential::new("id", "hush", None).until(Some(ends));
    let cache = CredentialCache::fixed(credential.clone(), "the sandbox");
    assert_eq!(cache.credential().await.unwrap(), credential);
    assert_eq!(cache.renew(&credential).await.unwrap(), None);
    assert_eq!(cache.found().await.unwrap().source, "the sandbox");
    assert!(cache.found().await.unwrap().warnings.is_empty() && cache.last_contacted().is_none());
}
