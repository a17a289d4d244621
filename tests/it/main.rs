#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::format_push_string,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "a test fails by panicking and reads its own data"
)]

mod fake_cloud; // the HTTP server of all tests, plain or by TLS behind a proxy
mod services; // token services, instance metadata, and accounts other than the sandbox owner's
mod doubles; // fakes of the ports: system, network, credentials, clock

mod registry; // what must hold for every cloud, for the order of the modules and for the files
mod keys; // keys in every form: accepted as ssh-keygen reads them, or refused
mod lines; // what stands around a key: two keys on a line, marks of copying, comments that are none
mod vectors; // signatures, stage by stage, against vectors that the vendors' own SDKs made
mod property_sign; // what holds for every request and signature
mod faults; // error responses: every code of the clouds' tables, and broken ones
mod answers; // success responses, and the same cut off
mod credentials; // every source of credentials, their order, their failures
mod sandbox; // the built-in clouds keep the rules of the clouds
mod local; // limits, streams, disks, paths and files that are not as expected
mod proxies; // values of proxy variables, and which proxy an origin has
mod secrets; // no secret and no key text is shown, whoever sends it back
mod docs; // the README agrees with the program
#[cfg(unix)]
mod ci; // the action for GitHub, the examples of the README, the scripts of a release
mod live; // the script that tries real accounts, against the clouds of the sandbox
mod bulk; // many keys, regions and clouds in one run of the program
mod cli; // the program as its user sees it: arguments, results, messages and exit code
mod flow; // every branch of the import, against scripted responses
mod chaos; // the import against the sandbox, under faults drawn from seeds

/// The id of every provider.
fn cloud_ids() -> impl Iterator<Item = &'static str> {
    keyimport::provider::ALL.iter().map(|provider| provider.info().id)
}
